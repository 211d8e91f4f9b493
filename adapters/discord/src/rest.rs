//! Speaks Discord's REST interface: one client, one token, one limiter.
//!
//! serenity's own client is not used for this: behind another `api_url` its limiter is off and the headers that say
//! how long to wait are lost, and it logs request bodies. Its routes and models are used.

use std::time::Duration;

use bytes::Bytes;
use reqwest::{
    Method, Response, StatusCode,
    header::{AUTHORIZATION, HeaderValue, USER_AGENT},
    multipart::{Form, Part},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serenity::http::Route;
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;
use usher_chat::{AdapterError, SendError};

use crate::limits::{Limiter, SlowDown, Turn};

const DISCORD: &str = "https://discord.com";
const AGENT: &str = concat!("DiscordBot (usher, ", env!("CARGO_PKG_VERSION"), ")");
/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long a request waits for its turn. Who waits longer is told that Discord is busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often a request is sent again after Discord broke down or asked to wait.
const AGAIN: u32 = 4;

/// The client.
#[derive(Debug)]
pub(crate) struct Rest {
    client: reqwest::Client,
    base: String,
    authorization: SecretString,
    limiter: Limiter,
}

/// A request that was not granted.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum RestError {
    /// Discord said no.
    #[error("Discord answered {status}, code {code}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Discord's own code, 0 without one.
        code: u64,
        /// Discord's words.
        message: String,
    },
    /// Discord could not be reached, or asks to wait too long.
    #[error("{0}")]
    Away(String),
}

/// Discord's own codes for what happens in ordinary use.
pub(crate) mod code {
    /// The interaction's token is over, or its answer has not arrived yet.
    pub(crate) const UNKNOWN_WEBHOOK: u64 = 10015;
    /// The interaction has been acknowledged.
    pub(crate) const ALREADY_ACKNOWLEDGED: u64 = 40060;
    /// The bot may not look.
    pub(crate) const MISSING_ACCESS: u64 = 50001;
    /// The person takes no direct messages.
    pub(crate) const CLOSED: u64 = 50007;
    /// The interaction's token is over.
    pub(crate) const INVALID_TOKEN: u64 = 50027;
    /// The person shares no server with the bot.
    pub(crate) const NO_COMMON_SERVER: u64 = 50278;
}

/// A file that goes with a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attached {
    pub(crate) name: String,
    pub(crate) media_type: String,
    #[serde(with = "hex::serde")]
    pub(crate) content: Vec<u8>,
}

/// What a request carries.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Payload<'a> {
    /// Nothing.
    None,
    /// JSON.
    Json(&'a serde_json::Value),
    /// JSON with files.
    Files(&'a serde_json::Value, &'a [Attached]),
}

impl Rest {
    /// A client for a bot's token, at `api_url` or at Discord itself.
    pub(crate) fn new(token: &SecretString, api_url: Option<&Url>) -> Result<Self, AdapterError> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| AdapterError::Platform(format!("no HTTP client could be made: {error}")))?;
        let base = api_url.map_or(DISCORD, Url::as_str).trim_end_matches('/').to_owned();
        let authorization = SecretString::from(format!("Bot {}", token.expose_secret().trim()));
        Ok(Self { client, base, authorization, limiter: Limiter::new() })
    }

    /// Gets and reads JSON.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        route: Route<'_>,
        query: &[(&str, &str)],
    ) -> Result<T, RestError> {
        read(self.send(Method::GET, route, query, Payload::None).await?)
    }

    /// Sends JSON, perhaps with files, and reads JSON.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        route: Route<'_>,
        payload: Payload<'_>,
    ) -> Result<T, RestError> {
        read(self.send(Method::POST, route, &[], payload).await?)
    }

    /// Sends a request and returns the answer's body.
    pub(crate) async fn send(
        &self,
        method: Method,
        route: Route<'_>,
        query: &[(&str, &str)],
        payload: Payload<'_>,
    ) -> Result<Bytes, RestError> {
        let begun = Instant::now();
        let mut left = AGAIN;
        loop {
            self.wait(route, begun).await?;
            let error = match self.once(method.clone(), route, query, payload).await {
                Ok(response) if response.status().is_success() => {
                    return response.bytes().await.map_err(|error| away(&error));
                }
                Ok(response) => self.refused(route, response).await,
                Err(error) => Failure::Broken(away(&error)),
            };
            let (pause, error) = match error {
                Failure::Final(error) => return Err(error),
                Failure::Slow(wait) => (wait, RestError::Away(format!("Discord asks to wait {} s", wait.as_secs()))),
                Failure::Broken(error) => (Duration::from_millis(250) * 2_u32.pow(AGAIN - left), error),
            };
            if left == 0 || begun.elapsed() + pause > PATIENCE {
                return Err(error);
            }
            left -= 1;
            sleep(pause).await;
        }
    }

    /// Waits for the request's turn.
    async fn wait(&self, route: Route<'_>, begun: Instant) -> Result<(), RestError> {
        if by_interaction(route) {
            return Ok(());
        }
        loop {
            match self.limiter.turn(route.ratelimiting_bucket()) {
                Turn::Now => return Ok(()),
                Turn::At(when) if when.duration_since(begun) <= PATIENCE => sleep_until(when).await,
                Turn::At(_) => return Err(RestError::Away("Discord asks to wait too long".to_owned())),
                Turn::Stopped(_) => {
                    let words = "Discord refused too many requests; nothing is sent for ten minutes";
                    return Err(RestError::Away(words.to_owned()));
                }
            }
        }
    }

    async fn once(
        &self,
        method: Method,
        route: Route<'_>,
        query: &[(&str, &str)],
        payload: Payload<'_>,
    ) -> Result<Response, reqwest::Error> {
        let path = route.path();
        let address = format!("{}{}", self.base, path.strip_prefix(DISCORD).unwrap_or(&path));
        let mut request = self.client.request(method, address).query(query).header(USER_AGENT, AGENT);
        // A token that cannot stand in a header is refused by Discord like any other wrong one.
        if let Ok(mut value) = HeaderValue::from_str(self.authorization.expose_secret()) {
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        let request = match payload {
            Payload::None => request,
            Payload::Json(json) => request.json(json),
            Payload::Files(json, files) => request.multipart(form(json, files)?),
        };
        let response = request.send().await?;
        if !by_interaction(route) {
            self.limiter.heard(route.ratelimiting_bucket(), response.status(), response.headers());
        }
        Ok(response)
    }

    async fn refused(&self, route: Route<'_>, response: Response) -> Failure {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = match response.bytes().await {
            Ok(body) => body,
            Err(error) => return Failure::Broken(away(&error)),
        };
        if status == StatusCode::TOO_MANY_REQUESTS {
            let asked = SlowDown::read(&headers, &body);
            if !by_interaction(route) {
                self.limiter.slow_down(route.ratelimiting_bucket(), asked);
            }
            return Failure::Slow(asked.wait);
        }
        if status.is_server_error() {
            return Failure::Broken(RestError::Away(format!("Discord answered {}", status.as_u16())));
        }
        let told: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        Failure::Final(RestError::Refused {
            status: status.as_u16(),
            code: told["code"].as_u64().unwrap_or(0),
            message: told["message"].as_str().unwrap_or_default().chars().take(200).collect(),
        })
    }
}

/// Why a request did not come through.
enum Failure {
    /// It never will.
    Final(RestError),
    /// It came too soon.
    Slow(Duration),
    /// Discord or the way to it broke down.
    Broken(RestError),
}

impl RestError {
    /// Whether Discord refused with this code of its own.
    pub(crate) fn has(&self, codes: &[u64]) -> bool {
        matches!(self, Self::Refused { code, .. } if codes.contains(code))
    }

    /// Whether Discord refused with this HTTP status.
    pub(crate) fn is(&self, expected: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == expected)
    }
}

impl From<RestError> for SendError {
    fn from(error: RestError) -> Self {
        match &error {
            RestError::Refused { .. } => Self::Refused(error.to_string()),
            RestError::Away(words) => Self::Away(words.clone()),
        }
    }
}

impl From<RestError> for AdapterError {
    fn from(error: RestError) -> Self {
        Self::Platform(error.to_string())
    }
}

/// Whether the interaction's own token pays for the request. Such requests have no part in the bot's limits, and their
/// tokens are too many to keep a bucket for each.
fn by_interaction(route: Route<'_>) -> bool {
    matches!(
        route,
        Route::InteractionResponse { .. }
            | Route::WebhookOriginalInteractionResponse { .. }
            | Route::WebhookFollowupMessages { .. }
            | Route::WebhookFollowupMessage { .. }
    )
}

fn form(json: &serde_json::Value, files: &[Attached]) -> Result<Form, reqwest::Error> {
    let mut form = Form::new().text("payload_json", json.to_string());
    for (index, file) in files.iter().enumerate() {
        let part = Part::bytes(file.content.clone()).file_name(file.name.clone());
        let part = match part.mime_str(&file.media_type) {
            Ok(part) => part,
            Err(_) => Part::bytes(file.content.clone()).file_name(file.name.clone()),
        };
        form = form.part(format!("files[{index}]"), part);
    }
    Ok(form)
}

fn read<T: DeserializeOwned>(body: Bytes) -> Result<T, RestError> {
    serde_json::from_slice(&body).map_err(|error| RestError::Away(format!("Discord's answer cannot be read: {error}")))
}

/// The address is left out: an interaction's token stands in it.
fn away(error: &reqwest::Error) -> RestError {
    let kind = if error.is_timeout() {
        "it took too long"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke"
    };
    RestError::Away(format!("Discord could not be reached: {kind}"))
}
