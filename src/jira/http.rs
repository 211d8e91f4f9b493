//! The HTTP clients: no redirects, no proxy from the environment, no cookies, and a limit on time and size.

use std::{collections::BTreeMap, error::Error as _, fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use reqwest::redirect;

use super::{
    pause::Pauses,
    refused::{Careful, is_refused},
};
use crate::ids::SiteId;

/// How long and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// To connect, TLS included.
    pub connect: Duration,
    /// For the whole exchange, body included.
    pub total: Duration,
    /// The largest body that is read, in bytes.
    pub body: usize,
    /// So many of Cloud's points one account may use on a site within so many seconds.
    pub points: Option<(u32, u32)>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(15), body: 8 << 20, points: None }
    }
}

/// An HTTP client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The certificates of a `ca_file` are none.
    #[error("the file holds no PEM certificate that can be read")]
    Certificate,
    /// TLS could not be set up.
    #[error("the HTTP client could not be built")]
    Build(#[source] reqwest::Error),
}

/// All HTTP clients: one shared, and one for each site with certificates of its own.
#[derive(Clone)]
pub struct Http(Arc<Inner>);

struct Inner {
    shared: reqwest::Client,
    own: BTreeMap<SiteId, reqwest::Client>,
    careful: Careful,
    limits: Limits,
    pauses: Pauses,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct Raw {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

/// Why there is no whole answer. The texts are for the log: no address, no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Nothing of the request reached the other side.
    #[error("not sent: {0}")]
    NotSent(String),
    /// The request may have reached the other side, and its answer did not come back.
    #[error("no answer: {0}")]
    Lost(String),
    /// Too slow. The request may have reached the other side.
    #[error("no answer in time")]
    TimedOut,
    /// The answer is larger than the limit.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
}

impl Http {
    /// Clients that trust the public authorities.
    pub fn new() -> Result<Self, HttpError> {
        Self::with_limits(Limits::default())
    }

    /// The same, with other limits.
    pub fn with_limits(limits: Limits) -> Result<Self, HttpError> {
        Self::resolving(limits, Careful::default())
    }

    fn resolving(limits: Limits, careful: Careful) -> Result<Self, HttpError> {
        let shared = build(limits, &careful, &[])?;
        let pauses = Pauses::new(limits.points);
        Ok(Self(Arc::new(Inner { shared, own: BTreeMap::new(), careful, limits, pauses })))
    }

    /// Gives one site a client that trusts these authorities (PEM, one or several) too. No other site does.
    pub fn with_ca(self, site: SiteId, pem: &[u8]) -> Result<Self, HttpError> {
        let roots = reqwest::Certificate::from_pem_bundle(pem).map_err(|_| HttpError::Certificate)?;
        if roots.is_empty() {
            return Err(HttpError::Certificate);
        }
        let mut own = self.0.own.clone();
        let (limits, careful) = (self.0.limits, self.0.careful.clone());
        own.insert(site, build(limits, &careful, &roots)?);
        let shared = self.0.shared.clone();
        Ok(Self(Arc::new(Inner { shared, own, careful, limits, pauses: Pauses::new(limits.points) })))
    }

    /// Whether a site has authorities of its own.
    pub fn has_ca(&self, site: &SiteId) -> bool {
        self.0.own.contains_key(site)
    }

    /// The client for a site.
    pub fn client(&self, site: &SiteId) -> &reqwest::Client {
        self.0.own.get(site).unwrap_or(&self.0.shared)
    }

    /// What Jira has asked to leave alone.
    pub(super) fn pauses(&self) -> &Pauses {
        &self.0.pauses
    }

    /// Sends one request, once, and reads its answer whole.
    pub async fn send(&self, site: &SiteId, request: reqwest::Request) -> Result<Raw, SendError> {
        if is_refused(request.url()) {
            return Err(SendError::NotSent("no site has such an address".into()));
        }
        let mut response = self.client(site).execute(request).await.map_err(|error| explain(&error))?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let limit = self.0.limits.body;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| explain(&error))? {
            if body.len() + chunk.len() > limit {
                return Err(SendError::TooLarge(limit));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Raw { status, headers, body: body.into() })
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("limits", &self.0.limits).finish_non_exhaustive()
    }
}

fn build(limits: Limits, careful: &Careful, roots: &[reqwest::Certificate]) -> Result<reqwest::Client, HttpError> {
    let mut builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .no_proxy()
        .dns_resolver(Arc::new(careful.clone()))
        .connect_timeout(limits.connect)
        .timeout(limits.total)
        .pool_idle_timeout(Duration::from_secs(20))
        .user_agent(concat!("usher/", env!("CARGO_PKG_VERSION")));
    for root in roots {
        builder = builder.add_root_certificate(root.clone());
    }
    builder.build().map_err(HttpError::Build)
}

/// Sorts a failure by what it says about the request, and keeps its causes without any address.
fn explain(error: &reqwest::Error) -> SendError {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(inner) = cause {
        causes.push(inner.to_string());
        cause = inner.source();
    }
    let detail = if causes.is_empty() { "broken off".into() } else { causes.join(": ") };
    if error.is_connect() || error.is_builder() {
        SendError::NotSent(detail)
    } else if error.is_timeout() {
        SendError::TimedOut
    } else {
        SendError::Lost(detail)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::VecDeque,
        net::SocketAddr,
        sync::atomic::{AtomicUsize, Ordering},
    };

    use parking_lot::Mutex;
    use reqwest::{Method, Request};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// A name server that says something else each time, and the last thing for ever.
    fn fickle(answers: Vec<Vec<&'static str>>) -> (Careful, Arc<Mutex<Vec<String>>>) {
        let (answers, asked) = (Mutex::new(VecDeque::from(answers)), Arc::new(Mutex::new(Vec::new())));
        let names = Arc::clone(&asked);
        let careful = Careful::with(move |name| {
            names.lock().push(name);
            let mut answers = answers.lock();
            let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
            let found = answer.unwrap_or_default().into_iter().map(|text| SocketAddr::new(text.parse().unwrap(), 0));
            let found: Vec<_> = found.collect();
            Box::pin(async move { Ok(found) })
        });
        (careful, asked)
    }

    /// A server that closes each connection, so that each request looks its name up anew.
    async fn server() -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, count) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
        let served = Arc::clone(&count);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                served.fetch_add(1, Ordering::SeqCst);
                let mut head = [0; 4096];
                drop(stream.read(&mut head).await);
                drop(stream.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await);
            }
        });
        (port, count)
    }

    async fn ask(http: &Http, url: &str) -> Result<StatusCode, SendError> {
        let site = "acme".parse().unwrap();
        http.send(&site, Request::new(Method::GET, url.parse().unwrap())).await.map(|raw| raw.status)
    }

    #[tokio::test]
    async fn a_name_that_changes_its_mind_is_not_followed_to_where_no_site_is() {
        let (port, served) = server().await;
        let (careful, asked) = fickle(vec![
            vec!["127.0.0.1"],
            vec!["169.254.169.254"],
            vec!["169.254.169.254", "127.0.0.1", "fd00:ec2::254"],
            vec!["::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"],
            vec!["100.100.100.200", "fe80::1", "127.0.0.1"],
            vec![],
        ]);
        let limits = Limits { connect: Duration::from_secs(2), total: Duration::from_secs(3), ..Limits::default() };
        let http = Http::resolving(limits, careful).unwrap();
        let url = format!("http://jira.rebound.example:{port}/rest");
        let refused = |answer: Result<StatusCode, SendError>| {
            let Err(SendError::NotSent(why)) = &answer else { panic!("{answer:?}") };
            assert!(why.contains("the name leads to no address that a site may have"), "{why}");
        };
        assert_eq!(ask(&http, &url).await, Ok(StatusCode::NO_CONTENT));
        refused(ask(&http, &url).await);
        // Where both kinds come at once, the good one alone is tried: the other would use up the time to connect.
        assert_eq!(ask(&http, &url).await, Ok(StatusCode::NO_CONTENT));
        refused(ask(&http, &url).await);
        assert_eq!(ask(&http, &url).await, Ok(StatusCode::NO_CONTENT));
        refused(ask(&http, &url).await);
        assert_eq!(served.load(Ordering::SeqCst), 3);
        assert_eq!(*asked.lock(), vec!["jira.rebound.example"; 6], "each connection looks the name up for itself");
    }

    #[tokio::test]
    async fn a_site_with_its_own_authorities_looks_names_up_with_the_same_care() {
        let (careful, asked) = fickle(vec![vec!["169.254.169.254"]]);
        let made = root();
        let http = Http::resolving(Limits::default(), careful).unwrap().with_ca("acme".parse().unwrap(), made).unwrap();
        let answer = ask(&http, "https://jira.rebound.example/").await;
        assert!(matches!(&answer, Err(SendError::NotSent(why)) if why.contains("no address")), "{answer:?}");
        assert_eq!(asked.lock().len(), 1);
    }

    /// A root of the tests', which signs nothing here.
    fn root() -> &'static [u8] {
        include_bytes!("../../tests/jira/certs/root-a.pem")
    }
}
