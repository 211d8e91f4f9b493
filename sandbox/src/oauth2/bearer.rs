//! Bearer tokens on the API listener: the gateway's refusals, which sites a token reaches, and whose it is.
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use serde_json::json;

use crate::{CalledBy, CloudId, Scopes};

/// The cloud id of `acme`.
pub const ACME: &str = "18cd6e54-6a1b-4f0e-9c55-2f1d7a3c9b10";
/// The cloud id of `globex`.
pub const GLOBEX: &str = "7f9a2c31-0d4e-4b8a-8e63-51c0b7d2e9a4";

/// A Cloud site, as `accessible-resources` names it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its cloud id.
    pub id: CloudId,
    /// Its name.
    pub name: &'static str,
    /// Its address, with no slash at the end.
    pub url: String,
}

/// The Cloud sites there are.
pub fn sites(state: &crate::State) -> [Site; 2] {
    [
        Site { id: CloudId::new(ACME), name: "acme", url: state.addresses.cloud.clone() },
        Site { id: CloudId::new(GLOBEX), name: "globex", url: state.addresses.other_cloud.clone() },
    ]
}

/// The 401 of a token that lacks the scope for an operation. Refreshing does not cure it.
pub fn scope_mismatch() -> Response {
    gateway(StatusCode::UNAUTHORIZED, "Unauthorized; scope does not match")
}

/// The 404 of a cloud id that the token does not reach.
pub fn unknown_site() -> Response {
    gateway(StatusCode::NOT_FOUND, "Not Found")
}

/// The 401 of a token that is missing, unknown, expired or revoked.
pub(super) fn unauthorized() -> Response {
    gateway(StatusCode::UNAUTHORIZED, "Unauthorized")
}

/// The token of an `Authorization: Bearer` header.
pub(super) fn token(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// `GET /oauth/token/accessible-resources`: the sites that the token reaches, each with the Jira scopes it has there.
pub(super) async fn accessible_resources(State(state): State<Arc<crate::State>>, parts: Parts) -> Response {
    let caller = match state.oauth2.authenticate(&state, &parts) {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    let scopes = jira_scopes(&caller.scopes);
    let sites = sites(&state);
    let reached =
        sites.iter().filter(|site| !scopes.is_empty() && caller.cloud_id.as_ref().is_none_or(|only| *only == site.id));
    let list: Vec<_> = reached
        .map(|site| {
            json!({
                "id": site.id.as_str(),
                "url": site.url,
                "name": site.name,
                "scopes": scopes,
                "avatarUrl": format!("{}/avatars/site.svg", site.url),
            })
        })
        .collect();
    (axum::Extension(CalledBy(caller.person)), Json(list)).into_response()
}

/// `GET /me`: the Atlassian account, for tokens with `read:me`.
pub(super) async fn me(State(state): State<Arc<crate::State>>, parts: Parts) -> Response {
    let caller = match state.oauth2.authenticate(&state, &parts) {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    if !caller.scopes.has("read:me") {
        return gateway(StatusCode::FORBIDDEN, "Forbidden");
    }
    let world = state.world.lock();
    let Some(person) = world.person(caller.person.as_str()) else { return unauthorized() };
    let body = json!({
        "account_type": "atlassian",
        "account_id": person.account_id,
        "account_status": "active",
        "email": person.email,
        "name": person.name,
        "picture": format!("{}/avatars/{}.svg", state.addresses.cloud, person.id),
        "nickname": person.id.as_str(),
        "zoneinfo": "Etc/UTC",
        "locale": "en-US",
        "extended_profile": {},
    });
    drop(world);
    (axum::Extension(CalledBy(caller.person)), Json(body)).into_response()
}

fn jira_scopes(scopes: &Scopes) -> Vec<&str> {
    scopes.names().into_iter().filter(|scope| scope.contains("jira")).collect()
}

fn gateway(status: StatusCode, message: &str) -> Response {
    (status, Json(json!({ "code": status.as_u16(), "message": message }))).into_response()
}
