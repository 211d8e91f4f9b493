//! Requests for pages: any path, query, header and body, into the routers of both listeners.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Instant,
};

use axum::body::Body;
use http::{Method, Request, header};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tower::ServiceExt;
use usher::web::{Ops, ops};

use super::{Part, mutate};
use crate::linking::World;

const PATHS: [&str; 10] = [
    "/connect/",
    "/oauth/callback/acme",
    "/oauth/callback/",
    "/discord/interactions",
    "/telegram/webhook",
    "/healthz",
    "/readyz",
    "/metrics",
    "/webhooks/jira/acme",
    "/",
];

pub async fn run(inputs: u64, rng: &mut fastrand::Rng) -> Part {
    let world = World::new().await;
    let public = usher::web::router(world.identity.clone(), Vec::new());
    let ready = Arc::new(AtomicBool::new(true));
    let ops = ops(Ops { store: world.store.clone(), identity: world.identity.clone(), ready });
    let link = world.link("ada", "acme").await;
    let ticket = link.rsplit('/').next().unwrap_or_default().to_owned();
    let mut part = Part::default();
    for _ in 0..inputs {
        let mut path = PATHS[rng.usize(..PATHS.len())].to_owned();
        match rng.u32(..4) {
            0 => path.push_str(&ticket),
            1 => path.push_str(&utf8_percent_encode(&mutate::word(rng), NON_ALPHANUMERIC).to_string()),
            2 => path.push_str("%ff%00%2f.."),
            _ => {}
        }
        for (at, name) in ["state", "code", "error", "oauth_verifier"].iter().enumerate() {
            if rng.bool() {
                let value = mutate::line(rng);
                let value = utf8_percent_encode(&value, NON_ALPHANUMERIC);
                path.push_str(&format!("{}{name}={value}", if at == 0 { '?' } else { '&' }));
            }
        }
        let method = [Method::GET, Method::POST, Method::HEAD, Method::PUT, Method::OPTIONS][rng.usize(..5)].clone();
        let mut request = Request::builder().method(&method).uri(&path);
        for name in [header::COOKIE, header::ORIGIN, header::HOST, header::CONTENT_TYPE] {
            if let (true, Ok(value)) = (rng.bool(), header::HeaderValue::from_bytes(mutate::word(rng).as_bytes())) {
                request = request.header(name, value);
            }
        }
        let body = mutate::line(rng).repeat(rng.usize(1..20));
        let Ok(request) = request.body(Body::from(body)) else { continue };
        let router = if rng.u32(..4) == 0 { ops.clone() } else { public.clone() };
        let begun = Instant::now();
        let answer = router.oneshot(request).await.unwrap();
        part.took(begun);
        if answer.status().is_server_error() {
            part.broke(format!("{method} {path}: {}", answer.status()));
        }
    }
    part.done = inputs;
    part
}
