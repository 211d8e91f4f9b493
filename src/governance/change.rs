//! Changes of the policy: each commits with its audit row, and with the mark of the event that asked for it.

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use serde_json::{Value, json};
use usher_chat::{ChannelId, Person, Place, Platform, Workspace};

use super::{
    Governance,
    govern::asked,
    profile::Profile,
    rules::{Approval, Rule, RuleKey},
    snapshot::Ground,
    stored,
    switches::{self, Switch, Target},
};
use crate::{
    audit::{Audit, Kind, Row},
    ids::{Asker, ToolName},
    store::{
        StoreError, Tx,
        approvals::{self, ApprovalState},
        defaults::{self, Default as Meant, Subject},
        events, grants, meta, pairs, requests,
        sets::{self, SetKind, SetRow},
        workspaces,
    },
};

/// One change of the policy.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Admit {
        name: String,
    },
    Dismiss,
    Put(Rule),
    Forget(RuleKey),
    Review(ToolName, Approval),
    Set(SetChange),
    Switch {
        target: Target,
        stop: bool,
    },
    /// Where notices go.
    Notices(Option<Place>),
    /// A tool takes two people, or one again.
    Pair(ToolName, bool),
    /// What is meant in a channel where nothing is named.
    Default(ChannelId, Meant),
}

/// A change of one of the workspace's own sets.
#[derive(Debug, Clone)]
pub(super) struct SetChange {
    pub(super) kind: SetKind,
    pub(super) name: String,
    pub(super) edit: Edit,
    /// As they are stored.
    pub(super) members: BTreeSet<String>,
}

/// What becomes of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edit {
    Create,
    Add,
    Remove,
    Delete,
    /// It holds just these from now on.
    Become,
}

/// Who makes changes.
#[derive(Debug, Clone)]
pub(super) enum Actor {
    /// Somebody in a chat.
    Chat(Box<Asker>),
    /// Whoever has the program's files, on the command line.
    Shell,
}

impl Actor {
    /// The person who answers for it.
    pub(super) fn person(&self) -> Person {
        match self {
            Self::Chat(asker) => asker.person.clone(),
            Self::Shell => shell(),
        }
    }
}

/// Stands as the owner on the command line. No platform has this name, so no event can come from it.
pub(super) fn shell() -> Person {
    Person::new(Platform::new("shell"), "owner")
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Did {
    /// It was so already.
    Nothing,
    /// Done.
    Changed,
    /// Done, for the first time ever.
    First,
    /// Not done: there is a set of that name already.
    There,
    /// Not done: there is no such set.
    Missing,
    /// Not done: nothing would be left in it.
    Emptied,
    /// Not done: rules name it.
    Used,
    /// Not done: an owner did it.
    Kept,
}

/// What runs inside the store's transaction.
pub(super) struct Job {
    pub(super) audit: Audit,
    pub(super) ground: Arc<Ground>,
    pub(super) by: Actor,
    pub(super) workspace: Workspace,
    pub(super) now: Timestamp,
}

impl Job {
    /// Changes of a workspace by somebody, made now.
    pub(super) fn new(governance: &Governance, by: Actor, workspace: &Workspace) -> Self {
        let inner = &governance.inner;
        let (audit, ground) = (inner.audit.clone(), inner.ground.clone());
        Self { audit, ground, by, workspace: workspace.clone(), now: inner.clock.now() }
    }

    /// Makes the changes, each with its row, and marks the event. `None`: the event was handled before.
    pub(super) fn run(&self, tx: &Tx<'_>, changes: Vec<Change>) -> Result<Option<Vec<Did>>, StoreError> {
        if let Actor::Chat(asker) = &self.by
            && !events::mark(tx, &asker.event, &asker.person.platform, self.now.as_second())?
        {
            return Ok(None);
        }
        let did: Vec<Did> = changes.into_iter().map(|change| self.change(tx, change)).collect::<Result<_, _>>()?;
        failpoint!("admin.changing");
        if did.iter().any(|did| matches!(did, Did::Changed | Did::First)) {
            meta::policy_changed(tx)?;
        }
        Ok(Some(did))
    }

    fn change(&self, tx: &Tx<'_>, change: Change) -> Result<Did, StoreError> {
        let now = self.now.as_second();
        let by = &self.by.person();
        match change {
            Change::Admit { name } => {
                let admitted = workspaces::admitted(tx)?;
                if admitted.iter().any(|one| one.workspace == self.workspace) {
                    return Ok(Did::Nothing);
                }
                let fresh = stored::admit(tx, &self.workspace, &name, by, now)?;
                stored::review(tx, &self.ground, &self.workspace, now)?;
                self.record(tx, Kind::Admission, None, json!({"change": "admit", "name": name, "fresh": fresh}))?;
                Ok(if fresh { Did::First } else { Did::Changed })
            }
            Change::Dismiss => {
                if !workspaces::dismiss(tx, &self.workspace)? {
                    return Ok(Did::Nothing);
                }
                self.record(tx, Kind::Admission, None, json!({"change": "dismiss"}))?;
                Ok(Did::Changed)
            }
            Change::Put(rule) => {
                if !stored::stands(tx, &self.ground, &self.workspace, &rule.key)? {
                    return Ok(Did::Missing);
                }
                let old = stored::get(tx, &self.workspace, &rule.key)?;
                if old.as_ref() == Some(&rule) {
                    return Ok(Did::Nothing);
                }
                stored::put(tx, &self.workspace, &rule, by, now)?;
                let replaced = old.map(|old| old.to_string());
                let detail = json!({"change": rule.effect.as_str(), "rule": rule.to_string(), "replaced": replaced});
                self.record(tx, Kind::Policy, rule.key.tools.parse().ok(), detail)?;
                Ok(Did::Changed)
            }
            Change::Forget(key) => {
                let Some(old) = stored::get(tx, &self.workspace, &key)? else { return Ok(Did::Nothing) };
                stored::remove(tx, &self.workspace, &key)?;
                let detail = json!({"change": "forget", "rule": old.to_string()});
                self.record(tx, Kind::Policy, key.tools.parse().ok(), detail)?;
                Ok(Did::Changed)
            }
            Change::Review(tool, approval) => self.review(tx, tool, approval),
            Change::Set(change) => self.set(tx, change),
            Change::Notices(place) => {
                if requests::notices(tx, &self.workspace)? == place {
                    return Ok(Did::Nothing);
                }
                requests::set_notices(tx, &self.workspace, place.as_ref(), by, now)?;
                let place = place.as_ref().map(crate::store::audit::place_text);
                self.record(tx, Kind::Policy, None, json!({"change": "notices", "place": place}))?;
                Ok(Did::Changed)
            }
            Change::Pair(tool, two) => {
                let did = match two {
                    true => pairs::put(tx, &self.workspace, &tool, by, now)?,
                    false => pairs::remove(tx, &self.workspace, &tool)?,
                };
                if !did {
                    return Ok(Did::Nothing);
                }
                self.record(tx, Kind::Policy, Some(tool), json!({"change": "two-person", "now": two}))?;
                Ok(Did::Changed)
            }
            Change::Default(channel, meant) => {
                let subject = Subject::Channel(&self.workspace, &channel);
                if defaults::get(tx, subject)? == meant {
                    return Ok(Did::Nothing);
                }
                defaults::set(tx, subject, &meant, by, now)?;
                let Meant { site, project } = &meant;
                let detail = json!({"change": "default", "channel": channel, "site": site, "project": project});
                self.record(tx, Kind::Policy, None, detail)?;
                Ok(Did::Changed)
            }
            Change::Switch { target, stop } => {
                let tool = match &target {
                    Target::Tool(tool) => Some(tool.clone()),
                    _ => None,
                };
                let detail = switches::detail(&target, stop);
                let (workspace, by) = (Some(self.workspace.clone()), by.clone());
                let owner = self.ground.owner(&by);
                let did = switches::throw(tx, &Switch { workspace, target, owner, by, since: now }, stop)?;
                if did == Did::Changed {
                    self.record(tx, Kind::Policy, tool, detail)?;
                }
                Ok(did)
            }
        }
    }

    fn review(&self, tx: &Tx<'_>, tool: ToolName, approval: Approval) -> Result<Did, StoreError> {
        let Some(facts) = self.ground.tools.get(&tool) else { return Ok(Did::Nothing) };
        let rows = approvals::all(tx)?;
        let old = rows.iter().find(|row| row.workspace == self.workspace && row.tool == tool);
        let before = old.map_or(ApprovalState::Pending, |row| row.state);
        if old.is_some_and(|row| row.state == approval.stored() && row.digest == facts.digest) {
            return Ok(Did::Nothing);
        }
        let (by, now) = (self.by.person(), self.now.as_second());
        approvals::set(tx, &self.workspace, &tool, approval.stored(), &facts.digest, Some(&by), now)?;
        let detail = json!({"change": approval.stored().as_str(), "before": before.as_str()});
        self.record(tx, Kind::Policy, Some(tool), detail)?;
        Ok(Did::Changed)
    }

    fn set(&self, tx: &Tx<'_>, change: SetChange) -> Result<Did, StoreError> {
        let SetChange { kind, name, edit, members } = change;
        let old = sets::get(tx, &self.workspace, kind, &name)?.map(|set| set.members);
        let new: BTreeSet<String> = match (&old, edit) {
            (Some(_), Edit::Create) => return Ok(Did::There),
            (None, Edit::Add | Edit::Remove | Edit::Delete) => return Ok(Did::Missing),
            (_, Edit::Create | Edit::Become) => members,
            (Some(old), Edit::Add) => old.union(&members).cloned().collect(),
            (Some(old), Edit::Remove) => old.difference(&members).cloned().collect(),
            (Some(_), Edit::Delete) => BTreeSet::new(),
        };
        match (edit, new.is_empty()) {
            _ if old.as_ref() == Some(&new) => return Ok(Did::Nothing),
            (Edit::Delete, _) => {
                if self.used(tx, kind, &name)? {
                    return Ok(Did::Used);
                }
                sets::remove(tx, &self.workspace, kind, &name)?;
            }
            (_, true) => return Ok(Did::Emptied),
            (_, false) => {
                let (workspace, members) = (self.workspace.clone(), new.clone());
                let set = SetRow {
                    workspace,
                    kind,
                    name: name.clone(),
                    members,
                    by: self.by.person(),
                    at: self.now.as_second(),
                };
                sets::put(tx, &set)?;
            }
        }
        let what = match kind {
            SetKind::Tools => "toolset",
            SetKind::People => "profile",
        };
        self.record(tx, Kind::Policy, None, json!({"change": what, "name": name, "before": old, "now": new}))?;
        Ok(Did::Changed)
    }

    /// Whether a rule of the workspace names a set.
    fn used(&self, tx: &Tx<'_>, kind: SetKind, name: &str) -> Result<bool, StoreError> {
        let own = Profile::Own(name.to_owned()).stored();
        let names = |row: &grants::GrantRow| match kind {
            SetKind::Tools => row.tools == name,
            SetKind::People => row.profile == own,
        };
        Ok(grants::all(tx)?.iter().any(|row| row.workspace == self.workspace && names(row)))
    }

    pub(super) fn record(
        &self,
        tx: &Tx<'_>,
        kind: Kind,
        tool: Option<ToolName>,
        detail: Value,
    ) -> Result<(), StoreError> {
        let at = self.now.as_millisecond();
        let mut row = match &self.by {
            Actor::Chat(asker) => asked(asker, at, kind, "done"),
            Actor::Shell => Row { person: Some(shell()), ..Row::new(at, kind, "done") },
        };
        row.tool = tool.filter(|tool| self.ground.tools.get(tool).is_some());
        row.detail = detail;
        if matches!(self.by, Actor::Shell) {
            row.detail["workspace"] = json!(self.workspace.to_string());
        }
        self.audit.append(tx, row).map(|_| ())
    }
}
