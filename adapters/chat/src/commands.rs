//! The bot's commands, as an adapter publishes them in its platform's own menus.

/// One command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Its path below the bot's own word: `["view"]`, `["admin", "allow"]`.
    pub path: Vec<String>,
    /// The family it belongs to; platforms with small menus group by it.
    pub family: String,
    /// One line that says what it does.
    pub summary: String,
    /// How a person types it, without the bot's own word: `create TYPE [in PROJECT] [TITLE]`.
    pub usage: String,
    /// Its arguments, required ones first.
    pub arguments: Vec<Argument>,
    /// Whether only administrators can use it anywhere.
    pub admin: bool,
}

/// One argument of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// One line that says what it is.
    pub help: String,
    /// Whether it must be given.
    pub required: bool,
    /// What may be given.
    pub kind: ArgumentKind,
    /// Whether the bot can complete it.
    pub completes: bool,
}

/// What may be given for an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArgumentKind {
    /// A word or a text.
    Text,
    /// Yes or no; it is given or not.
    Flag,
    /// One of these words.
    OneOf(Vec<String>),
    /// A person.
    Person,
    /// A file that is sent along. It comes with the event, not among the texts.
    File,
}
