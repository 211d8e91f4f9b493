//! Links between issues, and from issues to pages elsewhere.

use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{Client, LinkId, send::Request};
use crate::{error::JiraError, ids::IssueKey};

/// Links.
#[derive(Debug, Clone, Copy)]
pub struct Links<'a>(pub(super) &'a Client);

/// A kind of link, named from both ends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct LinkType {
    /// Its name, such as `Blocks`.
    pub name: String,
    /// What the issue at which it ends does: `is blocked by`.
    #[serde(default)]
    pub inward: String,
    /// What the issue from which it leads does: `blocks`.
    #[serde(default)]
    pub outward: String,
}

/// A link to a page elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebLink {
    /// Its id, good with its issue only.
    pub id: LinkId,
    /// The page.
    pub url: String,
    /// What the link is called.
    pub title: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Types {
    #[serde(default)]
    issue_link_types: Vec<LinkType>,
}

#[derive(Deserialize)]
struct Ends {
    #[serde(rename = "inwardIssue")]
    inward: End,
    #[serde(rename = "outwardIssue")]
    outward: End,
}

#[derive(Deserialize)]
struct End {
    key: IssueKey,
}

#[derive(Deserialize)]
struct Remote {
    id: u64,
    object: Option<RemoteObject>,
}

#[derive(Deserialize)]
struct RemoteObject {
    #[serde(default)]
    url: String,
    #[serde(default)]
    title: String,
}

impl Links<'_> {
    /// The kinds of links that the site has.
    pub async fn types(&self) -> Result<Vec<LinkType>, JiraError> {
        Ok(self.0.read::<Types>(Request::get(&["issueLinkType"])).await?.issue_link_types)
    }

    /// Links two issues: `from` does to `to` what the type's outward name says. In the request the issue that does is
    /// called the inward one. Source: `POST /issueLink`.
    pub async fn add(&self, kind: &str, from: &IssueKey, to: &IssueKey) -> Result<(), JiraError> {
        self.0.guard(from.project())?;
        self.0.guard(to.project())?;
        let (from, to) = (self.0.place(from).await?, self.0.place(to).await?);
        let body = json!({"type": {"name": kind}, "inwardIssue": {"key": from}, "outwardIssue": {"key": to}});
        self.0.done(Request::post(&["issueLink"], body)).await
    }

    /// Takes a link away. Its number carries no project, so both of its ends are read first.
    pub async fn remove(&self, link: &LinkId) -> Result<(), JiraError> {
        let path = ["issueLink", link.as_str()];
        if !self.0.scope().is_all() {
            let ends: Ends = self.0.read(Request::get(&path)).await?;
            self.0.guard(ends.inward.key.project())?;
            self.0.guard(ends.outward.key.project())?;
        }
        self.0.done(Request::delete(&path)).await
    }

    /// The links of an issue to pages elsewhere. Source: `GET /issue/{key}/remotelink`.
    pub async fn web(&self, key: &IssueKey) -> Result<Vec<WebLink>, JiraError> {
        let key = self.0.place(key).await?;
        let all: Vec<Remote> = self.0.read(Request::get(&["issue", &key.to_string(), "remotelink"])).await?;
        let read = |remote: Remote| {
            let object = remote.object?;
            Some(WebLink { id: remote.id.to_string().parse().ok()?, url: object.url, title: object.title })
        };
        Ok(all.into_iter().filter_map(read).collect())
    }

    /// Links an issue to a page. The page's address is the link's own name, so that a second time changes its title
    /// and adds nothing.
    pub async fn add_web(&self, key: &IssueKey, url: &Url, title: &str) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        let body = json!({"globalId": url.as_str(), "object": {"url": url.as_str(), "title": title}});
        let answer: Result<serde_json::Value, JiraError> =
            self.0.read(Request::post(&["issue", &key.to_string(), "remotelink"], body)).await;
        answer.map(drop)
    }

    /// Takes a link to a page away.
    pub async fn remove_web(&self, key: &IssueKey, link: &LinkId) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        self.0.done(Request::delete(&["issue", &key.to_string(), "remotelink", link.as_str()])).await
    }
}
