//! The sprint in which an issue is. The caller has already found out which is meant.

use serde_json::{Value, json};

use super::quoted;

pub(super) const HINT: &str = "A sprint's name, such as Sprint 3";

pub(super) fn value(id: &str) -> Result<Value, String> {
    match id.parse::<u64>() {
        Ok(id) => Ok(json!(id)),
        Err(_) => Err(format!("{} is no sprint.", quoted(id))),
    }
}

/// Jira tells every sprint in which the issue ever was, and takes one number: that of the sprint which is not over.
pub(super) fn kept(value: &Value) -> (String, Value) {
    match value.as_array().and_then(|all| all.iter().rev().find_map(open)) {
        Some((id, name)) => (name, json!(id)),
        None => ("nothing".to_owned(), Value::Null),
    }
}

/// On Cloud a sprint is an object, on Data Center what Java prints of it.
fn open(value: &Value) -> Option<(u64, String)> {
    match value {
        Value::Object(map) => {
            let running = map.get("state").and_then(Value::as_str).is_some_and(|state| state != "closed");
            let name = map.get("name").and_then(Value::as_str)?.to_owned();
            running.then(|| map.get("id").and_then(Value::as_u64)).flatten().map(|id| (id, name))
        }
        Value::String(text) => {
            let between = |from: &str, to: &str| {
                let rest = &text[text.find(from)? + from.len()..];
                Some(&rest[..rest.find(to)?])
            };
            let running = between(",state=", ",").is_some_and(|state| state != "CLOSED");
            // A name may hold commas; the day on which the sprint starts always follows it.
            let name = between(",name=", ",startDate=")?.to_owned();
            running.then(|| between("[id=", ",")?.parse().ok()).flatten().map(|id| (id, name))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sprint_that_is_not_over_counts() {
        let cloud =
            json!([{"id": 1, "name": "Sprint 1", "state": "closed"}, {"id": 2, "name": "A, b", "state": "active"}]);
        let java = |id: u64, state: &str, name: &str| {
            format!(
                "com.atlassian.greenhopper.service.sprint.Sprint@1f[id={id},rapidViewId=5,state={state},name={name},startDate=<null>,endDate=<null>,goal=]"
            )
        };
        let data_center = json!([java(1, "CLOSED", "Sprint 1"), java(2, "ACTIVE", "A, b")]);
        for value in [cloud, data_center] {
            assert_eq!(kept(&value), ("A, b".to_owned(), json!(2)), "{value}");
        }
        for value in [json!(null), json!([]), json!([java(1, "CLOSED", "x")]), json!([7]), json!("x")] {
            assert_eq!(kept(&value), ("nothing".to_owned(), Value::Null), "{value}");
        }
    }
}
