//! Labels: words without spaces.

use serde_json::{Value, json};

pub(super) const HINT: &str = "Words with spaces between";

/// Jira's limit for one label.
const LONGEST: usize = 255;

pub(super) fn value(entered: &[&str]) -> Result<Value, String> {
    let mut labels: Vec<&str> = Vec::new();
    for label in entered.iter().flat_map(|text| text.split(|c: char| c.is_whitespace() || c == ',')) {
        if label.chars().count() > LONGEST {
            return Err(format!("A label has at most {LONGEST} characters."));
        }
        if !label.is_empty() && !labels.contains(&label) {
            labels.push(label);
        }
    }
    Ok(json!(labels))
}
