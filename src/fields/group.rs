//! A group of people. The caller has already found out which is meant.

use serde_json::{Value, json};

pub(super) const HINT: &str = "A group's name";
pub(super) const HINTS: &str = "Names of groups with commas between";

pub(super) fn value(name: &str) -> Value {
    json!({"name": name})
}
