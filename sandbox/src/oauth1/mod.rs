//! The Data Center token server: `/plugins/servlet/oauth/…`, and the check of every signed request.
mod authorize;
mod endpoints;
mod problem;
mod signature;
#[cfg(test)]
mod tests;
mod tokens;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use jiff::Timestamp;
use parking_lot::Mutex;

use self::problem::Problem;
use self::signature::{KeyCache, Message};
use self::tokens::Tokens;
use crate::{Caller, Clock, DcConsumer, Options, PersonId, Scopes, State};

/// How far a client's clock may be off, in seconds.
const WINDOW_SECONDS: i64 = 300;

/// Issues and checks OAuth 1.0a tokens.
pub struct Provider {
    clock: Clock,
    keys: KeyCache,
    books: Mutex<Books>,
}

/// What a test may change about the token server. The defaults are Jira's.
#[derive(Clone, Debug, Default)]
pub struct Behaviour {
    /// The page after Allow shows no verification code; only the address bar carries `oauth_verifier=`.
    pub code_in_address_bar: bool,
}

/// An access token with its secret (which takes no part in RSA-SHA1) and the handle that renews it.
#[derive(Clone)]
pub struct Access {
    /// `oauth_token`.
    pub token: String,
    /// `oauth_token_secret`.
    pub secret: String,
    /// `oauth_session_handle`.
    pub session_handle: String,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access")
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("oauth1::Provider")
    }
}

/// Everything the server remembers.
#[derive(Default)]
struct Books {
    behaviour: Behaviour,
    tokens: Tokens,
    /// Timestamp, nonce, consumer and token of every request within the window.
    nonces: BTreeSet<(i64, String, String, String)>,
    exchanges: u64,
    renewals: u64,
}

impl Provider {
    /// A token server that has issued nothing yet.
    pub fn new(_options: &Options, clock: Clock) -> Self {
        Self { clock, keys: KeyCache::default(), books: Mutex::default() }
    }

    /// What the Data Center listener serves below `/plugins/servlet/oauth`.
    pub fn router(state: Arc<State>) -> Router {
        Router::new()
            .route("/plugins/servlet/oauth/request-token", post(endpoints::request_token))
            .route("/plugins/servlet/oauth/authorize", get(authorize::show).post(authorize::decide))
            .route("/plugins/servlet/oauth/access-token", post(endpoints::access_token))
            .route("/plugins/servlet/oauth/users/access-tokens", get(authorize::tokens).post(authorize::revoke))
            .layer(DefaultBodyLimit::max(64 * 1024))
            .with_state(state)
    }

    /// Issues an access token to this consumer key, as if the person had allowed it.
    pub fn issue_access(&self, person: &PersonId, consumer_key: &str) -> Access {
        let issued = self.books.lock().tokens.issue(consumer_key, person, self.clock.now());
        Access { token: issued.token, secret: issued.secret, session_handle: issued.session_handle }
    }

    /// Changes how the server behaves from now on.
    pub fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.books.lock().behaviour);
    }

    /// The access tokens in force and the handles of their sessions: for a search through places where none may be.
    pub fn issued(&self) -> Vec<String> {
        self.books.lock().tokens.issued()
    }

    /// Makes the access tokens of this person, or of everybody, expired (`token_expired`); they can be renewed.
    pub fn expire_access(&self, person: Option<&PersonId>) {
        self.books.lock().tokens.expire(person);
    }

    /// Ends the tokens of this person, or of everybody (`token_rejected`).
    pub fn revoke(&self, person: Option<&PersonId>) {
        self.books.lock().tokens.revoke(person);
    }

    /// How many request tokens were exchanged for access tokens.
    pub fn exchanges(&self) -> u64 {
        self.books.lock().exchanges
    }

    /// How many access tokens were renewed by their session handle.
    pub fn renewals(&self) -> u64 {
        self.books.lock().renewals
    }

    /// Who signed this request (an `OAuth` Authorization header), or the answer with its `oauth_problem`. A form body would take part
    /// in the signature: use [`Provider::authenticate_form`] for one.
    ///
    /// # Errors
    /// The answer to send.
    #[expect(clippy::result_large_err, reason = "the error is the answer, which is sent as it is")]
    pub fn authenticate(&self, state: &State, parts: &Parts) -> Result<Caller, Response> {
        self.authenticate_form(state, parts, &[])
    }

    /// As [`Provider::authenticate`], for a request with this body.
    ///
    /// # Errors
    /// The answer to send.
    #[expect(clippy::result_large_err, reason = "the error is the answer, which is sent as it is")]
    pub fn authenticate_form(&self, state: &State, parts: &Parts, body: &[u8]) -> Result<Caller, Response> {
        if signature::header_parameters(parts).is_none() {
            return Err(anonymous(&state.addresses.dc));
        }
        let person = self.holder(state, parts, body).map_err(|problem| problem.into_response(&state.addresses.dc))?;
        Ok(Caller { person, scopes: Scopes::Everything, cloud_id: None })
    }

    fn holder(&self, state: &State, parts: &Parts, body: &[u8]) -> Result<PersonId, Problem> {
        let message = read(state, parts, body);
        let (token, key) = (message.need("oauth_token")?, message.need("oauth_consumer_key")?);
        let now = self.clock.now();
        let person = self.books.lock().tokens.holder(token, key, now)?;
        let consumer = consumer(state, key)?;
        self.validate(&message, &consumer, now)?;
        Ok(person)
    }

    /// Repetition, version, timestamp, nonce, signature: net.oauth's `SimpleOAuthValidator`, in its order.
    fn validate(&self, message: &Message, consumer: &DcConsumer, now: Timestamp) -> Result<(), Problem> {
        message.refuse_repetition()?;
        if message.get("oauth_version").is_some_and(|version| version != "1.0") {
            return Err(Problem::new("version_rejected").with("oauth_acceptable_versions", "1.0-1.0"));
        }
        let (timestamp, nonce) = (message.need("oauth_timestamp")?, message.need("oauth_nonce")?);
        let timestamp: i64 = timestamp
            .parse()
            .map_err(|_| Problem::new("parameter_rejected").with("oauth_parameters_rejected", "oauth_timestamp"))?;
        let (earliest, latest) = (now.as_second() - WINDOW_SECONDS, now.as_second() + WINDOW_SECONDS);
        if !(earliest..=latest).contains(&timestamp) {
            let range = format!("{earliest}-{latest}");
            return Err(Problem::new("timestamp_refused").with("oauth_acceptable_timestamps", range));
        }
        self.remember(earliest, (timestamp, nonce, consumer, message.get("oauth_token")))?;

        let (method, signed) = (message.need("oauth_signature_method")?, message.need("oauth_signature")?);
        if method != "RSA-SHA1" {
            return Err(
                Problem::new("signature_method_rejected").with("oauth_acceptable_signature_methods", "RSA-SHA1")
            );
        }
        let base_string = message.base_string();
        let key = consumer.public_key_pem.as_deref().and_then(|pem| self.keys.key(pem));
        if key.is_some_and(|key| signature::is_signed(&key, &base_string, signed)) {
            return Ok(());
        }
        Err(Problem::new("signature_invalid")
            .with("oauth_signature", signed)
            .with("oauth_signature_base_string", base_string)
            .with("oauth_signature_method", method))
    }

    fn remember(&self, earliest: i64, seen: (i64, &str, &DcConsumer, Option<&str>)) -> Result<(), Problem> {
        let (timestamp, nonce, consumer, token) = seen;
        let seen = (timestamp, nonce.to_owned(), consumer.key.clone(), token.unwrap_or_default().to_owned());
        let mut books = self.books.lock();
        while books.nonces.first().is_some_and(|oldest| oldest.0 < earliest) {
            books.nonces.pop_first();
        }
        if books.nonces.insert(seen) { Ok(()) } else { Err(Problem::new("nonce_used")) }
    }
}

/// The request as the client signed it: with the path that it sent, whatever a router has cut off since.
fn read(state: &State, parts: &Parts, body: &[u8]) -> Message {
    let sent = parts.extensions.get::<OriginalUri>().map_or(parts.uri.path(), |uri| uri.0.path());
    Message::read(parts, &state.addresses.dc, sent, body)
}

/// The application link with this key.
fn consumer(state: &State, key: &str) -> Result<DcConsumer, Problem> {
    let consumer = state.options.read().dc_consumer.clone();
    if consumer.key != key || consumer.public_key_pem.is_none() {
        return Err(Problem::new("consumer_key_unknown"));
    }
    Ok(consumer)
}

/// The 401 of a request that is not signed at all.
fn anonymous(realm: &str) -> Response {
    let body = serde_json::json!({
        "errorMessages": ["You are not authenticated. Authentication required to perform this operation."],
        "errors": {},
    });
    let mut response = (StatusCode::UNAUTHORIZED, axum::Json(body)).into_response();
    let challenge = format!("OAuth realm=\"{}\"", signature::escape(realm));
    if let Ok(challenge) = HeaderValue::try_from(challenge) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
