//! The bot's commands in Telegram's menus, and what a typed `/command` means.

use parking_lot::RwLock;
use teloxide::{
    payloads::setters::*,
    requests::Requester,
    types::{BotCommand, BotCommandScope},
};
use usher_chat::Command;

use crate::{
    api::{Api, Failure},
    render::html,
};

/// The most commands that Telegram takes.
const MOST: usize = 100;
/// The longest name, and the longest description, in characters.
const NAME: usize = 32;
const DESCRIPTION: usize = 256;
/// The word that every command can follow, and its line in the menus.
const WORD: (&str, &str) = ("jira", "Any command, as in /jira view DEMO-1");

/// The published commands.
#[derive(Debug, Default)]
pub(crate) struct Menu(RwLock<Vec<Command>>);

impl Menu {
    /// Takes the commands that are published from now on.
    pub(crate) fn set(&self, commands: &[Command]) {
        *self.0.write() = commands.to_vec();
    }

    /// What `/name` stands for, in the words that a person types. `None`: it is not one of ours.
    pub(crate) fn words(&self, name: &str) -> Option<String> {
        let commands = self.0.read();
        commands.iter().find(|command| short_name(command) == name).map(|command| command.path.join(" "))
    }

    /// Whether a line begins with one of the commands, so that it calls for an answer.
    pub(crate) fn begins(&self, line: &str) -> bool {
        let first = line.split_whitespace().next().unwrap_or_default();
        self.0.read().iter().any(|c| c.path.first().is_some_and(|word| word.eq_ignore_ascii_case(first)))
    }

    /// Puts the commands into Telegram's menus: of private chats, of groups, and of groups' administrators.
    pub(crate) async fn publish(&self, api: &Api) -> Result<(), Failure> {
        for scope in scopes() {
            let commands = self.of(&scope);
            api.call(api.bot().set_my_commands(commands).scope(scope)).await?;
        }
        Ok(())
    }

    /// Whether Telegram's menus say what they should.
    pub(crate) async fn in_sync(&self, api: &Api) -> Result<bool, Failure> {
        for scope in scopes() {
            let shown = api.call(api.bot().get_my_commands().scope(scope.clone())).await?;
            if shown != self.of(&scope) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The menu of one scope, in the order in which the commands were given: the most used first.
    fn of(&self, scope: &BotCommandScope) -> Vec<BotCommand> {
        let admins = *scope == BotCommandScope::AllChatAdministrators;
        let commands = self.0.read();
        let own = commands.iter().filter(|command| admins || !command.admin).filter_map(|command| {
            let name = short_name(command);
            let summary: String = html::clean(&command.summary, true).chars().take(DESCRIPTION).collect();
            (is_name(&name) && !summary.is_empty()).then(|| BotCommand::new(name, summary))
        });
        let word = (!commands.is_empty()).then(|| BotCommand::new(WORD.0, WORD.1));
        word.into_iter().chain(own).take(MOST).collect()
    }
}

fn scopes() -> [BotCommandScope; 3] {
    [BotCommandScope::AllPrivateChats, BotCommandScope::AllGroupChats, BotCommandScope::AllChatAdministrators]
}

/// `admin allow` is `/admin_allow`: Telegram's names have no space and no hyphen.
fn short_name(command: &Command) -> String {
    command.path.join("_").replace('-', "_").to_lowercase()
}

fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=NAME).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(path: &[&str], admin: bool) -> Command {
        Command {
            path: path.iter().map(|word| (*word).to_owned()).collect(),
            family: String::new(),
            summary: "Does it".to_owned(),
            usage: String::new(),
            arguments: Vec::new(),
            admin,
        }
    }

    fn names(menu: &Menu, scope: &BotCommandScope) -> Vec<String> {
        menu.of(scope).into_iter().map(|command| command.command).collect()
    }

    #[test]
    fn menus_hold_what_their_readers_can_use() {
        let menu = Menu::default();
        menu.set(&[command(&["view"], false), command(&["find-mine"], false), command(&["admin", "allow"], true)]);
        assert_eq!(names(&menu, &BotCommandScope::AllPrivateChats), ["jira", "view", "find_mine"]);
        assert_eq!(names(&menu, &BotCommandScope::AllChatAdministrators), ["jira", "view", "find_mine", "admin_allow"]);
        assert_eq!(menu.words("find_mine").as_deref(), Some("find-mine"));
        assert_eq!(menu.words("admin_allow").as_deref(), Some("admin allow"));
        assert_eq!(menu.words("weather"), None);
    }

    #[test]
    fn a_menu_has_at_most_a_hundred_lines() {
        let menu = Menu::default();
        let many: Vec<_> = (0..150).map(|number| command(&[&format!("c{number}")], false)).collect();
        menu.set(&many);
        assert_eq!(names(&menu, &BotCommandScope::AllGroupChats).len(), 100);
        assert_eq!(names(&menu, &BotCommandScope::AllGroupChats)[1], "c0");
    }
}
