//! What admins read after a change: what holds now, and what is still missing.

use usher_chat::{Workspace, tree::Inline};

use super::{
    change::Did,
    policy::tools_counted,
    profile::Profile,
    rules::{Approval, Effect, Rule, RuleKey, Rules},
    snapshot::Snapshot,
    until,
};
use crate::{
    ids::{ProjectKey, ToolName},
    replies::{Deed, Draft, Offer, error::marked},
};

/// More names than this are counted, not listed.
const LISTED: usize = 12;

/// After `admit`.
pub(super) fn admitted(snapshot: &Snapshot, workspace: &Workspace, did: Option<&Did>) -> Draft {
    let Some(rules) = snapshot.rules(workspace) else { return Draft::default() };
    let words = match did {
        Some(Did::First) => "This workspace is admitted. Everyone here may read.".to_owned(),
        Some(Did::Changed) => {
            format!("This workspace is admitted again, with the rules it had: {}.", rules.list().count())
        }
        _ => return Draft::private("Nothing changed: this workspace is admitted already."),
    };
    let open = snapshot.ground.tools.iter().filter(|facts| !snapshot.ground.settings.forbid.holds(facts));
    let pending: Vec<&ToolName> =
        open.map(|facts| &facts.name).filter(|tool| rules.approval(tool) == Approval::Pending).collect();
    if pending.is_empty() {
        return Draft::private(words);
    }
    let count = tools_counted(pending.len());
    let words = format!("{words} {count} {} waiting for review: {}.", verb(pending.len()), listed(&pending));
    offers(Draft::private(marked(&words)), &pending, "admin policy")
}

/// After `allow` and `deny`. `place` says where, such as `in #eng`.
pub(super) fn ruled(
    snapshot: &Snapshot,
    workspace: &Workspace,
    made: &[Rule],
    place: &[Inline],
    changed: bool,
    now: i64,
) -> Draft {
    let (Some(rules), Some(first)) = (snapshot.rules(workspace), made.first()) else { return Draft::default() };
    let ground = &snapshot.ground;
    let meant = |tool: &ToolName| {
        made.iter().any(|rule| {
            rules
                .named(&rule.key.tools, &ground.tools)
                .is_some_and(|tools| tools.iter().any(|facts| facts.name == *tool))
        })
    };
    let (forbidden, open): (Vec<_>, Vec<_>) =
        ground.tools.iter().filter(|facts| meant(&facts.name)).partition(|facts| ground.settings.forbid.holds(facts));
    let names: Vec<&ToolName> = forbidden.iter().map(|facts| &facts.name).collect();
    if open.is_empty() && first.effect == Effect::Allow {
        let words = format!("The rule is kept, but the owner's configuration forbids {} everywhere.", listed(&names));
        return Draft::private(marked(&words));
    }
    let what = match open.as_slice() {
        [one] => format!("`{}`", one.name),
        several => tools_counted(several.len()),
    };
    let on = first.projects.as_ref().map_or_else(String::new, |projects| {
        format!(" on {}", projects.iter().map(ProjectKey::as_str).collect::<Vec<_>>().join(", "))
    });
    let end = first.until.map_or_else(String::new, |end| format!(" until {}", until::shown(end)));
    let may = match (first.effect, changed) {
        (Effect::Allow, true) => "may now use",
        (Effect::Allow, false) => "may use",
        (Effect::Deny, true) => "may no longer use",
        (Effect::Deny, false) => "may not use",
    };
    let mut content = if changed { Vec::new() } else { vec![Inline::text("Nothing changed: ")] };
    content.push(match (&first.key.profile, changed) {
        (Profile::Everyone, true) => "Everyone".into(),
        (profile, _) => profile.label(),
    });
    content.extend(marked(&format!(" {may} {what}{on} ")));
    content.extend_from_slice(place);
    content.push(format!("{end}.").into());
    if !names.is_empty() {
        content.extend(marked(&format!(" The owner's configuration forbids {}.", listed(&names))));
    }
    if first.effect == Effect::Deny {
        return Draft::private(content);
    }
    let held = |state| {
        let of = |tool: &&ToolName| rules.approval(tool) == state;
        open.iter().map(|facts| &facts.name).filter(of).collect::<Vec<_>>()
    };
    let blocked = held(Approval::Blocked);
    if !blocked.is_empty() {
        content.extend(marked(&format!(" Blocked in this workspace: {}.", listed(&blocked))));
    }
    if let Some(deny) = stronger(snapshot, rules, first, now, &meant) {
        content.extend(marked(&format!(" `{deny}` still wins over this.")));
    }
    let show = match &first.key.channel {
        Some(channel) => format!("admin policy #{channel}"),
        None => "admin policy".to_owned(),
    };
    let draft = Draft::private(content.clone());
    let pending = held(Approval::Pending);
    let lead = match (pending.len(), open.len()) {
        (0, _) => return draft,
        (1, 1) => " It is waiting for review.".to_owned(),
        (all, open) if all == open => format!(" All are waiting for review: {}.", listed(&pending)),
        (some, _) => format!(" {some} of them {} waiting for review: {}.", verb(some), listed(&pending)),
    };
    content.extend(marked(&lead));
    offers(Draft::private(content), &pending, &show)
}

/// Says which rules a new one has replaced, so that nobody loses one unawares.
pub(super) fn replacing(mut draft: Draft, old: &[Rule]) -> Draft {
    if !old.is_empty() {
        let commands: Vec<String> = old.iter().map(|rule| format!("`{rule}`")).collect();
        draft.text = draft.text.paragraph(marked(&format!("This replaces {}.", commands.join(", "))));
    }
    draft
}

/// A rule that denies, and so wins over one that was just made.
fn stronger<'a>(
    snapshot: &Snapshot,
    rules: &'a Rules,
    made: &Rule,
    now: i64,
    meant: &dyn Fn(&ToolName) -> bool,
) -> Option<&'a Rule> {
    rules.list().find(|rule| {
        let same_people = rule.key.profile == Profile::Everyone || rule.key.profile == made.key.profile;
        let same_place = rule.key.channel.is_none() || rule.key.channel == made.key.channel;
        let same_projects = match (&rule.projects, &made.projects) {
            (None, _) | (_, None) => true,
            (Some(denied), Some(allowed)) => !denied.is_disjoint(allowed),
        };
        rule.effect == Effect::Deny
            && rule.holds_at(now)
            && (same_people && same_place && same_projects)
            && rules
                .named(&rule.key.tools, &snapshot.ground.tools)
                .is_some_and(|t| t.iter().any(|facts| meant(&facts.name)))
    })
}

/// After `forget`. `old` are the rules that were there.
pub(super) fn forgotten(snapshot: &Snapshot, workspace: &Workspace, keys: &[RuleKey], old: &[Rule]) -> Draft {
    if !old.is_empty() {
        let rules: Vec<String> = old.iter().map(|rule| format!("`{rule}`")).collect();
        return Draft::private(marked(&format!("Taken back: {}.", rules.join(", "))));
    }
    let near = snapshot.rules(workspace).into_iter().flat_map(Rules::list);
    let near: Vec<String> = near
        .filter(|rule| keys.iter().any(|key| key.tools == rule.key.tools))
        .take(3)
        .map(|rule| format!("`{rule}`"))
        .collect();
    let hint = match near.as_slice() {
        [] => " `jira admin policy` shows what holds.".to_owned(),
        near => format!(" There is {}.", near.join(", ")),
    };
    Draft::private(marked(&format!("Nothing changed: there is no such rule.{hint}")))
}

/// After `approve` and `block`.
pub(super) fn reviewed(
    snapshot: &Snapshot,
    workspace: &Workspace,
    approval: Approval,
    chosen: &[ToolName],
    changed: &[ToolName],
    blocked: &[ToolName],
) -> Draft {
    let Some(rules) = snapshot.rules(workspace) else { return Draft::default() };
    let (done, already) = match approval {
        Approval::Blocked => ("Blocked", "blocked already"),
        _ => ("Approved", "approved already"),
    };
    let mut words = match (changed, chosen) {
        ([], []) => "Nothing changed: nothing is waiting for review.".to_owned(),
        ([], chosen) => {
            format!("Nothing changed: {} {} {already}.", listed(&refs(chosen)), verb(chosen.len()))
        }
        (changed, _) => format!("{done}: {}.", listed(&refs(changed))),
    };
    if approval == Approval::Blocked && !changed.is_empty() {
        words.push_str(" Nobody can use this here, whatever the rules say.");
    }
    if !blocked.is_empty() {
        let verb = if blocked.len() == 1 { "stays" } else { "stay" };
        words.push_str(&format!(" {} {verb} blocked until approved by name.", listed(&refs(blocked))));
    }
    let granted = |tool: &&ToolName| {
        let speaks = |rule: &Rule| {
            let tools = rules.named(&rule.key.tools, &snapshot.ground.tools);
            rule.effect == Effect::Allow && tools.is_some_and(|tools| tools.iter().any(|facts| facts.name == **tool))
        };
        rules.list().any(speaks)
    };
    let idle: Vec<&ToolName> = changed.iter().filter(|tool| !granted(tool)).collect();
    if approval == Approval::Approved
        && let [first, ..] = idle.as_slice()
    {
        words.push_str(&format!(
            " No rule allows {} yet; `jira admin allow {first} for everyone` would.",
            if changed.len() == 1 { "it".to_owned() } else { listed(&idle) },
        ));
    }
    Draft::private(marked(&words))
}

pub(super) fn offers(draft: Draft, pending: &[&ToolName], show: &str) -> Draft {
    let names: Vec<&str> = pending.iter().map(|tool| tool.as_str()).collect();
    let label = if names.len() == 1 { "Approve it" } else { "Approve them" };
    draft
        .offer(Offer::mine(label, Deed::Line(format!("admin approve {}", names.join(" ")))))
        .offer(Offer::mine(if names.len() == 1 { "Show it" } else { "Show them" }, Deed::Line(show.to_owned())))
}

pub(super) fn verb(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn refs(tools: &[ToolName]) -> Vec<&ToolName> {
    tools.iter().collect()
}

pub(super) fn listed(tools: &[&ToolName]) -> String {
    let names: Vec<&str> = tools.iter().take(LISTED).map(|tool| tool.as_str()).collect();
    match tools.len().checked_sub(LISTED) {
        Some(more) if more > 0 => format!("{} and {more} more", names.join(", ")),
        _ => names.join(", "),
    }
}

/// `a`, `b` and `c`, each between backticks.
pub(super) fn and<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<String> = words.into_iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

/// What somebody typed, so that it fits into a sentence.
pub(super) fn harmless(word: &str) -> String {
    word.chars().filter(|c| *c != '`' && !c.is_control()).take(40).collect()
}
