//! Votes for issues.

use super::{Client, send::Request};
use crate::{error::JiraError, ids::IssueKey};

/// Votes.
#[derive(Debug, Clone, Copy)]
pub struct Votes<'a>(pub(super) &'a Client);

impl Votes<'_> {
    /// Votes as whoever acts. Jira answers 404 also where it takes no vote. Source: `POST /issue/{key}/votes`.
    pub async fn add(&self, key: &IssueKey) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        self.0.done(Request::press(&["issue", &key.to_string(), "votes"])).await
    }

    /// Takes the vote back. Source: `DELETE /issue/{key}/votes`.
    pub async fn remove(&self, key: &IssueKey) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        self.0.done(Request::delete(&["issue", &key.to_string(), "votes"])).await
    }
}
