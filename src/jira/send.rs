//! One request to Jira: authorize, send, sort the answer, and send again only where that is harmless.
//!
//! A read is sent again once after a broken connection or an error of Jira's own. A change is sent again only where
//! Jira has certainly refused it: an old token, a used nonce, a wrong timestamp. Any other loss is `Unknown`.

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use futures::future::BoxFuture;
use http::header::{ACCEPT, AUTHORIZATION};
use reqwest::{Method, multipart::Form};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Auth, Client,
    errors::{self, Cure},
    http::{Raw, SendError},
    pause::Asker,
    site::Under,
};
use crate::error::JiraError;

/// So long a request waits by itself where Jira has asked for a pause, before it is sent; and a read, after it was.
const MOMENT: Duration = Duration::from_secs(2);

/// What to ask.
#[derive(Debug, Clone)]
pub(super) struct Request {
    method: Method,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    changes: bool,
    under: Under,
    accept: &'static str,
    /// The scopes that it needs on Cloud besides those that every link has.
    needs: &'static [&'static str],
    /// How long it may take, where that is longer than usual.
    patience: Option<Duration>,
}

/// Makes the form of one attempt: a file cannot be sent twice without being opened twice.
pub(super) type MakeForm<'a> = dyn Fn() -> BoxFuture<'static, Result<Form, JiraError>> + Send + Sync + 'a;

impl Request {
    pub(super) fn get(path: &[&str]) -> Self {
        Self::new(Method::GET, path, false)
    }

    /// A question too long for an address: changes nothing.
    pub(super) fn ask(path: &[&str], body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::POST, path, false) }
    }

    pub(super) fn post(path: &[&str], body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::POST, path, true) }
    }

    /// A change that says everything by its address.
    pub(super) fn press(path: &[&str]) -> Self {
        Self::new(Method::POST, path, true)
    }

    pub(super) fn put(path: &[&str], body: Value) -> Self {
        Self { body: Some(body), ..Self::new(Method::PUT, path, true) }
    }

    pub(super) fn delete(path: &[&str]) -> Self {
        Self::new(Method::DELETE, path, true)
    }

    /// A file's content.
    pub(super) fn file(path: &[&str]) -> Self {
        Self { accept: "*/*", ..Self::new(Method::GET, path, false) }
    }

    /// A file to send, as [`Client::read_upload`] does.
    pub(super) fn upload(path: &[&str], patience: Duration) -> Self {
        Self { patience: Some(patience), ..Self::new(Method::POST, path, true) }
    }

    /// It stands below the site's base, not in the REST interface.
    pub(super) fn outside_rest(self) -> Self {
        Self { under: Under::Root, ..self }
    }

    /// It stands below `/rest/agile/1.0`, which has no scope that every link has.
    pub(super) fn agile(self, needs: &'static [&'static str]) -> Self {
        Self { under: Under::Agile, needs, ..self }
    }

    /// It stands below `/rest/software/1.0`, where Cloud has successors of what stands below `/rest/agile/1.0`.
    pub(super) fn software(self, needs: &'static [&'static str]) -> Self {
        Self { under: Under::Software, needs, ..self }
    }

    /// It stands below `/rest/servicedeskapi`.
    pub(super) fn service_desk(self, needs: &'static [&'static str]) -> Self {
        Self { under: Under::ServiceDesk, needs, ..self }
    }

    /// It needs these scopes on Cloud besides those that every link has.
    pub(super) fn needing(self, needs: &'static [&'static str]) -> Self {
        Self { needs, ..self }
    }

    pub(super) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// Its endpoint, the same for every issue and number.
    pub(super) fn endpoint(&self) -> String {
        let mut name = format!("{} {:?}", self.method, self.under);
        for segment in &self.path {
            name.push('/');
            name.push_str(if segment.bytes().any(|byte| byte.is_ascii_digit()) { "{}" } else { segment });
        }
        name
    }

    /// The issue that it changes.
    pub(super) fn changed_issue(&self) -> Option<String> {
        match self.path.as_slice() {
            [issue, key, ..] if self.changes && issue == "issue" => Some(key.clone()),
            _ => None,
        }
    }

    /// About so many points it costs on Cloud: one, and one for each object that may come back; a change costs one.
    pub(super) fn points(&self) -> u32 {
        let most = self.body.as_ref().and_then(|body| body.get("maxResults")).and_then(Value::as_u64);
        match self.changes {
            true => 1,
            false => 1 + most.and_then(|most| u32::try_from(most).ok()).unwrap_or(1).min(100),
        }
    }

    fn new(method: Method, path: &[&str], changes: bool) -> Self {
        Self {
            method,
            path: path.iter().map(|&segment| segment.to_owned()).collect(),
            query: Vec::new(),
            body: None,
            changes,
            under: Under::Rest,
            accept: "application/json",
            needs: &[],
            patience: None,
        }
    }
}

/// A failed attempt, and whether one more is harmless and may help.
struct Failed {
    error: JiraError,
    again: bool,
}

impl From<JiraError> for Failed {
    fn from(error: JiraError) -> Self {
        Self { error, again: false }
    }
}

impl Client {
    /// Asks, and reads the JSON of the answer.
    pub(super) async fn read<T: DeserializeOwned>(&self, request: Request) -> Result<T, JiraError> {
        let changes = request.changes;
        parse(&self.send(request).await?, changes)
    }

    /// Sends a form with a file once, and reads the JSON of the answer.
    pub(super) async fn read_upload<T: DeserializeOwned>(
        &self,
        request: Request,
        form: &MakeForm<'_>,
    ) -> Result<T, JiraError> {
        let raw = self.attempt(&request, Some(form)).await.map_err(|failed| failed.error)?;
        parse(&raw, request.changes)
    }

    /// Asks for a change whose answer says nothing more.
    pub(super) async fn done(&self, request: Request) -> Result<(), JiraError> {
        let raw = self.send(request).await?;
        if errors::is_page(&raw.headers, &raw.body) {
            return Err(JiraError::Unknown { detail: "a page instead of an empty answer".into() });
        }
        Ok(())
    }

    pub(super) async fn send(&self, request: Request) -> Result<Raw, JiraError> {
        let attempt = || self.attempt(&request, None);
        let once = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(150))
            .with_jitter()
            .with_max_times(usize::from(!request.changes));
        attempt.retry(once).when(|failed: &Failed| failed.again).await.map_err(|failed| failed.error)
    }

    async fn attempt(&self, request: &Request, form: Option<&MakeForm<'_>>) -> Result<Raw, Failed> {
        if request.changes && self.only_looks() {
            return Err(JiraError::Forbidden { messages: Vec::new() }.into());
        }
        let credential = &self.shared.credential;
        let asker = Asker { site: &self.site().id, kind: self.site().kind, account: self.account() };
        let pauses = self.shared.http.pauses();
        let may = || pauses.may(asker, request, Instant::now());
        let mut free = may();
        if let Err(wait) = free
            && wait <= MOMENT
        {
            tokio::time::sleep(wait).await;
            free = may();
        }
        if let Err(wait) = free {
            return Err(JiraError::RateLimited { retry_after: Some(wait) }.into());
        }
        let mut auth = credential.authorize().await?;
        let (mut renewed, mut signed_again, mut waited) = (false, false, false);
        loop {
            let form = match form {
                Some(make) => Some(make().await?),
                None => None,
            };
            let raw = match self.shared.http.send(&self.site().id, self.build(request, &auth, form)?).await {
                Ok(raw) => raw,
                Err(error) => return Err(lost(error, request.changes)),
            };
            tracing::debug!(site = %self.site().id, method = %request.method, status = raw.status.as_u16(), "asked Jira");
            failpoint!("jira.answered");
            if raw.status.is_success() {
                return Ok(raw);
            }
            let mut refusal = errors::read(&raw, request.changes);
            if let JiraError::ScopeMissing { needs } = &mut refusal.error {
                *needs = request.needs;
            }
            if let JiraError::RateLimited { retry_after: Some(wait) } = refusal.error {
                // A read that may go on in a moment is worth that moment.
                if wait <= MOMENT && !request.changes && !waited {
                    waited = true;
                    tokio::time::sleep(wait).await;
                    continue;
                }
                let reason = raw.headers.get("ratelimit-reason").and_then(|reason| reason.to_str().ok());
                pauses.learn(asker, request, reason, wait, Instant::now());
            }
            match refusal.cure {
                Cure::Renew if !renewed => {
                    renewed = true;
                    auth = credential.renew(&auth).await?;
                }
                Cure::SignAgain if !signed_again && matches!(auth, Auth::OAuth1 { .. }) => signed_again = true,
                Cure::SetClock(problem) if !signed_again => match &auth {
                    Auth::OAuth1 { signer, .. } if signer.learn(&raw.headers, &problem) => signed_again = true,
                    _ => return Err(refusal.error.into()),
                },
                Cure::Wait => return Err(Failed { error: refusal.error, again: !request.changes }),
                _ => return Err(refusal.error.into()),
            }
        }
    }

    fn build(&self, request: &Request, auth: &Auth, form: Option<Form>) -> Result<reqwest::Request, JiraError> {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        let mut url = self.site().resource(request.under, &path);
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let header = auth.header(&request.method, &url)?;
        let mut builder = self
            .shared
            .http
            .client(&self.site().id)
            .request(request.method.clone(), url)
            .header(AUTHORIZATION, header)
            .header(ACCEPT, request.accept);
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        if let Some(form) = form {
            builder = builder.header("X-Atlassian-Token", "no-check").multipart(form);
        }
        if request.under == Under::ServiceDesk {
            // Older releases of Data Center count some of it as experimental.
            builder = builder.header("X-ExperimentalApi", "opt-in");
        }
        if let Some(patience) = request.patience {
            builder = builder.timeout(patience);
        }
        builder.build().map_err(|_| JiraError::Malformed { detail: "the request cannot be built".into() })
    }
}

fn parse<T: DeserializeOwned>(raw: &Raw, changes: bool) -> Result<T, JiraError> {
    serde_json::from_slice(&raw.body).map_err(|error| {
        let page = errors::is_page(&raw.headers, &raw.body);
        let detail = if page { "a page instead of JSON".to_owned() } else { shape(&error) };
        if changes { JiraError::Unknown { detail } } else { JiraError::Malformed { detail } }
    })
}

fn lost(error: SendError, changes: bool) -> Failed {
    let detail = error.to_string();
    match error {
        SendError::NotSent(_) => JiraError::Away { detail }.into(),
        SendError::Lost(_) | SendError::TimedOut | SendError::TooLarge(_) if changes => {
            JiraError::Unknown { detail }.into()
        }
        SendError::Lost(_) => Failed { error: JiraError::Away { detail }, again: true },
        SendError::TimedOut => JiraError::Away { detail }.into(),
        SendError::TooLarge(_) => JiraError::Malformed { detail }.into(),
    }
}

/// Where the JSON differs from what was expected, without any of its content.
fn shape(error: &serde_json::Error) -> String {
    format!("JSON of another shape at line {}, column {} ({:?})", error.line(), error.column(), error.classify())
}
