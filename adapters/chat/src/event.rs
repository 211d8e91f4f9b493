//! What a person did, as the adapter tells it.

use std::{collections::BTreeMap, ops::Range};

use serde::{Deserialize, Serialize};

use crate::{ActionId, EventId, Member, MessageRef, Person, Place};

/// Something a person did on a platform.
#[derive(Debug, Clone)]
pub struct Event {
    /// The platform's own id. One id is handled once, however often the platform tells it.
    pub id: EventId,
    /// Who did it, as the platform itself vouches for.
    pub person: Person,
    /// Where. A press and a form belong to the place whose reply they stand on, even where that reply went to the direct
    /// chat because it was for one person.
    pub place: Place,
    /// Names to show. They decide nothing.
    pub names: Names,
    /// What they did.
    pub input: Input,
    /// People named in the text, with the range of bytes where they are named. The options of a native command name people
    /// as `@platform:id`; there the range is empty.
    pub mentions: Vec<Mention>,
    /// Files that came along.
    pub files: Vec<IncomingFile>,
    /// The message that this one answers.
    pub answers: Option<MessageRef>,
    /// The message that this event came with or stands on, where the platform can delete or edit it.
    pub message: Option<MessageRef>,
    /// Nobody else could read this input: a direct message, a modal, an ephemeral command.
    pub private: bool,
    /// What the platform said about the person's membership along with this event. A hint for ordinary calls; whatever
    /// an administrator may do is decided after asking the platform anew.
    pub member: Option<Member>,
}

/// Names for display.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    /// The person's name.
    pub person: String,
    /// The place's name, such as `#eng`.
    pub place: String,
    /// The workspace's name.
    pub workspace: Option<String>,
}

/// What a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// They wrote a message.
    Text(String),
    /// They used a native command, whose options arrive one by one.
    Slash(Slash),
    /// They pressed a button or chose from a menu on a message.
    Press {
        /// Which one.
        action: ActionId,
    },
    /// They sent a form.
    Submit {
        /// Which one.
        form: ActionId,
        /// What they entered, by field name. A field may hold several values.
        fields: BTreeMap<String, Vec<String>>,
    },
    /// They are typing and want to know how it may go on. Nothing is done.
    Complete(Completing),
    /// They used a command of a message's or person's menu.
    Menu {
        /// The command's name, as published.
        command: String,
        /// What it was used on.
        target: MenuTarget,
    },
}

/// A native command with its options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slash {
    /// The command's path below the bot's own word: `["view"]`, `["admin", "allow"]`.
    pub path: Vec<String>,
    /// The options by name, as typed.
    pub options: BTreeMap<String, String>,
}

/// An unfinished input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Completing {
    /// A line of text, with the cursor at its end.
    Line(String),
    /// A native command in which one option is being typed.
    Option {
        /// What stands so far.
        slash: Slash,
        /// The option being typed.
        option: String,
    },
}

/// What a menu's command was used on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MenuTarget {
    /// A message: where it is, who wrote it, what it says.
    Message {
        /// The message.
        message: MessageRef,
        /// Its author.
        author: Person,
        /// Its text.
        text: String,
    },
    /// A person.
    Person(Person),
}

/// A person named in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Who.
    pub person: Person,
    /// The name to show.
    pub name: String,
    /// Where in the text, in bytes.
    pub range: Range<usize>,
}

/// A file that came with an event. Its content stays where it is until [`ChatAdapter::open`](crate::ChatAdapter::open).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncomingFile {
    /// Its name. It is a name, never a path.
    pub name: String,
    /// Its media type, if the platform names one.
    pub media_type: Option<String>,
    /// Its size in bytes, if known.
    pub bytes: Option<u64>,
    /// What the adapter that made it opens it by. Nobody can type one.
    pub handle: String,
}

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 150;

/// A file's name without what makes it more than a name: folders, control characters, signs that turn the direction of
/// writing. A long one keeps its end, where its kind stands.
pub fn file_name(said: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let name: String =
        said.rsplit(['/', '\\']).next().unwrap_or_default().chars().filter(|c| !c.is_control() && !turns(*c)).collect();
    let name = name.trim();
    if name.trim_matches('.').is_empty() {
        return "file".to_owned();
    }
    let long = name.chars().count().saturating_sub(LONGEST_NAME);
    name.chars().skip(long).collect()
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_name_is_never_more_than_a_name() {
        for (said, name) in [
            ("trace.txt", "trace.txt"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ada\\plan.pdf", "plan.pdf"),
            ("two\r\nlines \"quoted\".txt", "twolines \"quoted\".txt"),
            ("gpj\u{202e}.exe", "gpj.exe"),
            ("Grüße 👋.png", "Grüße 👋.png"),
            ("  ", "file"),
            ("folder/", "file"),
            ("..", "file"),
        ] {
            assert_eq!(file_name(said), name, "{said:?}");
        }
        let long = file_name(&format!("{}.txt", "ä".repeat(500)));
        assert_eq!((long.chars().count(), long.ends_with("ä.txt")), (150, true));
    }
}
