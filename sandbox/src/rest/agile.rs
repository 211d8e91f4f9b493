//! `/rest/agile/1.0`: boards, and issues as boards see them; and the backlog of `/rest/software/1.0`.
use serde_json::{Value, json};

use super::update::{Changes, Set};
use super::{Answer, Ask, Refusal, Reply, issue_shape, search};
use crate::world::{Board, Category, Issue, Permission, SprintState};

const NO_BOARD: &str =
    "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.";

/// The boards on which the asker may see some project.
pub(super) fn seen<'a>(ask: &'a Ask<'_>) -> impl Iterator<Item = &'a Board> {
    ask.site.boards.iter().filter(|board| {
        board.projects.iter().any(|project| ask.site.projects[*project].may(&ask.me.id, Permission::Browse))
    })
}

/// The board in the path.
pub(super) fn wanted<'a>(ask: &'a Ask<'_>) -> Result<&'a Board, Refusal> {
    let id = ask.param(0).parse().unwrap_or(0);
    seen(ask).find(|board| board.id == id).ok_or_else(|| Refusal::not_found(NO_BOARD))
}

pub(super) fn page(ask: &Ask<'_>, all: Vec<Value>) -> Reply {
    let (start, most) = ask.query.page(50, 50)?;
    let total = all.len();
    let values: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let is_last = start + values.len() >= total;
    Ok(Answer::Ok(json!({"maxResults": most, "startAt": start, "total": total, "isLast": is_last, "values": values})))
}

pub(super) fn agile(ask: &Ask<'_>) -> String {
    let base = ask.site.api.rsplit_once("/api/").map_or(ask.site.api.as_str(), |(base, _)| base);
    format!("{base}/agile/1.0")
}

fn shape(ask: &Ask<'_>, board: &Board) -> Value {
    let mut value = json!({
        "id": board.id,
        "self": format!("{}/board/{}", agile(ask), board.id),
        "name": board.name,
        "type": if board.scrum { "scrum" } else { "kanban" },
    });
    // Data Center does not say where a board is.
    if let Some(home) = board.home.filter(|_| ask.site.is_cloud()) {
        let project = &ask.site.projects[home];
        value["location"] = json!({"projectId": project.id, "projectKey": project.key, "projectName": project.name, "displayName": project.name});
    }
    value
}

/// `GET board`, by project if asked.
pub(crate) fn boards(ask: &mut Ask<'_>) -> Reply {
    let key = ask.query.get("projectKeyOrId");
    let wanted = key.and_then(|key| ask.site.project_for(&ask.me.id, key)).map(|project| project.id);
    if key.is_some() && wanted.is_none() {
        return Err(Refusal::bad("No project could be found with the given key or id."));
    }
    let about = |board: &&Board| {
        wanted.is_none_or(|wanted| board.projects.iter().any(|place| ask.site.projects[*place].id == wanted))
    };
    page(ask, seen(ask).filter(about).map(|board| shape(ask, board)).collect())
}

/// `GET board/{id}`.
pub(crate) fn board(ask: &mut Ask<'_>) -> Reply {
    Ok(Answer::Ok(shape(ask, wanted(ask)?)))
}

/// `GET board/{id}/project`: the projects that the board is over.
pub(crate) fn projects(ask: &mut Ask<'_>) -> Reply {
    let view = ask.view();
    let places = wanted(ask)?.projects.iter().map(|place| &ask.site.projects[*place]);
    let values = places.filter(|one| one.may(&ask.me.id, Permission::Browse)).map(|one| view.project(one)).collect();
    page(ask, values)
}

/// `GET board/{id}/configuration`.
pub(crate) fn configuration(ask: &mut Ask<'_>) -> Reply {
    let board = wanted(ask)?;
    let workflow = ask.site.projects[board.projects[0]].workflow;
    let columns = [(Category::New, "To Do"), (Category::Indeterminate, "In Progress"), (Category::Done, "Done")];
    let columns = columns.map(|(category, name)| {
        let statuses = workflow.statuses.iter().filter(|status| status.category == category);
        let status = |id: &str| json!({"id": id, "self": format!("{}/status/{id}", ask.site.api)});
        json!({"name": name, "statuses": statuses.map(|one| status(one.id)).collect::<Value>()})
    });
    let mut value = json!({
        "id": board.id,
        "name": board.name,
        "type": if board.scrum { "scrum" } else { "kanban" },
        "self": format!("{}/board/{}/configuration", agile(ask), board.id),
        "columnConfig": {"columns": columns, "constraintType": "none"},
    });
    if let Some(field) = board.estimation {
        value["estimation"] = json!({"type": "field", "field": {"fieldId": field.id, "displayName": field.name}});
    }
    Ok(Answer::Ok(value))
}

fn unplanned(ask: &Ask<'_>, board: &Board, issue: &Issue) -> bool {
    let planned = issue
        .sprint
        .is_some_and(|id| ask.site.sprints.iter().any(|sprint| sprint.id == id && sprint.state != SprintState::Closed));
    board.projects.contains(&issue.project)
        && !planned
        && issue.status.category != Category::Done
        && issue.issue_type.level == 0
}

/// The backlog by rank, narrowed by `jql`.
fn backlog<'a>(ask: &'a Ask<'_>) -> Result<Vec<&'a Issue>, Refusal> {
    let board = wanted(ask)?;
    let mut found = search::matching(ask, ask.query.get("jql").unwrap_or_default())?;
    found.retain(|issue| unplanned(ask, board, issue));
    found.sort_by(|one, other| one.rank.total_cmp(&other.rank));
    Ok(found)
}

/// `GET /rest/agile/1.0/board/{id}/backlog` (Data Center).
pub(crate) fn backlog_from(ask: &mut Ask<'_>) -> Reply {
    let (start, most) = ask.query.page(50, 1_000)?;
    let all = backlog(ask)?;
    let fields = ask.query.list("fields");
    let (view, wanted) = (ask.view(), issue_shape::Wanted::new(&fields, "*navigable"));
    let total = all.len();
    let issues: Vec<Value> = all.into_iter().skip(start).take(most).map(|one| view.issue(one, &wanted)).collect();
    Ok(Answer::Ok(
        json!({"expand": "schema,names", "startAt": start, "maxResults": most, "total": total, "issues": issues}),
    ))
}

/// `GET /rest/software/1.0/board/{id}/backlog` (Cloud): pages with a token.
pub(crate) fn backlog_with_token(ask: &mut Ask<'_>) -> Reply {
    let most = ask.query.number("maxResults", 50)?.min(100);
    let bad = || Refusal::bad("The provided next page token is invalid or is expired.");
    let start: usize = match ask.query.get("nextPageToken") {
        Some(token) => token.strip_prefix("backlog-").and_then(|start| start.parse().ok()).ok_or_else(bad)?,
        None => 0,
    };
    let all = backlog(ask)?;
    let fields = ask.query.list("fields");
    let (view, wanted) = (ask.view(), issue_shape::Wanted::new(&fields, "*navigable"));
    let total = all.len();
    let issues: Vec<Value> = all.into_iter().skip(start).take(most).map(|one| view.issue(one, &wanted)).collect();
    let end = start + issues.len();
    let mut value = json!({"issues": issues, "isLast": end >= total});
    if end < total {
        value["nextPageToken"] = format!("backlog-{end}").into();
    }
    Ok(Answer::Ok(value))
}

/// `GET issue/{key}`: only the field that this interface adds.
pub(crate) fn issue(ask: &mut Ask<'_>) -> Reply {
    let issue = ask.issue(ask.path_issue()?);
    let view = ask.view();
    let sprint = ask.site.sprints.iter().find(|one| Some(one.id) == issue.sprint && one.state != SprintState::Closed);
    let mut sprint = sprint.map(|one| view.sprint(one)).unwrap_or_default();
    if let (Value::Object(sprint), base) = (&mut sprint, agile(ask)) {
        sprint.remove("boardId").map(|board| sprint.insert("originBoardId".into(), board));
        let address = format!("{base}/sprint/{}", sprint["id"]);
        sprint.insert("self".into(), address.into());
    }
    Ok(Answer::Ok(json!({
        "expand": "",
        "id": issue.id.to_string(),
        "self": format!("{}/issue/{}", agile(ask), issue.id),
        "key": issue.key,
        "fields": {"sprint": sprint},
    })))
}

/// `PUT issue/rank`.
pub(crate) fn rank(ask: &mut Ask<'_>) -> Reply {
    let other = match (&ask.body["rankBeforeIssue"], &ask.body["rankAfterIssue"]) {
        (Value::String(key), Value::Null) => (true, ask.issue_id(key)?),
        (Value::Null, Value::String(key)) => (false, ask.issue_id(key)?),
        _ => return Err(Refusal::bad("Exactly one of 'rankBeforeIssue' and 'rankAfterIssue' must be given.")),
    };
    let ids = named(ask)?;
    let (before, other) = other;
    for id in ids {
        let place = ask.issue(other).rank;
        let ranks = ask.site.issues.values().filter(|one| one.id != id).map(|one| one.rank);
        let next = match before {
            true => ranks.filter(|rank| *rank < place).fold(place - 2.0, f64::max),
            false => ranks.filter(|rank| *rank > place).fold(place + 2.0, f64::min),
        };
        ask.issue_mut(id).rank = f64::midpoint(place, next);
    }
    Ok(Answer::NoContent)
}

fn named(ask: &Ask<'_>) -> Result<Vec<u64>, Refusal> {
    let keys = ask
        .body
        .get("issues")
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::bad("'issues' must be a list of keys or ids."))?;
    if keys.len() > 50 {
        return Err(Refusal::bad("At most 50 issues can be moved at once."));
    }
    let mut ids = Vec::new();
    for key in keys {
        let id = ask.issue_id(key.as_str().unwrap_or_default())?;
        if !ask.may(id, Permission::Edit) || !ask.may(id, Permission::Schedule) {
            return Err(Refusal::forbidden("You do not have permission to move this issue."));
        }
        ids.push(id);
    }
    Ok(ids)
}

/// `POST backlog/issue`.
pub(crate) fn into_backlog(ask: &mut Ask<'_>) -> Reply {
    move_all(ask, None)
}

/// Puts the issues of the body into a sprint, or into the backlog.
pub(super) fn move_all(ask: &mut Ask<'_>, sprint: Option<u64>) -> Reply {
    for id in named(ask)? {
        ask.apply(id, Changes { sets: vec![Set::Sprint(sprint)], ..Changes::default() });
    }
    Ok(Answer::NoContent)
}
