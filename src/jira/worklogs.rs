//! Logs work, and takes it back.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Body, Client, Cursor, Page, User, WorklogId, send::Request, time};
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
    /// Who worked.
    pub author: Option<User>,
    /// Only a group or a role may read it.
    pub restricted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: WorklogId,
    time_spent_seconds: u64,
    started: Option<String>,
    comment: Option<Value>,
    author: Option<Value>,
    visibility: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    worklogs: Vec<Answer>,
    #[serde(default)]
    start_at: u64,
    #[serde(default)]
    total: u64,
}

/// What becomes of the remaining estimate when work is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Estimate {
    /// It is lowered by as much.
    Auto,
    /// Nothing.
    Leave,
    /// It is this, in seconds.
    New(u64),
}

/// Enough for any issue, and an end for an answer that never ends.
const PAGES: usize = 5;
/// The largest page of both kinds of Jira.
const PAGE: u64 = 5_000;

impl Worklogs<'_> {
    /// All entries that the asker may read, in the order in which they were made.
    pub async fn all(&self, key: &IssueKey) -> Result<Vec<Worklog>, JiraError> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let start = all.len() as u64;
            let page = self.page(key, start).await?;
            all.extend(page.items);
            if page.next.is_none() {
                break;
            }
        }
        Ok(all)
    }

    async fn page(&self, key: &IssueKey, start: u64) -> Result<Page<Worklog>, JiraError> {
        let ask = |key: IssueKey| {
            let path = ["issue", &key.to_string(), "worklog"];
            self.0.read::<Listed>(Request::get(&path).query("startAt", start).query("maxResults", PAGE))
        };
        let (_, listed) = self.0.beside(key, ask).await?;
        let end = listed.start_at + listed.worklogs.len() as u64;
        Ok(Page {
            next: (!listed.worklogs.is_empty() && end < listed.total).then_some(Cursor::Start(end)),
            items: listed.worklogs.into_iter().map(Worklog::from).collect(),
            total: Some(listed.total),
        })
    }

    /// Logs work. Jira lowers the remaining estimate by as much.
    pub async fn add(
        &self,
        key: &IssueKey,
        seconds: u64,
        started: Timestamp,
        comment: Option<&Body>,
    ) -> Result<Worklog, JiraError> {
        self.add_with(key, seconds, started, comment, Estimate::Auto).await
    }

    /// Logs work, and says what becomes of the remaining estimate.
    pub async fn add_with(
        &self,
        key: &IssueKey,
        seconds: u64,
        started: Timestamp,
        comment: Option<&Body>,
        estimate: Estimate,
    ) -> Result<Worklog, JiraError> {
        let mut body = Map::new();
        body.insert("timeSpentSeconds".into(), seconds.into());
        body.insert("started".into(), time::write(started).into());
        if let Some(comment) = comment {
            body.insert("comment".into(), comment.write(self.0.site().kind)?);
        }
        let key = self.0.place(key).await?;
        let mut request = Request::post(&["issue", &key.to_string(), "worklog"], body.into());
        match estimate {
            Estimate::Auto => {}
            Estimate::Leave => request = request.query("adjustEstimate", "leave"),
            // Minutes mean the same whatever a day is on the site.
            Estimate::New(seconds) => {
                request = request.query("adjustEstimate", "new").query("newEstimate", format!("{}m", seconds / 60));
            }
        }
        let answer: Answer = self.0.read(request).await?;
        Ok(answer.into())
    }

    /// Takes an entry back. Jira raises the remaining estimate by as much.
    pub async fn delete(&self, key: &IssueKey, worklog: &WorklogId) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        self.0.done(Request::delete(&["issue", &key.to_string(), "worklog", worklog.as_str()])).await
    }
}

impl From<Answer> for Worklog {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id,
            seconds: answer.time_spent_seconds,
            started: answer.started.as_deref().and_then(time::read),
            comment: Body::read(answer.comment),
            author: answer.author.as_ref().and_then(User::read),
            restricted: answer.visibility.is_some_and(|who| !who.is_null()),
        }
    }
}
