//! For whoever runs Usher: is it alive, is it ready, what has it done. Served on a listener of its own.

use std::{
    fmt::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    middleware::map_response_with_state,
    response::{IntoResponse, Response},
    routing::get,
};

use super::headers;
use crate::{identity::Identity, store::Store};

/// What the operations listener looks at.
#[derive(Debug, Clone)]
pub struct Ops {
    /// The database.
    pub store: Store,
    /// Links and refreshes.
    pub identity: Identity,
    /// Whether chat events are being taken. Set by whoever starts and stops the adapters.
    pub ready: Arc<AtomicBool>,
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn ops(parts: Ops) -> Router {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(parts)
        .layer(map_response_with_state(false, headers::add))
}

/// A real write and a real read, and no token pair that could not be stored.
async fn healthz(State(ops): State<Ops>) -> Response {
    if let Err(error) = ops.store.health().await {
        tracing::error!(%error, "the health check failed");
        return (StatusCode::SERVICE_UNAVAILABLE, "the database does not work\n").into_response();
    }
    if ops.identity.has_unsaved_tokens() {
        return (StatusCode::SERVICE_UNAVAILABLE, "renewed tokens could not be stored\n").into_response();
    }
    (StatusCode::OK, "ok\n").into_response()
}

async fn readyz(State(ops): State<Ops>) -> Response {
    if ops.ready.load(Ordering::Acquire) {
        (StatusCode::OK, "ready\n").into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
    }
}

/// Prometheus' text format. Labels come from closed sets: no ids, no names.
async fn metrics(State(ops): State<Ops>) -> Response {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, label: &str, values: &[(&str, u64)]| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (value, count) in values {
            let _ = writeln!(text, "{name}{{{label}=\"{value}\"}} {count}");
        }
    };
    match ops.identity.link_counts() {
        Ok(counts) => family("usher_links", "gauge", "Links by state.", "state", &counts),
        Err(error) => tracing::warn!(%error, "links could not be counted"),
    }
    let counts = ops.identity.counts();
    family("usher_token_refreshes_total", "counter", "Token refreshes by result.", "result", &counts.refreshes());
    family("usher_link_events_total", "counter", "Steps of linking.", "step", &counts.steps());
    let doubted = ops.identity.doubted_sites();
    let _ = writeln!(
        text,
        "# HELP usher_doubted_sites Sites that say to many at once that their links are over.\n# TYPE usher_doubted_sites gauge\nusher_doubted_sites {doubted}"
    );
    let ready = u64::from(ops.ready.load(Ordering::Acquire));
    let _ = writeln!(
        text,
        "# HELP usher_ready Whether chat events are taken.\n# TYPE usher_ready gauge\nusher_ready {ready}"
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
