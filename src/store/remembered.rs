//! What people gave for some arguments of a tool the last time it worked.

use serde_json::Value;
use usher_chat::Person;

use super::{Reader, StoreError, Tx, text::parsed};
use crate::ids::{SiteId, ToolName};

/// What somebody gave last.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// On which site.
    pub site: SiteId,
    /// The arguments, by name.
    pub args: Value,
}

/// Keeps what somebody gave, in place of what they gave before.
pub fn put(tx: &Tx<'_>, person: &Person, tool: &ToolName, last: &Remembered, now: i64) -> Result<(), StoreError> {
    tx.run(
        "INSERT OR REPLACE INTO remembered (person, tool, site, args, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (person.to_string(), tool.as_str(), last.site.as_str(), last.args.to_string(), now),
    )?;
    Ok(())
}

/// What somebody gave last.
pub fn get(reader: &Reader<'_>, person: &Person, tool: &ToolName) -> Result<Option<Remembered>, StoreError> {
    let sql = "SELECT site, args FROM remembered WHERE person = ?1 AND tool = ?2";
    let found = reader.many(sql, (person.to_string(), tool.as_str()), |row| {
        Ok(Remembered { site: parsed(row, "site")?, args: parsed(row, "args")? })
    })?;
    Ok(found.into_iter().next())
}
