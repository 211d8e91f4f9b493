//! Serving over TCP: small answers leave at once, and nobody holds a connection by being slow.

use std::{io, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::Response,
};
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
};

use super::pages;

/// A page needs no body, a platform's request at most this much.
const LARGEST_BODY: usize = 1 << 20;
/// What comes before a body is at most this much: an address, cookies, a few headers. As much is held for each connection.
const LARGEST_HEAD: usize = 32 << 10;
/// A body comes within this time.
const BODY: Duration = Duration::from_secs(15);

/// What a listener puts up with.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Connections at a time. Further ones wait in the system's queue.
    connections: usize,
    /// The head of a request comes within this time; a connection without one is closed.
    head: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 1024, head: Duration::from_secs(30) }
    }
}

/// Serves until `stopping` resolves, and finishes what is in flight.
///
/// # Errors
/// None: what fails is one connection, and the listener goes on.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    serve_within(listener, router, stopping, Limits::default()).await;
    Ok(())
}

async fn serve_within(
    listener: TcpListener,
    router: Router,
    stopping: impl Future<Output = ()> + Send + 'static,
    limits: Limits,
) {
    let slots = Arc::new(Semaphore::new(limits.connections));
    let (stop, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let accepting = async {
        loop {
            let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
            let stream = accept(&listener).await;
            let (router, stopped) = (router.clone(), stopped.clone());
            connections.spawn(async move {
                connection(stream, router, stopped, limits).await;
                drop(slot);
            });
            while connections.try_join_next().is_some() {}
        }
    };
    tokio::select! {
        () = accepting => {}
        () = stopping => {}
    }
    // Whoever comes now is turned away at once, and does not wait for an answer that nobody will give.
    drop(listener);
    stop.send_replace(true);
    while connections.join_next().await.is_some() {}
}

/// The next connection. An error is of one connection, or of a system that has too many files open just now.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "no TCP_NODELAY");
                }
                return stream;
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router, mut stopped: watch::Receiver<bool>, limits: Limits) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(LARGEST_HEAD);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = async { drop(stopped.wait_for(|stopped| *stopped).await) } => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// Reads a request's body before anything else does: within time, and no more than is ever needed.
pub(super) async fn read_body(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if says_too_large(&parts.headers) {
        return refused(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(BODY, to_bytes(body, LARGEST_BODY)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) if proved_too_large(&error) => refused(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => refused(StatusCode::BAD_REQUEST),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT),
    }
}

fn says_too_large(headers: &HeaderMap) -> bool {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > LARGEST_BODY as u64)
}

fn proved_too_large(error: &axum::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

fn refused(status: StatusCode) -> Response {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => pages::message(status, "Too large", "This request is too large."),
        StatusCode::REQUEST_TIMEOUT => pages::message(status, "Too slow", "This request did not come to its end."),
        _ => pages::message(status, "Not readable", "This request is not complete."),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    async fn start(limits: Limits) -> (std::net::SocketAddr, tokio::sync::oneshot::Sender<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/", axum::routing::any(async |body: axum::body::Bytes| body.len().to_string()))
            .layer(axum::middleware::from_fn(read_body));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopping = async move { drop(stopped.await) };
        tokio::spawn(serve_within(listener, router, stopping, limits));
        (address, stop)
    }

    async fn says(stream: &mut TcpStream, text: &str) -> String {
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn whoever_never_ends_a_request_is_let_go() {
        let limits = Limits { connections: 1, head: Duration::from_millis(50) };
        let (address, _stop) = start(limits).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        let mut next = TcpStream::connect(address).await.unwrap();
        assert!(!says(&mut slow, "GET / HTTP/1.1\r\nHost: x\r\n").await.starts_with("HTTP/1.1 200"));
        let answer = says(&mut next, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "the only slot is free again: {answer}");
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() {
        let (address, _stop) = start(Limits::default()).await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
        let answer = says(&mut stream, &format!("{head}Content-Length: 2000000\r\n\r\n")).await;
        assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("This request is too large."), "{answer}");
        let mut stream = TcpStream::connect(address).await.unwrap();
        let chunk = format!("{:x}\r\n{}\r\n", 1 << 18, "x".repeat(1 << 18));
        let body = format!("{head}Transfer-Encoding: chunked\r\n\r\n{}", chunk.repeat(4));
        stream.write_all(body.as_bytes()).await.unwrap();
        let answer = says(&mut stream, "1\r\nx\r\n0\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(says(&mut stream, &format!("{head}Content-Length: 2\r\n\r\nhi")).await.ends_with("\r\n\r\n2"));
    }

    #[tokio::test]
    async fn a_stop_answers_what_was_asked_and_takes_nothing_new() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (begun, go) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let (told, waits) = (Arc::clone(&begun), Arc::clone(&go));
        let slow = async move || {
            told.add_permits(1);
            drop(waits.acquire().await);
            "done"
        };
        let router = Router::new().route("/", axum::routing::get(slow));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopping = async move { drop(stopped.await) };
        let server = tokio::spawn(serve_within(listener, router, stopping, Limits::default()));
        let mut asking = TcpStream::connect(address).await.unwrap();
        asking.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        drop(begun.acquire().await);
        drop(stop);
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        go.add_permits(1);
        let mut answer = String::new();
        asking.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("done"), "{answer}");
        server.await.unwrap();
    }

    #[tokio::test]
    async fn a_stop_lets_idle_connections_go() {
        let (address, stop) = start(Limits::default()).await;
        let mut idle = TcpStream::connect(address).await.unwrap();
        idle.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        idle.read_exact(&mut first).await.unwrap();
        drop(stop);
        let mut rest = String::new();
        idle.read_to_string(&mut rest).await.unwrap();
        assert_eq!(&first, b"HTTP/1.1 200");
    }
}
