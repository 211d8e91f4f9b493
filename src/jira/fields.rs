//! What Jira says about a field: whether it must be filled in, of what type it is, what it may hold.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A field of a create or transition screen. Source: `FieldCreateMetadata` and `FieldMetadata` of the REST interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldMeta {
    /// Its id: `summary`, `customfield_10011`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Whether Jira refuses an empty one.
    pub required: bool,
    /// Whether Jira fills it in when it is left out.
    pub has_default: bool,
    /// The type of its value: `string`, `option`, `array`, `user`, `date`, `datetime`, `number`, `priority`, ….
    pub kind: String,
    /// The type of each item, where `kind` is `array`.
    pub items: Option<String>,
    /// The kind of custom field, such as `com.atlassian.jira.plugin.system.customfieldtypes:textarea`.
    pub custom: Option<String>,
    /// The system field that it is, such as `description`.
    pub system: Option<String>,
    /// What it may hold, where the choice is closed.
    pub allowed: Vec<Allowed>,
    /// What can be done with it: `set`, `add`, `remove`.
    pub operations: Vec<String>,
}

/// One value that a field may hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowed {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// The second level of a cascading choice.
    pub children: Vec<Allowed>,
}

impl FieldMeta {
    /// Reads one entry. `id` is the key under which it stood, where it stood under one.
    pub(super) fn read(id: Option<&str>, value: &Value) -> Option<Self> {
        let map = value.as_object()?;
        let id = text(map, "fieldId").or_else(|| id.map(str::to_owned)).or_else(|| text(map, "key"))?;
        let empty = Map::new();
        let schema = map.get("schema").and_then(Value::as_object).unwrap_or(&empty);
        let flag = |name: &str| map.get(name).and_then(Value::as_bool).unwrap_or(false);
        Some(Self {
            name: text(map, "name").unwrap_or_else(|| id.clone()),
            required: flag("required"),
            has_default: flag("hasDefaultValue"),
            kind: text(schema, "type").unwrap_or_else(|| "any".into()),
            items: text(schema, "items"),
            custom: text(schema, "custom"),
            system: text(schema, "system"),
            allowed: list(map, "allowedValues").iter().filter_map(Allowed::read).collect(),
            operations: list(map, "operations").iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            id,
        })
    }
}

impl Allowed {
    fn read(value: &Value) -> Option<Self> {
        if let Some(word) = value.as_str() {
            return Some(Self { id: word.into(), name: word.into(), children: Vec::new() });
        }
        let map = value.as_object()?;
        let id = ["id", "accountId", "key", "name", "value"].iter().find_map(|name| text(map, name))?;
        let name = ["name", "value", "displayName", "key"].iter().find_map(|name| text(map, name));
        Some(Self {
            name: name.unwrap_or_else(|| id.clone()),
            id,
            children: list(map, "children").iter().filter_map(Self::read).collect(),
        })
    }
}

fn text(map: &Map<String, Value>, name: &str) -> Option<String> {
    match map.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn list<'a>(map: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    map.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_field_is_read_from_either_shape() {
        let create = json!({"fieldId": "customfield_1", "name": "Browser", "required": true, "hasDefaultValue": false,
            "schema": {"type": "option", "custom": "x:select", "customId": 1}, "operations": ["set"],
            "allowedValues": [{"id": "1", "value": "Firefox", "children": [{"id": "2", "value": "Nightly"}]}, "other"]});
        let field = FieldMeta::read(None, &create).unwrap();
        assert_eq!((field.id.as_str(), field.required, field.kind.as_str()), ("customfield_1", true, "option"));
        assert_eq!(field.allowed[0].name, "Firefox");
        assert_eq!(field.allowed[0].children[0].id, "2");
        assert_eq!(field.allowed[1].id, "other");

        let transition =
            json!({"name": "Resolution", "required": true, "schema": {"type": "resolution", "system": "resolution"}});
        let field = FieldMeta::read(Some("resolution"), &transition).unwrap();
        assert_eq!((field.id.as_str(), field.system.as_deref()), ("resolution", Some("resolution")));
        assert_eq!(FieldMeta::read(None, &json!("x")), None);
    }
}
