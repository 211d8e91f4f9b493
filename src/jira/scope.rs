//! Holds a call to the projects of its permit.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Client, send::Request};
use crate::{
    error::JiraError,
    ids::{IssueKey, ProjectKey, ProjectScope},
};

/// What both scopes allow.
pub(super) fn narrow(one: &ProjectScope, other: &ProjectScope) -> ProjectScope {
    let only = match (&one.only, &other.only) {
        (Some(a), Some(b)) => Some(a.intersection(b).cloned().collect()),
        (Some(set), None) | (None, Some(set)) => Some(set.clone()),
        (None, None) => None,
    };
    ProjectScope { only, except: one.except.union(&other.except).cloned().collect() }
}

/// Key and project as Jira names them in an answer.
#[derive(Debug, Deserialize)]
struct Named {
    key: IssueKey,
    fields: NamedFields,
}

#[derive(Debug, Deserialize)]
struct NamedFields {
    project: NamedProject,
}

#[derive(Debug, Deserialize)]
struct NamedProject {
    key: ProjectKey,
}

impl Client {
    /// Refuses a project outside the scope.
    pub(super) fn guard(&self, project: &ProjectKey) -> Result<(), JiraError> {
        if self.scope().allows(project) { Ok(()) } else { Err(JiraError::OutOfScope { project: project.clone() }) }
    }

    /// The issue as Jira names it now, inside the scope. What was typed may be the old key of an issue that has moved
    /// elsewhere. Costs one request in the life of a scoped client, and none where every project is allowed.
    pub(super) async fn place(&self, typed: &IssueKey) -> Result<IssueKey, JiraError> {
        self.guard(typed.project())?;
        if self.scope().is_all() {
            return Ok(typed.clone());
        }
        if let Some(now) = self.placed(typed) {
            return Ok(now);
        }
        let named: Named = self.read(Request::get(&["issue", &typed.to_string()]).query("fields", "project")).await?;
        self.guard(&named.fields.project.key)?;
        self.guard(named.key.project())?;
        self.set_placed(typed.clone(), named.key.clone());
        Ok(named.key)
    }

    /// Asks something about an issue, once it is known where that is now; or at once, where somebody types and waits.
    /// Nothing of the answer is handed out unless the issue is inside the scope.
    pub(super) async fn beside<T, F: Future<Output = Result<T, JiraError>>>(
        &self,
        typed: &IssueKey,
        answer: impl FnOnce(IssueKey) -> F,
    ) -> Result<(IssueKey, T), JiraError> {
        if !self.asks_at_once() {
            let key = self.place(typed).await?;
            return Ok((key.clone(), answer(key).await?));
        }
        self.guard(typed.project())?;
        let (place, answer) = futures::join!(self.place(typed), answer(typed.clone()));
        Ok((place?, answer?))
    }

    /// The same for a project.
    pub(super) async fn beside_project<T, F: Future<Output = Result<T, JiraError>>>(
        &self,
        typed: &ProjectKey,
        answer: impl FnOnce(ProjectKey) -> F,
    ) -> Result<(ProjectKey, T), JiraError> {
        if !self.asks_at_once() {
            let key = self.place_project(typed).await?;
            return Ok((key.clone(), answer(key).await?));
        }
        self.guard(typed)?;
        let (place, answer) = futures::join!(self.place_project(typed), answer(typed.clone()));
        Ok((place?, answer?))
    }

    /// The project as Jira names it now, inside the scope: a renamed project answers to its old key too. Asked once in
    /// the life of a scoped client, and never where every project is allowed.
    pub(super) async fn place_project(&self, typed: &ProjectKey) -> Result<ProjectKey, JiraError> {
        self.guard(typed)?;
        if self.scope().is_all() || self.known(typed) {
            return Ok(typed.clone());
        }
        let named: NamedProject = self.read(Request::get(&["project", typed.as_str()])).await?;
        self.guard(&named.key)?;
        self.learn(named.key.clone());
        Ok(named.key)
    }

    /// Refuses fields that would lead elsewhere: the project and type of an issue are not set through fields, and a
    /// parent or a linked issue must be inside the scope, named by its key.
    pub(super) fn guard_fields(&self, fields: &Map<String, Value>) -> Result<(), JiraError> {
        for (name, value) in fields {
            if name.eq_ignore_ascii_case("project") || name.eq_ignore_ascii_case("issuetype") {
                return Err(JiraError::Invalid {
                    messages: Vec::new(),
                    fields: vec![(name.clone(), "This cannot be set here.".into())],
                });
            }
            if !self.scope().is_all() && matches!(name.as_str(), "parent" | "issuelinks") {
                self.guard_named(name, value)?;
            }
        }
        Ok(())
    }

    fn guard_named(&self, field: &str, value: &Value) -> Result<(), JiraError> {
        let refuse = || JiraError::Invalid {
            messages: Vec::new(),
            fields: vec![(field.to_owned(), "Name the issue by its key.".into())],
        };
        match value {
            Value::Array(items) => items.iter().try_for_each(|item| self.guard_named(field, item)),
            Value::Object(map) => map.iter().try_for_each(|(name, inner)| match (name.as_str(), inner) {
                ("type", _) => Ok(()),
                ("id", _) => Err(refuse()),
                ("key", Value::String(key)) => self.guard(key.parse::<IssueKey>().map_err(|_| refuse())?.project()),
                (_, inner) => self.guard_named(field, inner),
            }),
            Value::Null => Ok(()),
            _ => Err(refuse()),
        }
    }
}

/// The projects that a scope names.
pub(super) fn named(scope: &ProjectScope) -> BTreeSet<ProjectKey> {
    scope.only.iter().flatten().chain(&scope.except).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> ProjectKey {
        text.parse().unwrap()
    }

    #[test]
    fn narrowing_never_widens() {
        let web = ProjectScope::only([key("WEB"), key("OPS")]);
        let not_ops = ProjectScope { only: None, except: [key("OPS")].into() };
        let both = narrow(&web, &not_ops);
        assert!(both.allows(&key("WEB")));
        assert!(!both.allows(&key("OPS")) && !both.allows(&key("HR")));
        assert_eq!(narrow(&both, &ProjectScope::all()), both);
        let none = narrow(&web, &ProjectScope::only([key("HR")]));
        assert!(!none.allows(&key("WEB")) && !none.allows(&key("HR")));
    }
}
