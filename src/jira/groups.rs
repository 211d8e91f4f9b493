//! Groups of people: those that an account belongs to, and those of some name.

use serde_json::Value;

use super::{Users, send::Request};
use crate::error::JiraError;

impl Users<'_> {
    /// The names of the groups that hold some letters, at most 20. Source: `GET /groups/picker`, alike on Data Center.
    pub async fn groups_like(&self, letters: &str) -> Result<Vec<String>, JiraError> {
        let request = Request::get(&["groups", "picker"]).query("query", letters.trim()).query("maxResults", 20);
        let answer: Value = self.0.read(request).await?;
        let groups = answer.get("groups").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(groups.iter().filter_map(|group| group.get("name")?.as_str()).map(str::to_owned).collect())
    }

    /// The names of the groups of whoever acts.
    pub async fn groups(&self) -> Result<Vec<String>, JiraError> {
        let answer: Value = self.0.read(Request::get(&["myself"]).query("expand", "groups")).await?;
        let missing = || JiraError::Malformed { detail: "an account without its groups".into() };
        let items = answer.pointer("/groups/items").and_then(Value::as_array).ok_or_else(missing)?;
        Ok(items.iter().filter_map(|group| group.get("name")?.as_str()).map(str::to_owned).collect())
    }
}
