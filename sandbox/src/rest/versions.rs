//! `version`: the versions of projects; and `component`, which only lists.
use jiff::{civil::Date, tz::TimeZone};
use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply, values};
use crate::world::{Permission, Project, Version};

fn project<'a>(ask: &'a Ask<'_>) -> Result<(usize, &'a Project), Refusal> {
    let found = ask.site.project_for(&ask.me.id, ask.param(0)).ok_or_else(|| Refusal::no_project(ask.param(0)))?;
    let place = ask.site.projects.iter().position(|one| one.id == found.id).unwrap_or(0);
    Ok((place, found))
}

fn shape(ask: &Ask<'_>, version: &Version) -> Value {
    let today = ask.now.to_zoned(TimeZone::UTC).date();
    let mut value = json!({
        "self": format!("{}/version/{}", ask.site.api, version.id),
        "id": version.id.to_string(),
        "name": version.name,
        "archived": version.archived,
        "released": version.released,
        "projectId": ask.site.projects[version.project].id,
    });
    if !version.description.is_empty() {
        value["description"] = version.description.as_str().into();
    }
    if let Some(date) = version.date {
        value["releaseDate"] = date.to_string().into();
        value["userReleaseDate"] = date.strftime("%d/%b/%y").to_string().into();
        if !version.released {
            value["overdue"] = (date < today).into();
        }
    }
    value
}

/// `GET project/{key}/versions`.
pub(crate) fn list(ask: &mut Ask<'_>) -> Reply {
    let (place, _) = project(ask)?;
    let found = ask.site.versions.iter().filter(|one| one.project == place);
    Ok(Answer::Ok(found.map(|one| shape(ask, one)).collect()))
}

/// `GET project/{key}/components`.
pub(crate) fn components(ask: &mut Ask<'_>) -> Reply {
    let (place, project) = project(ask)?;
    let view = ask.view();
    let found = ask.site.components.iter().filter(|one| one.project == place).map(|one| {
        let mut value = json!({
            "self": format!("{}/component/{}", ask.site.api, one.id),
            "id": one.id.to_string(),
            "name": one.name,
            "description": one.description,
            "assigneeType": "PROJECT_DEFAULT",
            "project": project.key,
            "projectId": project.id,
        });
        if let Some(lead) = &one.lead {
            value["lead"] = view.user_by_id(lead);
        }
        value
    });
    Ok(Answer::Ok(found.collect()))
}

fn place(ask: &Ask<'_>, id: &str) -> Result<usize, Refusal> {
    let found =
        ask.site.versions.iter().position(|one| {
            one.id.to_string() == id && ask.site.projects[one.project].may(&ask.me.id, Permission::Browse)
        });
    found.ok_or_else(|| Refusal::not_found(format!("Could not find version for id '{id}'")))
}

/// `GET version/{id}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let place = place(ask, ask.param(0))?;
    Ok(Answer::Ok(shape(ask, &ask.site.versions[place])))
}

/// `GET version/{id}/unresolvedIssueCount`.
pub(crate) fn unresolved(ask: &mut Ask<'_>) -> Reply {
    let place = place(ask, ask.param(0))?;
    let id = ask.site.versions[place].id;
    let all: Vec<_> = ask.site.issues.values().filter(|issue| issue.fix_versions.contains(&id)).collect();
    let open = all.iter().filter(|issue| issue.resolution.is_none()).count();
    let mut value = json!({"self": format!("{}/version/{id}", ask.site.api), "issuesUnresolvedCount": open});
    if ask.site.is_cloud() {
        value["issuesCount"] = all.len().into();
    }
    Ok(Answer::Ok(value))
}

fn may_change(ask: &Ask<'_>, project: usize) -> Result<(), Refusal> {
    match ask.site.projects[project].may(&ask.me.id, Permission::Administer) {
        true => Ok(()),
        // Jira answers 404 here, as if there were no such project.
        false => Err(Refusal::not_found("You must have global or project administrator rights to modify versions.")),
    }
}

fn date(value: &Value) -> Result<Option<Date>, Refusal> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => values::day(text).map(Some).ok_or_else(|| {
            Refusal::field("releaseDate", "The date you entered is not valid. Use the format yyyy-MM-dd.")
        }),
        _ => Err(Refusal::field("releaseDate", "A date is a string.")),
    }
}

fn name(ask: &Ask<'_>, project: usize, value: &Value, this: Option<u64>) -> Result<String, Refusal> {
    let name = value.as_str().map(str::trim).filter(|name| !name.is_empty() && name.chars().count() <= 255);
    let name = name.ok_or_else(|| Refusal::field("name", "You must specify a valid version name"))?;
    let taken = |one: &&Version| one.project == project && one.name.eq_ignore_ascii_case(name) && Some(one.id) != this;
    match ask.site.versions.iter().find(taken) {
        Some(_) => Err(Refusal::field("name", "A version with this name already exists in this project.")),
        None => Ok(name.to_owned()),
    }
}

/// `POST version`.
pub(crate) fn create(ask: &mut Ask<'_>) -> Reply {
    let wanted = match (&ask.body["projectId"], &ask.body["project"]) {
        (Value::Number(id), _) => id.to_string(),
        (_, Value::String(key)) => key.clone(),
        _ => return Err(Refusal::field("projectId", "A project is required.")),
    };
    let found = ask.site.project_for(&ask.me.id, &wanted).map(|project| project.id);
    let project = ask.site.projects.iter().position(|one| Some(one.id) == found);
    let project = project.ok_or_else(|| Refusal::no_project(&wanted))?;
    may_change(ask, project)?;
    let version = Version {
        id: 0,
        project,
        name: name(ask, project, &ask.body["name"], None)?,
        description: ask.body["description"].as_str().unwrap_or_default().to_owned(),
        date: date(&ask.body["releaseDate"])?,
        released: ask.body["released"].as_bool().unwrap_or(false),
        archived: ask.body["archived"].as_bool().unwrap_or(false),
    };
    let version = Version { id: ask.site.fresh_id(), ..version };
    let shown = shape(ask, &version);
    ask.site.versions.push(version);
    Ok(Answer::Created(shown))
}

/// `PUT version/{id}`: what is left out stays.
pub(crate) fn update(ask: &mut Ask<'_>) -> Reply {
    let place = place(ask, ask.param(0))?;
    let mut version = ask.site.versions[place].clone();
    may_change(ask, version.project)?;
    if let Some(value) = ask.body.get("name") {
        version.name = name(ask, version.project, value, Some(version.id))?;
    }
    if let Some(text) = ask.body["description"].as_str() {
        version.description = text.to_owned();
    }
    if let Some(value) = ask.body.get("releaseDate") {
        version.date = date(value)?;
    }
    if let Some(archived) = ask.body["archived"].as_bool() {
        version.archived = archived;
    }
    let released = ask.body["released"].as_bool().unwrap_or(version.released);
    if let Some(other) = ask.body["moveUnfixedIssuesTo"].as_str() {
        move_open(ask, &version, other)?;
    }
    version.released = released;
    let shown = shape(ask, &version);
    ask.site.versions[place] = version;
    Ok(Answer::Ok(shown))
}

/// Gives the open issues of a version to another one, which is named by its own address.
fn move_open(ask: &mut Ask<'_>, version: &Version, address: &str) -> Result<(), Refusal> {
    let base = format!("{}/version/", ask.site.api);
    let other = address.strip_prefix(&base).and_then(|id| id.parse::<u64>().ok());
    let known = ask.site.versions.iter().find(|one| Some(one.id) == other && one.project == version.project);
    let to = known.ok_or_else(|| Refusal::field("moveUnfixedIssuesTo", "There is no such version."))?.id;
    for issue in ask.site.issues.values_mut() {
        if issue.resolution.is_none() && issue.fix_versions.remove(&version.id) {
            issue.fix_versions.insert(to);
        }
    }
    Ok(())
}
