//! A typed line: is it for us, and what does it ask for.

use std::collections::BTreeMap;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use serde_json::Value;
use usher_chat::{Mention, Slash};

use super::{
    Misread, Named, Request, ToolRequest,
    grammar::{self, Given},
    words::words,
};
use crate::{
    governance::AdminCommand,
    identity::{AccountCommand, candidate},
    ids::IssueKey,
    replies::shorten,
    tools::{Entry, Source, Table},
};

/// No message of a chat is longer than Jira's longest text field; what is longer is refused before anything reads it.
const LONGEST: usize = 32_767;

/// How alike two words are before we ask "did you mean".
const ALIKE: f64 = 0.78;

const OWN: [&str; 8] = ["help", "tools", "connect", "disconnect", "whoami", "admin", "activity", "default"];

#[derive(Parser)]
#[command(no_binary_name = true, disable_help_flag = true, disable_help_subcommand = true)]
struct AccountLine {
    #[command(subcommand)]
    command: AccountCommand,
}

/// Reads a message. In a channel it is for us when it starts with `jira` or is a bare key; in a direct message the
/// word may be left out.
pub fn read(table: &'static Table, text: &str, mentions: &[Mention], direct: bool) -> Request {
    let mut request = read_ids(table, &with_ids(text, mentions), direct);
    if let Request::Tool(ToolRequest { tool, args, .. }) = &mut request {
        with_names(tool, args, mentions);
    }
    request
}

fn read_ids(table: &'static Table, text: &str, direct: bool) -> Request {
    let text = text.trim();
    let addressed = addressed(text);
    let line = match (addressed, direct) {
        (Some(line), _) => line,
        (None, true) => text,
        (None, false) => return overheard(table, text),
    };
    if let Some(problem) = unreadable(line) {
        return if addressed.is_some() || direct { Request::Misread(problem) } else { Request::Nothing };
    }
    if line.is_empty() {
        return if addressed.is_some() { Request::Help(None) } else { Request::Nothing };
    }
    let request = parse(table, line);
    let unknown = matches!(&request, Request::Misread(misread) if misread.message.starts_with(UNKNOWN));
    if !unknown {
        return request;
    }
    // Talk in a direct message gets no answer, unless it looks like a slip of the pen.
    let talk = match &request {
        Request::Misread(misread) if addressed.is_none() && !slip(line, misread) => Request::Nothing,
        _ => request,
    };
    match candidate(line) {
        Some(candidate) => Request::Code(candidate, Box::new(talk)),
        None => talk,
    }
}

/// Reads a line that is known to be for us.
pub fn command(table: &'static Table, line: &str) -> Request {
    parse(table, line.trim())
}

/// Where the issue's key belongs in a line that is for us and leaves it out, in bytes: behind the name of a tool that
/// begins with one.
pub fn lacks_key(table: &'static Table, text: &str, direct: bool) -> Option<usize> {
    let trimmed = text.trim();
    let line = match addressed(trimmed) {
        Some(line) => line,
        None => direct.then_some(trimmed)?,
    };
    let said = words(line);
    let (name, next) = (said.first()?, said.get(1));
    let tool = table.get(&name.text.to_lowercase())?;
    let keyed = tool.command().get_positionals().next().is_some_and(|argument| argument.get_id() == "key");
    let given = next.is_some_and(|word| bare_key(&word.text).is_some() || word.text.starts_with("--"));
    (keyed && !given).then(|| text.trim_end().len() - line.len() + name.end)
}

/// A line with a key put in, and the people named in it.
pub fn with_key(text: &str, at: usize, key: &str, mentions: &[Mention]) -> (String, Vec<Mention>) {
    let put = format!(" {key}");
    let mut mentions = mentions.to_vec();
    for mention in mentions.iter_mut().filter(|mention| mention.range.start >= at) {
        mention.range = mention.range.start + put.len()..mention.range.end.saturating_add(put.len());
    }
    (format!("{}{put}{}", &text[..at], &text[at..]), mentions)
}

/// Reads a native command. Its options name people by id; `mentions` says who they are.
pub fn slash(table: &'static Table, slash: &Slash, mentions: &[Mention]) -> Request {
    let mut request = slash_ids(table, slash);
    if let Request::Tool(ToolRequest { tool, args, .. }) = &mut request {
        with_names(tool, args, mentions);
    }
    request
}

fn slash_ids(table: &'static Table, slash: &Slash) -> Request {
    let Some(name) = slash.path.first() else { return Request::Help(None) };
    if let Some(problem) = slash.options.values().find_map(|value| unreadable(value)) {
        return Request::Misread(problem);
    }
    match table.get(name) {
        Some(tool) => values(tool, &slash.options),
        None if name == "admin" => admin(admin_words(slash)),
        None => {
            let mut line = slash.path.join(" ");
            for value in slash.options.values() {
                line.push_str(&format!(" \"{}\"", value.replace('"', "\\\"")));
            }
            parse(table, &line)
        }
    }
}

/// Reads arguments that come by name.
pub fn values(tool: &'static Entry, given: &BTreeMap<String, String>) -> Request {
    tool_request(tool, grammar::read_values(tool, given))
}

/// Reads what was entered where a code was asked for.
pub fn code(text: &str) -> Request {
    let nothing = Request::Misread(Misread {
        message: "I wait for no such code.".to_owned(),
        hint: Some("`jira connect` starts again.".to_owned()),
        meant: None,
    });
    match candidate(text) {
        Some(candidate) => Request::Code(candidate, Box::new(nothing)),
        None => nothing,
    }
}

/// The options of a native admin command, in the words that could have been typed.
fn admin_words(slash: &Slash) -> Vec<String> {
    let mut words = slash.path[1..].to_vec();
    let commands = AdminCommand::augment_subcommands(clap::Command::new("admin"));
    let Some(command) = words.first().and_then(|name| commands.find_subcommand(name)) else { return words };
    for argument in command.get_arguments() {
        let long = argument.get_long();
        let value = slash.options.get(argument.get_id().as_str());
        match (long, value.or_else(|| slash.options.get(long?))) {
            (_, None) => {}
            (Some(long), Some(value)) => words.push(format!("--{long}={value}")),
            (None, Some(value)) => words.extend(value.split_whitespace().map(str::to_owned)),
        }
    }
    words
}

/// Something said in a channel, not to us: a key alone is a question, a code must not stand there, the rest is talk.
fn overheard(table: &'static Table, text: &str) -> Request {
    if text.len() > 2_048 {
        return Request::Nothing;
    }
    match (bare_key(text), table.get("view")) {
        // Lower-case words with a number, such as `utf-8`, are talk.
        (Some(key), Some(_)) if key.to_string() == text => return parse(table, &format!("view {key}")),
        _ => {}
    }
    match candidate(text) {
        Some(candidate) => Request::Code(candidate, Box::new(Request::Nothing)),
        None => Request::Nothing,
    }
}

fn parse(table: &'static Table, line: &str) -> Request {
    let all = words(line);
    let Some(first) = all.first() else { return Request::Help(None) };
    let name = first.text.to_lowercase();
    let rest = line[first.end..].trim_start();
    let others = || all[1..].iter().map(|word| word.text.clone()).collect::<Vec<_>>();
    match name.as_str() {
        "help" => Request::Help(all.get(1).map(|word| word.text.to_lowercase())),
        "tools" => Request::Tools,
        "activity" => Request::Activity,
        "default" => Request::Default(others()),
        "connect" | "disconnect" | "whoami" => account(&name, others()),
        "admin" => admin(others()),
        _ => match (table.get(&name), bare_key(&first.text)) {
            (Some(tool), _) => tool_request(tool, grammar::read(tool, rest)),
            (None, Some(key)) if rest.is_empty() => parse(table, &format!("view {key}")),
            _ => Request::Misread(unknown(table, &first.text, rest)),
        },
    }
}

fn tool_request(tool: &'static Entry, given: Result<Given, Misread>) -> Request {
    match given {
        Ok(Given { args, site }) => Request::Tool(ToolRequest {
            tool,
            args,
            site: site.map(Named::Word),
            confirmed: false,
            show: false,
            origin: None,
            instead: false,
        }),
        Err(misread) => Request::Misread(misread),
    }
}

fn account(name: &str, words: Vec<String>) -> Request {
    let argv = std::iter::once(name.to_owned()).chain(words);
    match AccountLine::command().try_get_matches_from(argv).and_then(|m| AccountLine::from_arg_matches(&m)) {
        Ok(line) => Request::Account(line.command),
        Err(_) => {
            let hint = match name {
                "whoami" => "It takes no more words: `jira whoami`.".to_owned(),
                _ => format!("Name one site, like this: `jira {name} SITE`."),
            };
            Request::Misread(Misread {
                message: format!("I cannot read that `{name}`."),
                hint: Some(hint),
                meant: None,
            })
        }
    }
}

fn admin(words: Vec<String>) -> Request {
    match AdminCommand::parse(&words) {
        Ok(command) => Request::Admin(command),
        Err(_) => {
            let mut message = "I cannot read that admin command.".to_owned();
            if let Some(first) = words.first() {
                message = format!("I cannot read `admin {}`.", shorten(first));
            }
            let hint = "`jira help admin` lists them, like this: `jira admin allow contributor in #eng`.".to_owned();
            Request::Misread(Misread { message, hint: Some(hint), meant: None })
        }
    }
}

const UNKNOWN: &str = "I don't know ";

fn unknown(table: &'static Table, word: &str, rest: &str) -> Misread {
    let message = format!("{UNKNOWN}`{}`.", shorten(word));
    let names = table.names().chain(OWN);
    let best = names
        .map(|name| (strsim::jaro_winkler(name, &word.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match best {
        Some((_, name)) => {
            let meant = format!("{name} {rest}").trim_end().to_owned();
            let hint = format!("Did you mean `{}`?", shorten(&meant));
            Misread { message, hint: Some(hint), meant: Some(meant) }
        }
        None => Misread { message, hint: Some("`jira help` lists what I can do.".to_owned()), meant: None },
    }
}

/// Whether a line that nobody addressed to us is nevertheless a command with a typing error: very alike, and more than
/// a lone word.
fn slip(line: &str, misread: &Misread) -> bool {
    let word = |line: &str| line.split_whitespace().next().unwrap_or_default().to_lowercase();
    let meant = misread.meant.as_deref().unwrap_or_default();
    meant.contains(' ') && strsim::jaro_winkler(&word(line), &word(meant)) >= 0.9
}

fn unreadable(line: &str) -> Option<Misread> {
    let length = line.chars().count();
    if length > LONGEST {
        return Some(Misread {
            message: format!("That is {length} characters, and {LONGEST} is the most that Jira takes."),
            hint: Some("Shorten it or attach it as a file.".to_owned()),
            meant: None,
        });
    }
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    line.contains(control).then(|| Misread {
        message: "Your message holds control characters, which Jira does not take.".to_owned(),
        hint: Some("Type it again without them.".to_owned()),
        meant: None,
    })
}

fn addressed(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    let ours = word.trim_end_matches([',', ':']).trim_start_matches('/');
    ours.eq_ignore_ascii_case("jira").then(|| text[word.len()..].trim_start())
}

fn bare_key(text: &str) -> Option<IssueKey> {
    (text.len() <= 120 && !text.contains(char::is_whitespace)).then(|| text.parse().ok()).flatten()
}

/// Puts the names back wherever a tool asks for words and not for a person: Jira's people do not know our ids. In rich
/// text a mention stays one.
fn with_names(tool: &Entry, args: &mut Value, mentions: &[Mention]) {
    let Value::Object(args) = args else { return };
    for (name, value) in args {
        let person = tool.completes.iter().any(|(argument, source)| argument == name && *source == Source::Assignee);
        if let (Value::String(words), false) = (value, person) {
            for mention in mentions {
                let told = match tool.rich.contains(&name.as_str()) {
                    true => usher_chat::mentions::written(&mention.person, &mention.name),
                    false => format!("@{}", mention.name),
                };
                *words = with_name(words, mention, &told);
            }
        }
    }
}

/// One id may be the beginning of another: a whole one is meant.
fn with_name(words: &str, mention: &Mention, told: &str) -> String {
    let id = format!("@{}", mention.person);
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some(at) = rest.find(&id) {
        let (before, after) = (&rest[..at], &rest[at + id.len()..]);
        out.push_str(before);
        match after.starts_with(|c: char| c.is_alphanumeric() || c == '-' || c == '_') {
            true => out.push_str(&id),
            false => out.push_str(told),
        }
        rest = after;
    }
    out + rest
}

/// Words that become rich text as they stand, with the people named in them.
pub fn rich(text: &str, named: &[Mention]) -> String {
    let put = |words: String, mention: &Mention| {
        with_name(&words, mention, &usher_chat::mentions::written(&mention.person, &mention.name))
    };
    named.iter().fold(with_ids(text, named), put)
}

/// Puts `@platform:id` in place of each mention, so that a person is read by id and never by the name shown.
fn with_ids(text: &str, mentions: &[Mention]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for mention in mentions {
        let range = mention.range.clone();
        if range.start < at || range.end > text.len() || !text.is_char_boundary(range.start) {
            continue;
        }
        let Some(before) = text.get(at..range.start) else { continue };
        out.push_str(before);
        out.push('@');
        out.push_str(&mention.person.to_string());
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use usher_chat::{Person, Platform};

    use super::*;

    #[test]
    fn a_name_takes_the_place_of_a_whole_id_only() {
        let person = Person::new(Platform::TELEGRAM, "12");
        let mention = Mention { person, name: "Ada".into(), range: 0..0 };
        let named = with_name("@telegram:123 and @telegram:12, @telegram:12", &mention, "@Ada");
        assert_eq!(named, "@telegram:123 and @Ada, @Ada");
    }
}
