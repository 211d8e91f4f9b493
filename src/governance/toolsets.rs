//! Tools as governance knows them, and the built-in sets of them.

use std::{collections::HashMap, fmt, str::FromStr};

use crate::ids::{Access, Flags, ToolName};

/// What governance has to know of a tool. Handed in at start; nothing here can run one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolFacts {
    /// Its name.
    pub name: ToolName,
    /// What it may do to Jira.
    pub access: Access,
    /// What else there is to know before it is granted.
    pub flags: Flags,
    /// One line that says what it does.
    pub summary: String,
    /// A hash of its declaration: arguments, class, flags, what it touches and asks of Jira. A tool whose digest changes is reviewed again.
    pub digest: String,
}

/// A built-in set of tools. It is defined over the tools' classes, so that a later tool joins by its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Toolset {
    /// Every tool that only looks.
    Reader,
    /// Reader, and every tool that adds or changes.
    Contributor,
    /// Contributor, and every tool that removes.
    Manager,
    /// Of the tools that a workspace has approved, those that only look.
    ReadOnly,
    /// Every tool that a workspace has approved.
    AllApproved,
}

impl Toolset {
    /// All of them, the automatic ones last.
    pub const ALL: [Self; 5] = [Self::Reader, Self::Contributor, Self::Manager, Self::ReadOnly, Self::AllApproved];

    /// The name, as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Contributor => "contributor",
            Self::Manager => "manager",
            Self::ReadOnly => "read-only",
            Self::AllApproved => "all-approved",
        }
    }

    /// Whether tools of a class belong to it.
    pub fn holds(self, access: Access) -> bool {
        match access {
            Access::Read => true,
            Access::Write => matches!(self, Self::Contributor | Self::Manager | Self::AllApproved),
            Access::Destructive => matches!(self, Self::Manager | Self::AllApproved),
        }
    }

    /// Whether it holds only what a workspace has approved, and grows and shrinks with that.
    pub fn automatic(self) -> bool {
        matches!(self, Self::ReadOnly | Self::AllApproved)
    }
}

impl fmt::Display for Toolset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Toolset {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|set| set.as_str() == text).ok_or(())
    }
}

/// The tools that exist.
#[derive(Debug, Default)]
pub(super) struct Tools {
    list: Vec<ToolFacts>,
    index: HashMap<ToolName, usize>,
}

impl Tools {
    pub(super) fn new(list: Vec<ToolFacts>) -> Self {
        let index = list.iter().enumerate().map(|(at, facts)| (facts.name.clone(), at)).collect();
        Self { list, index }
    }

    /// In the order of the table they came from.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ToolFacts> {
        self.list.iter()
    }

    pub(super) fn get(&self, name: &ToolName) -> Option<&ToolFacts> {
        self.index.get(name).and_then(|at| self.list.get(*at))
    }

    /// The tools that a word of a rule stands for: those of a toolset, or the one of that name. `None`: neither exists.
    pub(super) fn named(&self, word: &str) -> Option<Vec<&ToolFacts>> {
        match word.parse::<Toolset>() {
            Ok(set) => Some(self.list.iter().filter(|facts| set.holds(facts.access)).collect()),
            Err(()) => Some(vec![self.get(&word.parse().ok()?)?]),
        }
    }

    /// The tool or toolset whose name comes closest to a word that is neither. `own` are names of a workspace's own sets.
    pub(super) fn nearest<'a>(&'a self, word: &str, own: &[&'a str]) -> Option<&'a str> {
        let built_in = Toolset::ALL.iter().map(|set| set.as_str());
        let names = built_in.chain(own.iter().copied()).chain(self.list.iter().map(|facts| facts.name.as_str()));
        names
            .map(|name| (strsim::damerau_levenshtein(name, word), name))
            .filter(|(distance, name)| *distance <= 2 && *distance < name.chars().count())
            .min_by_key(|(distance, _)| *distance)
            .map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tools() -> Tools {
        let facts = |name: &str, access| ToolFacts {
            name: name.parse().unwrap(),
            access,
            flags: Flags::NONE,
            summary: String::new(),
            digest: String::new(),
        };
        Tools::new(vec![
            facts("view", Access::Read),
            facts("create", Access::Write),
            facts("delete", Access::Destructive),
        ])
    }

    #[test]
    fn sets_grow_by_class() {
        let tools = tools();
        let names = |word| {
            tools.named(word).map(|list| list.iter().map(|facts| facts.name.as_str()).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names("reader").as_deref(), Some("view"));
        assert_eq!(names("contributor").as_deref(), Some("view create"));
        assert_eq!(names("manager").as_deref(), Some("view create delete"));
        assert_eq!(names("read-only").as_deref(), Some("view"));
        assert_eq!(names("all-approved").as_deref(), Some("view create delete"));
        assert_eq!(names("create").as_deref(), Some("create"));
        assert_eq!(names("*"), None);
        assert_eq!(names("creat"), None);
    }

    #[test]
    fn a_slip_of_the_pen_finds_its_tool() {
        assert_eq!(tools().nearest("vew", &[]), Some("view"));
        assert_eq!(tools().nearest("contributer", &[]), Some("contributor"));
        assert_eq!(tools().nearest("triaje", &["triage"]), Some("triage"));
        assert_eq!(tools().nearest("xyz", &[]), None);
    }
}
