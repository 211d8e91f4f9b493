//! Reads, adds and releases the versions of a project.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Client, VersionId, send::Request};
use crate::{error::JiraError, ids::ProjectKey};

/// The scope with which Cloud lets an app change the versions of a project. Source: `POST /version`, `PUT /version/{id}`.
pub const MANAGE_PROJECT: &[&str] = &["manage:jira-project"];

/// Versions.
#[derive(Debug, Clone, Copy)]
pub struct Versions<'a>(pub(super) &'a Client);

/// A version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its id. It carries no project, so every method asks for the project as well.
    pub id: VersionId,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// When it was or will be released.
    pub date: Option<Date>,
    /// It is out.
    pub released: bool,
    /// It is put away.
    pub archived: bool,
    /// Its date has passed and it is not out.
    pub overdue: bool,
    /// How Jira names it to itself.
    this: String,
}

/// A version to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion<'n> {
    /// Its name.
    pub name: &'n str,
    /// What it is about.
    pub description: Option<&'n str>,
    /// When it is to be released.
    pub date: Option<Date>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: VersionId,
    #[serde(default)]
    name: String,
    description: Option<String>,
    release_date: Option<String>,
    #[serde(default)]
    released: bool,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    overdue: bool,
    #[serde(default, rename = "self")]
    this: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Unresolved {
    issues_unresolved_count: u64,
}

#[derive(Debug, Deserialize)]
struct Ided {
    id: String,
}

impl Versions<'_> {
    /// The versions of a project, in its own order. Source: `GET /project/{key}/versions`.
    pub async fn list(&self, project: &ProjectKey) -> Result<Vec<Version>, JiraError> {
        let ask = |key: ProjectKey| self.0.read::<Vec<Answer>>(Request::get(&["project", key.as_str(), "versions"]));
        let (_, answers) = self.0.beside_project(project, ask).await?;
        Ok(answers.into_iter().map(Version::from).collect())
    }

    /// How many issues that it is to bring are still open. Source: `GET /version/{id}/unresolvedIssueCount`.
    pub async fn unresolved(&self, project: &ProjectKey, version: &VersionId) -> Result<u64, JiraError> {
        let version = self.of(project, version).await?;
        let request = Request::get(&["version", version.id.as_str(), "unresolvedIssueCount"]);
        Ok(self.0.read::<Unresolved>(request).await?.issues_unresolved_count)
    }

    /// Adds one. Source: `POST /version`, which names the project by its number on both kinds of site.
    pub async fn create(&self, project: &ProjectKey, new: &NewVersion<'_>) -> Result<Version, JiraError> {
        let project = self.0.place_project(project).await?;
        let named: Ided = self.0.read(Request::get(&["project", project.as_str()])).await?;
        let mut body = Map::new();
        let number: u64 = named.id.parse().map_err(|_| JiraError::Malformed { detail: "a project's id".into() })?;
        body.insert("projectId".into(), number.into());
        body.insert("name".into(), new.name.into());
        if let Some(description) = new.description {
            body.insert("description".into(), description.into());
        }
        if let Some(date) = new.date {
            body.insert("releaseDate".into(), date.to_string().into());
        }
        let request = Request::post(&["version"], body.into()).needing(MANAGE_PROJECT);
        Ok(self.0.read::<Answer>(request).await.map_err(not_yours)?.into())
    }

    /// Releases one, and moves what is still open to another of the same project first. Source: `PUT /version/{id}`.
    pub async fn release(
        &self,
        project: &ProjectKey,
        version: &VersionId,
        on: Date,
        open_to: Option<&VersionId>,
    ) -> Result<(), JiraError> {
        let mut body = json!({"released": true, "releaseDate": on.to_string()});
        if let Some(other) = open_to {
            body["moveUnfixedIssuesTo"] = self.of(project, other).await?.this.into();
        }
        self.update(project, version, body).await
    }

    /// Takes a release back, and gives it the date that it had before.
    pub async fn unrelease(
        &self,
        project: &ProjectKey,
        version: &VersionId,
        date: Option<Date>,
    ) -> Result<(), JiraError> {
        let mut body = json!({"released": false});
        if let Some(date) = date {
            body["releaseDate"] = date.to_string().into();
        }
        self.update(project, version, body).await
    }

    async fn update(&self, project: &ProjectKey, version: &VersionId, body: Value) -> Result<(), JiraError> {
        let version = self.of(project, version).await?;
        let request = Request::put(&["version", version.id.as_str()], body).needing(MANAGE_PROJECT);
        self.0.done(request).await.map_err(not_yours)
    }

    /// The version of that id, if it is one of that project.
    async fn of(&self, project: &ProjectKey, version: &VersionId) -> Result<Version, JiraError> {
        let found = self.list(project).await?.into_iter().find(|one| one.id == *version);
        found.ok_or_else(|| JiraError::NotFound { messages: Vec::new() })
    }
}

/// Whoever sees a project but does not administer it is told that there is none.
fn not_yours(error: JiraError) -> JiraError {
    match error {
        JiraError::NotFound { .. } => {
            let words = "Only those who administer the project may change its versions.";
            JiraError::Forbidden { messages: vec![words.to_owned()] }
        }
        other => other,
    }
}

impl From<Answer> for Version {
    fn from(answer: Answer) -> Self {
        Self {
            id: answer.id,
            name: answer.name,
            description: answer.description.unwrap_or_default(),
            date: answer.release_date.as_deref().and_then(|day| day.get(..10)?.parse().ok()),
            released: answer.released,
            archived: answer.archived,
            overdue: answer.overdue,
            this: answer.this,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_there_is_of_it() {
        let answer: Answer = serde_json::from_value(json!({
            "self": "https://corp.example/rest/api/2/version/7", "id": "7", "name": "2.1", "releaseDate": "2026-12-01",
            "released": true, "archived": false, "projectId": 11000
        }))
        .unwrap();
        let version = Version::from(answer);
        assert_eq!((version.name.as_str(), version.released, version.overdue), ("2.1", true, false));
        assert_eq!(version.date, Some(jiff::civil::date(2026, 12, 1)));
        let bare = Version::from(serde_json::from_value::<Answer>(json!({"id": 7})).unwrap());
        assert_eq!((bare.date, bare.released), (None, false));
        assert!(serde_json::from_value::<Answer>(json!({"id": "../7"})).is_err());
    }
}
