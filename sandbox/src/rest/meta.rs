//! What may be filled in: the create, edit and transition screens.
use serde_json::{Map, Value, json};

use super::shape::View;
use super::{Answer, Ask, Refusal, Reply};
use crate::world::{CustomKind, Field, Issue, IssueType, Permission, Project, Screen, TypeUse, catalog};

/// A field on a screen.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot {
    /// By id.
    System(&'static str),
    Custom(&'static Field),
}

impl Slot {
    pub fn id(self) -> &'static str {
        match self {
            Self::System(id) => id,
            Self::Custom(field) => field.id,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::System(id) => {
                super::issue_shape::SYSTEM.iter().find(|(one, _)| *one == id).map_or(id, |(_, name)| name)
            }
            Self::Custom(field) => field.name,
        }
    }
}

/// A screen: its fields and whether each must be filled in.
pub(crate) type Fields = Vec<(Slot, bool)>;

/// The create screen of a type, as this person has it.
pub(crate) fn create_screen(view: &View<'_>, project: &Project, one: &TypeUse) -> Fields {
    let mut fields: Fields = ["project", "issuetype"].map(|id| (Slot::System(id), true)).into();
    fields.extend(common(view, project, one, None));
    fields
}

/// The edit screen of an issue, as this person has it. Empty without the permission to edit.
pub(crate) fn edit_screen(view: &View<'_>, issue: &Issue) -> Fields {
    let project = view.site.project_of(issue);
    let Some(one) = project.type_use(issue.issue_type.id) else { return Vec::new() };
    if !project.may(&view.me.id, Permission::Edit) {
        return Vec::new();
    }
    let mut fields = vec![(Slot::System("issuetype"), true)];
    fields.extend(common(view, project, one, Some(issue)));
    fields
}

/// The screen of a transition.
pub(crate) fn transition_screen(screen: Screen) -> Fields {
    screen.iter().map(|(id, required)| (Slot::System(id), *required)).collect()
}

fn common(view: &View<'_>, project: &Project, one: &TypeUse, issue: Option<&Issue>) -> Fields {
    let may = |permission| project.may(&view.me.id, permission);
    let subtask = one.issue_type.subtask;
    let required = |id: &str| id == "summary" || one.required.contains(&id);
    let mut fields: Fields = Vec::new();
    let mut add = |on: bool, id: &'static str| {
        if on {
            fields.push((Slot::System(id), required(id)));
        }
    };
    add(true, "summary");
    add(true, "description");
    add(true, "priority");
    add(true, "labels");
    add(may(Permission::Schedule), "duedate");
    add(may(Permission::Assign), "assignee");
    add(may(Permission::Link), "issuelinks");
    add(may(Permission::Work), "timetracking");
    add(may(Permission::Attach), "attachment");
    add(may(Permission::SetSecurity) && !project.levels.is_empty(), "security");
    add(issue.is_some() && may(Permission::Comment), "comment");
    if may(Permission::ModifyReporter) {
        fields.push((Slot::System("reporter"), true));
    }
    let epics_hold = view.site.is_cloud() && one.issue_type.level == 0;
    if subtask || epics_hold {
        fields.push((Slot::System("parent"), subtask && issue.is_none()));
    }
    fields.extend(one.fields.iter().map(|(field, required)| (Slot::Custom(field), *required)));
    fields
}

/// `GET issue/createmeta/{project}/issuetypes`.
pub(crate) fn create_types(ask: &mut Ask<'_>) -> Reply {
    let project = creatable(ask)?;
    let view = ask.view();
    let types: Vec<Value> = project.types.iter().map(|one| view.issue_type(one.issue_type)).collect();
    page(ask, "issueTypes", types)
}

/// `GET issue/createmeta/{project}/issuetypes/{type}`.
pub(crate) fn create_fields(ask: &mut Ask<'_>) -> Reply {
    let project = creatable(ask)?;
    let Some(one) = project.type_use(ask.param(1)) else {
        return Err(Refusal::field("issuetype", "The issue type selected is invalid."));
    };
    let view = ask.view();
    let fields = create_screen(&view, project, one).into_iter().map(|(slot, required)| {
        let mut meta = view.field_meta(slot, required, project, one.issue_type);
        meta.insert("fieldId".into(), slot.id().into());
        Value::Object(meta)
    });
    page(ask, "fields", fields.collect())
}

/// Who may not create, or sees no such project, is told the same.
fn creatable<'a>(ask: &'a Ask<'_>) -> Result<&'a Project, Refusal> {
    let key = ask.param(0);
    let project = ask.site.project_for(&ask.me.id, key).filter(|project| project.may(&ask.me.id, Permission::Create));
    project.ok_or_else(|| {
        let text = format!("Project '{key}' does not exist or you do not have permission to create issues in it.");
        Refusal::bad(text)
    })
}

/// Cloud calls the list by what it holds, Data Center calls every list `values`.
fn page(ask: &Ask<'_>, cloud_name: &str, all: Vec<Value>) -> Reply {
    let (start, most) = ask.query.page(50, 200)?;
    let total = all.len();
    let name = if ask.site.is_cloud() { cloud_name } else { "values" };
    let slice: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let mut value = json!({"maxResults": most, "startAt": start, "total": total});
    if !ask.site.is_cloud() {
        value["isLast"] = (start + slice.len() >= total).into();
    }
    value[name] = slice.into();
    Ok(Answer::Ok(value))
}

/// `GET issue/{key}/editmeta`.
pub(crate) fn edit(ask: &mut Ask<'_>) -> Reply {
    let issue = ask.issue(ask.path_issue()?);
    Ok(Answer::Ok(json!({"fields": ask.view().screen_meta(edit_screen(&ask.view(), issue), issue)})))
}

impl View<'_> {
    /// The fields of a screen by id.
    pub fn screen_meta(&self, fields: Fields, issue: &Issue) -> Value {
        let project = self.site.project_of(issue);
        let metas = fields.into_iter().map(|(slot, required)| {
            (slot.id().to_owned(), Value::Object(self.field_meta(slot, required, project, issue.issue_type)))
        });
        Value::Object(metas.collect())
    }

    fn field_meta(&self, slot: Slot, required: bool, project: &Project, issue_type: &IssueType) -> Map<String, Value> {
        let mut meta = Map::new();
        let mut put = |name: &str, value: Value| meta.insert(name.to_owned(), value);
        let default = match slot.id() {
            "reporter" => Some(self.user(self.me)),
            "priority" => Some(self.priority(&catalog::PRIORITIES[2])),
            _ => None,
        };
        put("required", required.into());
        put("schema", schema(slot));
        put("name", slot.name().into());
        put("key", slot.id().into());
        if let Some(url) = self.auto_complete(slot, project) {
            put("autoCompleteUrl", url.into());
        }
        put("hasDefaultValue", default.is_some().into());
        put("operations", operations(slot).into());
        if let Some(values) = self.allowed_values(slot, project, issue_type) {
            put("allowedValues", values);
        }
        if let Some(default) = default {
            put("defaultValue", default);
        }
        meta
    }

    fn auto_complete(&self, slot: Slot, project: &Project) -> Option<String> {
        let people = match slot {
            Slot::System("assignee") => {
                return Some(format!("{}/user/assignable/search?project={}&query=", self.site.api, project.key));
            }
            Slot::System("labels") => return Some(format!("{}/labels/suggest?query=", self.site.url)),
            Slot::System("reporter") => true,
            Slot::Custom(field) => matches!(field.kind, CustomKind::User | CustomKind::MultiUser),
            Slot::System(_) => false,
        };
        let parameter = if self.site.is_cloud() { "query" } else { "username" };
        people.then(|| format!("{}/user/search?{parameter}=", self.site.api))
    }

    fn allowed_values(&self, slot: Slot, project: &Project, issue_type: &IssueType) -> Option<Value> {
        Some(match slot {
            Slot::System("project") => Value::Array(vec![self.project(project)]),
            Slot::System("issuetype") => {
                let same_level = project.types.iter().filter(|one| one.issue_type.subtask == issue_type.subtask);
                same_level.map(|one| self.issue_type(one.issue_type)).collect()
            }
            Slot::System("priority") => catalog::PRIORITIES.iter().map(|one| self.priority(one)).collect(),
            Slot::System("resolution") => {
                catalog::RESOLUTIONS.iter().map(|one| self.named("resolution", one)).collect()
            }
            Slot::System("security") => {
                let levels = project.levels.iter().filter(|level| level.people.contains(&self.me.id));
                levels
                    .map(|level| json!({"self": format!("{}/securitylevel/{}", self.site.api, level.id), "id": level.id, "name": level.name}))
                    .collect()
            }
            Slot::Custom(field) if !field.options.is_empty() => {
                field.options.iter().map(|one| self.option(one)).collect()
            }
            _ => return None,
        })
    }
}

/// The schema of a field: type, items, and where it comes from.
pub(crate) fn schema(slot: Slot) -> Value {
    let (kind, items) = match slot {
        Slot::Custom(field) => {
            let (kind, items, custom) = field.kind.schema();
            let mut value = json!({"type": kind, "custom": custom, "customId": field.number});
            if let Some(items) = items {
                value["items"] = items.into();
            }
            return value;
        }
        Slot::System(id) => match id {
            "summary" | "description" | "environment" => ("string", None),
            "labels" => ("array", Some("string")),
            "duedate" => ("date", None),
            "created" | "updated" | "resolutiondate" | "statuscategorychangedate" => ("datetime", None),
            "assignee" | "reporter" | "creator" => ("user", None),
            "parent" => ("issuelink", None),
            "security" => ("securitylevel", None),
            "issuelinks" | "subtasks" => ("array", Some("issuelinks")),
            "attachment" => ("array", Some("attachment")),
            "comment" => ("comments-page", None),
            "worklog" => ("array", Some("worklog")),
            "timespent" | "timeestimate" | "timeoriginalestimate" => ("number", None),
            other => (other, None),
        },
    };
    let mut value = json!({"type": kind, "system": slot.id()});
    if let Some(items) = items {
        value["items"] = items.into();
    }
    value
}

fn operations(slot: Slot) -> &'static [&'static str] {
    match slot {
        Slot::System("labels") => &["add", "set", "remove"],
        Slot::System("timetracking") => &["set", "edit"],
        Slot::System("issuelinks") => &["add", "copy"],
        Slot::System("attachment") => &["set", "copy"],
        Slot::System("comment") => &["add", "edit", "remove"],
        Slot::Custom(field)
            if matches!(
                field.kind,
                CustomKind::MultiSelect | CustomKind::MultiUser | CustomKind::MultiGroup | CustomKind::Labels
            ) =>
        {
            &["add", "set", "remove"]
        }
        _ => &["set"],
    }
}
