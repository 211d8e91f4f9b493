//! Profiles, the sets of people that rules name, and the words for people and channels.

use std::{fmt, str::FromStr};

use usher_chat::{ChannelId, Member, Person, Place, Platform, RoleId, tree::Inline, tree::Mentioned};

use crate::{error::Error, ids::SiteId};

/// What stands before a group of Jira's.
const GROUP: &str = "jira-group:";

/// A set of people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Every member of the workspace.
    Everyone,
    /// Whoever has this role on the platform.
    Role(RoleId),
    /// One person.
    Person(Person),
    /// A role or a person of this name. Only the terminal has these: there an id is a name that people choose, and
    /// `@ada` and `@dev` look alike.
    Named(String),
    /// The workspace's own profile of this name.
    Own(String),
    /// Whoever belongs to this group in Jira.
    JiraGroup(JiraGroup),
}

/// A group of a Jira site: `support@corp`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JiraGroup {
    /// Its name, in lower case: Jira does not tell names apart by it.
    name: String,
    /// On which site.
    pub site: SiteId,
}

impl JiraGroup {
    /// The group of that name.
    pub fn new(name: &str, site: SiteId) -> Self {
        Self { name: name.to_lowercase(), site }
    }
}

impl fmt::Display for JiraGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.site)
    }
}

impl FromStr for JiraGroup {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, site) = text.rsplit_once('@').ok_or(())?;
        if name.trim().is_empty() { Err(()) } else { Ok(Self::new(name.trim(), site.parse().map_err(|_| ())?)) }
    }
}

/// What is known of somebody where they ask.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Membership {
    /// What the platform says.
    pub member: Member,
    /// Of the Jira groups that rules name there, those that the person belongs to.
    pub groups: Vec<JiraGroup>,
}

impl From<Member> for Membership {
    fn from(member: Member) -> Self {
        Self { member, groups: Vec::new() }
    }
}

impl Profile {
    /// Whether somebody who is in the workspace belongs to it.
    pub fn holds(&self, person: &Person, membership: &Membership) -> bool {
        let Membership { member, groups } = membership;
        let has = |id: &str| member.roles.iter().any(|role| role.as_str() == id);
        match self {
            Self::Everyone => true,
            Self::Role(role) => member.roles.contains(role),
            Self::Person(one) => one == person,
            Self::Named(name) => has(name) || (person.platform == Platform::TERMINAL && person.user.as_str() == name),
            Self::JiraGroup(group) => groups.contains(group),
            // Whom it means, only the workspace knows.
            Self::Own(_) => false,
        }
    }

    /// Reads it as somebody typed it in a workspace of `platform`: `everyone`, `@dev`, `role:ID`, `person:ID`, a
    /// platform's raw mention, `@platform:id`, which stands for a mention that the platform resolved, or the name of one
    /// of the workspace's `own` profiles.
    pub(super) fn from_word(word: &str, platform: &Platform, own: &dyn Fn(&str) -> bool) -> Result<Self, Error> {
        sane(word)?;
        let lower = word.to_ascii_lowercase();
        if own(&lower) {
            return Ok(Self::Own(lower));
        }
        if let Some(group) = word.strip_prefix(GROUP) {
            return group.parse().map(Self::JiraGroup).map_err(|()| {
                Error::user_hint(
                    format!("`{word}` names no group of a Jira site."),
                    "Write the group's name and the site, such as `jira-group:support@corp`.",
                )
            });
        }
        let (bare, resolved) = bare(word, platform);
        let person = |id: &str| Self::Person(Person::new(platform.clone(), id));
        if bare.eq_ignore_ascii_case("everyone") {
            return Ok(Self::Everyone);
        }
        if let Some(id) = raw(word, "<@&").or_else(|| after(word, "role:", platform)) {
            return known(id, word, platform).map(|id| Self::Role(RoleId::new(id)));
        }
        if let Some(id) = raw(word, "<@!").or_else(|| raw(word, "<@")).or_else(|| after(word, "person:", platform)) {
            return known(id, word, platform).map(person);
        }
        if bare.is_empty() || bare.starts_with('<') || bare.ends_with(':') {
            return Err(Error::user_hint("That names nobody.", "Write `for everyone`, `for @role` or `for @person`."));
        }
        if *platform == Platform::TERMINAL {
            return Ok(Self::Named(bare.to_owned()));
        }
        if resolved {
            return Ok(person(bare));
        }
        known(bare, word, platform).map(|id| Self::Role(RoleId::new(id)))
    }

    /// The words that [`from_word`](Self::from_word) reads back.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Everyone => "everyone".to_owned(),
            Self::Role(role) => format!("role:{role}"),
            Self::Person(person) => format!("person:{}", person.user),
            Self::Named(name) => format!("@{name}"),
            Self::Own(name) => name.clone(),
            Self::JiraGroup(group) => format!("{GROUP}{group}"),
        }
    }

    /// How it is shown.
    pub fn label(&self) -> Inline {
        match self {
            Self::Everyone => "everyone".into(),
            Self::Role(role) => Inline::Mention { who: Mentioned::Role(role.clone()), name: role.to_string() },
            Self::Person(person) => {
                Inline::Mention { who: Mentioned::Person(person.clone()), name: person.user.to_string() }
            }
            Self::Named(name) => format!("@{name}").into(),
            Self::Own(name) => name.clone().into(),
            Self::JiraGroup(group) => format!("{GROUP}{group}").into(),
        }
    }

    /// How it is stored.
    pub(super) fn stored(&self) -> String {
        self.to_string()
    }

    /// Reads what was stored. `None`: it was written by a later version, or not by this program.
    pub(super) fn from_stored(text: &str) -> Option<Self> {
        match text.split_once(':') {
            None if text == "everyone" => Some(Self::Everyone),
            Some(("role", id)) => Some(Self::Role(RoleId::new(id))),
            Some(("person", id)) => id.parse().ok().map(Self::Person),
            Some(("name", name)) => Some(Self::Named(name.to_owned())),
            Some(("jira-group", group)) => group.parse().ok().map(Self::JiraGroup),
            Some(("own", name)) => Some(Self::Own(name.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => f.write_str("everyone"),
            Self::Role(role) => write!(f, "role:{role}"),
            Self::Person(person) => write!(f, "person:{person}"),
            Self::Named(name) => write!(f, "name:{name}"),
            Self::Own(name) => write!(f, "own:{name}"),
            Self::JiraGroup(group) => write!(f, "{GROUP}{group}"),
        }
    }
}

/// A person as typed: `@ada`, `ada`, `person:ID`, `@platform:id`, or a platform's raw mention.
pub(super) fn person(word: &str, platform: &Platform) -> Result<Person, Error> {
    sane(word)?;
    let id = raw(word, "<@!")
        .or_else(|| raw(word, "<@"))
        .or_else(|| after(word, "person:", platform))
        .unwrap_or_else(|| bare(word, platform).0);
    if id.is_empty() || id.starts_with('<') || word.starts_with("role:") {
        return Err(Error::user_hint(format!("`{word}` is no person."), "Name one person, such as `@ada`."));
    }
    Ok(Person::new(platform.clone(), id))
}

/// A channel as it is shown.
pub(super) fn channel_label(channel: &ChannelId) -> Inline {
    Inline::Mention { who: Mentioned::Channel(channel.clone()), name: channel.to_string() }
}

/// A channel as typed: `here`, `#eng`, `eng`, or a platform's raw mention. A thread's channel is the one it is in.
pub(super) fn channel(word: &str, here: &Place) -> Result<ChannelId, Error> {
    sane(word)?;
    let bare = raw(word, "<#").unwrap_or_else(|| word.strip_prefix('#').unwrap_or(word));
    if word.eq_ignore_ascii_case("here") {
        return here.channel_id().cloned().ok_or_else(|| Error::user("This is no channel."));
    }
    if bare.is_empty() || bare.starts_with('<') {
        return Err(Error::user_hint("That names no channel.", "Write a channel such as `#eng`, or `here`."));
    }
    if *here.platform() == Platform::DISCORD && !bare.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::user_hint(
            format!("I cannot tell which channel `{word}` means."),
            "Choose the channel from the list that appears when you type `#`, or write `here`.",
        ));
    }
    Ok(ChannelId::new(bare))
}

/// The word without its `@`, and without `platform:` where a mention was resolved to an id.
fn bare<'a>(word: &'a str, platform: &Platform) -> (&'a str, bool) {
    let word = word.strip_prefix('@').unwrap_or(word);
    match word.strip_prefix(platform.as_str()).and_then(|rest| rest.strip_prefix(':')) {
        Some(id) => (id, true),
        None => (word, false),
    }
}

/// No platform's id or name is longer, or holds what would break out of the words of a reply.
fn sane(word: &str) -> Result<(), Error> {
    let odd = |c: char| c.is_control() || matches!(c, '`' | '"' | ',');
    if word.chars().count() > 100 || word.contains(odd) {
        return Err(Error::user("That is no name of a person, a role or a channel."));
    }
    Ok(())
}

fn raw<'a>(word: &'a str, open: &str) -> Option<&'a str> {
    let id = word.strip_prefix(open)?.strip_suffix('>')?;
    (!id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())).then_some(id)
}

/// What follows `role:` or `person:`: an id, a name, or a mention.
fn after<'a>(word: &'a str, prefix: &str, platform: &Platform) -> Option<&'a str> {
    let rest = word.strip_prefix(prefix)?;
    let id = ["<@&", "<@!", "<@"].iter().find_map(|open| raw(rest, open));
    Some(id.unwrap_or_else(|| bare(rest, platform).0)).filter(|id| !id.is_empty())
}

/// Discord's ids are numbers; a name alone cannot be found there.
fn known<'a>(id: &'a str, word: &str, platform: &Platform) -> Result<&'a str, Error> {
    if *platform == Platform::DISCORD && !id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Error::user_hint(
            format!("I cannot tell whom `{word}` means."),
            "Choose the role or the person from the list that appears when you type `@`.",
        ));
    }
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_stored_forms_read_back() {
        for (word, platform, stored) in [
            ("everyone", Platform::DISCORD, "everyone"),
            ("@everyone", Platform::TERMINAL, "everyone"),
            ("<@&12>", Platform::DISCORD, "role:12"),
            ("<@!12>", Platform::DISCORD, "person:discord:12"),
            ("<@12>", Platform::DISCORD, "person:discord:12"),
            ("role:@dev", Platform::TERMINAL, "role:dev"),
            ("person:@ada", Platform::TERMINAL, "person:terminal:ada"),
            ("@dev", Platform::TERMINAL, "name:dev"),
            ("administrators", Platform::TELEGRAM, "role:administrators"),
            ("@telegram:12", Platform::TELEGRAM, "person:telegram:12"),
            ("@terminal:dev", Platform::TERMINAL, "name:dev"),
            ("@terminal:everyone", Platform::TERMINAL, "everyone"),
            ("person:@terminal:ada", Platform::TERMINAL, "person:terminal:ada"),
            ("person:<@12>", Platform::DISCORD, "person:discord:12"),
            ("role:<@&12>", Platform::DISCORD, "role:12"),
            ("OnCall", Platform::DISCORD, "own:oncall"),
            ("jira-group:Jira Users@corp", Platform::DISCORD, "jira-group:jira users@corp"),
            ("jira-group:a@b@corp", Platform::TERMINAL, "jira-group:a@b@corp"),
        ] {
            let own = |name: &str| name == "oncall";
            let profile = Profile::from_word(word, &platform, &own).unwrap();
            assert_eq!(profile.stored(), stored);
            assert_eq!(Profile::from_stored(stored), Some(profile.clone()));
            let again = Profile::from_word(&profile.word(), &platform, &own).unwrap();
            let person = Person::new(platform.clone(), "ada");
            let member = Member { present: true, admin: false, roles: vec![RoleId::new("dev"), RoleId::new("12")] };
            let groups = vec!["jira users@corp".parse().unwrap()];
            let member = Membership { member, groups };
            assert_eq!(again.holds(&person, &member), profile.holds(&person, &member), "{word}");
        }
        for bad in
            ["", "@", "role:", "@support", "role:support", "person:ada", "oncall", "jira-group:x", "jira-group:@corp"]
        {
            assert!(Profile::from_word(bad, &Platform::DISCORD, &|_| false).is_err(), "{bad}: a name is no id there");
        }
        assert_eq!(Profile::from_stored("jira-group:x"), None);
        assert_eq!(Profile::from_stored("team:x"), None);
    }

    #[test]
    fn people_are_read_as_mentions_and_as_names() {
        for (word, platform, id) in [
            ("@ada", Platform::TERMINAL, "ada"),
            ("ada", Platform::TERMINAL, "ada"),
            ("@terminal:ada", Platform::TERMINAL, "ada"),
            ("person:12", Platform::TELEGRAM, "12"),
            ("<@!12>", Platform::DISCORD, "12"),
            ("@discord:12", Platform::DISCORD, "12"),
        ] {
            assert_eq!(person(word, &platform).unwrap().user.as_str(), id);
        }
        for bad in ["", "@", "<@&12>", "role:dev"] {
            assert!(person(bad, &Platform::DISCORD).is_err(), "{bad}");
        }
    }

    #[test]
    fn outside_the_terminal_a_name_never_means_a_person() {
        let named = Profile::Named("7".into());
        assert!(!named.holds(&Person::new(Platform::DISCORD, "7"), &Membership::default()));
        assert!(named.holds(&Person::new(Platform::TERMINAL, "7"), &Membership::default()));
    }

    #[test]
    fn here_is_the_channel_of_the_thread() {
        let home = usher_chat::Workspace::new(Platform::TERMINAL, "home");
        let place =
            Place::Channel { workspace: home, channel: "eng".into(), thread: Some(usher_chat::ThreadId::new("t")) };
        for word in ["here", "eng", "#eng"] {
            assert_eq!(channel(word, &place).unwrap().as_str(), "eng");
        }
        assert!(channel("#", &place).is_err());
        assert!(channel("here", &Place::direct(Platform::TERMINAL)).is_err());
    }
}
