//! The tree in which text travels: built by the bot, rendered by each adapter in its platform's own markup.
//!
//! A leaf holds plain text. Nothing in it is markup, so an adapter escapes every leaf and no title, name or comment
//! can mention anybody, link elsewhere or break out of its place.

use serde::{Deserialize, Serialize};

use crate::{ChannelId, Person, RoleId};

/// A text: blocks from top to bottom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text(pub Vec<Block>);

/// What stands on lines of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Block {
    /// Running text.
    Paragraph(Vec<Inline>),
    /// A heading, level 1 (largest) to 6.
    Heading {
        /// 1 to 6.
        level: u8,
        /// Its words.
        content: Vec<Inline>,
    },
    /// A list. `start` numbers it; without one it has bullets.
    List {
        /// The first number of a numbered list.
        start: Option<u64>,
        /// The items, each a small text.
        items: Vec<Vec<Block>>,
    },
    /// A list of tasks or decisions with their state.
    Tasks(Vec<Task>),
    /// A quotation.
    Quote(Vec<Block>),
    /// Preformatted text.
    Code {
        /// The programming language, if one is named.
        language: Option<String>,
        /// The text, verbatim.
        text: String,
    },
    /// A table.
    Table {
        /// Rows from top to bottom.
        rows: Vec<Row>,
    },
    /// A line across.
    Rule,
    /// A box that stands out: note, warning and the like.
    Panel {
        /// What it is for: `info`, `note`, `tip`, `success`, `warning`, `error`, or a platform's own word.
        kind: String,
        /// Its title.
        title: Option<String>,
        /// What is inside.
        content: Vec<Block>,
    },
    /// A part that the reader can fold out.
    Expand {
        /// The line that stays visible.
        title: String,
        /// What is inside.
        content: Vec<Block>,
    },
    /// A picture or file.
    Media(Media),
}

/// One task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// Whether it is ticked.
    pub done: bool,
    /// What is to be done.
    pub content: Vec<Inline>,
}

/// One row of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Cells from left to right.
    pub cells: Vec<Cell>,
}

/// One cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cell {
    /// Whether it heads its row or column.
    pub header: bool,
    /// What is inside.
    pub content: Vec<Block>,
}

/// A picture or file that a text refers to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What to call it where it cannot be shown.
    pub name: String,
    /// Its address, when it has one of its own.
    pub url: Option<String>,
    /// The Jira attachment or media id, when it has one.
    pub id: Option<String>,
}

/// What stands within a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Inline {
    /// Plain text.
    Text(String),
    /// Bold.
    Strong(Vec<Inline>),
    /// Italic.
    Emphasis(Vec<Inline>),
    /// Underlined.
    Underline(Vec<Inline>),
    /// Struck through.
    Strike(Vec<Inline>),
    /// Lowered.
    Sub(Vec<Inline>),
    /// Raised.
    Sup(Vec<Inline>),
    /// Coloured, `#rrggbb` or a colour's name.
    Colour {
        /// The colour.
        colour: String,
        /// What is coloured.
        content: Vec<Inline>,
    },
    /// A fixed-width word.
    Code(String),
    /// A link. An adapter shows it only for `http`, `https` and `mailto`.
    Link {
        /// Where it goes.
        url: String,
        /// Its words.
        content: Vec<Inline>,
    },
    /// Somebody, or a role or a channel, is named. It never notifies unless an adapter is told to.
    Mention {
        /// Who.
        who: Mentioned,
        /// The name to show.
        name: String,
    },
    /// An emoji.
    Emoji {
        /// Its short name, such as `smile`, without colons.
        name: String,
        /// The character, when there is one.
        text: Option<String>,
    },
    /// A small coloured label.
    Status {
        /// Its word.
        text: String,
        /// Its colour.
        colour: Tint,
    },
    /// A day, `YYYY-MM-DD`.
    Date(String),
    /// A picture within a line.
    Media(Media),
    /// The line ends here, the paragraph goes on.
    Break,
}

/// Who is named by a mention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mentioned {
    /// A person of the chat.
    Person(Person),
    /// A Jira account, by account id (Cloud) or user name (Data Center).
    Account(String),
    /// A role of the chat's workspace.
    Role(RoleId),
    /// A channel of the chat's workspace.
    Channel(ChannelId),
}

/// The colour of a status label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tint {
    /// Grey: not begun, or nothing special.
    #[default]
    Neutral,
    /// Purple.
    Purple,
    /// Blue: under way.
    Blue,
    /// Red: in trouble.
    Red,
    /// Yellow.
    Yellow,
    /// Green: done.
    Green,
}

impl Text {
    /// An empty text.
    pub fn new() -> Self {
        Self::default()
    }

    /// One paragraph of plain text; line breaks in it stay line breaks.
    pub fn plain(text: impl AsRef<str>) -> Self {
        Self(vec![Block::Paragraph(lines(text.as_ref()))])
    }

    /// Adds a paragraph.
    pub fn paragraph(mut self, content: impl IntoIterator<Item = Inline>) -> Self {
        self.0.push(Block::Paragraph(content.into_iter().collect()));
        self
    }

    /// Adds a block.
    pub fn block(mut self, block: Block) -> Self {
        self.0.push(block);
        self
    }

    /// Adds the blocks of another text.
    pub fn then(mut self, other: Text) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Whether there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The words without any markup, blocks on lines of their own. For logs, alerts and screens that show no markup.
    pub fn to_plain(&self) -> String {
        let mut out = String::new();
        plain_blocks(&self.0, "", &mut out);
        out.truncate(out.trim_end().len());
        out
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::plain(text)
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::plain(text)
    }
}

impl From<Vec<Inline>> for Text {
    fn from(content: Vec<Inline>) -> Self {
        Self(vec![Block::Paragraph(content)])
    }
}

impl From<&str> for Inline {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Inline {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Inline {
    /// Plain text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Bold text.
    pub fn strong(text: impl Into<String>) -> Self {
        Self::Strong(vec![Self::text(text)])
    }

    /// A fixed-width word.
    pub fn code(text: impl Into<String>) -> Self {
        Self::Code(text.into())
    }

    /// A link with words.
    pub fn link(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self::Link { url: url.into(), content: vec![Self::text(text)] }
    }
}

/// Splits plain text at its line breaks.
pub fn lines(text: &str) -> Vec<Inline> {
    let mut content = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if index > 0 {
            content.push(Inline::Break);
        }
        if !line.is_empty() {
            content.push(Inline::text(line));
        }
    }
    content
}

/// The words of some inline content, without markup.
pub fn plain_inline(content: &[Inline]) -> String {
    let mut out = String::new();
    plain_inlines(content, &mut out);
    out
}

fn plain_inlines(content: &[Inline], out: &mut String) {
    for inline in content {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Date(text) | Inline::Status { text, .. } => {
                out.push_str(text);
            }
            Inline::Strong(content)
            | Inline::Emphasis(content)
            | Inline::Underline(content)
            | Inline::Strike(content)
            | Inline::Sub(content)
            | Inline::Sup(content)
            | Inline::Colour { content, .. }
            | Inline::Link { content, .. } => plain_inlines(content, out),
            Inline::Mention { who, name } => {
                out.push(if matches!(who, Mentioned::Channel(_)) { '#' } else { '@' });
                out.push_str(name);
            }
            Inline::Emoji { name, text } => match text {
                Some(text) => out.push_str(text),
                None => {
                    out.push(':');
                    out.push_str(name);
                    out.push(':');
                }
            },
            Inline::Media(media) => out.push_str(&media.name),
            Inline::Break => out.push('\n'),
        }
    }
}

fn plain_blocks(blocks: &[Block], indent: &str, out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => {
                let words = plain_inline(content);
                for line in words.lines() {
                    out.push_str(indent);
                    out.push_str(line);
                    out.push('\n');
                }
            }
            Block::List { start, items } => {
                for (index, item) in items.iter().enumerate() {
                    let mut inner = String::new();
                    plain_blocks(item, "", &mut inner);
                    let bullet = match start {
                        Some(start) => format!("{}. ", start.saturating_add(index as u64)),
                        None => "- ".to_owned(),
                    };
                    for (number, line) in inner.lines().enumerate() {
                        out.push_str(indent);
                        out.push_str(if number == 0 { &bullet } else { "  " });
                        out.push_str(line);
                        out.push('\n');
                    }
                }
            }
            Block::Tasks(tasks) => {
                for task in tasks {
                    out.push_str(indent);
                    out.push_str(if task.done { "[x] " } else { "[ ] " });
                    out.push_str(&plain_inline(&task.content));
                    out.push('\n');
                }
            }
            Block::Quote(content) | Block::Panel { content, title: None, .. } => plain_blocks(content, indent, out),
            Block::Panel { content, title: Some(title), .. } | Block::Expand { title, content } => {
                out.push_str(indent);
                out.push_str(title);
                out.push('\n');
                plain_blocks(content, indent, out);
            }
            Block::Code { text, .. } => {
                for line in text.lines() {
                    out.push_str(indent);
                    out.push_str(line);
                    out.push('\n');
                }
            }
            Block::Table { rows } => {
                for row in rows {
                    let cells: Vec<String> =
                        row.cells.iter().map(|cell| Text(cell.content.clone()).to_plain().replace('\n', " ")).collect();
                    out.push_str(indent);
                    out.push_str(&cells.join(" | "));
                    out.push('\n');
                }
            }
            Block::Rule => {
                out.push_str(indent);
                out.push_str("---\n");
            }
            Block::Media(media) => {
                out.push_str(indent);
                out.push_str(&media.name);
                out.push('\n');
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_keeps_its_lines_and_loses_its_markup() {
        let text = Text::plain("one\ntwo")
            .paragraph([Inline::strong("bold"), " and ".into(), Inline::link("a link", "https://example.org")])
            .block(Block::List { start: None, items: vec![Text::plain("first\nmore").0, Text::plain("second").0] })
            .block(Block::Tasks(vec![Task { done: true, content: vec!["ship".into()] }]));
        assert_eq!(text.to_plain(), "one\ntwo\nbold and a link\n- first\n  more\n- second\n[x] ship");
    }
}
