//! A team. The caller has already found out which is meant.

use serde_json::Value;

pub(super) const HINT: &str = "A team's name";

/// Jira tells a team as an object, and takes it as its id.
pub(super) fn kept(value: &Value) -> (String, Value) {
    let text = |name: &str| value.get(name).and_then(Value::as_str);
    match (text("id").or_else(|| value.as_str()), text("name").or_else(|| text("title"))) {
        (Some(id), name) => (name.unwrap_or(id).to_owned(), id.into()),
        (None, _) => ("nothing".to_owned(), Value::Null),
    }
}
