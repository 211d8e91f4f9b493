//! The `oauth_problem` answers: name, details, HTTP status, and the two places where they are said (header and body).
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::signature::escape;

/// What is wrong with an OAuth 1.0a request, in the words of the problem reporting extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    name: &'static str,
    details: Vec<(&'static str, String)>,
}

impl Problem {
    /// A problem by its name, for example `token_rejected`.
    pub fn new(name: &'static str) -> Self {
        Self { name, details: Vec::new() }
    }

    /// Adds a parameter that says more, for example `oauth_acceptable_timestamps`.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// The answer, for this realm (the public address of the site).
    pub fn into_response(self, realm: &str) -> Response {
        let status = self.status();
        let said =
            || std::iter::once(("oauth_problem", self.name)).chain(self.details.iter().map(|(n, v)| (*n, v.as_str())));
        let mut challenge = format!("OAuth realm=\"{}\"", escape(realm));
        for (name, value) in said() {
            challenge.push_str(&format!(", {}=\"{}\"", escape(name), escape(value)));
        }
        let body: Vec<_> = said().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
        let mut response = (status, body.join("&")).into_response();
        let headers = response.headers_mut();
        headers
            .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded;charset=UTF-8"));
        // Everything in it is percent encoded.
        if let Ok(challenge) = HeaderValue::try_from(challenge) {
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// The mapping of net.oauth's `OAuthServlet`.
    fn status(&self) -> StatusCode {
        match self.name {
            "timestamp_refused"
            | "parameter_absent"
            | "parameter_rejected"
            | "signature_method_rejected"
            | "version_rejected" => StatusCode::BAD_REQUEST,
            "token_rejected"
            | "token_expired"
            | "token_used"
            | "token_revoked"
            | "permission_unknown"
            | "permission_denied"
            | "consumer_key_unknown"
            | "consumer_key_rejected"
            | "signature_invalid"
            | "nonce_used"
            | "additional_authorization_required" => StatusCode::UNAUTHORIZED,
            "user_refused" | "consumer_key_refused" => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::FORBIDDEN,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_those_of_the_servlet() {
        let status = |name| Problem::new(name).status().as_u16();
        assert_eq!(["parameter_absent", "timestamp_refused", "version_rejected"].map(status), [400, 400, 400]);
        assert_eq!(["nonce_used", "token_expired", "signature_invalid"].map(status), [401, 401, 401]);
        assert_eq!(["user_refused", "something_else"].map(status), [503, 403]);
    }

    #[test]
    fn the_header_says_the_same_as_the_body() {
        let problem = Problem::new("timestamp_refused").with("oauth_acceptable_timestamps", "1-2");
        let response = problem.into_response("http://127.0.0.1:1");
        assert_eq!(
            response.headers()[header::WWW_AUTHENTICATE],
            r#"OAuth realm="http%3A%2F%2F127.0.0.1%3A1", oauth_problem="timestamp_refused", oauth_acceptable_timestamps="1-2""#
        );
    }
}
