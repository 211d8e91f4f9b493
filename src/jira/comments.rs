//! Reads, adds, changes and removes comments.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Body, Client, CommentId, Issue, Page, User, search::Cursor, send::Request, time};
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
    /// The issue on which it stands. Nobody else can say so: a comment's number carries no issue.
    on: IssueKey,
}

/// Who may read a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readers {
    /// Everyone who sees the issue.
    Everyone,
    /// People with this role in the project.
    Role(String),
    /// People in this group.
    Group(String),
    /// In a service project, those who work there and no customer.
    Team,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: CommentId,
    #[serde(rename = "self")]
    address: Option<String>,
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
        let start = match from {
            Some(Cursor::Start(start)) => *start,
            _ => 0,
        };
        let ask = |key: IssueKey| {
            let request = Request::get(&["issue", &key.to_string(), "comment"]).query("orderBy", "-created");
            let request = request.query("startAt", start).query("maxResults", limit.clamp(1, 100));
            self.0.read::<Listed>(request)
        };
        let (key, listed) = self.0.beside(key, ask).await?;
        let end = listed.start_at + listed.comments.len() as u64;
        Ok(Page {
            next: (!listed.comments.is_empty() && end < listed.total).then_some(Cursor::Start(end)),
            items: listed.comments.into_iter().map(|answer| answer.comment(&key)).collect(),
            total: Some(listed.total),
        })
    }

    /// Adds a comment that everyone who sees the issue may read.
    pub async fn add(&self, key: &IssueKey, body: &Body) -> Result<Comment, JiraError> {
        self.add_for(key, body, &Readers::Everyone).await
    }

    /// Adds a comment that these may read.
    pub async fn add_for(&self, key: &IssueKey, body: &Body, readers: &Readers) -> Result<Comment, JiraError> {
        let mut new = json!({"body": body.write(self.0.site().kind)?});
        match readers {
            Readers::Everyone => {}
            Readers::Role(name) => new["visibility"] = json!({"type": "role", "value": name}),
            Readers::Group(name) => new["visibility"] = json!({"type": "group", "value": name}),
            Readers::Team => new["properties"] = json!([{"key": "sd.public.comment", "value": {"internal": true}}]),
        }
        let key = self.0.place(key).await?;
        let answer: Answer = self.0.read(Request::post(&["issue", &key.to_string(), "comment"], new)).await?;
        Ok(answer.comment(&key))
    }

    /// One comment of an issue.
    pub async fn get(&self, issue: &Issue, id: &CommentId) -> Result<Comment, JiraError> {
        let key = self.0.place(&issue.key).await?;
        let answer: Answer = self.0.read(Request::get(&["issue", &key.to_string(), "comment", id.as_str()])).await?;
        // It may be another issue's: its own address says whose it is.
        let names = answer.address.as_deref().and_then(owner);
        if names.is_some_and(|owner| owner != issue.id.as_str() && owner != key.to_string()) {
            return Err(JiraError::NotFound { messages: Vec::new() });
        }
        Ok(answer.comment(&key))
    }

    /// The comment with this number, counted from the oldest that the asker may read, and how many there are.
    pub async fn numbered(&self, key: &IssueKey, number: u64) -> Result<(Option<Comment>, u64), JiraError> {
        let key = self.0.place(key).await?;
        let request = Request::get(&["issue", &key.to_string(), "comment"])
            .query("orderBy", "created")
            .query("startAt", number.saturating_sub(1))
            .query("maxResults", 1);
        let listed: Listed = self.0.read(request).await?;
        let found = listed.comments.into_iter().next().filter(|_| (1..=listed.total).contains(&number));
        Ok((found.map(|answer| answer.comment(&key)), listed.total))
    }

    /// Puts other words into a comment.
    pub async fn edit(&self, comment: &Comment, body: &Body) -> Result<(), JiraError> {
        let body = json!({"body": body.write(self.0.site().kind)?});
        let key = self.0.place(&comment.on).await?;
        let path = ["issue", &key.to_string(), "comment", comment.id.as_str()];
        self.0.read::<Value>(Request::put(&path, body)).await.map(drop)
    }

    /// Removes a comment.
    pub async fn delete(&self, comment: &Comment) -> Result<(), JiraError> {
        let key = self.0.place(&comment.on).await?;
        self.0.done(Request::delete(&["issue", &key.to_string(), "comment", comment.id.as_str()])).await
    }
}

/// The issue in `https://…/issue/10010/comment/10000`.
fn owner(address: &str) -> Option<&str> {
    let mut parts = address.split('/');
    parts.by_ref().find(|part| *part == "issue")?;
    parts.next().filter(|_| parts.next() == Some("comment"))
}

impl Answer {
    fn comment(self, on: &IssueKey) -> Comment {
        Comment {
            id: self.id,
            author: self.author.as_ref().and_then(User::read),
            body: Body::read(self.body),
            created: self.created.as_deref().and_then(time::read),
            restricted: self.visibility.is_some_and(|who| !who.is_null()) || self.jsd_public == Some(false),
            on: on.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_whose_a_comment_is() {
        let of = |path: &str| owner(&format!("https://acme.example/rest/api/3/{path}")).map(str::to_owned);
        assert_eq!(of("issue/10010/comment/7").as_deref(), Some("10010"));
        assert_eq!(of("comment/7"), None);
        assert_eq!(of("issue/10010"), None);
    }
}
