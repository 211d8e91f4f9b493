//! What a row says.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use usher_chat::{EventId, Person, Place};

use crate::{
    ids::{Access, ArgsHash, Reference, SiteId, ToolName},
    store::{
        StoreError,
        audit::{AuditRecord, place_text},
    },
};

/// A row's number. They begin with 1 and have no gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(pub i64);

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a row tells about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was decided about a call.
    Decision,
    /// What came of it in Jira.
    Outcome,
    /// A link was begun, made, renewed, ended.
    Link,
    /// Somebody changed who may do what.
    Policy,
    /// A workspace was admitted or dismissed.
    Admission,
    /// Somebody showed an answer to everyone.
    Show,
}

impl Kind {
    /// The kind as it is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Decision => "decision",
            Self::Outcome => "outcome",
            Self::Link => "link",
            Self::Policy => "policy",
            Self::Admission => "admission",
            Self::Show => "show",
        }
    }
}

/// A row to be added.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// What it tells about.
    pub kind: Kind,
    /// The event that led to it.
    pub event: Option<EventId>,
    /// The mark that a reply carries.
    pub reference: Option<Reference>,
    /// Who.
    pub person: Option<Person>,
    /// Where.
    pub place: Option<Place>,
    /// With which tool.
    pub tool: Option<ToolName>,
    /// What that tool may do.
    pub access: Option<Access>,
    /// On which site.
    pub site: Option<SiteId>,
    /// On which issue.
    pub issue: Option<String>,
    /// With which arguments.
    pub args: Option<ArgsHash>,
    /// What came of it: `allow`, `deny:no-grant`, `ask:confirm`, `done`, `failed:…`, `unknown`.
    pub verdict: String,
    /// Anything else worth keeping. Never a secret, never text of an issue.
    pub detail: Value,
    /// The row that this one continues.
    pub of: Option<RowId>,
}

impl Row {
    /// A row with nothing but its time, kind and verdict.
    pub fn new(at: i64, kind: Kind, verdict: impl Into<String>) -> Self {
        Self {
            at,
            kind,
            event: None,
            reference: None,
            person: None,
            place: None,
            tool: None,
            access: None,
            site: None,
            issue: None,
            args: None,
            verdict: verdict.into(),
            detail: Value::Null,
            of: None,
        }
    }

    /// The row as it will be stored, not yet numbered and sealed.
    pub(super) fn into_record(self) -> Result<AuditRecord, StoreError> {
        Ok(AuditRecord {
            seq: 0,
            at: self.at,
            kind: self.kind.as_str().to_owned(),
            event: self.event.map(|event| event.as_str().to_owned()),
            reference: self.reference.map(|reference| reference.0),
            person: self.person.map(|person| person.to_string()),
            place: self.place.as_ref().map(place_text),
            tool: self.tool.map(String::from),
            access: self.access.map(|access| access.as_str().to_owned()),
            site: self.site.map(String::from),
            issue: self.issue,
            args: self.args.map(|args| args.0),
            verdict: self.verdict,
            detail: self.detail.to_string(),
            about: self.of.map(|row| row.0),
            key: String::new(),
            mac: Vec::new(),
        })
    }
}
