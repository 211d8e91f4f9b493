//! A workspace's own toolsets and profiles: `toolset create triage view find`, `profile create oncall role:@sre`.

use std::collections::BTreeSet;

use usher_chat::{
    Text,
    tree::{Block, Inline},
};

use super::{
    admin::Desk,
    change::{Change, Did, Edit, SetChange},
    commands::{ProfileWords, SetAction, ToolsetWords},
    policy::tools_counted,
    profile::Profile,
    rules::{Approval, Effect, Rule, Rules},
    snapshot::Snapshot,
    toolsets::Toolset,
    words::{self, harmless, listed},
};
use crate::{
    error::Error,
    ids::ToolName,
    replies::{Draft, error::marked},
    store::sets::SetKind,
};

impl Desk<'_> {
    pub(super) async fn toolset(&self, words: &ToolsetWords) -> Result<Option<Draft>, Error> {
        self.set(SetKind::Tools, words.action, words.name.as_deref(), &words.tools).await
    }

    pub(super) async fn profile(&self, words: &ProfileWords) -> Result<Option<Draft>, Error> {
        self.set(SetKind::People, words.action, words.name.as_deref(), &words.people).await
    }

    async fn set(
        &self,
        kind: SetKind,
        action: Option<SetAction>,
        name: Option<&str>,
        members: &[String],
    ) -> Result<Option<Draft>, Error> {
        let edit = match action {
            None => return self.look(|_, rules| Ok(self.list(kind, rules))).await,
            Some(SetAction::Show) => {
                let name = named(kind, "show", name)?;
                return self.look(|snapshot, rules| self.show(kind, &name, snapshot, rules)).await;
            }
            Some(SetAction::Create) => Edit::Create,
            Some(SetAction::Add) => Edit::Add,
            Some(SetAction::Remove) => Edit::Remove,
            Some(SetAction::Delete) => Edit::Delete,
        };
        let name = named(kind, edit.word(), name)?;
        if edit == Edit::Create {
            self.known(&self.governance.snapshot()).free(kind, &name)?;
        }
        let members = self.members(kind, edit, &name, members)?;
        let before = self.governance.snapshot();
        let change = SetChange { kind, name: name.clone(), edit, members };
        let Some((did, snapshot)) = self.commit(vec![Change::Set(change)]).await? else { return Ok(None) };
        let Some(rules) = snapshot.rules(self.workspace) else { return Ok(None) };
        let noun = noun(kind);
        match (did.first(), edit) {
            (Some(Did::There), _) => Err(Error::user_hint(
                format!("There is a {noun} `{name}` already."),
                format!("`jira admin {noun} add {name} …` adds to it."),
            )),
            (Some(Did::Missing), _) => Err(self.no_such(kind, &name, rules)),
            (Some(Did::Emptied), _) => Err(Error::user_hint(
                format!("Nothing would be left in `{name}`."),
                format!("`jira admin {noun} delete {name}` deletes it."),
            )),
            (Some(Did::Used), _) => {
                let rules: Vec<String> = users(kind, &name, rules).map(|rule| format!("`{rule}`")).collect();
                Err(Error::user_hint(
                    format!("`{name}` cannot be deleted while rules name it: {}.", rules.join(", ")),
                    "Take them back first, with `jira admin forget …`.",
                ))
            }
            (Some(Did::Changed), Edit::Delete) => {
                let was = before.rules(self.workspace).map(|rules| self.content(kind, &name, rules));
                let mut content = marked(&format!("Deleted: `{name}`."));
                if let Some(was) = was.filter(|was| !was.is_empty()) {
                    content.push(if kind == SetKind::Tools { " It held ".into() } else { " It was ".into() });
                    content.extend(was);
                    content.push(".".into());
                }
                Ok(Some(Draft::private(content)))
            }
            (did, _) => Ok(Some(self.held(kind, &name, &snapshot, rules, did == Some(&Did::Changed)))),
        }
    }

    /// An answer that changes nothing.
    async fn look(
        &self,
        answer: impl FnOnce(&Snapshot, &Rules) -> Result<Draft, Error>,
    ) -> Result<Option<Draft>, Error> {
        let Some((_, snapshot)) = self.commit(Vec::new()).await? else { return Ok(None) };
        snapshot.rules(self.workspace).map(|rules| answer(&snapshot, rules)).transpose()
    }

    /// What the words name, as it is stored.
    fn members(&self, kind: SetKind, edit: Edit, name: &str, words: &[String]) -> Result<BTreeSet<String>, Error> {
        let words: Vec<&str> = words.iter().flat_map(|word| word.split(',')).filter(|word| !word.is_empty()).collect();
        let noun = noun(kind);
        if edit == Edit::Delete && !words.is_empty() {
            let hint = format!("`jira admin {noun} remove {name} …` takes something out of it.");
            return Err(Error::user_hint(format!("`delete` takes the whole {noun} away."), hint));
        }
        if edit != Edit::Delete && words.is_empty() {
            let (what, example) = match kind {
                SetKind::Tools => ("tools", "view find"),
                SetKind::People => ("people", "role:@sre person:@ada"),
            };
            let hint = format!("Like this: `jira admin {noun} {} {name} {example}`.", edit.word());
            return Err(Error::user_hint(format!("Name the {what} too."), hint));
        }
        let snapshot = self.governance.snapshot();
        let known = self.known(&snapshot);
        words.into_iter().map(|word| known.member(kind, word, edit == Edit::Remove)).collect()
    }

    fn show(&self, kind: SetKind, name: &str, snapshot: &Snapshot, rules: &Rules) -> Result<Draft, Error> {
        let there = match kind {
            SetKind::Tools => rules.toolsets().contains_key(name) || name.parse::<Toolset>().is_ok(),
            SetKind::People => rules.profiles().contains_key(name),
        };
        if there { Ok(self.held(kind, name, snapshot, rules, false)) } else { Err(self.no_such(kind, name, rules)) }
    }

    fn no_such(&self, kind: SetKind, name: &str, rules: &Rules) -> Error {
        let own: Vec<&str> = match kind {
            SetKind::Tools => rules.own_toolsets().collect(),
            SetKind::People => rules.profiles().keys().map(String::as_str).collect(),
        };
        let noun = noun(kind);
        let hint = match own.as_slice() {
            [] => format!("`jira admin {noun} create` makes one."),
            own => format!("There is {}.", words::and(own.iter().copied())),
        };
        Error::user_hint(format!("There is no {noun} `{}` here.", harmless(name)), hint)
    }

    /// What a set holds, and which rules follow it.
    fn held(&self, kind: SetKind, name: &str, snapshot: &Snapshot, rules: &Rules, changed: bool) -> Draft {
        let now = if changed { " now" } else { "" };
        let mut content = match kind {
            SetKind::Tools => {
                let count = tools_counted(self.tools(name, rules).len());
                marked(&format!("`{name}` holds {count}{now}: "))
            }
            SetKind::People => marked(&format!("`{name}` is{now} ")),
        };
        content.extend(self.content(kind, name, rules));
        content.push(".".into());
        let using: Vec<&Rule> = users(kind, name, rules).collect();
        if !using.is_empty() {
            let commands: Vec<String> = using.iter().take(5).map(|rule| format!("`{rule}`")).collect();
            let more = using.len().checked_sub(5).filter(|more| *more > 0);
            let more = more.map_or_else(String::new, |more| format!(" and {more} more"));
            let follow = if using.len() == 1 { "This rule follows it" } else { "These rules follow it" };
            content.extend(marked(&format!(" {follow}: {}{more}.", commands.join(", "))));
        }
        let granted = kind == SetKind::Tools && using.iter().any(|rule| rule.effect == Effect::Allow);
        let tools = rules.named(name, &snapshot.ground.tools).unwrap_or_default();
        let waits = |tool: &&ToolName| rules.approval(tool) == Approval::Pending;
        let open = tools.iter().filter(|facts| !snapshot.ground.settings.forbid.holds(facts));
        let pending: Vec<&ToolName> = open.map(|facts| &facts.name).filter(waits).collect();
        if !granted || pending.is_empty() {
            return Draft::private(content);
        }
        content.extend(marked(&format!(" Waiting for review: {}.", listed(&pending))));
        words::offers(Draft::private(content), &pending, "admin policy")
    }

    /// The members in words.
    fn content(&self, kind: SetKind, name: &str, rules: &Rules) -> Vec<Inline> {
        match kind {
            SetKind::Tools => {
                let names = self.tools(name, rules);
                vec![if names.is_empty() { "nothing".into() } else { names.join(", ").into() }]
            }
            SetKind::People => {
                let mut content = Vec::new();
                for profile in rules.profiles().get(name).into_iter().flatten() {
                    if !content.is_empty() {
                        content.push(", ".into());
                    }
                    content.push(profile.label());
                }
                content
            }
        }
    }

    /// The names in a toolset, in the order of the tools' table. One that this version lacks is kept for the one that
    /// has it.
    fn tools<'a>(&'a self, name: &str, rules: &'a Rules) -> Vec<&'a str> {
        let tools = rules.named(name, &self.ground().tools).unwrap_or_default();
        let mut names: Vec<&str> = tools.iter().map(|facts| facts.name.as_str()).collect();
        let all = rules.toolsets().get(name).into_iter().flatten().map(ToolName::as_str);
        let gone: Vec<&str> = all.filter(|tool| !names.contains(tool)).collect();
        names.extend(gone);
        names
    }

    fn list(&self, kind: SetKind, rules: &Rules) -> Draft {
        let own: Vec<&String> = match kind {
            SetKind::Tools => rules.toolsets().keys().collect(),
            SetKind::People => rules.profiles().keys().collect(),
        };
        let mut text = Text::new();
        if own.is_empty() {
            let (noun, example) = match kind {
                SetKind::Tools => ("toolset", "toolset create triage view find"),
                SetKind::People => ("profile", "profile create oncall role:@sre person:@ada"),
            };
            text = text.paragraph(marked(&format!("No {noun} of your own yet. `jira admin {example}` makes one.")));
        }
        let item = |name: &String| vec![Block::Paragraph(self.item(kind, name, rules))];
        if !own.is_empty() {
            text = text.block(Block::List { start: None, items: own.into_iter().map(item).collect() });
        }
        if kind == SetKind::Tools {
            let built_in = Toolset::ALL.iter().map(|set| set.as_str());
            text = text.paragraph(marked(&format!("Built in: {}.", words::and(built_in))));
        }
        Draft::private(text)
    }

    fn item(&self, kind: SetKind, name: &str, rules: &Rules) -> Vec<Inline> {
        let mut content = marked(&format!("`{name}`"));
        if kind == SetKind::Tools {
            content.push(format!(" ({})", tools_counted(self.tools(name, rules).len())).into());
        }
        content.push(": ".into());
        content.extend(self.content(kind, name, rules));
        content
    }
}

impl Edit {
    fn word(self) -> &'static str {
        match self {
            Self::Create | Self::Become => "create",
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Delete => "delete",
        }
    }
}

/// The rules that name a set.
fn users<'r>(kind: SetKind, name: &'r str, rules: &'r Rules) -> impl Iterator<Item = &'r Rule> {
    rules.list().filter(move |rule| match kind {
        SetKind::Tools => rule.key.tools == name,
        SetKind::People => matches!(&rule.key.profile, Profile::Own(own) if own == name),
    })
}

fn noun(kind: SetKind) -> &'static str {
    match kind {
        SetKind::Tools => "toolset",
        SetKind::People => "profile",
    }
}

fn named(kind: SetKind, action: &str, name: Option<&str>) -> Result<String, Error> {
    let (noun, example) = match kind {
        SetKind::Tools => ("toolset", "triage"),
        SetKind::People => ("profile", "oncall"),
    };
    let hint = format!("Like this: `jira admin {noun} {action} {example} …`.");
    let name = name.ok_or_else(|| Error::user_hint(format!("Name the {noun}."), hint))?;
    Ok(name.to_ascii_lowercase())
}
