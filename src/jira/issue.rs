//! An issue as Jira answers it, with the parts that people see.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    fields: Map<String, Value>,
    #[serde(default)]
    pub(super) properties: Map<String, Value>,
}

impl Answer {
    /// The issue, if both its key and the project that Jira names are inside the scope.
    pub(super) fn within(mut self, scope: &ProjectScope, other: &[&str]) -> Result<Issue, JiraError> {
        let project = self
            .at(&["project", "key"])
            .and_then(Value::as_str)
            .and_then(|key| key.parse::<ProjectKey>().ok())
            .ok_or_else(|| JiraError::Malformed { detail: "an issue without its project".into() })?;
        for named in [&project, self.key.project()] {
            if !scope.allows(named) {
                return Err(JiraError::OutOfScope { project: named.clone() });
            }
        }
        let name = |path: &str| self.at(&[path, "name"]).and_then(Value::as_str).map(str::to_owned);
        let text = |path: &[&str]| self.at(path).and_then(Value::as_str);
        let seconds = |path: &[&str]| self.at(path).and_then(Value::as_u64);
        let issue = Issue {
            summary: text(&["summary"]).unwrap_or_default().to_owned(),
            kind: name("issuetype").unwrap_or_default(),
            kind_id: text(&["issuetype", "id"]).and_then(|id| id.parse().ok()),
            status: self.at(&["status"]).map(Status::read).unwrap_or_default(),
            priority: name("priority"),
            resolution: name("resolution"),
            assignee: self.at(&["assignee"]).and_then(User::read),
            reporter: self.at(&["reporter"]).and_then(User::read),
            description: Body::read(self.at(&["description"])),
            labels: self.strings("labels"),
            due: text(&["duedate"]).and_then(|day| day.parse().ok()),
            created: text(&["created"]).and_then(time::read),
            updated: text(&["updated"]).and_then(time::read),
            security: self.at(&["security"]).is_some_and(|level| !level.is_null()),
            spent: seconds(&["timetracking", "timeSpentSeconds"]).or_else(|| seconds(&["timespent"])),
            remaining: seconds(&["timetracking", "remainingEstimateSeconds"]).or_else(|| seconds(&["timeestimate"])),
            comment_count: seconds(&["comment", "total"]),
            parent: self.parent(scope),
            other: Map::new(),
            id: self.id.clone(),
            key: self.key.clone(),
            project,
        };
        let mut take = |&name: &&str| Some((name.to_owned(), within_scope(self.fields.remove(name)?, scope)));
        let other = other.iter().filter_map(&mut take).collect();
        Ok(Issue { other, ..issue })
    }

    fn at(&self, path: &[&str]) -> Option<&Value> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.fields.get(*first)?, |value, name| value.get(name))
    }

    fn strings(&self, name: &str) -> Vec<String> {
        let list = self.at(&[name]).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn parent(&self, scope: &ProjectScope) -> Option<Parent> {
        let key: IssueKey = self.at(&["parent", "key"])?.as_str()?.parse().ok()?;
        let summary = self.at(&["parent", "fields", "summary"]).and_then(Value::as_str).unwrap_or_default().to_owned();
        scope.allows(key.project()).then_some(Parent { key, summary })
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

impl Status {
    pub(super) fn read(value: &Value) -> Self {
        let category = match value.pointer("/statusCategory/key").and_then(Value::as_str) {
            Some("new") => Category::ToDo,
            Some("indeterminate") => Category::InProgress,
            Some("done") => Category::Done,
            _ => Category::Unknown,
        };
        let name = value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self { name, category }
    }
}

impl User {
    /// Reads Cloud's `accountId` or Data Center's `name`.
    pub(super) fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let account = text("accountId").or_else(|| text("name"))?;
        let pictures = value.get("avatarUrls");
        let avatar = ["48x48", "32x32", "24x24", "16x16"]
            .iter()
            .find_map(|size| pictures?.get(size)?.as_str())
            .filter(|address| address.parse::<url::Url>().is_ok_and(|url| url.scheme() == "https"));
        Some(Self {
            account: AccountId(account.to_owned()),
            name: text("displayName").unwrap_or(account).to_owned(),
            avatar: avatar.map(str::to_owned),
            active: value.get("active").and_then(Value::as_bool).unwrap_or(true),
        })
    }
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
