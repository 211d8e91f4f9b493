//! Turns what a person does into an event, and carries the answers back.

use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt;
use usher_chat::{
    ChatHandler, Completion, Event, EventId, IncomingFile, Input, MessageId, MessageRef, Names, Person, Place,
    Platform, Reply, Responder, SendError, Sent, UserId, Workspace, WorkspaceId,
};

use crate::{Inner, Mode, Recipient, jsonl, mentions, unique};

/// Who does something, and where.
#[derive(Debug, Clone)]
pub(crate) struct Author {
    pub(crate) user: UserId,
    pub(crate) workspace: WorkspaceId,
    /// The channel; `None` is the direct chat.
    pub(crate) channel: Option<String>,
}

impl Author {
    /// Where it happens.
    pub(crate) fn place(&self) -> Place {
        match &self.channel {
            None => Place::direct(Platform::TERMINAL),
            Some(channel) => {
                let workspace = Workspace::new(Platform::TERMINAL, self.workspace.clone());
                Place::channel(workspace, channel.as_str())
            }
        }
    }
}

impl Inner {
    /// The event that `author` causes.
    pub(crate) fn event(&self, author: &Author, input: Input, files: Vec<IncomingFile>) -> Event {
        let place = author.place();
        let offer = match &input {
            Input::Press { action } => self.shown.find(action),
            Input::Submit { form, .. } => self.shown.find(form),
            _ => None,
        };
        let only = offer.as_ref().and_then(|offer| offer.only.as_ref()) == Some(&author.user);
        let private = match &input {
            _ if place.is_direct() => true,
            Input::Press { .. } => only,
            Input::Submit { .. } | Input::Complete(_) => true,
            _ => false,
        };
        let message = match &input {
            Input::Text(_) => Some(MessageRef { place: place.clone(), id: MessageId::from(unique()) }),
            _ => offer.map(|offer| offer.message),
        };
        Event {
            id: EventId::from(unique()),
            person: Person::new(Platform::TERMINAL, author.user.clone()),
            names: Names {
                person: author.user.to_string(),
                place: author.channel.as_ref().map_or_else(|| "direct chat".to_owned(), |name| format!("#{name}")),
                workspace: author.channel.as_ref().map(|_| author.workspace.to_string()),
            },
            mentions: match &input {
                Input::Text(text) => mentions::find(text),
                _ => Vec::new(),
            },
            files,
            answers: None,
            message,
            private,
            member: author.channel.as_ref().map(|_| self.roster.member(&author.workspace, &author.user)),
            place,
            input,
        }
    }
}

/// Hands an event over and waits until it is dealt with. False if the handler broke down.
pub(crate) async fn hand_over(handler: &Arc<dyn ChatHandler>, event: Event, responder: Arc<dyn Responder>) -> bool {
    std::panic::AssertUnwindSafe(handler.handle(event, responder)).catch_unwind().await.is_ok()
}

/// The way back to one person in one place.
pub(crate) struct Back {
    inner: Arc<Inner>,
    to: Recipient,
}

impl Back {
    /// The way back to `author`.
    pub(crate) fn to(inner: &Arc<Inner>, author: &Author) -> Arc<Self> {
        let to = Recipient { user: Some(author.user.clone()), place: author.place() };
        Arc::new(Self { inner: Arc::clone(inner), to })
    }
}

#[async_trait]
impl Responder for Back {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        self.inner.deliver(&self.to, reply).await
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        // What stands on a terminal stands there for good: a changed message comes again.
        self.inner.deliver(&self.to, reply).await
    }

    async fn progress(&self, what: &str) -> Result<(), SendError> {
        match self.inner.options.mode {
            Mode::JsonLines => Ok(()),
            Mode::Interactive => self.inner.output.write_passing(self.inner.screen.progress(what)).await,
        }
    }

    async fn complete(&self, ways: Vec<Completion>) -> Result<(), SendError> {
        match self.inner.options.mode {
            Mode::JsonLines if ways.is_empty() => Ok(()),
            Mode::JsonLines => self.inner.output.write(jsonl::completion_line(&self.to, ways)).await,
            Mode::Interactive => Err(SendError::Unsupported),
        }
    }
}
