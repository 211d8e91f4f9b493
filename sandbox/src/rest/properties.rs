//! `issue/{key}/properties`: small JSON values that programs keep with an issue.
use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Answer, Ask, Refusal, Reply};
use crate::world::Permission;

/// The longest value, in bytes of JSON.
const LIMIT: usize = 32_768;

/// Reads `[{"key":…,"value":…}]` of a create or edit.
pub(crate) fn read_list(list: Option<&Value>) -> Result<BTreeMap<String, Value>, Refusal> {
    let Some(list) = list.filter(|list| !list.is_null()) else { return Ok(BTreeMap::new()) };
    let refused = || Refusal::bad("The properties are not valid: each needs a 'key' and a 'value'.");
    let mut properties = BTreeMap::new();
    for one in list.as_array().ok_or_else(refused)? {
        let key = one.get("key").and_then(Value::as_str).ok_or_else(refused)?;
        let value = one.get("value").ok_or_else(refused)?;
        check(key, value)?;
        properties.insert(key.to_owned(), value.clone());
    }
    Ok(properties)
}

fn check(key: &str, value: &Value) -> Result<(), Refusal> {
    if key.is_empty() || key.len() > 255 {
        return Err(Refusal::bad("The property key must have between 1 and 255 characters."));
    }
    if value.to_string().len() > LIMIT {
        return Err(Refusal::bad("The property value is too long. It exceeds the allowed limit of 32768 characters."));
    }
    Ok(())
}

fn none(key: &str) -> Refusal {
    Refusal::not_found(format!("The property with key '{key}' does not exist."))
}

/// `GET issue/{key}/properties`.
pub(crate) fn keys(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let link = |key: &str| format!("{}/issue/{id}/properties/{key}", ask.site.api);
    let keys: Vec<Value> = ask.issue(id).properties.keys().map(|key| json!({"self": link(key), "key": key})).collect();
    Ok(Answer::Ok(json!({"keys": keys})))
}

/// `GET issue/{key}/properties/{property}`.
pub(crate) fn get(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let key = ask.param(1);
    let value = ask.issue(id).properties.get(key).ok_or_else(|| none(key))?;
    Ok(Answer::Ok(json!({"key": key, "value": value})))
}

/// `PUT issue/{key}/properties/{property}`: 201 when it is new, 200 when it was there.
pub(crate) fn put(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    let (key, value) = (ask.param(1).to_owned(), ask.body.clone());
    if !ask.may(id, Permission::Edit) {
        return Err(Refusal::forbidden("You do not have permission to edit this issue."));
    }
    check(&key, &value)?;
    let before = ask.issue_mut(id).properties.insert(key, value);
    Ok(if before.is_some() { Answer::OkEmpty } else { Answer::CreatedEmpty })
}

/// `DELETE issue/{key}/properties/{property}`.
pub(crate) fn delete(ask: &mut Ask<'_>) -> Reply {
    let id = ask.path_issue()?;
    if !ask.may(id, Permission::Edit) {
        return Err(Refusal::forbidden("You do not have permission to edit this issue."));
    }
    let key = ask.param(1).to_owned();
    ask.issue_mut(id).properties.remove(&key).map(|_| Answer::NoContent).ok_or_else(|| none(&key))
}
