//! What the bot asked, as it is kept for tests.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde_json::Value;

/// One request of the bot's.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method, as Telegram writes it.
    pub method: String,
    /// Its parameters, files as `attach://name`.
    pub parameters: Value,
    /// Files that came along, by the name of their part.
    pub files: BTreeMap<String, Upload>,
    /// What was answered: the status, and the sentence of a refusal. `None`: nothing yet, or nobody waits any more.
    pub answer: Option<(u16, String)>,
    /// When it came.
    pub at: tokio::time::Instant,
}

/// A file that came with a request.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: Option<String>,
    /// Its content.
    pub content: Bytes,
}

impl Request {
    /// A text parameter, or nothing.
    pub fn text(&self, name: &str) -> &str {
        self.parameters[name].as_str().unwrap_or_default()
    }
}
