//! Some of several values: multiple select, checkboxes, components, versions.

use serde_json::{Value, json};

use super::choice::find;
use crate::jira::Allowed;

/// Each value by itself, or several in one text with commas between. A name with a comma in it counts as one.
pub(super) fn value(entered: &[&str], allowed: &[Allowed]) -> Result<Value, String> {
    let mut ids: Vec<&str> = Vec::new();
    let mut add = |found: &'_ str| -> Result<(), String> {
        let id = &find(found, allowed)?.id;
        if !ids.contains(&id.as_str()) {
            ids.push(id);
        }
        Ok(())
    };
    for text in entered {
        let whole = allowed.iter().any(|allowed| allowed.name.trim().to_lowercase() == text.to_lowercase());
        if whole || !text.contains(',') {
            add(text)?;
            continue;
        }
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            add(part)?;
        }
    }
    Ok(ids.iter().map(|id| json!({"id": id})).collect())
}
