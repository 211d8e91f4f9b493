//! `https://api.atlassian.com` and the pages of a Cloud site.
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Request, State as Shared};
use axum::response::Response;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};
use serde_json::json;

use super::answer::{gateway, with_json};
use super::blocks::{browse, dispatch};
use super::{Refusal, input};
use crate::oauth2::unknown_site;
use crate::world::Kind;
use crate::{CalledBy, Caller, Scopes, State};

/// What the api listener serves below `/ex/jira`.
pub(crate) fn api_router(state: Arc<State>) -> Router {
    Router::new().fallback(api).with_state(state)
}

/// What the listener of the Cloud site with this name serves.
pub(crate) fn site_router(state: Arc<State>, name: &'static str) -> Router {
    Router::new()
        .route("/_edge/tenant_info", get(move |Shared(state): Shared<Arc<State>>| async move { tenant_info(&state, name) }))
        .route(
            "/browse/{key}",
            get(move |Shared(state): Shared<Arc<State>>, Path(key): Path<String>| async move { browse(&state, name, &key) }),
        )
        // A 3LO token is no good here: REST is only behind the gateway.
        .fallback(async || Refusal::new(StatusCode::UNAUTHORIZED, "Client must be authenticated to access this resource."))
        .with_state(state)
}

fn tenant_info(state: &State, name: &str) -> Response {
    let world = state.world.lock();
    let id = world.cloud_sites().find(|(_, site)| site.name == name).map(|(id, _)| id.to_string());
    with_json(StatusCode::OK, &json!({"cloudId": id}))
}

async fn api(Shared(state): Shared<Arc<State>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let uri = parts.uri.clone();
    let Some(path) = input::segments(uri.path().trim_matches('/')) else {
        return gateway(StatusCode::BAD_REQUEST, "Bad Request");
    };
    let caller = match api_token(&state, &parts) {
        Some(caller) => caller,
        None => match state.oauth2.authenticate(&state, &parts) {
            Ok(caller) => caller,
            Err(refusal) => return refusal,
        },
    };
    let person = CalledBy(caller.person.clone());
    let words: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
    let mut response = match words.as_slice() {
        ["ex", "jira", cloud_id, "rest", ..] => match site(&state, &caller, cloud_id) {
            Some(site) => dispatch(&state, site, &caller, &path[4..], parts, body).await,
            None => unknown_site(),
        },
        _ => gateway(StatusCode::NOT_FOUND, "Not Found"),
    };
    response.extensions_mut().insert(person);
    response
}

/// The owner of an API token, sent as `Basic` with the owner's email address or as `Bearer`.
fn api_token(state: &State, parts: &http::request::Parts) -> Option<Caller> {
    let (scheme, sent) = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let (email, token) = match scheme {
        "Bearer" => (None, sent.to_owned()),
        "Basic" => {
            let text = String::from_utf8(STANDARD.decode(sent).ok()?).ok()?;
            let (email, token) = text.split_once(':')?;
            (Some(email.to_owned()), token.to_owned())
        }
        _ => return None,
    };
    let person = state.api_tokens.lock().get(&token).cloned()?;
    let owners = state.world.lock().person(person.as_str())?.email.clone();
    let scopes = Scopes::parse("read:jira-work read:jira-user");
    email.is_none_or(|email| email == owners).then_some(Caller { person, scopes, cloud_id: None })
}

/// The place of the Cloud site with this id, if the consent covers it.
fn site(state: &State, caller: &Caller, id: &str) -> Option<usize> {
    if caller.cloud_id.as_ref().is_some_and(|only| only.as_str() != id) {
        return None;
    }
    let world = state.world.lock();
    world.sites.iter().position(|site| matches!(&site.kind, Kind::Cloud { cloud_id } if cloud_id.as_str() == id))
}
