//! What people asked admins for, and where admins hear of it.

use std::str::FromStr;

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_chat::{Person, Place, Workspace};

use super::{
    Reader, StoreError, Tx,
    text::{json, parsed, parsed_or_none, plain, to_json},
};
use crate::ids::{ProjectKey, SiteId, ToolName};

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// Nobody has decided.
    Open,
    /// It may be done once.
    Allowed,
    /// It may not.
    Declined,
    /// It was allowed, and has been done.
    Used,
}

impl RequestState {
    /// The state as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Allowed => "allowed",
            Self::Declined => "declined",
            Self::Used => "used",
        }
    }
}

impl FromStr for RequestState {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Open, Self::Allowed, Self::Declined, Self::Used]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| StoreError::corrupt("a request's state"))
    }
}

/// The call that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wanted {
    /// Its arguments.
    pub args: Value,
    /// The call as a line.
    pub line: String,
    /// Where.
    pub place: Place,
    /// The place's name.
    pub name: String,
    /// The projects that it names.
    pub projects: Vec<ProjectKey>,
    /// A second person has to agree. Otherwise an admin is to allow it once.
    #[serde(default)]
    pub second: bool,
}

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestRow {
    /// Its id.
    pub id: String,
    /// Who asks.
    pub person: Person,
    /// In which workspace.
    pub workspace: Workspace,
    /// For which tool.
    pub tool: ToolName,
    /// The hash of the arguments.
    pub args: String,
    /// On which site.
    pub site: SiteId,
    /// The call.
    pub asked: Wanted,
    /// How far it has come.
    pub state: RequestState,
    /// Who decided.
    pub by: Option<Person>,
    /// Until when that holds, in seconds.
    pub expires: i64,
}

/// Adds an open request. False: this person has one open for this tool.
pub fn open(tx: &Tx<'_>, request: &RequestRow, now: i64) -> Result<bool, StoreError> {
    sweep(tx, now)?;
    let added = tx.run(
        "INSERT INTO requests (id, person, workspace, tool, args, site, asked, state, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'open', ?8) ON CONFLICT DO NOTHING",
        (
            &request.id,
            request.person.to_string(),
            request.workspace.to_string(),
            request.tool.as_str(),
            &request.args,
            request.site.as_str(),
            to_json(&request.asked)?,
            request.expires,
        ),
    )?;
    Ok(added == 1)
}

/// Decides about an open request. False: it is not open any more.
pub fn decide(tx: &Tx<'_>, id: &str, allow: bool, by: &Person, now: i64, expires: i64) -> Result<bool, StoreError> {
    let state = if allow { RequestState::Allowed } else { RequestState::Declined };
    let sql = "UPDATE requests SET state = ?2, decided_by = ?3, expires = ?5
               WHERE id = ?1 AND state = 'open' AND expires > ?4";
    Ok(tx.run(sql, (id, state.as_str(), by.to_string(), now, expires))? == 1)
}

/// Uses up what was allowed. False: it was used, or its time is over.
pub fn spend(tx: &Tx<'_>, id: &str, now: i64) -> Result<bool, StoreError> {
    let sql = "UPDATE requests SET state = 'used' WHERE id = ?1 AND state = 'allowed' AND expires > ?2";
    Ok(tx.run(sql, (id, now))? == 1)
}

/// What this person may do once with these arguments.
pub fn allowed(
    reader: &Reader<'_>,
    person: &Person,
    tool: &ToolName,
    args: &str,
    now: i64,
) -> Result<Vec<RequestRow>, StoreError> {
    let sql = "SELECT * FROM requests WHERE person = ?1 AND tool = ?2 AND args = ?3 AND state = 'allowed'
               AND expires > ?4";
    reader.many(sql, (person.to_string(), tool.as_str(), args, now), from_row)
}

/// One request.
pub fn get(reader: &Reader<'_>, id: &str) -> Result<Option<RequestRow>, StoreError> {
    Ok(reader.many("SELECT * FROM requests WHERE id = ?1", [id], from_row)?.pop())
}

/// Forgets what is over. Says how many.
pub fn sweep(tx: &Tx<'_>, now: i64) -> Result<usize, StoreError> {
    tx.run("DELETE FROM requests WHERE expires <= ?1", [now])
}

/// Sets where notices to a workspace's admins go; nowhere in particular without a place.
pub fn set_notices(
    tx: &Tx<'_>,
    workspace: &Workspace,
    place: Option<&Place>,
    by: &Person,
    now: i64,
) -> Result<(), StoreError> {
    match place {
        Some(place) => tx.run(
            "INSERT OR REPLACE INTO notices (workspace, place, set_by, set_at) VALUES (?1, ?2, ?3, ?4)",
            (workspace.to_string(), to_json(place)?, by.to_string(), now),
        )?,
        None => tx.run("DELETE FROM notices WHERE workspace = ?1", [workspace.to_string()])?,
    };
    Ok(())
}

/// Where notices to a workspace's admins go.
pub fn notices(reader: &Reader<'_>, workspace: &Workspace) -> Result<Option<Place>, StoreError> {
    let sql = "SELECT place FROM notices WHERE workspace = ?1";
    Ok(reader.many(sql, [workspace.to_string()], |row| json(row, "place"))?.pop())
}

/// Notes that somebody has used an admin command.
pub fn commanded(tx: &Tx<'_>, workspace: &Workspace, person: &Person, now: i64) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO commanders (workspace, person, last) VALUES (?1, ?2, ?3)";
    tx.run(sql, (workspace.to_string(), person.to_string(), now))?;
    Ok(())
}

/// Who has used admin commands in a workspace, whoever did last first.
pub fn commanders(reader: &Reader<'_>, workspace: &Workspace) -> Result<Vec<Person>, StoreError> {
    let sql = "SELECT person FROM commanders WHERE workspace = ?1 ORDER BY last DESC LIMIT 20";
    reader.many(sql, [workspace.to_string()], |row| parsed(row, "person"))
}

fn from_row(row: &Row<'_>) -> Result<RequestRow, StoreError> {
    Ok(RequestRow {
        id: plain(row, "id")?,
        person: parsed(row, "person")?,
        workspace: parsed(row, "workspace")?,
        tool: parsed(row, "tool")?,
        args: plain(row, "args")?,
        site: parsed(row, "site")?,
        asked: json(row, "asked")?,
        state: parsed(row, "state")?,
        by: parsed_or_none(row, "decided_by")?,
        expires: plain(row, "expires")?,
    })
}
