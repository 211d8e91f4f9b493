//! Another issue: the parent of a sub-task, the epic of a story.

use serde_json::{Value, json};

use super::quoted;
use crate::ids::IssueKey;

pub(super) const HINT: &str = "A key such as DEMO-1";

pub(super) fn value(text: &str) -> Result<Value, String> {
    Ok(json!({"key": key(text)?}))
}

pub(super) fn key(text: &str) -> Result<Value, String> {
    match text.parse::<IssueKey>() {
        Ok(key) => Ok(json!(key.to_string())),
        Err(_) => Err(format!("{} is not an issue key. A key looks like `DEMO-1`.", quoted(text))),
    }
}
