//! Everything that decides, in memory: read at start, swapped as a whole after each change.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use usher_chat::{ChannelId, Person, Workspace};

use super::{
    profile::Profile,
    toolsets::{ToolFacts, Tools, Toolset},
};
use crate::ids::{Access, ProjectKey, ToolName};

/// What the configuration says.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The owners.
    pub owners: Vec<Person>,
    /// Workspaces that the configuration admits.
    pub workspaces: Vec<Workspace>,
    /// What becomes of a tool that nobody has reviewed.
    pub new_tools: NewTools,
    /// What is forbidden everywhere.
    pub forbid: Forbid,
    /// The toolset, or the tool, for direct messages. `none`: nothing.
    pub direct: String,
}

/// What becomes of a tool that nobody has reviewed: at admission, and when an upgrade brings or changes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NewTools {
    /// Tools that only look are approved, others wait.
    #[default]
    Read,
    /// All are approved.
    All,
    /// All wait.
    None,
}

impl NewTools {
    /// The state of an unreviewed tool of a class.
    pub fn approval(self, access: Access) -> Approval {
        match (self, access) {
            (Self::All, _) | (Self::Read, Access::Read) => Approval::Approved,
            _ => Approval::Pending,
        }
    }
}

/// The owner's ceiling: nobody can grant these anywhere.
#[derive(Debug, Clone, Default)]
pub struct Forbid {
    /// Whole classes.
    pub classes: BTreeSet<Access>,
    /// Single tools.
    pub tools: BTreeSet<ToolName>,
}

impl Forbid {
    /// Whether it forbids a tool.
    pub fn holds(&self, tool: &ToolFacts) -> bool {
        self.classes.contains(&tool.access) || self.tools.contains(&tool.name)
    }
}

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
    list: Vec<Arc<Rule>>,
    wide: ByTool,
    channels: HashMap<ChannelId, ByTool>,
}

impl Rules {
    /// A tool's review. A tool without a word about it waits.
    pub(super) fn approval(&self, tool: &ToolName) -> Approval {
        self.approvals.get(tool).copied().unwrap_or(Approval::Pending)
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

    pub(super) fn approve(&mut self, tool: ToolName, approval: Approval) {
        self.approvals.insert(tool, approval);
    }

    /// Takes a rule in; one with the same key goes.
    pub(super) fn put(&mut self, rule: Rule, tools: &Tools) {
        self.remove(&rule.key.clone());
        let rule = Arc::new(rule);
        let by_tool = match &rule.key.channel {
            None => &mut self.wide,
            Some(channel) => self.channels.entry(channel.clone()).or_default(),
        };
        for facts in tools.named(&rule.key.tools).into_iter().flatten() {
            by_tool.entry(facts.name.clone()).or_default().push(rule.clone());
        }
        self.list.push(rule);
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

/// What never changes while the program runs: the tools and the configuration.
#[derive(Debug, Default)]
pub(super) struct Ground {
    pub(super) tools: Tools,
    pub(super) settings: Settings,
}

impl Ground {
    pub(super) fn owner(&self, person: &Person) -> bool {
        self.settings.owners.contains(person)
    }

    /// Whether a tool may be used in direct messages.
    pub(super) fn direct(&self, tool: &ToolFacts) -> bool {
        match self.settings.direct.parse::<Toolset>() {
            Ok(set) => set.holds(tool.access),
            Err(()) => self.settings.direct == tool.name.as_str(),
        }
    }
}

/// Everything that decides, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    pub(super) ground: Arc<Ground>,
    workspaces: HashMap<Workspace, Arc<Rules>>,
}

impl Snapshot {
    pub(super) fn new(ground: Arc<Ground>) -> Self {
        Self { ground, workspaces: HashMap::new() }
    }

    /// What holds in a workspace. `None`: nobody has admitted it.
    pub(super) fn rules(&self, workspace: &Workspace) -> Option<&Rules> {
        self.workspaces.get(workspace).map(Arc::as_ref)
    }

    /// Admits a workspace, with nothing in it.
    pub(super) fn admit(&mut self, workspace: Workspace) {
        self.workspaces.entry(workspace).or_default();
    }

    /// Admits a workspace for the first time: tools are reviewed as `new_tools` says, and everyone may read.
    pub(super) fn admit_fresh(&mut self, workspace: &Workspace) {
        self.admit(workspace.clone());
        let ground = self.ground.clone();
        self.change(workspace, |rules, tools| {
            for tool in tools.iter() {
                rules.approve(tool.name.clone(), ground.settings.new_tools.approval(tool.access));
            }
            rules.put(Rule::first(), tools);
        });
    }

    /// Changes what holds in an admitted workspace.
    pub(super) fn change(&mut self, workspace: &Workspace, change: impl FnOnce(&mut Rules, &Tools)) {
        if let Some(rules) = self.workspaces.get_mut(workspace) {
            change(Arc::make_mut(rules), &self.ground.tools);
        }
    }
}
