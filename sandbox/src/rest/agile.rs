//! `/rest/agile/1.0`: one board for each project with sprints, and the sprints.
use serde_json::{Value, json};

use super::update::{Changes, Set};
use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Permission, Sprint};

fn seen<'a>(ask: &'a Ask<'_>) -> impl Iterator<Item = &'a Sprint> {
    ask.site.sprints.iter().filter(|sprint| ask.site.projects[sprint.project].may(&ask.me.id, Permission::Browse))
}

fn page(ask: &Ask<'_>, all: Vec<Value>) -> Reply {
    let (start, most) = ask.query.page(50, 50)?;
    let total = all.len();
    let values: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let is_last = start + values.len() >= total;
    Ok(Answer::Ok(json!({"maxResults": most, "startAt": start, "total": total, "isLast": is_last, "values": values})))
}

fn agile(ask: &Ask<'_>) -> String {
    let base = ask.site.api.rsplit_once("/api/").map_or(ask.site.api.as_str(), |(base, _)| base);
    format!("{base}/agile/1.0")
}

/// `GET board`, by project if asked.
pub(crate) fn boards(ask: &mut Ask<'_>) -> Reply {
    let wanted =
        ask.query.get("projectKeyOrId").and_then(|key| ask.site.project_for(&ask.me.id, key)).map(|project| project.id);
    if ask.query.get("projectKeyOrId").is_some() && wanted.is_none() {
        return Err(Refusal::bad("No project could be found with the given key or id."));
    }
    let mut boards: Vec<(u64, usize)> = seen(ask).map(|sprint| (sprint.board, sprint.project)).collect();
    boards.dedup();
    let url = agile(ask);
    let values = boards
        .into_iter()
        .map(|(id, project)| (id, &ask.site.projects[project]))
        .filter(|(_, project)| wanted.is_none_or(|wanted| wanted == project.id))
        .map(|(id, project)| {
            json!({
                "id": id,
                "self": format!("{url}/board/{id}"),
                "name": format!("{} board", project.key),
                "type": "scrum",
                "location": {"projectId": project.id, "projectKey": project.key, "projectName": project.name, "displayName": project.name},
            })
        });
    page(ask, values.collect())
}

/// `GET board/{id}/sprint`, by state if asked.
pub(crate) fn sprints(ask: &mut Ask<'_>) -> Reply {
    let board = ask.param(0).parse().unwrap_or(0);
    if !seen(ask).any(|sprint| sprint.board == board) {
        return Err(Refusal::not_found(
            "The requested board cannot be viewed because it either does not exist or you do not have permission to view it.",
        ));
    }
    let states = ask.query.list("state");
    let found = seen(ask)
        .filter(|sprint| sprint.board == board && (states.is_empty() || states.contains(&sprint.state.name())));
    page(ask, found.map(|sprint| shape(ask, sprint)).collect())
}

fn shape(ask: &Ask<'_>, sprint: &Sprint) -> Value {
    let mut value = ask.view().sprint(sprint);
    value["self"] = format!("{}/sprint/{}", agile(ask), sprint.id).into();
    value["originBoardId"] = sprint.board.into();
    value
}

fn wanted<'a>(ask: &'a Ask<'_>) -> Result<&'a Sprint, Refusal> {
    let id = ask.param(0).parse().unwrap_or(0);
    seen(ask)
        .find(|sprint| sprint.id == id)
        .ok_or_else(|| Refusal::not_found("Sprint does not exist or you do not have permission to view it."))
}

/// `GET sprint/{id}`.
pub(crate) fn sprint(ask: &mut Ask<'_>) -> Reply {
    Ok(Answer::Ok(shape(ask, wanted(ask)?)))
}

/// `POST sprint/{id}/issue`.
pub(crate) fn into_sprint(ask: &mut Ask<'_>) -> Reply {
    let id = wanted(ask)?.id;
    move_all(ask, Some(id))
}

/// `POST backlog/issue`.
pub(crate) fn into_backlog(ask: &mut Ask<'_>) -> Reply {
    move_all(ask, None)
}

fn move_all(ask: &mut Ask<'_>, sprint: Option<u64>) -> Reply {
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
    for id in ids {
        ask.apply(id, Changes { sets: vec![Set::Sprint(sprint)], ..Changes::default() });
    }
    Ok(Answer::NoContent)
}
