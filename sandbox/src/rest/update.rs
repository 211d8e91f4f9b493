//! What a create, an edit or a transition wants to change: read whole, refused whole, applied whole.
use http::StatusCode;
use jiff::civil::Date;
use serde_json::{Map, Value};

use super::meta::{Fields, Slot};
use super::set::missing;
use super::{Ask, Refusal, comments, worklogs};
use crate::world::{Comment, Field, IssueType, Named, PersonId, RichText, Worklog};

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
}

fn first_text(refusal: Refusal) -> String {
    let error = refusal.errors.values().find_map(Value::as_str).map(str::to_owned);
    error.or_else(|| refusal.messages.into_iter().next()).unwrap_or_default()
}
