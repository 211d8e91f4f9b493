//! An unfinished line: which argument of which command is being typed.

use std::collections::BTreeMap;

use clap::Subcommand;
use usher_chat::Completing;

use super::{grammar, words::words};
use crate::{
    governance::AdminCommand,
    tools::{Entry, Table},
};

/// What is being typed.
#[derive(Debug)]
pub enum Wanted {
    /// Nothing that could be completed.
    Nothing,
    /// A command's name that starts like this.
    Command(String),
    /// A site that starts like this.
    Site(String),
    /// One of these words, the first of which starts like this.
    Word(String, Vec<String>),
    /// An argument of a tool.
    Argument {
        /// The tool.
        tool: &'static Entry,
        /// The argument's id.
        argument: String,
        /// What stands of it.
        partial: String,
        /// The values of the arguments before it.
        given: BTreeMap<String, String>,
    },
}

/// What an unfinished input wants.
pub fn wanted(table: &'static Table, completing: &Completing) -> Wanted {
    match completing {
        Completing::Line(line) => line_wants(table, line),
        Completing::Option { slash, option } => match slash.path.first().and_then(|name| table.get(name)) {
            Some(tool) => {
                let mut given = slash.options.clone();
                let partial = given.remove(option).unwrap_or_default();
                Wanted::Argument { tool, argument: option.clone(), partial, given }
            }
            None => Wanted::Nothing,
        },
    }
}

fn line_wants(table: &'static Table, line: &str) -> Wanted {
    let line = line.trim_start();
    let stripped = ["jira ", "/jira "].iter().find_map(|word| {
        line.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word)).map(|_| line[word.len()..].trim_start())
    });
    let line = stripped.unwrap_or(line);
    let all = words(line);
    let Some(first) = all.first() else { return Wanted::Command(String::new()) };
    if first.end == line.len() {
        return Wanted::Command(first.text.to_lowercase());
    }
    let rest = line[first.end..].trim_start();
    match (table.get(&first.text.to_lowercase()), first.text.to_lowercase().as_str()) {
        (Some(tool), _) => argument(tool, rest),
        (None, "help") => Wanted::Command(rest.to_lowercase()),
        (None, "connect" | "disconnect") => Wanted::Site(rest.to_lowercase()),
        (None, "admin") if words(rest).len() <= 1 && !rest.ends_with(' ') => {
            Wanted::Word(rest.to_lowercase(), admin_words())
        }
        _ => Wanted::Nothing,
    }
}

fn argument(tool: &'static Entry, rest: &str) -> Wanted {
    let all = words(rest);
    let begun = !rest.is_empty() && !rest.ends_with(char::is_whitespace);
    let before = if begun { all.last().map_or("", |word| &rest[..word.start]) } else { rest };
    let partial = if begun { all.last().map_or("", |word| word.text.as_str()) } else { "" };
    if let Some(long) = partial.strip_prefix("--") {
        let options = tool.option_names().into_iter().filter(|name| name[2..].starts_with(long)).collect();
        return Wanted::Word(partial.to_owned(), options);
    }
    let sorted = grammar::sort(tool, before);
    match sorted.next {
        Some(argument) => Wanted::Argument { tool, argument, partial: partial.to_owned(), given: sorted.values },
        // The free text has begun: all of it is the unfinished word.
        None => match tool.rest_name() {
            Some(argument) if tool.rest => {
                let mut given = grammar::sort(tool, rest).values;
                let partial = given.remove(&argument).unwrap_or_default();
                Wanted::Argument { tool, argument, partial, given }
            }
            _ => Wanted::Nothing,
        },
    }
}

fn admin_words() -> Vec<String> {
    AdminCommand::augment_subcommands(clap::Command::new("admin"))
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect()
}
