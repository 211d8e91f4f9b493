//! A workspace's own named sets: of tools, and of people.

use std::{collections::BTreeSet, str::FromStr};

use rusqlite::Row;
use usher_chat::{Person, Workspace};

use super::{
    Reader, StoreError, Tx,
    text::{json, parsed, plain, to_json},
};

/// What a set holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetKind {
    /// Tools, by name.
    Tools,
    /// People: profiles as grants hold them.
    People,
}

impl SetKind {
    /// The kind as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::People => "people",
        }
    }
}

impl FromStr for SetKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Tools, Self::People]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| StoreError::corrupt("a set's kind"))
    }
}

/// One set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRow {
    /// Whose.
    pub workspace: Workspace,
    /// Of what.
    pub kind: SetKind,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub members: BTreeSet<String>,
    /// Who said so last.
    pub by: Person,
    /// When, in seconds.
    pub at: i64,
}

/// Stores a set in place of the one of that name.
pub fn put(tx: &Tx<'_>, set: &SetRow) -> Result<(), StoreError> {
    tx.run(
        "INSERT OR REPLACE INTO sets (workspace, kind, name, members, set_by, set_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (set.workspace.to_string(), set.kind.as_str(), &set.name, to_json(&set.members)?, set.by.to_string(), set.at),
    )?;
    Ok(())
}

/// Removes a set. False: there was none.
pub fn remove(tx: &Tx<'_>, workspace: &Workspace, kind: SetKind, name: &str) -> Result<bool, StoreError> {
    let sql = "DELETE FROM sets WHERE workspace = ?1 AND kind = ?2 AND name = ?3";
    Ok(tx.run(sql, (workspace.to_string(), kind.as_str(), name))? == 1)
}

/// One set.
pub fn get(
    reader: &Reader<'_>,
    workspace: &Workspace,
    kind: SetKind,
    name: &str,
) -> Result<Option<SetRow>, StoreError> {
    let sql = "SELECT * FROM sets WHERE workspace = ?1 AND kind = ?2 AND name = ?3";
    reader.one(sql, (workspace.to_string(), kind.as_str(), name), from_row)
}

/// All sets.
pub fn all(reader: &Reader<'_>) -> Result<Vec<SetRow>, StoreError> {
    reader.many("SELECT * FROM sets ORDER BY workspace, kind, name", [], from_row)
}

fn from_row(row: &Row<'_>) -> Result<SetRow, StoreError> {
    Ok(SetRow {
        workspace: parsed(row, "workspace")?,
        kind: parsed(row, "kind")?,
        name: plain(row, "name")?,
        members: json(row, "members")?,
        by: parsed(row, "set_by")?,
        at: plain(row, "set_at")?,
    })
}
