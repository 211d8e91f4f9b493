//! What a terminal is told when it is made.

use std::{collections::BTreeMap, path::PathBuf};

/// How to talk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// With a person who types.
    #[default]
    Interactive,
    /// With a script: one JSON object a line, both ways.
    JsonLines,
}

/// How a terminal is set up.
#[derive(Debug, Clone)]
pub struct TerminalOptions {
    /// How to talk.
    pub mode: Mode,
    /// A demo with a sandbox: `approve` walks the pages behind a link.
    pub demo: bool,
    /// Who is in the workspace `home` from the start. In the chat the first one speaks first.
    pub people: Vec<String>,
    /// Who administers it from the start.
    pub admins: Vec<String>,
    /// Who has which roles in it from the start.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Its channels, without `#`. The chat begins in the first one; any other can be entered too.
    pub channels: Vec<String>,
    /// What the chat says first, line by line.
    pub greeting: Vec<String>,
    /// Where the program serves its pages, for the `ready` event.
    pub public_url: String,
    /// The people of the sandbox, one of whom approves.
    pub sandbox_people: Vec<String>,
    /// Where the chat keeps what was typed, for the arrow keys. `None`: only while it runs.
    pub history: Option<PathBuf>,
}

impl Default for TerminalOptions {
    fn default() -> Self {
        Self {
            mode: Mode::default(),
            demo: false,
            people: vec!["ada".to_owned()],
            admins: Vec::new(),
            roles: BTreeMap::new(),
            channels: vec!["general".to_owned()],
            greeting: Vec::new(),
            public_url: String::new(),
            sandbox_people: Vec::new(),
            history: None,
        }
    }
}
