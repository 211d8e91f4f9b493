//! `POST /oauth/token`: an authorization code or a refresh token for a pair of tokens. JSON in, JSON out.
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::grants::{ACCESS_SECONDS, Consent, GrantId, Issued, Refused};
use super::{Books, Provider, Refusal};
use crate::server::Cut;

/// An authorization code on its way from the browser to the app.
#[derive(Debug)]
pub(super) struct Code {
    pub consent: Consent,
    pub redirect_uri: String,
    /// The PKCE challenge (S256), where the app sent one.
    pub challenge: Option<String>,
    pub issued: Timestamp,
    /// Set by the first exchange, good or bad. A second one ends the grant that came of the first.
    pub spent: Option<Spent>,
}

/// What the first exchange of a code led to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spent {
    Granted(GrantId),
    Refused,
}

/// The refusal of a token request: status, `error`, `error_description`.
pub(super) struct Refuse(pub StatusCode, pub &'static str, pub &'static str);

impl IntoResponse for Refuse {
    fn into_response(self) -> Response {
        let Self(status, error, description) = self;
        let body = Json(json!({ "error": error, "error_description": description }));
        (status, [(header::CACHE_CONTROL, "no-store")], body).into_response()
    }
}

/// Answers a token request.
pub(super) async fn answer(
    State(state): State<Arc<crate::State>>,
    connection: Option<axum::Extension<ConnectInfo<Cut>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let issued = match grant(&state, &headers, &body) {
        Ok(issued) => issued,
        Err(refuse) => return refuse.into_response(),
    };
    if loses_this_one(&state.oauth2)
        && let Some(axum::Extension(ConnectInfo(connection))) = connection
    {
        connection.now();
    }
    let mut body = json!({
        "access_token": issued.access,
        "expires_in": ACCESS_SECONDS,
        "token_type": "Bearer",
        "scope": issued.scopes.names().join(" "),
    });
    if let Some(refresh) = issued.refresh {
        body["refresh_token"] = Value::String(refresh);
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// Whether the answer of this exchange is to get lost.
pub(super) fn loses_this_one(provider: &Provider) -> bool {
    let mut books = provider.books.lock();
    let loses = books.behaviour.lose_answers > 0;
    books.behaviour.lose_answers = books.behaviour.lose_answers.saturating_sub(1);
    loses
}

fn grant(state: &crate::State, headers: &HeaderMap, body: &[u8]) -> Result<Issued, Refuse> {
    let request = read(headers, body)?;
    let client = authenticate(state, &request)?;
    by_type(&state.oauth2, &request, client, state.clock.now())
}

/// Issues what a request of a known client asks for.
pub(super) fn by_type(
    provider: &Provider,
    request: &Map<String, Value>,
    client: &str,
    now: Timestamp,
) -> Result<Issued, Refuse> {
    let mut books = provider.books.lock();
    match need(request, "grant_type")? {
        "authorization_code" => {
            let issued = exchange(&mut books, request, client, now)?;
            books.exchanges += 1;
            Ok(issued)
        }
        "refresh_token" => refresh(&mut books, need(request, "refresh_token")?, client, now),
        _ => Err(Refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", "Unsupported grant type.")),
    }
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<Map<String, Value>, Refuse> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(invalid_request("The request must be application/json."));
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(request)) => Ok(request),
        _ => Err(invalid_request("The request is not a JSON object.")),
    }
}

/// Checks client id and secret, and answers with the client id.
fn authenticate<'a>(state: &crate::State, request: &'a Map<String, Value>) -> Result<&'a str, Refuse> {
    let (id, secret) = (need(request, "client_id")?, need(request, "client_secret")?);
    let options = state.options.read();
    let client = &options.cloud_client;
    if id != client.id || !same(client.secret.expose(), secret) {
        return Err(Refuse(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized"));
    }
    Ok(id)
}

/// Hashed first, so that neither content nor length shows in the time it takes.
pub(super) fn same(known: &str, given: &str) -> bool {
    bool::from(Sha256::digest(known).ct_eq(&Sha256::digest(given)))
}

fn exchange(
    books: &mut Books,
    request: &Map<String, Value>,
    client_id: &str,
    now: Timestamp,
) -> Result<Issued, Refuse> {
    let (text, redirect_uri) = (need(request, "code")?, need(request, "redirect_uri")?);
    let verifier = request.get("code_verifier").and_then(Value::as_str);
    let lifetime = books.behaviour.code_lifetime;
    let Some(code) = books.codes.get_mut(text).filter(|code| code.consent.client_id == client_id) else {
        return Err(invalid_grant("Invalid authorization code"));
    };
    if let Some(spent) = code.spent {
        if let Spent::Granted(grant) = spent {
            books.grants.end(grant);
        }
        return Err(invalid_grant("Invalid authorization code"));
    }
    code.spent = Some(Spent::Refused);
    if now.duration_since(code.issued) >= lifetime {
        return Err(invalid_grant("Invalid authorization code"));
    }
    if code.redirect_uri != redirect_uri {
        return Err(invalid_grant("The redirect URI is not the one that the code was issued for."));
    }
    if !verifies(code.challenge.as_deref(), verifier) {
        return Err(invalid_grant("Failed to verify code verifier"));
    }
    let issued = books.grants.begin(code.consent.clone(), now);
    code.spent = Some(Spent::Granted(issued.grant));
    Ok(issued)
}

/// RFC 7636, 4.6. A verifier without a challenge is refused as well: it shows that the challenge got lost on the way.
fn verifies(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) == challenge,
        _ => false,
    }
}

fn refresh(books: &mut Books, token: &str, client_id: &str, now: Timestamp) -> Result<Issued, Refuse> {
    match books.grants.refresh(token, client_id, now, &books.behaviour) {
        Ok(issued) => {
            books.refreshes += 1;
            Ok(issued)
        }
        Err(refused) => {
            books.reuses += u64::from(refused == Refused::Reused);
            Err(match books.behaviour.refusal {
                Refusal::InvalidGrant => invalid_grant("Unknown or invalid refresh token."),
                Refusal::UnauthorizedClient => {
                    Refuse(StatusCode::FORBIDDEN, "unauthorized_client", "refresh_token is invalid")
                }
            })
        }
    }
}

pub(super) fn need<'a>(request: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Refuse> {
    let text = request.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or(match name {
        "grant_type" => invalid_request("Missing required parameter: grant_type"),
        "client_id" => invalid_request("Missing required parameter: client_id"),
        "client_secret" => invalid_request("Missing required parameter: client_secret"),
        "code" => invalid_request("Missing required parameter: code"),
        "redirect_uri" => invalid_request("Missing required parameter: redirect_uri"),
        _ => invalid_request("Missing required parameter: refresh_token"),
    })
}

fn invalid_request(description: &'static str) -> Refuse {
    Refuse(StatusCode::BAD_REQUEST, "invalid_request", description)
}

fn invalid_grant(description: &'static str) -> Refuse {
    Refuse(StatusCode::FORBIDDEN, "invalid_grant", description)
}
