//! The published contract of Jira Cloud: trimmed schemas of Atlassian's OpenAPI files (`tests/contracts/jira-cloud-v3.json` and
//! `jira-agile.json`).
use std::collections::{BTreeMap, BTreeSet};

use parking_lot::Mutex;
use serde_json::{Value, json};

const PLATFORM: &str = include_str!("../../../tests/contracts/jira-cloud-v3.json");
const AGILE: &str = include_str!("../../../tests/contracts/jira-agile.json");

/// The operations and what each may be sent and answer; remembers which were seen.
pub struct Spec {
    file: Value,
    seen: Mutex<BTreeMap<String, BTreeSet<u16>>>,
}

impl Spec {
    pub fn load() -> Self {
        let mut file: Value = serde_json::from_str(PLATFORM).expect("the contract is JSON");
        let agile: Value = serde_json::from_str(AGILE).expect("the contract is JSON");
        assert_eq!(agile["$defs"], json!({}), "shared definitions would have to be merged");
        let all = file["operations"].as_object_mut().expect("operations");
        all.extend(agile["operations"].as_object().expect("operations").clone());
        Self { file, seen: Mutex::default() }
    }

    /// Every operation's method and path template.
    pub fn addresses(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.file["operations"].as_object().expect("operations");
        all.keys().map(|operation| self.address(operation))
    }

    /// Method and path template of an operation.
    pub fn address(&self, operation: &str) -> (&str, &str) {
        let operation = &self.file["operations"][operation];
        (operation["method"].as_str().expect("a method"), operation["path"].as_str().expect("a path"))
    }

    /// Whether what is sent keeps to the contract, so that the test itself asks nothing that Jira would not take.
    pub fn check_request(&self, operation: &str, body: &Value) -> Result<(), String> {
        match self.file["operations"][operation].get("request") {
            Some(schema) => self.validate(schema, body).map_err(|error| format!("{operation}, request: {error}")),
            None => Err(format!("{operation} takes no JSON body")),
        }
    }

    /// Whether an answer keeps to the contract: a documented status, and a body of the documented form.
    pub fn check_answer(&self, operation: &str, status: u16, body: Option<&Value>) -> Result<(), String> {
        let responses = self.file["operations"][operation]["responses"].as_object().expect("responses");
        // The gateway stands in front of every operation, documented or not.
        let gateway = status == 401 && body.is_some_and(|body| body["code"] == 401);
        let Some(schema) = responses.get(&status.to_string()).or(gateway.then_some(&Value::Null)) else {
            return Err(format!("{operation} does not document status {status}: {body:?}"));
        };
        self.seen.lock().entry(operation.to_owned()).or_default().insert(status);
        let checked = match (schema, body) {
            _ if status >= 400 => check_error(body),
            (Value::Null, None) => Ok(()),
            (Value::Null, Some(_)) if self.address(operation).0 == "GET" => Ok(()),
            (Value::Null, Some(body)) => Err(format!("a body where none is documented: {body}")),
            (_, None) => Err("no body".to_owned()),
            (schema, Some(body)) => self.validate(schema, body),
        };
        checked.map_err(|error| format!("{operation}, {status}: {error}"))
    }

    /// Operations of the contract that never succeeded in this run.
    pub fn not_called(&self) -> Vec<String> {
        let seen = self.seen.lock();
        let all = self.file["operations"].as_object().expect("operations").keys();
        let succeeded =
            |id: &&String| seen.get(*id).is_some_and(|statuses| statuses.iter().any(|status| *status < 300));
        all.filter(|id| !succeeded(id)).cloned().collect()
    }

    fn validate(&self, schema: &Value, body: &Value) -> Result<(), String> {
        let whole = json!({ "allOf": [schema], "$defs": self.file["$defs"] });
        let validator = jsonschema::draft202012::new(&whole).expect("a valid schema");
        let errors: Vec<_> =
            validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path)).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors.join("; ")) }
    }
}

/// The two forms of refusal: Jira's own, and the gateway's.
pub fn check_error(body: Option<&Value>) -> Result<(), String> {
    let Some(body) = body else { return Err("a refusal that says nothing".to_owned()) };
    let own = body["errorMessages"].as_array().is_some_and(|list| list.iter().all(Value::is_string))
        && body["errors"].as_object().is_some_and(|errors| errors.values().all(Value::is_string))
        && !(body["errorMessages"] == json!([]) && body["errors"] == json!({}));
    let gateway = body["code"].is_u64() && body["message"].is_string();
    if own || gateway { Ok(()) } else { Err(format!("not the form of a refusal: {body}")) }
}

#[test]
fn an_undocumented_answer_is_noticed() {
    let spec = Spec::load();
    let good = json!({ "accountId": "5b10", "displayName": "Ada", "active": true });
    assert_eq!(spec.check_answer("getCurrentUser", 200, Some(&good)), Ok(()));
    let wrong_type = json!({ "accountId": 5 });
    let error = spec.check_answer("getCurrentUser", 200, Some(&wrong_type)).expect_err("a number is no account id");
    assert!(error.contains("/accountId"), "{error}");
    let invented = json!({ "accountId": "5b10", "username": "ada" });
    assert!(spec.check_answer("getCurrentUser", 200, Some(&invented)).is_err(), "Jira has no such property");
    assert!(spec.check_answer("getCurrentUser", 403, Some(&good)).is_err(), "403 is not documented");
    assert!(spec.check_answer("getCurrentUser", 401, Some(&good)).is_err(), "a refusal has its own form");
    assert!(spec.check_answer("editIssue", 204, Some(&good)).is_err(), "204 has no body");
    let number = json!({ "transition": { "id": 5 } });
    assert!(spec.check_request("doTransition", &number).is_err(), "the id of a transition is text");
}
