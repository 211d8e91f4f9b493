//! Moves issues to another type, and on Cloud to another project.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Client, TypeId, send::Request};
use crate::{
    error::JiraError,
    ids::{IssueKey, ProjectKey},
};

/// Jira moves in the background. It is asked as often how far that is.
const LOOKS: u32 = 20;
/// The pause between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Moves.
#[derive(Debug, Clone, Copy)]
pub struct Moves<'a>(pub(super) &'a Client);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    task_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    status: String,
    #[serde(default)]
    failed_accessible_issues: Map<String, Value>,
}

impl Moves<'_> {
    /// Gives an issue another type of its project. Source: `PUT /issue/{key}`.
    pub async fn to_type(&self, key: &IssueKey, kind: &TypeId) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        let body = json!({"fields": {"issuetype": {"id": kind}}});
        self.0.done(Request::put(&["issue", &key.to_string()], body)).await
    }

    /// Moves an issue with its subtasks to another project, with what the issues have and the project's defaults. Cloud
    /// only. Source: `POST /bulk/issues/move`, `GET /bulk/queue/{task}`.
    pub async fn to_project(&self, key: &IssueKey, project: &ProjectKey, kind: &TypeId) -> Result<(), JiraError> {
        let key = self.0.place(key).await?;
        let project = self.0.place_project(project).await?;
        let sources = json!({
            "issueIdsOrKeys": [key],
            "inferClassificationDefaults": true,
            "inferFieldDefaults": true,
            "inferStatusDefaults": true,
            "inferSubtaskTypeDefault": true,
        });
        let mut mapping = Map::new();
        mapping.insert(format!("{project},{kind}"), sources);
        let body = json!({"sendBulkNotification": false, "targetToSourcesMapping": mapping});
        let task: Task = self.0.read(Request::post(&["bulk", "issues", "move"], body)).await?;
        self.wait(&task.task_id).await
    }

    async fn wait(&self, task: &str) -> Result<(), JiraError> {
        let unknown = |detail: &str| JiraError::Unknown { detail: detail.to_owned() };
        for _ in 0..LOOKS {
            // The move has begun, so that a look that fails tells nothing of it.
            let looked = self.0.read::<Progress>(Request::get(&["bulk", "queue", task])).await;
            let progress = looked.map_err(|_| unknown("a move whose progress cannot be read"))?;
            match progress.status.as_str() {
                "ENQUEUED" | "RUNNING" => tokio::time::sleep(PAUSE).await,
                "COMPLETE" if progress.failed_accessible_issues.is_empty() => return Ok(()),
                "COMPLETE" | "FAILED" => {
                    let reasons = progress.failed_accessible_issues.values().filter_map(Value::as_array).flatten();
                    let messages = reasons.filter_map(Value::as_str).map(str::to_owned).collect();
                    return Err(JiraError::Invalid { messages, fields: Vec::new() });
                }
                _ => return Err(unknown("a move that ended early")),
            }
        }
        Err(unknown("a move that takes long"))
    }
}
