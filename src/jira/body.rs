//! Rich text as Jira keeps it: a document tree on Cloud, wiki markup on Data Center.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{error::JiraError, ids::SiteKind};

/// A description, a comment, or the words of a worklog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// Atlassian Document Format, the form of Cloud's REST v3.
    Adf(Value),
    /// Wiki markup, the form of Data Center's REST v2.
    Wiki(String),
}

impl Body {
    /// What a field of an answer holds, if anything.
    pub(super) fn read(value: Option<Value>) -> Option<Self> {
        match value? {
            Value::Object(map) if !map.is_empty() => Some(Self::Adf(Value::Object(map))),
            Value::String(text) if !text.is_empty() => Some(Self::Wiki(text)),
            _ => None,
        }
    }

    /// The JSON to send to a site of this kind.
    pub(super) fn write(&self, kind: SiteKind) -> Result<Value, JiraError> {
        match (self, kind) {
            (Self::Adf(document), SiteKind::Cloud) => Ok(document.clone()),
            (Self::Wiki(text), SiteKind::DataCenter) => Ok(Value::from(text.as_str())),
            (Self::Adf(_), SiteKind::DataCenter) => {
                Err(JiraError::Malformed { detail: "a document for a site that takes wiki markup".into() })
            }
            (Self::Wiki(_), SiteKind::Cloud) => {
                Err(JiraError::Malformed { detail: "wiki markup for a site that takes documents".into() })
            }
        }
    }
}
