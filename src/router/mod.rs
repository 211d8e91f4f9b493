//! What a person did becomes a [`Request`].
//!
//! Text, native commands, presses and forms all end here as the same few requests. The router reads grammar and stored
//! actions; it decides nothing and asks Jira nothing.

mod commands;
mod complete;
mod files;
mod grammar;
mod menu;
mod press;
mod text;
mod words;

use serde_json::Value;
use usher_chat::{Command, Event, Field, Input, Workspace};

pub use self::{
    commands::{admin_help, commands},
    complete::{Wanted, wanted},
    grammar::Misread,
};
use crate::{
    actions::Actions,
    error::Error,
    governance::AdminCommand,
    identity::{AccountCommand, Candidate},
    ids::{SiteId, ToolName},
    replies::{Deed, Origin},
    tools::{Entry, Table},
};

/// What was asked for.
#[derive(Debug)]
pub enum Request {
    /// Talk that is not for us.
    Nothing,
    /// Take the pressed message's question away.
    Dismiss,
    /// Help, or help on one command.
    Help(Option<String>),
    /// What may I run here.
    Tools,
    /// An account command.
    Account(AccountCommand),
    /// Somebody else linked the presser's Jira account: end that link.
    NotMe(String),
    /// A text that may be a code. If nobody waits for one it is the request beside it.
    Code(Candidate, Box<Request>),
    /// What the person did lately.
    Activity,
    /// The person's own default site and project, in the words that set it.
    Default(Vec<String>),
    /// An admin command.
    Admin(AdminCommand),
    /// A tool with its arguments.
    Tool(ToolRequest),
    /// A refused call that an admin shall allow once.
    AskAdmin(ToolRequest),
    /// A call that takes two people, and a second one is asked.
    AskSecond(ToolRequest),
    /// An admin's answer to the news that tools wait.
    Review {
        /// Where they wait.
        workspace: Workspace,
        /// Which.
        tools: Vec<ToolName>,
        /// Approve them, or block them.
        approve: bool,
    },
    /// An admin's or a second person's answer to such a request.
    Decide {
        /// The request's id.
        request: String,
        /// Allow it once, or decline.
        allow: bool,
    },
    /// A tool that lacks arguments, which a form asks for.
    Ask(Ask),
    /// Something that may be meant, to be offered as a button.
    Suggest(Suggestion),
    /// How an unfinished line may go on.
    Complete(Wanted),
    /// It could not be read.
    Misread(Misread),
    /// A button that cannot be used: by this person, here, or any more.
    Unavailable(Unavailable),
}

/// Why a button cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unavailable {
    /// It was used, has ended, or never was.
    Gone,
    /// It is for somebody else.
    NotYours,
    /// It stands elsewhere.
    OtherPlace,
}

/// A tool with its arguments.
#[derive(Debug, Clone)]
pub struct ToolRequest {
    /// Which tool.
    pub tool: &'static Entry,
    /// Its arguments.
    pub args: Value,
    /// On which site, where that was said.
    pub site: Option<Named>,
    /// A stored action, pressed by the right person, confirmed it.
    pub confirmed: bool,
    /// Show the answer to everyone in the place.
    pub show: bool,
    /// Where it was first asked, if elsewhere.
    pub origin: Option<Origin>,
    /// The answer takes the place of the message whose button was pressed.
    pub instead: bool,
}

/// A tool that lacks arguments.
#[derive(Debug, Clone)]
pub struct Ask {
    /// The heading of the form.
    pub title: String,
    /// The call as far as it is known.
    pub deed: Deed,
    /// What is not. Each bears its argument's name.
    pub fields: Vec<Field>,
}

/// Something that may be meant.
#[derive(Debug, Clone)]
pub struct Suggestion {
    /// The question.
    pub question: String,
    /// The ways to say yes: the words on the button, and what it does.
    pub ways: Vec<(String, Deed)>,
}

/// A site as it was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By a stored action.
    Id(SiteId),
    /// By a person's own word.
    Word(String),
}

/// Reads events.
#[derive(Debug, Clone)]
pub struct Router {
    table: &'static Table,
    actions: Actions,
}

impl Router {
    /// A router over a table of tools and the actions on offer.
    pub fn new(table: &'static Table, actions: Actions) -> Self {
        Self { table, actions }
    }

    /// The commands for the menus of platforms.
    pub fn commands(&self) -> Vec<Command> {
        commands(self.table)
    }

    /// What an event asks for.
    ///
    /// # Errors
    /// Only where the stored actions cannot be read.
    pub async fn route(&self, event: &Event) -> Result<Request, Error> {
        let request = self.read(event).await?;
        Ok(files::along(request, &event.files))
    }

    async fn read(&self, event: &Event) -> Result<Request, Error> {
        match &event.input {
            Input::Text(text) => self.said(event, text).await,
            Input::Slash(slash) => Ok(text::slash(self.table, slash, &event.mentions)),
            Input::Press { action } => {
                press::pressed(self.table, &self.actions, action, &event.person, &event.place).await
            }
            Input::Submit { form, fields } => {
                press::submitted(self.table, &self.actions, form, fields, &event.person, &event.place).await
            }
            Input::Complete(completing) => Ok(Request::Complete(complete::wanted(self.table, completing))),
            Input::Menu { command, target } => Ok(menu::used(self.table, command, target)),
        }
    }

    /// Words, perhaps in answer to one of our cards: a command that leaves the key out means the card's.
    async fn said(&self, event: &Event, text: &str) -> Result<Request, Error> {
        let read = |text: &str, mentions: &[_]| text::read(self.table, text, mentions, event.place.is_direct());
        let Some(message) = &event.answers else { return Ok(read(text, &event.mentions)) };
        let Some(at) = text::lacks_key(self.table, text, event.place.is_direct()) else {
            return match read(text, &event.mentions) {
                Request::Nothing => press::answered(&self.actions, message, text, event).await,
                request => Ok(request),
            };
        };
        match press::card(&self.actions, message, &event.person, &event.place).await? {
            Some(card) => {
                let (line, mentions) = text::with_key(text, at, &card.key, &event.mentions);
                Ok(card.settles(read(&line, &mentions)))
            }
            None => Ok(read(text, &event.mentions)),
        }
    }
}

#[cfg(test)]
mod tests;
