//! Which field a name means, and which values a word means there.
use super::{Scope, Single};
use crate::world::{CustomKind, Field, Kind, Permission, PersonId, SprintState, catalog};

/// A searchable field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Searchable {
    System(&'static str),
    Custom(&'static Field),
}

impl Searchable {
    pub fn name(self) -> &'static str {
        match self {
            Self::System(name) => name,
            Self::Custom(field) => field.name,
        }
    }
}

/// Every name that JQL knows for a system field.
const NAMES: [(&str, &str); 37] = [
    ("key", "key"),
    ("issuekey", "key"),
    ("issue", "key"),
    ("id", "key"),
    ("project", "project"),
    ("status", "status"),
    ("statuscategory", "statuscategory"),
    ("assignee", "assignee"),
    ("reporter", "reporter"),
    ("creator", "creator"),
    ("watcher", "watcher"),
    ("voter", "voter"),
    ("type", "issuetype"),
    ("issuetype", "issuetype"),
    ("priority", "priority"),
    ("resolution", "resolution"),
    ("labels", "labels"),
    ("label", "labels"),
    ("summary", "summary"),
    ("description", "description"),
    ("comment", "comment"),
    ("text", "text"),
    ("created", "created"),
    ("createddate", "created"),
    ("updated", "updated"),
    ("updateddate", "updated"),
    ("due", "duedate"),
    ("duedate", "duedate"),
    ("resolved", "resolutiondate"),
    ("resolutiondate", "resolutiondate"),
    ("sprint", "sprint"),
    ("rank", "rank"),
    ("parent", "parent"),
    ("level", "level"),
    ("worklogauthor", "worklogauthor"),
    ("lastviewed", "lastviewed"),
    ("worklogdate", "worklogdate"),
];

/// The field of this name: a system field, `cf[10042]`, `customfield_10042` or a custom field's own name, with or without
/// `[Dropdown]` behind it.
pub(super) fn field(scope: Scope<'_>, name: &str) -> Result<Searchable, String> {
    let lower = name.to_lowercase();
    if let Some((_, field)) = NAMES.iter().find(|(one, _)| *one == lower) {
        return Ok(Searchable::System(field));
    }
    let plain =
        lower.split_once('[').filter(|(plain, _)| *plain != "cf").map_or(lower.as_str(), |(plain, _)| plain.trim_end());
    let custom = scope.view.site.custom_fields().iter().find(|field| {
        lower == field.id || lower == format!("cf[{}]", field.number) || plain == field.name.to_lowercase()
    });
    match custom {
        Some(field) if field.kind == CustomKind::Sprint => Ok(Searchable::System("sprint")),
        Some(field) => Ok(Searchable::Custom(field)),
        None => Err(format!("Field '{name}' does not exist or you do not have permission to view it.")),
    }
}

/// The ids that a value stands for in a field that holds ids. A function may stand for several.
pub(super) fn ids(scope: Scope<'_>, field: Searchable, name: &str, value: &Single) -> Result<Vec<String>, String> {
    match value {
        Single::Empty => Ok(Vec::new()),
        Single::Function { name: function, arguments } => by_function(scope, field, function, arguments),
        Single::Text(text) => by_text(scope, field, text).ok_or_else(|| missing(field, name, text)),
    }
}

fn missing(field: Searchable, name: &str, text: &str) -> String {
    match field {
        Searchable::System("key") => format!("An issue with key '{text}' does not exist for field '{name}'."),
        Searchable::Custom(_) => format!("The option '{text}' for field '{name}' does not exist."),
        _ => format!("The value '{text}' does not exist for the field '{name}'."),
    }
}

fn one(id: impl Into<String>) -> Option<Vec<String>> {
    Some(vec![id.into()])
}

fn by_text(scope: Scope<'_>, field: Searchable, text: &str) -> Option<Vec<String>> {
    let site = scope.view.site;
    let me = &scope.view.me.id;
    let same = |name: &str| name.eq_ignore_ascii_case(text);
    let issue = || site.find(text).filter(|id| site.sees(me, &site.issues[id])).map(|id| id.to_string());
    let name = match field {
        Searchable::Custom(field) => return custom(scope, field, text),
        Searchable::System(name) => name,
    };
    match name {
        "key" | "parent" => one(issue()?),
        "project" => {
            let found = site.projects.iter().find(|one| same(one.key) || same(one.name) || one.id.to_string() == text);
            one(found.filter(|project| project.may(me, Permission::Browse))?.key)
        }
        "status" => one(site.statuses().into_iter().find(|status| same(status.name) || status.id == text)?.id),
        "statuscategory" => {
            let all = [catalog::Category::New, catalog::Category::Indeterminate, catalog::Category::Done];
            let found = all.into_iter().find(|category| {
                let (id, key, name, _) = category.parts();
                same(key) || same(name) || id.to_string() == text
            });
            one(found?.parts().1)
        }
        "issuetype" => one(catalog::ISSUE_TYPES.iter().find(|one| same(one.name) || one.id == text)?.id),
        "priority" => one(catalog::priority(text)?.id),
        "resolution" if same("unresolved") => Some(Vec::new()),
        "resolution" => one(catalog::resolution(text)?.id),
        // Any word may be a label.
        "labels" => one(text),
        "assignee" | "reporter" | "creator" | "watcher" | "voter" | "worklogauthor" => {
            one(person(scope, text)?.as_str())
        }
        "sprint" => {
            one(site.sprints.iter().find(|sprint| same(&sprint.name) || sprint.id.to_string() == text)?.id.to_string())
        }
        "level" => {
            let levels = site.projects.iter().flat_map(|project| &project.levels);
            let mut mine = levels.filter(|level| level.people.contains(me));
            one(mine.find(|level| same(level.name) || level.id == text)?.id)
        }
        _ => None,
    }
}

fn custom(scope: Scope<'_>, field: &Field, text: &str) -> Option<Vec<String>> {
    match field.kind {
        CustomKind::Select | CustomKind::MultiSelect => {
            one(field.options.iter().find(|option| option.value.eq_ignore_ascii_case(text) || option.id == text)?.id)
        }
        CustomKind::User | CustomKind::MultiUser => one(person(scope, text)?.as_str()),
        _ => one(text),
    }
}

/// Cloud knows people by account id only, Data Center by user name or key.
fn person(scope: Scope<'_>, text: &str) -> Option<PersonId> {
    let cloud = matches!(scope.view.site.kind, Kind::Cloud { .. });
    let known = scope.view.people.iter().find(|one| {
        if cloud { one.account_id == text } else { one.dc_name.eq_ignore_ascii_case(text) || one.dc_key == text }
    });
    known.map(|person| person.id.clone())
}

fn by_function(
    scope: Scope<'_>,
    field: Searchable,
    function: &str,
    arguments: &[String],
) -> Result<Vec<String>, String> {
    let site = scope.view.site;
    let me = &scope.view.me.id;
    let users = match field {
        Searchable::System(name) => {
            matches!(name, "assignee" | "reporter" | "creator" | "watcher" | "voter" | "worklogauthor")
        }
        Searchable::Custom(field) => matches!(field.kind, CustomKind::User | CustomKind::MultiUser),
    };
    let sprints = |state: SprintState| {
        site.sprints
            .iter()
            .filter(move |sprint| sprint.state == state)
            .map(|sprint| sprint.id.to_string())
            .collect::<Vec<_>>()
    };
    let is = |name: &str| matches!(field, Searchable::System(one) if one == name);
    let found = match function.to_ascii_lowercase().as_str() {
        "currentuser" if users => Some(vec![me.to_string()]),
        "membersof" if users => {
            let group = arguments.first().map_or("", String::as_str);
            let members = scope
                .view
                .people
                .iter()
                .filter(|person| person.groups.iter().any(|one| one.eq_ignore_ascii_case(group)));
            let members: Vec<String> = members.map(|person| person.id.to_string()).collect();
            if members.is_empty() {
                return Err(format!(
                    "Function 'membersOf' can not generate a list of usernames for group '{group}'; the group does not exist."
                ));
            }
            Some(members)
        }
        "opensprints" if is("sprint") => Some(sprints(SprintState::Active)),
        "closedsprints" if is("sprint") => Some(sprints(SprintState::Closed)),
        "futuresprints" if is("sprint") => Some(sprints(SprintState::Future)),
        "watchedissues" if is("key") => Some(
            site.issues
                .values()
                .filter(|issue| issue.watchers.contains(me))
                .map(|issue| issue.id.to_string())
                .collect(),
        ),
        "issuehistory" if is("key") => Some(
            site.issues
                .values()
                .filter(|issue| issue.viewed.contains_key(me))
                .map(|issue| issue.id.to_string())
                .collect(),
        ),
        "votedissues" if is("key") => Some(
            site.issues.values().filter(|issue| issue.voters.contains(me)).map(|issue| issue.id.to_string()).collect(),
        ),
        _ => None,
    };
    found.ok_or_else(|| format!("Unable to find JQL function '{function}({})'.", arguments.join(", ")))
}
