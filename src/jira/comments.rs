//! Reads and adds comments.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Body, Client, CommentId, Page, User, search::Cursor, send::Request, time};
use crate::{error::JiraError, ids::IssueKey};

/// Comments.
#[derive(Debug, Clone, Copy)]
pub struct Comments<'a>(pub(super) &'a Client);

/// A comment.
#[derive(Debug, Clone, PartialEq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// Who wrote it.
    pub author: Option<User>,
    /// What it says.
    pub body: Option<Body>,
    /// When it was written.
    pub created: Option<Timestamp>,
    /// Only a group, a role or the service desk's agents may read it.
    pub restricted: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: CommentId,
    author: Option<Value>,
    body: Option<Value>,
    created: Option<String>,
    visibility: Option<Value>,
    jsd_public: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    comments: Vec<Answer>,
    #[serde(default)]
    start_at: u64,
    #[serde(default)]
    total: u64,
}

impl Comments<'_> {
    /// The newest comments first, at most `limit`.
    pub async fn list(&self, key: &IssueKey, limit: u32, from: Option<&Cursor>) -> Result<Page<Comment>, JiraError> {
        let key = self.0.place(key).await?;
        let start = match from {
            Some(Cursor::Start(start)) => *start,
            _ => 0,
        };
        let request = Request::get(&["issue", &key.to_string(), "comment"])
            .query("orderBy", "-created")
            .query("startAt", start)
            .query("maxResults", limit.clamp(1, 100));
        let listed: Listed = self.0.read(request).await?;
        let end = listed.start_at + listed.comments.len() as u64;
        Ok(Page {
            next: (!listed.comments.is_empty() && end < listed.total).then_some(Cursor::Start(end)),
            items: listed.comments.into_iter().map(Comment::from).collect(),
            total: Some(listed.total),
        })
    }

    /// Adds a comment that everyone who sees the issue may read.
    pub async fn add(&self, key: &IssueKey, body: &Body) -> Result<Comment, JiraError> {
        let body = json!({"body": body.write(self.0.site().kind)?});
        let key = self.0.place(key).await?;
        let answer: Answer = self.0.read(Request::post(&["issue", &key.to_string(), "comment"], body)).await?;
        Ok(answer.into())
    }
}

impl From<Answer> for Comment {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id,
            author: answer.author.as_ref().and_then(User::read),
            body: Body::read(answer.body),
            created: answer.created.as_deref().and_then(time::read),
            restricted: answer.visibility.is_some_and(|who| !who.is_null()) || answer.jsd_public == Some(false),
        }
    }
}
