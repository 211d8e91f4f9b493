//! Requests of chat platforms, handed to the adapter that knows how to read and verify them.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use usher_chat::{ChatAdapter, Platform};

type Adapters = Arc<[Arc<dyn ChatAdapter>]>;

/// The platforms' addresses.
pub(super) fn router(adapters: Vec<Arc<dyn ChatAdapter>>) -> Router {
    Router::new()
        .route("/discord/interactions", post(discord))
        .route("/telegram/webhook", post(telegram))
        .with_state(adapters.into())
}

async fn discord(State(adapters): State<Adapters>, request: Request) -> Response {
    hand(&adapters, &Platform::DISCORD, request).await
}

async fn telegram(State(adapters): State<Adapters>, request: Request) -> Response {
    hand(&adapters, &Platform::TELEGRAM, request).await
}

async fn hand(adapters: &Adapters, platform: &Platform, request: Request) -> Response {
    let Some(adapter) = adapters.iter().find(|adapter| adapter.platform() == *platform) else {
        return super::not_found().await;
    };
    let (parts, body) = request.into_parts();
    // It has been read whole already, within its limits.
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return StatusCode::BAD_REQUEST.into_response() };
    match adapter.http(axum::http::Request::from_parts(parts, bytes)).await {
        Some(response) => response.map(Body::from),
        None => super::not_found().await,
    }
}
