//! Makes the changes that were read, and writes the history.
use serde_json::Value;

use super::Ask;
use super::update::{Changes, Set};
use crate::world::{Change, ChangeItem, Field, Issue, PersonId, RichText};

impl Ask<'_> {
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
                let listed = |issue: &Issue| issue.sprints().map(|id| id.to_string()).collect::<Vec<_>>().join(", ");
                let from = listed(issue);
                issue.sprint = sprint;
                ("Sprint", Some(from), Some(listed(issue)))
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
