//! Reads, plans, starts and closes sprints.
//!
//! A sprint is a number that carries no project: its board is read first, and the project that the board names.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Board, BoardId, Client, SprintId,
    boards::Listed,
    issue::Answer as IssueAnswer,
    jql::{Clause, Jql, Operand, Operator},
    send::Request,
    time,
};
use crate::{
    error::JiraError,
    ids::{IssueKey, SiteKind},
};

/// What looking at sprints needs. Source: `GET /board/{id}/sprint`, `GET /sprint/{id}`.
const READ_SPRINTS: &[&str] = &["read:sprint:jira-software"];
/// What changing them needs. Source: `POST /sprint`, `POST /sprint/{id}`, `POST /sprint/{id}/issue`.
const WRITE_SPRINTS: &[&str] = &["write:sprint:jira-software"];
/// What the tools that follow a sprint need. Points are left out where the link does not have the scope that ends in `.admin`.
pub const FOLLOW_SPRINTS: &[&str] = &[
    "read:board-scope:jira-software",
    "read:project:jira",
    "read:issue-details:jira",
    "read:sprint:jira-software",
    "read:board-scope.admin:jira-software",
];
/// What the tools that change sprints need. The scope that ends in `.admin` tells which projects a board is over.
pub const CHANGE_SPRINTS: &[&str] = &[
    "read:board-scope:jira-software",
    "read:project:jira",
    "read:issue-details:jira",
    "read:sprint:jira-software",
    "write:sprint:jira-software",
    "read:board-scope.admin:jira-software",
];
/// What taking issues out of them needs. Source: `POST /backlog/issue`.
const WRITE_BACKLOG: &[&str] = &["write:board-scope:jira-software"];
/// Tells in which sprint an issue is. Source: `GET /issue/{key}` of the same interface.
const READ_ISSUE: &[&str] = &["read:issue:jira-software"];

/// The most issues that Jira moves at once, and its largest page.
const PAGE: usize = 50;
/// An end for boards with years of sprints.
const PAGES: usize = 20;
/// The most open issues of one sprint that are moved when it is closed.
const OPEN: usize = 500;

/// Sprints.
#[derive(Debug, Clone, Copy)]
pub struct Sprints<'a>(pub(super) &'a Client);

/// A sprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sprint {
    /// Its id.
    pub id: SprintId,
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub state: SprintState,
    /// When it began or is to begin.
    pub start: Option<Timestamp>,
    /// When it ended or is to end.
    pub end: Option<Timestamp>,
    /// When it was closed.
    pub closed: Option<Timestamp>,
    /// What it is for.
    pub goal: String,
    board: Option<BoardId>,
}

/// Where a sprint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SprintState {
    /// It runs.
    Active,
    /// It is planned.
    Future,
    /// It is over.
    Closed,
}

impl SprintState {
    fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Future => "future",
            Self::Closed => "closed",
        }
    }
}

/// A sprint to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSprint<'n> {
    /// Its name.
    pub name: &'n str,
    /// When it is to begin.
    pub start: Option<Timestamp>,
    /// When it is to end.
    pub end: Option<Timestamp>,
    /// What it is for.
    pub goal: Option<&'n str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: SprintId,
    #[serde(default)]
    name: String,
    state: SprintState,
    start_date: Option<String>,
    end_date: Option<String>,
    complete_date: Option<String>,
    goal: Option<String>,
    origin_board_id: Option<BoardId>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    #[serde(default)]
    issues: Vec<IssueAnswer>,
    next_page_token: Option<String>,
    is_last: Option<bool>,
    total: Option<usize>,
}

impl Sprints<'_> {
    /// The sprints of a board that stand so, in Jira's order.
    pub async fn of_board(&self, board: &Board, states: &[SprintState]) -> Result<Vec<Sprint>, JiraError> {
        let states = states.iter().map(|state| state.name()).collect::<Vec<_>>().join(",");
        let mut all: Vec<Sprint> = Vec::new();
        for _ in 0..PAGES {
            let request = Request::get(&["board", board.id.as_str(), "sprint"])
                .query("state", &states)
                .query("startAt", all.len())
                .query("maxResults", PAGE);
            let listed: Listed<Answer> = self.0.read(request.agile(READ_SPRINTS)).await?;
            let last = listed.is_last.unwrap_or(true) || listed.values.is_empty();
            all.extend(listed.values.into_iter().map(Sprint::from));
            if last {
                break;
            }
        }
        Ok(all)
    }

    /// One sprint, and the board on which it was made, if that is about a project of the scope.
    pub async fn get(&self, id: &SprintId) -> Result<(Sprint, Board), JiraError> {
        let answer: Answer = self.0.read(Request::get(&["sprint", id.as_str()]).agile(READ_SPRINTS)).await?;
        let sprint = Sprint::from(answer);
        let Some(board) = &sprint.board else {
            return Err(JiraError::Malformed { detail: "a sprint without its board".into() });
        };
        let board = self.0.boards().get(board).await?;
        Ok((sprint, board))
    }

    /// The sprint in which an issue is and that is not over, where Jira tells.
    pub async fn of_issue(&self, key: &IssueKey) -> Result<Option<Sprint>, JiraError> {
        let key = self.0.place(key).await?;
        let request = Request::get(&["issue", &key.to_string()]).query("fields", "sprint").agile(READ_ISSUE);
        let answer: Value = self.0.read(request).await?;
        let sprint = answer.pointer("/fields/sprint").filter(|sprint| !sprint.is_null());
        Ok(sprint.and_then(|sprint| serde_json::from_value::<Answer>(sprint.clone()).ok()).map(Sprint::from))
    }

    /// Makes a sprint that has not begun.
    pub async fn create(&self, board: &Board, new: &NewSprint<'_>) -> Result<Sprint, JiraError> {
        self.0.boards().wholly_inside(board).await?;
        let number: u64 = board.id.as_str().parse().map_err(|_| JiraError::Malformed { detail: "a board".into() })?;
        let mut body = dates(new.start, new.end);
        body.insert("name".into(), new.name.into());
        body.insert("originBoardId".into(), number.into());
        if let Some(goal) = new.goal {
            body.insert("goal".into(), goal.into());
        }
        let request = Request::post(&["sprint"], body.into()).agile(WRITE_SPRINTS);
        Ok(self.0.read::<Answer>(request).await?.into())
    }

    /// Starts a sprint.
    pub async fn start(&self, sprint: &SprintId, start: Timestamp, end: Timestamp) -> Result<(), JiraError> {
        let mut body = dates(Some(start), Some(end));
        body.insert("state".into(), SprintState::Active.name().into());
        self.update(sprint, body.into()).await
    }

    /// Closes a sprint. What is still open in it is to be moved first.
    pub async fn close(&self, sprint: &SprintId) -> Result<(), JiraError> {
        self.update(sprint, json!({"state": SprintState::Closed.name()})).await
    }

    /// Puts issues into a sprint.
    pub async fn add(&self, sprint: &SprintId, keys: &[IssueKey]) -> Result<(), JiraError> {
        let keys = self.placed(keys).await?;
        let (sprint, board) = self.get(sprint).await?;
        self.0.boards().wholly_inside(&board).await?;
        for keys in keys.chunks(PAGE) {
            let request = Request::post(&["sprint", sprint.id.as_str(), "issue"], json!({"issues": keys}));
            self.0.done(request.agile(WRITE_SPRINTS)).await?;
        }
        Ok(())
    }

    /// Takes issues out of the sprints that are not over.
    pub async fn remove(&self, keys: &[IssueKey]) -> Result<(), JiraError> {
        for keys in self.placed(keys).await?.chunks(PAGE) {
            let request = Request::post(&["backlog", "issue"], json!({"issues": keys}));
            self.0.done(request.agile(WRITE_BACKLOG)).await?;
        }
        Ok(())
    }

    /// The issues of a sprint that are not done. All that whoever asks may see: closing a sprint touches them all, so one
    /// outside the scope is a refusal.
    pub async fn open(&self, sprint: &SprintId) -> Result<Vec<IssueKey>, JiraError> {
        let open = Clause::compare("statusCategory", Operator::NotEquals, Operand::Text("Done".into()));
        let jql = Jql::new(Clause::equals("sprint", sprint.as_str()).and(open)).to_string();
        let cloud = self.0.site().kind == SiteKind::Cloud;
        let path: &[&str] = if cloud { &["search", "jql"] } else { &["search"] };
        let (mut keys, mut token) = (Vec::new(), None);
        loop {
            let mut body = json!({"jql": jql, "fields": ["project"], "maxResults": PAGE});
            match (&token, cloud) {
                (Some(token), _) => body["nextPageToken"] = Value::String(String::clone(token)),
                (None, false) => body["startAt"] = keys.len().into(),
                (None, true) => {}
            }
            let found: Found = self.0.read(Request::ask(path, body)).await?;
            let some = !found.issues.is_empty();
            for answer in found.issues {
                keys.push(answer.within(self.0.scope(), &[])?.key);
            }
            let more = match cloud {
                true => found.is_last != Some(true) && found.next_page_token.is_some(),
                false => found.total.is_some_and(|total| keys.len() < total),
            };
            token = found.next_page_token;
            if !some || !more {
                return Ok(keys);
            }
            if keys.len() >= OPEN {
                let words = format!("It has more than {OPEN} open issues. Close it in Jira.");
                return Err(JiraError::Conflict { messages: vec![words] });
            }
        }
    }

    async fn update(&self, sprint: &SprintId, body: Value) -> Result<(), JiraError> {
        let (sprint, board) = self.get(sprint).await?;
        self.0.boards().wholly_inside(&board).await?;
        self.0.done(Request::post(&["sprint", sprint.id.as_str()], body).agile(WRITE_SPRINTS)).await
    }

    async fn placed(&self, keys: &[IssueKey]) -> Result<Vec<IssueKey>, JiraError> {
        let mut placed = Vec::new();
        for key in keys {
            placed.push(self.0.place(key).await?);
        }
        Ok(placed)
    }
}

fn dates(start: Option<Timestamp>, end: Option<Timestamp>) -> Map<String, Value> {
    let dates = [("startDate", start), ("endDate", end)].into_iter();
    dates.filter_map(|(name, at)| Some((name.to_owned(), time::write(at?).into()))).collect()
}

impl Sprint {
    /// One that has no dates yet.
    #[cfg(test)]
    pub(crate) fn planned(id: SprintId, name: &str) -> Self {
        let (name, goal) = (name.to_owned(), String::new());
        Self { id, name, state: SprintState::Future, start: None, end: None, closed: None, goal, board: None }
    }
}

impl From<Answer> for Sprint {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id,
            name: answer.name,
            state: answer.state,
            start: answer.start_date.as_deref().and_then(time::read),
            end: answer.end_date.as_deref().and_then(time::read),
            closed: answer.complete_date.as_deref().and_then(time::read),
            goal: answer.goal.unwrap_or_default().trim().to_owned(),
            board: answer.origin_board_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sprint_is_read_from_what_there_is_of_it() {
        let answer = json!({"id": 37, "self": "https://x.example", "state": "closed", "name": "Sprint 1", "goal": " Speed ",
            "startDate": "2015-04-11T15:22:00.000+10:00", "endDate": "2015-04-20T01:22:00.000Z", "originBoardId": 5});
        let sprint = Sprint::from(serde_json::from_value::<Answer>(answer).unwrap());
        assert_eq!((sprint.id.as_str(), sprint.state, sprint.goal.as_str()), ("37", SprintState::Closed, "Speed"));
        assert_eq!(sprint.start.map(|at| at.to_string()).as_deref(), Some("2015-04-11T05:22:00Z"));
        assert!(sprint.end.is_some());
        let future: Answer = serde_json::from_value(json!({"id": 72, "state": "future", "name": "Sprint 2"})).unwrap();
        assert_eq!(Sprint::from(future).start, None);
        assert!(serde_json::from_value::<Answer>(json!({"id": 1, "state": "resting"})).is_err());
    }
}
