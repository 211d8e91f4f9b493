//! What would turn a no into a yes: commands that really do, found by trying them on a copy of the snapshot.

use std::fmt;

use jiff::Timestamp;
use usher_chat::{ChannelId, Place};

use super::{
    decide::{Denial, Question, Verdict, decide},
    profile::Profile,
    rules::{Approval, Effect, Rule, RuleKey},
    snapshot::Snapshot,
    switches::Switch,
};
use crate::{
    ids::{ProjectKey, ToolName},
    replies::Step,
};

/// More changes than this are no remedy any more.
const STEPS: usize = 16;

/// One command that changes what is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fix {
    Admit,
    Go(Box<Switch>),
    Approve(ToolName),
    Put(Rule),
    Forget(RuleKey),
}

/// The commands that turn the answer to a question into a yes, in order. Empty: it is one already, or no command can.
pub(super) fn cure(snapshot: &Snapshot, question: &Question<'_>) -> Vec<Fix> {
    let mut trial = snapshot.clone();
    let mut fixes = Vec::new();
    while fixes.len() < STEPS {
        let Verdict::Deny(denial) = decide(&trial, question) else { return fixes };
        let Some(fix) = fix(&trial, question, &denial) else { return Vec::new() };
        apply(&mut trial, question.place, &fix);
        fixes.push(fix);
    }
    Vec::new()
}

/// The command that takes away one reason.
pub(super) fn fix(snapshot: &Snapshot, question: &Question<'_>, denial: &Denial) -> Option<Fix> {
    let (workspace, channel) = (question.place.workspace()?, question.place.channel_id()?);
    if question.person.platform != workspace.platform {
        return None;
    }
    match &denial.step {
        Step::Admission => Some(Fix::Admit),
        Step::Switch(_) => question.stopping(snapshot).map(|switch| Fix::Go(Box::new(switch.clone()))),
        Step::Pending | Step::Blocked => Some(Fix::Approve(question.tool.clone())),
        Step::Denied | Step::Project(_) if denial.rule.is_some() => {
            denial.rule.as_ref().map(|key| Fix::Forget(RuleKey::clone(key)))
        }
        Step::NoGrant if question.member.member.present => {
            snapshot.ground.tools.get(question.tool)?;
            Some(Fix::Put(allow(snapshot, question, channel, None)?))
        }
        Step::Project(project) => match allow(snapshot, question, channel, Some(project)) {
            Some(rule) => Some(Fix::Put(rule)),
            None => widened(snapshot, question, project).map(Fix::Put),
        },
        _ => None,
    }
}

/// A rule that lets this person use this tool: here if possible, and never in place of a rule that denies.
fn allow(
    snapshot: &Snapshot,
    question: &Question<'_>,
    channel: &ChannelId,
    project: Option<&ProjectKey>,
) -> Option<Rule> {
    let rules = snapshot.rules(question.place.workspace()?)?;
    let one = if question.person.platform == usher_chat::Platform::TERMINAL {
        Profile::Named(question.person.user.to_string())
    } else {
        Profile::Person(question.person.clone())
    };
    [Some(channel.clone()), None].into_iter().find_map(|channel| {
        let key = RuleKey { tools: question.tool.to_string(), profile: one.clone(), channel };
        let old = rules.get(&key).filter(|rule| rule.holds_at(question.now));
        let kept = match old {
            None => None,
            Some(rule) if rule.effect == Effect::Allow => Some(rule),
            Some(_) => return None,
        };
        let projects = project.map(|project| {
            let kept = kept.and_then(|rule| rule.projects.clone()).unwrap_or_default();
            kept.into_iter().chain([project.clone()]).collect()
        });
        Some(Rule { key, effect: Effect::Allow, projects, until: kept.and_then(|rule| rule.until) })
    })
}

/// A rule that allows already, with one more project.
fn widened(snapshot: &Snapshot, question: &Question<'_>, project: &ProjectKey) -> Option<Rule> {
    let rules = snapshot.rules(question.place.workspace()?)?;
    let rule = rules.about(question.place.channel_id(), question.tool).find(|rule| {
        rule.effect == Effect::Allow
            && rule.projects.is_some()
            && rule.holds_at(question.now)
            && rules.belongs(&rule.key.profile, question.person, question.member)
    })?;
    let mut rule = rule.clone();
    rule.projects.get_or_insert_default().insert(project.clone());
    Some(rule)
}

/// Does to a snapshot what the command would do to the policy.
pub(super) fn apply(snapshot: &mut Snapshot, place: &Place, fix: &Fix) {
    let Some(workspace) = place.workspace() else { return };
    match fix {
        Fix::Admit => snapshot.admit_fresh(workspace),
        Fix::Go(switch) => snapshot.start(switch),
        Fix::Approve(tool) => snapshot.change(workspace, |rules, _| rules.approve(tool.clone(), Approval::Approved)),
        Fix::Put(rule) => snapshot.change(workspace, |rules, tools| rules.put(rule.clone(), tools)),
        Fix::Forget(key) => snapshot.change(workspace, |rules, _| rules.remove(key)),
    }
}

impl fmt::Display for Fix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Go(switch) = self {
            return f.write_str(&switch.remedy());
        }
        f.write_str("jira admin ")?;
        match self {
            Self::Go(_) => Ok(()),
            Self::Admit => f.write_str("admit"),
            Self::Approve(tool) => write!(f, "approve {tool}"),
            Self::Forget(key) => Keyed("forget", key).fmt(f),
            Self::Put(rule) => rule.fmt(f),
        }
    }
}

/// A rule as the words that make it: `allow reader in #eng for @dev on WEB`.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Keyed(self.effect.as_str(), &self.key).fmt(f)?;
        if let Some(projects) = &self.projects {
            write!(f, " on {}", listed(projects))?;
        }
        match self.until.and_then(|end| Timestamp::from_second(end).ok()) {
            Some(end) => write!(f, " until {end}"),
            None => Ok(()),
        }
    }
}

impl RuleKey {
    /// A rule of this key that denies, as words.
    pub(super) fn denying(&self) -> String {
        Keyed("deny", self).to_string()
    }
}

struct Keyed<'a>(&'static str, &'a RuleKey);

impl fmt::Display for Keyed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1.tools)?;
        if let Some(channel) = &self.1.channel {
            write!(f, " in {}", quoted(&format!("#{channel}")))?;
        }
        write!(f, " for {}", quoted(&self.1.profile.word()))
    }
}

/// Projects with commas between.
pub(super) fn listed<'a>(projects: impl IntoIterator<Item = &'a ProjectKey>) -> String {
    projects.into_iter().map(ProjectKey::as_str).collect::<Vec<_>>().join(",")
}

/// A word as it can be typed, whatever spaces it holds.
fn quoted(word: &str) -> String {
    if word.contains(char::is_whitespace) { format!("\"{word}\"") } else { word.to_owned() }
}
