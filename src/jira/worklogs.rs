//! Logs work, and takes it back.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Body, Client, WorklogId, send::Request, time};
use crate::{error::JiraError, ids::IssueKey};

/// Logged work.
#[derive(Debug, Clone, Copy)]
pub struct Worklogs<'a>(pub(super) &'a Client);

/// One entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Worklog {
    /// Its id.
    pub id: WorklogId,
    /// How long, in seconds.
    pub seconds: u64,
    /// When the work began.
    pub started: Option<Timestamp>,
    /// What was done.
    pub comment: Option<Body>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: WorklogId,
    time_spent_seconds: u64,
    started: Option<String>,
    comment: Option<Value>,
}

impl Worklogs<'_> {
    /// Logs work. Jira lowers the remaining estimate by as much.
    pub async fn add(
        &self,
        key: &IssueKey,
        seconds: u64,
        started: Timestamp,
        comment: Option<&Body>,
    ) -> Result<Worklog, JiraError> {
        let mut body = Map::new();
        body.insert("timeSpentSeconds".into(), seconds.into());
        body.insert("started".into(), time::write(started).into());
        if let Some(comment) = comment {
            body.insert("comment".into(), comment.write(self.0.site().kind)?);
        }
        let key = self.0.place(key).await?;
        let answer: Answer = self.0.read(Request::post(&["issue", &key.to_string(), "worklog"], body.into())).await?;
        Ok(Worklog {
            id: answer.id,
            seconds: answer.time_spent_seconds,
            started: answer.started.as_deref().and_then(time::read),
            comment: Body::read(answer.comment),
        })
    }

    /// Takes an entry back. Jira raises the remaining estimate by as much.
    pub async fn delete(&self, key: &IssueKey, worklog: &WorklogId) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        self.0.done(Request::delete(&["issue", &key.to_string(), "worklog", worklog.as_str()])).await
    }
}
