//! `bulk/issues/move` and `bulk/queue` (Cloud): many issues at once. What is asked for is done at once.
use http::StatusCode;
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::Permission;

/// `POST bulk/issues/move`: to one project and type, with its defaults.
pub(crate) fn move_issues(ask: &mut Ask<'_>) -> Reply {
    let mapping = ask.body.get("targetToSourcesMapping").and_then(Value::as_object);
    let mapping = mapping.filter(|map| !map.is_empty()).ok_or_else(|| refused("targetToSourcesMapping is missing"))?;
    let mut moves = Vec::new();
    for (target, sources) in mapping {
        let mut parts = target.split(',');
        let (project, kind) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let at = ask.site.projects.iter().position(|one| one.key == project || one.id.to_string() == project);
        let at = at.filter(|at| ask.site.projects[*at].may(&ask.me.id, Permission::Create));
        let at = at.ok_or_else(|| refused("The target project is not valid"))?;
        let kind = ask.site.projects[at].type_use(kind).map(|one| one.issue_type);
        let kind = kind.filter(|kind| !kind.subtask).ok_or_else(|| refused("The target issue type is not valid"))?;
        for wish in ["inferFieldDefaults", "inferStatusDefaults", "inferSubtaskTypeDefault"] {
            if sources.get(wish) != Some(&Value::Bool(true)) {
                return Err(refused("Only the defaults are served here"));
            }
        }
        for key in sources.get("issueIdsOrKeys").and_then(Value::as_array).into_iter().flatten() {
            let id = key.as_str().and_then(|key| ask.issue_id(key).ok());
            let id = id.filter(|id| ask.may(*id, Permission::Edit));
            moves.push((
                id.ok_or_else(|| refused("Some of the issues in the issueIdsOrKeys are not valid"))?,
                at,
                kind,
            ));
        }
    }
    let now = ask.now;
    for (id, at, kind) in &moves {
        let children: Vec<u64> =
            ask.site.children(*id).filter(|one| one.issue_type.subtask).map(|one| one.id).collect();
        if ask.issue(*id).project != *at {
            for one in children.into_iter().chain([*id]) {
                ask.site.move_issue(one, *at);
                let first = ask.site.projects[*at].workflow.statuses[0];
                let known =
                    ask.site.projects[*at].workflow.statuses.iter().any(|status| status.id == ask.issue(one).status.id);
                if !known {
                    ask.issue_mut(one).status = first;
                }
            }
        }
        let issue = ask.issue_mut(*id);
        (issue.issue_type, issue.updated) = (*kind, now);
    }
    let task = ask.site.fresh_id();
    ask.site.moved.insert(task, moves.iter().map(|(id, ..)| *id).collect());
    Ok(Answer::Created(json!({"taskId": task.to_string()})))
}

fn refused(words: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, words)
}

/// `GET bulk/queue/{taskId}`.
pub(crate) fn progress(ask: &mut Ask<'_>) -> Reply {
    let task = ask.param(0).parse().ok().and_then(|id: u64| Some((id, ask.site.moved.get(&id)?)));
    let (id, done) = task.ok_or_else(|| Refusal::not_found("The task does not exist"))?;
    let now = ask.now.as_millisecond();
    Ok(Answer::Ok(json!({
        "taskId": id.to_string(),
        "status": "COMPLETE",
        "progressPercent": 100,
        "processedAccessibleIssues": done,
        "failedAccessibleIssues": {},
        "invalidOrInaccessibleIssueCount": 0,
        "totalIssueCount": done.len(),
        "created": now, "started": now, "updated": now,
    })))
}
