//! Whose Jira account is whose: one link for a person on a site, and perhaps one more that waits for its code.

use std::{fmt, str::FromStr};

use rusqlite::Row;
use serde::{Deserialize, Serialize};
use usher_chat::Person;

use super::{
    Reader, StoreError, Tx,
    text::{parsed, plain},
};
use crate::ids::{AccountId, SiteId};

/// A link's own id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LinkId(uuid::Uuid);

impl LinkId {
    /// A new one.
    pub fn fresh() -> Self {
        Self(uuid::Uuid::new_v4())
    }
}

impl fmt::Display for LinkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for LinkId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

impl TryFrom<String> for LinkId {
    type Error = uuid::Error;

    fn try_from(text: String) -> Result<Self, uuid::Error> {
        text.parse()
    }
}

impl From<LinkId> for String {
    fn from(id: LinkId) -> String {
        id.to_string()
    }
}

/// How the account was linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// OAuth 2.0 on Jira Cloud.
    OAuth2Cloud,
    /// OAuth 2.0 on Jira Data Center.
    OAuth2DataCenter,
    /// OAuth 1.0a on Jira Data Center.
    OAuth1,
}

impl LinkKind {
    /// The kind as it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OAuth2Cloud => "oauth2-cloud",
            Self::OAuth2DataCenter => "oauth2-data-center",
            Self::OAuth1 => "oauth1",
        }
    }
}

impl FromStr for LinkKind {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::OAuth2Cloud, Self::OAuth2DataCenter, Self::OAuth1]
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| StoreError::corrupt("a link's kind"))
    }
}

/// What a link is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// It waits for its code, and is good for nothing.
    Pending,
    /// It works.
    Active,
    /// It must be made again.
    Expired,
}

impl LinkState {
    /// The state as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Expired => "expired",
        }
    }
}

impl FromStr for LinkState {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        [Self::Pending, Self::Active, Self::Expired]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| StoreError::corrupt("a link's state"))
    }
}

/// One link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// Its own id.
    pub id: LinkId,
    /// Whose.
    pub person: Person,
    /// Where.
    pub site: SiteId,
    /// How it was made.
    pub kind: LinkKind,
    /// Who the person is there.
    pub account: AccountId,
    /// The account's name when it was linked, for display.
    pub account_name: String,
    /// What it is good for.
    pub state: LinkState,
    /// When it was made, in seconds.
    pub created: i64,
    /// When its code came, in seconds.
    pub activated: Option<i64>,
    /// When it ends, in seconds.
    pub expires: i64,
    /// The scopes that were asked for when it was made, with blanks between; nothing for OAuth 1.0a.
    pub scopes: String,
}

/// A query of links, with its columns in the order in which [`from_row`] reads them.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, person, site, kind, account, account_name, state, created, activated, expires, scopes FROM links ",
            $rest
        )
    };
}

/// Stores a pending link in place of another pending one of the same person and site. `state` and `activated` of the
/// row do not count.
pub fn insert(tx: &Tx<'_>, link: &LinkRow) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM links WHERE person = ?1 AND site = ?2 AND state = 'pending'",
        (link.person.to_string(), link.site.as_str()),
    )?;
    tx.run(
        "INSERT INTO links (id, person, site, kind, account, account_name, state, created, activated, expires, scopes)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'pending', ?7, NULL, ?8, ?9)",
        (
            link.id.to_string(),
            link.person.to_string(),
            link.site.as_str(),
            link.kind.as_str(),
            &link.account.0,
            &link.account_name,
            link.created,
            link.expires,
            &link.scopes,
        ),
    )?;
    Ok(())
}

/// Makes a pending link work, and ends the person's older one on that site: returns it, its credential is gone.
///
/// # Errors
/// [`StoreError::NotFound`] where no such link is pending.
pub fn activate(tx: &Tx<'_>, id: &LinkId, now: i64) -> Result<Option<LinkRow>, StoreError> {
    let link = by_id(tx, id)?.filter(|link| link.state == LinkState::Pending).ok_or(StoreError::NotFound)?;
    let older = tx.one(
        select!("WHERE person = ?1 AND site = ?2 AND state <> 'pending'"),
        (link.person.to_string(), link.site.as_str()),
        from_row,
    )?;
    if let Some(older) = &older {
        delete(tx, &older.id)?;
    }
    tx.run("UPDATE links SET state = 'active', activated = ?2 WHERE id = ?1", (id.to_string(), now))?;
    Ok(older)
}

/// The person's link on a site: the one that works, or else the one that waits, or else the one that has expired.
pub fn get(reader: &Reader<'_>, person: &Person, site: &SiteId) -> Result<Option<LinkRow>, StoreError> {
    reader.one(
        select!(
            "WHERE person = ?1 AND site = ?2
         ORDER BY CASE state WHEN 'active' THEN 0 WHEN 'pending' THEN 1 ELSE 2 END LIMIT 1"
        ),
        (person.to_string(), site.as_str()),
        from_row,
    )
}

/// A link by its id.
pub fn by_id(reader: &Reader<'_>, id: &LinkId) -> Result<Option<LinkRow>, StoreError> {
    reader.one(select!("WHERE id = ?1"), [id.to_string()], from_row)
}

/// All links of a person.
pub fn of_person(reader: &Reader<'_>, person: &Person) -> Result<Vec<LinkRow>, StoreError> {
    reader.many(select!("WHERE person = ?1 ORDER BY site, created"), [person.to_string()], from_row)
}

/// All links to an account, oldest first.
pub fn of_account(reader: &Reader<'_>, site: &SiteId, account: &AccountId) -> Result<Vec<LinkRow>, StoreError> {
    reader.many(select!("WHERE site = ?1 AND account = ?2 ORDER BY created"), (site.as_str(), &account.0), from_row)
}

/// All links.
pub fn all(reader: &Reader<'_>) -> Result<Vec<LinkRow>, StoreError> {
    reader.many(select!("ORDER BY person, site, created"), [], from_row)
}

/// How many links work on a site.
pub fn active_on(reader: &Reader<'_>, site: &SiteId) -> Result<usize, StoreError> {
    let count = "SELECT count(*) AS count FROM links WHERE site = ?1 AND state = 'active'";
    let count: Option<i64> = reader.one(count, [site.as_str()], |row| super::text::plain(row, "count"))?;
    Ok(count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default())
}

/// Sets what a link is good for. False: there is no such link. To make a pending link work, use [`activate`].
///
/// # Errors
/// [`StoreError::Conflict`] where the person would have two of that kind on the site.
pub fn set_state(tx: &Tx<'_>, id: &LinkId, state: LinkState) -> Result<bool, StoreError> {
    Ok(tx.run("UPDATE links SET state = ?2 WHERE id = ?1", (id.to_string(), state.as_str()))? == 1)
}

/// Deletes a link and its credential. False: there was none.
pub fn delete(tx: &Tx<'_>, id: &LinkId) -> Result<bool, StoreError> {
    Ok(tx.run("DELETE FROM links WHERE id = ?1", [id.to_string()])? == 1)
}

/// Reads the columns in the order in which `select!` names them. Every call of a tool reads a link, and finding columns by
/// name takes longer than all the rest.
fn from_row(row: &Row<'_>) -> Result<LinkRow, StoreError> {
    Ok(LinkRow {
        id: parsed(row, 0)?,
        person: parsed(row, 1)?,
        site: parsed(row, 2)?,
        kind: parsed(row, 3)?,
        account: AccountId(plain(row, 4)?),
        account_name: plain(row, 5)?,
        state: parsed(row, 6)?,
        created: plain(row, 7)?,
        activated: plain(row, 8)?,
        expires: plain(row, 9)?,
        scopes: plain(row, 10)?,
    })
}
