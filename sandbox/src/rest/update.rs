//! What a create, an edit or a transition wants to change: read whole, refused whole, applied whole.
use http::StatusCode;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::meta::{Fields, Slot};
use super::values::{day, duration, moment};
use super::{Ask, Refusal, comments, worklogs};
use crate::world::{
    Change, ChangeItem, Comment, CustomKind, Field, Issue, IssueType, Named, OptionValue, Permission, PersonId,
    RichText, Worklog, catalog,
};

/// One field with its new value.
#[derive(Debug)]
pub(crate) enum Set {
    Type(&'static IssueType),
    Summary(String),
    Description(Option<RichText>),
    Priority(&'static Named),
    Resolution(Option<&'static Named>),
    Labels(Vec<String>),
    Assignee(Option<PersonId>),
    Reporter(PersonId),
    Due(Option<Date>),
    Parent(Option<u64>),
    Security(Option<&'static str>),
    Estimates { original: Option<u64>, remaining: Option<u64> },
    Sprint(Option<u64>),
    Custom(&'static Field, Option<Value>),
}

/// Everything that one request wants.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub sets: Vec<Set>,
    pub comments: Vec<Comment>,
    pub worklogs: Vec<Worklog>,
}

/// What the changes are made to.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    /// The place of the project.
    pub project: usize,
    /// The issue, unless it is about to be created.
    pub issue: Option<u64>,
    /// What may be set.
    pub screen: &'a Fields,
    /// Whether required fields have to be there (create and transitions), or only may not be emptied (edit).
    pub complete: bool,
}

impl Ask<'_> {
    /// Reads `fields` and `update` of the body against a screen. All errors come together, by field id.
    pub fn changes(&mut self, target: Target<'_>, skip: &[&str]) -> Result<Changes, Refusal> {
        let empty = Map::new();
        let body = self.body;
        let section = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(&empty),
            Some(Value::Object(map)) => Ok(map),
            Some(_) => Err(Refusal::bad(format!("'{name}' must be an object."))),
        };
        let (fields, update) = (section("fields")?, section("update")?);
        let mut errors = Map::new();
        let mut messages = Vec::new();
        let mut changes = Changes::default();
        for (id, value) in fields.iter().filter(|(id, _)| !skip.contains(&id.as_str())) {
            if update.contains_key(id) {
                errors.insert(id.clone(), format!("Field '{id}' is in both 'fields' and 'update'.").into());
                continue;
            }
            match self.slot(target, id).and_then(|slot| self.set(target, slot, value)) {
                Ok(set) => changes.sets.push(set),
                Err(text) if text == "INVALID_INPUT" => messages.push(text),
                Err(text) => drop(errors.insert(id.clone(), text.into())),
            }
        }
        for (id, operations) in update {
            if let Err(text) = self.operations(target, id, operations, &mut changes) {
                errors.insert(id.clone(), text.into());
            }
        }
        if target.complete {
            for (slot, _) in target.screen.iter().filter(|(slot, required)| *required && !skip.contains(&slot.id())) {
                let given =
                    fields.get(slot.id()).is_some_and(|value| !value.is_null()) || update.contains_key(slot.id());
                if !given && slot.id() != "reporter" {
                    errors.entry(slot.id()).or_insert_with(|| missing(*slot).into());
                }
            }
        }
        if errors.is_empty() && messages.is_empty() {
            return Ok(changes);
        }
        Err(Refusal { status: StatusCode::BAD_REQUEST, messages, errors })
    }

    fn slot(&self, target: Target<'_>, id: &str) -> Result<Slot, String> {
        // The sprint of an issue hides behind a custom field that screens list like any other.
        let found = target.screen.iter().find(|(slot, _)| slot.id() == id).map(|(slot, _)| *slot);
        found.ok_or_else(|| format!("Field '{id}' cannot be set. It is not on the appropriate screen, or unknown."))
    }

    fn operations(
        &mut self,
        target: Target<'_>,
        id: &str,
        operations: &Value,
        changes: &mut Changes,
    ) -> Result<(), String> {
        let Some(list) = operations.as_array() else { return Err("data was not an array".into()) };
        for operation in list {
            let Some((verb, value)) =
                operation.as_object().filter(|one| one.len() == 1).and_then(|one| one.iter().next())
            else {
                return Err("Each operation must be an object with one verb.".into());
            };
            match (id, verb.as_str()) {
                ("comment", "add") => {
                    let issue = target.issue.ok_or("A new issue has no comments yet.")?;
                    let comment = comments::read(self, issue, value).map_err(first_text)?;
                    changes.comments.push(comment);
                }
                ("worklog", "add") => {
                    let issue = target.issue.ok_or("A new issue has no worklogs yet.")?;
                    let worklog = worklogs::read(self, issue, value).map_err(first_text)?;
                    changes.worklogs.push(worklog);
                }
                (_, "set" | "edit") => {
                    let slot = self.slot(target, id)?;
                    let set = self.set(target, slot, value)?;
                    changes.sets.push(set);
                }
                (_, "add" | "remove") => {
                    let slot = self.slot(target, id)?;
                    let set = self.add_or_remove(target, slot, verb == "add", value, &changes.sets)?;
                    changes.sets.push(set);
                }
                (_, other) => return Err(format!("The operation '{other}' is not supported for the field '{id}'.")),
            }
        }
        Ok(())
    }

    /// `add` and `remove` on lists: labels, and custom fields that hold several values.
    fn add_or_remove(
        &self,
        target: Target<'_>,
        slot: Slot,
        add: bool,
        value: &Value,
        before: &[Set],
    ) -> Result<Set, String> {
        let issue = target.issue.map(|id| self.issue(id));
        let one = Value::Array(vec![value.clone()]);
        match (slot, self.set(target, slot, &one)) {
            (Slot::System("labels"), Ok(Set::Labels(new))) => {
                let earlier = before
                    .iter()
                    .rev()
                    .find_map(|set| if let Set::Labels(list) = set { Some(list.clone()) } else { None });
                let mut labels = earlier.or_else(|| issue.map(|issue| issue.labels.clone())).unwrap_or_default();
                labels.retain(|label| !new.contains(label));
                if add {
                    labels.extend(new);
                }
                Ok(Set::Labels(labels))
            }
            (Slot::Custom(field), Ok(Set::Custom(_, Some(Value::Array(new))))) => {
                let earlier = before.iter().rev().find_map(|set| match set {
                    Set::Custom(one, value) if one.id == field.id => Some(value.clone()),
                    _ => None,
                });
                let stored = earlier.or_else(|| issue.map(|issue| issue.custom.get(field.id).cloned())).flatten();
                let mut list = stored.and_then(|value| value.as_array().cloned()).unwrap_or_default();
                list.retain(|one| !new.contains(one));
                if add {
                    list.extend(new);
                }
                Ok(Set::Custom(field, (!list.is_empty()).then_some(Value::Array(list))))
            }
            (_, Err(text)) => Err(text),
            _ => {
                Err(format!("The operation '{}' is not supported for this field.", if add { "add" } else { "remove" }))
            }
        }
    }

    /// Reads the new value of one field.
    fn set(&self, target: Target<'_>, slot: Slot, value: &Value) -> Result<Set, String> {
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
            CustomKind::Sprint => Value::Null,
        };
        Ok(Set::Custom(field, Some(stored)))
    }

    /// Makes the changes and writes the history.
    pub fn apply(&mut self, id: u64, changes: Changes) {
        let items = changes.sets.into_iter().filter_map(|set| self.apply_one(id, set)).collect::<Vec<_>>();
        let (now, author) = (self.now, self.me.id.clone());
        let change = (!items.is_empty()).then(|| Change { id: self.site.fresh_id(), author, at: now, items });
        let issue = self.issue_mut(id);
        issue.history.extend(change);
        issue.comments.extend(changes.comments);
        issue.worklogs.extend(changes.worklogs);
        issue.updated = now;
    }

    fn apply_one(&mut self, id: u64, set: Set) -> Option<ChangeItem> {
        let name = |id: &Option<PersonId>| id.as_ref().map(|id| self.view().person(id).name.clone());
        // What people read of a person has to be known before the issue is borrowed for changing.
        let (names, now) = match &set {
            Set::Assignee(to) => ((name(&self.issue(id).assignee), name(to)), self.now),
            _ => ((None, None), self.now),
        };
        let parent_key = match &set {
            Set::Parent(Some(parent)) => Some(self.issue(*parent).key.clone()),
            _ => None,
        };
        let issue = self.issue_mut(id);
        let (field, from, to) = match set {
            Set::Type(one) => {
                ("issuetype", Some(std::mem::replace(&mut issue.issue_type, one).name.into()), Some(one.name.into()))
            }
            Set::Summary(text) => ("summary", Some(std::mem::replace(&mut issue.summary, text.clone())), Some(text)),
            Set::Description(text) => {
                let to = text.as_ref().map(RichText::plain);
                ("description", std::mem::replace(&mut issue.description, text).map(|text| text.plain()), to)
            }
            Set::Priority(one) => {
                ("priority", issue.priority.replace(one).map(|one| one.name.into()), Some(one.name.into()))
            }
            Set::Resolution(one) => {
                issue.resolved = one.map(|_| now);
                let from = std::mem::replace(&mut issue.resolution, one);
                ("resolution", from.map(|one| one.name.into()), one.map(|one| one.name.into()))
            }
            Set::Labels(list) => {
                let to = list.join(" ");
                ("labels", Some(std::mem::replace(&mut issue.labels, list).join(" ")), Some(to))
            }
            Set::Assignee(person) => {
                issue.assignee = person;
                ("assignee", names.0, names.1)
            }
            Set::Reporter(person) => {
                issue.reporter = person;
                ("reporter", None, None)
            }
            Set::Due(date) => {
                let from = std::mem::replace(&mut issue.due, date);
                ("duedate", from.map(|date| date.to_string()), date.map(|date| date.to_string()))
            }
            Set::Parent(parent) => {
                issue.parent = parent;
                ("parent", None, parent_key)
            }
            Set::Security(level) => {
                issue.security = level;
                ("security", None, level.map(str::to_owned))
            }
            Set::Estimates { original, remaining } => {
                issue.original_estimate = original.or(issue.original_estimate);
                issue.remaining_estimate = remaining.or(original).or(issue.remaining_estimate);
                ("timeestimate", None, issue.remaining_estimate.map(|seconds| seconds.to_string()))
            }
            Set::Sprint(sprint) => {
                let from = std::mem::replace(&mut issue.sprint, sprint);
                ("Sprint", from.map(|id| id.to_string()), sprint.map(|id| id.to_string()))
            }
            Set::Custom(field, value) => set_custom(issue, field, value),
        };
        (from != to).then(|| ChangeItem { field: field.into(), from, to })
    }
}

fn set_custom(
    issue: &mut Issue,
    field: &'static Field,
    value: Option<Value>,
) -> (&'static str, Option<String>, Option<String>) {
    let shown = |value: Option<&Value>| {
        value.map(|value| {
            let option = field.options.iter().find(|option| Some(option.id) == value.as_str());
            option.map_or_else(
                || value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                |option| option.value.to_owned(),
            )
        })
    };
    let to = shown(value.as_ref());
    let from = match value {
        Some(value) => issue.custom.insert(field.id, value),
        None => issue.custom.remove(field.id),
    };
    (field.id, shown(from.as_ref()), to)
}

fn missing(slot: Slot) -> String {
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

fn first_text(refusal: Refusal) -> String {
    let error = refusal.errors.values().find_map(Value::as_str).map(str::to_owned);
    error.or_else(|| refusal.messages.into_iter().next()).unwrap_or_default()
}
