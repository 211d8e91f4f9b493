//! Tools that take two people in a workspace.

use usher_chat::{Person, Workspace};

use super::{Reader, StoreError, Tx, text::parsed};
use crate::ids::ToolName;

/// Lets a tool take two people. False: it does so already.
pub fn put(tx: &Tx<'_>, workspace: &Workspace, tool: &ToolName, by: &Person, now: i64) -> Result<bool, StoreError> {
    let sql = "INSERT INTO pairs (workspace, tool, set_by, set_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, (workspace.to_string(), tool.as_str(), by.to_string(), now))? == 1)
}

/// Lets one person do again. False: it took but one.
pub fn remove(tx: &Tx<'_>, workspace: &Workspace, tool: &ToolName) -> Result<bool, StoreError> {
    let sql = "DELETE FROM pairs WHERE workspace = ?1 AND tool = ?2";
    Ok(tx.run(sql, (workspace.to_string(), tool.as_str()))? == 1)
}

/// All of them.
pub fn all(reader: &Reader<'_>) -> Result<Vec<(Workspace, ToolName)>, StoreError> {
    let sql = "SELECT workspace, tool FROM pairs ORDER BY workspace, tool";
    reader.many(sql, [], |row| Ok((parsed(row, "workspace")?, parsed(row, "tool")?)))
}
