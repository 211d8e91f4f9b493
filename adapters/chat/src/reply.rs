//! What the bot answers, before any platform's markup.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::{ActionId, Text, tree::Tint};

/// One answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// Who may see it. An adapter that cannot keep a reply private does not send it.
    pub audience: Audience,
    /// The words.
    pub text: Text,
    /// An issue or the like, set apart from the words.
    pub cards: Vec<Card>,
    /// Buttons, in order of use.
    pub buttons: Vec<Button>,
    /// Links that are shown as buttons.
    pub links: Vec<Link>,
    /// A menu to choose from.
    pub choices: Option<Choices>,
    /// A form to fill in.
    pub form: Option<Form>,
    /// Files and pictures.
    pub files: Vec<File>,
}

/// Who may see a reply. The narrow one is the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Only the person who asked: an ephemeral message, or the direct chat.
    #[default]
    OnlyAsker,
    /// Everyone in the place.
    Everyone,
}

/// A thing of Jira's, such as an issue, shown as a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// The short name in front: an issue's key.
    pub key: String,
    /// The title.
    pub title: String,
    /// Where it lives.
    pub url: Option<String>,
    /// Facts in one line, in order: status, type, priority, person.
    pub facts: Vec<Fact>,
    /// The state's colour.
    pub tint: Tint,
    /// Longer text below, such as a description.
    pub body: Text,
    /// Address of a small picture, such as the assignee's avatar.
    pub picture: Option<String>,
}

/// One fact of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is, such as `Status`.
    pub name: String,
    /// Its value, such as `In Progress`.
    pub value: String,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// What comes back in [`Input::Press`](crate::Input::Press).
    pub action: ActionId,
    /// The words on it.
    pub label: String,
    /// How it looks.
    pub style: ButtonStyle,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ButtonStyle {
    /// One of several.
    #[default]
    Plain,
    /// The likely next step.
    Primary,
    /// Something that cannot be taken back.
    Danger,
}

/// A link shown beside the buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The words on it.
    pub label: String,
    /// Where it goes.
    pub url: String,
}

/// A menu of which one entry is chosen. Platforms without menus show buttons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// What is asked.
    pub label: String,
    /// The entries.
    pub entries: Vec<Choice>,
}

/// One entry of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What comes back in [`Input::Press`](crate::Input::Press).
    pub action: ActionId,
    /// The words.
    pub label: String,
    /// More words, smaller.
    pub note: Option<String>,
}

/// One way in which an unfinished input may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// What would stand in place of the unfinished word.
    pub value: String,
    /// What it is, for display.
    pub label: String,
}

/// A form. Its id comes back in [`Input::Submit`](crate::Input::Submit).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Which form this is.
    pub id: ActionId,
    /// Its heading.
    pub title: String,
    /// Its fields, in order.
    pub fields: Vec<Field>,
}

impl Form {
    /// The name of the field of a form that asks for a code and nothing else.
    pub const CODE: &'static str = "code";

    /// Whether the form asks for a code and nothing else. The person may as well send it as a private message; where that
    /// is the simpler way, the form is not shown.
    pub fn is_code(&self) -> bool {
        matches!(self.fields.as_slice(), [field] if field.name == Self::CODE)
    }
}

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name under which the value comes back.
    pub name: String,
    /// What the person reads.
    pub label: String,
    /// What may be entered.
    pub kind: FieldKind,
    /// Whether it must be filled in.
    pub required: bool,
    /// The values to choose from, for kinds that have them.
    pub options: Vec<String>,
    /// What stands there at first.
    pub value: Option<String>,
    /// A hint, such as the format.
    pub hint: Option<String>,
}

/// What may be entered into a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldKind {
    /// One line of text.
    Line,
    /// Several lines of text.
    Paragraph,
    /// A number.
    Number,
    /// A day.
    Date,
    /// A day and a time.
    DateTime,
    /// One of the options.
    Choice,
    /// Some of the options.
    Choices,
    /// A person, by name.
    Person,
}

impl FieldKind {
    /// The kind's name, as scripts see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Paragraph => "paragraph",
            Self::Number => "number",
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Choice => "choice",
            Self::Choices => "choices",
            Self::Person => "person",
        }
    }
}

/// A file or picture to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type, such as `image/png`.
    pub media_type: String,
    /// What it shows, for those who cannot see it.
    pub alt: Option<String>,
    /// Its content.
    pub content: Bytes,
}

impl Reply {
    /// A reply that only the asker sees.
    pub fn private(text: impl Into<Text>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A reply that everyone in the place sees.
    pub fn public(text: impl Into<Text>) -> Self {
        Self { audience: Audience::Everyone, text: text.into(), ..Self::default() }
    }
}
