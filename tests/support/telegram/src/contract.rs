//! What Telegram's own description says of each method, held against what is sent and what is answered.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use jsonschema::Validator;
use parking_lot::Mutex;
use serde_json::{Map, Value, json};

static SPEC: LazyLock<Value> = LazyLock::new(|| {
    let spec = include_str!("../../../contracts/telegram-bot-api.json");
    serde_json::from_str(spec).expect("the contract is JSON")
});

static NAMES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let methods = SPEC["methods"].as_object().expect("methods by name");
    methods.keys().map(|name| (name.to_ascii_lowercase(), name.as_str())).collect()
});

/// A method's name as Telegram writes it, whatever its letters' case.
pub fn method(name: &str) -> Option<&'static str> {
    NAMES.get(&name.to_ascii_lowercase()).copied()
}

/// What is wrong with a request's parameters.
pub fn request(method: &str, parameters: &Value) -> Vec<String> {
    complaints(&format!("/methods/{method}/parameters"), parameters)
}

/// What is wrong with an answer of the stand-in itself.
pub fn answer(method: &str, result: &Value) -> Vec<String> {
    complaints(&format!("/methods/{method}/returns"), result)
}

/// What is wrong with an update of the stand-in itself.
pub fn update(update: &Value) -> Vec<String> {
    complaints("/$defs/Update", update)
}

fn complaints(place: &str, value: &Value) -> Vec<String> {
    let errors = validator(place);
    errors.iter_errors(value).map(|error| format!("{error} at {}", error.instance_path)).collect()
}

fn validator(place: &str) -> Arc<Validator> {
    static MADE: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> = LazyLock::new(Mutex::default);
    if let Some(made) = MADE.lock().get(place) {
        return made.clone();
    }
    let mut schema = SPEC.pointer(place).cloned().unwrap_or_else(|| panic!("the contract has no {place}"));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$defs"] = SPEC["$defs"].clone();
    let made = Arc::new(jsonschema::validator_for(&schema).expect("the contract is a schema"));
    MADE.lock().insert(place.to_owned(), made.clone());
    made
}

/// Parameters as JSON: a form's are all text, and parts of a JSON body may be JSON in a string.
pub fn typed(method: &str, sent: Map<String, Value>) -> Value {
    let known = &SPEC["methods"][method]["parameters"]["properties"];
    let typed = sent.into_iter().map(|(name, value)| {
        let value = match (&value, known.get(&name)) {
            (Value::String(text), Some(schema)) => read(schema, text).unwrap_or(value),
            _ => value,
        };
        (name, value)
    });
    Value::Object(typed.collect())
}

/// The value that a text stands for where the schema takes something else than text.
fn read(schema: &Value, text: &str) -> Option<Value> {
    let one = std::slice::from_ref(schema);
    let ways = schema["anyOf"].as_array().map_or(one, Vec::as_slice);
    let takes = |kind: &str| ways.iter().any(|way| way["type"] == kind);
    if takes("string") {
        return takes("integer").then(|| text.parse::<i64>().ok().map(Value::from)).flatten();
    }
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(method("GetMe"), Some("getMe"));
        assert_eq!(method("getme"), Some("getMe"));
        assert_eq!(method("getYou"), None);
    }

    #[test]
    fn a_request_needs_its_parameters_and_takes_no_others() {
        assert_eq!(request("sendMessage", &json!({ "chat_id": 1, "text": "x" })), Vec::<String>::new());
        assert!(request("sendMessage", &json!({ "chat_id": 1 }))[0].contains("\"text\" is a required property"));
        assert!(request("sendMessage", &json!({ "chat_id": 1, "text": "x", "loud": true }))[0].contains("'loud'"));
        assert!(!request("sendMessage", &json!({ "chat_id": true, "text": "x" })).is_empty());
        let crooked = json!({ "chat_id": 1, "text": "x", "reply_markup": { "inline_keyboard": [[{ "label": "x" }]] } });
        assert!(!request("sendMessage", &crooked).is_empty());
    }

    #[test]
    fn forms_are_read_by_type() {
        let sent = json!({
            "chat_id": "-100123", "caption": "12", "disable_notification": "true", "photo": "attach://x",
            "reply_markup": "{\"inline_keyboard\":[]}",
        });
        let typed = typed("sendPhoto", sent.as_object().unwrap().clone());
        assert_eq!(
            typed,
            json!({
                "chat_id": -100_123, "caption": "12", "disable_notification": true, "photo": "attach://x",
                "reply_markup": { "inline_keyboard": [] },
            })
        );
    }
}
