//! Requests of chat platforms, handed to the adapter that knows how to read and verify them.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{FromRequest, Request, State},
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
    let mut whole = Request::new(body);
    whole.extensions_mut().extend(parts.extensions.clone());
    let bytes = match Bytes::from_request(whole, &()).await {
        Ok(bytes) => bytes,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => return rejection.into_response(),
        Err(_) => return StatusCode::BAD_REQUEST.into_response(),
    };
    match adapter.http(axum::http::Request::from_parts(parts, bytes)).await {
        Some(response) => response.map(Body::from),
        None => super::not_found().await,
    }
}
