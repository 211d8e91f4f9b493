//! Workspaces that an owner has admitted.

use usher_chat::{Person, Workspace};

use super::{
    Reader, StoreError, Tx,
    text::{parsed, plain},
};

/// An admitted workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// Which.
    pub workspace: Workspace,
    /// Its name when it was admitted, for display.
    pub name: String,
    /// The owner who admitted it.
    pub by: Person,
    /// When, in seconds.
    pub at: i64,
}

/// Admits a workspace. Admitting it again renews name, owner and time.
pub fn admit(tx: &Tx<'_>, workspace: &Workspace, name: &str, by: &Person, now: i64) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO workspaces (workspace, name, admitted_by, admitted_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET name = excluded.name, admitted_by = excluded.admitted_by,
         admitted_at = excluded.admitted_at",
        (workspace.to_string(), name, by.to_string(), now),
    )?;
    Ok(())
}

/// Takes an admission back. False: it was not admitted. Grants and approvals stay for the day it is admitted again.
pub fn dismiss(tx: &Tx<'_>, workspace: &Workspace) -> Result<bool, StoreError> {
    Ok(tx.run("DELETE FROM workspaces WHERE workspace = ?1", [workspace.to_string()])? == 1)
}

/// All admitted workspaces.
pub fn admitted(reader: &Reader<'_>) -> Result<Vec<Admitted>, StoreError> {
    reader.many("SELECT * FROM workspaces ORDER BY workspace", [], |row| {
        Ok(Admitted {
            workspace: parsed(row, "workspace")?,
            name: plain(row, "name")?,
            by: parsed(row, "admitted_by")?,
            at: plain(row, "admitted_at")?,
        })
    })
}
