//! `POST /rest/oauth2/latest/token`: an authorization code or a refresh token for a pair of tokens. A form in, JSON out.
use std::sync::Arc;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value, json};

use super::super::grants::{ACCESS_SECONDS, Issued};
use super::super::token::{Refuse, by_type, loses_this_one, need, same};
use crate::pages::single_values;
use crate::server::Cut;

/// Answers a token request.
pub(super) async fn answer(
    State(state): State<Arc<crate::State>>,
    connection: Option<axum::Extension<ConnectInfo<Cut>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        // What Jira does with JSON there.
        return (StatusCode::INTERNAL_SERVER_ERROR, "Internal server error").into_response();
    }
    let issued = match grant(&state, &body) {
        Ok(issued) => issued,
        Err(refuse) => return refuse.into_response(),
    };
    if loses_this_one(&state.dc_oauth2)
        && let Some(axum::Extension(ConnectInfo(connection))) = connection
    {
        connection.now();
    }
    let body = json!({
        "access_token": issued.access,
        "token_type": "bearer",
        "expires_in": ACCESS_SECONDS,
        "refresh_token": issued.refresh,
        "created_at": state.clock.now().as_second(),
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn grant(state: &crate::State, body: &[u8]) -> Result<Issued, Refuse> {
    let twice = |_| Refuse(StatusCode::BAD_REQUEST, "invalid_request", "A parameter is given twice.");
    let request: Map<String, Value> =
        single_values(body).map_err(twice)?.into_iter().map(|(name, value)| (name, value.into())).collect();
    let (id, secret) = (need(&request, "client_id")?, need(&request, "client_secret")?);
    let options = state.options.read();
    let client = &options.dc_client;
    if id != client.id || !same(client.secret.expose(), secret) {
        return Err(Refuse(StatusCode::UNAUTHORIZED, "invalid_client", "Client authentication failed"));
    }
    // A refresh must name the address as well, or is refused without a reason.
    let redirect_uri = request.get("redirect_uri").and_then(Value::as_str).unwrap_or_default();
    if !client.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(Refuse(StatusCode::BAD_REQUEST, "invalid_grant", ""));
    }
    by_type(&state.dc_oauth2, &request, id, state.clock.now())
        .map_err(|Refuse(_, error, description)| Refuse(StatusCode::BAD_REQUEST, error, description))
}
