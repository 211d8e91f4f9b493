//! Who may use which tools where. One rule for each profile, place and tools.

use std::str::FromStr;

use rusqlite::Row;
use usher_chat::{ChannelId, Person, Workspace};

use super::{
    Reader, StoreError, Tx,
    text::{json_or_none, parsed, plain, to_json},
};
use crate::ids::ProjectKey;

/// Whether a grant gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It gives.
    Allow,
    /// It takes, and wins.
    Deny,
}

impl Effect {
    /// The effect as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

impl FromStr for Effect {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        match text {
            "allow" => Ok(Self::Allow),
            "deny" => Ok(Self::Deny),
            _ => Err(StoreError::corrupt("a grant's effect")),
        }
    }
}

/// One grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GrantRow {
    /// Its own id.
    pub id: String,
    /// Gives or takes.
    pub effect: Effect,
    /// A toolset's or a tool's name.
    pub tools: String,
    /// For whom.
    pub profile: String,
    /// Where.
    pub workspace: Workspace,
    /// In this channel, or in the whole workspace.
    pub channel: Option<ChannelId>,
    /// On these projects, or on all.
    pub projects: Option<Vec<ProjectKey>>,
    /// Until this second, or without end.
    pub until: Option<i64>,
    /// Who said so.
    pub by: Person,
    /// When, in seconds.
    pub at: i64,
}

/// Adds a grant in place of the one for the same profile, place and tools. True: there was one.
pub fn add(tx: &Tx<'_>, grant: &GrantRow) -> Result<bool, StoreError> {
    let replaced = remove(tx, &grant.workspace, grant.channel.as_ref(), &grant.profile, &grant.tools)?;
    tx.run(
        "INSERT INTO grants (id, effect, tools, profile, workspace, channel, projects, until, set_by, set_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        (
            &grant.id,
            grant.effect.as_str(),
            &grant.tools,
            &grant.profile,
            grant.workspace.to_string(),
            grant.channel.as_ref().map(ChannelId::as_str),
            grant.projects.as_ref().map(to_json).transpose()?,
            grant.until,
            grant.by.to_string(),
            grant.at,
        ),
    )?;
    Ok(replaced)
}

/// Removes the grant for a profile, place and tools. False: there was none.
pub fn remove(
    tx: &Tx<'_>,
    workspace: &Workspace,
    channel: Option<&ChannelId>,
    profile: &str,
    tools: &str,
) -> Result<bool, StoreError> {
    let removed = tx.run(
        "DELETE FROM grants WHERE workspace = ?1 AND ifnull('#' || channel, '') = ifnull('#' || ?2, '')
         AND profile = ?3 AND tools = ?4",
        (workspace.to_string(), channel.map(ChannelId::as_str), profile, tools),
    )?;
    Ok(removed > 0)
}

/// Removes what ended before `now` (seconds). Says how many.
pub fn sweep(tx: &Tx<'_>, now: i64) -> Result<usize, StoreError> {
    tx.run("DELETE FROM grants WHERE until IS NOT NULL AND until < ?1", [now])
}

/// All grants, also those that have ended.
pub fn all(reader: &Reader<'_>) -> Result<Vec<GrantRow>, StoreError> {
    reader.many("SELECT * FROM grants ORDER BY workspace, channel, profile, tools", [], from_row)
}

fn from_row(row: &Row<'_>) -> Result<GrantRow, StoreError> {
    Ok(GrantRow {
        id: plain(row, "id")?,
        effect: parsed(row, "effect")?,
        tools: plain(row, "tools")?,
        profile: plain(row, "profile")?,
        workspace: parsed(row, "workspace")?,
        channel: plain::<Option<String>>(row, "channel")?.map(ChannelId::from),
        projects: json_or_none(row, "projects")?,
        until: plain(row, "until")?,
        by: parsed(row, "set_by")?,
        at: plain(row, "set_at")?,
    })
}
