//! Data Center's OAuth 2.0 provider (incoming links): `/rest/oauth2/latest/authorize` and `/token`, the page of consent, and the
//! profile with what was authorized. Stricter than Jira in one thing: a request without PKCE is refused.
mod authorize;
#[cfg(test)]
mod tests;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;

use super::authorize::{allowed, end};

/// Where people see what they authorized.
const PROFILE: &str = "/secure/ViewProfile.jspa";

/// What there is to ask for, each with those before it.
const SCOPES: [&str; 4] = ["READ", "WRITE", "ADMIN", "SYSTEM_ADMIN"];

/// What the Data Center listener serves for OAuth 2.0.
pub(super) fn router(state: Arc<crate::State>) -> Router {
    Router::new()
        .route("/rest/oauth2/latest/authorize", get(authorize::begin))
        .route("/plugins/servlet/oauth2/consent", get(authorize::show).post(authorize::decide))
        .route("/rest/oauth2/latest/token", post(token::answer))
        .route(PROFILE, get(profile).post(revoke))
        .layer(DefaultBodyLimit::max(64 * 1024))
        .with_state(state)
}

async fn profile(State(state): State<Arc<crate::State>>) -> Response {
    allowed(&state, &state.dc_oauth2, "Authorized applications", PROFILE)
}

async fn revoke(State(state): State<Arc<crate::State>>, body: Bytes) -> Response {
    end(&state.dc_oauth2, &body, PROFILE)
}

/// The scopes that a list of names comes to, within the most that the link allows. None where a name is unknown or beyond that.
fn within(list: &str, most: &str) -> Option<Vec<&'static str>> {
    let place = |name: &str| SCOPES.iter().position(|scope| *scope == name);
    let most = place(most)?;
    let asked = list.split(' ').map(place).collect::<Option<Vec<_>>>()?;
    let highest = asked.into_iter().max()?;
    (highest <= most).then(|| SCOPES[..=highest].to_vec())
}
