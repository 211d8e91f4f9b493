//! The decision: one pure function over one snapshot, in a fixed order. What nothing allows is denied.

use std::collections::BTreeSet;

use usher_chat::{ChannelId, Person, Place, Platform, Workspace};

use super::{
    AskFor,
    profile::Membership,
    rules::{Approval, Effect, Rule, RuleKey, Rules},
    snapshot::Snapshot,
    switches::Switch,
    toolsets::ToolFacts,
};
use crate::{
    ids::{Access, ProjectKey, ProjectScope, SiteId, ToolName},
    replies::Step,
};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Who.
    pub person: &'a Person,
    /// Where.
    pub place: &'a Place,
    /// What is known of the person there.
    pub member: &'a Membership,
    /// Which tool.
    pub tool: &'a ToolName,
    /// On which site, where that is settled.
    pub site: Option<&'a SiteId>,
    /// The projects named by what was typed.
    pub projects: &'a [ProjectKey],
    /// A press of the right person confirmed it.
    pub confirmed: bool,
    /// An admin allowed it once, for the projects that it names. It stands in for approval and grants, and lifts nothing
    /// that is blocked or denied.
    pub once: bool,
    /// A second person agreed.
    pub second: bool,
    /// When, in seconds since 1970.
    pub now: i64,
}

impl Question<'_> {
    /// What stops it.
    pub(super) fn stopping<'s>(&self, snapshot: &'s Snapshot) -> Option<&'s Switch> {
        stopping(snapshot, &self.person.platform, self.place.workspace(), Some(self.tool), self.site)
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Allow(Granted),
    /// Yes, as far as this, once something is given.
    Ask(AskFor, Granted),
    /// No.
    Deny(Denial),
}

/// How far a yes reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The projects that the call may touch.
    pub scope: ProjectScope,
    /// The projects that the grants used name: their content may be shown to the channel.
    pub public: BTreeSet<ProjectKey>,
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The step that said no.
    pub step: Step,
    /// The rule that said no, where a rule did.
    pub rule: Option<Box<RuleKey>>,
}

impl Denial {
    /// Whether only a yes is missing, which an admin could give once. What is blocked, denied or forbidden stays so.
    pub(super) fn can_be_asked_for(&self) -> bool {
        self.rule.is_none() && self.step.can_be_asked_for()
    }
}

impl From<Step> for Denial {
    fn from(step: Step) -> Self {
        Self { step, rule: None }
    }
}

/// Decides. The order is fixed: admission and switches, the owner's ceiling, approval, grants, projects, a second
/// person, confirmation.
pub fn decide(snapshot: &Snapshot, question: &Question<'_>) -> Verdict {
    match steps(snapshot, question) {
        Ok((tool, granted)) if takes_two(snapshot, question, tool) && !question.second => {
            Verdict::Ask(AskFor::Second, granted)
        }
        Ok((tool, granted)) if tool.access == Access::Destructive && !question.confirmed => {
            Verdict::Ask(AskFor::Confirm, granted)
        }
        Ok((_, granted)) => Verdict::Allow(granted),
        Err(denial) => Verdict::Deny(denial),
    }
}

fn takes_two(snapshot: &Snapshot, question: &Question<'_>, tool: &ToolFacts) -> bool {
    let rules = question.place.workspace().and_then(|workspace| snapshot.rules(workspace));
    rules.is_some_and(|rules| rules.pairs().contains(&tool.name))
}

fn steps<'a>(snapshot: &'a Snapshot, question: &Question<'_>) -> Result<(&'a ToolFacts, Granted), Denial> {
    let standing = admission(snapshot, question.person, question.place)?;
    if let Some(switch) = question.stopping(snapshot) {
        return Err(Step::Switch(Box::new(switch.told())).into());
    }
    let tool = snapshot.ground.tools.get(question.tool).ok_or(Step::NoGrant)?;
    if snapshot.ground.settings.forbid.holds(tool) {
        return Err(Step::Ceiling.into());
    }
    let granted = match standing {
        Standing::Direct if snapshot.ground.direct(tool) => {
            Granted { scope: ProjectScope::all(), public: BTreeSet::new() }
        }
        Standing::Direct => return Err(Step::NoGrant.into()),
        Standing::Channel { rules, channel } => {
            let approved = lifted(question, approval(rules, tool).map_err(Denial::from))?;
            let granted = lifted(question, grants(rules, channel, question))?;
            match (approved, granted) {
                (Some(()), Some(granted)) => granted,
                _ => Granted { scope: ProjectScope::only(question.projects.iter().cloned()), public: BTreeSet::new() },
            }
        }
    };
    Ok((tool, granted))
}

/// What a step gives, or nothing where only a yes is missing and an admin has allowed it once.
fn lifted<T>(question: &Question<'_>, step: Result<T, Denial>) -> Result<Option<T>, Denial> {
    match step {
        Ok(given) => Ok(Some(given)),
        Err(denial) if question.once && denial.can_be_asked_for() => Ok(None),
        Err(denial) => Err(denial),
    }
}

/// Where a question comes from.
pub(super) enum Standing<'a> {
    Direct,
    Channel { rules: &'a Rules, channel: &'a ChannelId },
}

/// The first step: a direct chat, or a channel of an admitted workspace, and nothing else.
pub(super) fn admission<'a>(snapshot: &'a Snapshot, person: &Person, place: &'a Place) -> Result<Standing<'a>, Step> {
    if person.platform != *place.platform() {
        return Err(Step::Admission);
    }
    match place {
        Place::Direct { .. } => Ok(Standing::Direct),
        // A thread inherits whatever holds for its channel.
        Place::Channel { workspace, channel, thread: _ } => {
            let rules = snapshot.rules(workspace).ok_or(Step::Admission)?;
            Ok(Standing::Channel { rules, channel })
        }
    }
}

/// What stops a tool on a site here, or everything.
pub(super) fn stopping<'a>(
    snapshot: &'a Snapshot,
    platform: &Platform,
    workspace: Option<&Workspace>,
    tool: Option<&ToolName>,
    site: Option<&SiteId>,
) -> Option<&'a Switch> {
    let own = workspace.and_then(|workspace| snapshot.rules(workspace)).map(Rules::stopped).unwrap_or_default();
    snapshot.stopped().iter().chain(own).find(|switch| switch.stops(platform, tool, site))
}

fn approval(rules: &Rules, tool: &ToolFacts) -> Result<(), Step> {
    match rules.approval(&tool.name) {
        Approval::Approved => Ok(()),
        Approval::Pending => Err(Step::Pending),
        Approval::Blocked => Err(Step::Blocked),
    }
}

fn grants(rules: &Rules, channel: &ChannelId, question: &Question<'_>) -> Result<Granted, Denial> {
    let granted = reach(matching(rules, channel, question))?;
    for project in question.projects {
        if !granted.scope.allows(project) {
            let denies = |rule: &&Rule| rule.effect == Effect::Deny && rule.covers(project);
            let rule = matching(rules, channel, question).find(denies).map(|rule| Box::new(rule.key.clone()));
            return Err(Denial { step: Step::Project(project.clone()), rule });
        }
    }
    Ok(granted)
}

/// The rules that speak about this person, tool and place now. Whoever is not in the workspace belongs to no profile.
pub(super) fn matching<'a>(
    rules: &'a Rules,
    channel: &ChannelId,
    question: &Question<'_>,
) -> impl Iterator<Item = &'a Rule> {
    rules.about(Some(channel), question.tool).filter(|rule| {
        question.member.member.present
            && rule.holds_at(question.now)
            && rules.belongs(&rule.key.profile, question.person, question.member)
    })
}

/// What matching rules come to. Deny wins, and without an allow nothing is granted. The scope is the union of the
/// allowed projects, less the denied ones.
pub(super) fn reach<'a>(matching: impl Iterator<Item = &'a Rule>) -> Result<Granted, Denial> {
    let (mut allowed, mut everything) = (false, false);
    let mut named = BTreeSet::new();
    let mut except = BTreeSet::new();
    let mut denies = None;
    for rule in matching {
        match (rule.effect, &rule.projects) {
            (Effect::Deny, None) => return Err(Denial { step: Step::Denied, rule: Some(Box::new(rule.key.clone())) }),
            (Effect::Deny, Some(projects)) => {
                except.extend(projects.iter().cloned());
                denies = denies.or(Some(rule));
            }
            (Effect::Allow, None) => (allowed, everything) = (true, true),
            (Effect::Allow, Some(projects)) => {
                allowed = true;
                named.extend(projects.iter().cloned());
            }
        }
    }
    if !allowed {
        return Err(Step::NoGrant.into());
    }
    let public: BTreeSet<_> = named.difference(&except).cloned().collect();
    match (everything, public.is_empty()) {
        (true, _) => Ok(Granted { scope: ProjectScope { only: None, except }, public }),
        (false, false) => Ok(Granted { scope: ProjectScope::only(public.iter().cloned()), public }),
        // Every project that was allowed is denied again.
        (false, true) => Err(Denial { step: Step::Denied, rule: denies.map(|rule| Box::new(rule.key.clone())) }),
    }
}
