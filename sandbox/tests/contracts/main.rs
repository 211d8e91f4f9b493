//! The sandbox keeps to Jira's contracts: every operation it serves is called on both sites, and every status and body is checked.
//!
//! The contracts are in `tests/contracts` at the top of the repository; `NOTICE.md` there says where they come from.
mod cloud;
mod data_center;
mod spec;
mod table;

use serde_json::Value;

/// What is sent besides method and path.
#[derive(Default)]
struct Ask<'a> {
    /// In place of the parameters of the path, in order.
    path: &'a [&'a str],
    query: &'a [(&'a str, &'a str)],
    body: Option<Value>,
    /// Name and content of a file, sent as a form.
    file: Option<(&'a str, &'a str)>,
}

/// The path template with its parameters filled in.
fn fill(template: &str, parameters: &[&str]) -> String {
    let mut left = parameters.iter();
    let filled = template.split('/').map(|segment| {
        if segment.starts_with('{') { *left.next().expect("a parameter for every brace") } else { segment }
    });
    let filled = filled.collect::<Vec<_>>().join("/");
    assert_eq!(left.next(), None, "too many parameters for {template}");
    filled
}

/// The answer's body: JSON, or nothing.
async fn body(response: reqwest::Response) -> Option<Value> {
    let json =
        response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    let bytes = response.bytes().await.expect("a whole body");
    (json && !bytes.is_empty()).then(|| serde_json::from_slice(&bytes).expect("JSON as announced"))
}

/// Method, sites and path (`*` for a parameter) of each operation in the sandbox's table of routes.
fn served() -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let source = include_str!("../../src/rest/routes.rs");
    let rows = source.lines().filter_map(|line| {
        let (head, rest) = line.trim().split_once('[')?;
        let (path, _) = rest.split_once(']')?;
        let mut head = head.split_whitespace();
        let (method, site) = (head.next()?, head.next()?);
        let known =
            matches!(method, "GET" | "POST" | "PUT" | "DELETE") && matches!(site, "Both" | "Cloud" | "DataCenter");
        known.then(|| (method, site, path.split_whitespace().map(|segment| segment.trim_matches('"')).collect()))
    });
    rows.collect()
}

fn same_path(segments: &[&str], template: &str) -> bool {
    let template: Vec<&str> = template.trim_start_matches("/rest").trim_start_matches('/').split('/').collect();
    let template: Vec<&str> = match template.as_slice() {
        ["api", _, rest @ ..] => std::iter::once("api").chain(rest.iter().copied()).collect(),
        other => other.to_vec(),
    };
    segments.len() == template.len()
        && segments
            .iter()
            .zip(&template)
            .all(|(segment, part)| (*segment == "*" && part.starts_with('{')) || segment == part)
}

#[test]
fn every_operation_that_is_served_has_a_contract() {
    let (spec, fields) = (spec::Spec::load(), cloud::fields());
    let cloud: Vec<_> = spec.addresses().chain(fields.addresses()).collect();
    let table = data_center::table();
    let data_center: Vec<_> = table.addresses().collect();
    let served = served();
    assert!(served.len() > 40, "the table of routes was not understood");
    for (method, site, path) in &served {
        for (kind, contract) in [("Cloud", &cloud), ("DataCenter", &data_center)] {
            if *site == "Both" || *site == kind {
                let known = contract.iter().any(|(m, template)| m == method && same_path(path, template));
                assert!(known, "no contract on {kind}: {method} {path:?}");
            }
        }
    }
    for (kind, contract) in [("Cloud", &cloud), ("DataCenter", &data_center)] {
        for (method, template) in contract {
            let serves = |(m, site, path): &(&str, &str, Vec<&str>)| {
                m == method && (*site == "Both" || *site == kind) && same_path(path, template)
            };
            assert!(served.iter().any(serves), "{kind} does not serve {method} {template}");
        }
    }
}
