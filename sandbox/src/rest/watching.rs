//! `issue/{key}/watchers` and `issue/{key}/votes`.
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Category, Permission, PersonId};

/// `GET issue/{key}/watchers`.
pub(crate) fn watchers(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let (view, issue) = (ask.view(), ask.issue(id));
    let all = ask.may(id, Permission::ViewVoters);
    let people: Vec<Value> = issue.watchers.iter().filter(|_| all).map(|person| view.user_by_id(person)).collect();
    Ok(Answer::Ok(json!({
        "self": format!("{}/issue/{}/watchers", ask.site.api, issue.key),
        "isWatching": issue.watchers.contains(&ask.me.id),
        "watchCount": issue.watchers.len(),
        "watchers": people,
    })))
}

/// `POST issue/{key}/watchers`: a JSON string names the person; no body is the asker.
pub(crate) fn watch(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let person = match ask.body {
        Value::Null => match ask.query.get("userName").filter(|_| !ask.site.is_cloud()) {
            Some(name) => known(ask, name)?,
            None => ask.me.id.clone(),
        },
        Value::String(key) => known(ask, key)?,
        _ => return Err(Refusal::bad("The request body is not a string.")),
    };
    allowed(ask, id, &person)?;
    ask.issue_mut(id).watchers.insert(person);
    Ok(Answer::NoContent)
}

/// `DELETE issue/{key}/watchers?accountId=…` (Cloud) or `?username=…` (Data Center).
pub(crate) fn unwatch(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let name = if ask.site.is_cloud() { "accountId" } else { "username" };
    let Some(key) = ask.query.get(name) else {
        return Err(Refusal::bad(format!("The query parameter '{name}' is missing.")));
    };
    let person = known(ask, key)?;
    allowed(ask, id, &person)?;
    ask.issue_mut(id).watchers.remove(&person);
    Ok(Answer::NoContent)
}

fn known(ask: &Ask<'_>, key: &str) -> Result<PersonId, Refusal> {
    ask.person_by_key(key).ok_or_else(|| Refusal::not_found(format!("The user named '{key}' does not exist.")))
}

fn allowed(ask: &Ask<'_>, id: u64, person: &PersonId) -> Result<(), Refusal> {
    if *person == ask.me.id || ask.may(id, Permission::ManageWatchers) {
        return Ok(());
    }
    let status = if ask.site.is_cloud() { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
    Err(Refusal::new(status, "You do not have permission to manage the watcher list."))
}

/// `GET issue/{key}/votes`.
pub(crate) fn votes(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let (view, issue) = (ask.view(), ask.issue(id));
    let all = ask.may(id, Permission::ViewVoters);
    let people: Vec<Value> = issue.voters.iter().filter(|_| all).map(|person| view.user_by_id(person)).collect();
    Ok(Answer::Ok(json!({
        "self": format!("{}/issue/{}/votes", ask.site.api, issue.key),
        "votes": issue.voters.len(),
        "hasVoted": issue.voters.contains(&ask.me.id),
        "voters": people,
    })))
}

/// `POST issue/{key}/votes`: not on one's own issue, nor on one that is done.
pub(crate) fn vote(ask: &mut Ask<'_>) -> Reply {
    let id = votable(ask)?;
    let me = ask.me.id.clone();
    ask.issue_mut(id).voters.insert(me);
    Ok(Answer::NoContent)
}

/// `DELETE issue/{key}/votes`.
pub(crate) fn unvote(ask: &mut Ask<'_>) -> Reply {
    let id = votable(ask)?;
    let me = ask.me.id.clone();
    ask.issue_mut(id).voters.remove(&me);
    Ok(Answer::NoContent)
}

fn votable(ask: &Ask<'_>) -> Result<u64, Refusal> {
    let id = ask.path_issue()?;
    let issue = ask.issue(id);
    if issue.reporter == ask.me.id {
        return Err(Refusal::not_found("You cannot vote for an issue you have reported."));
    }
    if issue.status.category == Category::Done {
        return Err(Refusal::not_found("You cannot vote for an issue that is resolved."));
    }
    Ok(id)
}
