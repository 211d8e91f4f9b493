//! What is stopped, by whom and since when.

use usher_chat::{Person, Workspace};

use super::{
    Reader, StoreError, Tx,
    text::{parsed, plain},
};

/// One thing that is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchRow {
    /// In this workspace alone, or everywhere.
    pub workspace: Option<Workspace>,
    /// What sort of thing: `everything`, `platform`, `site`, `tool`.
    pub kind: String,
    /// Which one; empty for everything.
    pub name: String,
    /// Only an owner starts it again.
    pub owner: bool,
    /// Who stopped it.
    pub by: Person,
    /// When, in seconds.
    pub at: i64,
}

/// Stops something, in place of an earlier stop of the same.
pub fn put(tx: &Tx<'_>, switch: &SwitchRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT OR REPLACE INTO switches (workspace, kind, name, owner, stopped_by, stopped_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (column(switch.workspace.as_ref()), &switch.kind, &switch.name, switch.owner, switch.by.to_string(), switch.at),
    )?;
    Ok(())
}

/// Starts something again. False: it was not stopped.
pub fn remove(tx: &Tx<'_>, workspace: Option<&Workspace>, kind: &str, name: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM switches WHERE workspace = ?1 AND kind = ?2 AND name = ?3";
    Ok(tx.run(sql, (column(workspace), kind, name))? == 1)
}

/// Everything that is stopped, the oldest first.
pub fn all(reader: &Reader<'_>) -> Result<Vec<SwitchRow>, StoreError> {
    reader.many("SELECT * FROM switches ORDER BY stopped_at, workspace, kind, name", [], |row| {
        let workspace: String = plain(row, "workspace")?;
        Ok(SwitchRow {
            workspace: if workspace.is_empty() { None } else { Some(parsed(row, "workspace")?) },
            kind: plain(row, "kind")?,
            name: plain(row, "name")?,
            owner: plain(row, "owner")?,
            by: parsed(row, "stopped_by")?,
            at: plain(row, "stopped_at")?,
        })
    })
}

fn column(workspace: Option<&Workspace>) -> String {
    workspace.map(ToString::to_string).unwrap_or_default()
}
