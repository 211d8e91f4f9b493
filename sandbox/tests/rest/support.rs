//! A running sandbox and plain callers.
use reqwest::{Client, Method};
use serde_json::{Value, json};
use usher_sandbox::{Clock, Options, Sandbox};

pub const ALL: &str = "read:jira-work write:jira-work read:jira-user read:me offline_access";

/// A sandbox that stands at a Wednesday morning.
pub async fn sandbox() -> Sandbox {
    let clock = Clock::at("2026-11-18T10:00:00Z".parse().expect("a time"));
    Sandbox::start(Options { clock, ..Options::default() }).await.expect("loopback ports")
}

/// Somebody who calls one site.
#[derive(Clone)]
pub struct Caller {
    pub http: Client,
    pub base: String,
    pub token: String,
}

/// A person on the Cloud site acme.
pub fn cloud(sandbox: &Sandbox, person: &str) -> Caller {
    cloud_with(sandbox, person, ALL)
}

/// The same with these scopes only.
pub fn cloud_with(sandbox: &Sandbox, person: &str, scopes: &str) -> Caller {
    let base = format!("{}/ex/jira/{}/rest/api/3", sandbox.api_url(), usher_sandbox::oauth2::ACME);
    Caller { http: Client::new(), base, token: sandbox.token_for(person, scopes) }
}

/// A person on the Data Center site corp.
pub fn corp(sandbox: &Sandbox, person: &str) -> Caller {
    let base = format!("{}/rest/api/2", sandbox.dc_url());
    Caller { http: Client::new(), base, token: sandbox.personal_token_for(person) }
}

impl Caller {
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// Status and body; an empty body is null, one that is not JSON a string.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a body");
        let value =
            if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) };
        (status, value)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        self.call(Method::DELETE, path, None).await
    }

    /// The keys that a query finds on Cloud, or the errors.
    pub async fn find(&self, jql: &str) -> Result<Vec<String>, Vec<String>> {
        let (path, body) = if self.base.ends_with("/3") {
            ("/search/jql", json!({"jql": jql, "fields": ["summary"], "maxResults": 100}))
        } else {
            ("/search", json!({"jql": jql, "fields": ["summary"], "maxResults": 100}))
        };
        let (status, value) = self.post(path, body).await;
        let strings = |list: &Value, pick: &dyn Fn(&Value) -> Value| {
            list.as_array().into_iter().flatten().map(|one| pick(one).as_str().unwrap_or_default().to_owned()).collect()
        };
        match status {
            200 => Ok(strings(&value["issues"], &|issue| issue["key"].clone())),
            400 => Err(strings(&value["errorMessages"], &Value::clone)),
            other => panic!("{other}: {value}"),
        }
    }
}

/// A document with one paragraph.
pub fn doc(text: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]})
}

/// The error body with these messages.
pub fn messages(texts: &[&str]) -> Value {
    json!({"errorMessages": texts, "errors": {}})
}

/// The error body about one field.
pub fn field_error(field: &str, text: &str) -> Value {
    json!({"errorMessages": [], "errors": {field: text}})
}
