//! Tools that an upgrade brought or changed and that wait in a workspace whose admins have not been told.

use usher_chat::Workspace;

use super::{Reader, StoreError, Tx, text::parsed};
use crate::ids::ToolName;

/// Notes that they are to be told of a tool.
pub fn put(tx: &Tx<'_>, workspace: &Workspace, tool: &ToolName) -> Result<(), StoreError> {
    let sql = "INSERT INTO untold (workspace, tool) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    tx.run(sql, (workspace.to_string(), tool.as_str()))?;
    Ok(())
}

/// Notes that they have been told.
pub fn remove(tx: &Tx<'_>, workspace: &Workspace, tool: &ToolName) -> Result<(), StoreError> {
    tx.run("DELETE FROM untold WHERE workspace = ?1 AND tool = ?2", (workspace.to_string(), tool.as_str()))?;
    Ok(())
}

/// The tools that they are to be told of.
pub fn of(reader: &Reader<'_>, workspace: &Workspace) -> Result<Vec<ToolName>, StoreError> {
    let sql = "SELECT tool FROM untold WHERE workspace = ?1 ORDER BY tool";
    reader.many(sql, [workspace.to_string()], |row| parsed(row, "tool"))
}
