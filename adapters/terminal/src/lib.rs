//! A chat platform on standard input and output: an interactive chat for people, JSON Lines for scripts.
//!
//! There is one workspace, `home`, unless a script names others. Whoever types decides who speaks, and which roles they
//! have; so this platform belongs on one's own machine.

mod chat;
mod clean;
mod escape;
mod events;
mod files;
mod input;
mod jsonl;
mod line;
pub mod markdown;
mod mentions;
mod options;
mod output;
mod roster;
mod shown;
mod walk;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncWrite};
use usher_chat::{
    AdapterError, Audience, ChatAdapter, Command, Destination, FileContent, Host, HttpRequest, HttpResponse,
    IncomingFile, Member, MessageId, MessageRef, OpenError, Person, Place, Platform, Reply, SendError, Sent, UserId,
    Workspace, WorkspaceId,
};
use uuid::Uuid;

pub use options::{Mode, TerminalOptions};
pub use walk::Walker;

use crate::{
    files::Files,
    input::Stream,
    output::{Output, Sink},
    roster::{Roster, Statement},
    shown::{Offer, Shown},
};

/// The terminal as a chat platform.
#[derive(Clone)]
pub struct Terminal(Arc<Inner>);

struct Inner {
    options: TerminalOptions,
    roster: Roster,
    files: Files,
    shown: Shown,
    output: Output,
    commands: Mutex<Vec<Command>>,
    walker: Option<Walker>,
    streams: Mutex<Option<Streams>>,
    screen: chat::Screen,
}

enum Streams {
    Standard,
    Given(Stream, Sink),
}

/// Whom a reply reaches, and where.
#[derive(Debug, Clone)]
struct Recipient {
    user: Option<UserId>,
    place: Place,
}

impl fmt::Debug for Terminal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terminal").field("options", &self.0.options).finish_non_exhaustive()
    }
}

impl Terminal {
    /// A terminal on standard input and output.
    pub fn new(options: TerminalOptions) -> Self {
        Self::on(options, Streams::Standard)
    }

    /// A terminal on other streams: no colours, no line editing.
    pub fn with_io(
        options: TerminalOptions,
        input: impl AsyncRead + Send + Unpin + 'static,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        Self::on(options, Streams::Given(Box::new(input), Box::new(output)))
    }

    fn on(options: TerminalOptions, streams: Streams) -> Self {
        let roster = Roster::default();
        let home = home();
        for user in options.people.iter().chain(&options.admins) {
            let admin = options.admins.contains(user);
            let roles = options.roles.get(user).map(|roles| roles.iter().map(|role| role.as_str().into()).collect());
            roster.note(&home, &user.as_str().into(), Statement { admin: Some(admin), roles });
        }
        let screen = chat::Screen::new(&options);
        let walker = options.demo.then(Walker::new);
        Self(Arc::new(Inner {
            options,
            roster,
            files: Files::default(),
            shown: Shown::default(),
            output: Output::new(),
            commands: Mutex::default(),
            walker,
            streams: Mutex::new(Some(streams)),
            screen,
        }))
    }
}

fn home() -> WorkspaceId {
    WorkspaceId::from("home")
}

/// An id that no other message or event has, before or after a restart.
fn unique() -> String {
    Uuid::now_v7().to_string()
}

impl Inner {
    /// Shows `reply` and remembers its buttons.
    async fn deliver(&self, to: &Recipient, reply: Reply) -> Result<Sent, SendError> {
        let only = reply.audience == Audience::OnlyAsker;
        let message = MessageRef { place: to.place.clone(), id: MessageId::from(unique()) };
        let offer = Offer { message: message.clone(), only: to.user.clone().filter(|_| only) };
        let buttons = reply.buttons.iter().map(|button| &button.action);
        let entries = reply.choices.iter().flat_map(|choices| &choices.entries).map(|choice| &choice.action);
        let form = reply.form.iter().map(|form| &form.id);
        self.shown.remember(buttons.chain(entries).chain(form).cloned(), &offer);
        match self.options.mode {
            Mode::JsonLines => self.output.write(jsonl::reply_line(to, &reply)).await?,
            Mode::Interactive => self.output.write(self.screen.show(to, reply)).await?,
        }
        Ok(Sent::Message(Some(message)))
    }
}

#[async_trait]
impl ChatAdapter for Terminal {
    fn platform(&self) -> Platform {
        Platform::TERMINAL
    }

    async fn run(&self, host: Host) -> Result<(), AdapterError> {
        let streams = self.0.streams.lock().take();
        let streams = streams.ok_or_else(|| AdapterError::Platform("the terminal is already in use".to_owned()))?;
        match self.0.options.mode {
            Mode::JsonLines => jsonl::run(&self.0, host, streams).await,
            Mode::Interactive => chat::run(&self.0, host, streams).await,
        }
    }

    async fn send(&self, to: &Destination, mut reply: Reply) -> Result<Sent, SendError> {
        let to = match to {
            Destination::Person(person) if person.platform == Platform::TERMINAL => {
                reply.audience = Audience::OnlyAsker;
                Recipient { user: Some(person.user.clone()), place: Place::direct(Platform::TERMINAL) }
            }
            Destination::Place(place) if *place.platform() == Platform::TERMINAL => {
                if reply.audience == Audience::OnlyAsker {
                    return Ok(Sent::NoPrivateWay);
                }
                Recipient { user: None, place: place.clone() }
            }
            _ => return Err(SendError::Refused("this is the terminal, not that platform".to_owned())),
        };
        self.0.deliver(&to, reply).await
    }

    async fn delete(&self, message: &MessageRef) -> Result<(), SendError> {
        if *message.place.platform() != Platform::TERMINAL {
            return Err(SendError::Refused("this is the terminal, not that platform".to_owned()));
        }
        match self.0.options.mode {
            Mode::JsonLines => Ok(()),
            Mode::Interactive => self.0.output.write(self.0.screen.removed(&message.place)).await,
        }
    }

    async fn member(&self, workspace: &Workspace, person: &Person) -> Result<Member, AdapterError> {
        own(workspace)?;
        if person.platform != Platform::TERMINAL {
            return Err(AdapterError::Unknown(person.to_string()));
        }
        Ok(self.0.roster.member(&workspace.id, &person.user))
    }

    async fn admins(&self, workspace: &Workspace) -> Result<Vec<Person>, AdapterError> {
        own(workspace)?;
        Ok(self.0.roster.admins(&workspace.id))
    }

    async fn publish(&self, commands: &[Command]) -> Result<(), AdapterError> {
        *self.0.commands.lock() = commands.to_vec();
        Ok(())
    }

    async fn open(&self, file: &IncomingFile) -> Result<FileContent, OpenError> {
        self.0.files.open(&file.handle).await
    }

    async fn http(&self, _request: HttpRequest) -> Option<HttpResponse> {
        None
    }
}

fn own(workspace: &Workspace) -> Result<(), AdapterError> {
    if workspace.platform == Platform::TERMINAL { Ok(()) } else { Err(AdapterError::Unknown(workspace.to_string())) }
}
