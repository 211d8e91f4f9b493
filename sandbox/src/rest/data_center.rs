//! The Data Center site: REST and pages. Its OAuth servlet is next door.
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State as Shared};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::{StatusCode, header};

use super::blocks::{browse, dispatch};
use super::{Refusal, input};
use crate::{CalledBy, Caller, Scopes, State};

const SITE: &str = "corp";

/// What the Data Center listener serves besides OAuth.
pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/rest/{*path}", any(rest))
        .route(
            "/browse/{key}",
            get(|Shared(state): Shared<Arc<State>>, Path(key): Path<String>| async move { browse(&state, SITE, &key) }),
        )
        .route("/secure/attachment/{id}/{name}", get(rest))
        .with_state(state)
}

async fn rest(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let caller = match bearer(&state, &parts) {
        Some(Some(caller)) => caller,
        Some(None) => {
            return Refusal::new(StatusCode::UNAUTHORIZED, "Client must be authenticated to access this resource.")
                .into_response();
        }
        None => match state.oauth1.authenticate(&state, &parts) {
            Ok(caller) => caller,
            Err(refusal) => return refusal,
        },
    };
    let person = CalledBy(caller.person.clone());
    let uri = parts.uri.clone();
    let Some(path) = input::segments(uri.path().trim_matches('/')) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let site = state.world.lock().sites.iter().position(|site| site.name == SITE);
    let mut response = match site {
        Some(site) => {
            let path = if path[0] == "rest" { &path[1..] } else { &path };
            dispatch(&state, site, &caller, path, parts, body).await
        }
        None => StatusCode::NOT_FOUND.into_response(),
    };
    response.extensions_mut().insert(person);
    response
}

/// The owner of a personal access token or of an access token; the inner None is a token that is no good, the outer one no Bearer
/// header.
fn bearer(state: &State, parts: &http::request::Parts) -> Option<Option<Caller>> {
    let token = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
    let person = state.personal_tokens.lock().get(token).cloned();
    let owner = person.map(|person| Caller { person, scopes: Scopes::Everything, cloud_id: None });
    Some(owner.or_else(|| state.dc_oauth2.caller(token)))
}
