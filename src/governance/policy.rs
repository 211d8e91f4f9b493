//! The policy as people see it: a table of tools and profiles.

use std::collections::BTreeSet;

use usher_chat::{
    ChannelId, Text, Workspace,
    tree::{Block, Cell, Inline, Row},
};

use super::{
    decide::{reach, stopping},
    profile::{Profile, channel_label},
    rules::{Approval, Effect, Rule, Rules},
    snapshot::Snapshot,
    toolsets::ToolFacts,
    until,
};
use crate::{
    ids::{ProjectKey, ProjectScope},
    replies::{Step, error::marked},
};

/// The effective policy of a channel, or of the workspace outside the channels that have rules of their own.
pub(super) fn table(
    snapshot: &Snapshot,
    workspace: &Workspace,
    channel: Option<&ChannelId>,
    title: Inline,
    now: i64,
) -> Text {
    let Some(rules) = snapshot.rules(workspace) else { return Text::new() };
    let profiles = profiles(rules, channel, now);
    // Tools that everyone here sees alike share a row, the one of the first of them.
    let mut rows: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for tool in snapshot.ground.tools.iter() {
        let cells: Vec<String> =
            profiles.iter().map(|profile| cell(snapshot, workspace, rules, channel, tool, profile, now)).collect();
        match rows.iter_mut().find(|(same, _)| *same == cells) {
            Some((_, names)) => names.push(tool.name.as_str()),
            None => rows.push((cells, vec![tool.name.as_str()])),
        }
    }
    let count = snapshot.ground.tools.iter().count();
    let head = std::iter::once(header(vec![title, format!(" ({})", tools_counted(count)).into()]))
        .chain(profiles.iter().map(|profile| header(vec![profile.label()])));
    let body = rows.into_iter().map(|(cells, names)| Row {
        cells: std::iter::once(plain(names.join(" "))).chain(cells.into_iter().map(plain)).collect(),
    });
    let mut text =
        Text::new().block(Block::Table { rows: std::iter::once(Row { cells: head.collect() }).chain(body).collect() });
    for (flag, words) in FLAGGED {
        let flagged = snapshot.ground.tools.iter().filter(|tool| tool.flags.has(flag)).map(|tool| tool.name.as_str());
        let flagged: Vec<&str> = flagged.collect();
        if !flagged.is_empty() {
            text = text.paragraph(marked(&format!("{words}: {}.", flagged.join(", "))));
        }
    }
    if channel.is_none() {
        let own: BTreeSet<&ChannelId> = rules.list().filter_map(|rule| rule.key.channel.as_ref()).collect();
        if !own.is_empty() {
            let mut words = vec![Inline::text("Channels with rules of their own: ")];
            for (index, channel) in own.into_iter().enumerate() {
                words.extend((index > 0).then(|| Inline::text(", ")));
                words.push(channel_label(channel));
            }
            words.extend(marked(". `jira admin policy #channel` shows them."));
            text = text.paragraph(words);
        }
    }
    text
}

/// What the flags mean.
pub(super) const FLAGGED: [(&str, &str); 3] = [
    ("bulk", "Touches many issues at once"),
    ("egress", "Carries something out of Jira"),
    ("customer-visible", "Customers may see what it writes"),
];

/// `1 tool`, `12 tools`.
pub(super) fn tools_counted(count: usize) -> String {
    if count == 1 { "1 tool".to_owned() } else { format!("{count} tools") }
}

fn header(content: Vec<Inline>) -> Cell {
    Cell { header: true, content: vec![Block::Paragraph(content)] }
}

fn plain(text: String) -> Cell {
    Cell { header: false, content: Text::plain(text).0 }
}

/// Everyone, and whoever else a rule names here.
fn profiles(rules: &Rules, channel: Option<&ChannelId>, now: i64) -> Vec<Profile> {
    let here = rules
        .list()
        .filter(|rule| rule.holds_at(now) && rule.key.channel.as_ref().is_none_or(|own| Some(own) == channel));
    let named: BTreeSet<Profile> = here.map(|rule| rule.key.profile.clone()).collect();
    let others = named.into_iter().filter(|profile| *profile != Profile::Everyone);
    std::iter::once(Profile::Everyone).chain(others).collect()
}

/// What a tool is to a profile: to somebody who is in it, and in nothing else but everyone.
fn cell(
    snapshot: &Snapshot,
    workspace: &Workspace,
    rules: &Rules,
    channel: Option<&ChannelId>,
    tool: &ToolFacts,
    profile: &Profile,
    now: i64,
) -> String {
    if snapshot.ground.settings.forbid.holds(tool) {
        return "forbidden".to_owned();
    }
    if stopping(snapshot, &workspace.platform, Some(workspace), Some(&tool.name), None).is_some() {
        return "stopped".to_owned();
    }
    match rules.approval(&tool.name) {
        Approval::Blocked => return "blocked".to_owned(),
        Approval::Pending => return "waits".to_owned(),
        Approval::Approved => {}
    }
    let matching: Vec<&Rule> = rules
        .about(channel, &tool.name)
        .filter(|rule| rule.holds_at(now) && (rule.key.profile == Profile::Everyone || rule.key.profile == *profile))
        .collect();
    let words = match reach(matching.iter().copied()) {
        Err(denial) if denial.step == Step::Denied => return "no".to_owned(),
        Err(_) => return "-".to_owned(),
        Ok(granted) => scope_words(&granted.scope),
    };
    let ends = matching.iter().filter(|rule| rule.effect == Effect::Allow).map(|rule| rule.until);
    match ends.reduce(|one, other| one.zip(other).map(|(one, other)| one.max(other))).flatten() {
        Some(end) => format!("{words} until {}", until::shown(end)),
        None => words,
    }
}

fn scope_words(scope: &ProjectScope) -> String {
    let list = |projects: &BTreeSet<ProjectKey>| projects.iter().map(ProjectKey::as_str).collect::<Vec<_>>().join(", ");
    match &scope.only {
        Some(only) => list(only),
        None if scope.except.is_empty() => "yes".to_owned(),
        None => format!("all but {}", list(&scope.except)),
    }
}
