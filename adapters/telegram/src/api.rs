//! Requests to Telegram. The token stays out of every error, and no answer of Telegram's holds up another request.

use std::{fmt, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, TryFutureExt, TryStreamExt, future::BoxFuture};
use http::{StatusCode, header::CONTENT_TYPE};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use teloxide::{
    Bot, RequestError,
    payloads::setters::*,
    requests::{HasPayload, Payload, Requester},
    types::{AllowedUpdate, ChatId, FileId},
};
use url::Url;
use usher_chat::{AdapterError, FileContent, OpenError, SendError};

use crate::{TelegramOptions, journal::Told, limits::Limits};

const OFFICIAL: &str = "https://api.telegram.org";
/// How long one request may take. Long polling and uploads have their own.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest file that Telegram hands to a bot, in bytes. Source: Bot API, `getFile`.
const LARGEST_READ: u64 = 20 * 1024 * 1024;
/// How often a request is repeated that surely did nothing.
const TRIES: u32 = 4;
/// The longest pause that is waited out when Telegram asks for one.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Why a request did not do what it should.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Failure {
    /// Telegram said no.
    #[error("{0}")]
    Refused(String),
    /// The group has become a supergroup with this id.
    #[error("the group has moved")]
    Moved(ChatId),
    /// Telegram asks for a pause.
    #[error("Telegram asks to wait {} s", .0.as_secs())]
    Busy(Duration),
    /// Telegram could not be reached. `unsent`: the request surely did nothing.
    #[error("{why}")]
    Away {
        /// Why, without the token.
        why: String,
        /// The request surely did nothing.
        unsent: bool,
    },
}

impl Failure {
    /// The person has not opened the direct chat, has blocked the bot, or is gone.
    pub(crate) fn is_unopened(&self) -> bool {
        matches!(self, Self::Refused(why) if why.starts_with("Forbidden") || why.contains("chat not found")
            || why.contains("initiate conversation") || why.contains("PEER_ID_INVALID"))
    }

    /// The edited message says the same already.
    pub(crate) fn is_unmodified(&self) -> bool {
        matches!(self, Self::Refused(why) if why.contains("message is not modified"))
    }

    /// The token is not one of Telegram's.
    pub(crate) fn is_bad_token(&self) -> bool {
        matches!(self, Self::Refused(why) if why == "Unauthorized" || why == "Not Found")
    }

    fn away(error: reqwest::Error, unsent: bool) -> Self {
        // A builder's or a connection's error names the address, and the address holds the token.
        let error = error.without_url();
        let mut why = error.to_string();
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            why.push_str(": ");
            why.push_str(&error.to_string());
            source = error.source();
        }
        Self::Away { why, unsent }
    }
}

impl From<Failure> for SendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(why) => Self::Refused(why),
            Failure::Moved(_) => Self::Refused(failure.to_string()),
            Failure::Busy(_) | Failure::Away { .. } => Self::Away(failure.to_string()),
        }
    }
}

impl From<Failure> for AdapterError {
    fn from(failure: Failure) -> Self {
        Self::Platform(format!("Telegram: {failure}"))
    }
}

impl From<RequestError> for Failure {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Api(error) => Self::Refused(error.to_string()),
            RequestError::MigrateToChatId(chat) => Self::Moved(chat),
            RequestError::RetryAfter(pause) => Self::Busy(pause.duration()),
            RequestError::Network(_) => Self::Away { why: "the connection failed".to_owned(), unsent: false },
            // The raw answer may hold content; it goes nowhere.
            RequestError::InvalidJson { .. } | RequestError::Io(_) => {
                Self::Away { why: "the answer could not be read".to_owned(), unsent: false }
            }
        }
    }
}

#[derive(Deserialize)]
struct Answer<T> {
    #[serde(default = "Option::default")]
    result: Option<T>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<ChatId>,
}

/// The way to Telegram. Requests are built with [`Api::bot`] and made with [`Api::call`]: teloxide's own sending sleeps
/// for ten seconds on every server error.
#[derive(Clone)]
pub(crate) struct Api {
    bot: Bot,
    http: reqwest::Client,
    base: Url,
    token: secrecy::SecretString,
    limits: std::sync::Arc<Limits>,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Api {
    pub(crate) fn new(options: &TelegramOptions) -> Result<Self, AdapterError> {
        let problem = |error: String| AdapterError::Platform(error);
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .tcp_nodelay(true)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|error| problem(error.without_url().to_string()))?;
        let base = match &options.api_url {
            Some(url) => url.clone(),
            None => Url::parse(OFFICIAL).map_err(|error| problem(error.to_string()))?,
        };
        let bot = Bot::with_client(options.token.expose_secret(), http.clone()).set_api_url(base.clone());
        let limits = std::sync::Arc::new(Limits::new(options.per_second));
        Ok(Self { bot, http, base, token: options.token.clone(), limits })
    }

    /// Builds requests.
    pub(crate) fn bot(&self) -> &Bot {
        &self.bot
    }

    /// Makes a request that is no message.
    pub(crate) fn call<P>(
        &self,
        request: impl HasPayload<Payload = P>,
    ) -> impl Future<Output = Result<P::Output, Failure>> + Send
    where
        P: Payload<Output: DeserializeOwned + Send> + Serialize,
    {
        self.make(None, Prepared::new(self, request.payload_ref(), PATIENCE))
    }

    /// Sends something to `chat`, as fast as Telegram lets it.
    pub(crate) fn send<P>(
        &self,
        chat: ChatId,
        request: impl HasPayload<Payload = P>,
    ) -> impl Future<Output = Result<P::Output, Failure>> + Send
    where
        P: Payload<Output: DeserializeOwned + Send> + Serialize,
    {
        self.make(Some(chat), Prepared::new(self, request.payload_ref(), PATIENCE))
    }

    /// Uploads something to `chat`, as fast as Telegram lets it. These requests are large and rare: teloxide makes them.
    pub(crate) async fn upload<T: Send>(
        &self,
        chat: ChatId,
        request: impl Fn(&Bot) -> BoxFuture<'static, Result<T, RequestError>> + Send + Sync,
    ) -> Result<T, Failure> {
        again(Some(chat), &self.limits, || request(&self.bot).map_err(Failure::from)).await
    }

    /// Waits for updates from `offset` on, and returns them as they are.
    pub(crate) async fn updates(
        &self,
        offset: Option<i32>,
        wait: Duration,
        allowed: Vec<AllowedUpdate>,
    ) -> Result<Vec<Told>, Failure> {
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
        let mut request = self.bot.get_updates().timeout(seconds).allowed_updates(allowed);
        request.payload_mut().offset = offset;
        let prepared = Prepared::new(self, request.payload_ref(), wait + PATIENCE)?;
        self.once(&prepared).await
    }

    async fn make<T: DeserializeOwned>(
        &self,
        chat: Option<ChatId>,
        prepared: Result<Prepared, Failure>,
    ) -> Result<T, Failure> {
        let prepared = prepared?;
        again(chat, &self.limits, || self.once(&prepared)).await
    }

    /// Opens a file that Telegram keeps. It hands no larger one than 20 MB to a bot.
    pub(crate) async fn open(&self, file: FileId) -> Result<FileContent, OpenError> {
        let file = self.call(self.bot.get_file(file)).await.map_err(|failure| match failure {
            Failure::Refused(why) if why.contains("file is too big") => OpenError::TooLarge { most: LARGEST_READ },
            Failure::Refused(_) => OpenError::Gone,
            failure => OpenError::Away(failure.to_string()),
        })?;
        let url = self.address(&["file"], &file.path).map_err(|failure| OpenError::Away(failure.to_string()))?;
        let away = |error| OpenError::Away(Failure::away(error, true).to_string());
        let response = self.http.get(url).timeout(PATIENCE * 4).send().await.map_err(away)?;
        match response.status() {
            StatusCode::OK => Ok(response.bytes_stream().map_err(away).boxed()),
            StatusCode::NOT_FOUND => Err(OpenError::Gone),
            status => Err(OpenError::Away(format!("Telegram answered {}", status.as_u16()))),
        }
    }

    async fn once<T: DeserializeOwned>(&self, prepared: &Prepared) -> Result<T, Failure> {
        let request = self.http.post(prepared.url.clone()).timeout(prepared.patience);
        let sent = request.header(CONTENT_TYPE, "application/json").body(prepared.body.clone()).send().await;
        let response = sent.map_err(|error| {
            let unsent = error.is_connect() || error.is_builder();
            Failure::away(error, unsent)
        })?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| Failure::away(error, false))?;
        if status.is_server_error() {
            return Err(Failure::Away { why: format!("Telegram answered {}", status.as_u16()), unsent: true });
        }
        let unreadable = |_| Failure::Away { why: "the answer could not be read".to_owned(), unsent: false };
        let answer: Answer<T> = serde_json::from_slice(&body).map_err(unreadable)?;
        match (answer.result, answer.parameters) {
            (Some(result), _) => Ok(result),
            (None, Parameters { migrate_to_chat_id: Some(chat), .. }) => Err(Failure::Moved(chat)),
            (None, Parameters { retry_after: Some(seconds), .. }) => Err(Failure::Busy(Duration::from_secs(seconds))),
            (None, _) => Err(Failure::Refused(answer.description)),
        }
    }

    fn address(&self, before: &[&str], rest: &str) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        let token = format!("bot{}", self.token.expose_secret());
        url.path_segments_mut()
            .map_err(|()| Failure::Refused("`api_url` is no web address".to_owned()))?
            .pop_if_empty()
            .extend(before)
            .push(&token)
            .extend(rest.split('/'));
        Ok(url)
    }
}

/// A request that can be made more than once.
struct Prepared {
    url: Url,
    body: Bytes,
    patience: Duration,
}

impl Prepared {
    fn new<P: Payload + Serialize>(api: &Api, payload: &P, patience: Duration) -> Result<Self, Failure> {
        let body = serde_json::to_vec(payload).map_err(|error| Failure::Refused(error.to_string()))?;
        Ok(Self { url: api.address(&[], P::NAME)?, body: body.into(), patience })
    }
}

/// Makes a request until it succeeds, fails for good, or has been tried often enough.
async fn again<T, F: Future<Output = Result<T, Failure>>>(
    chat: Option<ChatId>,
    limits: &Limits,
    attempt: impl Fn() -> F,
) -> Result<T, Failure> {
    let mut tries = 1;
    loop {
        if let Some(chat) = chat
            && !limits.wait(chat).await
        {
            return Err(Failure::Away { why: "too much is waiting to be sent there".to_owned(), unsent: true });
        }
        match attempt().await {
            Err(Failure::Busy(pause)) if tries < TRIES && pause <= LONGEST_PAUSE => match chat {
                Some(chat) => limits.pause(chat, pause),
                None => tokio::time::sleep(pause).await,
            },
            Err(Failure::Away { unsent: true, why }) if tries < TRIES => {
                tracing::debug!(why, tries, "a request is repeated");
                tokio::time::sleep(Duration::from_millis(250) * 2_u32.pow(tries)).await;
            }
            done => return done,
        }
        tries += 1;
    }
}
