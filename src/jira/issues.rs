//! Reads, creates, edits and assigns issues.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Map, Value, json};

use super::{
    Body, Client, FieldMeta, Issue, IssueRef, OperationId, TypeId,
    issue::{Answer, WHOLE},
    jql::{Clause, Direction, Jql},
    send::Request,
};
use crate::{
    error::JiraError,
    ids::{AccountId, IssueKey, ProjectKey, SiteKind},
};

/// The issue property that a create carries.
const PROPERTY: &str = "usher.operation";
/// So many pages of a person's newest issues are looked through for one whose answer was lost.
const PAGES: usize = 10;
/// So many of them are looked at although they bear another title.
const OTHERS: usize = 20;
/// A search may lag behind a create by a moment, so it is asked twice.
const SECOND_LOOK: Duration = Duration::from_millis(1500);

/// Issues.
#[derive(Debug, Clone, Copy)]
pub struct Issues<'a>(pub(super) &'a Client);

/// An issue to create.
#[derive(Debug, Clone, PartialEq)]
pub struct NewIssue {
    /// In which project.
    pub project: ProjectKey,
    /// Of which type.
    pub kind: TypeId,
    /// Its title.
    pub summary: String,
    /// What it is about.
    pub description: Option<Body>,
    /// Its other fields, by id, as Jira's JSON. `project` and `issuetype` are refused here.
    pub fields: Map<String, Value>,
    /// The mark to find it by, should the answer get lost.
    pub operation: OperationId,
}

#[derive(serde::Deserialize)]
struct Editable {
    #[serde(default)]
    fields: Map<String, Value>,
}

/// Changes to an issue. Each part may be empty.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit {
    /// Fields to set, by id, as Jira's JSON.
    pub fields: Map<String, Value>,
    /// Operations on fields, such as `{"labels": [{"add": "x"}]}`.
    pub update: Map<String, Value>,
}

impl Issues<'_> {
    /// One issue. One request.
    pub async fn get(&self, key: &IssueKey) -> Result<Issue, JiraError> {
        self.get_with(key, &[]).await
    }

    /// One issue with more fields, which are found in [`Issue::other`]. One request.
    pub async fn get_with(&self, key: &IssueKey, more: &[&str]) -> Result<Issue, JiraError> {
        self.read(key, more, false).await
    }

    /// The same, looked at by whoever acts: Jira counts it among the issues that they viewed last.
    pub async fn open(&self, key: &IssueKey, more: &[&str]) -> Result<Issue, JiraError> {
        self.read(key, more, true).await
    }

    async fn read(&self, key: &IssueKey, more: &[&str], viewed: bool) -> Result<Issue, JiraError> {
        self.0.guard(key.project())?;
        let mut fields = WHOLE.to_owned();
        for name in more {
            fields.push(',');
            fields.push_str(name);
        }
        let mut request = Request::get(&["issue", &key.to_string()]).query("fields", fields);
        if viewed {
            request = request.query("updateHistory", true);
        }
        let answer: Answer = self.0.read(request).await?;
        answer.within(self.0.scope(), more)
    }

    /// Creates an issue. [`JiraError::Unknown`] means that it may exist: see [`Issues::find_by_operation`].
    pub async fn create(&self, new: &NewIssue) -> Result<IssueRef, JiraError> {
        self.0.guard_fields(&new.fields)?;
        let project = self.0.place_project(&new.project).await?;
        let mut fields = Map::new();
        fields.insert("project".into(), json!({"key": project}));
        fields.insert("issuetype".into(), json!({"id": new.kind}));
        fields.insert("summary".into(), new.summary.as_str().into());
        if let Some(description) = &new.description {
            fields.insert("description".into(), description.write(self.0.site().kind)?);
        }
        fields.extend(new.fields.clone());
        failpoint!("create.before");
        let body = json!({
            "fields": fields,
            "properties": [{"key": PROPERTY, "value": {"id": new.operation}}],
        });
        let made = self.0.read(Request::post(&["issue"], body)).await;
        failpoint!("create.answered");
        made
    }

    /// Looks for the issue that this create has made: among those that this person reported in its project within the
    /// last ten minutes, the one that carries its mark. All that bear its title are looked at, and the newest of the
    /// others, for a rule of the site may have changed the title at once.
    ///
    /// It looks twice, a second and a half apart, for Jira's search may lag behind. `None` means that it was not there
    /// then; where Jira was still at work it may appear later.
    pub async fn find_by_operation(&self, new: &NewIssue) -> Result<Option<IssueRef>, JiraError> {
        let mine = Clause::equals("project", new.project.as_str())
            .and(Clause::call("reporter", "currentUser"))
            .and(Clause::at_least("created", "-10m"));
        let jql = Jql::new(mine).order_by("created", Direction::Descending);
        let mut seen = BTreeSet::new();
        for look in 0..2 {
            if look > 0 {
                tokio::time::sleep(SECOND_LOOK).await;
            }
            let mut from = None;
            let mut others = 0;
            for _ in 0..PAGES {
                let page = self.0.search().run(&jql, 100, from.as_ref()).await?;
                let (same, different): (Vec<_>, Vec<_>) =
                    page.items.into_iter().partition(|issue| issue.summary.trim() == new.summary.trim());
                let some = different.into_iter().take(OTHERS - others).collect::<Vec<_>>();
                others += some.len();
                for issue in same.into_iter().chain(some) {
                    if seen.insert(issue.key.clone()) && self.carries(&issue.key, &new.operation).await? {
                        return Ok(Some(IssueRef { id: issue.id, key: issue.key }));
                    }
                }
                from = page.next;
                if from.is_none() {
                    break;
                }
            }
        }
        Ok(None)
    }

    /// Changes fields of an issue.
    pub async fn edit(&self, key: &IssueKey, edit: &Edit) -> Result<(), JiraError> {
        self.0.guard_fields(&edit.fields)?;
        self.0.guard_fields(&edit.update)?;
        let key = self.0.place(key).await?;
        let body = json!({"fields": edit.fields, "update": edit.update});
        self.0.done(Request::put(&["issue", &key.to_string()], body)).await
    }

    /// Gives an issue to somebody, or to nobody.
    pub async fn assign(&self, key: &IssueKey, account: Option<&AccountId>) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        let name = match self.0.site().kind {
            SiteKind::Cloud => "accountId",
            SiteKind::DataCenter => "name",
        };
        self.0.done(Request::put(&["issue", &key.to_string(), "assignee"], json!({name: account}))).await
    }

    /// What this person may change on an issue. Source: `GET /issue/{key}/editmeta`.
    pub async fn editable(&self, key: &IssueKey) -> Result<Vec<FieldMeta>, JiraError> {
        let ask = |key: IssueKey| self.0.read::<Editable>(Request::get(&["issue", &key.to_string(), "editmeta"]));
        let (_, answer) = self.0.beside(key, ask).await?;
        Ok(answer.fields.iter().filter_map(|(id, field)| FieldMeta::read(Some(id), field)).collect())
    }

    /// Deletes an issue. Jira refuses one that has subtasks, unless they are deleted with it.
    pub async fn delete(&self, key: &IssueKey, subtasks: bool) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        let request = Request::delete(&["issue", &key.to_string()]);
        self.0.done(if subtasks { request.query("deleteSubtasks", true) } else { request }).await
    }

    async fn carries(&self, key: &IssueKey, operation: &OperationId) -> Result<bool, JiraError> {
        let request =
            Request::get(&["issue", &key.to_string()]).query("fields", "project").query("properties", PROPERTY);
        match self.0.read::<Answer>(request).await {
            Ok(answer) => Ok(answer.properties.get(PROPERTY).is_some_and(|value| value["id"] == json!(operation))),
            Err(JiraError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
