//! The way back to whoever used a command, pressed a button or sent a form.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex as Lock;
use reqwest::Method;
use serenity::{all::MessageId, http::Route};
use tokio::{
    sync::{Mutex, oneshot},
    time::{Instant, sleep},
};
use usher_chat::{Audience, Completion, Reply, Responder, SendError, Sent};

use crate::{
    Inner,
    deliver::{Asker, Told},
    ids,
    render::{EPHEMERAL, Message, markdown},
    rest::{Payload, RestError, code},
};

/// An interaction's token lives fifteen minutes; the last of them is left to the clock's and the network's whims.
const TOKEN: Duration = Duration::from_secs(14 * 60);
/// So long after an answer over HTTP Discord may not know of it yet.
const YOUNG: Duration = Duration::from_secs(3);

/// The way back.
pub(crate) struct Back {
    pub(crate) inner: Arc<Inner>,
    pub(crate) asker: Asker,
    token: String,
    begun: Instant,
    /// It happened in the direct chat, where nobody else reads.
    direct: bool,
    /// The interaction was acknowledged in the answer to an HTTP request.
    inline: bool,
    /// What stands there until the answer comes.
    placeholder: Mutex<Option<Which>>,
    /// A button was pressed on a message.
    pressed: Option<Pressed>,
    expired: AtomicBool,
}

/// How an interaction began.
#[derive(Debug, Clone)]
pub(crate) struct Begun {
    pub(crate) token: String,
    pub(crate) at: Instant,
    pub(crate) direct: bool,
    pub(crate) inline: bool,
    /// "Thinking…" stands there until the answer comes.
    pub(crate) placeholder: bool,
    pub(crate) pressed: Option<Pressed>,
}

/// The message whose button was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pressed {
    /// Nobody but the presser sees it.
    pub(crate) private: bool,
}

/// A message of an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Original,
    Later(MessageId),
    New,
}

impl Back {
    /// The way back to `asker`.
    pub(crate) fn new(inner: &Arc<Inner>, asker: Asker, begun: Begun) -> Self {
        Self {
            inner: Arc::clone(inner),
            asker,
            token: begun.token,
            begun: begun.at,
            direct: begun.direct,
            inline: begun.inline,
            placeholder: Mutex::new(begun.placeholder.then_some(Which::Original)),
            pressed: begun.pressed,
            expired: AtomicBool::new(false),
        }
    }

    /// Takes away what stands there for an answer that did not come.
    pub(crate) async fn finish(&self) {
        if let Some(which) = self.placeholder.lock().await.take() {
            self.take_away(which).await;
        }
    }

    /// Sends messages with the interaction's token, or returns false where that has died.
    pub(crate) async fn with_token(&self, messages: &[Message], private: bool) -> Result<Option<Sent>, SendError> {
        let mut placeholder = self.placeholder.lock().await;
        if !self.lives() {
            return Ok(None);
        }
        let mut next = Which::New;
        if let Some(which) = placeholder.take() {
            match private || self.direct {
                true => next = which,
                // Who sees it cannot be changed, and a new message would only fill it.
                false => self.take_away(which).await,
            }
        }
        let hidden = private && !self.direct;
        let mut last = None;
        for (number, message) in messages.iter().enumerate() {
            match self.put(next, message, if hidden { EPHEMERAL } else { 0 }).await {
                Ok(told) => last = told,
                Err(error) if number == 0 && self.died(&error) => return Ok(None),
                Err(error) => return Err(error.into()),
            }
            next = Which::New;
        }
        let shown = last.filter(|_| !hidden);
        Ok(Some(Sent::Message(shown.map(|told| ids::message(&self.asker.place, told.channel_id, told.id)))))
    }

    async fn in_public(&self, reply: Reply) -> Result<Sent, SendError> {
        let home = ids::stands_in(&self.asker.place);
        if let (true, Some(channel)) = (self.direct, home) {
            return self.inner.to_channel(channel, &self.asker.place, reply).await;
        }
        let messages = self.inner.prepare(&self.asker, &reply, false).await?;
        match (self.with_token(&messages, false).await?, home) {
            (Some(sent), _) => Ok(sent),
            (None, Some(channel)) => self.inner.to_channel(channel, &self.asker.place, reply).await,
            (None, None) => self.inner.privately(&self.asker, &reply).await,
        }
    }

    fn lives(&self) -> bool {
        self.begun.elapsed() < TOKEN && !self.expired.load(Ordering::Relaxed)
    }

    /// Whether the error says that the token has died. It is not used again then.
    fn died(&self, error: &RestError) -> bool {
        let died = error.has(&[code::UNKNOWN_WEBHOOK, code::INVALID_TOKEN]);
        self.expired.fetch_or(died, Ordering::Relaxed);
        died
    }

    async fn take_away(&self, which: Which) {
        if let Err(error) = self.request(Method::DELETE, which, Payload::None).await {
            tracing::debug!(%error, "a placeholder stays");
        }
    }

    async fn put(&self, which: Which, message: &Message, flags: u64) -> Result<Option<Told>, RestError> {
        let method = if which == Which::New { Method::POST } else { Method::PATCH };
        let body = message.body(if which == Which::New { flags } else { 0 });
        let answer = self.request(method, which, Payload::message(&body, message)).await?;
        Ok(serde_json::from_slice(&answer).ok())
    }

    async fn request(&self, method: Method, which: Which, payload: Payload<'_>) -> Result<bytes::Bytes, RestError> {
        let (application_id, token) = (self.inner.application, self.token.as_str());
        let route = match which {
            Which::Original => Route::WebhookOriginalInteractionResponse { application_id, token },
            Which::Later(message_id) => Route::WebhookFollowupMessage { application_id, token, message_id },
            Which::New => Route::WebhookFollowupMessages { application_id, token },
        };
        loop {
            match self.inner.rest.send(method.clone(), route, &[], payload).await {
                Err(error) if self.inline && error.has(&[code::UNKNOWN_WEBHOOK]) && self.begun.elapsed() < YOUNG => {
                    sleep(Duration::from_millis(100)).await;
                }
                result => return result,
            }
        }
    }
}

#[async_trait]
impl Responder for Back {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        if reply.audience == Audience::Everyone && !self.asker.place.is_direct() {
            return self.in_public(reply).await;
        }
        let elsewhere = self.direct && !self.asker.place.is_direct();
        let messages = self.inner.prepare(&self.asker, &reply, elsewhere).await?;
        match self.with_token(&messages, true).await? {
            Some(sent) => Ok(sent),
            None => self.inner.privately(&self.asker, &reply).await,
        }
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        let Some(pressed) = self.pressed else { return self.reply(reply).await };
        let widened = reply.audience == Audience::OnlyAsker && !pressed.private;
        if widened || !self.lives() {
            return self.reply(reply).await;
        }
        let elsewhere = self.direct && !self.asker.place.is_direct();
        let messages = self.inner.prepare(&self.asker, &reply, elsewhere).await?;
        let Some((first, rest)) = messages.split_first() else { return Ok(Sent::Message(None)) };
        match self.put(Which::Original, first, 0).await {
            Ok(_) if !rest.is_empty() => {
                Ok(self.with_token(rest, pressed.private).await?.unwrap_or(Sent::Message(None)))
            }
            Ok(told) => {
                let shown = told.filter(|_| !pressed.private || self.direct);
                Ok(Sent::Message(shown.map(|told| ids::message(&self.asker.place, told.channel_id, told.id))))
            }
            // The message is gone, or the token is: say it anew.
            Err(error) if error.is(404) || self.died(&error) => self.reply(reply).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn progress(&self, what: &str) -> Result<(), SendError> {
        let mut placeholder = self.placeholder.lock().await;
        if !self.lives() {
            return Ok(());
        }
        let flags = if self.direct { 0 } else { EPHEMERAL };
        let message = Message::words(format!("{}…", markdown::line(what)));
        let which = placeholder.unwrap_or(Which::New);
        let told = self.put(which, &message, flags).await?;
        *placeholder = match which {
            Which::New => told.map(|told| Which::Later(told.id)),
            same => Some(same),
        };
        Ok(())
    }

    async fn complete(&self, _ways: Vec<Completion>) -> Result<(), SendError> {
        Err(SendError::Unsupported)
    }
}

/// The way back to whoever is typing.
pub(crate) struct Completing(Lock<Option<oneshot::Sender<Vec<Completion>>>>);

impl Completing {
    /// The way back, and where the completions arrive.
    pub(crate) fn new() -> (Self, oneshot::Receiver<Vec<Completion>>) {
        let (sender, receiver) = oneshot::channel();
        (Self(Lock::new(Some(sender))), receiver)
    }
}

#[async_trait]
impl Responder for Completing {
    async fn reply(&self, _reply: Reply) -> Result<Sent, SendError> {
        Err(SendError::Unsupported)
    }

    async fn edit(&self, _reply: Reply) -> Result<Sent, SendError> {
        Err(SendError::Unsupported)
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn complete(&self, ways: Vec<Completion>) -> Result<(), SendError> {
        let sender = self.0.lock().take();
        let late = |_| SendError::Away("the completion was answered already".to_owned());
        sender.map_or(Err(SendError::Unsupported), |sender| sender.send(ways).map_err(late))
    }
}
