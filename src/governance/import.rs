//! Putting a policy that came as a file in force: all of it, or nothing.

use std::{collections::BTreeMap, fmt::Display, sync::Arc};

use serde_json::json;
use usher_chat::Workspace;

use super::{
    Governance, Settings, ToolFacts,
    change::{Actor, Change, Did, Edit, Job, SetChange},
    file::{self, Fault, Wanted},
    rules::{Rule, Rules},
    snapshot::{Ground, Snapshot},
    stored,
};
use crate::{
    audit::{Audit, Kind},
    clock::Clock,
    error::Error,
    store::{Store, StoreError, sets::SetKind},
};

/// Why a file was not put in force.
#[derive(Debug)]
pub enum PolicyError {
    /// It is not sound: everything that is wrong with it, from top to bottom.
    Faults(Vec<Fault>),
    /// The store fails, or somebody changed the policy at the same moment.
    Other(Error),
}

impl From<StoreError> for PolicyError {
    fn from(error: StoreError) -> Self {
        Self::Other(error.into())
    }
}

impl Governance {
    /// What decides, beside the process that runs the bot. Nothing is brought in line.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn beside(
        store: Store,
        audit: Audit,
        clock: Arc<dyn Clock>,
        tools: Vec<ToolFacts>,
        settings: Settings,
    ) -> Result<Self, Error> {
        Ok(Self::over(store, audit, clock, Ground::new(tools, settings))?)
    }

    /// The policy of all admitted workspaces, or of one, as a file. `None`: that one is not admitted.
    ///
    /// # Errors
    /// The store cannot be read.
    pub fn policy_file(&self, only: Option<&Workspace>) -> Result<Option<String>, Error> {
        let snapshot = self.current()?;
        if only.is_some_and(|only| snapshot.rules(only).is_none()) {
            return Ok(None);
        }
        Ok(Some(file::write(&snapshot, only, self.inner.clock.now())))
    }

    /// What a file would change, a line each, under the workspace that it concerns.
    ///
    /// # Errors
    /// The file is not sound.
    pub fn policy_diff(&self, text: &str) -> Result<Vec<(Workspace, Vec<String>)>, PolicyError> {
        let snapshot = self.current()?;
        let wanted = self.read(text, &snapshot).map_err(PolicyError::Faults)?;
        let differ = wanted.into_iter().filter_map(|wanted| {
            let rules = snapshot.rules(&wanted.workspace)?;
            let lines = differences(rules, &wanted);
            (!lines.is_empty()).then_some((wanted.workspace, lines))
        });
        Ok(differ.collect())
    }

    /// Puts a file in force, in one step, with a row in the audit for each change. A running bot knows it at its next
    /// decision. Says how many changes there were.
    ///
    /// # Errors
    /// The file is not sound: then nothing has changed.
    pub async fn policy_import(&self, text: &str) -> Result<usize, PolicyError> {
        let now = self.inner.clock.now();
        let (this, text) = (self.clone(), text.to_owned());
        let imported = self.inner.store.write(move |tx| {
            // Read again within the change: nobody's change in between is lost unseen.
            let snapshot = stored::load(tx, &this.inner.ground)?;
            let wanted = match this.read(&text, &snapshot) {
                Ok(wanted) => wanted,
                Err(faults) => return Ok(Err(faults)),
            };
            let mut count = 0;
            for wanted in wanted {
                let Some(rules) = snapshot.rules(&wanted.workspace) else { continue };
                let changes = changes(rules, &wanted);
                if changes.is_empty() {
                    continue;
                }
                let job = Job { now, ..Job::new(&this, Actor::Shell, &wanted.workspace) };
                let total = changes.len();
                job.record(tx, Kind::Policy, None, json!({"change": "import", "changes": total}))?;
                let did = job.run(tx, changes)?.unwrap_or_default();
                if did.iter().any(|did| !matches!(did, Did::Changed | Did::Nothing)) {
                    return Err(StoreError::Conflict);
                }
                count += total;
            }
            Ok(Ok(count))
        });
        imported.await?.map_err(PolicyError::Faults)
    }

    fn read(&self, text: &str, snapshot: &Snapshot) -> Result<Vec<Wanted>, Vec<Fault>> {
        file::read(text, snapshot, &self.inner.ground, self.inner.clock.now())
    }
}

/// What has to be done: sets before the rules that name them, and sets that go after the rules that named them.
fn changes(rules: &Rules, wanted: &Wanted) -> Vec<Change> {
    let (tools, people) = (listed(&wanted.toolsets), listed(&wanted.profiles));
    let (old_tools, old_people) = (listed(rules.toolsets()), listed(rules.profiles()));
    let all = [(SetKind::Tools, &old_tools, &tools), (SetKind::People, &old_people, &people)];
    let mut changes = Vec::new();
    for (kind, old, new) in all {
        for (name, members) in new.iter().filter(|(name, members)| old.get(*name) != Some(members)) {
            let (name, members) = (name.clone(), members.iter().cloned().collect());
            changes.push(Change::Set(SetChange { kind, name, edit: Edit::Become, members }));
        }
    }
    let kept = |rule: &&Rule| !wanted.rules.iter().any(|other| other.key == rule.key);
    changes.extend(rules.list().filter(kept).map(|rule| Change::Forget(rule.key.clone())));
    changes.extend(wanted.rules.iter().filter(|rule| rules.get(&rule.key) != Some(rule)).cloned().map(Change::Put));
    for (kind, old, new) in all {
        for name in old.keys().filter(|name| !new.contains_key(*name)) {
            let (name, edit) = (name.clone(), Edit::Delete);
            changes.push(Change::Set(SetChange { kind, name, edit, members: Default::default() }));
        }
    }
    let reviews = wanted.reviews.iter().filter(|(tool, state)| rules.approval(tool) != **state);
    changes.extend(reviews.map(|(tool, state)| Change::Review(tool.clone(), *state)));
    changes.extend(wanted.pairs.difference(rules.pairs()).map(|tool| Change::Pair(tool.clone(), true)));
    changes.extend(rules.pairs().difference(&wanted.pairs).map(|tool| Change::Pair(tool.clone(), false)));
    changes
}

/// The same for people to read.
fn differences(rules: &Rules, wanted: &Wanted) -> Vec<String> {
    let mut lines = Vec::new();
    let sets = |what: &str, old: &Named, new: &Named, lines: &mut Vec<String>| {
        for (name, members) in old.iter().filter(|(name, members)| new.get(*name) != Some(members)) {
            lines.push(format!("- {what} {name}: {}", members.join(", ")));
        }
        for (name, members) in new.iter().filter(|(name, members)| old.get(*name) != Some(members)) {
            lines.push(format!("+ {what} {name}: {}", members.join(", ")));
        }
    };
    sets("toolset", &listed(rules.toolsets()), &listed(&wanted.toolsets), &mut lines);
    sets("profile", &listed(rules.profiles()), &listed(&wanted.profiles), &mut lines);
    let goes = rules.list().filter(|rule| !wanted.rules.contains(rule)).map(|rule| format!("- {rule}"));
    let comes = wanted.rules.iter().filter(|rule| rules.get(&rule.key) != Some(rule)).map(|rule| format!("+ {rule}"));
    lines.extend(goes.chain(comes));
    lines.extend(rules.pairs().difference(&wanted.pairs).map(|tool| format!("- two people for {tool}")));
    lines.extend(wanted.pairs.difference(rules.pairs()).map(|tool| format!("+ two people for {tool}")));
    let reviews = wanted.reviews.iter().filter(|(tool, state)| rules.approval(tool) != **state);
    lines.extend(reviews.map(|(tool, state)| {
        let before = rules.approval(tool).stored();
        format!("  {tool}: {} -> {}", before.as_str(), state.stored().as_str())
    }));
    lines
}

type Named = BTreeMap<String, Vec<String>>;

/// Sets as they are stored.
fn listed<T: Display>(sets: &BTreeMap<String, std::collections::BTreeSet<T>>) -> Named {
    sets.iter().map(|(name, set)| (name.clone(), set.iter().map(ToString::to_string).collect())).collect()
}
