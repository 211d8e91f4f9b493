//! Searches with JQL, page by page, held to the scope before and after.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::{
    Client, Issue,
    issue::{Answer, LINE},
    jql::Jql,
    scope::named,
    send::Request,
};
use crate::{
    error::JiraError,
    ids::{ProjectScope, SiteKind},
};

/// Jira's largest page of whole issues.
const LARGEST: u32 = 100;

/// Searches.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a>(pub(super) &'a Client);

/// One page of what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next one begins, if there is one.
    pub next: Option<Cursor>,
    /// How many there are in all, where Jira says (Data Center).
    pub total: Option<u64>,
}

/// Where a page begins. It may be kept, for example with a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// Cloud's token.
    Token(String),
    /// Data Center's offset.
    Start(u64),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    #[serde(default)]
    issues: Vec<Answer>,
    next_page_token: Option<String>,
    is_last: Option<bool>,
    start_at: Option<u64>,
    total: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Count {
    count: u64,
}

impl Search<'_> {
    /// A page of at most `limit` issues (at most 100), each with what a line shows.
    pub async fn run(&self, jql: &Jql, limit: u32, from: Option<&Cursor>) -> Result<Page<Issue>, JiraError> {
        self.run_with(jql, limit, from, &[]).await
    }

    /// The same with more fields, which are found in [`Issue::other`].
    pub async fn run_with(
        &self,
        jql: &Jql,
        limit: u32,
        from: Option<&Cursor>,
        more: &[&str],
    ) -> Result<Page<Issue>, JiraError> {
        match self.page(jql, self.0.scope(), limit, from, more).await {
            Err(JiraError::Invalid { messages, fields }) => match self.visible_scope().await? {
                Some(visible) => self.page(jql, &visible, limit, from, more).await,
                None => Err(JiraError::Invalid { messages, fields }),
            },
            answer => answer,
        }
    }

    /// The first issues, at most `most`, with these fields besides, and whether these are all.
    pub async fn first(&self, jql: &Jql, most: usize, more: &[&str]) -> Result<(Vec<Issue>, bool), JiraError> {
        let (mut all, mut next) = (Vec::new(), None);
        loop {
            let found = self.run_with(jql, LARGEST, next.as_ref(), more).await?;
            all.extend(found.items);
            next = found.next;
            if next.is_none() || all.len() >= most {
                let whole = next.is_none() && all.len() <= most;
                all.truncate(most);
                return Ok((all, whole));
            }
        }
    }

    /// About how many issues match.
    pub async fn count(&self, jql: &Jql) -> Result<u64, JiraError> {
        match self.number(jql, self.0.scope()).await {
            Err(JiraError::Invalid { messages, fields }) => match self.visible_scope().await? {
                Some(visible) => self.number(jql, &visible).await,
                None => Err(JiraError::Invalid { messages, fields }),
            },
            answer => answer,
        }
    }

    async fn number(&self, jql: &Jql, scope: &ProjectScope) -> Result<u64, JiraError> {
        let Some(jql) = jql.clone().restrict(scope) else { return Ok(0) };
        let jql = jql.without_order().to_string();
        match self.0.site().kind {
            SiteKind::Cloud => {
                let request = Request::ask(&["search", "approximate-count"], json!({"jql": jql}));
                Ok(self.0.read::<Count>(request).await?.count)
            }
            SiteKind::DataCenter => {
                let request = Request::ask(&["search"], json!({"jql": jql, "maxResults": 0}));
                Ok(self.0.read::<Found>(request).await?.total.unwrap_or(0))
            }
        }
    }

    async fn page(
        &self,
        jql: &Jql,
        scope: &ProjectScope,
        limit: u32,
        from: Option<&Cursor>,
        more: &[&str],
    ) -> Result<Page<Issue>, JiraError> {
        let nothing = Page { items: Vec::new(), next: None, total: Some(0) };
        let Some(jql) = jql.clone().restrict(scope) else { return Ok(nothing) };
        let mut body = Map::new();
        body.insert("jql".into(), jql.to_string().into());
        body.insert("fields".into(), json!([LINE, more].concat()));
        body.insert("maxResults".into(), limit.clamp(1, LARGEST).into());
        let path: &[&str] = match self.0.site().kind {
            SiteKind::Cloud => &["search", "jql"],
            SiteKind::DataCenter => &["search"],
        };
        match from {
            Some(Cursor::Token(token)) => body.insert("nextPageToken".into(), token.as_str().into()),
            Some(Cursor::Start(start)) => body.insert("startAt".into(), (*start).into()),
            None => None,
        };
        let found: Found = self.0.read(Request::ask(path, body.into())).await?;
        self.sort(found, more)
    }

    /// Leaves out what is outside the scope after all. Jira should not have found it, so the total is not told either.
    pub(super) fn sort(&self, found: Found, more: &[&str]) -> Result<Page<Issue>, JiraError> {
        let asked = found.issues.len() as u64;
        let items = found
            .issues
            .into_iter()
            .map(|answer| answer.within(self.0.scope(), more))
            .filter(|issue| !matches!(issue, Err(JiraError::OutOfScope { .. })))
            .collect::<Result<Vec<Issue>, _>>()?;
        let all = items.len() as u64 == asked;
        if !all {
            tracing::warn!(site = %self.0.site().id, "a search found issues outside its projects; they were left out");
        }
        let next = match self.0.site().kind {
            SiteKind::Cloud => found.next_page_token.filter(|_| found.is_last != Some(true)).map(Cursor::Token),
            SiteKind::DataCenter => {
                let end = found.start_at.unwrap_or(0) + asked;
                (asked > 0 && found.total.is_some_and(|total| end < total)).then_some(Cursor::Start(end))
            }
        };
        Ok(Page { items, next, total: found.total.filter(|_| all) })
    }

    /// Jira refuses a whole search that names a project which this person may not see, and a grant may name such.
    /// The scope without those, if there are any.
    pub(super) async fn visible_scope(&self) -> Result<Option<ProjectScope>, JiraError> {
        let scope = self.0.scope();
        let named = named(scope);
        if named.is_empty() {
            return Ok(None);
        }
        let visible: BTreeSet<_> = self.0.projects().all().await?.into_iter().map(|project| project.key).collect();
        if named.is_subset(&visible) {
            return Ok(None);
        }
        Ok(Some(ProjectScope {
            only: scope.only.as_ref().map(|only| only.intersection(&visible).cloned().collect()),
            except: scope.except.intersection(&visible).cloned().collect(),
        }))
    }
}
