//! What every request passes: the faults on order, then the record of calls.
use std::io;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State as Shared};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::{Router, middleware};
use http::{StatusCode, header};

use crate::calls::Call;
use crate::faults::Effect;
use crate::server::Cut;
use crate::{CalledBy, CalledWith, State};

/// Puts the gate in front of what a listener serves.
pub(crate) fn behind(router: Router, state: &Arc<State>, host: &'static str) -> Router {
    router.layer(middleware::from_fn_with_state((Arc::clone(state), host), pass))
}

async fn pass(
    Shared((state, host)): Shared<(Arc<State>, &'static str)>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let mut call = Call {
        host,
        person: None,
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        body: None,
        status: None,
        user_agent: text(request.headers().get(header::USER_AGENT)),
    };
    let (mut latency, effect) = state.faults.take(request.method(), request.uri().path());
    if let Some(Effect::Slow { ms }) = effect {
        latency += std::time::Duration::from_millis(ms);
    }
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    let response = match &effect {
        Some(Effect::Reset) => None,
        Some(Effect::LostAnswer) => {
            note(&mut call, &next.run(request).await);
            None
        }
        Some(Effect::Truncated) => Some(half(next.run(request).await).await),
        Some(Effect::Slow { .. }) | None => Some(next.run(request).await),
        Some(other) => other.response(),
    };
    if let Some(response) = &response {
        note(&mut call, response);
        call.status = Some(response.status().as_u16());
    }
    state.calls.add(call);
    response.unwrap_or_else(|| {
        cut.now();
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

/// The first half of an answer that said how long it is.
async fn half(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    head.headers.insert(header::CONTENT_LENGTH, header::HeaderValue::from(whole.len()));
    let pieces = [Ok(whole.slice(..whole.len() / 2)), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    Response::from_parts(head, Body::from_stream(futures::stream::iter(pieces)))
}

/// Notes who called, and with what.
fn note(call: &mut Call, response: &Response) {
    call.person = response.extensions().get::<CalledBy>().map(|by| by.0.to_string());
    call.body = response.extensions().get::<CalledWith>().map(|with| with.0.clone());
}

fn text(value: Option<&header::HeaderValue>) -> String {
    value.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default()
}
