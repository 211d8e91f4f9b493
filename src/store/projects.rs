//! Which projects a linked account was seen to reach, so that a key alone leads to the right site.

use usher_chat::Person;

use super::{Reader, StoreError, Tx, links::LinkId, text::parsed};
use crate::ids::{ProjectKey, SiteId};

/// Sets the projects of a link, in place of those known so far.
pub fn set_projects(tx: &Tx<'_>, link: &LinkId, projects: &[ProjectKey], now: i64) -> Result<(), StoreError> {
    let link = link.to_string();
    tx.run("DELETE FROM link_projects WHERE link = ?1", [&link])?;
    for project in projects {
        add_project(tx, &link, project, now)?;
    }
    Ok(())
}

/// Adds one project to those known of a link.
pub fn saw_project(tx: &Tx<'_>, link: &LinkId, project: &ProjectKey, now: i64) -> Result<(), StoreError> {
    add_project(tx, &link.to_string(), project, now)
}

/// The sites on which the person's working link reaches a project of this key.
pub fn sites_with_project(
    reader: &Reader<'_>,
    person: &Person,
    project: &ProjectKey,
) -> Result<Vec<SiteId>, StoreError> {
    reader.many(
        "SELECT l.site FROM links l JOIN link_projects p ON p.link = l.id
         WHERE l.person = ?1 AND l.state = 'active' AND p.project = ?2 ORDER BY l.site",
        (person.to_string(), project.as_str()),
        |row| parsed(row, "site"),
    )
}

/// The projects that a link was seen to reach.
pub fn of_link(reader: &Reader<'_>, link: &LinkId) -> Result<Vec<ProjectKey>, StoreError> {
    reader.many("SELECT project FROM link_projects WHERE link = ?1 ORDER BY project", [&link.to_string()], |row| {
        parsed(row, "project")
    })
}

fn add_project(tx: &Tx<'_>, link: &str, project: &ProjectKey, now: i64) -> Result<(), StoreError> {
    tx.run(
        "INSERT OR REPLACE INTO link_projects (link, project, seen) VALUES (?1, ?2, ?3)",
        (link, project.as_str(), now),
    )?;
    Ok(())
}
