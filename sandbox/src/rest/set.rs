//! The new value of one field, read as strictly as Jira reads it.
use serde_json::Value;

use super::Ask;
use super::meta::Slot;
use super::update::{Set, Target};
use super::values::{day, duration, moment};
use crate::world::{CustomKind, Field, Named, OptionValue, Permission, PersonId, TEAMS, catalog};

impl Ask<'_> {
    /// Reads the new value of one field.
    pub fn set(&self, target: Target<'_>, slot: Slot, value: &Value) -> Result<Set, String> {
        let project = &self.site.projects[target.project];
        let required = target.screen.iter().any(|(one, required)| one.id() == slot.id() && *required);
        let emptied = value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty);
        if required && emptied {
            return Err(missing(slot));
        }
        let id = match slot {
            Slot::Custom(field) => return self.custom(field, value),
            Slot::System(id) => id,
        };
        Ok(match id {
            "summary" => Set::Summary(summary(value)?),
            "description" if value.is_null() => Set::Description(None),
            "description" => Set::Description(Some(self.rich_text(value)?)),
            "priority" => Set::Priority(named(value, &catalog::PRIORITIES, "priority")?),
            "resolution" => Set::Resolution(Some(named(value, &catalog::RESOLUTIONS, "resolution")?)),
            "labels" => Set::Labels(labels(value)?),
            "assignee" if value.is_null() => Set::Assignee(None),
            "assignee" => Set::Assignee(self.assignable(target.project, value)?),
            "reporter" => Set::Reporter(self.person(value)?),
            "duedate" if value.is_null() => Set::Due(None),
            "duedate" => {
                let text = value.as_str().ok_or("Operation value must be a string")?;
                Set::Due(Some(day(text).ok_or_else(|| format!("Error parsing date string: {text}"))?))
            }
            "parent" if value.is_null() => Set::Parent(None),
            "parent" => {
                let key = value.get("key").or_else(|| value.get("id")).and_then(Value::as_str);
                let parent =
                    key.and_then(|key| self.issue_id(key).ok()).filter(|id| self.issue(*id).project == target.project);
                Set::Parent(Some(parent.ok_or("Could not find issue by id or key.")?))
            }
            "security" if value.is_null() => Set::Security(None),
            "security" => {
                let wanted = value.get("id").or_else(|| value.get("name")).and_then(Value::as_str);
                let level = project.levels.iter().find(|level| Some(level.id) == wanted || Some(level.name) == wanted);
                let level = level.filter(|level| level.people.contains(&self.me.id));
                Set::Security(Some(level.ok_or("The security level is not valid.")?.id))
            }
            "issuetype" => {
                let wanted = value.get("id").or_else(|| value.get("name")).and_then(Value::as_str);
                let one = project
                    .types
                    .iter()
                    .find(|one| Some(one.issue_type.id) == wanted || Some(one.issue_type.name) == wanted);
                Set::Type(one.ok_or("The issue type selected is invalid.")?.issue_type)
            }
            "timetracking" => {
                let read = |name: &str| match value.get(name).and_then(Value::as_str) {
                    Some(text) => duration(text).map(Some).ok_or_else(|| format!("'{text}' is not a valid duration.")),
                    None => Ok(None),
                };
                Set::Estimates { original: read("originalEstimate")?, remaining: read("remainingEstimate")? }
            }
            _ => return Err(format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown.")),
        })
    }

    /// The person to assign; `-1` is whoever leads the project.
    pub fn assignable(&self, project: usize, value: &Value) -> Result<Option<PersonId>, String> {
        let project = &self.site.projects[project];
        let key = if self.site.is_cloud() { "accountId" } else { "name" };
        if value.get(key).and_then(Value::as_str) == Some("-1") {
            return Ok(Some(project.lead.clone()));
        }
        let person = self.person(value)?;
        if !project.may(&person, Permission::Assignable) {
            let shown = self.view().user_key(self.view().person(&person)).to_owned();
            return Err(format!("User '{shown}' cannot be assigned issues."));
        }
        Ok(Some(person))
    }

    /// The group that an object names.
    fn group(&self, value: &Value) -> Result<String, String> {
        let Some(object) = value.as_object() else { return Err("data was not an object".into()) };
        let name =
            object.get("name").and_then(Value::as_str).ok_or("expected an object containing a 'name' property")?;
        let known = self.people.iter().any(|person| person.groups.contains(&name));
        known.then(|| name.to_owned()).ok_or_else(|| format!("Group '{name}' does not exist."))
    }

    fn custom(&self, field: &'static Field, value: &Value) -> Result<Set, String> {
        if field.kind == CustomKind::Sprint {
            let Some(id) = value.as_u64() else {
                return if value.is_null() {
                    Ok(Set::Sprint(None))
                } else {
                    Err("Number value expected as the Sprint id.".into())
                };
            };
            let known = self.site.sprints.iter().any(|sprint| sprint.id == id);
            return known
                .then_some(Set::Sprint(Some(id)))
                .ok_or_else(|| format!("Sprint with id {id} does not exist."));
        }
        if value.is_null() {
            return Ok(Set::Custom(field, None));
        }
        let text = || value.as_str().ok_or_else(|| "Operation value must be a string".to_owned());
        let list = || value.as_array().ok_or_else(|| "data was not an array".to_owned());
        let stored = match field.kind {
            CustomKind::Text | CustomKind::Url => {
                let text = text()?;
                if field.kind == CustomKind::Url && url::Url::parse(text).is_err() {
                    return Err("Not a valid URL".into());
                }
                if text.chars().count() > 255 {
                    return Err("The entered text is too long. It exceeds the allowed limit of 255 characters.".into());
                }
                value.clone()
            }
            CustomKind::TextArea => self.rich_text(value)?.to_json(),
            CustomKind::Number => value.as_f64().map(|_| value.clone()).ok_or("Operation value must be a number")?,
            CustomKind::Date => {
                day(text()?).map(|_| value.clone()).ok_or_else(|| format!("Error parsing date string: {value}"))?
            }
            CustomKind::DateTime => {
                moment(text()?).map(|_| value.clone()).ok_or_else(|| format!("Error parsing time: {value}"))?
            }
            CustomKind::Select => option(field.options, value)?,
            CustomKind::MultiSelect => {
                list()?.iter().map(|one| option(field.options, one)).collect::<Result<_, _>>()?
            }
            CustomKind::User => self.person(value)?.as_str().into(),
            CustomKind::MultiUser => list()?
                .iter()
                .map(|one| Ok(Value::from(self.person(one)?.as_str())))
                .collect::<Result<Value, String>>()?,
            CustomKind::Labels => labels(value)?.into(),
            CustomKind::EpicLink => {
                let found = self.issue_id(text()?).ok().map(|id| self.issue(id));
                let epic = found.filter(|issue| issue.issue_type.level == 1);
                epic.map(|issue| issue.key.clone().into()).ok_or("Issue does not exist or is not an epic.")?
            }
            CustomKind::Group => self.group(value)?.into(),
            CustomKind::MultiGroup => {
                list()?.iter().map(|one| self.group(one).map(Value::from)).collect::<Result<Value, String>>()?
            }
            CustomKind::Team => {
                let id = text()?;
                let known = TEAMS.iter().any(|(team, _)| *team == id);
                known.then(|| value.clone()).ok_or_else(|| format!("Team with id '{id}' does not exist."))?
            }
            CustomKind::Sprint => Value::Null,
        };
        Ok(Set::Custom(field, Some(stored)))
    }
}

/// What Jira says where a required field is empty.
pub(crate) fn missing(slot: Slot) -> String {
    match slot.id() {
        "summary" => "You must specify a summary of the issue.".into(),
        "resolution" => "Resolution is required.".into(),
        "duedate" => "Due Date is required.".into(),
        "parent" => "Issue type is a sub-task but parent issue key or id not specified.".into(),
        _ => format!("{} is required.", slot.name()),
    }
}

fn summary(value: &Value) -> Result<String, String> {
    let text = value.as_str().ok_or("Operation value must be a string")?;
    if text.trim().is_empty() {
        return Err("You must specify a summary of the issue.".into());
    }
    if text.contains(['\n', '\r']) {
        return Err("The summary is invalid because it contains newline characters.".into());
    }
    if text.chars().count() > 255 {
        return Err("Summary can't exceed 255 characters.".into());
    }
    Ok(text.to_owned())
}

fn labels(value: &Value) -> Result<Vec<String>, String> {
    let list = value.as_array().ok_or("data was not an array")?;
    let mut labels: Vec<String> = Vec::new();
    for (n, one) in list.iter().enumerate() {
        let label = one.as_str().ok_or_else(|| format!("string expected at index {n}"))?;
        if label.contains(char::is_whitespace) {
            return Err(format!("The label '{label}' contains spaces which is invalid."));
        }
        if label.chars().count() > 255 || label.is_empty() {
            return Err(format!("The label '{label}' is not valid."));
        }
        if !labels.iter().any(|known| known == label) {
            labels.push(label.to_owned());
        }
    }
    Ok(labels)
}

fn named(value: &Value, all: &'static [Named], kind: &str) -> Result<&'static Named, String> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let found = match (text("id"), text("name")) {
        (Some(id), _) => all.iter().find(|one| one.id == id),
        (None, Some(name)) => all.iter().find(|one| one.name.eq_ignore_ascii_case(name)),
        (None, None) => return Err(format!("Specify the {kind} (id or name) in the string format")),
    };
    found.ok_or_else(|| format!("The {kind} selected is invalid."))
}

fn option(options: &[OptionValue], value: &Value) -> Result<Value, String> {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    let found = match (text("id"), text("value")) {
        (Some(id), _) => options.iter().find(|one| one.id == id),
        (None, Some(name)) => options.iter().find(|one| one.value == name),
        (None, None) => None,
    };
    let names = || options.iter().map(|one| format!("{}[{}]", one.id, one.value)).collect::<Vec<_>>().join(", ");
    found
        .map(|one| one.id.into())
        .ok_or_else(|| format!("Specify a valid 'id' or 'value'. The allowed values are: {}", names()))
}
