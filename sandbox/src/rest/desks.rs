//! `/rest/servicedeskapi`: service projects as agents see them.
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::meta::{Slot, create_screen, schema};
use super::{Answer, Ask, Refusal, Reply, issue};
use crate::adf;
use crate::world::{Desk, Issue, Permission, Project, RequestKind, catalog};

/// How long a request may take, in milliseconds.
const GOALS: [(&str, i64); 2] = [("Time to first response", 24 * HOUR), ("Time to resolution", 120 * HOUR)];
const HOUR: i64 = 3_600_000;

fn seen<'a>(ask: &'a Ask<'_>) -> impl Iterator<Item = &'a Desk> {
    ask.site.desks.iter().filter(|desk| ask.site.projects[desk.project].may(&ask.me.id, Permission::Browse))
}

fn wanted<'a>(ask: &'a Ask<'_>) -> Result<&'a Desk, Refusal> {
    let found = seen(ask).find(|desk| desk.id.to_string() == ask.param(0));
    found.ok_or_else(|| Refusal::not_found("The Service Desk you are trying to view does not exist."))
}

/// Queues and times are the agents' matter.
fn agent(ask: &Ask<'_>, project: &Project) -> Result<(), Refusal> {
    match project.may(&ask.me.id, Permission::Edit) {
        true => Ok(()),
        false => Err(Refusal::forbidden("You need to be an agent of this service project.")),
    }
}

fn page(ask: &Ask<'_>, all: Vec<Value>) -> Reply {
    let start = ask.query.number("start", 0)?;
    let limit = ask.query.number("limit", 50)?.min(50);
    let total = all.len();
    let values: Vec<Value> = all.into_iter().skip(start).take(limit).collect();
    let last = start + values.len() >= total;
    let size = values.len();
    Ok(Answer::Ok(
        json!({"size": size, "start": start, "limit": limit, "isLastPage": last, "_links": {}, "values": values}),
    ))
}

/// `GET servicedesk`.
pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let all = seen(ask).map(|desk| {
        let project = &ask.site.projects[desk.project];
        json!({
            "id": desk.id.to_string(),
            "projectId": project.id.to_string(),
            "projectName": project.name,
            "projectKey": project.key,
            "_links": {},
        })
    });
    page(ask, all.collect())
}

/// `GET servicedesk/{id}/queue`.
pub(crate) fn queues(ask: &mut Ask<'_>) -> Reply {
    let desk = wanted(ask)?;
    agent(ask, &ask.site.projects[desk.project])?;
    let count = ask.query.get("includeCount") == Some("true");
    let mut all = Vec::new();
    for (id, name, jql) in desk.queues {
        let mut queue =
            json!({"id": id, "name": name, "jql": jql, "fields": ["issuetype", "issuekey", "summary"], "_links": {}});
        if count {
            queue["issueCount"] = super::search::matching(ask, jql)?.len().into();
        }
        all.push(queue);
    }
    page(ask, all)
}

/// `GET servicedesk/{id}/requesttype`.
pub(crate) fn kinds(ask: &mut Ask<'_>) -> Reply {
    let desk = wanted(ask)?;
    let all = desk.kinds.iter().map(|kind| {
        json!({
            "id": kind.id,
            "name": kind.name,
            "description": kind.description,
            "helpText": "",
            "issueTypeId": kind.issue_type.id,
            "serviceDeskId": desk.id.to_string(),
            "groupIds": ["1"],
            "_links": {},
        })
    });
    page(ask, all.collect())
}

fn kind<'a>(desk: &'a Desk, id: &str) -> Result<&'a RequestKind, Refusal> {
    let found = desk.kinds.iter().find(|kind| kind.id == id);
    found.ok_or_else(|| Refusal::not_found("The request type you are trying to view does not exist."))
}

/// `GET servicedesk/{id}/requesttype/{id}/field`.
pub(crate) fn fields(ask: &mut Ask<'_>) -> Reply {
    let desk = wanted(ask)?;
    let kind = kind(desk, ask.param(1))?;
    let project = &ask.site.projects[desk.project];
    let type_use = project.type_use(kind.issue_type.id).ok_or_else(|| Refusal::not_found("There is no such type."))?;
    let screen = create_screen(&ask.view(), project, type_use);
    let shown = screen.iter().filter(|(slot, _)| kind.fields.contains(&slot.id()));
    let fields = shown.map(|(slot, required)| {
        let options: &[_] = match slot {
            Slot::Custom(field) => field.options,
            Slot::System(_) => &[],
        };
        let mut values: Vec<Value> =
            options.iter().map(|one| json!({"value": one.id, "label": one.value, "children": []})).collect();
        if slot.id() == "priority" {
            values = catalog::PRIORITIES
                .iter()
                .map(|one| json!({"value": one.id, "label": one.name, "children": []}))
                .collect();
        }
        json!({
            "fieldId": slot.id(),
            "name": slot.name(),
            "description": "",
            "required": required,
            "defaultValues": [],
            "validValues": values,
            "jiraSchema": schema(*slot),
            "visible": true,
        })
    });
    Ok(Answer::Ok(json!({
        "requestTypeFields": fields.collect::<Value>(),
        "canRaiseOnBehalfOf": true,
        "canAddRequestParticipants": true,
    })))
}

/// `POST request`.
pub(crate) fn create(ask: &mut Ask<'_>) -> Reply {
    let text = |name: &str| ask.body[name].as_str().unwrap_or_default().to_owned();
    let (desk, id) = (text("serviceDeskId"), text("requestTypeId"));
    let desk = seen(ask).find(|one| one.id.to_string() == desk).cloned();
    let desk = desk.ok_or_else(|| Refusal::not_found("The Service Desk you are trying to view does not exist."))?;
    let kind = kind(&desk, &id)?;
    let given = ask.body["requestFieldValues"].as_object().cloned().unwrap_or_default();
    if let Some(other) = given.keys().find(|key| !kind.fields.contains(&key.as_str())) {
        return Err(Refusal::bad(format!("The field '{other}' is not on the form of this request type.")));
    }
    let mut fields: Map<String, Value> = given;
    fields.insert("project".into(), json!({"key": ask.site.projects[desk.project].key}));
    fields.insert("issuetype".into(), json!({"id": kind.issue_type.id}));
    // Long text is plain here unless the request says otherwise.
    if ask.site.is_cloud() && ask.body["isAdfRequest"] != json!(true) {
        for id in ["description", "environment"] {
            if let Some(Value::String(words)) = fields.get(id) {
                let document = adf::from_text(words);
                fields.insert(id.into(), document);
            }
        }
    }
    let body = json!({"fields": fields});
    let Answer::Created(made) = issue::create(&mut Ask { body: &body, site: &mut *ask.site, ..*ask })? else {
        return Err(Refusal::bad("The request could not be created."));
    };
    Ok(Answer::Created(json!({
        "issueId": made["id"],
        "issueKey": made["key"],
        "requestTypeId": kind.id,
        "serviceDeskId": desk.id.to_string(),
        "currentStatus": {"status": "Waiting for support"},
        "_links": {},
    })))
}

/// `GET request/{key}/sla`.
pub(crate) fn slas(ask: &mut Ask<'_>) -> Reply {
    let issue = ask.issue(ask.path_issue()?);
    let desk = ask.site.desks.iter().find(|desk| desk.project == issue.project);
    let kinds = desk.map_or(&[][..], |desk| desk.kinds);
    if !kinds.iter().any(|kind| kind.issue_type == issue.issue_type) {
        return Err(Refusal::not_found("The issue is not a customer request."));
    }
    agent(ask, ask.site.project_of(issue))?;
    let all = GOALS.iter().zip(1..).map(|((name, goal), id)| {
        let stopped = match id {
            1 => issue.comments.first().map(|comment| comment.created),
            _ => issue.resolved,
        };
        let cycle = cycle(issue, stopped, *goal, ask.now);
        let (running, over) = if stopped.is_some() { (Value::Null, json!([cycle])) } else { (cycle, json!([])) };
        let mut value = json!({"id": id.to_string(), "name": name, "_links": {}, "completedCycles": over});
        if !running.is_null() {
            value["ongoingCycle"] = running;
        }
        value
    });
    page(ask, all.collect())
}

fn cycle(issue: &Issue, stopped: Option<Timestamp>, goal: i64, now: Timestamp) -> Value {
    let elapsed = stopped.unwrap_or(now).as_millisecond() - issue.created.as_millisecond();
    let span = |millis: i64| json!({"millis": millis, "friendly": format!("{}h", millis / HOUR)});
    let mut value = json!({
        "startTime": {"epochMillis": issue.created.as_millisecond()},
        "breached": elapsed > goal,
        "goalDuration": span(goal),
        "elapsedTime": span(elapsed),
        "remainingTime": span(goal - elapsed),
    });
    match stopped {
        Some(at) => value["stopTime"] = json!({"epochMillis": at.as_millisecond()}),
        None => value["paused"] = false.into(),
    }
    value
}
