//! The policy in the store: read as a snapshot, settled with the configuration at start.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::json;
use usher_chat::{Person, Platform, Workspace};

use super::{
    profile::Profile,
    rules::{Approval, Effect, Rule, RuleKey},
    snapshot::{Ground, Snapshot},
    switches,
};
use crate::{
    audit::{Audit, Kind, Row},
    ids::ToolName,
    store::{
        Reader, StoreError, Tx,
        approvals::{self, ApprovalState},
        grants::{self, GrantRow},
        meta, pairs,
        sets::{self, SetKind},
        untold, workspaces,
    },
};

/// Stands as the owner of what the configuration says. No platform has this name, so no event can come from it.
pub(super) fn configuration() -> Person {
    Person::new(Platform::new("configuration"), "configuration")
}

/// Reads everything that decides.
pub(super) fn load(reader: &Reader<'_>, ground: &Arc<Ground>) -> Result<Snapshot, StoreError> {
    let mut snapshot = Snapshot::new(ground.clone(), meta::policy_version(reader)?);
    for admitted in workspaces::admitted(reader)? {
        snapshot.admit(admitted.workspace);
    }
    for row in approvals::all(reader)? {
        let Some(facts) = ground.tools.get(&row.tool) else { continue };
        // A tool that is not the one that was reviewed waits, unless it was blocked.
        let approval = match row.state {
            ApprovalState::Blocked => Approval::Blocked,
            ApprovalState::Approved if row.digest == facts.digest => Approval::Approved,
            _ => Approval::Pending,
        };
        snapshot.change(&row.workspace, |rules, _| rules.approve(row.tool.clone(), approval));
    }
    for (workspace, tool) in pairs::all(reader)? {
        snapshot.change(&workspace, |rules, _| rules.pair(tool));
    }
    for switch in switches::load(reader)? {
        snapshot.stop(switch);
    }
    for row in sets::all(reader)? {
        let bad = || StoreError::corrupt("a set's member");
        match row.kind {
            SetKind::Tools => {
                let tools: Option<BTreeSet<ToolName>> = row.members.iter().map(|name| name.parse().ok()).collect();
                let tools = tools.ok_or_else(bad)?;
                snapshot.change(&row.workspace, |rules, all| rules.put_toolset(row.name, Some(tools), all));
            }
            SetKind::People => {
                let people: Option<BTreeSet<Profile>> =
                    row.members.iter().map(|profile| Profile::from_stored(profile)).collect();
                let people = people.ok_or_else(bad)?;
                snapshot.change(&row.workspace, |rules, _| rules.put_profile(row.name, Some(people)));
            }
        }
    }
    for row in grants::all(reader)? {
        let workspace = row.workspace.clone();
        let rule = rule(row)?;
        snapshot.change(&workspace, |rules, tools| rules.put(rule, tools));
    }
    Ok(snapshot)
}

/// A stored grant as a rule. What cannot be read is an error: a rule that denies must not go missing.
pub(super) fn rule(row: GrantRow) -> Result<Rule, StoreError> {
    let profile = Profile::from_stored(&row.profile).ok_or_else(|| StoreError::corrupt("a grant's profile"))?;
    Ok(Rule {
        key: RuleKey { tools: row.tools, profile, channel: row.channel },
        effect: match row.effect {
            grants::Effect::Allow => Effect::Allow,
            grants::Effect::Deny => Effect::Deny,
        },
        projects: row.projects.map(|projects| projects.into_iter().collect()),
        until: row.until,
    })
}

/// Stores a rule in place of the one with the same key.
pub(super) fn put(tx: &Tx<'_>, workspace: &Workspace, rule: &Rule, by: &Person, now: i64) -> Result<(), StoreError> {
    let row = GrantRow {
        id: uuid::Uuid::new_v4().to_string(),
        effect: match rule.effect {
            Effect::Allow => grants::Effect::Allow,
            Effect::Deny => grants::Effect::Deny,
        },
        tools: rule.key.tools.clone(),
        profile: rule.key.profile.stored(),
        workspace: workspace.clone(),
        channel: rule.key.channel.clone(),
        projects: rule.projects.as_ref().map(|projects| projects.iter().cloned().collect()),
        until: rule.until,
        by: by.clone(),
        at: now,
    };
    grants::add(tx, &row).map(|_| ())
}

/// Removes the rule of a key.
pub(super) fn remove(tx: &Tx<'_>, workspace: &Workspace, key: &RuleKey) -> Result<bool, StoreError> {
    grants::remove(tx, workspace, key.channel.as_ref(), &key.profile.stored(), &key.tools)
}

/// The stored rule of a key.
pub(super) fn get(reader: &Reader<'_>, workspace: &Workspace, key: &RuleKey) -> Result<Option<Rule>, StoreError> {
    let profile = key.profile.stored();
    let same = |row: &GrantRow| {
        row.workspace == *workspace && row.tools == key.tools && row.profile == profile && row.channel == key.channel
    };
    grants::all(reader)?.into_iter().find(same).map(rule).transpose()
}

/// Whether the tools and the people that a key names still are there.
pub(super) fn stands(
    reader: &Reader<'_>,
    ground: &Ground,
    workspace: &Workspace,
    key: &RuleKey,
) -> Result<bool, StoreError> {
    let set = |kind, name: &str| Ok::<_, StoreError>(sets::get(reader, workspace, kind, name)?.is_some());
    let tools = ground.tools.named(&key.tools).is_some() || set(SetKind::Tools, &key.tools)?;
    let people = match &key.profile {
        Profile::Own(name) => set(SetKind::People, name)?,
        _ => true,
    };
    Ok(tools && people)
}

/// The stored reviews of a workspace: state, and digest of what was reviewed.
fn reviews(
    reader: &Reader<'_>,
    workspace: &Workspace,
) -> Result<HashMap<ToolName, (ApprovalState, String)>, StoreError> {
    let rows = approvals::all(reader)?.into_iter().filter(|row| row.workspace == *workspace);
    Ok(rows.map(|row| (row.tool, (row.state, row.digest))).collect())
}

/// Admits a workspace. The first time, everyone there may read; afterwards its rules hold again as they were left.
/// True: it was the first time.
pub(super) fn admit(tx: &Tx<'_>, workspace: &Workspace, name: &str, by: &Person, now: i64) -> Result<bool, StoreError> {
    let fresh = reviews(tx, workspace)?.is_empty();
    workspaces::admit(tx, workspace, name, by, now)?;
    if fresh {
        put(tx, workspace, &Rule::first(), by, now)?;
    }
    Ok(fresh)
}

/// A tool that was reviewed by itself, because nobody had, or because it is another one now.
pub(super) struct Reviewed {
    tool: ToolName,
    approval: Approval,
    changed: bool,
}

/// Reviews what nobody has reviewed in a workspace, as `new_tools` says. What was blocked stays blocked.
pub(super) fn review(
    tx: &Tx<'_>,
    ground: &Ground,
    workspace: &Workspace,
    now: i64,
) -> Result<Vec<Reviewed>, StoreError> {
    let known = reviews(tx, workspace)?;
    let mut reviewed = Vec::new();
    for facts in ground.tools.iter() {
        let before = known.get(&facts.name);
        if before.is_some_and(|(_, digest)| *digest == facts.digest) {
            continue;
        }
        let approval = match before {
            Some((ApprovalState::Blocked, _)) => Approval::Blocked,
            _ => ground.settings.new_tools.approval(facts),
        };
        approvals::set(tx, workspace, &facts.name, approval.stored(), &facts.digest, None, now)?;
        reviewed.push(Reviewed { tool: facts.name.clone(), approval, changed: before.is_some() });
    }
    Ok(reviewed)
}

impl Approval {
    pub(super) fn stored(self) -> ApprovalState {
        match self {
            Self::Pending => ApprovalState::Pending,
            Self::Approved => ApprovalState::Approved,
            Self::Blocked => ApprovalState::Blocked,
        }
    }
}

/// Brings the store in line with the configuration and with the tools of this version. Each change leaves its row.
pub(super) fn settle(tx: &Tx<'_>, audit: &Audit, ground: &Ground, now: Timestamp) -> Result<(), StoreError> {
    let (seconds, by) = (now.as_second(), configuration());
    let row = |kind, workspace: &Workspace, mut detail: serde_json::Value| {
        let mut row = Row::new(now.as_millisecond(), kind, "done");
        detail["workspace"] = json!(workspace.to_string());
        row.detail = detail;
        row
    };
    let before = workspaces::admitted(tx)?;
    for workspace in &ground.settings.workspaces {
        if before.iter().all(|admitted| admitted.workspace != *workspace) {
            let fresh = admit(tx, workspace, "", &by, seconds)?;
            let detail = json!({"change": "admit", "by": "configuration", "fresh": fresh});
            audit.append(tx, row(Kind::Admission, workspace, detail))?;
        }
    }
    let known: Vec<Workspace> = before.iter().map(|admitted| admitted.workspace.clone()).collect();
    for admitted in before {
        if admitted.by == by && !ground.settings.workspaces.contains(&admitted.workspace) {
            workspaces::dismiss(tx, &admitted.workspace)?;
            let detail = json!({"change": "dismiss", "by": "configuration"});
            audit.append(tx, row(Kind::Admission, &admitted.workspace, detail))?;
        }
    }
    for admitted in workspaces::admitted(tx)? {
        for reviewed in review(tx, ground, &admitted.workspace, seconds)? {
            let detail = json!({
                "change": "review",
                "why": if reviewed.changed { "changed" } else { "new" },
                "state": reviewed.approval.stored().as_str(),
            });
            if reviewed.approval == Approval::Pending && known.contains(&admitted.workspace) {
                untold::put(tx, &admitted.workspace, &reviewed.tool)?;
            }
            let mut row = row(Kind::Policy, &admitted.workspace, detail);
            row.tool = Some(reviewed.tool);
            audit.append(tx, row)?;
        }
    }
    Ok(())
}
