//! The rules of one workspace, and the reviews, sets and profiles that they rest on.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use usher_chat::{ChannelId, Person};

use super::{
    profile::{JiraGroup, Membership, Profile},
    switches::{Switch, Target},
    toolsets::{ToolFacts, Tools, Toolset},
};
use crate::ids::{ProjectKey, ToolName};

/// Where a tool's review in a workspace stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// It waits for review.
    Pending,
    /// It may be granted.
    Approved,
    /// It may not be used, whatever is granted.
    Blocked,
}

/// Whether a rule gives or takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It gives.
    Allow,
    /// It takes, and wins over any that gives.
    Deny,
}

impl Effect {
    /// The effect as people write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// What makes two rules the same rule: the later one replaces the earlier.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleKey {
    /// A toolset's or a tool's name.
    pub tools: String,
    /// For whom.
    pub profile: Profile,
    /// In which channel, or in the whole workspace.
    pub channel: Option<ChannelId>,
}

/// A grant: one rule of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// What it is about.
    pub key: RuleKey,
    /// Whether it gives or takes.
    pub effect: Effect,
    /// On which projects, or on all.
    pub projects: Option<BTreeSet<ProjectKey>>,
    /// When it ends, in seconds since 1970. It holds before that second.
    pub until: Option<i64>,
}

impl Rule {
    /// The rule that a fresh workspace starts with: everyone may read.
    pub(super) fn first() -> Self {
        let key = RuleKey { tools: Toolset::Reader.to_string(), profile: Profile::Everyone, channel: None };
        Self { key, effect: Effect::Allow, projects: None, until: None }
    }

    /// Whether it holds at a time.
    pub fn holds_at(&self, now: i64) -> bool {
        self.until.is_none_or(|end| now < end)
    }

    /// Whether it covers a project.
    pub fn covers(&self, project: &ProjectKey) -> bool {
        self.projects.as_ref().is_none_or(|projects| projects.contains(project))
    }
}

type ByTool = HashMap<ToolName, Vec<Arc<Rule>>>;

/// What holds in one admitted workspace.
#[derive(Debug, Clone, Default)]
pub(super) struct Rules {
    approvals: HashMap<ToolName, Approval>,
    toolsets: BTreeMap<String, BTreeSet<ToolName>>,
    profiles: BTreeMap<String, BTreeSet<Profile>>,
    stopped: Vec<Switch>,
    pairs: BTreeSet<ToolName>,
    list: Vec<Arc<Rule>>,
    wide: ByTool,
    channels: HashMap<ChannelId, ByTool>,
}

impl Rules {
    /// A tool's review. A tool without a word about it waits.
    pub(super) fn approval(&self, tool: &ToolName) -> Approval {
        self.approvals.get(tool).copied().unwrap_or(Approval::Pending)
    }

    /// The tools that take two people.
    pub(super) fn pairs(&self) -> &BTreeSet<ToolName> {
        &self.pairs
    }

    /// Lets a tool take two people.
    pub(super) fn pair(&mut self, tool: ToolName) {
        self.pairs.insert(tool);
    }

    /// The rules about a tool that hold in a channel, or in the whole workspace where no channel is named.
    pub(super) fn about<'a>(&'a self, channel: Option<&ChannelId>, tool: &ToolName) -> impl Iterator<Item = &'a Rule> {
        let own = channel.and_then(|channel| self.channels.get(channel)).and_then(|rules| rules.get(tool));
        self.wide.get(tool).into_iter().chain(own).flatten().map(Arc::as_ref)
    }

    /// All rules, in the order in which they were made.
    pub(super) fn list(&self) -> impl Iterator<Item = &Rule> {
        self.list.iter().map(Arc::as_ref)
    }

    /// The rule of a key.
    pub(super) fn get(&self, key: &RuleKey) -> Option<&Rule> {
        self.list().find(|rule| rule.key == *key)
    }

    /// The workspace's own toolsets.
    pub(super) fn toolsets(&self) -> &BTreeMap<String, BTreeSet<ToolName>> {
        &self.toolsets
    }

    /// Their names.
    pub(super) fn own_toolsets(&self) -> impl Iterator<Item = &str> {
        self.toolsets.keys().map(String::as_str)
    }

    /// The workspace's own profiles.
    pub(super) fn profiles(&self) -> &BTreeMap<String, BTreeSet<Profile>> {
        &self.profiles
    }

    /// Whether somebody who is in the workspace belongs to a profile.
    pub(super) fn belongs(&self, profile: &Profile, person: &Person, membership: &Membership) -> bool {
        match profile {
            Profile::Own(name) => {
                self.profiles.get(name).into_iter().flatten().any(|one| one.holds(person, membership))
            }
            one => one.holds(person, membership),
        }
    }

    /// The Jira groups that rules name, by themselves or in a profile.
    pub(super) fn groups(&self) -> impl Iterator<Item = &JiraGroup> {
        let named = self.list().flat_map(|rule| match &rule.key.profile {
            Profile::Own(name) => self.profiles.get(name).into_iter().flatten().collect(),
            one => vec![one],
        });
        named.filter_map(|profile| match profile {
            Profile::JiraGroup(group) => Some(group),
            _ => None,
        })
    }

    /// The tools that a word stands for here: those of a toolset, or the one of that name. `None`: neither exists.
    pub(super) fn named<'t>(&self, word: &str, tools: &'t Tools) -> Option<Vec<&'t ToolFacts>> {
        let mut named = self.spanned(word, tools)?;
        if word.parse().is_ok_and(Toolset::automatic) {
            named.retain(|facts| self.approval(&facts.name) == Approval::Approved);
        }
        Some(named)
    }

    /// The same, with every tool that an automatic set may ever hold: the approval is looked at before any rule.
    fn spanned<'t>(&self, word: &str, tools: &'t Tools) -> Option<Vec<&'t ToolFacts>> {
        match self.toolsets.get(word) {
            Some(set) => Some(tools.iter().filter(|facts| set.contains(&facts.name)).collect()),
            None => tools.named(word),
        }
    }

    pub(super) fn approve(&mut self, tool: ToolName, approval: Approval) {
        self.approvals.insert(tool, approval);
    }

    /// Makes, changes or removes a toolset. Rules that name it mean at once what it is now.
    pub(super) fn put_toolset(&mut self, name: String, set: Option<BTreeSet<ToolName>>, tools: &Tools) {
        match set {
            Some(set) => drop(self.toolsets.insert(name, set)),
            None => drop(self.toolsets.remove(&name)),
        }
        (self.wide, self.channels) = Default::default();
        for rule in self.list.clone() {
            self.index(&rule, tools);
        }
    }

    /// Makes, changes or removes a profile.
    pub(super) fn put_profile(&mut self, name: String, people: Option<BTreeSet<Profile>>) {
        match people {
            Some(people) => drop(self.profiles.insert(name, people)),
            None => drop(self.profiles.remove(&name)),
        }
    }

    /// What is stopped in this workspace.
    pub(super) fn stopped(&self) -> &[Switch] {
        &self.stopped
    }

    pub(super) fn stop(&mut self, switch: Switch) {
        self.stopped.push(switch);
    }

    pub(super) fn start(&mut self, target: &Target) {
        self.stopped.retain(|stopped| stopped.target != *target);
    }

    /// Takes a rule in; one with the same key goes.
    pub(super) fn put(&mut self, rule: Rule, tools: &Tools) {
        self.remove(&rule.key.clone());
        let rule = Arc::new(rule);
        self.index(&rule, tools);
        self.list.push(rule);
    }

    fn index(&mut self, rule: &Arc<Rule>, tools: &Tools) {
        let spanned = self.spanned(&rule.key.tools, tools).unwrap_or_default();
        let by_tool = match &rule.key.channel {
            None => &mut self.wide,
            Some(channel) => self.channels.entry(channel.clone()).or_default(),
        };
        for facts in spanned {
            by_tool.entry(facts.name.clone()).or_default().push(rule.clone());
        }
    }

    pub(super) fn remove(&mut self, key: &RuleKey) {
        let Some(at) = self.list.iter().position(|rule| rule.key == *key) else { return };
        self.list.remove(at);
        let by_tool = match &key.channel {
            None => Some(&mut self.wide),
            Some(channel) => self.channels.get_mut(channel),
        };
        for rules in by_tool.into_iter().flat_map(HashMap::values_mut) {
            rules.retain(|rule| rule.key != *key);
        }
    }
}
