//! What Usher answers over HTTP: the pages of linking, the requests of chat platforms, health and metrics.

mod connect;
mod headers;
mod ops;
mod pages;
mod platforms;

use std::{io, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware::{map_response, map_response_with_state},
    response::{IntoResponse, Response},
    routing::get,
    serve::ListenerExt,
};
use tokio::net::TcpListener;
use usher_chat::ChatAdapter;

pub use ops::{Ops, ops};

use crate::identity::Identity;

/// A page needs no body, a platform's request at most this much.
const LARGEST_BODY: usize = 1 << 20;

/// What the public listener serves.
pub fn router(identity: Identity, adapters: Vec<Arc<dyn ChatAdapter>>) -> Router {
    let https = identity.public_url().scheme() == "https";
    Router::new()
        .route("/connect/{ticket}", get(connect::show).post(connect::depart))
        .route("/oauth/callback/{site}", get(connect::arrive))
        .with_state(identity)
        .merge(platforms::router(adapters))
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(map_response(pages::plain_errors))
        .layer(map_response_with_state(https, headers::add))
}

/// Serves until `stopping` resolves, and finishes what is in flight. Small answers leave at once.
///
/// # Errors
/// A listener that fails.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    });
    axum::serve(listener, router).with_graceful_shutdown(stopping).await
}

async fn not_found() -> Response {
    pages::message(StatusCode::NOT_FOUND, "Nothing here", "This address leads nowhere.").into_response()
}

async fn wrong_method() -> Response {
    let text = "This address does not take such a request.";
    pages::message(StatusCode::METHOD_NOT_ALLOWED, "Not like this", text).into_response()
}
