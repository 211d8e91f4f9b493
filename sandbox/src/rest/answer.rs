//! Answers and refusals in Jira's own form.
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Map, Value, json};

/// What a handler hands back.
pub(crate) type Reply = Result<Answer, Refusal>;

/// A success.
#[derive(Debug)]
pub(crate) enum Answer {
    /// 200 with JSON.
    Ok(Value),
    /// 201 with JSON.
    Created(Value),
    /// 201 without a body.
    CreatedEmpty,
    /// 200 without a body.
    OkEmpty,
    /// 204.
    NoContent,
    /// A file.
    File { mime: String, name: String, content: Bytes },
    /// 303 to this address.
    SeeOther(String),
}

/// Jira says no: `{"errorMessages":[…],"errors":{…}}`.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub status: StatusCode,
    pub messages: Vec<String>,
    pub errors: Map<String, Value>,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, messages: vec![message.into()], errors: Map::new() }
    }

    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// 400 about one field.
    pub fn field(id: &str, message: impl Into<String>) -> Self {
        let mut refusal = Self { status: StatusCode::BAD_REQUEST, messages: Vec::new(), errors: Map::new() };
        refusal.errors.insert(id.to_owned(), Value::String(message.into()));
        refusal
    }

    /// 404: there is none, or the asker may not see it.
    pub fn no_issue(cloud: bool) -> Self {
        let text = if cloud {
            "Issue does not exist or you do not have permission to see it."
        } else {
            "Issue Does Not Exist"
        };
        Self::not_found(text)
    }

    pub fn no_project(key: &str) -> Self {
        Self::not_found(format!("No project could be found with key '{key}'."))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({"errorMessages": self.messages, "errors": self.errors});
        with_json(self.status, &body)
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        match self {
            Self::Ok(value) => with_json(StatusCode::OK, &value),
            Self::Created(value) => with_json(StatusCode::CREATED, &value),
            Self::CreatedEmpty => StatusCode::CREATED.into_response(),
            Self::OkEmpty => StatusCode::OK.into_response(),
            Self::NoContent => StatusCode::NO_CONTENT.into_response(),
            Self::File { mime, name, content } => {
                let disposition = format!("attachment; filename=\"{}\"", name.replace(['"', '\\', '\r', '\n'], "_"));
                let mut response = content.into_response();
                let headers = response.headers_mut();
                for (header, value) in [(header::CONTENT_TYPE, mime), (header::CONTENT_DISPOSITION, disposition)] {
                    // A file name may hold what a header may not; then the header is left out.
                    if let Ok(value) = header::HeaderValue::from_str(&value) {
                        headers.insert(header, value);
                    }
                }
                response
            }
            Self::SeeOther(to) => (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response(),
        }
    }
}

pub(crate) fn with_json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json;charset=UTF-8")], body.to_string()).into_response()
}

/// The gateway in front of Jira Cloud says no, in its own form.
pub(crate) fn gateway(status: StatusCode, message: &str) -> Response {
    with_json(status, &json!({"code": status.as_u16(), "message": message}))
}
