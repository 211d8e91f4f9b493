//! Changes of the policy: each commits with its audit row, and with the mark of the event that asked for it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use usher_chat::Workspace;

use super::{
    govern::asked,
    snapshot::{Approval, Ground, Rule, RuleKey},
    stored,
};
use crate::{
    audit::{Audit, Kind, Row},
    ids::{Asker, ToolName},
    store::{
        StoreError, Tx,
        approvals::{self, ApprovalState},
        events, workspaces,
    },
};

/// One change of the policy.
#[derive(Debug, Clone)]
pub(super) enum Change {
    Admit { name: String },
    Dismiss,
    Put(Rule),
    Forget(RuleKey),
    Review(ToolName, Approval),
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
}

/// What runs inside the store's transaction.
pub(super) struct Job {
    pub(super) audit: Audit,
    pub(super) ground: Arc<Ground>,
    pub(super) asker: Asker,
    pub(super) workspace: Workspace,
    pub(super) now: Timestamp,
}

impl Job {
    /// Makes the changes, each with its row, and marks the event. `None`: the event was handled before.
    pub(super) fn run(&self, tx: &Tx<'_>, changes: Vec<Change>) -> Result<Option<Vec<Did>>, StoreError> {
        if !events::mark(tx, &self.asker.event, &self.asker.person.platform, self.now.as_second())? {
            return Ok(None);
        }
        changes.into_iter().map(|change| self.change(tx, change)).collect::<Result<_, _>>().map(Some)
    }

    fn change(&self, tx: &Tx<'_>, change: Change) -> Result<Did, StoreError> {
        let now = self.now.as_second();
        let by = &self.asker.person;
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
        let by = Some(&self.asker.person);
        approvals::set(tx, &self.workspace, &tool, approval.stored(), &facts.digest, by, self.now.as_second())?;
        let detail = json!({"change": approval.stored().as_str(), "before": before.as_str()});
        self.record(tx, Kind::Policy, Some(tool), detail)?;
        Ok(Did::Changed)
    }

    fn record(&self, tx: &Tx<'_>, kind: Kind, tool: Option<ToolName>, detail: Value) -> Result<(), StoreError> {
        let mut row: Row = asked(&self.asker, self.now.as_millisecond(), kind, "done");
        row.tool = tool.filter(|tool| self.ground.tools.get(tool).is_some());
        row.detail = detail;
        self.audit.append(tx, row).map(|_| ())
    }
}
