//! Discord, through serenity: what people do there becomes events, and replies become its messages.
//!
//! Events come over the gateway, or as interactions over HTTP. Every command and press is acknowledged before the bot
//! sees it; whatever the bot says then goes out through one REST client with one limiter.

mod check;
mod commands;
mod deliver;
mod directory;
mod files;
mod flights;
mod forms;
mod gateway;
mod http_mode;
mod ids;
mod interactions;
mod limits;
mod members;
mod messages;
mod named;
mod options;
mod recent;
mod render;
mod respond;
mod rest;
mod shelf;
mod typing;

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use async_trait::async_trait;
use parking_lot::RwLock;
use reqwest::Method;
use serenity::{
    all::{ApplicationId, UserId},
    http::Route,
    interactions_endpoint::Verifier,
};
use tokio::sync::watch;
use usher_chat::{
    AdapterError, ChatAdapter, Command, Destination, FileContent, Host, HttpRequest, HttpResponse, IncomingFile,
    Member, MessageRef, OpenError, Person, Platform, Reply, SendError, Sent, Workspace,
};

pub use self::{
    check::{Finding, invite_url},
    commands::{LARGEST_COMMAND, command_sizes},
    options::{DiscordOptions, Mode},
    render::rendered,
};
use self::{
    commands::Published,
    deliver::Asker,
    directory::Directory,
    files::Files,
    flights::Flights,
    named::Named,
    rest::{Payload, Rest},
    shelf::Shelf,
    typing::Answers,
};

/// Discord as a chat platform.
#[derive(Clone)]
pub struct Discord(Arc<Inner>);

struct Inner {
    options: DiscordOptions,
    application: ApplicationId,
    verifier: Option<Verifier>,
    rest: Rest,
    files: Files,
    answers: Answers,
    directory: Directory,
    named: Named,
    flights: Flights,
    published: RwLock<Published>,
    /// While the program serves Discord.
    lent: watch::Sender<Option<Arc<Lent>>>,
    /// The bot as a user; most have the application's id.
    me: OnceLock<UserId>,
}

/// What the program lends while it runs.
struct Lent {
    host: Host,
    shelf: Shelf,
}

impl fmt::Debug for Discord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discord").field("options", &self.0.options).finish_non_exhaustive()
    }
}

impl Discord {
    /// Discord as `options` say. Nothing is sent yet.
    ///
    /// # Errors
    /// An application id or a public key that cannot be one; in `http` mode a public key that is missing.
    pub fn new(options: DiscordOptions) -> Result<Self, AdapterError> {
        let application = options.application()?;
        let verifier = options.verifier()?;
        let rest = Rest::new(&options.token, options.api_url.as_ref())?;
        let files = Files::new(options.api_url.as_ref())?;
        Ok(Self(Arc::new(Inner {
            options,
            application,
            verifier,
            rest,
            files,
            answers: Answers::default(),
            directory: Directory::default(),
            named: Named::default(),
            flights: Flights::default(),
            published: RwLock::default(),
            lent: watch::Sender::default(),
            me: OnceLock::new(),
        })))
    }

    /// Looks at the connection, for `usher check`: the token, the intents, the commands, the invite link.
    pub async fn check(&self, commands: &[Command]) -> Vec<Finding> {
        check::check(&self.0, commands).await
    }
}

impl Inner {
    fn lent(&self) -> Result<Arc<Lent>, SendError> {
        self.lent.borrow().clone().ok_or_else(|| SendError::Away("Discord is not served now".to_owned()))
    }

    /// The bot as a user.
    fn me(&self) -> UserId {
        self.me.get().copied().unwrap_or_else(|| UserId::new(self.application.get()))
    }
}

#[async_trait]
impl ChatAdapter for Discord {
    fn platform(&self) -> Platform {
        Platform::DISCORD
    }

    async fn run(&self, host: Host) -> Result<(), AdapterError> {
        let shelf = Shelf::new(Arc::clone(&host.memory));
        let stopping = host.stopping();
        let memory = Arc::clone(&host.memory);
        let lent = Arc::new(Lent { host, shelf });
        let free = self.0.lent.send_if_modified(|lent_before| {
            let free = lent_before.is_none();
            lent_before.get_or_insert(lent);
            free
        });
        if !free {
            return Err(AdapterError::Platform("Discord is served already".to_owned()));
        }
        let serving = async {
            match self.0.options.mode {
                Mode::Gateway => gateway::serve(&self.0, stopping).await,
                Mode::Http => {
                    stopping.await;
                    Ok(())
                }
            }
        };
        let tidying = async {
            if let Err(error) = commands::only_here(&self.0, memory.as_ref()).await {
                tracing::warn!(%error, "commands of an earlier setup may still be shown");
            }
        };
        let (result, ()) = tokio::join!(serving, tidying);
        self.0.flights.landed().await;
        // What was lent leads back here through the handler; whoever starts again finds the database free.
        self.0.lent.send_replace(None);
        result
    }

    async fn send(&self, to: &Destination, reply: Reply) -> Result<Sent, SendError> {
        match to {
            Destination::Person(person) if person.platform == Platform::DISCORD => {
                let unknown = || SendError::Refused(format!("{person} is nobody on Discord"));
                let asker = Asker::in_direct(ids::snowflake(person.user.as_str()).ok_or_else(unknown)?);
                self.0.privately(&asker, &reply).await
            }
            Destination::Place(place) if *place.platform() == Platform::DISCORD => {
                let unknown = || SendError::Refused(format!("{place} is no channel of Discord's"));
                let channel = ids::stands_in(place).ok_or_else(unknown)?;
                self.0.to_channel(channel, place, reply).await
            }
            _ => Err(SendError::Refused("this is Discord, not that platform".to_owned())),
        }
    }

    async fn delete(&self, message: &MessageRef) -> Result<(), SendError> {
        let unknown = || SendError::Refused("this is no message of Discord's".to_owned());
        let (channel_id, message_id) = ids::message_ids(message).ok_or_else(unknown)?;
        let route = Route::ChannelMessage { channel_id, message_id };
        self.0.rest.send(Method::DELETE, route, &[], Payload::None).await?;
        Ok(())
    }

    async fn member(&self, workspace: &Workspace, person: &Person) -> Result<Member, AdapterError> {
        members::member(&self.0.rest, workspace, person).await
    }

    async fn admins(&self, workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
        members::admins(&self.0.rest, workspace).await
    }

    async fn publish(&self, commands: &[Command]) -> Result<(), AdapterError> {
        commands::publish(&self.0, commands).await
    }

    async fn open(&self, file: &IncomingFile) -> Result<FileContent, OpenError> {
        self.0.files.open(&file.handle).await
    }

    async fn http(&self, request: HttpRequest) -> Option<HttpResponse> {
        match self.0.options.mode {
            Mode::Http => Some(http_mode::answer(&self.0, request).await),
            Mode::Gateway => None,
        }
    }
}
