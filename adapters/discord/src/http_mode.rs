//! Interactions over HTTP: verified on the raw body, acknowledged in the answer.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Response, StatusCode, header::CONTENT_TYPE};
use serde_json::{Value, json};
use serenity::all::Interaction;
use tokio::{sync::oneshot, time::timeout};
use usher_chat::{HttpRequest, HttpResponse};

use crate::{
    Inner,
    interactions::{self, Ack},
};

/// Discord waits three seconds for an answer.
const START: Duration = Duration::from_secs(2);

/// Answers a request. What Discord did not sign is refused, as Discord makes sure of now and then.
pub(crate) async fn answer(inner: &Arc<Inner>, request: HttpRequest) -> HttpResponse {
    if !signed(inner, &request) {
        return plain(StatusCode::UNAUTHORIZED);
    }
    let Ok(interaction) = serde_json::from_slice::<Interaction>(request.body()) else {
        tracing::warn!("an interaction could not be read");
        return plain(StatusCode::BAD_REQUEST);
    };
    if let Interaction::Ping(_) = interaction {
        return with_json(&json!({ "type": 1 }));
    }
    // Right after a start the program listens a moment before it serves Discord.
    if timeout(START, inner.lent.subscribe().wait_for(Option::is_some)).await.is_err() {
        return plain(StatusCode::SERVICE_UNAVAILABLE);
    }
    let (sender, acknowledged) = oneshot::channel();
    let taking = Arc::clone(inner);
    // It goes on after the answer, and after a connection that broke.
    tokio::spawn(async move { interactions::take(&taking, interaction, Ack::Answer(sender)).await });
    match acknowledged.await {
        Ok(callback) => with_json(&callback),
        // It came twice, or it is nothing that we serve.
        Err(_) => plain(StatusCode::ACCEPTED),
    }
}

fn signed(inner: &Inner, request: &HttpRequest) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (signature, timestamp) = (header("x-signature-ed25519"), header("x-signature-timestamp"));
    match (&inner.verifier, signature, timestamp) {
        (Some(verifier), Some(signature), Some(timestamp)) => {
            verifier.verify(signature, timestamp, request.body()).is_ok()
        }
        _ => false,
    }
}

fn with_json(value: &Value) -> HttpResponse {
    let mut response = Response::new(Bytes::from(value.to_string()));
    response.headers_mut().insert(CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}

fn plain(status: StatusCode) -> HttpResponse {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    response
}
