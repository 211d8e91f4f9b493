//! `myself`, `serverInfo`, `mypermissions`.
use serde_json::{Map, Value, json};

use super::shape::time;
use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Permission, Permissions};

/// `GET myself`. `expand=groups` lists the groups; without it only their number shows.
pub(crate) fn myself(ask: &mut Ask<'_>) -> Reply {
    let mut value = ask.view().user(ask.me);
    if ask.site.is_cloud() {
        value["emailAddress"] = ask.me.email.as_str().into();
    }
    value["locale"] = "en_GB".into();
    let groups = &ask.me.groups;
    let items: Vec<Value> = if ask.query.list("expand").contains(&"groups") {
        groups
            .iter()
            .map(|group| json!({"name": group, "self": format!("{}/group?groupname={group}", ask.site.api)}))
            .collect()
    } else {
        Vec::new()
    };
    value["groups"] = json!({"size": groups.len(), "items": items});
    value["applicationRoles"] = json!({"size": 1, "items": []});
    value["expand"] = "groups,applicationRoles".into();
    Ok(Answer::Ok(value))
}

/// `GET serverInfo`.
pub(crate) fn server_info(ask: &mut Ask<'_>) -> Reply {
    let mut value = json!({
        "baseUrl": ask.site.url,
        "version": "10.3.24",
        "versionNumbers": [10, 3, 24],
        "deploymentType": "Server",
        "buildNumber": 10030024,
        "buildDate": "2026-01-12T00:00:00.000+0000",
        "serverTime": time(ask.now),
        "scmInfo": "0000000000000000000000000000000000000000",
        "serverTitle": "Corp Jira",
    });
    if ask.site.is_cloud() {
        value["version"] = "1001.0.0-SNAPSHOT".into();
        value["versionNumbers"] = json!([1001, 0, 0]);
        value["deploymentType"] = "Cloud".into();
        value["buildNumber"] = 100_290.into();
        value["serverTitle"] = "Jira".into();
        value["displayUrl"] = ask.site.url.as_str().into();
        value["serverTimeZone"] = "Etc/UTC".into();
    }
    Ok(Answer::Ok(value))
}

/// `GET mypermissions`: for a project or an issue, or for any project when neither is given.
pub(crate) fn my_permissions(ask: &mut Ask<'_>) -> Reply {
    let asked = ask.query.list("permissions");
    if ask.site.is_cloud() && asked.is_empty() {
        return Err(Refusal::bad("The 'permissions' query parameter is required."));
    }
    let mut wanted = Vec::new();
    for key in asked {
        let permission = Permission::with_key(key);
        wanted.push(permission.ok_or_else(|| Refusal::bad(format!("Unrecognized permission: '{key}'")))?);
    }
    if wanted.is_empty() {
        wanted.extend(Permission::ALL);
    }
    let (key, id) = (
        ask.query.get("issueKey").or_else(|| ask.query.get("issueId")),
        ask.query.get("projectKey").or_else(|| ask.query.get("projectId")),
    );
    let mine = |project: &crate::world::Project| {
        project.members.get(&ask.me.id).map_or(Permissions::default(), |(_, set)| *set)
    };
    let has: Box<dyn Fn(Permission) -> bool> = match (key, id) {
        (Some(issue), _) => {
            let set = mine(ask.project_of(ask.issue_id(issue)?));
            Box::new(move |one| set.has(one))
        }
        (None, Some(project)) => {
            let project = ask.site.project_for(&ask.me.id, project).ok_or_else(|| Refusal::no_project(project))?;
            let set = mine(project);
            Box::new(move |one| set.has(one))
        }
        (None, None) => {
            let all: Vec<Permissions> = ask.site.projects.iter().map(mine).collect();
            Box::new(move |one| all.iter().any(|set| set.has(one)))
        }
    };
    let permissions: Map<String, Value> = wanted
        .into_iter()
        .map(|one| {
            let value = json!({
                "id": (one as u32 + 10).to_string(),
                "key": one.key(),
                "name": one.title(),
                "type": "PROJECT",
                "description": one.title(),
                "havePermission": has(one),
            });
            (one.key().to_owned(), value)
        })
        .collect();
    Ok(Answer::Ok(json!({"permissions": permissions})))
}
