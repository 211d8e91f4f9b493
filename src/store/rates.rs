//! How much of a tool somebody has used lately.

use usher_chat::Person;

use super::{Reader, StoreError, Tx, text::plain};
use crate::ids::ToolName;

/// When, in milliseconds since 1970, all of a tool would be free to somebody again. `None`: it is.
pub fn free(reader: &Reader<'_>, person: &Person, tool: &ToolName) -> Result<Option<i64>, StoreError> {
    let sql = "SELECT free FROM rates WHERE person = ?1 AND tool = ?2";
    reader.one(sql, (person.to_string(), tool.as_str()), |row| plain(row, "free"))
}

/// Remembers that moment.
pub fn put(tx: &Tx<'_>, person: &Person, tool: &ToolName, free: i64) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO rates (person, tool, free) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET free = excluded.free",
        (person.to_string(), tool.as_str(), free),
    )?;
    Ok(())
}

/// Forgets what is free again at `now` (milliseconds). Says how many.
pub fn sweep(tx: &Tx<'_>, now: i64) -> Result<usize, StoreError> {
    tx.run("DELETE FROM rates WHERE free <= ?1", [now])
}
