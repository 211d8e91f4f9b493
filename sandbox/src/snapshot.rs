//! Issues, versions and sprints as tests look at them: people by the sandbox's own names, long text as words.
use serde_json::{Map, Value, json};

use crate::world::{Issue, RichText, Site, Sprint, Version, Visibility};

/// The issue as plain JSON.
pub(crate) fn issue(site: &Site, issue: &Issue) -> Value {
    let readers = |visibility: Option<&Visibility>| match visibility {
        None => Value::Null,
        Some(Visibility::Role(role)) => format!("role:{}", role.name()).into(),
        Some(Visibility::Group(group)) => format!("group:{group}").into(),
    };
    let plain = |text: Option<&RichText>| text.map(RichText::plain);
    let comments: Vec<Value> = issue
        .comments
        .iter()
        .map(|one| {
            json!({
                "id": one.id.to_string(),
                "author": one.author.as_str(),
                "text": one.body.plain(),
                "body": one.body.to_json(),
                "visibility": readers(one.visibility.as_ref()),
            })
        })
        .collect();
    let worklogs: Vec<Value> = issue
        .worklogs
        .iter()
        .map(|one| {
            json!({
                "id": one.id.to_string(),
                "author": one.author.as_str(),
                "seconds": one.seconds,
                "started": one.started.to_string(),
                "text": plain(one.comment.as_ref()),
            })
        })
        .collect();
    let custom: Map<String, Value> = site
        .custom_fields()
        .iter()
        .filter_map(|field| {
            let value = issue.custom.get(field.id)?;
            let option = field.options.iter().find(|option| Some(option.id) == value.as_str());
            Some((field.name.to_owned(), option.map_or_else(|| value.clone(), |option| option.value.into())))
        })
        .collect();
    let parent = issue.parent.and_then(|id| site.issues.get(&id)).map(|parent| parent.key.as_str());
    let links: Vec<Value> = site
        .links
        .iter()
        .filter(|link| link.from == issue.id)
        .filter_map(|link| Some(json!({"type": link.kind.name, "to": site.issues.get(&link.to)?.key})))
        .collect();
    json!({
        "site": site.name,
        "id": issue.id.to_string(),
        "key": issue.key,
        "project": site.project_of(issue).key,
        "type": issue.issue_type.name,
        "summary": issue.summary,
        "description": plain(issue.description.as_ref()),
        "status": issue.status.name,
        "resolution": issue.resolution.map(|one| one.name),
        "priority": issue.priority.map(|one| one.name),
        "labels": issue.labels,
        "assignee": issue.assignee.as_ref().map(|one| one.as_str()),
        "reporter": issue.reporter.as_str(),
        "creator": issue.creator.as_str(),
        "due": issue.due.map(|date| date.to_string()),
        "parent": parent,
        "sprint": issue.sprint,
        "originalEstimate": issue.original_estimate,
        "remainingEstimate": issue.remaining_estimate,
        "security": issue.security,
        "custom": custom,
        "comments": comments,
        "worklogs": worklogs,
        "attachments": issue.attachments.iter().map(|one| json!({"id": one.id.to_string(), "name": one.name, "bytes": one.content.len()})).collect::<Value>(),
        "watchers": issue.watchers.iter().map(|one| one.as_str()).collect::<Value>(),
        "webLinks": issue.web_links.iter().map(|one| json!([one.url, one.title])).collect::<Value>(),
        "voters": issue.voters.iter().map(|one| one.as_str()).collect::<Value>(),
        "properties": issue.properties,
        "links": links,
        "updated": issue.updated.to_string(),
    })
}

/// The version as plain JSON, with the keys of the issues that it brings.
pub(crate) fn version(site: &Site, version: &Version) -> Value {
    let brings = site.issues.values().filter(|issue| issue.fix_versions.contains(&version.id));
    json!({
        "project": site.projects[version.project].key,
        "name": version.name,
        "description": version.description,
        "date": version.date.map(|date| date.to_string()),
        "released": version.released,
        "brings": brings.map(|issue| issue.key.as_str()).collect::<Value>(),
    })
}

/// The sprint as plain JSON, with the keys of its issues.
pub(crate) fn sprint(site: &Site, sprint: &Sprint) -> Value {
    let holds = site.issues.values().filter(|issue| issue.sprint == Some(sprint.id));
    json!({
        "board": sprint.board,
        "state": sprint.state.name(),
        "start": sprint.start.map(|at| at.to_string()),
        "end": sprint.end.map(|at| at.to_string()),
        "goal": sprint.goal,
        "holds": holds.map(|issue| issue.key.as_str()).collect::<Value>(),
    })
}
