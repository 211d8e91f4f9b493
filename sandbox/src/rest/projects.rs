//! `project`.
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Permission, Project};

fn visible<'a>(ask: &'a Ask<'_>) -> impl Iterator<Item = &'a Project> {
    ask.site.projects.iter().filter(|project| project.may(&ask.me.id, Permission::Browse))
}

/// `GET project/search` (Cloud): paged, `query` looks at key and name, `action` at what the asker may do.
pub(crate) fn search(ask: &mut Ask<'_>) -> Reply {
    let (start, most) = ask.query.page(50, 100)?;
    let action = match ask.query.get("action") {
        None | Some("view") => Permission::Browse,
        Some("browse") => Permission::Browse,
        Some("edit") => Permission::Administer,
        Some("create") => Permission::Create,
        Some(other) => return Err(Refusal::bad(format!("The action '{other}' is not valid."))),
    };
    let words = ask.query.get("query").map(str::to_lowercase);
    let keys = ask.query.list("keys");
    let mut found: Vec<&Project> = visible(ask)
        .filter(|one| one.may(&ask.me.id, action))
        .filter(|one| keys.is_empty() || keys.contains(&one.key))
        .filter(|one| {
            words
                .as_ref()
                .is_none_or(|words| one.key.to_lowercase().contains(words) || one.name.to_lowercase().contains(words))
        })
        .collect();
    found.sort_by_key(|one| one.key);
    let view = ask.view();
    let total = found.len();
    let values: Vec<Value> = found
        .into_iter()
        .skip(start)
        .take(most)
        .map(|one| {
            let mut value = view.project(one);
            value["style"] = "classic".into();
            value["isPrivate"] = false.into();
            value
        })
        .collect();
    let page = |start: usize| format!("{}/project/search?maxResults={most}&startAt={start}", ask.site.api);
    let is_last = start + values.len() >= total;
    let mut value =
        json!({"self": page(start), "maxResults": most, "startAt": start, "total": total, "isLast": is_last});
    if !is_last {
        value["nextPage"] = page(start + values.len()).into();
    }
    value["values"] = values.into();
    Ok(Answer::Ok(value))
}

/// `GET project`: all of them.
pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let view = ask.view();
    let mut found: Vec<&Project> = visible(ask).collect();
    found.sort_by_key(|one| one.name);
    Ok(Answer::Ok(found.into_iter().map(|one| view.project(one)).collect()))
}

fn wanted<'a>(ask: &'a Ask<'_>) -> Result<&'a Project, Refusal> {
    ask.site.project_for(&ask.me.id, ask.param(0)).ok_or_else(|| Refusal::no_project(ask.param(0)))
}

/// `GET project/{key}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let project = wanted(ask)?;
    let view = ask.view();
    let mut value = view.project(project);
    value["description"] = project.description.into();
    value["lead"] = view.user_by_id(&project.lead);
    value["components"] = json!([]);
    value["issueTypes"] = project.types.iter().map(|one| view.issue_type(one.issue_type)).collect();
    value["assigneeType"] = "UNASSIGNED".into();
    value["versions"] = json!([]);
    value["roles"] = Value::Object(
        crate::world::Role::ALL
            .iter()
            .enumerate()
            .map(|(n, role)| {
                (role.name().to_owned(), format!("{}/project/{}/role/{}", ask.site.api, project.id, 10_001 + n).into())
            })
            .collect(),
    );
    Ok(Answer::Ok(value))
}

/// `GET project/{key}/statuses`: the statuses of each issue type.
pub(crate) fn statuses(ask: &mut Ask<'_>) -> Reply {
    let project = wanted(ask)?;
    let view = ask.view();
    let types = project.types.iter().map(|one| {
        json!({
            "self": format!("{}/issuetype/{}", ask.site.api, one.issue_type.id),
            "id": one.issue_type.id,
            "name": one.issue_type.name,
            "subtask": one.issue_type.subtask,
            "statuses": project.workflow.statuses.iter().map(|status| view.status(status)).collect::<Value>(),
        })
    });
    Ok(Answer::Ok(types.collect()))
}
