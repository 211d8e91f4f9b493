//! Everything that decides, in memory: read at start, swapped as a whole after each change.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use usher_chat::{Person, Workspace};

use super::{
    rates::Rates,
    rules::{Approval, Rule, Rules},
    switches::Switch,
    toolsets::{ToolFacts, Tools, Toolset},
};
use crate::ids::{Access, SiteId, ToolName};

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
    /// How often one person may use one tool.
    pub rates: Rates,
    /// The sites there are.
    pub sites: Vec<SiteId>,
}

/// What becomes of a tool that nobody has reviewed: at admission, and when an upgrade brings or changes it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NewTools {
    /// Tools that only look are approved, others wait; and so do those that carry something out of Jira.
    #[default]
    Read,
    /// All are approved.
    All,
    /// All wait.
    None,
}

impl NewTools {
    /// The state of a tool that nobody has reviewed.
    pub fn approval(self, tool: &ToolFacts) -> Approval {
        match (self, tool.access) {
            (Self::All, _) => Approval::Approved,
            (Self::Read, Access::Read) if !tool.flags.egress => Approval::Approved,
            _ => Approval::Pending,
        }
    }
}

/// The owner's ceiling: nobody can grant these anywhere.
#[derive(Debug, Clone, Default)]
pub struct Forbid {
    /// Whole classes.
    pub classes: BTreeSet<Access>,
    /// Whatever has one of these flags.
    pub flags: BTreeSet<String>,
    /// Single tools.
    pub tools: BTreeSet<ToolName>,
}

impl Forbid {
    /// Whether it forbids a tool.
    pub fn holds(&self, tool: &ToolFacts) -> bool {
        self.classes.contains(&tool.access)
            || self.tools.contains(&tool.name)
            || tool.flags.names().any(|flag| self.flags.contains(flag))
    }
}

/// What never changes while the program runs: the tools and the configuration.
#[derive(Debug, Default)]
pub(super) struct Ground {
    pub(super) tools: Tools,
    pub(super) settings: Settings,
}

impl Ground {
    pub(super) fn new(tools: Vec<ToolFacts>, settings: Settings) -> Arc<Self> {
        Arc::new(Self { tools: Tools::new(tools), settings })
    }

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
    /// Which state of the stored policy this is.
    pub(super) version: i64,
    stopped: Vec<Switch>,
    workspaces: HashMap<Workspace, Arc<Rules>>,
}

impl Snapshot {
    pub(super) fn new(ground: Arc<Ground>, version: i64) -> Self {
        Self { ground, version, stopped: Vec::new(), workspaces: HashMap::new() }
    }

    /// What holds in a workspace. `None`: nobody has admitted it.
    pub(super) fn rules(&self, workspace: &Workspace) -> Option<&Rules> {
        self.workspaces.get(workspace).map(Arc::as_ref)
    }

    /// The admitted workspaces and what holds there.
    pub(super) fn admitted(&self) -> impl Iterator<Item = (&Workspace, &Rules)> {
        self.workspaces.iter().map(|(workspace, rules)| (workspace, rules.as_ref()))
    }

    /// What is stopped everywhere.
    pub(super) fn stopped(&self) -> &[Switch] {
        &self.stopped
    }

    /// Stops something. In a workspace that nobody has admitted nothing goes on in any case.
    pub(super) fn stop(&mut self, switch: Switch) {
        match switch.workspace.clone() {
            None => self.stopped.push(switch),
            Some(workspace) => self.change(&workspace, |rules, _| rules.stop(switch)),
        }
    }

    /// Starts it again.
    pub(super) fn start(&mut self, switch: &Switch) {
        match &switch.workspace {
            None => self.stopped.retain(|stopped| stopped.target != switch.target),
            Some(workspace) => self.change(workspace, |rules, _| rules.start(&switch.target)),
        }
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
                rules.approve(tool.name.clone(), ground.settings.new_tools.approval(tool));
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
