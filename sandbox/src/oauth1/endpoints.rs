//! `request-token` and `access-token`: what programs call, signed.
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header;
use http::request::Parts;
use url::Url;

use super::problem::Problem;
use super::signature::{Message, escape};
use super::tokens::{ACCESS_SECONDS, Callback, Exchange, SESSION_SECONDS};
use super::{consumer, read};

/// `POST request-token`: a token for a person to allow.
pub(super) async fn request_token(State(state): State<Arc<crate::State>>, parts: Parts, body: Bytes) -> Response {
    let answer = request(&state, &read(&state, &parts, &body));
    answer.map_or_else(|problem| problem.into_response(&state.addresses.dc), form)
}

/// `POST access-token`: an allowed request token, or an access token with its session handle, for a new access token.
pub(super) async fn access_token(State(state): State<Arc<crate::State>>, parts: Parts, body: Bytes) -> Response {
    let answer = access(&state, &read(&state, &parts, &body));
    answer.map_or_else(|problem| problem.into_response(&state.addresses.dc), form)
}

type Answer = Result<Vec<(&'static str, String)>, Problem>;

fn request(state: &crate::State, message: &Message) -> Answer {
    let consumer = consumer(state, message.need("oauth_consumer_key")?)?;
    let now = state.clock.now();
    state.oauth1.validate(message, &consumer, now)?;
    let callback = callback(message.need("oauth_callback")?)?;
    let (token, secret) = state.oauth1.books.lock().tokens.request(&consumer.key, callback, now);
    Ok(vec![("oauth_token", token), ("oauth_token_secret", secret), ("oauth_callback_confirmed", "true".to_owned())])
}

fn callback(text: &str) -> Result<Callback, Problem> {
    if text == "oob" {
        return Ok(Callback::OutOfBand);
    }
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(Callback::Address(url)),
        _ => Err(Problem::new("parameter_rejected")
            .with("oauth_parameters_rejected", "oauth_callback")
            .with("oauth_problem_advice", "The callback must be oob or an absolute http or https address.")),
    }
}

fn access(state: &crate::State, message: &Message) -> Answer {
    let now = state.clock.now();
    let exchange = state.oauth1.books.lock().tokens.check_exchange(message, now)?;
    let key = message.need("oauth_consumer_key")?;
    state.oauth1.validate(message, &consumer(state, key)?, now)?;
    let (Exchange::Fresh(person) | Exchange::Renewal(person)) = &exchange;
    let mut books = state.oauth1.books.lock();
    let issued = books.tokens.exchange(message.need("oauth_token")?, key, person, now);
    let issued = issued.ok_or_else(|| Problem::new("token_rejected"))?;
    match exchange {
        Exchange::Fresh(_) => books.exchanges += 1,
        Exchange::Renewal(_) => books.renewals += 1,
    }
    Ok(vec![
        ("oauth_token", issued.token),
        ("oauth_token_secret", issued.secret),
        ("oauth_expires_in", ACCESS_SECONDS.to_string()),
        ("oauth_session_handle", issued.session_handle),
        ("oauth_authorization_expires_in", SESSION_SECONDS.to_string()),
    ])
}

/// OAuth's form encoding (a space is `%20`), as plain text.
fn form(pairs: Vec<(&'static str, String)>) -> Response {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect();
    ([(header::CONTENT_TYPE, "text/plain"), (header::CACHE_CONTROL, "no-store")], pairs.join("&")).into_response()
}
