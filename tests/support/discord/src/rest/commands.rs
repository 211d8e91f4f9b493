//! The bot's commands: held to Discord's limits, and kept with their ids.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    Answer,
    refusal::{Mistake, Refusal},
    schemas,
};
use crate::state::{Id, State};

const SUBCOMMAND: u64 = 1;
const GROUP: u64 = 2;

/// Replaces all commands of a guild, or those of everywhere.
pub fn overwrite(state: &mut State, guild: Option<Id>, operation: &str, body: &Value) -> Answer {
    let mut found = schemas::mistakes(operation, body);
    let commands = body.as_array().cloned().unwrap_or_default();
    let mut names = BTreeSet::new();
    for kind in 1..=3 {
        let most = if kind == 1 { 100 } else { 15 };
        if commands.iter().filter(|one| kind_of(one) == kind).count() > most {
            return Err(Refusal::new(400, 30032, &format!("Maximum number of application commands reached ({most}).")));
        }
    }
    for (index, command) in commands.iter().enumerate() {
        let path = index.to_string();
        if !names.insert((kind_of(command), command["name"].clone().to_string())) {
            found.push(Mistake::new(
                &path,
                "APPLICATION_COMMANDS_DUPLICATE_NAME",
                "Application command names must be unique",
            ));
        }
        check(command, &path, &mut found);
    }
    if !found.is_empty() {
        return Err(Refusal::form(&found));
    }
    let before = state.commands.remove(&guild).unwrap_or_default();
    let stored: Vec<Value> = commands.iter().map(|command| store(state, guild, command, &before)).collect();
    state.commands.insert(guild, stored.clone());
    Ok((200, Value::Array(stored)))
}

pub fn kind_of(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

fn store(state: &mut State, guild: Option<Id>, command: &Value, before: &[Value]) -> Value {
    let same = before.iter().find(|old| old["name"] == command["name"] && kind_of(old) == kind_of(command));
    let id = same.map_or_else(|| json!(state.snowflake().to_string()), |old| old["id"].clone());
    let permissions = match &command["default_member_permissions"] {
        Value::Number(bits) => json!(bits.to_string()),
        other => other.clone(),
    };
    let mut stored = json!({
        "id": id,
        "type": kind_of(command),
        "application_id": state.facts.application.to_string(),
        "version": state.snowflake().to_string(),
        "name": command["name"],
        "description": command["description"].as_str().unwrap_or_default(),
        "default_member_permissions": permissions,
        "dm_permission": command["dm_permission"].as_bool().unwrap_or(true),
        "nsfw": false,
        "contexts": command["contexts"],
        "integration_types": command["integration_types"].as_array().map_or_else(|| json!([0]), |list| json!(list)),
    });
    if let Some(options) = command["options"].as_array().filter(|options| !options.is_empty()) {
        stored["options"] = options.iter().map(stored_option).collect();
    }
    if let Some(guild) = guild {
        stored["guild_id"] = json!(guild.to_string());
    }
    stored
}

/// Discord leaves out what says nothing.
fn stored_option(option: &Value) -> Value {
    let says = |value: &Value| !value.is_null() && *value != json!(false) && *value != json!([]);
    let kept: Map<String, Value> = option
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| says(value))
        .map(|(key, value)| match (key.as_str(), value) {
            ("options", Value::Array(inner)) => (key.clone(), inner.iter().map(stored_option).collect()),
            _ => (key.clone(), value.clone()),
        })
        .collect();
    Value::Object(kept)
}

fn check(command: &Value, path: &str, found: &mut Vec<Mistake>) {
    let name = command["name"].as_str().unwrap_or_default();
    let description = command["description"].as_str().unwrap_or_default();
    if kind_of(command) != 1 {
        if !description.is_empty() || !options(command).is_empty() {
            let words = "Context menu commands cannot have description or options";
            found.push(Mistake::new(path, "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID", words));
        }
        return;
    }
    if !named(name) {
        found.push(bad_name(path));
    }
    if description.is_empty() {
        found.push(Mistake::new(&format!("{path}/description"), "BASE_TYPE_REQUIRED", "This field is required"));
    }
    check_options(command, path, 0, found);
    if size(command) > 8_000 {
        found.push(Mistake::new(path, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)"));
    }
}

fn bad_name(path: &str) -> Mistake {
    Mistake::new(&format!("{path}/name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
}

fn options(of: &Value) -> &[Value] {
    of["options"].as_array().map_or(&[], Vec::as_slice)
}

/// `^[-_'\p{L}\p{N}]{1,32}$`, in lower case.
fn named(name: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | '\'');
    (1..=32).contains(&name.chars().count()) && name.chars().all(fits) && name == name.to_lowercase()
}

fn check_options(of: &Value, path: &str, depth: u64, found: &mut Vec<Mistake>) {
    let mut names = BTreeSet::new();
    let mut optional = false;
    let nests = |one: &Value| matches!(one["type"].as_u64(), Some(SUBCOMMAND | GROUP));
    if options(of).iter().any(nests) && !options(of).iter().all(nests) {
        let words = "Sub-command and sub-command group option types are mutually exclusive to all other types";
        found.push(Mistake::new(&format!("{path}/options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", words));
    }
    for (index, option) in options(of).iter().enumerate() {
        let path = format!("{path}/options/{index}");
        let (kind, name) = (option["type"].as_u64().unwrap_or_default(), option["name"].as_str().unwrap_or_default());
        if !named(name) {
            found.push(bad_name(&path));
        }
        if !names.insert(name) {
            let words = "Option names must be unique";
            found.push(Mistake::new(&path, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", words));
        }
        let required = option["required"].as_bool().unwrap_or_default();
        if required && optional {
            let words = "Required options must be placed before non-required options";
            found.push(Mistake::new(&path, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", words));
        }
        optional |= !required;
        if option["choices"].as_array().is_some_and(|choices| !choices.is_empty())
            && option["autocomplete"] == json!(true)
        {
            let words = "Choices and autocomplete exclude each other";
            found.push(Mistake::new(&path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_INVALID", words));
        }
        match kind {
            GROUP if depth > 0 => {
                found.push(Mistake::new(
                    &path,
                    "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
                    "A group stands at the top",
                ));
            }
            GROUP => check_options(option, &path, 1, found),
            SUBCOMMAND if depth > 1 => {
                found.push(Mistake::new(&path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Two levels and no more"));
            }
            SUBCOMMAND => check_options(option, &path, 2, found),
            _ => {}
        }
    }
}

/// Characters of names, descriptions and values, as Discord adds them up.
pub fn size(of: &Value) -> usize {
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let choices = of["choices"].as_array().into_iter().flatten();
    let choices: usize = choices.map(|choice| length(&choice["name"]) + length(&choice["value"])).sum();
    length(&of["name"]) + length(&of["description"]) + choices + options(of).iter().map(size).sum::<usize>()
}
