//! Reads projects.

use serde::Deserialize;
use serde_json::Value;

use super::{Client, Status, User, send::Request};
use crate::{
    error::JiraError,
    ids::{ProjectKey, SiteKind},
};

/// Cloud's largest page.
const PAGE: u32 = 100;
/// A site with more projects than pages times page size is listed in part.
const PAGES: u32 = 20;

/// Projects.
#[derive(Debug, Clone, Copy)]
pub struct Projects<'a>(pub(super) &'a Client);

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Project {
    /// Its present key.
    pub key: ProjectKey,
    /// Its name.
    #[serde(default)]
    pub name: String,
}

/// What a project is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectDetails {
    /// Its present key.
    pub key: ProjectKey,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Who leads it.
    pub lead: Option<User>,
    /// The types of its issues.
    pub types: Vec<ProjectType>,
    /// What it is for: `software`, `service_desk`, `business`.
    pub purpose: String,
}

/// A type of a project's issues.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ProjectType {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// It needs a parent.
    #[serde(default)]
    pub subtask: bool,
}

/// The statuses that issues of a type go through.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TypeStatuses {
    /// The type's name.
    #[serde(default)]
    pub name: String,
    /// The statuses.
    #[serde(default)]
    pub statuses: Vec<Status>,
}

/// A part of what a project makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Who leads it.
    pub lead: Option<User>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DetailsAnswer {
    key: ProjectKey,
    #[serde(default)]
    name: String,
    description: Option<String>,
    #[serde(default)]
    lead: Value,
    #[serde(default)]
    issue_types: Vec<ProjectType>,
    #[serde(default)]
    project_type_key: String,
}

#[derive(Debug, Deserialize)]
struct ComponentAnswer {
    #[serde(default)]
    name: String,
    description: Option<String>,
    #[serde(default)]
    lead: Value,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    values: Vec<Project>,
    is_last: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct Named {
    name: String,
}

impl Projects<'_> {
    /// The projects that this person may see, inside the scope.
    pub async fn list(&self) -> Result<Vec<Project>, JiraError> {
        let mut all = self.all().await?;
        all.retain(|project| self.0.scope().allows(&project.key));
        Ok(all)
    }

    /// The projects inside the scope whose key or name holds these letters, as far as one answer tells, and whether these
    /// are all. Source: `GET project/search` (Cloud); Data Center lists all of them, whatever the letters.
    pub async fn matching(&self, letters: &str) -> Result<(Vec<Project>, bool), JiraError> {
        if self.0.site().kind == SiteKind::DataCenter {
            return Ok((self.list().await?, true));
        }
        let mut request = Request::get(&["project", "search"]).query("maxResults", PAGE);
        if !letters.is_empty() {
            request = request.query("query", letters);
        }
        let mut listed: Listed = self.0.read(request).await?;
        let whole = listed.is_last.unwrap_or(listed.values.len() < PAGE as usize);
        listed.values.retain(|project| self.0.scope().allows(&project.key));
        Ok((listed.values, whole))
    }

    /// One project.
    pub async fn get(&self, key: &ProjectKey) -> Result<Project, JiraError> {
        self.0.guard(key)?;
        let project: Project = self.0.read(Request::get(&["project", key.as_str()])).await?;
        self.0.guard(&project.key)?;
        Ok(project)
    }

    /// One project with what it is made of. Source: `GET /project/{key}`.
    pub async fn details(&self, key: &ProjectKey) -> Result<ProjectDetails, JiraError> {
        self.0.guard(key)?;
        let answer: DetailsAnswer = self.0.read(Request::get(&["project", key.as_str()])).await?;
        self.0.guard(&answer.key)?;
        self.0.learn(answer.key.clone());
        Ok(ProjectDetails {
            key: answer.key,
            name: answer.name,
            description: answer.description.unwrap_or_default(),
            lead: User::read(&answer.lead),
            types: answer.issue_types,
            purpose: answer.project_type_key,
        })
    }

    /// The statuses of a project, by type. Source: `GET /project/{key}/statuses`.
    pub async fn statuses(&self, key: &ProjectKey) -> Result<Vec<TypeStatuses>, JiraError> {
        let key = self.0.place_project(key).await?;
        self.0.read(Request::get(&["project", key.as_str(), "statuses"])).await
    }

    /// The components of a project. Source: `GET /project/{key}/components`.
    pub async fn components(&self, key: &ProjectKey) -> Result<Vec<Component>, JiraError> {
        let key = self.0.place_project(key).await?;
        let answers: Vec<ComponentAnswer> = self.0.read(Request::get(&["project", key.as_str(), "components"])).await?;
        let component = |answer: ComponentAnswer| Component {
            name: answer.name,
            description: answer.description.unwrap_or_default(),
            lead: User::read(&answer.lead),
        };
        Ok(answers.into_iter().map(component).collect())
    }

    /// The names of the site's priorities, the most urgent first. Source: `GET /priority`; Cloud's newer
    /// `GET /priority/search` asks for a scope that only administrators need.
    pub async fn priorities(&self) -> Result<Vec<String>, JiraError> {
        let found: Vec<Named> = self.0.read(Request::get(&["priority"])).await?;
        Ok(found.into_iter().map(|one| one.name).collect())
    }

    /// The projects that this person may see, whatever the scope. Not for showing.
    pub(super) async fn all(&self) -> Result<Vec<Project>, JiraError> {
        if self.0.site().kind == SiteKind::DataCenter {
            return self.0.read(Request::get(&["project"])).await;
        }
        let mut all = Vec::new();
        for page in 0..PAGES {
            let request = Request::get(&["project", "search"]).query("startAt", page * PAGE).query("maxResults", PAGE);
            let listed: Listed = self.0.read(request).await?;
            let last = listed.is_last.unwrap_or(listed.values.len() < PAGE as usize) || listed.values.is_empty();
            all.extend(listed.values);
            if last {
                break;
            }
        }
        Ok(all)
    }
}
