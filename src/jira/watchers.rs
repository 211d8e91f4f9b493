//! Who is told when an issue changes.

use serde::Deserialize;
use serde_json::Value;

use super::{Client, User, send::Request};
use crate::{
    error::JiraError,
    ids::{AccountId, IssueKey, SiteKind},
};

/// Watchers.
#[derive(Debug, Clone, Copy)]
pub struct Watchers<'a>(pub(super) &'a Client);

/// Who watches an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watching {
    /// How many.
    pub count: u64,
    /// Whether whoever asks is one of them.
    pub mine: bool,
    /// Who, where the asker may know.
    pub people: Vec<User>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    watch_count: u64,
    #[serde(default)]
    is_watching: bool,
    #[serde(default)]
    watchers: Vec<Value>,
}

impl Watchers<'_> {
    /// Who watches. Source: `GET /issue/{key}/watchers`.
    pub async fn list(&self, key: &IssueKey) -> Result<Watching, JiraError> {
        let key = self.0.place(key).await?;
        let answer: Answer = self.0.read(Request::get(&["issue", &key.to_string(), "watchers"])).await?;
        Ok(Watching {
            count: answer.watch_count,
            mine: answer.is_watching,
            people: answer.watchers.iter().filter_map(User::read).collect(),
        })
    }

    /// Adds somebody. Adding them again changes nothing. Source: `POST /issue/{key}/watchers`, whose body is the
    /// account as a JSON string.
    pub async fn add(&self, key: &IssueKey, account: &AccountId) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        self.0.done(Request::post(&["issue", &key.to_string(), "watchers"], account.to_string().into())).await
    }

    /// Takes somebody out. Source: `DELETE /issue/{key}/watchers?accountId=` (Cloud), `?username=` (Data Center).
    pub async fn remove(&self, key: &IssueKey, account: &AccountId) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        let name = match self.0.site().kind {
            SiteKind::Cloud => "accountId",
            SiteKind::DataCenter => "username",
        };
        self.0.done(Request::delete(&["issue", &key.to_string(), "watchers"]).query(name, account)).await
    }
}
