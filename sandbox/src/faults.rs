//! Faults on order: slow answers, refusals, cut connections.
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};

/// What happens to the next requests that match.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// Only requests with this method, such as `POST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only requests whose path contains this. Empty means all.
    #[serde(default)]
    pub path: String,
    /// How many requests; it then is used up.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    #[serde(flatten)]
    pub effect: Effect,
}

fn once() -> u32 {
    1
}

/// What a fault does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "kebab-case")]
pub enum Effect {
    /// 429.
    TooMany {
        /// `Retry-After` in seconds; the gateway sometimes leaves it out.
        retry_after: Option<u64>,
        /// `RateLimit-Reason`, such as `jira-burst-based`.
        reason: Option<String>,
    },
    /// This status with Jira's error body, or the body given here.
    Status {
        /// For example 503.
        status: u16,
        /// Sent as `application/json`.
        body: Option<String>,
    },
    /// This status with a page instead of JSON, as a proxy or a login page would.
    Html {
        /// For example 200 or 502.
        status: u16,
    },
    /// The connection closes without an answer, and nothing was done.
    Reset,
    /// The request is done, and then the connection closes without an answer.
    LostAnswer,
    /// The request is done, and its answer breaks off in the middle.
    Truncated,
    /// The answer comes so many milliseconds later.
    Slow {
        /// Milliseconds.
        ms: u64,
    },
}

impl Fault {
    /// A fault for the next request that matches. An empty `method` means any.
    pub fn once(method: &str, path: &str, effect: Effect) -> Self {
        let method = (!method.is_empty()).then(|| method.to_owned());
        Self { method, path: path.to_owned(), times: 1, effect }
    }

    /// The same for so many requests.
    pub fn times(self, times: u32) -> Self {
        Self { times, ..self }
    }
}

/// The faults on order, and the latency of everything.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    queue: Mutex<(Duration, Vec<Fault>)>,
}

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.queue.lock().1.push(fault);
    }

    pub fn clear(&self) {
        *self.queue.lock() = (Duration::ZERO, Vec::new());
    }

    pub fn set_latency(&self, latency: Duration) {
        self.queue.lock().0 = latency;
    }

    pub fn list(&self) -> Vec<Fault> {
        self.queue.lock().1.clone()
    }

    /// The latency of this request, and the first fault that matches it, used up by one.
    pub fn take(&self, method: &Method, path: &str) -> (Duration, Option<Effect>) {
        let mut queue = self.queue.lock();
        let latency = queue.0;
        let matches = |fault: &Fault| {
            fault.method.as_deref().is_none_or(|one| one.eq_ignore_ascii_case(method.as_str()))
                && path.contains(&fault.path)
        };
        let Some(at) = queue.1.iter().position(matches) else { return (latency, None) };
        let effect = queue.1[at].effect.clone();
        queue.1[at].times = queue.1[at].times.saturating_sub(1);
        if queue.1[at].times == 0 {
            queue.1.remove(at);
        }
        (latency, Some(effect))
    }
}

impl Effect {
    /// The answer of those faults that are an answer.
    pub(crate) fn response(&self) -> Option<Response> {
        let json = |status: StatusCode, body: String| {
            (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
        };
        match self {
            Self::TooMany { retry_after, reason } => {
                let mut headers = HeaderMap::new();
                if let Some(seconds) = retry_after {
                    headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
                }
                if let Some(reason) = reason.as_deref().and_then(|reason| HeaderValue::from_str(reason).ok()) {
                    headers.insert("ratelimit-reason", reason);
                }
                let body = r#"{"errorMessages":["Rate limit exceeded."],"errors":{}}"#.to_owned();
                Some((headers, json(StatusCode::TOO_MANY_REQUESTS, body)).into_response())
            }
            Self::Status { status, body } => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let plain = || r#"{"errorMessages":["Internal server error"],"errors":{}}"#.to_owned();
                Some(json(status, body.clone().unwrap_or_else(plain)))
            }
            Self::Html { status } => {
                let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
                let page =
                    "<!doctype html><html><head><title>Sign in</title></head><body><h1>Please wait</h1></body></html>";
                Some((status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
            }
            Self::Reset | Self::LostAnswer | Self::Truncated | Self::Slow { .. } => None,
        }
    }
}
