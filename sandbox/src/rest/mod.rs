//! Jira's REST interface: version 3 on the Cloud sites, version 2 on the Data Center site.
mod agile;
mod answer;
mod apply;
mod assignee;
mod attachments;
mod blocks;
mod bulk;
mod catalog;
mod cloud;
mod comments;
mod data_center;
mod desks;
mod filters;
mod identity;
mod input;
mod issue;
mod issue_shape;
mod links;
mod meta;
mod projects;
mod properties;
mod routes;
mod search;
mod set;
mod shape;
mod sprints;
mod suggestions;
mod transitions;
mod update;
mod users;
mod values;
mod versions;
mod watching;
mod web_links;
mod worklogs;

use jiff::Timestamp;
use serde_json::Value;

use crate::world::{Issue, Permission, Person, Project, Site};

pub(crate) use answer::{Answer, Refusal, Reply};
pub(crate) use cloud::{api_router, site_router};
pub(crate) use data_center::router as data_center_router;
pub(crate) use input::{Query, Upload};
pub(crate) use shape::View;
pub(crate) use values::{moment, utc};

/// One request to a site, by somebody known.
pub(crate) struct Ask<'a> {
    /// The site it came to.
    pub site: &'a mut Site,
    /// Everybody.
    pub people: &'a [Person],
    /// Who asks.
    pub me: &'a Person,
    /// When.
    pub now: Timestamp,
    /// What stood at the wildcards of the route's path.
    pub params: &'a [String],
    /// The query.
    pub query: &'a Query,
    /// The body, already known to be JSON where the route takes JSON.
    pub body: &'a Value,
    /// The files of a multipart body.
    pub uploads: &'a [Upload],
}

impl Ask<'_> {
    /// What stood at the nth wildcard.
    pub fn param(&self, n: usize) -> &str {
        self.params.get(n).map_or("", String::as_str)
    }

    /// Reads the world as the asker sees it.
    pub fn view(&self) -> View<'_> {
        View { site: self.site, people: self.people, me: self.me }
    }

    /// The id of the issue that a key or id names, if the asker may see it.
    pub fn issue_id(&self, key_or_id: &str) -> Result<u64, Refusal> {
        let id = self.site.find(key_or_id).filter(|id| self.site.sees(&self.me.id, &self.site.issues[id]));
        id.ok_or_else(|| Refusal::no_issue(self.site.is_cloud()))
    }

    /// The id of the issue in the path.
    pub fn path_issue(&self) -> Result<u64, Refusal> {
        self.issue_id(self.param(0))
    }

    /// An issue that is known to exist.
    pub fn issue(&self, id: u64) -> &Issue {
        &self.site.issues[&id]
    }

    /// An issue that is known to exist, to change it.
    pub fn issue_mut(&mut self, id: u64) -> &mut Issue {
        self.site.issues.get_mut(&id).expect("an id that a look-up has just given")
    }

    /// The project of an issue.
    pub fn project_of(&self, id: u64) -> &Project {
        self.site.project_of(self.issue(id))
    }

    /// Whether the asker may do this to this issue.
    pub fn may(&self, id: u64, permission: Permission) -> bool {
        self.project_of(id).may(&self.me.id, permission)
    }
}
