//! `issue/{key}/assignee`.
use http::StatusCode;
use serde_json::Value;

use super::update::{Changes, Set};
use super::{Answer, Ask, Refusal, Reply};
use crate::world::Permission;

/// `PUT issue/{key}/assignee` with `{"accountId":…}` (Cloud) or `{"name":…}` (Data Center); null takes the assignee away, `-1` is the
/// default.
pub(crate) fn assign(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    if !ask.may(id, Permission::Assign) {
        let status = if ask.site.is_cloud() { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
        return Err(Refusal::new(status, "You do not have permission to assign issues."));
    }
    let name = if ask.site.is_cloud() { "accountId" } else { "name" };
    let Some(body) = ask.body.as_object() else { return Err(Refusal::bad("The request body is missing.")) };
    let known = ["accountId", "name", "key"].iter().filter(|one| body.contains_key(**one)).count();
    let person = match body.get(name) {
        Some(Value::Null) if known == 1 => None,
        Some(Value::String(_)) if known == 1 => {
            let project = ask.issue(id).project;
            ask.assignable(project, ask.body).map_err(|text| Refusal::field("assignee", text))?
        }
        _ => return Err(Refusal::field("assignee", format!("expected an object containing a '{name}' property"))),
    };
    ask.apply(id, Changes { sets: vec![Set::Assignee(person)], ..Changes::default() });
    Ok(Answer::NoContent)
}
