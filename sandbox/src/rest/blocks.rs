//! What both kinds of Jira share on the way to an operation: look-up, scopes, body, world.
use std::borrow::Cow;

use axum::body::Body;
use axum::response::{Html, IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};
use maud::{DOCTYPE, html};
use serde_json::Value;

use super::routes::{self, Found};
use super::{Ask, Query, Refusal, input};
use crate::oauth2::scope_mismatch;
use crate::{CalledWith, Caller, State};

/// Runs the operation that `path` (the segments from `api` or `agile` on) names.
pub(crate) async fn dispatch(
    state: &State,
    site: usize,
    caller: &Caller,
    path: &[Cow<'_, str>],
    parts: Parts,
    body: Body,
) -> Response {
    let cloud = state.world.lock().sites[site].is_cloud();
    let Some(path) = without_version(path, cloud) else { return no_such_path() };
    let (route, params) = match routes::find(&parts.method, &path, cloud) {
        Found::Route(route, params) => (route, params),
        Found::WrongMethod => return StatusCode::METHOD_NOT_ALLOWED.into_response(),
        Found::Nothing => return no_such_path(),
    };
    if cloud && !route.scopes.iter().all(|scope| caller.scopes.has(scope)) {
        return scope_mismatch();
    }
    // Data Center knows two of its scopes here: to look, and to change.
    let changes = route.scopes.iter().any(|scope| scope.starts_with("write:") || scope.starts_with("manage:"));
    if !cloud && !caller.scopes.has(if changes { "WRITE" } else { "READ" }) {
        return Refusal::new(StatusCode::FORBIDDEN, "The access token has insufficient scope.").into_response();
    }
    let query = Query::parse(parts.uri.query());
    let mut uploads = Vec::new();
    let mut json = Value::Null;
    if route.path.last() == Some(&"attachments") {
        match input::files(parts, body).await {
            Ok(files) => uploads = files,
            Err(refusal) => return refusal.into_response(),
        }
    } else if parts.method == Method::POST || parts.method == Method::PUT {
        match input::json(&parts, body).await {
            Ok(value) => json = value,
            Err(refusal) => return refusal.into_response(),
        }
    }
    let reply = {
        let mut world = state.world.lock();
        let world = &mut *world;
        let Some(me) = world.people.iter().find(|person| person.id == caller.person) else {
            return Refusal::new(StatusCode::UNAUTHORIZED, "Client must be authenticated to access this resource.")
                .into_response();
        };
        let mut ask = Ask {
            site: &mut world.sites[site],
            people: &world.people,
            me,
            now: state.clock.now(),
            params: &params,
            query: &query,
            body: &json,
            uploads: &uploads,
        };
        (route.run)(&mut ask)
    };
    // Turned into bytes outside the lock.
    let mut response = reply.into_response();
    if !json.is_null() {
        response.extensions_mut().insert(CalledWith(json));
    }
    response
}

/// Takes the version after `api` off: `3` on Cloud; `2` or `latest` on Data Center.
fn without_version<'a>(path: &[Cow<'a, str>], cloud: bool) -> Option<Vec<Cow<'a, str>>> {
    if path.first()? != "api" {
        return Some(path.to_vec());
    }
    let version = path.get(1)?;
    let served = if cloud { version == "3" } else { version == "2" || version == "latest" };
    served.then(|| path.iter().enumerate().filter(|(n, _)| *n != 1).map(|(_, segment)| segment.clone()).collect())
}

fn no_such_path() -> Response {
    let text = "null for uri: the requested operation does not exist";
    (StatusCode::NOT_FOUND, [(header::CONTENT_TYPE, "text/html;charset=UTF-8")], text).into_response()
}

/// The page behind a card's link. It shows the key and nothing else: nobody is signed in here.
pub(crate) fn browse(state: &State, site: &str, key: &str) -> Response {
    let world = state.world.lock();
    let known = world.sites.iter().any(|one| one.name == site && one.find(key).is_some());
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (key) " · sandbox" } }
            body {
                h1 { (key) }
                @if known { p { "This issue lives in the sandbox site " (site) "." } } @else { p { "There is no such issue." } }
            }
        }
    };
    let status = if known { StatusCode::OK } else { StatusCode::NOT_FOUND };
    (status, Html(page.into_string())).into_response()
}
