//! How Discord says no.

use serde_json::{Value, json};

/// A refusal: HTTP status, Discord's code, its words, and where in the body the mistakes are.
#[derive(Debug, Clone)]
pub struct Refusal {
    pub status: u16,
    pub code: u64,
    pub message: String,
    pub errors: Value,
}

/// One mistake in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Keys and indexes from the top.
    pub path: Vec<String>,
    /// Such as `BASE_TYPE_BAD_LENGTH`.
    pub code: &'static str,
    pub message: String,
}

impl Mistake {
    pub fn new(path: &str, code: &'static str, message: impl Into<String>) -> Self {
        let path = path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Self { path, code, message: message.into() }
    }
}

impl Refusal {
    pub fn new(status: u16, code: u64, message: &str) -> Self {
        Self { status, code, message: message.to_owned(), errors: Value::Null }
    }

    /// 50035, with every mistake where it stands.
    pub fn form(mistakes: &[Mistake]) -> Self {
        let mut errors = json!({});
        for mistake in mistakes {
            let mut place = &mut errors;
            for part in &mistake.path {
                place = &mut place[part.as_str()];
            }
            let error = json!({"code": mistake.code, "message": mistake.message});
            match place["_errors"].as_array_mut() {
                Some(list) => list.push(error),
                None => place["_errors"] = json!([error]),
            }
        }
        Self { status: 400, code: 50035, message: "Invalid Form Body".to_owned(), errors }
    }

    pub fn unknown(what: &str, code: u64) -> Self {
        Self::new(404, code, &format!("Unknown {what}"))
    }

    pub fn body(&self) -> Value {
        let mut body = json!({"message": self.message, "code": self.code});
        if !self.errors.is_null() {
            body["errors"] = self.errors.clone();
        }
        body
    }
}

pub fn missing_access() -> Refusal {
    Refusal::new(403, 50001, "Missing Access")
}

pub fn missing_permissions() -> Refusal {
    Refusal::new(403, 50013, "Missing Permissions")
}

pub fn unknown_interaction() -> Refusal {
    Refusal::unknown("interaction", 10062)
}

pub fn empty_message() -> Refusal {
    Refusal::new(400, 50006, "Cannot send an empty message")
}
