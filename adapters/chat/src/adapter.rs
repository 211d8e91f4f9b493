//! The traits on both sides of the contract.

use std::{pin::Pin, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use crate::{Command, Completion, Event, IncomingFile, MessageRef, Person, Place, Reply, RoleId, Workspace};

/// Takes events. The bot is one; a test's recorder is another.
#[async_trait]
pub trait ChatHandler: Send + Sync {
    /// Handles one event and answers through `responder`, not at all, once or several times, and possibly after the
    /// platform's own way of answering has run out. Returns when everything that the event called for is done. It never
    /// fails: what goes wrong becomes a reply. An adapter may call it for many events at once.
    async fn handle(&self, event: Event, responder: Arc<dyn Responder>);
}

/// The way back to whoever caused one event. It outlives the call: a late answer goes another way (a new message, the
/// direct chat) once the platform's own token has died.
#[async_trait]
pub trait Responder: Send + Sync {
    /// Sends an answer.
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError>;

    /// Changes the message whose button was pressed; sends a new one where there is none.
    async fn edit(&self, reply: Reply) -> Result<Sent, SendError>;

    /// Says that work goes on, in a way that leaves no trace where the platform can do so.
    async fn progress(&self, what: &str) -> Result<(), SendError>;

    /// Answers a completion.
    async fn complete(&self, ways: Vec<Completion>) -> Result<(), SendError>;
}

/// A chat platform.
#[async_trait]
pub trait ChatAdapter: Send + Sync {
    /// The platform's name, as it stands in every id.
    fn platform(&self) -> crate::Platform;

    /// Serves the platform until `host.stopping()` resolves or the platform ends. Called once.
    async fn run(&self, host: Host) -> Result<(), AdapterError>;

    /// Sends a reply that no event asked for. A reply for one person is never widened: where it cannot be kept private it
    /// is [`Sent::NoPrivateWay`].
    async fn send(&self, to: &Destination, reply: Reply) -> Result<Sent, SendError>;

    /// Deletes a message, if the platform lets the bot.
    async fn delete(&self, message: &MessageRef) -> Result<(), SendError>;

    /// What the platform says now about a person's membership. Never from a cache.
    async fn member(&self, workspace: &Workspace, person: &Person) -> Result<Member, AdapterError>;

    /// The people who administer a workspace now.
    async fn admins(&self, workspace: &Workspace) -> Result<Vec<Person>, AdapterError>;

    /// Publishes the bot's commands in the platform's menus.
    async fn publish(&self, commands: &[Command]) -> Result<(), AdapterError>;

    /// Opens a file that came with an event of this adapter, perhaps a while ago. How much of it is read is up to the
    /// caller.
    ///
    /// # Errors
    /// A file that is gone or that this adapter did not make, and one that the platform does not hand to a bot.
    async fn open(&self, file: &IncomingFile) -> Result<FileContent, OpenError>;

    /// An address that takes a person to their direct chat with the bot and hands over a code there, where the platform
    /// has such.
    fn code_link(&self, code: &str) -> Option<String> {
        let _ = code;
        None
    }

    /// Answers a request that the platform sent over HTTP. `None`: this adapter takes none.
    async fn http(&self, request: HttpRequest) -> Option<HttpResponse>;
}

/// What the program that runs an adapter lends it.
#[derive(Clone)]
pub struct Host {
    /// Takes the events.
    pub handler: Arc<dyn ChatHandler>,
    /// Keeps what must survive a restart.
    pub memory: Arc<dyn Memory>,
    stopping: Arc<dyn Fn() -> Stopping + Send + Sync>,
}

/// Resolves when the program wants to stop.
pub type Stopping = Pin<Box<dyn Future<Output = ()> + Send>>;

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

impl Host {
    /// Lends `handler` and `memory`; `stopping` makes a future that resolves when the program wants to stop.
    pub fn new(
        handler: Arc<dyn ChatHandler>,
        memory: Arc<dyn Memory>,
        stopping: impl Fn() -> Stopping + Send + Sync + 'static,
    ) -> Self {
        Self { handler, memory, stopping: Arc::new(stopping) }
    }

    /// Resolves when the program wants to stop. What is in flight is finished first.
    pub fn stopping(&self) -> Stopping {
        (self.stopping)()
    }
}

/// A small durable memory, lent to each adapter for itself.
#[async_trait]
pub trait Memory: Send + Sync {
    /// What was put under `key`.
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError>;
    /// Puts `value` under `key`. Durable when it returns.
    async fn put(&self, key: &str, value: Vec<u8>) -> Result<(), MemoryError>;
    /// Removes what stands under `key` and returns it. Of several callers one gets it.
    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError>;
}

/// Where a reply goes that no event asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A person's direct chat.
    Person(Person),
    /// A channel.
    Place(Place),
}

/// What became of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// It was sent, as this message where the platform names it.
    Message(Option<MessageRef>),
    /// It is for one person, and there is no way to show it to that person alone. Nothing was sent.
    NoPrivateWay,
}

/// What a platform says about a person in a workspace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Member {
    /// The person is in the workspace.
    pub present: bool,
    /// The platform lets them administer it.
    pub admin: bool,
    /// Their roles, by id.
    pub roles: Vec<RoleId>,
}

/// What is in a file, piece by piece. It breaks off where the platform does.
pub type FileContent = BoxStream<'static, Result<Bytes, OpenError>>;

/// A request from a platform, body unread.
pub type HttpRequest = http::Request<Bytes>;

/// The answer to one.
pub type HttpResponse = http::Response<Bytes>;

/// A reply that could not be sent.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SendError {
    /// The platform refused it, for this reason.
    #[error("the platform refused the message: {0}")]
    Refused(String),
    /// The platform could not be reached.
    #[error("the platform could not be reached: {0}")]
    Away(String),
    /// This platform has no such thing.
    #[error("the platform cannot do this")]
    Unsupported,
}

/// A file that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The platform does not keep it any more, or it was never there.
    #[error("the file is gone")]
    Gone,
    /// The platform hands no file of this size to a bot.
    #[error("the file is larger than {most} bytes")]
    TooLarge {
        /// The most that it hands out, in bytes.
        most: u64,
    },
    /// The platform could not be reached, or broke off. No address and no secret.
    #[error("the file could not be read: {0}")]
    Away(String),
}

/// An adapter that could not do its work.
#[derive(Debug, Clone, thiserror::Error)]
pub enum AdapterError {
    /// The platform does not know what was asked about.
    #[error("the platform does not know {0}")]
    Unknown(String),
    /// The platform could not be reached, or said no.
    #[error("{0}")]
    Platform(String),
    /// What the host lent failed.
    #[error(transparent)]
    Memory(#[from] MemoryError),
}

/// A memory that could not be read or written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the adapter's memory failed: {0}")]
pub struct MemoryError(pub String);
