//! `user`: look-ups by name for completion and assignment.
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::{Permission, Person, Project};

/// Whether a word begins the name, one of its words, the user name or the address.
fn matches(person: &Person, words: &str, cloud: bool) -> bool {
    let words = words.trim().to_lowercase();
    let name = person.name.to_lowercase();
    let starts = |text: &str| text.starts_with(&words);
    // "." and "" find everybody on Data Center.
    words.is_empty()
        || words == "."
        || starts(&name)
        || name.split(' ').any(starts)
        || starts(&person.email)
        || (!cloud && starts(&person.dc_name))
}

/// What to look for: `query` on Cloud, `username` on Data Center. The other kind's parameter counts as missing.
fn words<'a>(ask: &'a Ask<'_>) -> Option<&'a str> {
    ask.query.get(if ask.site.is_cloud() { "query" } else { "username" })
}

fn page(ask: &Ask<'_>, people: Vec<&Person>) -> Reply {
    let (start, most) = ask.query.page(50, 1_000)?;
    let view = ask.view();
    Ok(Answer::Ok(people.into_iter().skip(start).take(most).map(|person| view.user(person)).collect()))
}

/// `GET user`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let name = if ask.site.is_cloud() { "accountId" } else { "username" };
    let Some(key) = ask.query.get(name) else {
        return Err(Refusal::bad(format!("The query parameter '{name}' is missing.")));
    };
    let found = ask
        .person_by_key(key)
        .ok_or_else(|| Refusal::not_found("Specified user does not exist or you do not have required permissions"))?;
    Ok(Answer::Ok(ask.view().user_by_id(&found)))
}

/// `GET user/search`.
pub(crate) fn search(ask: &mut Ask<'_>) -> Reply {
    let cloud = ask.site.is_cloud();
    if let Some(id) = ask.query.get("accountId").filter(|_| cloud) {
        return page(ask, ask.people.iter().filter(|person| person.account_id == id).collect());
    }
    let Some(words) = words(ask) else {
        let name = if cloud { "query" } else { "username" };
        return Err(Refusal::bad(format!("The query parameter '{name}' is missing.")));
    };
    page(ask, ask.people.iter().filter(|person| matches(person, words, cloud)).collect())
}

/// `GET user/assignable/search` for an issue or a project.
pub(crate) fn assignable(ask: &mut Ask<'_>) -> Reply {
    let project: &Project =
        match (ask.query.get("issueKey").or_else(|| ask.query.get("issueId")), ask.query.get("project")) {
            (Some(issue), _) => ask.project_of(ask.issue_id(issue)?),
            (None, Some(project)) => {
                ask.site.project_for(&ask.me.id, project).ok_or_else(|| Refusal::no_project(project))?
            }
            (None, None) => return Err(Refusal::bad("Project or issue key must be specified to conduct a search.")),
        };
    let cloud = ask.site.is_cloud();
    let words = words(ask).unwrap_or_default();
    let id = ask.query.get("accountId").filter(|_| cloud);
    let found = ask.people.iter().filter(|person| {
        project.may(&person.id, Permission::Assignable)
            && matches(person, words, cloud)
            && id.is_none_or(|id| person.account_id == id)
    });
    page(ask, found.collect())
}

/// `GET user/picker`.
pub(crate) fn picker(ask: &mut Ask<'_>) -> Reply {
    let Some(words) = ask.query.get("query") else {
        return Err(Refusal::bad("The query parameter 'query' is missing."));
    };
    let most = ask.query.number("maxResults", 50)?;
    let cloud = ask.site.is_cloud();
    let all: Vec<&Person> = ask.people.iter().filter(|person| matches(person, words, cloud)).collect();
    let users: Vec<Value> = all
        .iter()
        .take(most)
        .map(|person| {
            let mut value = json!({"html": person.name, "displayName": person.name});
            if cloud {
                value["accountId"] = person.account_id.as_str().into();
                value["accountType"] = "atlassian".into();
            } else {
                value["name"] = person.dc_name.as_str().into();
                value["key"] = person.dc_key.as_str().into();
            }
            value
        })
        .collect();
    let header = format!("Showing {} of {} matching users", users.len(), all.len());
    Ok(Answer::Ok(json!({"users": users, "total": all.len(), "header": header})))
}

/// `GET user/groups` (Cloud).
pub(crate) fn groups(ask: &mut Ask<'_>) -> Reply {
    let Some(id) = ask.query.get("accountId") else {
        return Err(Refusal::bad("The query parameter 'accountId' is missing."));
    };
    let found = ask.people.iter().find(|person| person.account_id == id);
    let person = found
        .ok_or_else(|| Refusal::not_found("Specified user does not exist or you do not have required permissions"))?;
    let link = |group: &str| format!("{}/group?groupname={group}", ask.site.api);
    Ok(Answer::Ok(person.groups.iter().map(|group| json!({"name": group, "self": link(group)})).collect()))
}

/// `GET groups/picker`.
pub(crate) fn group_picker(ask: &mut Ask<'_>) -> Reply {
    let words = ask.query.get("query").unwrap_or_default().to_lowercase();
    let most = ask.query.number("maxResults", 20)?;
    let all: BTreeSet<&str> = ask.people.iter().flat_map(|person| person.groups.iter().copied()).collect();
    let found: Vec<&str> = all.into_iter().filter(|group| group.contains(&words)).collect();
    let groups: Vec<Value> =
        found.iter().take(most).map(|group| json!({"name": group, "html": group, "labels": []})).collect();
    let header = format!("Showing {} of {} matching groups", groups.len(), found.len());
    Ok(Answer::Ok(json!({"groups": groups, "total": found.len(), "header": header})))
}
