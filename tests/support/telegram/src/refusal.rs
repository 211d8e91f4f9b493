//! How Telegram says no: an HTTP status, its number and sentence again in the body, and at times what to do about it.

use serde_json::{Value, json};

/// A refusal in Telegram's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The status.
    pub code: u16,
    /// The sentence, `Bad Request: chat not found`.
    pub description: String,
    /// `retry_after` or `migrate_to_chat_id`.
    pub parameters: Option<Value>,
}

impl Refusal {
    /// 400.
    pub fn bad(why: impl std::fmt::Display) -> Self {
        Self { code: 400, description: format!("Bad Request: {why}"), parameters: None }
    }

    /// 403.
    pub fn forbidden(why: impl std::fmt::Display) -> Self {
        Self { code: 403, description: format!("Forbidden: {why}"), parameters: None }
    }

    /// 409.
    pub fn conflict(why: impl std::fmt::Display) -> Self {
        Self { code: 409, description: format!("Conflict: {why}"), parameters: None }
    }

    /// 429, with the seconds to wait.
    pub fn too_many(seconds: u64) -> Self {
        Self {
            code: 429,
            description: format!("Too Many Requests: retry after {seconds}"),
            parameters: Some(json!({ "retry_after": seconds })),
        }
    }

    /// The group has become a supergroup with this id.
    pub fn migrated(to: i64) -> Self {
        let why = "Bad Request: group chat was upgraded to a supergroup chat".to_owned();
        Self { code: 400, description: why, parameters: Some(json!({ "migrate_to_chat_id": to })) }
    }

    /// A token that is no bot's.
    pub fn unauthorized() -> Self {
        Self { code: 401, description: "Unauthorized".to_owned(), parameters: None }
    }

    /// A method or file that does not exist.
    pub fn not_found() -> Self {
        Self { code: 404, description: "Not Found".to_owned(), parameters: None }
    }

    /// The body.
    pub fn body(&self) -> Value {
        let mut body = json!({ "ok": false, "error_code": self.code, "description": self.description });
        if let Some(parameters) = &self.parameters {
            body["parameters"] = parameters.clone();
        }
        body
    }
}
