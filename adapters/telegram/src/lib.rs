//! Telegram as a chat platform: long polling or a webhook, groups, topics, direct chats and inline mode.

mod api;
mod check;
mod commands;
mod conversation;
mod files;
mod forms;
mod inline;
mod journal;
mod limits;
mod line;
mod members;
mod places;
mod poll;
mod private;
mod queue;
mod render;
mod respond;
mod service;
#[cfg(test)]
mod testing;
mod webhook;
mod work;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use parking_lot::Mutex;
use secrecy::SecretString;
use teloxide::{
    requests::Requester,
    types::{FileId, Me},
};
use url::Url;
use usher_chat::{
    AdapterError, Audience, ChatAdapter, Command, Destination, FileContent, Host, HttpRequest, HttpResponse,
    IncomingFile, Member, MessageRef, OpenError, Person, Place, Platform, Reply, SendError, Sent, Workspace,
};

pub use check::Finding;
pub use render::rendered;

use crate::{
    api::{Api, Failure},
    commands::Menu,
    places::{message_of, message_ref, user},
    private::deep_link,
    service::{Service, memory},
};

/// How long is waited before Telegram is tried again at the start.
const AGAIN: Duration = Duration::from_secs(5);

/// How Telegram is reached, and what is served there.
#[derive(Debug, Clone)]
pub struct TelegramOptions {
    /// The bot's token, from @BotFather.
    pub token: SecretString,
    /// What stands in for `https://api.telegram.org`.
    pub api_url: Option<Url>,
    /// Take updates over HTTP instead of asking for them.
    pub webhook: bool,
    /// The secret that Telegram sends along with a webhook's calls, 1 to 256 of `A-Z a-z 0-9 _ -`. Without one it is
    /// derived from the token.
    pub webhook_secret: Option<SecretString>,
    /// Where the program's pages are, for the webhook's address.
    pub public_url: Option<Url>,
    /// Answer inline queries. Who may ask what is decided for a place of its own, the workspace `inline`.
    pub inline: bool,
    /// How many messages all chats together may get in a second. Telegram's own limit for most bots is 30; 0 sets none,
    /// for a single chat neither.
    pub per_second: u32,
}

impl TelegramOptions {
    /// Polling with a token, and nothing else.
    pub fn new(token: SecretString) -> Self {
        Self {
            token,
            api_url: None,
            webhook: false,
            webhook_secret: None,
            public_url: None,
            inline: false,
            per_second: 30,
        }
    }
}

/// Telegram as a chat platform.
#[derive(Clone)]
pub struct Telegram(Arc<Inner>);

struct Inner {
    options: Arc<TelegramOptions>,
    api: Api,
    menu: Arc<Menu>,
    /// There while Telegram is served: what the host lent leads back to this adapter.
    service: Mutex<Option<Arc<Service>>>,
}

impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telegram").field("options", &self.0.options).finish_non_exhaustive()
    }
}

impl Telegram {
    /// A bot with these options. Nothing is asked of Telegram yet.
    ///
    /// # Errors
    /// An HTTP client that cannot be made.
    pub fn new(options: TelegramOptions) -> Result<Self, AdapterError> {
        let (api, options) = (Api::new(&options)?, Arc::new(options));
        Ok(Self(Arc::new(Inner { options, api, menu: Arc::default(), service: Mutex::default() })))
    }

    /// Looks whether the bot can serve: its token, what it may read, how updates arrive, whether its menus say what
    /// `commands` say. Changes nothing.
    pub async fn check(&self, commands: &[Command]) -> Vec<Finding> {
        check::check(self.api(), &self.0.options, commands).await
    }

    fn api(&self) -> &Api {
        &self.0.api
    }

    fn service(&self) -> Result<Arc<Service>, SendError> {
        self.0.service.lock().clone().ok_or_else(|| SendError::Away("the bot has not started yet".to_owned()))
    }

    /// Who the bot is. Waits for Telegram to be there; a token that it does not know is an error.
    async fn me(&self, host: &Host) -> Result<Option<Me>, AdapterError> {
        let ask = async {
            loop {
                match self.api().call(self.api().bot().get_me()).await {
                    Ok(me) => return Ok(Some(me)),
                    Err(failure) if failure.is_bad_token() => {
                        let words = "Telegram does not know the bot's token. @BotFather shows it with /mybots";
                        return Err(AdapterError::Platform(words.to_owned()));
                    }
                    Err(failure) => tracing::warn!(%failure, "Telegram cannot be reached; it is tried again"),
                }
                tokio::time::sleep(AGAIN).await;
            }
        };
        tokio::select! {
            me = ask => me,
            () = host.stopping() => Ok(None),
        }
    }
}

/// Lets go of what the host lent, however serving ends.
struct Serving<'a>(&'a Inner);

impl Drop for Serving<'_> {
    fn drop(&mut self) {
        self.0.service.lock().take();
    }
}

#[async_trait]
impl ChatAdapter for Telegram {
    fn platform(&self) -> Platform {
        Platform::TELEGRAM
    }

    async fn run(&self, host: Host) -> Result<(), AdapterError> {
        let Some(me) = self.me(&host).await? else { return Ok(()) };
        tracing::info!(bot = me.user.username, webhook = self.0.options.webhook, "Telegram is served");
        let (options, api, menu) = (self.0.options.clone(), self.0.api.clone(), self.0.menu.clone());
        let service = Service::start(options, api, me, menu, host).await?;
        *self.0.service.lock() = Some(service.clone());
        let _serving = Serving(&self.0);
        if self.0.options.webhook { webhook::run(&service).await } else { poll::run(&service).await }
    }

    async fn send(&self, to: &Destination, reply: Reply) -> Result<Sent, SendError> {
        let service = self.service()?;
        let elsewhere = || SendError::Refused("this is Telegram, not that platform".to_owned());
        match to {
            Destination::Person(person) => {
                let person = user(person).ok_or_else(elsewhere)?;
                let place = Place::direct(Platform::TELEGRAM);
                service.tell(person, &render::outgoing(&reply, &place, false)).await
            }
            Destination::Place(_) if reply.audience == Audience::OnlyAsker => Ok(Sent::NoPrivateWay),
            Destination::Place(place) => {
                let spot = service.places.spot(place).await.map_err(memory)?.ok_or_else(elsewhere)?;
                let sent = service.post(spot, &render::outgoing(&reply, place, false)).await?;
                Ok(Sent::Message(sent.map(|message| message_ref(place.clone(), spot.chat, message))))
            }
        }
    }

    async fn delete(&self, message: &MessageRef) -> Result<(), SendError> {
        let unknown = || SendError::Refused("this is no message of Telegram's".to_owned());
        let (chat, id) = message_of(message).ok_or_else(unknown)?;
        match self.api().call(self.api().bot().delete_message(chat, id)).await {
            // Somebody was faster.
            Err(Failure::Refused(why)) if why.contains("message to delete not found") => Ok(()),
            deleted => Ok(deleted.map(drop)?),
        }
    }

    async fn member(&self, workspace: &Workspace, person: &Person) -> Result<Member, AdapterError> {
        let service = self.service().map_err(|error| AdapterError::Platform(error.to_string()))?;
        members::member(&service.api, &service.places, workspace, person).await
    }

    async fn admins(&self, workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
        let service = self.service().map_err(|error| AdapterError::Platform(error.to_string()))?;
        members::admins(&service.api, &service.places, workspace).await
    }

    async fn publish(&self, commands: &[Command]) -> Result<(), AdapterError> {
        self.0.menu.set(commands);
        Ok(self.0.menu.publish(self.api()).await?)
    }

    async fn http(&self, request: HttpRequest) -> Option<HttpResponse> {
        if !self.0.options.webhook {
            return None;
        }
        let service = self.0.service.lock().clone();
        Some(webhook::answer(&self.0.options, service.as_ref(), request).await)
    }

    async fn open(&self, file: &IncomingFile) -> Result<FileContent, OpenError> {
        self.api().open(FileId(file.handle.clone())).await
    }

    fn code_link(&self, code: &str) -> Option<String> {
        let fits =
            (1..=64).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        let service = self.0.service.lock().clone().filter(|_| fits)?;
        deep_link(&service.me, code).map(String::from)
    }
}
