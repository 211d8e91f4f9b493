//! What a tool can answer: a closed set of shapes.

use std::collections::BTreeSet;

use usher_chat::{File, Text, tree::Tint};

use super::{FormAsk, Offer};
use crate::ids::{IssueKey, ProjectKey};

/// What a tool did or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it is.
    pub shape: Shape,
    /// Whose content it shows. Decides who may see the reply.
    pub about: About,
    /// What the person may want next. Filtered by the decision before anyone sees it.
    pub offers: Vec<Offer>,
    /// What became of Jira.
    pub effect: Effect,
}

/// What became of Jira, for the audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Effect {
    /// Nothing was changed: it was looked at, or something is still to be asked.
    #[default]
    None,
    /// Something was changed, on this issue.
    Changed(IssueKey),
    /// Something was changed that is not one issue, such as `version 2.1 of DEMO`, in the words of the audit.
    Made(String),
    /// Something may have been changed.
    Unknown,
}

/// Whose content an outcome shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The projects, as Jira names them now.
    pub projects: BTreeSet<ProjectKey>,
    /// Some of it is for a few: an issue with a security level, a comment with restricted visibility. Never public.
    pub restricted: bool,
    /// The person's own matter, such as time they logged. Private whatever the grant says.
    pub personal: bool,
}

impl About {
    /// Content of one project.
    pub fn project(project: ProjectKey) -> Self {
        Self { projects: BTreeSet::from([project]), ..Self::default() }
    }
}

/// The shapes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shape {
    /// One issue. Boxed, for it is by far the largest.
    Card(Box<IssueCard>),
    /// Several issues.
    List(IssueList),
    /// Something was done.
    Done(Done),
    /// Several things match: which one?
    Pick(PickFrom),
    /// Something is missing that a form can ask for.
    Form {
        /// Why it is asked.
        why: String,
        /// The form.
        form: Box<FormAsk>,
    },
    /// Words only.
    Text(Text),
    /// Files.
    Files(FileList),
    /// Something that was looked up, as text.
    Page(Page),
}

/// An issue, whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueCard {
    /// Who did what to it, such as `Ada created`. Then one line says it all, and nothing else is shown.
    pub lead: Option<String>,
    /// The line with its key, title, status and the rest.
    pub line: IssueLine,
    /// The description.
    pub description: Text,
    /// More facts, name and value, for the line below the description.
    pub facts: Vec<(String, String)>,
    /// What hangs on it, below the facts.
    pub rest: Text,
    /// Address of the assignee's picture.
    pub picture: Option<String>,
}

/// An issue in one line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueLine {
    /// Its key, as Jira has it now.
    pub key: Option<IssueKey>,
    /// Its title.
    pub title: String,
    /// Its type.
    pub kind: Option<String>,
    /// Its status.
    pub status: Option<String>,
    /// The status's colour.
    pub tint: Tint,
    /// Its priority.
    pub priority: Option<String>,
    /// Who has it.
    pub assignee: Option<String>,
    /// Where it can be opened.
    pub url: Option<String>,
}

/// Issues found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueList {
    /// This is not the first page.
    pub further: bool,
    /// What was searched, such as `in WEB`.
    pub what: String,
    /// The issues of this page.
    pub issues: Vec<IssueLine>,
    /// How many there are in all, where Jira says.
    pub total: Option<u64>,
    /// Whether there are more.
    pub more: bool,
}

/// Files, and what is said of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileList {
    /// The words: at least which files there are.
    pub text: Text,
    /// Where to look at them.
    pub url: Option<String>,
    /// Those that are shown.
    pub files: Vec<File>,
}

/// Something that was looked up and is no issue: comments, boards, a sprint, a table of logged time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// All of it. Say what it is in the first line.
    pub text: Text,
    /// Where to look at it in Jira.
    pub url: Option<String>,
}

/// Something was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// What, in one sentence.
    pub text: Text,
    /// Where to look at it.
    pub url: Option<String>,
}

/// A question with a few answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickFrom {
    /// The question, one sentence.
    pub question: String,
    /// The answers, as buttons. At least one.
    pub options: Vec<Offer>,
}

impl Outcome {
    /// An outcome without offers.
    pub fn new(shape: Shape, about: About) -> Self {
        Self { shape, about, offers: Vec::new(), effect: Effect::None }
    }

    /// Says what was changed.
    pub fn changed(mut self, issue: &IssueKey) -> Self {
        self.effect = Effect::Changed(issue.clone());
        self
    }

    /// Says what was changed that is not one issue.
    pub fn made(mut self, what: impl Into<String>) -> Self {
        self.effect = Effect::Made(what.into());
        self
    }

    /// Adds what the person may want next.
    pub fn offering(mut self, offers: impl IntoIterator<Item = Offer>) -> Self {
        self.offers.extend(offers);
        self
    }
}
