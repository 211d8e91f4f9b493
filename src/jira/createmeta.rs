//! Reads what can be created in a project, and with which fields.

use serde::Deserialize;
use serde_json::Value;

use super::{Client, FieldMeta, TypeId, send::Request};
use crate::{error::JiraError, ids::ProjectKey};

/// The largest page that both kinds of Jira give.
const PAGE: usize = 200;
/// Enough for any screen, and an end for an answer that never ends.
const PAGES: usize = 10;

/// What can be created.
#[derive(Debug, Clone, Copy)]
pub struct CreateMeta<'a>(pub(super) &'a Client);

/// An issue type of a project.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct IssueType {
    /// Its id.
    pub id: TypeId,
    /// Its name.
    pub name: String,
    /// It needs a parent.
    #[serde(default)]
    pub subtask: bool,
}

/// Cloud names its list after what is in it, Data Center calls it `values`.
#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(alias = "issueTypes", alias = "fields", alias = "values")]
    items: Option<Vec<Value>>,
    total: Option<usize>,
}

impl CreateMeta<'_> {
    /// The types that this person may create in a project. Empty where they may create nothing.
    pub async fn types(&self, project: &ProjectKey) -> Result<Vec<IssueType>, JiraError> {
        let ask = |key: ProjectKey| async move { self.all(&["issue", "createmeta", key.as_str(), "issuetypes"]).await };
        let (_, found) = self.0.beside_project(project, ask).await?;
        found
            .into_iter()
            .map(|value| {
                serde_json::from_value(value).map_err(|_| JiraError::Malformed { detail: "an issue type".into() })
            })
            .collect()
    }

    /// The fields of a type's create screen.
    pub async fn fields(&self, project: &ProjectKey, kind: &TypeId) -> Result<Vec<FieldMeta>, JiraError> {
        let project = self.0.place_project(project).await?;
        let found = self.all(&["issue", "createmeta", project.as_str(), "issuetypes", kind.as_str()]).await?;
        Ok(found.iter().filter_map(|value| FieldMeta::read(None, value)).collect())
    }

    async fn all(&self, path: &[&str]) -> Result<Vec<Value>, JiraError> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            let request = Request::get(path).query("startAt", all.len()).query("maxResults", PAGE);
            let listed: Listed = self.0.read(request).await?;
            let items = listed.items.unwrap_or_default();
            let empty = items.is_empty();
            all.extend(items);
            if empty || listed.total.is_none_or(|total| all.len() >= total) {
                break;
            }
        }
        Ok(all)
    }
}
