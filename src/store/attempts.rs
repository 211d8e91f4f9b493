//! Linking that is under way. One for a person on a site: a new one ends the older.

use std::fmt;

use rusqlite::Row;
use serde_json::Value;
use usher_chat::Person;

use super::{
    Reader, StoreError, Tx,
    links::LinkId,
    text::{json, json_or_none, parsed, parsed_or_none, plain, to_json},
};
use crate::ids::SiteId;

/// One attempt. Hashes are text; which hash is up to the caller.
#[derive(Clone, PartialEq)]
pub struct AttemptRow {
    /// Its own id.
    pub id: String,
    /// Who began it.
    pub person: Person,
    /// For which site.
    pub site: SiteId,
    /// Which protocol: `cloud`, `oauth1`.
    pub kind: String,
    /// How far it is, in the caller's words.
    pub stage: String,
    /// The hash of the ticket in the address of the connect page.
    pub ticket_hash: Option<String>,
    /// The hash of the state that the provider gives back.
    pub state_hash: Option<String>,
    /// The hash of the browser's cookie.
    pub cookie_hash: Option<String>,
    /// The hash of the code that the person has to bring.
    pub code_hash: Option<String>,
    /// Wrong codes that it still bears.
    pub tries: i64,
    /// What must stay secret: a verifier, a request token. An envelope.
    pub sealed: Vec<u8>,
    /// Names for the pages to show.
    pub names: Value,
    /// What was asked before linking.
    pub resume: Option<Value>,
    /// The pending link that it has led to.
    pub link: Option<LinkId>,
    /// When it began, in seconds.
    pub created: i64,
    /// When it ends, in seconds.
    pub expires: i64,
}

impl fmt::Debug for AttemptRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AttemptRow")
            .field("id", &self.id)
            .field("person", &self.person)
            .field("site", &self.site)
            .field("kind", &self.kind)
            .field("stage", &self.stage)
            .field("tries", &self.tries)
            .field("link", &self.link)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

/// Stores an attempt and ends the older one of the same person and site, with the pending link that one had led to.
pub fn put(tx: &Tx<'_>, attempt: &AttemptRow) -> Result<(), StoreError> {
    let older = tx.one(
        "SELECT * FROM attempts WHERE person = ?1 AND site = ?2",
        (attempt.person.to_string(), attempt.site.as_str()),
        from_row,
    )?;
    if let Some(older) = older {
        tx.run("DELETE FROM attempts WHERE id = ?1", [&older.id])?;
        if older.link != attempt.link {
            end_pending_link(tx, &older)?;
        }
    }
    tx.run(
        "INSERT INTO attempts (id, person, site, kind, stage, ticket_hash, state_hash, cookie_hash, code_hash, tries,
         sealed, names, resume, link, created, expires)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        rusqlite::params![
            attempt.id,
            attempt.person.to_string(),
            attempt.site.as_str(),
            attempt.kind,
            attempt.stage,
            attempt.ticket_hash,
            attempt.state_hash,
            attempt.cookie_hash,
            attempt.code_hash,
            attempt.tries,
            attempt.sealed,
            to_json(&attempt.names)?,
            attempt.resume.as_ref().map(to_json).transpose()?,
            attempt.link.as_ref().map(ToString::to_string),
            attempt.created,
            attempt.expires,
        ],
    )?;
    Ok(())
}

/// An attempt by its id.
pub fn get(reader: &Reader<'_>, id: &str) -> Result<Option<AttemptRow>, StoreError> {
    reader.one("SELECT * FROM attempts WHERE id = ?1", [id], from_row)
}

/// The attempt whose ticket has this hash.
pub fn by_ticket(reader: &Reader<'_>, hash: &str) -> Result<Option<AttemptRow>, StoreError> {
    reader.one("SELECT * FROM attempts WHERE ticket_hash = ?1", [hash], from_row)
}

/// The attempts whose code has this hash.
pub fn by_code(reader: &Reader<'_>, hash: &str) -> Result<Vec<AttemptRow>, StoreError> {
    reader.many("SELECT * FROM attempts WHERE code_hash = ?1", [hash], from_row)
}

/// All attempts of a person.
pub fn by_person(reader: &Reader<'_>, person: &Person) -> Result<Vec<AttemptRow>, StoreError> {
    reader.many("SELECT * FROM attempts WHERE person = ?1 ORDER BY created", [person.to_string()], from_row)
}

/// Uses a state up: of several callers one gets the attempt, which stays, without its state.
pub fn take_by_state(tx: &Tx<'_>, hash: &str) -> Result<Option<AttemptRow>, StoreError> {
    tx.one("UPDATE attempts SET state_hash = NULL WHERE state_hash = ?1 RETURNING *", [hash], from_row)
}

/// Writes an attempt that is there already. Person, site and kind stay.
///
/// # Errors
/// [`StoreError::NotFound`] where it has ended meanwhile.
pub fn update(tx: &Tx<'_>, attempt: &AttemptRow) -> Result<(), StoreError> {
    let updated = tx.run(
        "UPDATE attempts SET stage = ?2, ticket_hash = ?3, state_hash = ?4, cookie_hash = ?5, code_hash = ?6,
         tries = ?7, sealed = ?8, names = ?9, resume = ?10, link = ?11, expires = ?12 WHERE id = ?1",
        rusqlite::params![
            attempt.id,
            attempt.stage,
            attempt.ticket_hash,
            attempt.state_hash,
            attempt.cookie_hash,
            attempt.code_hash,
            attempt.tries,
            attempt.sealed,
            to_json(&attempt.names)?,
            attempt.resume.as_ref().map(to_json).transpose()?,
            attempt.link.as_ref().map(ToString::to_string),
            attempt.expires,
        ],
    )?;
    if updated == 1 { Ok(()) } else { Err(StoreError::NotFound) }
}

/// Counts a wrong code and says how many more the attempt bears. Zero: end it.
///
/// # Errors
/// [`StoreError::NotFound`] where it has ended meanwhile.
pub fn count_try(tx: &Tx<'_>, id: &str) -> Result<i64, StoreError> {
    tx.one("UPDATE attempts SET tries = max(tries - 1, 0) WHERE id = ?1 RETURNING tries", [id], |row| {
        plain(row, "tries")
    })?
    .ok_or(StoreError::NotFound)
}

/// Ends an attempt. The pending link stays. False: there was none.
pub fn delete(tx: &Tx<'_>, id: &str) -> Result<bool, StoreError> {
    Ok(tx.run("DELETE FROM attempts WHERE id = ?1", [id])? == 1)
}

/// Ends what was to end by `now` (seconds), with the pending links, and returns it.
pub fn sweep(tx: &Tx<'_>, now: i64) -> Result<Vec<AttemptRow>, StoreError> {
    let ended = tx.many("SELECT * FROM attempts WHERE expires <= ?1", [now], from_row)?;
    for attempt in &ended {
        delete(tx, &attempt.id)?;
        end_pending_link(tx, attempt)?;
    }
    Ok(ended)
}

fn end_pending_link(tx: &Tx<'_>, attempt: &AttemptRow) -> Result<(), StoreError> {
    if let Some(link) = &attempt.link {
        tx.run("DELETE FROM links WHERE id = ?1 AND state = 'pending'", [link.to_string()])?;
    }
    Ok(())
}

fn from_row(row: &Row<'_>) -> Result<AttemptRow, StoreError> {
    Ok(AttemptRow {
        id: plain(row, "id")?,
        person: parsed(row, "person")?,
        site: parsed(row, "site")?,
        kind: plain(row, "kind")?,
        stage: plain(row, "stage")?,
        ticket_hash: plain(row, "ticket_hash")?,
        state_hash: plain(row, "state_hash")?,
        cookie_hash: plain(row, "cookie_hash")?,
        code_hash: plain(row, "code_hash")?,
        tries: plain(row, "tries")?,
        sealed: plain(row, "sealed")?,
        names: json(row, "names")?,
        resume: json_or_none(row, "resume")?,
        link: parsed_or_none(row, "link")?,
        created: plain(row, "created")?,
        expires: plain(row, "expires")?,
    })
}
