//! An issue and what hangs on it.
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::{IssueType, Named, PersonId, Role, Status};
use crate::adf;

/// An issue.
#[derive(Debug)]
pub struct Issue {
    /// Jira's id.
    pub id: u64,
    /// Its place in the site's list of projects.
    pub project: usize,
    /// `DEMO-1`.
    pub key: String,
    /// Its type.
    pub issue_type: &'static IssueType,
    /// Where it stands.
    pub status: &'static Status,
    /// How it ended.
    pub resolution: Option<&'static Named>,
    /// When it ended.
    pub resolved: Option<Timestamp>,
    /// How urgent it is.
    pub priority: Option<&'static Named>,
    /// One line.
    pub summary: String,
    /// The long text.
    pub description: Option<RichText>,
    /// Its labels.
    pub labels: Vec<String>,
    /// Who works on it.
    pub assignee: Option<PersonId>,
    /// Who reported it.
    pub reporter: PersonId,
    /// Who made it.
    pub creator: PersonId,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub updated: Timestamp,
    /// Until when.
    pub due: Option<Date>,
    /// The issue it belongs to.
    pub parent: Option<u64>,
    /// Where it stands among all others; less is more urgent.
    pub rank: f64,
    /// The sprint it is in.
    pub sprint: Option<u64>,
    /// The sprints that were closed while it was in them and not done.
    pub sprints_before: BTreeSet<u64>,
    /// First estimate in seconds.
    pub original_estimate: Option<u64>,
    /// What is left in seconds.
    pub remaining_estimate: Option<u64>,
    /// The id of its security level.
    pub security: Option<&'static str>,
    /// Custom fields as they were stored, by field id. People are stored by person id.
    pub custom: BTreeMap<&'static str, Value>,
    /// Comments, oldest first.
    pub comments: Vec<Comment>,
    /// Worklogs, oldest first.
    pub worklogs: Vec<Worklog>,
    /// Files, oldest first.
    pub attachments: Vec<Attachment>,
    /// Who watches.
    pub watchers: BTreeSet<PersonId>,
    /// Who voted.
    pub voters: BTreeSet<PersonId>,
    /// Who looked at it, and when last.
    pub viewed: BTreeMap<PersonId, Timestamp>,
    /// Links to pages elsewhere, oldest first.
    pub web_links: Vec<WebLink>,
    /// Entity properties.
    pub properties: BTreeMap<String, Value>,
    /// The ids of the versions that bring it.
    pub fix_versions: BTreeSet<u64>,
    /// What changed, oldest first.
    pub history: Vec<Change>,
}

impl Issue {
    /// Every sprint that Jira keeps of it, in order.
    pub fn sprints(&self) -> impl Iterator<Item = u64> + '_ {
        self.sprints_before.iter().copied().filter(|id| Some(*id) != self.sprint).chain(self.sprint)
    }

    /// All time logged, in seconds.
    pub fn time_spent(&self) -> u64 {
        self.worklogs.iter().map(|worklog| worklog.seconds).sum()
    }
}

/// Long text in the form of its site.
#[derive(Clone, Debug, PartialEq)]
pub enum RichText {
    /// Atlassian Document Format (Cloud).
    Adf(Arc<Value>),
    /// Wiki markup (Data Center).
    Wiki(Arc<str>),
}

impl RichText {
    /// As the REST interface answers it.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Adf(doc) => Value::clone(doc),
            Self::Wiki(text) => Value::String(text.to_string()),
        }
    }

    /// The words only, for searching and for tests.
    pub fn plain(&self) -> String {
        match self {
            Self::Adf(doc) => adf::plain(doc),
            Self::Wiki(text) => text.to_string(),
        }
    }
}

/// Who may read a comment or a worklog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// People with this role in the project.
    Role(Role),
    /// People in this group.
    Group(String),
}

/// A comment.
#[derive(Debug)]
pub struct Comment {
    /// Jira's id.
    pub id: u64,
    /// Who wrote it.
    pub author: PersonId,
    /// Who changed it last.
    pub editor: PersonId,
    /// What it says.
    pub body: RichText,
    /// When it was written.
    pub created: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
    /// Who may read it; None is everybody who sees the issue.
    pub visibility: Option<Visibility>,
    /// Entity properties, as given at creation.
    pub properties: Vec<Value>,
}

/// Time that somebody worked.
#[derive(Debug)]
pub struct Worklog {
    /// Jira's id.
    pub id: u64,
    /// Who worked.
    pub author: PersonId,
    /// What was done.
    pub comment: Option<RichText>,
    /// When the work began.
    pub started: Timestamp,
    /// How long, in seconds.
    pub seconds: u64,
    /// When it was logged.
    pub created: Timestamp,
    /// When it was changed last.
    pub updated: Timestamp,
    /// Who may read it.
    pub visibility: Option<Visibility>,
    /// Entity properties, as given at creation.
    pub properties: Vec<Value>,
}

/// A file.
#[derive(Debug)]
pub struct Attachment {
    /// Jira's id.
    pub id: u64,
    /// Who attached it.
    pub author: PersonId,
    /// `screenshot.png`.
    pub name: String,
    /// `image/png`.
    pub mime: String,
    /// When.
    pub created: Timestamp,
    /// The file itself.
    pub content: Bytes,
}

/// A link to a page elsewhere.
#[derive(Debug)]
pub struct WebLink {
    /// Jira's id.
    pub id: u64,
    /// What makes it the same link again.
    pub global_id: Option<String>,
    /// The page.
    pub url: String,
    /// What it is called.
    pub title: String,
}

/// One entry of the history.
#[derive(Debug)]
pub struct Change {
    /// Jira's id.
    pub id: u64,
    /// Who.
    pub author: PersonId,
    /// When.
    pub at: Timestamp,
    /// What.
    pub items: Vec<ChangeItem>,
}

/// One changed field.
#[derive(Debug)]
pub struct ChangeItem {
    /// The field's id.
    pub field: String,
    /// Before, as people read it.
    pub from: Option<String>,
    /// After, as people read it.
    pub to: Option<String>,
}
