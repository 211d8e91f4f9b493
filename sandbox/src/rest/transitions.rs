//! `issue/{key}/transitions`.
use serde_json::{Value, json};

use super::meta;
use super::shape::View;
use super::update::{Changes, Set, Target};
use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Category, Change, ChangeItem, Issue, Permission, Transition};

/// `GET issue/{key}/transitions`: an empty list without the permission.
pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let issue = ask.issue(ask.path_issue()?);
    let fields = ask.query.list("expand").contains(&"transitions.fields");
    let mut transitions = available(&ask.view(), issue, fields);
    if let (Some(only), Some(list)) = (ask.query.get("transitionId"), transitions.as_array_mut()) {
        list.retain(|one| one["id"] == only);
    }
    Ok(Answer::Ok(json!({"expand": "transitions", "transitions": transitions})))
}

fn possible(view: &View<'_>, issue: &Issue) -> Vec<&'static Transition> {
    let project = view.site.project_of(issue);
    if !project.may(&view.me.id, Permission::Transition) {
        return Vec::new();
    }
    project.workflow.leaving(issue.status).collect()
}

/// The transitions that the viewer may make now.
pub(crate) fn available(view: &View<'_>, issue: &Issue, fields: bool) -> Value {
    let transitions = possible(view, issue).into_iter().map(|transition| {
        let mut value = json!({
            "id": transition.id,
            "name": transition.name,
            "to": view.status(transition.to),
        });
        if view.site.is_cloud() {
            value["hasScreen"] = (!transition.screen.is_empty()).into();
            value["isGlobal"] = transition.from.is_empty().into();
            value["isInitial"] = false.into();
            value["isAvailable"] = true.into();
            value["isConditional"] = false.into();
            value["isLooped"] = false.into();
        }
        if fields {
            value["fields"] = view.screen_meta(meta::transition_screen(transition.screen), issue);
        }
        value
    });
    transitions.collect()
}

/// `POST issue/{key}/transitions`.
pub(crate) fn go(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let wanted = match ask.body.pointer("/transition/id") {
        Some(Value::String(wanted)) => wanted.clone(),
        Some(_) => return Err(Refusal::bad("The transition id must be a string.")),
        None => return Err(Refusal::field("transition", "Transition id must be specified.")),
    };
    let found = possible(&ask.view(), ask.issue(id)).into_iter().find(|one| one.id == wanted);
    let Some(transition) = found else {
        return Err(Refusal::bad(format!("Transition id '{wanted}' is not valid for this issue.")));
    };
    let screen = meta::transition_screen(transition.screen);
    let target = Target { project: ask.issue(id).project, issue: Some(id), screen: &screen, complete: true };
    let mut changes = ask.changes(target, &[])?;
    let given = changes.sets.iter().any(|set| matches!(set, Set::Resolution(_)));
    if transition.to.category != Category::Done {
        changes.sets.push(Set::Resolution(None));
    } else if !given && transition.resolution.is_some() && ask.issue(id).resolution.is_none() {
        changes.sets.push(Set::Resolution(transition.resolution));
    }
    move_on(ask, id, transition, changes);
    Ok(Answer::NoContent)
}

fn move_on(ask: &mut Ask<'_>, id: u64, transition: &'static Transition, changes: Changes) {
    ask.apply(id, changes);
    let (author, at) = (ask.me.id.clone(), ask.now);
    let change_id = ask.site.fresh_id();
    let issue = ask.issue_mut(id);
    let from = std::mem::replace(&mut issue.status, transition.to);
    let item = ChangeItem { field: "status".into(), from: Some(from.name.into()), to: Some(transition.to.name.into()) };
    issue.history.push(Change { id: change_id, author, at, items: vec![item] });
}
