//! A refusal: which step said no, and what would change it.

use usher_chat::{
    Person,
    tree::{Inline, Mentioned},
};

use super::{
    Draft,
    error::{marked, seconds},
};
use crate::ids::{ProjectKey, ToolName};

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The step of the decision that said no.
    pub step: Step,
    /// What was asked for, if a tool.
    pub tool: Option<ToolName>,
    /// The place's name, such as `#general`, or `direct messages`.
    pub place: String,
    /// The tools that this person may run here.
    pub allowed: Vec<ToolName>,
    /// A command that would really change it, for whoever may run it.
    pub remedy: Option<String>,
    /// An admin could allow it once.
    pub once: bool,
}

/// The steps of the decision, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is stopped.
    Switch(Box<Stopped>),
    /// No owner has admitted this workspace.
    Admission,
    /// The configuration forbids it everywhere.
    Ceiling,
    /// The tool waits for review in this workspace.
    Pending,
    /// The tool is blocked in this workspace.
    Blocked,
    /// Nothing grants it to this person here.
    NoGrant,
    /// A grant denies it.
    Denied,
    /// What was granted does not cover this project.
    Project(ProjectKey),
    /// The person has used the tool too often.
    Rate(Rated),
    /// Only administrators of the workspace, or an owner.
    NotAdmin,
    /// Only an owner.
    NotOwner,
    /// Admin commands belong in a workspace.
    NoWorkspace,
}

/// Something that is stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// What is stopped, as a clause: `delete` is stopped everywhere.
    pub what: String,
    /// Who stopped it; nobody: an owner on the command line.
    pub by: Option<Person>,
    /// Since when, as people write it.
    pub since: String,
    /// Only an owner starts it again.
    pub owner: bool,
    /// It concerns more than one tool.
    pub broad: bool,
}

impl Stopped {
    /// What is stopped, by whom and since when, as a sentence.
    pub fn words(&self) -> Vec<Inline> {
        let mut content = marked(&format!("{}, by ", self.what));
        content.push(match &self.by {
            Some(person) => Inline::Mention { who: Mentioned::Person(person.clone()), name: person.user.to_string() },
            None => "an owner".into(),
        });
        content.push(format!(", since {}.", self.since).into());
        content
    }
}

/// A limit that was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    /// So many calls
    pub calls: u32,
    /// within so many seconds.
    pub per: u32,
    /// In so many seconds the next one is free.
    pub again: u32,
}

impl Step {
    /// The name of [`Step::Rate`] in the audit.
    pub const RATE: &str = "rate";

    /// Whether an admin could allow it once.
    pub fn can_be_asked_for(&self) -> bool {
        matches!(self, Self::Pending | Self::NoGrant | Self::Project(_))
    }

    /// The step's name in the audit.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Switch(_) => "switch",
            Self::Admission => "admission",
            Self::Ceiling => "ceiling",
            Self::Pending => "pending",
            Self::Blocked => "blocked",
            Self::NoGrant => "no-grant",
            Self::Denied => "denied",
            Self::Project(_) => "project",
            Self::Rate(_) => Self::RATE,
            Self::NotAdmin => "not-admin",
            Self::NotOwner => "not-owner",
            Self::NoWorkspace => "no-workspace",
        }
    }
}

impl Refusal {
    /// What the person reads: the step that said no, and what would change it.
    pub fn draft(&self) -> Draft {
        let what = match &self.tool {
            Some(tool) => format!("`{tool}`"),
            None => "This".to_owned(),
        };
        let place = &self.place;
        let said = match &self.step {
            Step::Switch(stopped) => return self.stopped(stopped),
            Step::Admission => {
                let words = "Usher is not set up here. An owner can admit it with `jira admin admit`.";
                return Draft::private(marked(words));
            }
            Step::Ceiling => format!("{what} is switched off everywhere by the owner's configuration."),
            Step::Pending => format!("{what} waits for an admin's review here."),
            Step::Blocked => format!("{what} is blocked here."),
            Step::NoGrant => format!("{what} is not allowed in {place}."),
            Step::Denied => format!("{what} is denied to you in {place}."),
            Step::Project(project) => format!("{what} is not allowed on {project} in {place}."),
            Step::Rate(rated) => {
                let (per, again) = (seconds(rated.per.into()), seconds(rated.again.into()));
                let words = format!(
                    "{what} is limited to {} calls in {per} for each person. You can use it again in {again}.",
                    rated.calls
                );
                return Draft::private(marked(&words));
            }
            Step::NotAdmin => "Only admins of this workspace and Usher's owners can do that.".to_owned(),
            Step::NotOwner => "Only Usher's owners can do that.".to_owned(),
            Step::NoWorkspace => "Admin commands belong in a channel of the workspace that they are for.".to_owned(),
        };
        let mut content = marked(&said);
        // Where only the project is wrong, the tool itself is among the allowed ones.
        if self.tool.is_some() && !matches!(self.step, Step::Project(_)) {
            content.extend(marked(&self.alternatives()));
        }
        if let Some(remedy) = &self.remedy {
            content.extend(marked(&format!(" An admin can change that with `{remedy}`.")));
        }
        Draft::private(content)
    }

    fn stopped(&self, stopped: &Stopped) -> Draft {
        let mut content = stopped.words();
        if self.tool.is_some() && !stopped.broad {
            content.extend(marked(&self.alternatives()));
        }
        if let Some(remedy) = &self.remedy {
            let who = if stopped.owner { "An owner" } else { "An admin" };
            content.extend(marked(&format!(" {who} starts it again with `{remedy}`.")));
        }
        Draft::private(content)
    }

    fn alternatives(&self) -> String {
        const SHOWN: usize = 6;
        if self.allowed.is_empty() {
            return " Nothing else is allowed here either.".to_owned();
        }
        let names: Vec<&str> = self.allowed.iter().take(SHOWN).map(ToolName::as_str).collect();
        match self.allowed.len() {
            all if all > SHOWN => format!(" Allowed here: {}, … `jira tools` lists all {all}.", names.join(", ")),
            _ => format!(" Allowed here: {}.", names.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_says_no_in_its_own_words() {
        let steps = [
            Step::Switch(Box::new(Stopped {
                what: "`delete` is stopped everywhere".into(),
                by: None,
                since: "Friday, 7 August 2026, 10:00 UTC".into(),
                owner: true,
                broad: false,
            })),
            Step::Admission,
            Step::Ceiling,
            Step::Pending,
            Step::Blocked,
            Step::NoGrant,
            Step::Denied,
            Step::Project("HR".parse().unwrap()),
            Step::Rate(Rated { calls: 60, per: 600, again: 8 }),
            Step::NotAdmin,
            Step::NotOwner,
            Step::NoWorkspace,
        ];
        let words = steps.map(|step| {
            let tool = (!matches!(step, Step::NotAdmin | Step::NotOwner | Step::NoWorkspace))
                .then(|| "delete".parse().unwrap());
            let refusal = Refusal {
                step,
                tool,
                place: "#general".into(),
                allowed: vec!["view".parse().unwrap(), "find".parse().unwrap()],
                remedy: None,
                once: false,
            };
            refusal.draft().text.to_plain()
        });
        insta::assert_snapshot!(words.join("\n"), @r"
        delete is stopped everywhere, by an owner, since Friday, 7 August 2026, 10:00 UTC. Allowed here: view, find.
        Usher is not set up here. An owner can admit it with jira admin admit.
        delete is switched off everywhere by the owner's configuration. Allowed here: view, find.
        delete waits for an admin's review here. Allowed here: view, find.
        delete is blocked here. Allowed here: view, find.
        delete is not allowed in #general. Allowed here: view, find.
        delete is denied to you in #general. Allowed here: view, find.
        delete is not allowed on HR in #general.
        delete is limited to 60 calls in 10 minutes for each person. You can use it again in 8 seconds.
        Only admins of this workspace and Usher's owners can do that.
        Only Usher's owners can do that.
        Admin commands belong in a channel of the workspace that they are for.
        ");
    }

    #[test]
    fn a_remedy_is_a_command_for_an_admin() {
        let refusal = Refusal {
            step: Step::NoGrant,
            tool: Some("delete".parse().unwrap()),
            place: "#general".into(),
            allowed: vec![],
            remedy: Some("jira admin allow delete in #general".into()),
            once: true,
        };
        insta::assert_snapshot!(refusal.draft().text.to_plain(), @"delete is not allowed in #general. Nothing else is allowed here either. An admin can change that with jira admin allow delete in #general.");
    }
}
