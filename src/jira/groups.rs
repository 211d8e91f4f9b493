//! The groups that an account belongs to.

use serde_json::Value;

use super::{Users, send::Request};
use crate::error::JiraError;

impl Users<'_> {
    /// The names of the groups of whoever acts.
    pub async fn groups(&self) -> Result<Vec<String>, JiraError> {
        let answer: Value = self.0.read(Request::get(&["myself"]).query("expand", "groups")).await?;
        let missing = || JiraError::Malformed { detail: "an account without its groups".into() };
        let items = answer.pointer("/groups/items").and_then(Value::as_array).ok_or_else(missing)?;
        Ok(items.iter().filter_map(|group| group.get("name")?.as_str()).map(str::to_owned).collect())
    }
}
