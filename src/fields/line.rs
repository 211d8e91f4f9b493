//! One line of text: summary, text field, epic name.

use serde_json::{Value, json};

/// Jira's limit for the summary and for text fields.
const LONGEST: usize = 255;

/// Line breaks become spaces, since Jira refuses them here.
pub(super) fn value(text: &str) -> Result<Value, String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.chars().count() {
        length if length > LONGEST => Err(format!("At most {LONGEST} characters fit, and this has {length}.")),
        _ => Ok(json!(line)),
    }
}
