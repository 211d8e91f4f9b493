//! Facts about the database itself: its id, the keys it knows, the head of the audit chain.

use super::{Reader, StoreError, Tx, credentials, text::plain};

/// The value under a key.
pub fn get(reader: &Reader<'_>, key: &str) -> Result<Option<String>, StoreError> {
    reader.one("SELECT value FROM meta WHERE key = ?1", [key], |row| plain(row, "value"))
}

/// Puts a value under a key.
pub fn put(tx: &Tx<'_>, key: &str, value: &str) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value",
        [key, value],
    )?;
    Ok(())
}

/// The id that this database was given when it was made.
pub fn instance(reader: &Reader<'_>) -> Result<Option<String>, StoreError> {
    get(reader, "instance")
}

pub(super) fn name_instance(tx: &Tx<'_>) -> Result<(), StoreError> {
    tx.run("INSERT OR IGNORE INTO meta (key, value) VALUES ('instance', ?1)", [uuid::Uuid::new_v4().to_string()])?;
    Ok(())
}

/// The keys that this database knows: id and check value.
pub fn known_keys(reader: &Reader<'_>) -> Result<Vec<(String, String)>, StoreError> {
    reader.many("SELECT substr(key, 5) AS id, value FROM meta WHERE key GLOB 'key:*' ORDER BY key", [], |row| {
        Ok((plain(row, "id")?, plain(row, "value")?))
    })
}

/// Compares a key file's ids and check values with the ones this database knows.
///
/// # Errors
/// [`StoreError::WrongKey`] where a known key is missing or differs.
pub fn check_keys(reader: &Reader<'_>, checks: &[(String, String)]) -> Result<(), StoreError> {
    for (id, known) in known_keys(reader)? {
        match checks.iter().find(|(other, _)| *other == id) {
            Some((_, value)) if *value == known => {}
            Some(_) => return Err(StoreError::WrongKey(format!("its `{id}` is another key"))),
            None => return Err(StoreError::WrongKey(format!("it lacks `{id}`"))),
        }
    }
    Ok(())
}

/// Remembers keys.
pub fn put_keys(tx: &Tx<'_>, checks: &[(String, String)]) -> Result<(), StoreError> {
    check_keys(tx, checks)?;
    for (id, value) in checks {
        put(tx, &format!("key:{id}"), value)?;
    }
    Ok(())
}

/// Forgets a key, so that the key file may do without it.
///
/// # Errors
/// [`StoreError::Conflict`] while something is still sealed with it.
pub fn forget_key(tx: &Tx<'_>, id: &str) -> Result<(), StoreError> {
    if credentials::sealed_with(tx)?.get(id).is_some_and(|rows| *rows > 0) {
        return Err(StoreError::Conflict);
    }
    tx.run("DELETE FROM meta WHERE key = ?1", [format!("key:{id}")])?;
    Ok(())
}

/// Counts what changes who may do what, so that whoever holds it in memory knows when to read it again.
pub fn policy_version(reader: &Reader<'_>) -> Result<i64, StoreError> {
    get(reader, "policy")?.map_or(Ok(0), |text| text.parse().map_err(|_| StoreError::corrupt("policy")))
}

/// Counts one change more.
pub fn policy_changed(tx: &Tx<'_>) -> Result<(), StoreError> {
    let next = policy_version(tx)?.wrapping_add(1);
    put(tx, "policy", &next.to_string())
}

pub(super) fn beat(tx: &Tx<'_>) -> Result<i64, StoreError> {
    let next = last_beat(tx)?.wrapping_add(1);
    put(tx, "beat", &next.to_string())?;
    Ok(next)
}

pub(super) fn last_beat(reader: &Reader<'_>) -> Result<i64, StoreError> {
    get(reader, "beat")?.map_or(Ok(0), |text| text.parse().map_err(|_| StoreError::corrupt("beat")))
}
