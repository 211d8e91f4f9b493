//! `issue/{key}/worklog`.
use http::StatusCode;
use serde_json::{Value, json};

use super::values::{duration, moment};
use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Permission, Worklog};

/// More than this at once is refused, in seconds: some three hundred years.
const MOST: u64 = 10_000_000_000;

/// `GET issue/{key}/worklog`.
pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let (start, most) = ask.query.page(5_000, 5_000)?;
    let view = ask.view();
    let all: Vec<Value> = view.worklogs(ask.issue(id)).map(|one| view.worklog(id, one)).collect();
    let total = all.len();
    let page: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    Ok(Answer::Ok(json!({"startAt": start, "maxResults": most, "total": total, "worklogs": page})))
}

fn place(ask: &Ask<'_>, id: u64) -> Result<usize, Refusal> {
    let (issue, project) = (ask.issue(id), ask.project_of(id));
    let wanted = ask.param(1);
    let at = issue.worklogs.iter().position(|one| one.id.to_string() == wanted);
    let at = at.filter(|at| ask.site.reads(ask.me, project, issue.worklogs[*at].visibility.as_ref()));
    at.ok_or_else(|| Refusal::not_found(format!("Cannot find worklog with id: '{wanted}'.")))
}

/// `GET issue/{key}/worklog/{id}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let at = place(ask, id)?;
    Ok(Answer::Ok(ask.view().worklog(id, &ask.issue(id).worklogs[at])))
}

/// Reads a new worklog.
pub(crate) fn read(ask: &mut Ask<'_>, id: u64, value: &Value) -> Result<Worklog, Refusal> {
    if !ask.may(id, Permission::Work) {
        let status = if ask.site.is_cloud() { StatusCode::BAD_REQUEST } else { StatusCode::FORBIDDEN };
        let text = "You do not have the permission to associate a worklog to this issue.";
        return Err(Refusal::new(status, text));
    }
    let spent = match (value.get("timeSpentSeconds"), value.get("timeSpent")) {
        (Some(seconds), None) => seconds.as_u64(),
        (None, Some(text)) => text.as_str().and_then(duration),
        (Some(_), Some(_)) => {
            return Err(Refusal::field("timeLogged", "Use 'timeSpent' or 'timeSpentSeconds', not both."));
        }
        (None, None) => return Err(Refusal::field("timeLogged", "You must indicate the time spent working.")),
    };
    // Jira keeps whole minutes.
    let seconds = spent.map(|seconds| seconds / 60 * 60).filter(|seconds| (1..=MOST).contains(seconds));
    let seconds = seconds.ok_or_else(|| Refusal::field("timeLogged", "Invalid time duration entered."))?;
    let started = match value.get("started") {
        None | Some(Value::Null) => ask.now,
        Some(given) => given
            .as_str()
            .and_then(moment)
            .ok_or_else(|| Refusal::field("started", "Invalid date format. Use yyyy-MM-dd'T'HH:mm:ss.SSSZ."))?,
    };
    let comment = match value.get("comment") {
        None | Some(Value::Null) => None,
        Some(given) => Some(ask.rich_text(given).map_err(|text| Refusal::field("comment", text))?),
    };
    let visibility = ask.visibility(value.get("visibility"), id).map_err(|text| Refusal::field("visibility", text))?;
    Ok(Worklog {
        id: ask.site.fresh_id(),
        author: ask.me.id.clone(),
        comment,
        started,
        seconds,
        created: ask.now,
        updated: ask.now,
        visibility,
        properties: value.get("properties").and_then(Value::as_array).cloned().unwrap_or_default(),
    })
}

/// What happens to the remaining estimate.
enum Adjust {
    /// Moved by what was logged or taken back.
    Auto,
    Leave,
    New(u64),
    By(u64),
}

fn adjust(ask: &Ask<'_>, by: &'static str) -> Result<Adjust, Refusal> {
    let read = |name: &'static str| {
        let given = ask.query.get(name).and_then(duration);
        given.ok_or_else(|| Refusal::field(name, format!("The '{name}' parameter is missing or is no duration.")))
    };
    match ask.query.get("adjustEstimate") {
        None | Some("auto") => Ok(Adjust::Auto),
        Some("leave") => Ok(Adjust::Leave),
        Some("new") => read("newEstimate").map(Adjust::New),
        Some("manual") => read(by).map(Adjust::By),
        Some(other) => {
            Err(Refusal::field("adjustEstimate", format!("'{other}' is not a valid value for adjustEstimate.")))
        }
    }
}

/// `POST issue/{key}/worklog`.
pub(crate) fn add(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let adjust = adjust(ask, "reduceBy")?;
    let body = ask.body;
    let worklog = read(ask, id, body)?;
    let answer = ask.view().worklog(id, &worklog);
    let now = ask.now;
    let issue = ask.issue_mut(id);
    let left = issue.remaining_estimate;
    issue.remaining_estimate = match adjust {
        Adjust::Auto => left.map(|left| left.saturating_sub(worklog.seconds)),
        Adjust::Leave => left,
        Adjust::New(seconds) => Some(seconds),
        Adjust::By(seconds) => left.map(|left| left.saturating_sub(seconds)),
    };
    issue.updated = now;
    issue.worklogs.push(worklog);
    Ok(Answer::Created(answer))
}

/// `DELETE issue/{key}/worklog/{id}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let at = place(ask, id)?;
    let own = ask.issue(id).worklogs[at].author == ask.me.id && ask.may(id, Permission::DeleteOwnWorklogs);
    if !own && !ask.may(id, Permission::DeleteAllWorklogs) {
        let status = if ask.site.is_cloud() { StatusCode::BAD_REQUEST } else { StatusCode::FORBIDDEN };
        return Err(Refusal::new(status, "You do not have the permission to delete this worklog."));
    }
    let adjust = adjust(ask, "increaseBy")?;
    let now = ask.now;
    let issue = ask.issue_mut(id);
    let gone = issue.worklogs.remove(at);
    let left = issue.remaining_estimate;
    issue.remaining_estimate = match adjust {
        Adjust::Auto => left.map(|left| left + gone.seconds),
        Adjust::Leave => left,
        Adjust::New(seconds) => Some(seconds),
        Adjust::By(seconds) => left.map(|left| left.saturating_add(seconds)),
    };
    issue.updated = now;
    Ok(Answer::NoContent)
}
