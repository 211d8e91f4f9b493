//! What the bot asks of Jira, held against the published interface: each request that reached the sandbox names an operation
//! of `tests/contracts/`, parameters that it has and, on Cloud, a body that it takes.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::OnceLock,
};

use jsonschema::Validator;
use parking_lot::Mutex;
use serde_json::{Value, json};
use usher_sandbox::Call;

const CLOUD: [&str; 3] = [
    include_str!("../contracts/jira-cloud-v3.json"),
    include_str!("../contracts/jira-agile.json"),
    // Of the parts that no file is published for; the others are there already.
    include_str!("../contracts/jira-cloud-fields.json"),
];
const DATA_CENTER: [&str; 1] = [include_str!("../contracts/jira-dc-v2.json")];

/// What breaks the contract in these calls.
pub fn broken(calls: &[Call]) -> BTreeSet<String> {
    calls.iter().filter_map(|call| check(call).err()).collect()
}

fn check(call: &Call) -> Result<(), String> {
    let Some((operations, path)) = place(call) else { return Ok(()) };
    let what = format!("{} {path}", call.method);
    let Some(operation) = operations.find(&call.method, path) else {
        return Err(format!("{what}: no operation"));
    };
    if let Some(known) = &operation.query {
        let names = url::form_urlencoded::parse(call.query.as_bytes()).map(|(name, _)| name.into_owned());
        let unknown: Vec<String> = names.filter(|name| !known.contains(name)).collect();
        if !unknown.is_empty() {
            return Err(format!("{what}: no parameters {unknown:?}"));
        }
    } else if operation.published && !call.query.is_empty() {
        return Err(format!("{what}: takes no parameters, and got {}", call.query));
    }
    match (&operation.request, &call.body) {
        (Some(validator), Some(body)) => {
            let wrong: Vec<String> =
                validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path)).collect();
            if wrong.is_empty() { Ok(()) } else { Err(format!("{what}: {}", wrong.join("; "))) }
        }
        _ => Ok(()),
    }
}

/// The operations of the kind of site to which a call went, and its path there. Nothing where it is no REST.
fn place(call: &Call) -> Option<(&'static Operations, &str)> {
    static KNOWN: OnceLock<[Operations; 2]> = OnceLock::new();
    let [cloud, data_center] = KNOWN.get_or_init(|| [Operations::load(&CLOUD), Operations::load(&DATA_CENTER)]);
    // Signing in belongs to another interface.
    let at = call.path.find("/rest/").filter(|at| !call.path[*at..].starts_with("/rest/oauth2/"))?;
    match call.host {
        "api" => Some((cloud, &call.path[at..])),
        "dc" => Some((data_center, &call.path[at..])),
        _ => None,
    }
}

struct Operations(Vec<Operation>);

struct Operation {
    method: String,
    path: Vec<String>,
    query: Option<BTreeSet<String>>,
    request: Option<&'static Validator>,
    /// Its parameters are known because its interface is published.
    published: bool,
}

impl Operations {
    fn load(files: &[&str]) -> Self {
        let mut all: BTreeMap<(String, String), Operation> = BTreeMap::new();
        for file in files {
            let file: Value = serde_json::from_str(file).unwrap();
            for operation in file["operations"].as_object().unwrap().values() {
                let text = |name: &str| operation[name].as_str().unwrap().to_owned();
                let (method, path) = (text("method"), text("path"));
                let names = |value: &Value| serde_json::from_value(value.clone()).unwrap();
                let schema = operation.get("request").filter(|request| !request.is_null());
                let read = Operation {
                    method: method.clone(),
                    path: path.split('/').map(str::to_owned).collect(),
                    query: operation.get("query").map(names),
                    request: schema.map(|schema| validator(schema, &file["$defs"])),
                    published: operation.get("responses").is_some(),
                };
                all.entry((method, path)).or_insert(read);
            }
        }
        Self(all.into_values().collect())
    }

    /// The operation with the most words of its own in its path.
    fn find(&self, method: &str, path: &str) -> Option<&Operation> {
        let segments: Vec<&str> = path.split('/').collect();
        let open = |segment: &str| segment.starts_with('{');
        let fits = |operation: &&Operation| {
            operation.method == method
                && operation.path.len() == segments.len()
                && operation.path.iter().zip(&segments).all(|(known, here)| open(known) || known == here)
        };
        self.0.iter().filter(fits).min_by_key(|operation| operation.path.iter().filter(|part| open(part)).count())
    }
}

/// Compiled once for the whole run: the schemas are large.
fn validator(schema: &Value, defs: &Value) -> &'static Validator {
    static KNOWN: OnceLock<Mutex<HashMap<String, &'static Validator>>> = OnceLock::new();
    let mut known = KNOWN.get_or_init(Mutex::default).lock();
    known.entry(schema.to_string()).or_insert_with(|| {
        let whole = json!({"allOf": [schema], "$defs": defs});
        Box::leak(Box::new(jsonschema::draft202012::new(&whole).unwrap()))
    })
}

#[test]
fn what_jira_does_not_have_is_noticed() {
    let call = |method: &str, path: &str, query: &str, body: Option<Value>| Call {
        host: "api",
        person: None,
        method: method.to_owned(),
        path: format!("/ex/jira/1/rest/api/3/{path}"),
        query: query.to_owned(),
        body,
        status: Some(200),
        user_agent: String::new(),
    };
    let good = call("POST", "issue/DEMO-1/transitions", "", Some(json!({"transition": {"id": "5"}})));
    let lists = call("GET", "issue/DEMO-1", "fields=summary&properties=a", None);
    assert_eq!(broken(&[good, lists]), BTreeSet::new());
    for bad in [
        call("POST", "issue/DEMO-1/transitions", "", Some(json!({"transition": {"id": 5}}))),
        call("GET", "issue/DEMO-1", "feilds=summary", None),
        call("GET", "isue/DEMO-1", "", None),
        call("PATCH", "issue/DEMO-1", "", None),
    ] {
        assert_eq!(broken(std::slice::from_ref(&bad)).len(), 1, "{bad:?}");
    }
}
