//! The policy as a file: for review, for version control, and to put in force as a whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    ops::Range,
};

use jiff::Timestamp;
use serde::Deserialize;
use toml::Spanned;
use usher_chat::{Place, Workspace};

use super::{
    commands::AdminCommand,
    profile::Profile,
    reading::Known,
    rules::{Approval, Effect, Rule, Rules},
    snapshot::{Ground, Snapshot},
};
use crate::{error::Error, ids::ToolName, store::sets::SetKind};

/// Something in the file that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, counted from 1.
    pub line: usize,
    /// What is wrong and what to do, in sentences.
    pub words: String,
}

/// What the file wants of one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) workspace: Workspace,
    pub(super) reviews: BTreeMap<ToolName, Approval>,
    /// The tools that take two people.
    pub(super) pairs: BTreeSet<ToolName>,
    pub(super) toolsets: BTreeMap<String, BTreeSet<ToolName>>,
    pub(super) profiles: BTreeMap<String, BTreeSet<Profile>>,
    pub(super) rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    workspace: Vec<RawWorkspace>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWorkspace {
    id: Spanned<String>,
    #[serde(default)]
    approved: Vec<Spanned<String>>,
    #[serde(default)]
    blocked: Vec<Spanned<String>>,
    #[serde(default)]
    two_person: Vec<Spanned<String>>,
    #[serde(default)]
    rules: Vec<Spanned<String>>,
    #[serde(default)]
    toolsets: BTreeMap<String, Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    profiles: BTreeMap<String, Spanned<Vec<Spanned<String>>>>,
}

/// The policy of the admitted workspaces, or of one of them, as it stands at `now`. Rules that have ended are left out.
pub(super) fn write(snapshot: &Snapshot, only: Option<&Workspace>, now: Timestamp) -> String {
    let mut out = String::from(
        "# Who may use what. `usher policy diff` shows what would change, `usher policy import` puts this in force.\n\
         # A workspace that is not named here stays as it is; in one that is, what is not named goes.\n",
    );
    let all = snapshot.admitted().filter(|(workspace, _)| only.is_none_or(|only| only == *workspace));
    let mut all: Vec<(&Workspace, &Rules)> = all.collect();
    all.sort_by_key(|(workspace, _)| workspace.to_string());
    for (workspace, rules) in all {
        let _ = write_workspace(&mut out, snapshot, workspace, rules, now);
    }
    out
}

fn write_workspace(
    out: &mut String,
    snapshot: &Snapshot,
    workspace: &Workspace,
    rules: &Rules,
    now: Timestamp,
) -> std::fmt::Result {
    let reviewed = |state| {
        let of =
            snapshot.ground.tools.iter().map(|facts| &facts.name).filter(move |tool| rules.approval(tool) == state);
        of.map(|tool| quoted(tool.as_str())).collect::<Vec<_>>().join(", ")
    };
    writeln!(out, "\n[[workspace]]\nid       = {}", quoted(&workspace.to_string()))?;
    writeln!(out, "approved = [{}]", reviewed(Approval::Approved))?;
    writeln!(out, "blocked  = [{}]", reviewed(Approval::Blocked))?;
    if !rules.pairs().is_empty() {
        let pairs: Vec<String> = rules.pairs().iter().map(|tool| quoted(tool.as_str())).collect();
        writeln!(out, "two_person = [{}]", pairs.join(", "))?;
    }
    writeln!(out, "rules    = [")?;
    let mut lines: Vec<String> =
        rules.list().filter(|rule| rule.holds_at(now.as_second())).map(ToString::to_string).collect();
    lines.sort();
    for line in lines {
        writeln!(out, "    {},", quoted(&line))?;
    }
    writeln!(out, "]")?;
    if !rules.toolsets().is_empty() {
        writeln!(out, "[workspace.toolsets]")?;
    }
    for (name, set) in rules.toolsets() {
        let tools: Vec<String> = set.iter().map(|tool| quoted(tool.as_str())).collect();
        writeln!(out, "{name} = [{}]", tools.join(", "))?;
    }
    if !rules.profiles().is_empty() {
        writeln!(out, "[workspace.profiles]")?;
    }
    for (name, set) in rules.profiles() {
        let people: Vec<String> = set.iter().map(|profile| quoted(&profile.word())).collect();
        writeln!(out, "{name} = [{}]", people.join(", "))?;
    }
    Ok(())
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Reads a file against what there is. Either all of it is sound, or all that is wrong with it comes back.
pub(super) fn read(
    text: &str,
    snapshot: &Snapshot,
    ground: &Ground,
    now: Timestamp,
) -> Result<Vec<Wanted>, Vec<Fault>> {
    let raw: RawFile = toml::from_str(text).map_err(|error| {
        let line = error.span().map_or(1, |span| line_of(text, &span));
        vec![Fault { line, words: format!("{}.", error.message().trim_end_matches('.')) }]
    })?;
    let mut reader = FileReader { text, snapshot, ground, now, faults: Vec::new(), seen: BTreeSet::new() };
    let wanted: Vec<Wanted> = raw.workspace.iter().filter_map(|raw| reader.workspace(raw)).collect();
    if reader.faults.is_empty() {
        return Ok(wanted);
    }
    reader.faults.sort_by_key(|fault| fault.line);
    Err(reader.faults)
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1
}

struct FileReader<'a> {
    text: &'a str,
    snapshot: &'a Snapshot,
    ground: &'a Ground,
    now: Timestamp,
    faults: Vec<Fault>,
    seen: BTreeSet<String>,
}

impl FileReader<'_> {
    fn fault(&mut self, span: Range<usize>, error: Error) {
        let words = match error {
            Error::User { message, hint } => format!("{message} {}", hint.unwrap_or_default()).trim_end().to_owned(),
            other => other.to_string(),
        };
        self.faults.push(Fault { line: line_of(self.text, &span), words });
    }

    fn workspace(&mut self, raw: &RawWorkspace) -> Option<Wanted> {
        let id = raw.id.get_ref();
        let Ok(workspace) = id.parse::<Workspace>() else {
            let hint = "Write its platform and its id, such as `discord:1234`.";
            self.fault(raw.id.span(), Error::user_hint(format!("`{id}` is no workspace."), hint));
            return None;
        };
        if self.snapshot.rules(&workspace).is_none() {
            let hint = "`jira admin admit` there, or `workspaces` in the configuration, admits it.";
            self.fault(raw.id.span(), Error::user_hint(format!("`{id}` is not admitted."), hint));
            return None;
        }
        if !self.seen.insert(id.clone()) {
            self.fault(raw.id.span(), Error::user(format!("`{id}` stands here twice.")));
            return None;
        }
        let here = Place::channel(workspace.clone(), "");
        let bare = Known { ground: self.ground, here: &here, toolsets: None, profiles: None, now: self.now };
        let mut wanted = Wanted {
            reviews: self.reviews(raw, &bare),
            pairs: self.pairs(raw, &bare),
            toolsets: BTreeMap::new(),
            profiles: BTreeMap::new(),
            rules: Vec::new(),
            workspace,
        };
        for (name, members) in &raw.toolsets {
            let tools = self.set(SetKind::Tools, name, members, &bare);
            wanted.toolsets.insert(name.clone(), tools.iter().filter_map(|tool| tool.parse().ok()).collect());
        }
        for (name, members) in &raw.profiles {
            let people = self.set(SetKind::People, name, members, &bare);
            let people = people.iter().filter_map(|profile| Profile::from_stored(profile)).collect();
            wanted.profiles.insert(name.clone(), people);
        }
        let known = Known { toolsets: Some(&wanted.toolsets), profiles: Some(&wanted.profiles), ..bare };
        for line in &raw.rules {
            match rules(line.get_ref(), &known) {
                Err(error) => self.fault(line.span(), error),
                Ok(made) => {
                    for rule in made {
                        if wanted.rules.iter().any(|other| other.key == rule.key) {
                            let words = format!("Another rule has the same tools, place and people as `{rule}`.");
                            self.fault(line.span(), Error::user(words));
                        }
                        wanted.rules.push(rule);
                    }
                }
            }
        }
        Some(wanted)
    }

    /// What becomes of each tool of this version. What stands in neither list waits.
    fn reviews(&mut self, raw: &RawWorkspace, known: &Known<'_>) -> BTreeMap<ToolName, Approval> {
        let tools = self.ground.tools.iter().map(|facts| (facts.name.clone(), Approval::Pending));
        let mut reviews: BTreeMap<ToolName, Approval> = tools.collect();
        for (list, state) in [(&raw.approved, Approval::Approved), (&raw.blocked, Approval::Blocked)] {
            for word in list {
                if let Err(error) = known.member(SetKind::Tools, word.get_ref(), false) {
                    self.fault(word.span(), error);
                    continue;
                }
                let tool = word.get_ref().to_ascii_lowercase();
                match tool.parse().ok().and_then(|tool: ToolName| reviews.get_mut(&tool)) {
                    None => {}
                    Some(before) if *before != Approval::Pending => {
                        let words = format!("`{}` was named before.", word.get_ref());
                        self.fault(word.span(), Error::user_hint(words, "Name each tool once."));
                    }
                    Some(before) => *before = state,
                }
            }
        }
        reviews
    }

    /// The tools that take two people.
    fn pairs(&mut self, raw: &RawWorkspace, known: &Known<'_>) -> BTreeSet<ToolName> {
        let mut pairs = BTreeSet::new();
        for word in &raw.two_person {
            match known.member(SetKind::Tools, word.get_ref(), false) {
                Ok(tool) => pairs.extend(tool.parse::<ToolName>()),
                Err(error) => self.fault(word.span(), error),
            }
        }
        pairs
    }

    fn set(
        &mut self,
        kind: SetKind,
        name: &str,
        members: &Spanned<Vec<Spanned<String>>>,
        known: &Known<'_>,
    ) -> BTreeSet<String> {
        if let Err(error) = known.free(kind, name) {
            self.fault(members.span(), error);
        }
        if members.get_ref().is_empty() {
            self.fault(members.span(), Error::user_hint(format!("`{name}` holds nothing."), "Leave it out."));
        }
        let mut stored = BTreeSet::new();
        for word in members.get_ref() {
            match known.member(kind, word.get_ref(), false) {
                Ok(member) => drop(stored.insert(member)),
                Err(error) => self.fault(word.span(), error),
            }
        }
        stored
    }
}

/// The rules of a line, which is written as in chat: `allow reader in #eng for @dev on WEB`.
fn rules(line: &str, known: &Known<'_>) -> Result<Vec<Rule>, Error> {
    let bad = || {
        let hint = "Write it as in chat, such as `allow reader in #eng for role:dev on WEB`.";
        Error::user_hint(format!("`{}` is no rule.", line.replace('`', "")), hint)
    };
    match AdminCommand::parse(&words(line)) {
        Ok(AdminCommand::Allow(words)) => known.rules(Effect::Allow, &words),
        Ok(AdminCommand::Deny(words)) => known.rules(Effect::Deny, &words),
        _ => Err(bad()),
    }
}

/// The words of a line. One in double quotes may hold spaces.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('"').and_then(|inside| inside.split_once('"'));
        let (word, after) = match quoted {
            Some((word, after)) => (word, after),
            None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}
