//! An issue as Jira answers it, with the parts that people see.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, value::RawValue};

use super::{Body, IssueId, TypeId, time};
use crate::{
    error::JiraError,
    ids::{AccountId, IssueKey, ProjectKey, ProjectScope},
};

/// An issue's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssueRef {
    /// Its number inside Jira.
    pub id: IssueId,
    /// Its present key.
    pub key: IssueKey,
}

/// An issue. Parts that were not asked for, or that Jira left out, are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    /// Its number inside Jira.
    pub id: IssueId,
    /// Its present key. It differs from what was typed where the issue has moved.
    pub key: IssueKey,
    /// Its project, as Jira names it.
    pub project: ProjectKey,
    /// Its title.
    pub summary: String,
    /// Its type's name.
    pub kind: String,
    /// Its type.
    pub kind_id: Option<TypeId>,
    /// Its status.
    pub status: Status,
    /// Its priority's name.
    pub priority: Option<String>,
    /// How it was resolved.
    pub resolution: Option<String>,
    /// Who has it.
    pub assignee: Option<User>,
    /// Who reported it.
    pub reporter: Option<User>,
    /// What it is about.
    pub description: Option<Body>,
    /// Its labels.
    pub labels: Vec<String>,
    /// When it is due.
    pub due: Option<Date>,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub updated: Option<Timestamp>,
    /// It has a security level: not everyone who sees the project sees it.
    pub security: bool,
    /// Work logged on it, in seconds.
    pub spent: Option<u64>,
    /// Work left, in seconds.
    pub remaining: Option<u64>,
    /// How many comments it has, where they were asked for.
    pub comment_count: Option<u64>,
    /// The issue that it is a part of, where that is inside the scope.
    pub parent: Option<Parent>,
    /// Other fields that were asked for by name, as Jira gives them.
    pub other: Map<String, Value>,
}

/// The issue that another is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// Its key.
    pub key: IssueKey,
    /// Its title.
    pub summary: String,
}

/// A status.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "StatusAnswer")]
pub struct Status {
    /// Its name.
    pub name: String,
    /// What it means.
    pub category: Category,
}

/// What a status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Category {
    /// Not begun.
    ToDo,
    /// Being worked on.
    InProgress,
    /// Finished.
    Done,
    /// Jira does not say.
    #[default]
    Unknown,
}

/// Somebody with an account on the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The account id (Cloud) or user name (Data Center).
    pub account: AccountId,
    /// The name to show.
    pub name: String,
    /// Address of a picture, `https` only. It is handed on as data and never opened by Usher.
    pub avatar: Option<String>,
    /// Whether the account is in use.
    pub active: bool,
}

/// The fields of a whole issue. `comment` is left out, for it brings every comment with it.
pub(super) const WHOLE: &str = "project,summary,issuetype,status,priority,resolution,assignee,reporter,description,\
                                labels,duedate,created,updated,security,timetracking,parent";
/// The fields of an issue in a list.
pub(super) const LINE: &[&str] =
    &["project", "summary", "issuetype", "status", "priority", "resolution", "assignee", "updated", "security"];

/// An issue before it is checked.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    id: IssueId,
    pub(super) key: IssueKey,
    #[serde(default)]
    fields: Fields,
    #[serde(default)]
    pub(super) properties: Map<String, Value>,
}

/// The fields as Jira wrote them. Each is read when it is wanted, as what it should be; what is something else counts
/// as left out.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
struct Fields(BTreeMap<String, Box<RawValue>>);

impl Fields {
    fn get<'f, T: Deserialize<'f>>(&'f self, name: &str) -> Option<T> {
        serde_json::from_str(self.0.get(name)?.get()).ok()
    }

    fn name(&self, field: &str) -> Option<String> {
        self.get::<Named>(field)?.name
    }
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct TypeAnswer {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct ProjectAnswer {
    key: ProjectKey,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TimeTracking {
    time_spent_seconds: Option<u64>,
    remaining_estimate_seconds: Option<u64>,
}

#[derive(Deserialize)]
struct CommentCount {
    total: u64,
}

#[derive(Deserialize)]
struct ParentAnswer {
    key: IssueKey,
    #[serde(default)]
    fields: ParentFields,
}

#[derive(Default, Deserialize)]
struct ParentFields {
    #[serde(default)]
    summary: String,
}

impl Answer {
    /// The issue, if both its key and the project that Jira names are inside the scope.
    pub(super) fn within(self, scope: &ProjectScope, other: &[&str]) -> Result<Issue, JiraError> {
        let Self { id, key, mut fields, .. } = self;
        let project = fields
            .get::<ProjectAnswer>("project")
            .map(|project| project.key)
            .ok_or_else(|| JiraError::Malformed { detail: "an issue without its project".into() })?;
        for named in [&project, key.project()] {
            if !scope.allows(named) {
                return Err(JiraError::OutOfScope { project: named.clone() });
            }
        }
        let kind: Option<TypeAnswer> = fields.get("issuetype");
        let user = |field: &str| fields.get::<UserAnswer>(field).and_then(UserAnswer::user);
        let time: TimeTracking = fields.get("timetracking").unwrap_or_default();
        let parent: Option<ParentAnswer> = fields.get("parent");
        let labels: Vec<Value> = fields.get("labels").unwrap_or_default();
        let issue = Issue {
            summary: fields.get("summary").unwrap_or_default(),
            kind_id: kind.as_ref().and_then(|kind| kind.id.as_ref()?.parse().ok()),
            kind: kind.and_then(|kind| kind.name).unwrap_or_default(),
            status: fields.get("status").unwrap_or_default(),
            priority: fields.name("priority"),
            resolution: fields.name("resolution"),
            assignee: user("assignee"),
            reporter: user("reporter"),
            description: Body::read(fields.get("description")),
            labels: labels.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            due: fields.get::<String>("duedate").and_then(|day| day.parse().ok()),
            created: fields.get::<String>("created").and_then(|moment| time::read(&moment)),
            updated: fields.get::<String>("updated").and_then(|moment| time::read(&moment)),
            security: fields.0.get("security").is_some_and(|level| level.get() != "null"),
            spent: time.time_spent_seconds.or_else(|| fields.get("timespent")),
            remaining: time.remaining_estimate_seconds.or_else(|| fields.get("timeestimate")),
            comment_count: fields.get::<CommentCount>("comment").map(|count| count.total),
            parent: parent
                .filter(|parent| scope.allows(parent.key.project()))
                .map(|parent| Parent { key: parent.key, summary: parent.fields.summary }),
            other: Map::new(),
            id,
            key,
            project,
        };
        let mut take = |&name: &&str| {
            let value = serde_json::from_str(fields.0.remove(name)?.get()).ok()?;
            Some((name.to_owned(), within_scope(value, scope)))
        };
        let other = other.iter().filter_map(&mut take).collect();
        Ok(Issue { other, ..issue })
    }
}

/// Leaves out the issues of a list (links, subtasks) that are outside the scope.
fn within_scope(mut value: Value, scope: &ProjectScope) -> Value {
    let inside = |item: &Value| {
        ["/key", "/inwardIssue/key", "/outwardIssue/key"]
            .iter()
            .filter_map(|path| item.pointer(path)?.as_str()?.parse::<IssueKey>().ok())
            .all(|key| scope.allows(key.project()))
    };
    if let Value::Array(items) = &mut value {
        items.retain(inside);
    }
    value
}

#[derive(Deserialize)]
struct StatusAnswer {
    #[serde(default)]
    name: String,
    #[serde(rename = "statusCategory")]
    category: Option<CategoryAnswer>,
}

#[derive(Deserialize)]
struct CategoryAnswer {
    #[serde(default)]
    key: String,
}

impl From<StatusAnswer> for Status {
    fn from(answer: StatusAnswer) -> Self {
        let category = match answer.category.as_ref().map(|category| category.key.as_str()) {
            Some("new") => Category::ToDo,
            Some("indeterminate") => Category::InProgress,
            Some("done") => Category::Done,
            _ => Category::Unknown,
        };
        Self { name: answer.name, category }
    }
}

/// Somebody before it is clear that they have an account: Cloud's `accountId` or Data Center's `name`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserAnswer {
    account_id: Option<String>,
    name: Option<String>,
    display_name: Option<String>,
    active: Option<bool>,
    avatar_urls: Option<Avatars>,
}

#[derive(Deserialize)]
struct Avatars {
    #[serde(rename = "48x48")]
    large: Option<String>,
    #[serde(rename = "32x32")]
    medium: Option<String>,
    #[serde(rename = "24x24")]
    small: Option<String>,
}

impl UserAnswer {
    fn user(self) -> Option<User> {
        let some = |text: Option<String>| text.filter(|text| !text.is_empty());
        let account = some(self.account_id).or_else(|| some(self.name))?;
        let picture = self.avatar_urls.and_then(|pictures| pictures.large.or(pictures.medium).or(pictures.small));
        Some(User {
            name: some(self.display_name).unwrap_or_else(|| account.clone()),
            avatar: picture.filter(|address| is_https(address)),
            active: self.active.unwrap_or(true),
            account: AccountId(account),
        })
    }
}

impl User {
    /// Reads Cloud's `accountId` or Data Center's `name`.
    pub(super) fn read(value: &Value) -> Option<Self> {
        UserAnswer::deserialize(value).ok()?.user()
    }
}

/// Whether this may be the address of a picture. Nobody here opens it, so that its parts need not be known.
fn is_https(address: &str) -> bool {
    address.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(fields: Value) -> Answer {
        serde_json::from_value(
            json!({"id": "10001", "key": "WEB-1", "self": "https://evil.example/1", "fields": fields}),
        )
        .unwrap()
    }

    #[test]
    fn an_issue_outside_the_scope_is_not_read() {
        let web = ProjectScope::only(["WEB".parse().unwrap()]);
        let inside = json!({"project": {"key": "WEB"}, "summary": "x", "parent": {"key": "HR-1", "fields": {"summary": "secret"}}});
        let issue = answer(inside.clone()).within(&web, &[]).unwrap();
        assert_eq!((issue.summary.as_str(), issue.parent), ("x", None));
        assert!(answer(inside).within(&ProjectScope::all(), &[]).unwrap().parent.is_some());

        let links = json!([{"outwardIssue": {"key": "HR-1"}}, {"inwardIssue": {"key": "WEB-2"}}]);
        let linked = answer(json!({"project": {"key": "WEB"}, "issuelinks": links}));
        let issue = linked.within(&web, &["issuelinks"]).unwrap();
        assert_eq!(issue.other["issuelinks"], json!([{"inwardIssue": {"key": "WEB-2"}}]));

        let moved = answer(json!({"project": {"key": "HR"}, "summary": "x"})).within(&web, &[]);
        assert_eq!(moved, Err(JiraError::OutOfScope { project: "HR".parse().unwrap() }));
        assert!(matches!(answer(json!({})).within(&web, &[]), Err(JiraError::Malformed { .. })));
    }

    #[test]
    fn users_of_both_kinds_are_read() {
        let cloud = json!({"accountId": "5b10", "displayName": "Ada", "active": true, "avatarUrls": {"48x48": "https://a.example/a.png"}});
        let user = User::read(&cloud).unwrap();
        assert_eq!((user.account.0.as_str(), user.avatar.as_deref()), ("5b10", Some("https://a.example/a.png")));
        let corp = json!({"name": "abyron", "key": "JIRAUSER10100", "displayName": "Ada", "avatarUrls": {"48x48": "http://corp/a.png"}});
        let user = User::read(&corp).unwrap();
        assert_eq!((user.account.0.as_str(), user.avatar), ("abyron", None));
        assert_eq!(User::read(&Value::Null), None);
    }

    #[test]
    fn odd_values_are_left_out_and_nothing_breaks() {
        let issue =
            answer(json!({"project": {"key": "WEB"}, "summary": 5, "labels": [1, "a"], "status": null, "duedate": "x",
            "timetracking": {}, "security": null, "assignee": {}, "customfield_1": [1]}))
            .within(&ProjectScope::all(), &["customfield_1"])
            .unwrap();
        assert_eq!(
            (issue.summary.as_str(), issue.labels.as_slice(), issue.security),
            ("", &["a".to_owned()][..], false)
        );
        assert_eq!(issue.other["customfield_1"], json!([1]));
    }
}
