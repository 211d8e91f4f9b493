//! Values of fields as Jira gives them: shown to people, and handed back to Jira.

use serde_json::{Map, Value, json};

use crate::{fields, jira::FieldMeta};

/// The longest value that is shown, in characters.
const LONGEST: usize = 60;

/// What a field holds: as people read it, and as Jira takes it back.
pub fn of_field(field: Option<&FieldMeta>, value: &Value) -> (Option<String>, Value) {
    match field.and_then(|field| fields::kept(field, value)) {
        Some((words, back)) => (Some(short(&words)), back),
        None => (shown(value), back(value)),
    }
}

/// A value as people read it, in one line. `None` where it is a document, which no line holds.
fn shown(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) => short(text),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Array(items) if items.is_empty() => "nothing".to_owned(),
        Value::Array(items) => short(&items.iter().map(shown).collect::<Option<Vec<_>>>()?.join(", ")),
        Value::Object(map) if map.get("type").is_some_and(|kind| kind == "doc") => return None,
        Value::Object(map) => {
            let text = |name: &str| map.get(name).and_then(Value::as_str);
            if let Some(estimate) = text("originalEstimate").or_else(|| text("remainingEstimate")) {
                let left = text("remainingEstimate").map(|left| format!(", {left} left")).unwrap_or_default();
                return Some(format!("{estimate}{left}"));
            }
            let name = ["displayName", "value", "name", "key"].iter().find_map(|name| text(name));
            let child = map.get("child").and_then(shown).map(|child| format!(" / {child}")).unwrap_or_default();
            match name {
                Some(name) => format!("{}{child}", short(name)),
                None if map.is_empty() => "nothing".to_owned(),
                None => return None,
            }
        }
    })
}

/// A value as Jira takes it back: of what it says about a person, an option or a version, what names it.
fn back(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(back).collect(),
        Value::Object(map) if map.get("type").is_some_and(|kind| kind == "doc") => value.clone(),
        Value::Object(map) => {
            let mut kept = Map::new();
            // A person's name in Data Center is what names them; an option's or a version's is only what it is called.
            let naming: &[&str] = match map {
                map if map.contains_key("accountId") => &["accountId"],
                map if map.contains_key("emailAddress") || map.contains_key("displayName") => &["name"],
                map if map.contains_key("fields") => &["key"],
                map if map.contains_key("id") => &["id", "child"],
                map if map.contains_key("originalEstimate") || map.contains_key("remainingEstimate") => {
                    &["originalEstimate", "remainingEstimate"]
                }
                _ => &["key", "name", "value"],
            };
            for name in naming {
                if let Some(value) = map.get(*name) {
                    kept.insert((*name).to_owned(), back(value));
                }
            }
            match kept.is_empty() {
                true => json!(null),
                false => kept.into(),
            }
        }
        plain => plain.clone(),
    }
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_and_go_back() {
        let table = [
            (json!(null), "nothing", json!(null)),
            (json!([]), "nothing", json!([])),
            (json!(""), "nothing", json!("")),
            (json!(["a", "b"]), "a, b", json!(["a", "b"])),
            (json!({"accountId": "1", "displayName": "Ada", "self": "x"}), "Ada", json!({"accountId": "1"})),
            (json!({"name": "ada", "key": "JIRAUSER1", "displayName": "Ada"}), "Ada", json!({"name": "ada"})),
            (json!({"id": "2", "name": "High", "self": "x"}), "High", json!({"id": "2"})),
            (
                json!({"id": "2", "value": "EU", "child": {"id": "3", "value": "Bern"}}),
                "EU / Bern",
                json!({"id": "2", "child": {"id": "3"}}),
            ),
            (json!({"id": "7", "key": "WEB-1", "fields": {}}), "WEB-1", json!({"key": "WEB-1"})),
            (json!({"originalEstimate": "4h", "timeSpent": "1h"}), "4h", json!({"originalEstimate": "4h"})),
            (json!(3.5), "3.5", json!(3.5)),
        ];
        for (value, words, given) in table {
            assert_eq!(shown(&value).as_deref(), Some(words), "{value}");
            assert_eq!(back(&value), given, "{value}");
        }
        let document = json!({"type": "doc", "version": 1, "content": []});
        assert_eq!((shown(&document), back(&document)), (None, document));
    }
}
