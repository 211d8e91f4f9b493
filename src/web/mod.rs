//! What Usher answers over HTTP: the pages of linking, the requests of chat platforms, health and metrics.

mod connect;
mod headers;
mod ops;
mod pages;
mod platforms;
mod serve;

use std::sync::Arc;

use axum::{
    Router,
    http::StatusCode,
    middleware::{from_fn, map_response, map_response_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use usher_chat::ChatAdapter;

pub use ops::{Ops, ops};
pub use serve::serve;

use crate::identity::Identity;

/// What the public listener serves.
pub fn router(identity: Identity, adapters: Vec<Arc<dyn ChatAdapter>>) -> Router {
    let https = identity.public_url().scheme() == "https";
    Router::new()
        .route("/connect/{ticket}", get(connect::show).post(connect::depart))
        .route("/oauth/callback/{site}", get(connect::arrive))
        .with_state(connect::Linking { identity, adapters: adapters.clone().into() })
        .merge(platforms::router(adapters))
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(serve::read_body))
        .layer(map_response(pages::plain_errors))
        .layer(map_response_with_state(https, headers::add))
}

async fn not_found() -> Response {
    pages::message(StatusCode::NOT_FOUND, "Nothing here", "This address leads nowhere.").into_response()
}

async fn wrong_method() -> Response {
    let text = "This address does not take such a request.";
    pages::message(StatusCode::METHOD_NOT_ALLOWED, "Not like this", text).into_response()
}
