//! What a project is made of besides issues, and what people have saved: versions, components, service desks, filters.
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{IssueType, PersonId};

/// A version of a project.
#[derive(Clone, Debug)]
pub struct Version {
    /// Jira's id.
    pub id: u64,
    /// Its project's place in the site's list.
    pub project: usize,
    /// `2.4`.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// When it was or will be released.
    pub date: Option<Date>,
    /// It is out.
    pub released: bool,
    /// It is put away.
    pub archived: bool,
}

/// A component of a project.
#[derive(Clone, Debug)]
pub struct Component {
    /// Jira's id.
    pub id: u64,
    /// Its project's place in the site's list.
    pub project: usize,
    /// `Pump`.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Who leads it.
    pub lead: Option<PersonId>,
}

/// The service desk of a project.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Jira's id.
    pub id: u64,
    /// Its project's place in the site's list.
    pub project: usize,
    /// Id, name and search of each queue.
    pub queues: &'static [(&'static str, &'static str, &'static str)],
    /// What customers can ask for.
    pub kinds: &'static [RequestKind],
}

/// A kind of request.
#[derive(Debug)]
pub struct RequestKind {
    /// Jira's id.
    pub id: &'static str,
    /// `Report a fault`.
    pub name: &'static str,
    /// What it is for.
    pub description: &'static str,
    /// The type of the issue that it makes.
    pub issue_type: &'static IssueType,
    /// The fields on its form.
    pub fields: &'static [&'static str],
}

/// A saved filter.
#[derive(Clone, Debug)]
pub struct Filter {
    /// Jira's id.
    pub id: u64,
    /// `Open bugs`.
    pub name: &'static str,
    /// Whose it is.
    pub owner: PersonId,
    /// What it searches.
    pub jql: &'static str,
    /// Whether everybody may use it.
    pub shared: bool,
    /// Who has marked it with a star.
    pub stars: BTreeSet<PersonId>,
}
