//! Which tools a workspace has approved or blocked.

use std::str::FromStr;

use usher_chat::{Person, Workspace};

use super::{
    Reader, StoreError, Tx,
    text::{parsed, parsed_or_none, plain},
};
use crate::ids::ToolName;

/// What a workspace says about a tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApprovalState {
    /// Nobody has looked at it yet.
    Pending,
    /// It may be granted.
    Approved,
    /// It may not be used, whatever the grants say.
    Blocked,
}

impl ApprovalState {
    /// The state as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Blocked => "blocked",
        }
    }
}

impl FromStr for ApprovalState {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Pending, Self::Approved, Self::Blocked]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| StoreError::corrupt("an approval's state"))
    }
}

/// One tool in one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Where.
    pub workspace: Workspace,
    /// Which tool.
    pub tool: ToolName,
    /// What holds.
    pub state: ApprovalState,
    /// The declaration that was looked at. Another digest means that the tool has changed since.
    pub digest: String,
    /// Who decided, where somebody did.
    pub by: Option<Person>,
    /// When, in seconds.
    pub at: i64,
}

/// Sets what holds for a tool in a workspace, in place of what held.
pub fn set(
    tx: &Tx<'_>,
    workspace: &Workspace,
    tool: &ToolName,
    state: ApprovalState,
    digest: &str,
    by: Option<&Person>,
    now: i64,
) -> Result<(), StoreError> {
    tx.run("INSERT OR REPLACE INTO approvals (workspace, tool, state, digest, set_by, set_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)", (
        workspace.to_string(),
        tool.as_str(),
        state.as_str(),
        digest,
        by.map(ToString::to_string),
        now,
    ))?;
    Ok(())
}

/// All that was ever set.
pub fn all(reader: &Reader<'_>) -> Result<Vec<Approval>, StoreError> {
    reader.many("SELECT * FROM approvals ORDER BY workspace, tool", [], |row| {
        Ok(Approval {
            workspace: parsed(row, "workspace")?,
            tool: parsed(row, "tool")?,
            state: parsed(row, "state")?,
            digest: plain(row, "digest")?,
            by: parsed_or_none(row, "set_by")?,
            at: plain(row, "set_at")?,
        })
    })
}
