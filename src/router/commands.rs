//! The bot's commands, as platforms publish them in their menus: the tools, what concerns one's own account, and the
//! admin commands.

use clap::{Arg, Subcommand};
use usher_chat::{Argument, ArgumentKind, Command};

use crate::{
    governance::AdminCommand,
    identity::AccountCommand,
    tools::{Entry, Family, Table},
};

/// The family of the commands that are no tools: they stand with the everyday ones.
const OWN: &str = Family::Issues.as_str();
/// The family of the admin commands.
const ADMIN: &str = "Admin";

/// What `default` does.
const DEFAULT: &str = "Say which site and project you mean where you name none";

/// All commands, most used first.
pub fn commands(table: &Table) -> Vec<Command> {
    let account = AccountCommand::augment_subcommands(clap::Command::new("jira"));
    let admin = AdminCommand::augment_subcommands(clap::Command::new("admin"));
    let mut all: Vec<Command> = table.iter().map(Entry::as_command).collect();
    all.extend(account.get_subcommands().map(|command| native(command, &[], OWN)));
    all.push(plain("activity", "Show what you did lately"));
    all.push(Command {
        usage: "default [SITE PROJECT]".to_owned(),
        ..with("words", "A site, a project or both; off for neither", plain("default", DEFAULT))
    });
    all.push(plain("tools", "Show which tools you may use here"));
    all.push(Command {
        usage: "help [TOPIC]".to_owned(),
        ..with("topic", "A command, such as create", plain("help", "Show what I can do"))
    });
    all.extend(admin.get_subcommands().map(|command| native(command, &["admin"], ADMIN)));
    all
}

/// The admin commands for people to read: each with its usage and all that is said of it.
pub fn admin_help() -> Vec<(String, String)> {
    let admin = AdminCommand::augment_subcommands(clap::Command::new("admin"));
    let about = |command: &clap::Command| command.get_about().map(ToString::to_string).unwrap_or_default();
    admin.get_subcommands().map(|command| (usage(command, &path(command, &["admin"])), about(command))).collect()
}

/// A command with one argument that may be left out.
fn with(name: &str, help: &str, command: Command) -> Command {
    let (name, help) = (name.to_owned(), help.to_owned());
    let argument = Argument { name, help, required: false, kind: ArgumentKind::Text, completes: false };
    Command { arguments: vec![argument], ..command }
}

fn plain(name: &str, summary: &str) -> Command {
    Command {
        path: vec![name.to_owned()],
        family: OWN.to_owned(),
        summary: summary.to_owned(),
        usage: name.to_owned(),
        arguments: Vec::new(),
        admin: false,
    }
}

fn native(command: &clap::Command, above: &[&str], family: &str) -> Command {
    let path = path(command, above);
    let mut arguments: Vec<Argument> = shown(command).map(argument).collect();
    arguments.sort_by_key(|argument| !argument.required);
    Command {
        usage: usage(command, &path),
        path,
        family: family.to_owned(),
        summary: command.get_about().map(|about| first_sentence(&about.to_string())).unwrap_or_default(),
        arguments,
        admin: family == ADMIN,
    }
}

fn path(command: &clap::Command, above: &[&str]) -> Vec<String> {
    above.iter().copied().chain([command.get_name()]).map(str::to_owned).collect()
}

fn usage(command: &clap::Command, path: &[String]) -> String {
    path.iter().cloned().chain(shown(command).map(typed)).collect::<Vec<_>>().join(" ")
}

fn shown(command: &clap::Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|argument| !argument.is_hide_set())
}

fn argument(argument: &Arg) -> Argument {
    Argument {
        name: argument.get_long().unwrap_or(argument.get_id().as_str()).to_owned(),
        help: argument.get_help().map(|help| first_sentence(&help.to_string())).unwrap_or_default(),
        required: argument.is_required_set(),
        kind: ArgumentKind::Text,
        completes: false,
    }
}

fn typed(argument: &Arg) -> String {
    let value = argument.get_value_names().and_then(|names| names.first()).map_or("", |name| name.as_str());
    match argument.get_long() {
        Some(word) => format!("[{word} {value}]"),
        None if argument.is_required_set() => value.to_owned(),
        None => format!("[{value}]"),
    }
}

/// Menus have room for one sentence.
fn first_sentence(help: &str) -> String {
    let end = help.find(['.', ':']).unwrap_or(help.len());
    help[..end].to_owned()
}
