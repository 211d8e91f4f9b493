//! What people were told, so that it can be held against what is there.

use std::collections::BTreeMap;

/// Whether somebody is linked to a site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Linked {
    /// They were told so.
    Yes,
    /// They were told that the link is gone.
    No,
    /// They asked, and have no answer yet.
    Unknown,
}

/// What became of a create.
#[derive(Clone, Debug, PartialEq)]
pub enum Create {
    /// Asked for.
    Asked,
    /// Told that it is done, as this issue.
    Done(String),
    /// Told that it may have happened, or that it did not.
    Doubtful,
}

/// Everything that was acknowledged.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// By the words that only this issue bears.
    pub creates: BTreeMap<String, Create>,
    /// The number in the last rule that root was told of.
    pub rule: u32,
    /// By person as the program names them, and site.
    pub links: BTreeMap<(String, &'static str), Linked>,
    /// How often somebody began to link or to leave.
    pub turns: BTreeMap<(String, &'static str), u64>,
    /// Answers that say that a link is gone which nobody ended.
    pub lost: Vec<String>,
    /// How many answers were read.
    pub answers: u64,
    /// Restarts told people so often that something may have happened.
    pub doubts: u64,
}

impl Ledger {
    /// The creates that were acknowledged, with their keys.
    pub fn created(&self) -> impl Iterator<Item = (&str, &str)> {
        self.creates.iter().filter_map(|(words, create)| match create {
            Create::Done(key) => Some((words.as_str(), key.as_str())),
            _ => None,
        })
    }
}
