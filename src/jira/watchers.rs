//! Who is told when an issue changes.

use super::{Client, send::Request};
use crate::{
    error::JiraError,
    ids::{AccountId, IssueKey, SiteKind},
};

/// Watchers.
#[derive(Debug, Clone, Copy)]
pub struct Watchers<'a>(pub(super) &'a Client);

impl Watchers<'_> {
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
