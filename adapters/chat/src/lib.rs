//! The contract between a chat platform and the bot.
//!
//! A platform's adapter turns what people do into an [`Event`], hands it to a [`ChatHandler`] together with a
//! [`Responder`], and turns each [`Reply`] that comes back into the platform's own messages. It knows nothing of
//! Jira, of permissions or of wording; the bot knows nothing of the platform. What both share is here: ids,
//! events, replies and the tree in which text travels. The crate does no I/O.

mod adapter;
mod commands;
mod event;
mod ids;
pub mod mentions;
mod passing;
mod reply;
pub mod tree;

pub use adapter::{
    AdapterError, ChatAdapter, ChatHandler, Destination, FileContent, Host, HttpRequest, HttpResponse, Member, Memory,
    MemoryError, OpenError, Responder, SendError, Sent, Stopping,
};
pub use commands::{Argument, ArgumentKind, Command};
pub use event::{Completing, Event, IncomingFile, Input, Mention, MenuTarget, Names, Slash, file_name};
pub use ids::{
    ActionId, ChannelId, EventId, MessageId, MessageRef, ParseIdError, Person, Place, Platform, RoleId, ThreadId,
    UserId, Workspace, WorkspaceId,
};
pub use passing::PassingMemory;
pub use reply::{
    Audience, Button, ButtonStyle, Card, Choice, Choices, Completion, Fact, Field, FieldKind, File, Form, Link, Reply,
};
pub use tree::Text;
