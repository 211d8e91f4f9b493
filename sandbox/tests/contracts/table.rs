//! Our own contract tables: what the tools rely on in an answer, and which statuses may come.
//!
//! A shape is written as JSON that looks like the answer. `"string"`, `"number"`, `"boolean"`, `"object"`, `"array"` and `"any"` are
//! types; `"digits"` is a string of digits and `"time"` Jira's `2026-11-23T09:00:00.000+0000`; `"x|null"` may be null; a key that ends
//! in `?` may be absent; `[shape]` is a list of at least one; `[shape, "or none"]` may be empty; `"@user"` is the shape of that name in
//! the file's `shapes`. Keys that are not named may come.
use std::collections::BTreeMap;

use parking_lot::Mutex;
use serde_json::Value;

use crate::spec::check_error;

/// A table of operations; remembers which were seen.
pub struct Table {
    file: Value,
    seen: Mutex<BTreeMap<String, bool>>,
}

impl Table {
    pub fn load(text: &str) -> Self {
        Self { file: serde_json::from_str(text).expect("the table is JSON"), seen: Mutex::default() }
    }

    /// Every operation's method and path template.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.file["operations"].as_object().expect("operations");
        all.keys().map(|operation| self.address(operation))
    }

    /// Whether the table says anything about this operation.
    pub fn has(&self, operation: &str) -> bool {
        self.file["operations"].get(operation).is_some()
    }

    /// Method and path template of an operation.
    pub fn address(&self, operation: &str) -> (&str, &str) {
        let operation = &self.file["operations"][operation];
        (operation["method"].as_str().expect("a method"), operation["path"].as_str().expect("a path"))
    }

    /// Whether an answer keeps to the table.
    pub fn check(&self, operation: &str, status: u16, body: Option<&Value>) -> Result<(), String> {
        let row = self.file["operations"].get(operation).ok_or_else(|| format!("the table has no {operation}"))?;
        let statuses = row["statuses"].as_array().expect("statuses");
        if !statuses.iter().any(|known| *known == status) {
            return Err(format!("{operation} does not answer {status}: {body:?}"));
        }
        if status >= 400 {
            return check_error(body).map_err(|error| format!("{operation}, {status}: {error}"));
        }
        self.seen.lock().insert(operation.to_owned(), true);
        match (row.get("answer"), body) {
            (Some(shape), Some(body)) => self.fits(shape, body, operation),
            (None, None) => Ok(()),
            (Some(_), None) => Err(format!("{operation}: no body")),
            (None, Some(body)) => Err(format!("{operation}: a body where there is none: {body}")),
        }
    }

    /// Operations of the table that never succeeded in this run.
    pub fn not_called(&self) -> Vec<String> {
        let seen = self.seen.lock();
        let all = self.file["operations"].as_object().expect("operations").iter();
        let can_succeed =
            |row: &Value| row["statuses"].as_array().is_some_and(|list| list.iter().any(|s| s.as_u64() < Some(300)));
        all.filter(|(id, row)| can_succeed(row) && !seen.contains_key(*id)).map(|(id, _)| id.clone()).collect()
    }

    fn fits(&self, shape: &Value, value: &Value, at: &str) -> Result<(), String> {
        match shape {
            Value::String(kind) => match kind.strip_prefix('@') {
                Some(name) => {
                    let (name, nullable) = name.strip_suffix("|null").map_or((name, false), |name| (name, true));
                    let shape = self.file["shapes"].get(name).ok_or_else(|| format!("{at}: no shape {name:?}"))?;
                    if nullable && value.is_null() { Ok(()) } else { self.fits(shape, value, at) }
                }
                None => fits_kind(kind, value, at),
            },
            Value::Object(keys) => {
                let Some(object) = value.as_object() else { return Err(format!("{at}: not an object: {value}")) };
                for (key, shape) in keys {
                    let (name, optional) = key.strip_suffix('?').map_or((key.as_str(), false), |name| (name, true));
                    match object.get(name) {
                        Some(value) => self.fits(shape, value, &format!("{at}.{name}"))?,
                        None if optional => {}
                        None => return Err(format!("{at}.{name} is missing")),
                    }
                }
                Ok(())
            }
            Value::Array(item) => {
                let Some(list) = value.as_array() else { return Err(format!("{at}: not a list: {value}")) };
                if list.is_empty() && item.len() == 1 {
                    return Err(format!("{at}: an empty list shows nothing"));
                }
                list.iter()
                    .enumerate()
                    .try_for_each(|(index, value)| self.fits(&item[0], value, &format!("{at}[{index}]")))
            }
            other => Err(format!("{at}: {other} is no shape")),
        }
    }
}

fn fits_kind(kind: &str, value: &Value, at: &str) -> Result<(), String> {
    let (kind, nullable) = kind.strip_suffix("|null").map_or((kind, false), |kind| (kind, true));
    let text = value.as_str();
    let fits = match kind {
        _ if nullable && value.is_null() => true,
        "any" => true,
        "string" => text.is_some(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "digits" => text.is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())),
        "time" => text.is_some_and(is_time),
        _ => return Err(format!("{at}: {kind:?} is no type")),
    };
    if fits { Ok(()) } else { Err(format!("{at}: not {kind}: {value}")) }
}

/// `2026-11-23T09:00:00.000+0000`: milliseconds, and a zone without a colon.
fn is_time(text: &str) -> bool {
    let form = "0000-00-00T00:00:00.000+0000";
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            b'+' => matches!(byte, b'+' | b'-'),
            other => byte == other,
        })
}

#[test]
fn a_planted_violation_is_noticed() {
    let table = Table::load(
        r#"{"operations": {"one": {"method": "GET", "path": "/one", "statuses": [200, 404],
            "answer": {"id": "digits", "at": "time", "name?": "string|null", "list": [{"n": "number"}]}}}}"#,
    );
    let check = |text: &str| table.check("one", 200, Some(&serde_json::from_str(text).expect("JSON")));
    let at = r#""at": "2026-11-23T09:00:00.000+0000""#;
    assert_eq!(check(&format!(r#"{{"id": "7", {at}, "list": [{{"n": 1}}], "more": 1}}"#)), Ok(()));
    let refused = |text: &str| check(text).expect_err("a violation");
    assert_eq!(refused(&format!(r#"{{"id": "7", {at}}}"#)), "one.list is missing");
    assert_eq!(refused(&format!(r#"{{"id": 7, {at}, "list": []}}"#)), "one.id: not digits: 7");
    assert_eq!(refused(&format!(r#"{{"id": "7", {at}, "list": []}}"#)), "one.list: an empty list shows nothing");
    assert_eq!(refused(&format!(r#"{{"id": "7", {at}, "list": [{{"n": "1"}}]}}"#)), "one.list[0].n: not number: \"1\"");
    assert!(refused(r#"{"id": "7", "at": "2026-11-23T09:00:00Z", "list": [{"n": 1}]}"#).contains("not time"));
    assert!(table.check("one", 410, None).is_err(), "an undocumented status");
    assert!(table.check("one", 404, None).is_err(), "a refusal that says nothing");
    assert_eq!(Table::load(r#"{"operations": {"two": {"statuses": [204]}}}"#).not_called(), ["two"]);
}
