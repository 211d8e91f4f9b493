//! A server that answers as a test says and remembers what it was asked, and clients for it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{Router, body::Body, extract::Request, http::Response};
use parking_lot::Mutex;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use usher::{
    error::JiraError,
    ids::{AccountId, IssueKey, ProjectKey},
    jira::{Auth, Client, Credential, Http, Limits, Site},
};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub authorization: String,
    pub body: Value,
}

/// What to answer.
pub enum Reply {
    Now(Response<Body>),
    Never,
}

/// The listener. It ends with the test.
pub struct Server {
    pub url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (record, answer) = (Arc::clone(&seen), Arc::new(answer));
        let handler = move |request: Request| {
            let (record, answer) = (Arc::clone(&record), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
                let header = parts.headers.get("authorization").map(|value| value.to_str().unwrap());
                let one = Seen {
                    method: parts.method.to_string(),
                    path: parts.uri.path().to_owned(),
                    query: parts.uri.query().unwrap_or_default().to_owned(),
                    authorization: header.unwrap_or_default().to_owned(),
                    body: serde_json::from_slice(&body).unwrap_or_default(),
                };
                record.lock().push(one.clone());
                match answer(&one) {
                    Reply::Now(response) => response,
                    Reply::Never => std::future::pending().await,
                }
            }
        };
        let app = Router::new().fallback(handler);
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, seen, task }
    }

    /// What was asked so far: `GET /path`.
    pub fn asked(&self) -> Vec<String> {
        self.seen.lock().iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect()
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

pub fn json(status: u16, body: &Value) -> Reply {
    answer(status, &[("content-type", "application/json")], &body.to_string())
}

pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Reply::Now(response.body(Body::from(body.to_owned())).unwrap())
}

/// A bearer token that can be renewed as often as `renewals` says. Its generation is part of it.
#[derive(Debug, Default)]
pub struct Ticket {
    pub renewals: i64,
    pub renewed: AtomicI64,
}

#[async_trait]
impl Credential for Ticket {
    async fn authorize(&self) -> Result<Auth, JiraError> {
        let generation = self.renewed.load(Ordering::SeqCst);
        Ok(Auth::Bearer { token: format!("token-{generation}").into(), generation })
    }

    async fn renew(&self, stale: &Auth) -> Result<Auth, JiraError> {
        if self.renewed.fetch_add(1, Ordering::SeqCst) >= self.renewals {
            return Err(JiraError::Unauthorized);
        }
        assert_eq!(stale.generation() + 1, self.renewed.load(Ordering::SeqCst));
        self.authorize().await
    }
}

pub fn limits() -> Limits {
    Limits { connect: Duration::from_secs(5), total: Duration::from_millis(700), body: 64 << 10, points: None }
}

pub fn cloud(url: &str) -> Client {
    with_ticket(url, Arc::new(Ticket::default()))
}

pub fn with_ticket(url: &str, ticket: Arc<dyn Credential>) -> Client {
    let browse = "https://acme.example".parse().unwrap();
    let site = Site::cloud("acme".parse().unwrap(), browse, &url.parse().unwrap(), "cloud-1");
    Client::new(Http::with_limits(limits()).unwrap(), Arc::new(site), ticket, AccountId("ada".into()))
}

pub fn corp(url: &str, ticket: Arc<dyn Credential>) -> Client {
    let site = Site::data_center("corp".parse().unwrap(), format!("{url}/jira").parse().unwrap());
    Client::new(Http::with_limits(limits()).unwrap(), Arc::new(site), ticket, AccountId("abyron".into()))
}

pub fn key(text: &str) -> IssueKey {
    text.parse().unwrap()
}

pub fn project(text: &str) -> ProjectKey {
    text.parse().unwrap()
}

/// An issue as Jira answers it, with addresses that lead elsewhere.
pub fn issue(key: &str, elsewhere: &str) -> Value {
    let (project, _) = key.rsplit_once('-').unwrap();
    serde_json::json!({"id": "10001", "key": key, "self": format!("{elsewhere}/rest/api/3/issue/10001"), "fields": {
        "project": {"key": project, "self": format!("{elsewhere}/p")}, "summary": "Login fails",
        "status": {"name": "To Do", "statusCategory": {"key": "new"}}, "issuetype": {"id": "1", "name": "Bug"},
        "assignee": {"accountId": "a", "displayName": "Grace", "avatarUrls": {"48x48": format!("{elsewhere}/a.png")}}}})
}
