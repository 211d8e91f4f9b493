//! A tool's words, sorted into its arguments, and read by the tool's own clap declaration.

use std::collections::BTreeMap;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use serde_json::Value;

use super::words::{Word, words};
use crate::{replies::shorten, tools::Entry};

/// A line that could not be read, in our own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misread {
    /// What is wrong, one sentence. Commands stand between backticks.
    pub message: String,
    /// What to do next, one sentence.
    pub hint: Option<String>,
    /// A line that was perhaps meant.
    pub meant: Option<String>,
}

/// What a line gives to a tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The tool's arguments.
    pub args: Value,
    /// The site that was named with `--site`.
    pub site: Option<String>,
}

/// Words sorted by argument, before they are read.
#[derive(Debug, Default)]
pub struct Sorted {
    /// Values by argument id.
    pub values: BTreeMap<String, String>,
    /// Words that no argument wants.
    pub surplus: Vec<String>,
    /// The argument that the next word would belong to.
    pub next: Option<String>,
}

/// Reads what follows a tool's name.
pub fn read(entry: &Entry, line: &str) -> Result<Given, Misread> {
    let sorted = sort(entry, line);
    if let Some(word) = sorted.surplus.first() {
        let message = format!("I did not expect `{}` after `{}`.", shorten(word), entry.name);
        return Err(Misread { message, hint: Some(like_this(entry)), meant: None });
    }
    read_values(entry, &sorted.values)
}

/// Reads named values, as a native command gives them.
pub fn read_values(entry: &Entry, values: &BTreeMap<String, String>) -> Result<Given, Misread> {
    let command = entry.command();
    if let Some(misread) = missing(entry, command, values) {
        return Err(misread);
    }
    let mut argv = Vec::new();
    for argument in command.get_opts() {
        let id = argument.get_id().as_str();
        if let Some(value) = values.get(id) {
            match argument.get_action().takes_values() {
                true => argv.push(format!("--{}={value}", argument.get_long().unwrap_or(id))),
                false if value == "false" => {}
                false => argv.push(format!("--{}", argument.get_long().unwrap_or(id))),
            }
        }
    }
    argv.push("--".to_owned());
    for argument in command.get_positionals() {
        match values.get(argument.get_id().as_str()) {
            Some(value) => argv.push(value.clone()),
            // Positionals are read in order: after a gap none can follow.
            None => break,
        }
    }
    let matches = command.clone().try_get_matches_from(argv).map_err(|error| misread(entry, &error))?;
    let site = matches.get_one::<String>("site").cloned();
    let args = entry.parse(&matches).map_err(|error| misread(entry, &error))?;
    Ok(Given { args, site })
}

/// Sorts words into arguments: options and small words first, then positionals in order, and the last free-text
/// argument takes the rest verbatim.
pub fn sort(entry: &Entry, line: &str) -> Sorted {
    let command = entry.command();
    let positionals: Vec<String> = command.get_positionals().map(|arg| arg.get_id().to_string()).collect();
    let before_rest = if entry.rest { positionals.len().saturating_sub(1) } else { positionals.len() };
    let all = words(line);
    let mut sorted = Sorted::default();
    let mut filled = 0;
    let mut at = 0;
    while let Some(word) = all.get(at) {
        if let Some(taken) = option(entry, command, &all[at..], &mut sorted) {
            at += taken;
            continue;
        }
        if filled < before_rest {
            sorted.values.insert(positionals[filled].clone(), word.text.clone());
            filled += 1;
            at += 1;
        } else if entry.rest && filled == before_rest {
            let name = positionals[before_rest].clone();
            let mut tail = Sorted::default();
            if word.quoted && only_options(entry, command, &all[at + 1..], &mut tail) {
                sorted.values.insert(name, word.text.clone());
                sorted.values.extend(tail.values);
                sorted.next = tail.next;
            } else {
                sorted.values.insert(name, line[word.start..].trim_end().to_owned());
            }
            return sorted;
        } else {
            sorted.surplus.push(word.text.clone());
            at += 1;
        }
    }
    if sorted.next.is_none() {
        sorted.next = positionals.get(filled).cloned();
    }
    sorted
}

fn only_options(entry: &Entry, command: &clap::Command, mut rest: &[Word], sorted: &mut Sorted) -> bool {
    while !rest.is_empty() {
        match option(entry, command, rest, sorted) {
            Some(taken) => rest = &rest[taken..],
            None => return false,
        }
    }
    true
}

/// Takes `--name value`, `--name=value`, `--flag` or a small word with its value; returns how many words it took.
fn option(entry: &Entry, command: &clap::Command, rest: &[Word], sorted: &mut Sorted) -> Option<usize> {
    let first = rest.first().filter(|word| !word.quoted)?;
    let (id, inline) = match first.text.strip_prefix("--") {
        Some(long) => {
            let (long, inline) = long.split_once('=').map_or((long, None), |(long, value)| (long, Some(value)));
            let argument = command.get_opts().find(|argument| argument.get_long() == Some(long))?;
            if !argument.get_action().takes_values() {
                sorted.values.insert(argument.get_id().to_string(), "true".to_owned());
                return Some(1);
            }
            (argument.get_id().to_string(), inline.map(str::to_owned))
        }
        None => {
            let word = first.text.to_ascii_lowercase();
            let (_, option) = entry.small_words.iter().find(|(small, _)| *small == word)?;
            if sorted.values.contains_key(*option) {
                return None;
            }
            ((*option).to_owned(), None)
        }
    };
    match (inline, rest.get(1)) {
        (Some(value), _) => {
            sorted.values.insert(id, value);
            Some(1)
        }
        (None, Some(value)) => {
            sorted.values.insert(id, value.text.clone());
            Some(2)
        }
        (None, None) => {
            sorted.next = Some(id);
            Some(1)
        }
    }
}

/// What is still needed, in the words of its own help: `view` needs the key, such as DEMO-7.
fn missing(entry: &Entry, command: &clap::Command, values: &BTreeMap<String, String>) -> Option<Misread> {
    let needed: Vec<String> = command
        .get_arguments()
        .filter(|argument| argument.is_required_set() && !values.contains_key(argument.get_id().as_str()))
        .map(|argument| lower_first(&argument.get_help().map(ToString::to_string).unwrap_or_default()))
        .collect();
    let message = format!("`{}` needs {}.", entry.name, needed.join(", and "));
    (!needed.is_empty()).then(|| Misread { message, hint: Some(like_this(entry)), meant: None })
}

fn lower_first(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn misread(entry: &Entry, error: &clap::Error) -> Misread {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let message = match error.kind() {
        ErrorKind::ValueValidation => match std::error::Error::source(error) {
            Some(reason) => sentence(&reason.to_string()),
            None => format!("I cannot read `{}`.", shorten(&text(ContextKind::InvalidValue).unwrap_or_default())),
        },
        ErrorKind::InvalidValue => {
            let given = shorten(&text(ContextKind::InvalidValue).unwrap_or_default());
            match text(ContextKind::ValidValue) {
                Some(valid) if !given.is_empty() => format!("`{given}` is none of {valid}."),
                _ => format!("`{}` needs a value there.", entry.name),
            }
        }
        _ => format!("I cannot read that `{}`.", entry.name),
    };
    Misread { message, hint: Some(like_this(entry)), meant: None }
}

fn like_this(entry: &Entry) -> String {
    match entry.examples.first() {
        Some(example) => format!("Like this: `jira {example}`."),
        None => format!("`jira help {}` tells how.", entry.name),
    }
}

fn sentence(words: &str) -> String {
    let words = words.trim_end_matches('.');
    format!("{words}.")
}
