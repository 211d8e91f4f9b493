//! `/rest/agile/1.0`: sprints.
use jiff::Timestamp;
use serde_json::Value;

use super::agile::{self, seen};
use super::{Answer, Ask, Refusal, Reply, values};
use crate::world::{Permission, Sprint, SprintState};

fn shape(ask: &Ask<'_>, sprint: &Sprint) -> Value {
    let mut value = ask.view().sprint(sprint);
    value["self"] = format!("{}/sprint/{}", agile::agile(ask), sprint.id).into();
    value["originBoardId"] = sprint.board.into();
    if let Value::Object(map) = &mut value {
        // So it is called in an issue's field only.
        map.remove("boardId");
    }
    value
}

/// `GET board/{id}/sprint`, by state if asked.
pub(crate) fn of_board(ask: &mut Ask<'_>) -> Reply {
    let board = agile::wanted(ask)?;
    if !board.scrum {
        return Err(Refusal::bad("The board does not support sprints"));
    }
    let states = ask.query.list("state");
    let found = ask.site.sprints.iter().filter(|sprint| sprint.board == board.id);
    let found = found.filter(|sprint| states.is_empty() || states.contains(&sprint.state.name()));
    agile::page(ask, found.map(|sprint| shape(ask, sprint)).collect())
}

fn place(ask: &Ask<'_>) -> Result<usize, Refusal> {
    let id: u64 = ask.param(0).parse().unwrap_or(0);
    let found = ask.site.sprints.iter().position(|one| one.id == id && seen(ask).any(|board| board.id == one.board));
    found.ok_or_else(|| Refusal::not_found("Sprint does not exist or you do not have permission to view it."))
}

/// `GET sprint/{id}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    Ok(Answer::Ok(shape(ask, &ask.site.sprints[place(ask)?])))
}

fn may_manage(ask: &Ask<'_>, board: u64) -> Result<(), Refusal> {
    let board = ask.site.boards.iter().find(|one| one.id == board);
    let may = board.is_some_and(|board| {
        board.projects.iter().all(|place| ask.site.projects[*place].may(&ask.me.id, Permission::ManageSprints))
    });
    match may {
        true => Ok(()),
        false => Err(Refusal::forbidden("You do not have permission to manage the sprints of this board.")),
    }
}

fn date(value: &Value) -> Result<Option<Timestamp>, Refusal> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => values::moment(text)
            .or_else(|| text.parse().ok())
            .map(Some)
            .ok_or_else(|| Refusal::bad(format!("'{text}' is not a valid date."))),
        _ => Err(Refusal::bad("A date is a string.")),
    }
}

fn named(value: &Value) -> Result<String, Refusal> {
    let name = value.as_str().map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Refusal::bad("The sprint name is required."))?;
    match name.chars().count() {
        0..=30 => Ok(name.to_owned()),
        _ => Err(Refusal::bad("The sprint name must be shorter than 30 characters.")),
    }
}

/// `POST sprint`: one that has not begun.
pub(crate) fn create(ask: &mut Ask<'_>) -> Reply {
    let board = ask.body["originBoardId"].as_u64().ok_or_else(|| Refusal::bad("The origin board is required."))?;
    if !seen(ask).any(|one| one.id == board && one.scrum) {
        return Err(Refusal::not_found("The board does not exist, or does not support sprints."));
    }
    may_manage(ask, board)?;
    let sprint = Sprint {
        id: 0,
        board,
        name: named(&ask.body["name"])?,
        state: SprintState::Future,
        start: date(&ask.body["startDate"])?,
        end: date(&ask.body["endDate"])?,
        completed: None,
        goal: ask.body["goal"].as_str().unwrap_or_default().to_owned(),
    };
    let sprint = Sprint { id: ask.site.fresh_id(), ..sprint };
    let shown = shape(ask, &sprint);
    ask.site.sprints.push(sprint);
    Ok(Answer::Created(shown))
}

/// `POST sprint/{id}`: what is left out stays.
pub(crate) fn update(ask: &mut Ask<'_>) -> Reply {
    let place = place(ask)?;
    let mut sprint = ask.site.sprints[place].clone();
    may_manage(ask, sprint.board)?;
    if let Some(value) = ask.body.get("name") {
        sprint.name = named(value)?;
    }
    if let Some(goal) = ask.body["goal"].as_str() {
        sprint.goal = goal.to_owned();
    }
    if sprint.state != SprintState::Closed {
        if let Some(value) = ask.body.get("startDate") {
            sprint.start = date(value)?;
        }
        if let Some(value) = ask.body.get("endDate") {
            sprint.end = date(value)?;
        }
    }
    match (sprint.state, ask.body["state"].as_str()) {
        (_, None) => {}
        (was, Some(name)) if was.name() == name => {}
        (SprintState::Future, Some("active")) => match (sprint.start, sprint.end) {
            (Some(start), Some(end)) if start < end => sprint.state = SprintState::Active,
            _ => return Err(Refusal::bad("A sprint needs a start date and a later end date to be started.")),
        },
        (SprintState::Active, Some("closed")) => {
            sprint.state = SprintState::Closed;
            sprint.completed = Some(ask.now);
            ask.site.let_go(sprint.id);
        }
        (was, Some(name)) => {
            return Err(Refusal::bad(format!("A sprint cannot go from '{}' to '{name}'.", was.name())));
        }
    }
    let shown = shape(ask, &sprint);
    ask.site.sprints[place] = sprint;
    Ok(Answer::Ok(shown))
}

/// `POST sprint/{id}/issue`.
pub(crate) fn add(ask: &mut Ask<'_>) -> Reply {
    let sprint = &ask.site.sprints[place(ask)?];
    if sprint.state == SprintState::Closed {
        return Err(Refusal::bad("Issues can only be moved to open or future sprints."));
    }
    let id = sprint.id;
    agile::move_all(ask, Some(id))
}
