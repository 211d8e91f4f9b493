//! The bot's commands in Discord's menus: one top-level command for each family, one subcommand for each of its tools.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use serenity::{
    all::{ChannelId, CommandData, CommandDataOption, CommandDataOptionValue, GuildId, Permissions, ResolvedTarget},
    http::Route,
};
use usher_chat::{AdapterError, Argument, ArgumentKind, Command, Input, Memory, MenuTarget, Place, Slash};

use crate::{
    Inner, ids, messages,
    render::{cut, escape::clean_line},
    rest::Payload,
};

/// The most characters that a command may have in all. Discord takes 8,000; the rest is room for a word more.
pub const LARGEST_COMMAND: usize = 7_500;
const OPTIONS: usize = 25;
const DESCRIPTION: usize = 100;
const CHOICE: usize = 100;
/// The word that every command begins with.
const WORD: &str = "jira";
/// The family of the everyday commands. It has the word for itself.
const EVERYDAY: &str = "issues";

/// Under this key the memory holds the server that has the commands for itself.
const DEVELOPMENT: &str = "development server";

const SUBCOMMAND: u8 = 1;
const GROUP: u8 = 2;
const STRING: u8 = 3;
const BOOLEAN: u8 = 5;
const USER: u8 = 6;
const ATTACHMENT: u8 = 11;

/// The menus of messages and people: their names, their kinds, and the command that does the work.
const MENUS: [(&str, u8, &str); 3] =
    [("Create Jira issue", 3, "create"), ("Add as Jira comment", 3, "comment"), ("Assign an issue", 2, "assign")];

/// The path of each published command, by its names in Discord.
#[derive(Debug, Default)]
pub(crate) struct Published(BTreeMap<Vec<String>, Vec<String>>);

/// How many characters each top-level command has by Discord's count: names, descriptions and choices.
pub fn command_sizes(commands: &[Command]) -> Vec<(String, usize)> {
    top_level(commands).iter().map(|top| (text(&top["name"]).to_owned(), size(top))).collect()
}

/// Publishes the commands, unless Discord has just these.
pub(crate) async fn publish(inner: &Inner, commands: &[Command]) -> Result<(), AdapterError> {
    *inner.published.write() = Published::new(commands);
    let wanted = wanted(commands)?;
    let published: Vec<Value> = inner.rest.get(route(inner)?, &[]).await?;
    if same(&wanted, &published) {
        return Ok(());
    }
    tracing::info!(commands = wanted.len(), "publishing commands");
    inner.rest.send(Method::PUT, route(inner)?, &[], Payload::Json(&wanted.into())).await?;
    Ok(())
}

/// Whether Discord has just these commands.
pub(crate) async fn in_sync(inner: &Inner, commands: &[Command]) -> Result<bool, AdapterError> {
    let published: Vec<Value> = inner.rest.get(route(inner)?, &[]).await?;
    Ok(same(&wanted(commands)?, &published))
}

/// Takes away what an earlier setup published elsewhere, for a person is offered the commands of everywhere and of their
/// server side by side. The server for development is kept in `memory`, so that it is known once it is none any more.
pub(crate) async fn only_here(inner: &Inner, memory: &dyn Memory) -> Result<(), AdapterError> {
    let now = inner.options.guild()?;
    let before = memory.get(DEVELOPMENT).await?;
    let before: Option<GuildId> = before.and_then(|id| ids::snowflake(std::str::from_utf8(&id).ok()?));
    if now.is_some() {
        withdraw(inner, None).await?;
    }
    if before != now {
        if before.is_some() {
            withdraw(inner, before).await?;
        }
        match now {
            Some(server) => memory.put(DEVELOPMENT, server.to_string().into_bytes()).await?,
            None => drop(memory.take(DEVELOPMENT).await?),
        }
    }
    Ok(())
}

async fn withdraw(inner: &Inner, server: Option<GuildId>) -> Result<(), AdapterError> {
    let route = commands_of(inner, server);
    let published: Vec<Value> = match inner.rest.get(route, &[]).await {
        // The server is closed to the bot, or gone.
        Err(error) if server.is_some() && (error.is(403) || error.is(404)) => return Ok(()),
        published => published?,
    };
    if !published.is_empty() {
        tracing::info!(commands = published.len(), ?server, "commands of an earlier setup are taken away");
        inner.rest.send(Method::PUT, route, &[], Payload::Json(&json!([]))).await?;
    }
    Ok(())
}

fn route(inner: &Inner) -> Result<Route<'static>, AdapterError> {
    Ok(commands_of(inner, inner.options.guild()?))
}

fn commands_of(inner: &Inner, server: Option<GuildId>) -> Route<'static> {
    let application_id = inner.application;
    match server {
        Some(guild_id) => Route::GuildCommands { application_id, guild_id },
        None => Route::Commands { application_id },
    }
}

/// A native command with its options, by the path and the names that the bot knows.
pub(crate) fn slash(published: &Published, data: &CommandData) -> Slash {
    let (mut names, options) = given(data);
    let options = options.iter().filter_map(|option| Some((option.name.clone(), value(&option.value)?)));
    let options = options.collect();
    let path = published.0.get(&names).cloned().unwrap_or_else(|| names.split_off(1));
    Slash { path, options }
}

/// The texts among a command's options.
pub(crate) fn texts(data: &CommandData) -> impl Iterator<Item = &str> {
    given(data).1.iter().filter_map(|option| match &option.value {
        CommandDataOptionValue::String(text) => Some(text.as_str()),
        _ => None,
    })
}

/// A command's names in Discord, and its options below them.
fn given(data: &CommandData) -> (Vec<String>, &[CommandDataOption]) {
    let mut names = vec![data.name.clone()];
    let mut options = data.options.as_slice();
    while let [CommandDataOption { name, value, .. }] = options {
        match value {
            CommandDataOptionValue::SubCommand(inner) | CommandDataOptionValue::SubCommandGroup(inner) => {
                names.push(name.clone());
                options = inner;
            }
            _ => break,
        }
    }
    (names, options)
}

/// A command of a message's or person's menu.
pub(crate) fn menu(data: &CommandData, place: &Place, channel: ChannelId) -> Option<Input> {
    let target = match data.target()? {
        ResolvedTarget::User(user, _) => MenuTarget::Person(ids::person(user.id)),
        ResolvedTarget::Message(message) => MenuTarget::Message {
            message: ids::message(place, channel, message.id),
            author: ids::person(message.author.id),
            text: message.content.clone(),
        },
        _ => return None,
    };
    Some(Input::Menu { command: data.name.clone(), target })
}

/// An option's value as it could have been typed. A flag that is off is not given.
fn value(value: &CommandDataOptionValue) -> Option<String> {
    match value {
        CommandDataOptionValue::String(text) | CommandDataOptionValue::Autocomplete { value: text, .. } => {
            Some(with_people(text))
        }
        CommandDataOptionValue::Boolean(on) => on.then(|| "true".to_owned()),
        CommandDataOptionValue::User(user) => Some(format!("@{}", ids::person(*user))),
        CommandDataOptionValue::Integer(number) => Some(number.to_string()),
        CommandDataOptionValue::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The text with `@discord:id` for each mention: an option's text comes without the list of those it names.
fn with_people(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((range, user)) = messages::next_mention(rest) {
        out.push_str(&rest[..range.start]);
        out.push_str(&format!("@{}", ids::person(user)));
        rest = &rest[range.end..];
    }
    out.push_str(rest);
    out
}

impl Published {
    fn new(commands: &[Command]) -> Self {
        Self(commands.iter().map(|command| (names(command), command.path.clone())).collect())
    }
}

/// A command's names in Discord: the top level, perhaps a group, and the subcommand.
fn names(command: &Command) -> Vec<String> {
    let family = named(&command.family);
    let top = if family == EVERYDAY || family == "-" { WORD.to_owned() } else { format!("{WORD}-{family}") };
    let own: Vec<String> = command.path.iter().map(|word| named(word)).collect();
    let below = match own.split_first() {
        Some((first, rest)) if *first == family && !rest.is_empty() => rest,
        _ => own.as_slice(),
    };
    let below = match below {
        [group, subcommand, deeper @ ..] if !deeper.is_empty() => {
            vec![group.clone(), format!("{subcommand}-{}", deeper.join("-"))]
        }
        below => below.to_vec(),
    };
    std::iter::once(top).chain(below).collect()
}

/// A word as Discord takes it for a name.
fn named(word: &str) -> String {
    let lower = word.trim().to_lowercase();
    let name: String = lower.chars().map(|c| if c.is_alphanumeric() || c == '_' { c } else { '-' }).take(32).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

/// All that is to be published.
fn wanted(commands: &[Command]) -> Result<Vec<Value>, AdapterError> {
    let mut wanted = top_level(commands);
    for top in &wanted {
        let (name, size) = (text(&top["name"]), size(top));
        if size > LARGEST_COMMAND {
            let words = format!("the command `/{name}` has {size} characters, and {LARGEST_COMMAND} is the most");
            return Err(AdapterError::Platform(words));
        }
        if let Some(many) = too_many(top) {
            let words = format!("`/{name}` holds more than {OPTIONS} options below `{many}`");
            return Err(AdapterError::Platform(words));
        }
    }
    let has = |name: &str| commands.iter().any(|command| command.path == [name]);
    let menus = MENUS.iter().filter(|(.., command)| has(command));
    wanted.extend(menus.map(|(name, kind, _)| everywhere(json!({ "type": kind, "name": name }))));
    Ok(wanted)
}

fn top_level(commands: &[Command]) -> Vec<Value> {
    let mut tops: BTreeMap<String, Vec<&Command>> = BTreeMap::new();
    for command in commands {
        let top = names(command).remove(0);
        tops.entry(top).or_default().push(command);
    }
    tops.iter().map(|(name, commands)| top(name, commands)).collect()
}

fn top(name: &str, commands: &[&Command]) -> Value {
    let mut options: Vec<Value> = Vec::new();
    for command in commands {
        match &names(command)[1..] {
            [group, subcommand, ..] => {
                let own = subcommand_of(subcommand, command);
                let found = options.iter_mut().find(|option| option["type"] == GROUP && option["name"] == *group);
                match found.and_then(|option| option["options"].as_array_mut()) {
                    Some(inner) => inner.push(own),
                    None => options.push(json!({
                        "type": GROUP, "name": group, "description": description(&command.family), "options": [own],
                    })),
                }
            }
            [subcommand] => options.push(subcommand_of(subcommand, command)),
            [] => {}
        }
    }
    let family = commands.first().map_or("", |command| command.family.as_str());
    let mut top = json!({ "type": 1, "name": name, "description": description(family), "options": options });
    if !commands.is_empty() && commands.iter().all(|command| command.admin) {
        // It only hides them. Whoever uses them is looked at anew each time.
        top["default_member_permissions"] = Permissions::MANAGE_GUILD.bits().to_string().into();
    }
    everywhere(top)
}

/// In servers where the bot is installed, and in direct messages to it.
fn everywhere(mut command: Value) -> Value {
    command["contexts"] = json!([0, 1]);
    command["integration_types"] = json!([0]);
    command
}

fn subcommand_of(name: &str, command: &Command) -> Value {
    let mut arguments: Vec<&Argument> = command.arguments.iter().collect();
    arguments.sort_by_key(|argument| !argument.required);
    let options: Vec<Value> = arguments.into_iter().map(option).collect();
    json!({ "type": SUBCOMMAND, "name": name, "description": description(&command.summary), "options": options })
}

fn option(argument: &Argument) -> Value {
    let kind = match argument.kind {
        ArgumentKind::Text | ArgumentKind::OneOf(_) => STRING,
        ArgumentKind::Flag => BOOLEAN,
        ArgumentKind::Person => USER,
        ArgumentKind::File => ATTACHMENT,
    };
    let mut option = json!({
        "type": kind, "name": named(&argument.name), "description": description(&argument.help),
        "required": argument.required,
    });
    match &argument.kind {
        ArgumentKind::OneOf(words) if fit(words) => {
            option["choices"] = words.iter().map(|word| json!({ "name": word, "value": word })).collect();
        }
        ArgumentKind::Text | ArgumentKind::OneOf(_) if argument.completes => option["autocomplete"] = true.into(),
        _ => {}
    }
    option
}

fn fit(words: &[String]) -> bool {
    (1..=OPTIONS).contains(&words.len()) && words.iter().all(|word| (1..=CHOICE).contains(&word.chars().count()))
}

fn description(words: &str) -> String {
    match clean_line(words).trim() {
        "" => "-".to_owned(),
        words => cut(words, DESCRIPTION),
    }
}

/// Discord's count of a command's characters.
fn size(value: &Value) -> usize {
    let own = ["name", "description", "value"].iter().map(|key| text(&value[*key]).chars().count()).sum::<usize>();
    let inner = ["options", "choices"].iter().filter_map(|key| value[*key].as_array()).flatten();
    own + inner.map(size).sum::<usize>()
}

/// What holds more options than Discord takes.
fn too_many(value: &Value) -> Option<&str> {
    let options = value["options"].as_array()?;
    match options.len() > OPTIONS {
        true => Some(text(&value["name"])),
        false => options.iter().find_map(too_many),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether Discord's commands are ours. It adds ids and versions, and leaves out what has its usual value.
fn same(wanted: &[Value], published: &[Value]) -> bool {
    let sorted = |commands: &[Value]| {
        let mut shapes: Vec<Value> = commands.iter().map(shape).collect();
        shapes.sort_by_key(|shape| (shape["type"].as_u64(), text(&shape["name"]).to_owned()));
        shapes
    };
    sorted(wanted) == sorted(published)
}

fn shape(command: &Value) -> Value {
    let all = |key: &str| command[key].as_array().into_iter().flatten().map(shape).collect::<Vec<_>>();
    let numbers = |key: &str| {
        let mut numbers: Vec<u64> = command[key].as_array().into_iter().flatten().filter_map(Value::as_u64).collect();
        numbers.sort_unstable();
        numbers
    };
    json!({
        "type": command["type"].as_u64().unwrap_or(1),
        "name": command["name"],
        "description": text(&command["description"]),
        "value": command["value"],
        "required": command["required"].as_bool().unwrap_or(false),
        "autocomplete": command["autocomplete"].as_bool().unwrap_or(false),
        "permissions": command["default_member_permissions"],
        "contexts": numbers("contexts"),
        "installed": numbers("integration_types"),
        "options": all("options"),
        "choices": all("choices"),
    })
}
