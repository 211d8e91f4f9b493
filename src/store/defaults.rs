//! The site and the project that are meant where none is named, of a channel or of a person.

use usher_chat::{ChannelId, Person, Place, Workspace};

use super::{
    Reader, StoreError, Tx,
    text::{parsed_or_none, place_text},
};
use crate::ids::{ProjectKey, SiteId};

/// Whose default it is.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A channel's. Its threads share it.
    Channel(&'a Workspace, &'a ChannelId),
    /// One person's.
    Person(&'a Person),
}

/// What is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Default {
    /// The site.
    pub site: Option<SiteId>,
    /// The project.
    pub project: Option<ProjectKey>,
}

/// Sets a default; one that says nothing is none.
pub fn set(tx: &Tx<'_>, subject: Subject<'_>, to: &Default, by: &Person, now: i64) -> Result<(), StoreError> {
    let subject = subject.text();
    if *to == Default::default() {
        tx.run("DELETE FROM defaults WHERE subject = ?1", [subject])?;
        return Ok(());
    }
    let (site, project) = (to.site.as_ref().map(SiteId::as_str), to.project.as_ref().map(ProjectKey::as_str));
    tx.run(
        "INSERT OR REPLACE INTO defaults (subject, site, project, set_by, set_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (subject, site, project, by.to_string(), now),
    )?;
    Ok(())
}

/// A default; nothing in it where none was set.
pub fn get(reader: &Reader<'_>, subject: Subject<'_>) -> Result<Default, StoreError> {
    let sql = "SELECT site, project FROM defaults WHERE subject = ?1";
    let found = reader.many(sql, [subject.text()], |row| {
        Ok(Default { site: parsed_or_none(row, "site")?, project: parsed_or_none(row, "project")? })
    })?;
    Ok(found.into_iter().next().unwrap_or_default())
}

impl Subject<'_> {
    fn text(self) -> String {
        match self {
            Self::Person(person) => person.to_string(),
            Self::Channel(workspace, channel) => place_text(&Place::channel(workspace.clone(), channel.clone())),
        }
    }
}
