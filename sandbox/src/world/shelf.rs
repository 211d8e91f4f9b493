//! What a project is made of besides issues, and what people have saved: versions, components, filters.
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::PersonId;

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
