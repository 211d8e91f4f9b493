//! `issue`: read, create, edit, delete.
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::issue_shape::{SYSTEM, Wanted};
use super::meta::{self, Slot};
use super::shape::time;
use super::update::{Changes, Set, Target};
use super::{Answer, Ask, Refusal, Reply, properties, transitions};
use crate::world::{Change, ChangeItem, Permission, TypeUse};

/// `GET issue/{key}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    if ask.query.get("updateHistory") == Some("true") {
        let (now, me) = (ask.now, ask.me.id.clone());
        ask.issue_mut(id).viewed.insert(me, now);
    }
    let (view, issue) = (ask.view(), ask.issue(id));
    let mut value = view.issue(issue, &Wanted::new(&ask.query.list("fields"), "*all"));
    for expand in ask.query.list("expand") {
        match expand {
            "transitions" => value["transitions"] = transitions::available(&view, issue, false),
            "names" => value["names"] = names(ask),
            "schema" => value["schema"] = schemas(ask),
            "changelog" => {
                let histories = histories(ask, id);
                let total = histories.len();
                value["changelog"] = json!({"startAt": 0, "maxResults": total, "total": total, "histories": histories});
            }
            "editmeta" => {
                value["editmeta"] = json!({"fields": view.screen_meta(meta::edit_screen(&view, issue), issue)})
            }
            _ => {}
        }
    }
    let wanted = ask.query.list("properties");
    if !wanted.is_empty() {
        let all = wanted.contains(&"*all");
        let kept = issue.properties.iter().filter(|(key, _)| all || wanted.contains(&key.as_str()));
        value["properties"] = Value::Object(kept.map(|(key, value)| (key.clone(), value.clone())).collect());
    }
    Ok(Answer::Ok(value))
}

fn slots(ask: &Ask<'_>) -> impl Iterator<Item = Slot> {
    let custom = ask.site.custom_fields().iter().map(|field| Slot::Custom(field));
    SYSTEM.iter().map(|(id, _)| Slot::System(id)).chain(custom)
}

pub(crate) fn names(ask: &Ask<'_>) -> Value {
    Value::Object(slots(ask).map(|slot| (slot.id().to_owned(), slot.name().into())).collect())
}

pub(crate) fn schemas(ask: &Ask<'_>) -> Value {
    Value::Object(slots(ask).map(|slot| (slot.id().to_owned(), meta::schema(slot))).collect())
}

pub(super) fn histories(ask: &Ask<'_>, id: u64) -> Vec<Value> {
    ask.issue(id).history.iter().map(|change| history(ask, change, &[])).collect()
}

/// A change, of some fields alone where they are named.
fn history(ask: &Ask<'_>, change: &Change, fields: &[&str]) -> Value {
    let items = change.items.iter().map(|item| changed(ask, item));
    let items = items.filter(|item| fields.is_empty() || fields.iter().any(|field| item["fieldId"] == *field));
    json!({
        "id": change.id.to_string(),
        "author": ask.view().user_by_id(&change.author),
        "created": time(change.at),
        "items": items.collect::<Value>(),
    })
}

/// A changed field: what people read, and behind a status or a sprint its id.
fn changed(ask: &Ask<'_>, item: &ChangeItem) -> Value {
    let sprint = item.field == "Sprint";
    let names = |ids: &str| {
        let found = ids.split(", ").filter_map(|id| ask.site.sprints.iter().find(|one| one.id.to_string() == id));
        found.map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    let status = |name: &String| ask.site.statuses().into_iter().find(|one| one.name == *name).map(|one| one.id);
    let both = |value: &Option<String>| match (item.field.as_str(), value) {
        ("Sprint", Some(ids)) => (json!(ids), json!(names(ids))),
        ("status", Some(name)) => (json!(status(name)), json!(name)),
        _ => (Value::Null, json!(value)),
    };
    let ((from, from_string), (to, to_string)) = (both(&item.from), both(&item.to));
    let custom = sprint || item.field.starts_with("customfield_");
    json!({
        "field": item.field,
        "fieldtype": if custom { "custom" } else { "jira" },
        "fieldId": if sprint { ask.site.sprint_field().id } else { item.field.as_str() },
        "from": from,
        "fromString": from_string,
        "to": to,
        "toString": to_string,
    })
}

/// `POST changelog/bulkfetch` (Cloud): the changes of many issues, the oldest first.
pub(crate) fn changelogs(ask: &mut Ask<'_>) -> Reply {
    const KNOWN: [&str; 4] = ["fieldIds", "issueIdsOrKeys", "maxResults", "nextPageToken"];
    let body = ask.body.as_object().ok_or_else(|| Refusal::bad("The request body is missing."))?;
    if let Some(other) = body.keys().find(|key| !KNOWN.contains(&key.as_str())) {
        return Err(Refusal::bad(format!("Unrecognized field \"{other}\"")));
    }
    let list = |name: &str| match body.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => list.iter().map(|one| one.as_str().ok_or(())).collect::<Result<Vec<_>, _>>(),
        Some(_) => Err(()),
    };
    let wrong = |()| Refusal::bad("'issueIdsOrKeys' and 'fieldIds' are lists of strings.");
    let (issues, fields) = (list("issueIdsOrKeys").map_err(wrong)?, list("fieldIds").map_err(wrong)?);
    if issues.is_empty() || issues.len() > 1_000 || fields.len() > 10 {
        return Err(Refusal::bad("Between 1 and 1000 issues and at most 10 fields can be asked for."));
    }
    let most = body.get("maxResults").map_or(Some(1_000), Value::as_u64).filter(|most| (1..=10_000).contains(most));
    let most = most.and_then(|most| usize::try_from(most).ok());
    let most = most.ok_or_else(|| Refusal::bad("'maxResults' is between 1 and 10000."))?;
    let start = match body.get("nextPageToken") {
        None | Some(Value::Null) => Some(0),
        Some(token) => token.as_str().and_then(|token| token.strip_prefix("changes-")?.parse::<usize>().ok()),
    };
    let start = start.ok_or_else(|| Refusal::bad("The provided next page token is invalid or is expired."))?;
    // Issues that the asker does not see are left out without a word.
    let mut all: Vec<(&Change, u64)> = issues
        .iter()
        .filter_map(|issue| ask.issue_id(issue).ok())
        .flat_map(|id| ask.issue(id).history.iter().map(move |change| (change, id)))
        .collect();
    all.sort_by_key(|(change, id)| (change.at, *id));
    all.dedup_by_key(|(change, _)| change.id);
    let shown = all.iter().map(|(change, id)| (history(ask, change, &fields), *id));
    let shown: Vec<(Value, u64)> = shown.filter(|(change, _)| change["items"] != json!([])).collect();
    let page = shown.iter().skip(start).take(most);
    let mut logs: Vec<Value> = Vec::new();
    for (change, id) in page {
        let id = id.to_string();
        match logs.iter_mut().find(|log| log["issueId"] == *id) {
            Some(log) => log["changeHistories"].as_array_mut().into_iter().for_each(|list| list.push(change.clone())),
            None => logs.push(json!({"issueId": id, "changeHistories": [change]})),
        }
    }
    let mut value = json!({ "issueChangeLogs": logs });
    if start + most < shown.len() {
        value["nextPageToken"] = format!("changes-{}", start + most).into();
    }
    Ok(Answer::Ok(value))
}

/// `GET issue/{key}/changelog` (Cloud), oldest first.
pub(crate) fn changelog(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let (start, most) = ask.query.page(100, 100)?;
    let all = histories(ask, id);
    let total = all.len();
    let values: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let is_last = start + values.len() >= total;
    Ok(Answer::Ok(json!({"startAt": start, "maxResults": most, "total": total, "isLast": is_last, "values": values})))
}

/// `POST issue`.
pub(crate) fn create(ask: &mut Ask<'_>) -> Reply {
    let body = ask.body.as_object().ok_or_else(|| Refusal::bad("The request body is missing."))?;
    if let Some(other) = body
        .keys()
        .find(|key| !["fields", "update", "properties", "transition", "historyMetadata"].contains(&key.as_str()))
    {
        return Err(Refusal::bad(format!("Unrecognized field \"{other}\"")));
    }
    let fields = body.get("fields").and_then(Value::as_object).cloned().unwrap_or_default();
    let project = project(ask, &fields)?;
    let issue_type = type_use(ask, project, &fields)?.issue_type;
    let screen = {
        let one = &ask.site.projects[project];
        let type_use =
            one.type_use(issue_type.id).ok_or_else(|| Refusal::field("issuetype", "Specify a valid issue type"))?;
        meta::create_screen(&ask.view(), one, type_use)
    };
    let target = Target { project, issue: None, screen: &screen, complete: true };
    let changes = ask.changes(target, &["project", "issuetype"])?;
    let properties = properties::read_list(body.get("properties"))?;
    let (by, now) = (ask.me.id.clone(), ask.now);
    let mut issue = ask.site.blank_issue(project, issue_type, &by, now);
    issue.properties = properties.into_iter().collect();
    let id = ask.site.add(issue);
    ask.apply(id, changes);
    // What was given at creation is no change.
    ask.issue_mut(id).history.clear();
    let issue = ask.issue(id);
    Ok(Answer::Created(json!({
        "id": id.to_string(),
        "key": issue.key,
        "self": format!("{}/issue/{id}", ask.site.api),
    })))
}

fn project(ask: &Ask<'_>, fields: &Map<String, Value>) -> Result<usize, Refusal> {
    let refused = || {
        Refusal::field(
            "project",
            if ask.site.is_cloud() { "Specify a valid project ID or key" } else { "valid project is required" },
        )
    };
    let named = fields.get("project").ok_or_else(refused)?;
    let wanted = named.get("key").or_else(|| named.get("id")).and_then(Value::as_str).ok_or_else(refused)?;
    let at =
        ask.site.projects.iter().position(|one| {
            (one.key == wanted || one.id.to_string() == wanted) && one.may(&ask.me.id, Permission::Browse)
        });
    let at = at.ok_or_else(refused)?;
    if ask.site.projects[at].may(&ask.me.id, Permission::Create) {
        return Ok(at);
    }
    let text = "You do not have permission to create issues in this project.";
    Err(if ask.site.is_cloud() { Refusal::forbidden(text) } else { Refusal::field("project", text) })
}

fn type_use<'a>(ask: &'a Ask<'_>, project: usize, fields: &Map<String, Value>) -> Result<&'a TypeUse, Refusal> {
    let refused = |text: &str| Refusal::field("issuetype", text);
    let named = fields.get("issuetype").ok_or_else(|| refused("Specify an issue type"))?;
    let text = |name: &str| named.get(name).and_then(Value::as_str);
    let types = &ask.site.projects[project].types;
    let found = match (text("id"), text("name")) {
        (Some(id), _) => types.iter().find(|one| one.issue_type.id == id),
        (None, Some(name)) => types.iter().find(|one| one.issue_type.name == name),
        (None, None) => return Err(refused("Specify an issue type")),
    };
    found.ok_or_else(|| refused("Specify a valid issue type"))
}

/// `PUT issue/{key}`.
pub(crate) fn edit(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let body = ask.body.as_object().ok_or_else(|| Refusal::bad("The request body is missing."))?;
    if !ask.may(id, Permission::Edit) {
        return Err(Refusal::bad("You do not have permission to edit issues in this project."));
    }
    let properties = properties::read_list(body.get("properties"))?;
    let screen = meta::edit_screen(&ask.view(), ask.issue(id));
    let target = Target { project: ask.issue(id).project, issue: Some(id), screen: &screen, complete: false };
    let changes = ask.changes(target, &[])?;
    check_new_type(ask, id, &changes)?;
    ask.apply(id, changes);
    ask.issue_mut(id).properties.extend(properties);
    if ask.site.is_cloud() && ask.query.get("returnIssue") == Some("true") {
        return Ok(Answer::Ok(ask.view().issue(ask.issue(id), &Wanted::new(&[], "*all"))));
    }
    Ok(Answer::NoContent)
}

/// An issue cannot become a sub-task or stop being one by an edit.
fn check_new_type(ask: &Ask<'_>, id: u64, changes: &Changes) -> Result<(), Refusal> {
    let was = ask.issue(id).issue_type.subtask;
    let crosses = changes.sets.iter().any(|set| matches!(set, Set::Type(one) if one.subtask != was));
    if crosses { Err(Refusal::field("issuetype", "The issue type selected is invalid.")) } else { Ok(()) }
}

/// `DELETE issue/{key}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    if !ask.may(id, Permission::Delete) {
        return Err(Refusal::forbidden("You do not have permission to delete issues in this project."));
    }
    let children: Vec<u64> =
        ask.site.children(id).filter(|child| child.issue_type.subtask).map(|child| child.id).collect();
    if !children.is_empty() && ask.query.get("deleteSubtasks") != Some("true") {
        let text = format!(
            "The issue '{}' has subtasks. You must specify the 'deleteSubtasks' parameter to delete this issue and all its subtasks.",
            ask.issue(id).key
        );
        return Err(Refusal::new(StatusCode::BAD_REQUEST, text));
    }
    for one in children.into_iter().chain([id]) {
        ask.site.remove(one);
    }
    Ok(Answer::NoContent)
}
