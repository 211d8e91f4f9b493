//! A choice within a choice, such as a country and then a city.

use serde_json::{Value, json};

use super::choice::find;
use crate::jira::Allowed;

/// All values, each as `Parent > Child`, and each parent alone.
pub(super) fn options(allowed: &[Allowed]) -> Vec<Allowed> {
    let mut options = Vec::new();
    for parent in allowed {
        let name = parent.name.clone();
        options.push(Allowed { id: parent.id.clone(), name, children: Vec::new() });
        for child in &parent.children {
            let name = format!("{} > {}", parent.name, child.name);
            options.push(Allowed { id: format!("{}:{}", parent.id, child.id), name, children: Vec::new() });
        }
    }
    options
}

pub(super) fn value(text: &str, allowed: &[Allowed]) -> Result<Value, String> {
    let parts: Vec<&str> = text.split('>').map(str::trim).collect();
    let options = options(allowed);
    let found = find(&parts.join(" > "), &options)?;
    Ok(match found.id.split_once(':') {
        Some((parent, child)) => json!({"id": parent, "child": {"id": child}}),
        None => json!({"id": found.id}),
    })
}
