//! The chat's own commands, which begin with a slash and never reach the bot.

use usher_chat::{Completion, UserId};

use crate::{line, options::TerminalOptions, roster::Statement};

/// One of the chat's own commands.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Command {
    As(UserId),
    In(Option<String>),
    Standing(Statement),
    Press(usize),
    Approve { person: Option<String>, deny: bool },
    Cancel,
    Help,
    Quit,
}

/// Each command with what it does.
pub(super) const HELP: [(&str, &str); 9] = [
    ("/as grace", "speak as somebody else"),
    ("/in eng", "go to a channel; /in dm is the direct chat"),
    ("/admin on", "administer the workspace, or /admin off"),
    ("/roles dev,qa", "have these roles; /roles alone has none"),
    ("/press 2", "press a button; its number alone does the same"),
    ("/approve grace", "walk the pages of the last link as grace; add deny to refuse"),
    ("/cancel", "leave a form"),
    ("/help", "show this"),
    ("/quit", "leave; Ctrl-D does the same"),
];

impl Command {
    /// Reads a line. `None`: it is for the bot.
    pub(super) fn read(line: &str) -> Option<Result<Self, String>> {
        let mut words = line.strip_prefix('/')?.split_whitespace();
        let command = words.next().unwrap_or_default().to_lowercase();
        if command == "jira" {
            return None;
        }
        let rest: Vec<&str> = words.collect();
        Some(Self::parse(&command, &rest))
    }

    fn parse(command: &str, rest: &[&str]) -> Result<Self, String> {
        match (command, rest) {
            ("as", [user]) => {
                let user = user.trim_start_matches('@');
                line::named("name", user)?;
                Ok(Self::As(user.into()))
            }
            ("as", _) => Err("Say who speaks: /as grace.".to_owned()),
            ("in", [place]) => line::channel(place).map(Self::In),
            ("in", _) => Err("Say where: /in eng, or /in dm.".to_owned()),
            ("admin", ["on"]) => Ok(Self::Standing(Statement { admin: Some(true), roles: None })),
            ("admin", ["off"]) => Ok(Self::Standing(Statement { admin: Some(false), roles: None })),
            ("admin", _) => Err("Say /admin on or /admin off.".to_owned()),
            ("roles", rest) => {
                let roles = rest.iter().flat_map(|word| word.split(',')).filter(|role| !role.is_empty());
                let roles = roles.map(|role| role.trim_start_matches('@').into()).collect();
                Ok(Self::Standing(Statement { admin: None, roles: Some(roles) }))
            }
            ("press", [number]) => {
                number.parse().map(Self::Press).map_err(|_| "Say which button: /press 2.".to_owned())
            }
            ("press", _) => Err("Say which button: /press 2.".to_owned()),
            ("approve", rest) => match rest {
                [] => Ok(Self::Approve { person: None, deny: false }),
                ["deny"] => Ok(Self::Approve { person: None, deny: true }),
                [person] => Ok(Self::Approve { person: Some((*person).to_owned()), deny: false }),
                [person, "deny"] => Ok(Self::Approve { person: Some((*person).to_owned()), deny: true }),
                _ => Err("Say /approve, /approve grace or /approve grace deny.".to_owned()),
            },
            ("cancel", _) => Ok(Self::Cancel),
            ("help" | "?", _) => Ok(Self::Help),
            ("quit" | "exit" | "q", _) => Ok(Self::Quit),
            _ => Err(format!("I don't know /{command}. /help lists what there is.")),
        }
    }
}

/// How a line of the chat's own may go on. `None`: it is for the bot.
pub(super) fn complete(line: &str, options: &TerminalOptions, people: &[UserId]) -> Option<Vec<Completion>> {
    if !line.starts_with('/') || line.starts_with("/jira ") {
        return None;
    }
    let (head, word) = line.rsplit_once(' ').unwrap_or(("", line));
    let values: Vec<String> = match head.trim() {
        "" => HELP.iter().filter_map(|(usage, _)| usage.split(' ').next()).map(str::to_owned).collect(),
        "/as" => people.iter().map(|user| user.to_string()).collect(),
        "/in" => options.channels.iter().cloned().chain(["dm".to_owned()]).collect(),
        "/admin" => vec!["on".to_owned(), "off".to_owned()],
        "/approve" => options.sandbox_people.clone(),
        head if head.starts_with("/approve ") => vec!["deny".to_owned()],
        _ => Vec::new(),
    };
    let fitting = values.into_iter().filter(|value| value.starts_with(word));
    Some(fitting.map(|value| Completion { label: value.clone(), value }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_with_a_slash_are_the_chats_own_unless_they_are_for_the_bot() {
        assert_eq!(Command::read("jira view DEMO-1"), None);
        assert_eq!(Command::read("/jira view DEMO-1"), None);
        assert_eq!(Command::read("/as @grace"), Some(Ok(Command::As("grace".into()))));
        assert_eq!(Command::read("/in #eng"), Some(Ok(Command::In(Some("eng".into())))));
        assert_eq!(Command::read("/in dm"), Some(Ok(Command::In(None))));
        let roles = Statement { admin: None, roles: Some(vec!["dev".into(), "qa".into()]) };
        assert_eq!(Command::read("/roles dev, @qa"), Some(Ok(Command::Standing(roles))));
        assert_eq!(
            Command::read("/approve grace deny"),
            Some(Ok(Command::Approve { person: Some("grace".into()), deny: true }))
        );
        for (line, told) in [
            ("/as", "Say who speaks: /as grace."),
            ("/in", "Say where: /in eng, or /in dm."),
            ("/admin maybe", "Say /admin on or /admin off."),
            ("/press x", "Say which button: /press 2."),
            ("/nonsense", "I don't know /nonsense. /help lists what there is."),
        ] {
            assert_eq!(Command::read(line), Some(Err(told.to_owned())));
        }
    }

    #[test]
    fn own_commands_complete_without_the_bot() {
        let options = TerminalOptions { channels: vec!["eng".into(), "general".into()], ..TerminalOptions::default() };
        let values = |line: &str| {
            complete(line, &options, &["ada".into(), "grace".into()])
                .map(|ways| ways.into_iter().map(|way| way.value).collect::<Vec<_>>())
        };
        assert_eq!(values("/a").unwrap(), ["/as", "/admin", "/approve"]);
        assert_eq!(values("/as g").unwrap(), ["grace"]);
        assert_eq!(values("/in ").unwrap(), ["eng", "general", "dm"]);
        assert_eq!(values("jira v"), None);
        assert_eq!(values("/jira v"), None);
    }
}
