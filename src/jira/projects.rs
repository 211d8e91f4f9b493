//! Reads projects.

use serde::Deserialize;

use super::{Client, send::Request};
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

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    #[serde(default)]
    values: Vec<Project>,
    is_last: Option<bool>,
}

impl Projects<'_> {
    /// The projects that this person may see, inside the scope.
    pub async fn list(&self) -> Result<Vec<Project>, JiraError> {
        let mut all = self.all().await?;
        all.retain(|project| self.0.scope().allows(&project.key));
        Ok(all)
    }

    /// One project.
    pub async fn get(&self, key: &ProjectKey) -> Result<Project, JiraError> {
        self.0.guard(key)?;
        let project: Project = self.0.read(Request::get(&["project", key.as_str()])).await?;
        self.0.guard(&project.key)?;
        Ok(project)
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
