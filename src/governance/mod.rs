//! Who may use which tool, where, on which projects: the decision, and the commands that change what it rests on.
//!
//! [`decide`] is one pure function over one [`Snapshot`]. [`Governance`] keeps the snapshot in step with the store,
//! writes the audit rows, and hands out [`Permit`]s and [`AdminPermit`]s, which nobody else can make.

mod admin;
mod admission;
mod change;
pub mod commands;
mod decide;
mod defaults;
mod explain;
mod file;
mod glance;
mod govern;
mod import;
mod looking;
mod news;
mod pairs;
mod permit;
mod policy;
mod profile;
mod rates;
mod reading;
mod recent;
mod remedy;
mod requests;
mod rules;
mod sets;
mod snapshot;
mod spending;
mod stopping;
mod stored;
mod switches;
mod toolsets;
mod until;
mod words;

pub use self::{
    admission::Admitted,
    commands::{AdminCommand, small_words},
    decide::{Denial, Granted, Question, Verdict, decide},
    defaults::{Meant, Remembered},
    file::Fault,
    glance::Begun,
    govern::Governance,
    import::PolicyError,
    news::{Reviewed, Waiting},
    pairs::Agreed,
    permit::{AdminPermit, Permit, Receipt},
    profile::{JiraGroup, Membership, Profile},
    rates::{Rate, Rates},
    requests::{Answered, Hears, Requested},
    rules::{Approval, Effect, Rule, RuleKey},
    snapshot::{Forbid, NewTools, Settings, Snapshot},
    switches::{Switch, Target, stopped, switch},
    toolsets::{ToolFacts, Toolset},
};
pub use crate::store::requests::RequestRow;
use crate::{
    ids::{ArgsHash, Asker, IssueKey, ProjectKey, SiteId, ToolName},
    replies::Refusal,
};

/// A tool with its arguments, about to be called.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Who, where, through which event.
    pub asker: Asker,
    /// What is known of the person in the place's workspace.
    pub member: Membership,
    /// Which tool.
    pub tool: ToolName,
    /// With which arguments.
    pub args: ArgsHash,
    /// On which site.
    pub site: SiteId,
    /// The projects that the arguments name: of keys typed or linked, of parents and targets.
    pub projects: Vec<ProjectKey>,
    /// A stored action, pressed by the right person, confirmed it. Never typed text.
    pub confirmed: bool,
    /// The person wants everyone in the place to see the answer.
    pub show: bool,
}

/// What governance says to a call.
#[derive(Debug)]
pub enum Decision {
    /// Yes.
    Allow(Permit),
    /// Yes, once this is given. The permit is good for a look at what would happen, and for nothing else.
    Ask(AskFor, Permit),
    /// No, and why.
    Deny(Refusal),
    /// This event was handled before. Nothing is to be done or said.
    Repeated,
}

/// What is still needed for a yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskFor {
    /// The person has to press a button that says what would happen.
    Confirm,
    /// Another person has to agree.
    Second,
}

impl AskFor {
    /// Its name in the audit.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Second => "second",
        }
    }
}

/// What became of a call that changes something in Jira.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// How it ended.
    pub ended: Ended,
    /// The issue that it concerned, as Jira names it.
    pub issue: Option<IssueKey>,
    /// More for the audit: no secrets, no issue content.
    pub detail: serde_json::Value,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It was done.
    Done,
    /// It was not done, for this reason.
    Failed(String),
    /// Nobody knows whether it was done.
    Unknown,
}

#[cfg(test)]
mod tests;
