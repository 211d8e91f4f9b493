//! The headers that every answer carries, whatever its route and status.

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue, header},
    response::Response,
};
use url::Url;

use super::pages;

/// Adds them. A page that named its own policy keeps it.
pub(super) async fn add(State(https): State<bool>, mut response: Response) -> Response {
    const FIXED: [(HeaderName, &str); 7] = [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("x-robots-tag"), "noindex, nofollow"),
    ];
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy(None));
    }
    response
}

/// The content security policy. Browsers check a form's redirect too, so the connect page names where it leads.
pub(super) fn policy(form_target: Option<&Url>) -> HeaderValue {
    let target = form_target.map(|url| format!(" {}", url.origin().ascii_serialization())).unwrap_or_default();
    let text = format!(
        "default-src 'none'; style-src '{}'; form-action 'self'{target}; frame-ancestors 'none'; base-uri 'none'",
        pages::style_hash()
    );
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
}
