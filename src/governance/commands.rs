//! The admin commands: their grammar and their help. The doc comments here are what people read.

use clap::{Args, Parser, Subcommand, ValueEnum};
use usher_chat::Person;

use super::profile;
use crate::{error::Error, ids::Asker};

/// The small words that stand for options in admin commands.
pub const SMALL_WORDS: [&str; 6] = ["in", "for", "on", "until", "since", "last"];

/// What administrators and owners can do.
#[derive(Debug, Clone, PartialEq, Eq, Subcommand)]
#[command(disable_help_subcommand = true)]
pub enum AdminCommand {
    /// Admit this workspace. From then on people can work here. Owners only.
    Admit,
    /// Dismiss this workspace. Nothing works here until it is admitted again; its rules are kept. Owners only.
    Dismiss,
    /// Let people use tools: `allow contributor in #eng for @support on DEMO,WEB until friday`.
    Allow(RuleWords),
    /// Keep people from using tools. A rule that denies wins over every rule that allows.
    Deny(RuleWords),
    /// Take a rule back, whether it allows or denies.
    Forget(KeyWords),
    /// Approve tools for this workspace, so that rules can allow them.
    Approve(ToolWords),
    /// Block tools in this workspace, whatever the rules say.
    Block(ToolWords),
    /// Stop tools in this workspace at once, whatever the rules say: `stop delete`, `stop everything`. Without words: list
    /// what is stopped.
    Stop(StopWords),
    /// Start what was stopped: `go delete`. What an owner stopped, only an owner starts.
    Go(StopWords),
    /// Make toolsets of your own: `toolset create triage view find`, then `add`, `remove`, `delete` or `show`. Rules that
    /// name a toolset follow it at once. Without words: list them.
    Toolset(ToolsetWords),
    /// Make profiles of your own: `profile create oncall role:@sre person:@ada`, then `add`, `remove`, `delete` or
    /// `show`. A rule names one with `for oncall`. Without words: list them.
    Profile(ProfileWords),
    /// Show what was decided and changed here: `audit refused for @ada in #eng since 3d`.
    Audit(AuditWords),
    /// Say where admins hear of requests and news: `notices here`, `notices off`.
    Notices(NoticesWords),
    /// Let a tool take two people: `two-person delete`. Somebody else, of the profile `approver`, has to agree each time.
    /// `two-person off delete` ends it. Without words: list them.
    TwoPerson(PairWords),
    /// Say which Jira site and project are meant in a channel where none is named: `default acme DEMO`, `default off`.
    /// Without words: say what is meant.
    Default(DefaultWords),
    /// Show who may use what, in a channel or in the whole workspace.
    Policy(PolicyWords),
    /// Say whether somebody may use a tool, why, and what would change it: `explain @linus delete in #general`.
    Explain(ExplainWords),
}

/// The words of `allow` and `deny`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct RuleWords {
    #[command(flatten)]
    /// What the rule is about.
    pub key: KeyWords,
    /// The projects, with commas between. Answers about projects named here are shown to everyone in the channel.
    /// Without it: all projects, and answers stay private.
    #[arg(long = "on", value_name = "PROJECTS")]
    pub projects: Option<String>,
    /// When the rule ends: a day such as `friday` or `2027-03-31`, or a time from now such as `3d` or `12h`.
    #[arg(long = "until", value_name = "WHEN")]
    pub until: Option<String>,
}

/// The words that name a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct KeyWords {
    /// Tools, or toolsets: `reader`, `contributor`, `manager`, `read-only`, `all-approved`, or your own.
    #[arg(required = true, value_name = "TOOL")]
    pub tools: Vec<String>,
    /// The channel, such as `#eng` or `here`. Without it: the whole workspace.
    #[arg(long = "in", value_name = "CHANNEL")]
    pub place: Option<String>,
    /// For whom: `everyone`, `@role`, `@person`, `jira-group:support@corp` or a profile of your own. Without it: everyone.
    #[arg(long = "for", value_name = "WHO")]
    pub profile: Option<String>,
}

/// The words of `approve` and `block`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ToolWords {
    /// Tools, toolsets, or `all`.
    #[arg(required = true, value_name = "TOOL")]
    pub tools: Vec<String>,
}

/// The words of `stop` and `go`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct StopWords {
    /// Tools, toolsets, or `everything`.
    #[arg(value_name = "TOOL")]
    pub tools: Vec<String>,
}

/// The words of `notices`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct NoticesWords {
    /// The channel, such as `#ops` or `here`; `off` for messages to admins alone. Without it: say where they go.
    #[arg(value_name = "CHANNEL")]
    pub channel: Option<String>,
}

/// The words of `two-person`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct PairWords {
    /// Tools, one by one; `off` before them lets one person do again.
    #[arg(value_name = "TOOL")]
    pub tools: Vec<String>,
}

/// The words of `default`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct DefaultWords {
    /// A site, a project or both; `off` for neither.
    #[arg(value_name = "SITE PROJECT")]
    pub words: Vec<String>,
    /// The channel, such as `#eng`. Without it: this one.
    #[arg(long = "in", value_name = "CHANNEL")]
    pub place: Option<String>,
}

/// What to do with a toolset or a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SetAction {
    /// Make it.
    Create,
    /// Put something in.
    Add,
    /// Take something out.
    Remove,
    /// Take it away.
    Delete,
    /// Show what it holds and which rules name it.
    Show,
}

/// The words of `toolset`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ToolsetWords {
    /// What to do: `create`, `add`, `remove`, `delete` or `show`. Without it: list them.
    #[arg(value_name = "ACTION", ignore_case = true)]
    pub action: Option<SetAction>,
    /// The toolset's name.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Tools, one by one.
    #[arg(value_name = "TOOL")]
    pub tools: Vec<String>,
}

/// The words of `profile`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ProfileWords {
    /// What to do: `create`, `add`, `remove`, `delete` or `show`. Without it: list them.
    #[arg(value_name = "ACTION", ignore_case = true)]
    pub action: Option<SetAction>,
    /// The profile's name.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Who belongs to it: `role:@sre`, `person:@ada`, `jira-group:support@corp`.
    #[arg(value_name = "WHO")]
    pub people: Vec<String>,
}

/// The words of `audit`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct AuditWords {
    /// A tool, or one of `allowed`, `refused`, `failed` and `policy`. Without it: everything.
    #[arg(value_name = "WHAT")]
    pub what: Option<String>,
    /// The person, such as `@ada`. Without it: everyone.
    #[arg(long = "for", value_name = "WHO")]
    pub who: Option<String>,
    /// The channel, such as `#eng` or `here`. Without it: the whole workspace.
    #[arg(long = "in", value_name = "CHANNEL")]
    pub place: Option<String>,
    /// The issue, such as `DEMO-7`.
    #[arg(long = "on", value_name = "ISSUE")]
    pub issue: Option<String>,
    /// From when on: a day such as `yesterday` or `2026-11-30`, or a time back such as `3d` or `12h`.
    #[arg(long = "since", value_name = "WHEN")]
    pub since: Option<String>,
    /// At most so many rows: 10, up to 50.
    #[arg(long = "last", value_name = "COUNT")]
    pub last: Option<u32>,
}

/// The words of `policy`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct PolicyWords {
    /// The channel, such as `#eng` or `here`. Without it: the whole workspace.
    #[arg(value_name = "CHANNEL")]
    pub channel: Option<String>,
    /// The same.
    #[arg(long = "in", value_name = "CHANNEL", conflicts_with = "channel", hide = true)]
    pub place: Option<String>,
}

/// The words of `explain`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Args)]
pub struct ExplainWords {
    /// The person, such as `@linus`.
    #[arg(value_name = "PERSON")]
    pub person: String,
    /// The tool.
    #[arg(value_name = "TOOL")]
    pub tool: String,
    /// The channel, such as `#eng`. Without it: this one.
    #[arg(long = "in", value_name = "CHANNEL")]
    pub place: Option<String>,
    /// One project, such as `WEB`.
    #[arg(long = "on", value_name = "PROJECT")]
    pub project: Option<String>,
}

#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true, disable_version_flag = true)]
struct Line {
    #[command(subcommand)]
    command: AdminCommand,
}

impl AdminCommand {
    /// Reads the words after `admin`, small words and all.
    ///
    /// # Errors
    /// clap's error. Its text is not meant for people.
    pub fn parse(words: &[String]) -> Result<Self, clap::Error> {
        Line::try_parse_from(small_words(words, &SMALL_WORDS)).map(|line| line.command)
    }

    /// The word for the place that it is about, where one was said.
    pub(super) fn place(&self) -> Option<&str> {
        match self {
            Self::Allow(RuleWords { key, .. }) | Self::Deny(RuleWords { key, .. }) | Self::Forget(key) => {
                key.place.as_deref()
            }
            Self::Policy(words) => words.channel.as_deref().or(words.place.as_deref()),
            Self::Default(words) => words.place.as_deref(),
            _ => None,
        }
    }

    /// Whether only owners may use it.
    pub fn owner_only(&self) -> bool {
        matches!(self, Self::Admit | Self::Dismiss)
    }

    /// The person whom the command asks about. The answer needs a fresh look at that person's membership, which the
    /// caller hands to [`Governance::command`](super::Governance::command).
    ///
    /// # Errors
    /// The word names no person.
    pub fn subject(&self, asker: &Asker) -> Result<Option<Person>, Error> {
        match self {
            Self::Explain(words) => profile::person(&words.person, asker.place.platform()).map(Some),
            _ => Ok(None),
        }
    }

    /// The command's own word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Admit => "admit",
            Self::Dismiss => "dismiss",
            Self::Allow(_) => "allow",
            Self::Deny(_) => "deny",
            Self::Forget(_) => "forget",
            Self::Approve(_) => "approve",
            Self::Block(_) => "block",
            Self::Stop(_) => "stop",
            Self::Go(_) => "go",
            Self::Toolset(_) => "toolset",
            Self::Profile(_) => "profile",
            Self::Audit(_) => "audit",
            Self::Notices(_) => "notices",
            Self::TwoPerson(_) => "two-person",
            Self::Default(_) => "default",
            Self::Policy(_) => "policy",
            Self::Explain(_) => "explain",
        }
    }
}

/// Turns `in #eng for @dev` into `--in=#eng --for=@dev`, in whatever order the small words come. A value goes on after
/// a comma: `on DEMO, WEB` is one value. A small word at the very end becomes an option without a value.
pub fn small_words(words: &[String], small: &[&str]) -> Vec<String> {
    let mut out = Vec::with_capacity(words.len());
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next() {
        let Some(small) = small.iter().find(|small| word.eq_ignore_ascii_case(small)) else {
            out.push(word.clone());
            continue;
        };
        let Some(value) = rest.next() else {
            out.push(format!("--{small}"));
            continue;
        };
        let mut value = value.clone();
        while value.ends_with(',') || rest.peek().is_some_and(|next| next.starts_with(',')) {
            match rest.next() {
                Some(more) => value.push_str(more),
                None => break,
            }
        }
        out.push(format!("--{small}={value}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(line: &str) -> Result<AdminCommand, clap::Error> {
        AdminCommand::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_grammar_is_sound() {
        Line::command().debug_assert();
    }

    #[test]
    fn small_words_come_in_any_order() {
        let wanted = AdminCommand::Allow(RuleWords {
            key: KeyWords {
                tools: vec!["contributor".into()],
                place: Some("#eng".into()),
                profile: Some("@support".into()),
            },
            projects: Some("DEMO,WEB".into()),
            until: Some("friday".into()),
        });
        for line in [
            "allow contributor in #eng for @support on DEMO,WEB until friday",
            "allow until friday on DEMO, WEB in #eng contributor for @support",
            "allow contributor FOR @support ON DEMO ,WEB Until friday In #eng",
            "allow contributor --in #eng --for @support --on DEMO,WEB --until friday",
        ] {
            assert_eq!(parse(line).unwrap(), wanted, "{line}");
        }
    }

    #[test]
    fn several_tools_are_named_one_by_one() {
        let Ok(AdminCommand::Approve(words)) = parse("approve create edit comment attach") else { panic!() };
        assert_eq!(words.tools, ["create", "edit", "comment", "attach"]);
    }

    #[test]
    fn a_channel_may_follow_policy_with_and_without_in() {
        let words = PolicyWords { channel: Some("#eng".into()), place: None };
        assert_eq!(parse("policy #eng").unwrap(), AdminCommand::Policy(words));
        let words = PolicyWords { channel: None, place: Some("#eng".into()) };
        assert_eq!(parse("policy in #eng").unwrap(), AdminCommand::Policy(words));
        assert!(parse("policy #eng in #eng").is_err());
    }

    #[test]
    fn unfinished_and_doubled_words_are_errors() {
        for bad in ["", "allow", "allow view in", "allow view in #a in #b", "admit now", "explain @ada", "grant view"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
