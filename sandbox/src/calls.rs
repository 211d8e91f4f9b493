//! The record of who called what.
use std::collections::VecDeque;

use parking_lot::Mutex;
use serde::Serialize;

/// More calls than this are forgotten, the oldest first.
const KEPT: usize = 20_000;

/// One request that reached the sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// Which address it came to: `auth`, `api`, `cloud`, `other_cloud` or `dc`.
    pub host: &'static str,
    /// Who called, where the credential was good.
    pub person: Option<String>,
    /// `GET`.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The query as it came, without its question mark; empty if there was none.
    pub query: String,
    /// The body of a request to Jira's REST, where it was JSON.
    pub body: Option<serde_json::Value>,
    /// The status of the answer; None where the connection was cut.
    pub status: Option<u16>,
    /// The `User-Agent`; empty if there was none.
    pub user_agent: String,
}

/// The record.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<VecDeque<Call>>);

impl Calls {
    pub fn add(&self, call: Call) {
        let mut calls = self.0.lock();
        if calls.len() == KEPT {
            calls.pop_front();
        }
        calls.push_back(call);
    }

    pub fn all(&self) -> Vec<Call> {
        self.0.lock().iter().cloned().collect()
    }

    pub fn clear(&self) {
        self.0.lock().clear();
    }
}
