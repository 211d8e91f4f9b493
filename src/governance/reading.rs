//! What the words of a rule mean in a workspace, whether they were typed or stand in a file.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use usher_chat::Place;

use super::{
    commands::{KeyWords, RuleWords, SMALL_WORDS},
    profile::{self, Profile},
    rules::{Effect, Rule, RuleKey, Rules},
    snapshot::{Ground, Snapshot},
    toolsets::Toolset,
    until,
    words::{and, harmless},
};
use crate::{
    error::Error,
    ids::{ProjectKey, SiteId, ToolName},
    store::sets::SetKind,
};

/// The longest name of a set.
const LONGEST: usize = 40;

/// Words that mean something else where a set's name would stand.
const TAKEN: [&str; 6] = ["all", "none", "everyone", "everything", "here", "administrators"];

/// What there is to be named.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) ground: &'a Ground,
    pub(super) here: &'a Place,
    pub(super) toolsets: Option<&'a BTreeMap<String, BTreeSet<ToolName>>>,
    pub(super) profiles: Option<&'a BTreeMap<String, BTreeSet<Profile>>>,
    pub(super) now: Timestamp,
}

impl<'a> Known<'a> {
    /// What there is in the workspace of a place.
    pub(super) fn at(snapshot: &'a Snapshot, ground: &'a Ground, here: &'a Place, now: Timestamp) -> Self {
        let rules = here.workspace().and_then(|workspace| snapshot.rules(workspace));
        Self { ground, here, toolsets: rules.map(Rules::toolsets), profiles: rules.map(Rules::profiles), now }
    }

    /// The rules that the words make, one for each tool or toolset.
    pub(super) fn rules(&self, effect: Effect, words: &RuleWords) -> Result<Vec<Rule>, Error> {
        let keys = self.keys(&words.key)?;
        let projects = words.projects.as_deref().map(projects).transpose()?;
        let until = words.until.as_deref().map(|word| until::parse(word, self.now)).transpose()?;
        Ok(keys.into_iter().map(|key| Rule { key, effect, projects: projects.clone(), until }).collect())
    }

    /// The keys that the words name, one for each tool or toolset.
    pub(super) fn keys(&self, words: &KeyWords) -> Result<Vec<RuleKey>, Error> {
        let profile = words.profile.as_deref().map_or(Ok(Profile::Everyone), |word| self.profile(word))?;
        let channel = words.place.as_deref().map(|word| profile::channel(word, self.here)).transpose()?;
        let mut keys: Vec<RuleKey> = Vec::new();
        for word in words.tools.iter().flat_map(|word| word.split(',')).filter(|word| !word.is_empty()) {
            let tools = word.to_ascii_lowercase();
            if !self.own(&tools) && self.ground.tools.named(&tools).is_none() {
                return Err(self.unknown(&tools));
            }
            let key = RuleKey { tools, profile: profile.clone(), channel: channel.clone() };
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        if keys.is_empty() { Err(Error::user("That names no tool.")) } else { Ok(keys) }
    }

    fn profile(&self, word: &str) -> Result<Profile, Error> {
        let own = |name: &str| self.profiles.is_some_and(|profiles| profiles.contains_key(name));
        let profile = Profile::from_word(word, self.here.platform(), &own)?;
        self.known_site(&profile)?;
        Ok(profile)
    }

    /// Whether the workspace has a toolset of this name.
    fn own(&self, name: &str) -> bool {
        self.toolsets.is_some_and(|sets| sets.contains_key(name))
    }

    /// A group on a site that is not there would have no members, ever.
    fn known_site(&self, profile: &Profile) -> Result<(), Error> {
        let sites = &self.ground.settings.sites;
        match profile {
            Profile::JiraGroup(group) if !sites.contains(&group.site) => Err(Error::user_hint(
                format!("I don't know the site `{}`.", group.site),
                format!("I know {}.", and(sites.iter().map(SiteId::as_str))),
            )),
            _ => Ok(()),
        }
    }

    /// The words for a name that is neither a tool nor a toolset.
    pub(super) fn unknown(&self, word: &str) -> Error {
        let message = format!("I don't know a tool or toolset `{}`.", harmless(word));
        let own: Vec<&str> = self.toolsets.into_iter().flat_map(|sets| sets.keys().map(String::as_str)).collect();
        match self.ground.tools.nearest(word, &own) {
            Some(near) => Error::user_hint(message, format!("Did you mean `{near}`?")),
            None => {
                let sets = Toolset::ALL.iter().map(|set| set.as_str()).chain(own);
                Error::user_hint(message, format!("The toolsets are {}.", and(sets)))
            }
        }
    }

    /// Whether a new set may have this name.
    pub(super) fn free(&self, kind: SetKind, name: &str) -> Result<(), Error> {
        let sound = name.len() <= LONGEST
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if !sound {
            let hint = "Use a letter, then letters, digits and `-`, at most 40 in all.";
            return Err(Error::user_hint(format!("`{}` cannot be a name.", harmless(name)), hint));
        }
        let taken = if TAKEN.contains(&name) || SMALL_WORDS.contains(&name) {
            "has a meaning of its own"
        } else if kind == SetKind::Tools && name.parse::<Toolset>().is_ok() {
            "is built in"
        } else if kind == SetKind::Tools && self.ground.tools.named(name).is_some() {
            "is a tool"
        } else {
            return Ok(());
        };
        Err(Error::user_hint(format!("`{name}` {taken}."), "Choose another name."))
    }

    /// A member of a set, as it is stored. One that goes need not be known any more.
    pub(super) fn member(&self, kind: SetKind, word: &str, goes: bool) -> Result<String, Error> {
        match kind {
            SetKind::Tools => {
                let name = word.to_ascii_lowercase();
                match name.parse::<ToolName>() {
                    Ok(tool) if goes || self.ground.tools.get(&tool).is_some() => Ok(name),
                    _ if self.own(&name) || name.parse::<Toolset>().is_ok() => {
                        Err(Error::user_hint(format!("`{name}` is a toolset."), "Name the tools one by one."))
                    }
                    _ => Err(self.unknown(&name)),
                }
            }
            SetKind::People => match Profile::from_word(word, self.here.platform(), &|_| false)? {
                Profile::Everyone => Err(Error::user_hint(
                    "Everyone is everyone already.",
                    "Name roles and people, such as `role:@sre person:@ada`.",
                )),
                profile => {
                    self.known_site(&profile)?;
                    Ok(profile.stored())
                }
            },
        }
    }
}

/// Projects with commas between.
pub(super) fn projects(word: &str) -> Result<BTreeSet<ProjectKey>, Error> {
    let mut projects = BTreeSet::new();
    for word in word.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        let project = word.parse().map_err(|_| {
            let message = format!("`{}` is no project key.", harmless(word));
            Error::user_hint(message, "Write keys such as `DEMO`, with commas between.")
        })?;
        projects.insert(project);
    }
    if projects.is_empty() { Err(Error::user("That names no project.")) } else { Ok(projects) }
}
