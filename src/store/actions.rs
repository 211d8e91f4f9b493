//! Rows of buttons and forms on offer. What may be done with them is said in `actions`.

use serde_json::Value;
use usher_chat::{ActionId, Person, Place};

use super::{
    Reader, StoreError, Tx,
    text::{json, parse_place, parsed_or_none, place_text, plain, to_json},
};

/// One button or form.
#[derive(Debug, Clone, PartialEq)]
pub struct ActionRow {
    /// What the platform carries.
    pub id: ActionId,
    /// Who may press it; nobody named means anyone.
    pub holder: Option<Person>,
    /// Where it stands.
    pub place: Place,
    /// What it leads to.
    pub payload: Value,
    /// It works once.
    pub once: bool,
    /// It has been used, and works once.
    pub spent: bool,
    /// When it ends, in seconds.
    pub expires: i64,
}

/// Stores one.
pub fn put(tx: &Tx<'_>, action: &ActionRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO actions (id, holder, place, payload, once, spent, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (
            action.id.as_str(),
            action.holder.as_ref().map(ToString::to_string),
            place_text(&action.place),
            to_json(&action.payload)?,
            action.once,
            action.spent,
            action.expires,
        ),
    )?;
    Ok(())
}

/// Stores one in place of another of the same id.
pub fn replace(tx: &Tx<'_>, action: &ActionRow) -> Result<(), StoreError> {
    tx.run("DELETE FROM actions WHERE id = ?1", [action.id.as_str()])?;
    put(tx, action)
}

/// One by its id.
pub fn get(reader: &Reader<'_>, id: &ActionId) -> Result<Option<ActionRow>, StoreError> {
    reader.one("SELECT * FROM actions WHERE id = ?1", [id.as_str()], |row| {
        let place: String = plain(row, "place")?;
        Ok(ActionRow {
            id: plain::<String>(row, "id")?.into(),
            holder: parsed_or_none(row, "holder")?,
            place: parse_place(&place).ok_or_else(|| StoreError::corrupt("place"))?,
            payload: json(row, "payload")?,
            once: plain(row, "once")?,
            spent: plain(row, "spent")?,
            expires: plain(row, "expires")?,
        })
    })
}

/// Uses one up that works once. False: another press was faster.
pub fn spend(tx: &Tx<'_>, id: &ActionId) -> Result<bool, StoreError> {
    Ok(tx.run("UPDATE actions SET spent = 1 WHERE id = ?1 AND once = 1 AND spent = 0", [id.as_str()])? == 1)
}

/// Deletes all that only this person may press. Says how many.
pub fn delete_of(tx: &Tx<'_>, person: &Person) -> Result<usize, StoreError> {
    tx.run("DELETE FROM actions WHERE holder = ?1", [person.to_string()])
}

/// Deletes what has ended by `now` (seconds). Says how many.
pub fn sweep(tx: &Tx<'_>, now: i64) -> Result<usize, StoreError> {
    tx.run("DELETE FROM actions WHERE expires <= ?1", [now])
}
