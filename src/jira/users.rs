//! Finds people.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::{Client, User, send::Request};
use crate::{
    error::JiraError,
    ids::{AccountId, IssueKey, ProjectKey, SiteKind},
};

/// The most that are asked for. More than a person can choose from helps nobody.
const MOST: u32 = 20;

/// People.
#[derive(Debug, Clone, Copy)]
pub struct Users<'a>(pub(super) &'a Client);

/// For what somebody is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidates<'a> {
    /// To have this issue.
    Issue(&'a IssueKey),
    /// To have a new issue of this project.
    Project(&'a ProjectKey),
    /// To be named somewhere, whether or not they can have issues.
    Anyone,
}

/// Somebody as they are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their account.
    pub user: User,
    /// Their address, where Jira shows it to whoever asks. Cloud mostly hides it.
    pub email: Option<String>,
    /// Their time zone, where Jira shows it.
    pub time_zone: Option<String>,
}

impl Users<'_> {
    /// Who acts.
    pub async fn myself(&self) -> Result<User, JiraError> {
        let answer: Value = self.0.read(Request::get(&["myself"])).await?;
        User::read(&answer).ok_or_else(|| JiraError::Malformed { detail: "an account without its id".into() })
    }

    /// What somebody is called. Source: `GET /user`, alike on Data Center, where the user name names them.
    pub async fn named(&self, account: &AccountId) -> Result<String, JiraError> {
        let by = match self.0.site().kind {
            SiteKind::Cloud => "accountId",
            SiteKind::DataCenter => "username",
        };
        let answer: Value = self.0.read(Request::get(&["user"]).query(by, &account.0)).await?;
        let name = answer.get("displayName").and_then(Value::as_str).map(str::to_owned);
        name.ok_or_else(|| JiraError::Malformed { detail: "a person without a name".into() })
    }

    /// The time zone that whoever acts has chosen in Jira.
    pub async fn time_zone(&self) -> Result<TimeZone, JiraError> {
        let answer: Value = self.0.read(Request::get(&["myself"])).await?;
        let name = answer.get("timeZone").and_then(Value::as_str).unwrap_or_default();
        Ok(TimeZone::get(name).unwrap_or(TimeZone::UTC))
    }

    /// Who comes into question and matches some letters of a name, at most 20.
    pub async fn search(&self, among: Candidates<'_>, query: &str) -> Result<Vec<User>, JiraError> {
        let assignable = || self.query(&["user", "assignable", "search"], query);
        Ok(match among {
            Candidates::Issue(key) => self.0.beside(key, |key| self.list(assignable().query("issueKey", key))).await?.1,
            Candidates::Project(project) => {
                self.0.beside_project(project, |project| self.list(assignable().query("project", project))).await?.1
            }
            Candidates::Anyone => self.list(self.query(&["user", "search"], query)).await?,
        })
    }

    /// Who matches some letters of a name, at most 20, those who are no longer active included where Jira finds them.
    pub async fn people(&self, query: &str) -> Result<Vec<Person>, JiraError> {
        let answer: Vec<Value> = self.0.read(self.query(&["user", "search"], query)).await?;
        let text = |value: &Value, name: &str| value[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        // Apps have accounts too; nobody looks for those.
        let people = answer.iter().filter(|value| value["accountType"].as_str().is_none_or(|kind| kind != "app"));
        Ok(people
            .filter_map(|value| {
                let (email, time_zone) = (text(value, "emailAddress"), text(value, "timeZone"));
                Some(Person { user: User::read(value)?, email, time_zone })
            })
            .collect())
    }

    fn query(&self, path: &[&str], query: &str) -> Request {
        let name = match self.0.site().kind {
            SiteKind::Cloud => "query",
            SiteKind::DataCenter => "username",
        };
        Request::get(path).query(name, query.trim()).query("maxResults", MOST)
    }

    async fn list(&self, request: Request) -> Result<Vec<User>, JiraError> {
        let answer: Vec<Value> = self.0.read(request).await?;
        Ok(answer.iter().filter_map(User::read).filter(|user| user.active).collect())
    }
}
