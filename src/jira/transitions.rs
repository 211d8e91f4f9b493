//! Reads and applies the ways from an issue's status to the next.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Client, FieldMeta, Status, TransitionId, send::Request};
use crate::{error::JiraError, ids::IssueKey};

/// Ways from status to status.
#[derive(Debug, Clone, Copy)]
pub struct Transitions<'a>(pub(super) &'a Client);

/// One way.
#[derive(Debug, Clone, PartialEq)]
pub struct Transition {
    /// Its id, good for this issue in its present status.
    pub id: TransitionId,
    /// Its own name, such as `Close issue`.
    pub name: String,
    /// Where it leads.
    pub to: Status,
    /// The fields of its screen.
    pub fields: Vec<FieldMeta>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    #[serde(default)]
    transitions: Vec<Answer>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    id: TransitionId,
    #[serde(default)]
    name: String,
    #[serde(default)]
    to: Status,
    #[serde(default)]
    fields: Map<String, Value>,
    is_available: Option<bool>,
}

impl Transitions<'_> {
    /// What this person may do with the issue now.
    pub async fn list(&self, key: &IssueKey) -> Result<Vec<Transition>, JiraError> {
        let ask = |key: IssueKey| {
            let path = ["issue", &key.to_string(), "transitions"];
            self.0.read::<Listed>(Request::get(&path).query("expand", "transitions.fields"))
        };
        let (_, listed) = self.0.beside(key, ask).await?;
        let available = listed.transitions.into_iter().filter(|answer| answer.is_available != Some(false));
        Ok(available
            .map(|answer| Transition {
                id: answer.id,
                name: answer.name,
                to: answer.to,
                fields: answer.fields.iter().filter_map(|(id, field)| FieldMeta::read(Some(id), field)).collect(),
            })
            .collect())
    }

    /// Goes one way, setting fields of its screen.
    pub async fn apply(
        &self,
        key: &IssueKey,
        transition: &TransitionId,
        fields: &Map<String, Value>,
    ) -> Result<(), JiraError> {
        self.0.guard_fields(fields)?;
        let key = self.0.place(key).await?;
        let mut body = Map::new();
        body.insert("transition".into(), json!({"id": transition}));
        if !fields.is_empty() {
            body.insert("fields".into(), fields.clone().into());
        }
        self.0.done(Request::post(&["issue", &key.to_string(), "transitions"], body.into())).await
    }
}
