//! Reads boards and their backlogs, and ranks issues.
//!
//! A board is a number that carries no project. Cloud says in which project a board is, Data Center which projects it is
//! over; either is checked before anything of the board is handed out, and before a change all projects that it is over. What a board holds is asked for with the scope
//! AND-ed, and checked issue by issue, for a board may be over projects that must not be seen here.

use std::collections::BTreeSet;

use futures::{StreamExt, stream};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{BoardId, Client, Cursor, Issue, Jql, Page, issue::LINE, search::Found, send::Request};
use crate::{
    error::JiraError,
    ids::{IssueKey, ProjectKey, ProjectScope, SiteKind},
};

/// Lists boards. Source: `GET /board`.
const LIST: &[&str] = &["read:board-scope:jira-software", "read:project:jira"];
/// Reads a board or its backlog. Source: `GET /board/{id}`, `GET /rest/software/1.0/board/{id}/backlog`.
const READ: &[&str] = &["read:board-scope:jira-software", "read:issue-details:jira"];
/// Reads how a board estimates and which projects it is over. Source: `GET /board/{id}/configuration`,
/// `GET /board/{id}/project`.
const CONFIGURE: &[&str] = &["read:board-scope.admin:jira-software", "read:project:jira"];
/// What the tools that look at boards need. How a board estimates is left out where the link does not have its scope.
pub const READ_BOARDS: &[&str] = &["read:board-scope:jira-software", "read:project:jira", "read:issue-details:jira"];
/// What ranking needs. Source: `PUT /issue/rank`.
pub const RANK: &[&str] = &["write:issue:jira-software"];

/// The largest page that Jira gives.
const PAGE: usize = 50;
/// Boards beyond pages times page size are not listed.
const PAGES: usize = 10;
/// As many questions are asked at once.
const AT_ONCE: usize = 10;
/// As many boards are looked at one by one for the projects that they are over.
const CHECKED: usize = 30;

/// Boards.
#[derive(Debug, Clone, Copy)]
pub struct Boards<'a>(pub(super) &'a Client);

/// A board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    /// Its id.
    pub id: BoardId,
    /// Its name.
    pub name: String,
    /// Whether it has sprints.
    pub sprints: bool,
    /// The projects in the scope that it is known to be about.
    pub projects: BTreeSet<ProjectKey>,
    /// One outside the scope that it is about as well.
    outside: Option<ProjectKey>,
}

#[derive(Debug, Deserialize)]
struct Answer {
    id: BoardId,
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    kind: String,
    location: Option<Location>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    project_key: Option<ProjectKey>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Listed<T> {
    #[serde(default = "Vec::new")]
    pub(super) values: Vec<T>,
    pub(super) is_last: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Keyed {
    key: ProjectKey,
}

impl Boards<'_> {
    /// The boards that whoever asks may see and that are about a project of the scope; of one project, where one is given.
    pub async fn list(&self, project: Option<&ProjectKey>) -> Result<Vec<Board>, JiraError> {
        let found: Vec<(ProjectKey, Result<Vec<Answer>, JiraError>)> = match (project, &self.0.scope().only) {
            (Some(project), _) => {
                let (key, found) =
                    self.0.beside_project(project, |key| async move { self.pages(Some(&key)).await }).await?;
                vec![(key, Ok(found))]
            }
            (None, Some(only)) => {
                let keys: Vec<ProjectKey> = only.iter().filter(|key| self.0.scope().allows(key)).cloned().collect();
                let ask = |key: ProjectKey| async move {
                    let found = self.pages(Some(&key)).await;
                    (key, found)
                };
                stream::iter(keys.into_iter().map(ask)).buffered(AT_ONCE).collect().await
            }
            (None, None) => return self.everywhere().await,
        };
        let mut all: Vec<Board> = Vec::new();
        for (key, found) in found {
            let found = match found {
                // The scope may name projects that this account does not see.
                Err(JiraError::Invalid { .. } | JiraError::NotFound { .. }) if project.is_none() => continue,
                found => found?,
            };
            for answer in found {
                let Some(mut board) = self.seen(answer) else { continue };
                match all.iter_mut().find(|known| known.id == board.id) {
                    Some(known) => {
                        known.projects.insert(key.clone());
                    }
                    None => {
                        board.projects.insert(key.clone());
                        all.push(board);
                    }
                }
            }
        }
        Ok(all)
    }

    /// One board, if it is about a project of the scope.
    pub async fn get(&self, id: &BoardId) -> Result<Board, JiraError> {
        let answer: Answer = self.0.read(Request::get(&["board", id.as_str()]).agile(READ)).await?;
        match self.0.site().kind {
            SiteKind::Cloud => {
                if let Some(key) = answer.location.as_ref().and_then(|place| place.project_key.as_ref()) {
                    self.0.guard(key)?;
                }
                // In nobody's project, and so in none of the scope.
                self.seen(answer).ok_or_else(|| JiraError::NotFound { messages: Vec::new() })
            }
            SiteKind::DataCenter => self.over(answer).await,
        }
    }

    /// The issues of a board that nobody has planned yet, by rank. Cloud's own successor of the call that both have
    /// pages with a token.
    pub async fn backlog(&self, board: &Board, limit: u32, from: Option<&Cursor>) -> Result<Page<Issue>, JiraError> {
        match self.backlog_within(board, self.0.scope(), limit, from).await {
            // The scope may name projects that this account does not see.
            Err(JiraError::Invalid { messages, fields }) => match self.0.search().visible_scope().await? {
                Some(visible) => self.backlog_within(board, &visible, limit, from).await,
                None => Err(JiraError::Invalid { messages, fields }),
            },
            answer => answer,
        }
    }

    async fn backlog_within(
        &self,
        board: &Board,
        scope: &ProjectScope,
        limit: u32,
        from: Option<&Cursor>,
    ) -> Result<Page<Issue>, JiraError> {
        let nothing = Page { items: Vec::new(), next: None, total: Some(0) };
        let path = ["board", board.id.as_str(), "backlog"];
        let mut request = match self.0.site().kind {
            SiteKind::Cloud => Request::get(&path).software(READ),
            SiteKind::DataCenter => Request::get(&path).agile(READ),
        };
        let Some(jql) = Jql::all().restrict(scope) else { return Ok(nothing) };
        if jql.clause().is_some() {
            request = request.query("jql", jql);
        }
        request = match from {
            Some(Cursor::Token(token)) => request.query("nextPageToken", token),
            Some(Cursor::Start(start)) => request.query("startAt", start),
            None => request,
        };
        let request = request.query("fields", LINE.join(",")).query("maxResults", limit.clamp(1, 100));
        let found: Found = self.0.read(request).await?;
        self.0.search().sort(found, &[])
    }

    /// The id of the field in which a board's issues are estimated, where Jira tells.
    pub async fn estimated_in(&self, board: &Board) -> Option<String> {
        let request = Request::get(&["board", board.id.as_str(), "configuration"]).agile(CONFIGURE);
        let answer: Value = self.0.read(request).await.ok()?;
        let field = answer.pointer("/estimation/field/fieldId")?.as_str()?;
        let plain = !field.is_empty() && field.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        plain.then(|| field.to_owned())
    }

    /// Ranks an issue directly before or after another.
    pub async fn rank(&self, key: &IssueKey, before: bool, other: &IssueKey) -> Result<(), JiraError> {
        let (key, other) = (self.0.place(key).await?, self.0.place(other).await?);
        let name = if before { "rankBeforeIssue" } else { "rankAfterIssue" };
        let request = Request::put(&["issue", "rank"], json!({"issues": [key], name: other})).agile(RANK);
        let raw = self.0.send(request).await?;
        if raw.status != StatusCode::MULTI_STATUS {
            return Ok(());
        }
        // Some of the issues could not be ranked; there was but one.
        let answer: Value = serde_json::from_slice(&raw.body).unwrap_or_default();
        let said = answer.pointer("/entries/0/errors").and_then(Value::as_array);
        let said = said.into_iter().flatten().filter_map(Value::as_str).take(5);
        Err(JiraError::Conflict { messages: said.map(|sentence| sentence.chars().take(500).collect()).collect() })
    }

    /// Every board, where the scope names no projects.
    async fn everywhere(&self) -> Result<Vec<Board>, JiraError> {
        let answers = self.pages(None).await?;
        if self.0.site().kind == SiteKind::Cloud || self.0.scope().is_all() {
            return Ok(answers.into_iter().filter_map(|answer| self.seen(answer)).collect());
        }
        let mut boards = Vec::new();
        let checked = stream::iter(answers.into_iter().take(CHECKED).map(|answer| self.over(answer)));
        for checked in checked.buffered(AT_ONCE).collect::<Vec<_>>().await {
            match checked {
                Ok(board) => boards.push(board),
                Err(JiraError::OutOfScope { .. } | JiraError::NotFound { .. } | JiraError::Forbidden { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(boards)
    }

    async fn pages(&self, project: Option<&ProjectKey>) -> Result<Vec<Answer>, JiraError> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let mut request = Request::get(&["board"]).query("startAt", all.len()).query("maxResults", PAGE);
            if let Some(project) = project {
                request = request.query("projectKeyOrId", project);
            }
            let listed: Listed<Answer> = self.0.read(request.agile(LIST)).await?;
            let last = listed.is_last.unwrap_or(true) || listed.values.is_empty();
            all.extend(listed.values);
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// A board by the project that it is in, unless that is outside the scope. Data Center does not say where a board is.
    fn seen(&self, answer: Answer) -> Option<Board> {
        let home = answer.location.and_then(|place| place.project_key);
        let (cloud, scope) = (self.0.site().kind == SiteKind::Cloud, self.0.scope());
        let may = match &home {
            Some(home) => scope.allows(home),
            None => !cloud || scope.is_all(),
        };
        may.then(|| Board {
            id: answer.id,
            name: answer.name,
            sprints: answer.kind != "kanban",
            projects: home.into_iter().collect(),
            outside: None,
        })
    }

    /// Refuses to change what is also about a project outside the scope. On Cloud this takes a scope of its own, so it is
    /// only asked where the projects are limited.
    pub(super) async fn wholly_inside(&self, board: &Board) -> Result<(), JiraError> {
        let scope = self.0.scope();
        let outside = match self.0.site().kind {
            _ if scope.is_all() => None,
            SiteKind::Cloud => self.projects(&board.id).await?.into_iter().find(|one| !scope.allows(one)),
            SiteKind::DataCenter => board.outside.clone(),
        };
        outside.map_or(Ok(()), |project| Err(JiraError::OutOfScope { project }))
    }

    /// The projects that a board is over. Source: `GET /board/{id}/project`.
    async fn projects(&self, board: &BoardId) -> Result<Vec<ProjectKey>, JiraError> {
        let request = Request::get(&["board", board.as_str(), "project"]).query("maxResults", PAGE);
        let listed: Listed<Keyed> = self.0.read(request.agile(CONFIGURE)).await?;
        Ok(listed.values.into_iter().map(|one| one.key).collect())
    }

    /// A board of Data Center by the projects that it is over.
    async fn over(&self, answer: Answer) -> Result<Board, JiraError> {
        let all = self.projects(&answer.id).await?;
        let (inside, outside): (Vec<ProjectKey>, Vec<ProjectKey>) =
            all.into_iter().partition(|one| self.0.scope().allows(one));
        let first = outside.into_iter().next();
        match (inside.is_empty(), first) {
            (true, Some(project)) => Err(JiraError::OutOfScope { project }),
            (true, None) if !self.0.scope().is_all() => Err(JiraError::NotFound { messages: Vec::new() }),
            (_, outside) => Ok(Board {
                id: answer.id,
                name: answer.name,
                sprints: answer.kind != "kanban",
                projects: inside.into_iter().collect(),
                outside,
            }),
        }
    }
}
