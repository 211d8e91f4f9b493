//! The small memory that each adapter has for itself. What an adapter keeps may hold what people wrote, and so it is sealed.

use rusqlite::Row;

use super::{Reader, StoreError, Tx, text::plain};

/// What stands under a key of an adapter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// An envelope, or the value itself.
    pub value: Vec<u8>,
    /// Whether it is an envelope. Values that older versions kept are not.
    pub sealed: bool,
}

/// Where something is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The adapter's name.
    pub adapter: String,
    /// The adapter's key.
    pub key: String,
}

/// What an adapter put under a key.
pub fn get(reader: &Reader<'_>, adapter: &str, key: &str) -> Result<Option<Kept>, StoreError> {
    reader.one("SELECT value, sealed FROM memory WHERE adapter = ?1 AND key = ?2", (adapter, key), kept)
}

/// Puts an envelope under an adapter's key.
pub fn put(tx: &Tx<'_>, adapter: &str, key: &str, sealed: &[u8]) -> Result<(), StoreError> {
    tx.run(
        "INSERT OR REPLACE INTO memory (adapter, key, value, sealed) VALUES (?1, ?2, ?3, 1)",
        (adapter, key, sealed),
    )?;
    Ok(())
}

/// Removes what stands under an adapter's key and returns it. Of several callers one gets it.
pub fn take(tx: &Tx<'_>, adapter: &str, key: &str) -> Result<Option<Kept>, StoreError> {
    tx.one("DELETE FROM memory WHERE adapter = ?1 AND key = ?2 RETURNING value, sealed", (adapter, key), kept)
}

/// Everything that all adapters keep.
pub fn all(reader: &Reader<'_>) -> Result<Vec<(Spot, Kept)>, StoreError> {
    reader.many("SELECT * FROM memory ORDER BY adapter, key", [], |row| {
        Ok((Spot { adapter: plain(row, "adapter")?, key: plain(row, "key")? }, kept(row)?))
    })
}

/// Puts an envelope in the place of a value that still stands. False: it does not stand any more.
pub fn seal_anew(tx: &Tx<'_>, spot: &Spot, old: &Kept, sealed: &[u8]) -> Result<bool, StoreError> {
    let changed = tx.run(
        "UPDATE memory SET value = ?3, sealed = 1 WHERE adapter = ?1 AND key = ?2 AND value = ?4 AND sealed = ?5",
        (&spot.adapter, &spot.key, sealed, &old.value, old.sealed),
    )?;
    Ok(changed == 1)
}

fn kept(row: &Row<'_>) -> Result<Kept, StoreError> {
    Ok(Kept { value: plain(row, "value")?, sealed: plain(row, "sealed")? })
}
