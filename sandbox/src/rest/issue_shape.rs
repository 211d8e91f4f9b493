//! How an issue looks in answers, field by field.
use serde_json::{Map, Value, json};

use super::shape::{View, time};
use super::values::pretty_duration;
use crate::world::{CustomKind, Field, Issue, PersonId, RichText, Sprint, TEAMS};

/// Which fields were asked for.
#[derive(Debug)]
pub(crate) struct Wanted<'a> {
    all: bool,
    navigable: bool,
    include: Vec<&'a str>,
    exclude: Vec<&'a str>,
}

/// Fields that `*navigable` leaves out.
const NOT_NAVIGABLE: [&str; 3] = ["comment", "worklog", "attachment"];

impl<'a> Wanted<'a> {
    /// Reads `*all`, `*navigable`, `summary`, `-comment` and so on; an empty list means `default`.
    pub fn new(list: &[&'a str], default: &'a str) -> Self {
        let mut wanted = Self { all: false, navigable: false, include: Vec::new(), exclude: Vec::new() };
        let list = if list.is_empty() { &[default][..] } else { list };
        // A list of exclusions alone takes them off everything.
        wanted.all = list.iter().all(|name| name.starts_with('-'));
        for name in list {
            match *name {
                "*all" => wanted.all = true,
                "*navigable" => wanted.navigable = true,
                other => match other.strip_prefix('-') {
                    Some(name) => wanted.exclude.push(name),
                    None => wanted.include.push(other),
                },
            }
        }
        wanted
    }

    fn has(&self, id: &str) -> bool {
        if self.exclude.contains(&id) {
            return false;
        }
        self.all || self.include.contains(&id) || (self.navigable && !NOT_NAVIGABLE.contains(&id))
    }

    /// Whether nothing but ids is wanted.
    pub fn only_ids(&self) -> bool {
        !self.all && !self.navigable && self.include.iter().all(|name| *name == "id" || *name == "key")
    }
}

/// The system fields with their names, in the order in which Jira answers them.
pub(crate) const SYSTEM: [(&str, &str); 30] = [
    ("statuscategorychangedate", "Status Category Changed"),
    ("issuetype", "Issue Type"),
    ("parent", "Parent"),
    ("timespent", "Time Spent"),
    ("project", "Project"),
    ("resolution", "Resolution"),
    ("resolutiondate", "Resolved"),
    ("watches", "Watchers"),
    ("created", "Created"),
    ("priority", "Priority"),
    ("labels", "Labels"),
    ("timeestimate", "Remaining Estimate"),
    ("issuelinks", "Linked Issues"),
    ("assignee", "Assignee"),
    ("updated", "Updated"),
    ("status", "Status"),
    ("timeoriginalestimate", "Original Estimate"),
    ("description", "Description"),
    ("timetracking", "Time tracking"),
    ("security", "Security Level"),
    ("attachment", "Attachment"),
    ("summary", "Summary"),
    ("creator", "Creator"),
    ("subtasks", "Sub-tasks"),
    ("reporter", "Reporter"),
    ("duedate", "Due date"),
    ("votes", "Votes"),
    ("comment", "Comment"),
    ("worklog", "Log Work"),
    ("environment", "Environment"),
];

impl View<'_> {
    /// The issue with the wanted fields, as `GET issue` and searches answer it.
    pub fn issue(&self, issue: &Issue, wanted: &Wanted<'_>) -> Value {
        let mut value = Map::new();
        value.insert(
            "expand".into(),
            "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations".into(),
        );
        value.insert("id".into(), issue.id.to_string().into());
        value.insert("self".into(), format!("{}/issue/{}", self.site.api, issue.id).into());
        value.insert("key".into(), issue.key.as_str().into());
        value.insert("fields".into(), self.fields(issue, wanted));
        Value::Object(value)
    }

    fn fields(&self, issue: &Issue, wanted: &Wanted<'_>) -> Value {
        let mut fields = Map::new();
        for (id, _) in SYSTEM {
            if wanted.has(id)
                && let Some(value) = self.system_field(issue, id)
            {
                fields.insert(id.into(), value);
            }
        }
        for field in self.site.custom_fields() {
            if wanted.has(field.id) {
                fields.insert(field.id.into(), self.custom_field(issue, field));
            }
        }
        Value::Object(fields)
    }

    fn system_field(&self, issue: &Issue, id: &str) -> Option<Value> {
        let seconds = |value: Option<u64>| value.map_or(Value::Null, Value::from);
        let user = |id: Option<&PersonId>| id.map_or(Value::Null, |id| self.user_by_id(id));
        Some(match id {
            "statuscategorychangedate" if self.site.is_cloud() => time(issue.resolved.unwrap_or(issue.created)).into(),
            "issuetype" => self.issue_type(issue.issue_type),
            "parent" => self.brief(self.parent(issue)?),
            "timespent" => seconds(Some(issue.time_spent()).filter(|spent| *spent > 0)),
            "project" => self.project(self.site.project_of(issue)),
            "resolution" => issue.resolution.map_or(Value::Null, |one| self.named("resolution", one)),
            "resolutiondate" => issue.resolved.map_or(Value::Null, |at| time(at).into()),
            "watches" => json!({
                "self": format!("{}/issue/{}/watchers", self.site.api, issue.key),
                "watchCount": issue.watchers.len(),
                "isWatching": issue.watchers.contains(&self.me.id),
            }),
            "created" => time(issue.created).into(),
            "priority" => issue.priority.map_or(Value::Null, |one| self.priority(one)),
            "labels" => issue.labels.iter().map(String::as_str).collect::<Value>(),
            "timeestimate" => seconds(issue.remaining_estimate),
            "issuelinks" => self.links(issue),
            "assignee" => user(issue.assignee.as_ref()),
            "updated" => time(issue.updated).into(),
            "status" => self.status(issue.status),
            "timeoriginalestimate" => seconds(issue.original_estimate),
            "description" => issue.description.as_ref().map_or(Value::Null, RichText::to_json),
            "timetracking" => time_tracking(issue),
            "security" => match issue.security.and_then(|id| self.site.project_of(issue).level(id)) {
                Some(level) => json!({
                    "self": format!("{}/securitylevel/{}", self.site.api, level.id),
                    "id": level.id,
                    "description": "",
                    "name": level.name,
                }),
                None => Value::Null,
            },
            "attachment" => issue.attachments.iter().map(|one| self.attachment(one)).collect(),
            "summary" => issue.summary.as_str().into(),
            "creator" => user(Some(&issue.creator)),
            "subtasks" => {
                let children = self.site.children(issue.id).filter(|child| child.issue_type.subtask);
                children.filter(|child| self.site.sees(&self.me.id, child)).map(|child| self.brief(child)).collect()
            }
            "reporter" => user(Some(&issue.reporter)),
            "duedate" => issue.due.map_or(Value::Null, |date| date.to_string().into()),
            "votes" => json!({
                "self": format!("{}/issue/{}/votes", self.site.api, issue.key),
                "votes": issue.voters.len(),
                "hasVoted": issue.voters.contains(&self.me.id),
            }),
            "comment" => {
                let comments: Vec<Value> =
                    self.site.comments(self.me, issue).map(|one| self.comment(issue.id, one)).collect();
                let total = comments.len();
                json!({
                    "comments": comments,
                    "self": format!("{}/issue/{}/comment", self.site.api, issue.id),
                    "maxResults": total,
                    "total": total,
                    "startAt": 0,
                })
            }
            "worklog" => {
                let worklogs: Vec<Value> = self.worklogs(issue).map(|one| self.worklog(issue.id, one)).collect();
                let total = worklogs.len();
                json!({"startAt": 0, "maxResults": 20, "total": total, "worklogs": worklogs.into_iter().take(20).collect::<Value>()})
            }
            "environment" => Value::Null,
            _ => return None,
        })
    }

    /// The worklogs of an issue that the viewer may read.
    pub fn worklogs<'a>(&'a self, issue: &'a Issue) -> impl Iterator<Item = &'a crate::world::Worklog> {
        let project = self.site.project_of(issue);
        issue.worklogs.iter().filter(move |one| self.site.reads(self.me, project, one.visibility.as_ref()))
    }

    fn parent(&self, issue: &Issue) -> Option<&Issue> {
        self.site.issues.get(&issue.parent?).filter(|parent| self.site.sees(&self.me.id, parent))
    }

    /// An issue as it stands inside another one.
    pub fn brief(&self, issue: &Issue) -> Value {
        json!({
            "id": issue.id.to_string(),
            "key": issue.key,
            "self": format!("{}/issue/{}", self.site.api, issue.id),
            "fields": {
                "summary": issue.summary,
                "status": self.status(issue.status),
                "priority": issue.priority.map_or(Value::Null, |one| self.priority(one)),
                "issuetype": self.issue_type(issue.issue_type),
            },
        })
    }

    fn links(&self, issue: &Issue) -> Value {
        let mut list = Vec::new();
        for link in self.site.links.iter().filter(|link| link.from == issue.id || link.to == issue.id) {
            let (side, other) =
                if link.from == issue.id { ("outwardIssue", link.to) } else { ("inwardIssue", link.from) };
            let Some(other) = self.site.issues.get(&other).filter(|other| self.site.sees(&self.me.id, other)) else {
                continue;
            };
            let mut value = json!({
                "id": link.id.to_string(),
                "self": format!("{}/issueLink/{}", self.site.api, link.id),
                "type": self.link_type(link.kind),
            });
            value[side] = self.brief(other);
            list.push(value);
        }
        Value::Array(list)
    }

    pub fn link_type(&self, kind: &crate::world::LinkType) -> Value {
        json!({
            "id": kind.id,
            "name": kind.name,
            "inward": kind.inward,
            "outward": kind.outward,
            "self": format!("{}/issueLinkType/{}", self.site.api, kind.id),
        })
    }

    fn custom_field(&self, issue: &Issue, field: &Field) -> Value {
        if field.kind == CustomKind::Sprint {
            let known = issue.sprints().filter_map(|id| self.site.sprints.iter().find(|sprint| sprint.id == id));
            let sprints: Vec<Value> = known.map(|sprint| self.issue_sprint(sprint)).collect();
            return if sprints.is_empty() { Value::Null } else { sprints.into() };
        }
        let Some(stored) = issue.custom.get(field.id) else { return Value::Null };
        let option = |id: &Value| {
            let option = field.options.iter().find(|option| Some(option.id) == id.as_str());
            option.map_or(Value::Null, |option| self.option(option))
        };
        let person = |id: &Value| id.as_str().map_or(Value::Null, |id| self.user_by_id(&PersonId::new(id)));
        let each = |one: &dyn Fn(&Value) -> Value| stored.as_array().into_iter().flatten().map(one).collect::<Value>();
        match field.kind {
            CustomKind::Select => option(stored),
            CustomKind::MultiSelect => each(&option),
            CustomKind::User => person(stored),
            CustomKind::MultiUser => each(&person),
            CustomKind::Group => self.group(stored),
            CustomKind::MultiGroup => each(&|name| self.group(name)),
            CustomKind::Team => {
                let team = TEAMS.iter().find(|(id, _)| Some(*id) == stored.as_str());
                team.map_or(
                    Value::Null,
                    |(id, name)| json!({"id": id, "name": name, "title": name, "isVisible": true, "isShared": true}),
                )
            }
            _ => stored.clone(),
        }
    }

    fn group(&self, name: &Value) -> Value {
        json!({"name": name, "self": format!("{}/group?groupname={}", self.site.api, name.as_str().unwrap_or_default())})
    }

    pub fn option(&self, option: &crate::world::OptionValue) -> Value {
        json!({"self": format!("{}/customFieldOption/{}", self.site.api, option.id), "value": option.value, "id": option.id})
    }

    /// On Cloud an object; Data Center still prints a Java object.
    fn issue_sprint(&self, sprint: &Sprint) -> Value {
        if self.site.is_cloud() {
            return self.sprint(sprint);
        }
        Value::String(format!(
            "com.atlassian.greenhopper.service.sprint.Sprint@{:x}[id={},rapidViewId={},state={},name={},startDate={},endDate={},completeDate={},goal=]",
            sprint.id,
            sprint.id,
            sprint.board,
            sprint.state.name().to_ascii_uppercase(),
            sprint.name,
            sprint.start.map_or_else(|| "<null>".to_owned(), time),
            sprint.end.map_or_else(|| "<null>".to_owned(), time),
            sprint.completed.map_or_else(|| "<null>".to_owned(), time),
        ))
    }
}

fn time_tracking(issue: &Issue) -> Value {
    let mut value = Map::new();
    let spent = Some(issue.time_spent()).filter(|spent| *spent > 0);
    for (name, seconds) in [
        ("originalEstimate", issue.original_estimate),
        ("remainingEstimate", issue.remaining_estimate),
        ("timeSpent", spent),
    ] {
        if let Some(seconds) = seconds {
            value.insert(name.into(), pretty_duration(seconds).into());
            value.insert(format!("{name}Seconds"), seconds.into());
        }
    }
    Value::Object(value)
}
