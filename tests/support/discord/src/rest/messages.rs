//! Messages made and changed, whichever way the bot sent them.

use serde_json::{Value, json};

use super::{
    Payload, limits,
    refusal::{Refusal, empty_message},
    schemas,
};
use crate::{
    EPHEMERAL, SUPPRESS_EMBEDS, gateway,
    state::{Id, Message, State, StoredFile},
};

/// What a bot may set when it sends: embeds off, nobody notified aloud, ephemeral.
const SETTABLE: u64 = SUPPRESS_EMBEDS | EPHEMERAL | 1 << 12;

/// Where a new message goes.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    pub channel: Id,
    /// Whoever alone sees it.
    pub only: Option<Id>,
    pub interaction: Option<Id>,
}

/// Holds a body against schema, limits and the rule that nobody is ever pinged.
pub fn check(state: &mut State, operation: &str, data: &Value, payload: &Payload) -> Result<(), Refusal> {
    if !operation.is_empty() {
        let found = schemas::mistakes(operation, data);
        if !found.is_empty() {
            return Err(Refusal::form(&found));
        }
    }
    let mentions = &data["allowed_mentions"];
    let named = |key: &str| mentions[key].as_array().is_some_and(|list| !list.is_empty());
    if mentions["parse"] != json!([]) || named("users") || named("roles") || mentions["replied_user"] == json!(true) {
        state.violations.push(format!("a message may mention: allowed_mentions is {mentions} in {data}"));
    }
    let flags = data["flags"].as_u64().unwrap_or_default();
    if flags & !SETTABLE != 0 {
        state.violations.push(format!("flags {flags} cannot be set in {data}"));
    }
    limits::message(data, &payload.sizes())
}

/// Makes a message of a body that was checked.
pub fn create(state: &mut State, target: Target, data: &Value, payload: &Payload) -> Result<Id, Refusal> {
    let id = state.snowflake();
    let attachments = store_files(state, target.channel, data, payload);
    let answers = data["message_reference"]["message_id"].as_str().and_then(|id| id.parse().ok());
    let mut message = Message {
        id,
        channel: target.channel,
        author: state.facts.bot,
        content: text(data),
        embeds: list(data, "embeds").unwrap_or_default(),
        components: list(data, "components").unwrap_or_default(),
        attachments,
        flags: data["flags"].as_u64().unwrap_or_default() & SETTABLE,
        only: target.only,
        edited: None,
        deleted: false,
        interaction: target.interaction,
        answers,
    };
    if empty(&message) {
        return Err(empty_message());
    }
    message.flags = if target.only.is_some() { message.flags | EPHEMERAL } else { message.flags & !EPHEMERAL };
    if let Some(answered) = answers {
        let found = state.messages.get(&answered).is_some_and(|one| !one.deleted && one.channel == target.channel);
        if !found && data["message_reference"]["fail_if_not_exists"] != json!(false) {
            return Err(Refusal::new(400, 50035, "Invalid Form Body"));
        }
    }
    state.messages.insert(id, message);
    state.show(id, false, target.interaction);
    if target.only.is_none() {
        gateway::tell_message(state, "MESSAGE_CREATE", id);
    }
    Ok(id)
}

/// Changes a message: only what the body names.
pub fn change(
    state: &mut State,
    id: Id,
    data: &Value,
    payload: &Payload,
    interaction: Option<Id>,
) -> Result<Value, Refusal> {
    let Some(mut message) = state.messages.get(&id).cloned() else { return Err(Refusal::unknown("Message", 10008)) };
    let first = message.flags & crate::LOADING != 0;
    if data.get("content").is_some() {
        message.content = text(data);
    }
    if data.get("embeds").is_some() {
        message.embeds = list(data, "embeds").unwrap_or_default();
    }
    if data.get("components").is_some() {
        message.components = list(data, "components").unwrap_or_default();
    }
    if let Some(kept) = data["attachments"].as_array() {
        let kept: Vec<&str> = kept.iter().filter_map(|one| one["id"].as_str()).collect();
        message.attachments.retain(|one| one["id"].as_str().is_some_and(|id| kept.contains(&id)));
    }
    message.attachments.extend(store_files(state, message.channel, data, payload));
    if let Some(flags) = data["flags"].as_u64() {
        message.flags = message.flags & !SUPPRESS_EMBEDS | flags & SUPPRESS_EMBEDS;
    }
    message.flags &= !crate::LOADING;
    message.edited = if first { None } else { Some(state.now) };
    if empty(&message) {
        return Err(empty_message());
    }
    let only = message.only;
    state.messages.insert(id, message);
    state.show(id, !first, interaction);
    if only.is_none() {
        gateway::tell_message(state, if first { "MESSAGE_CREATE" } else { "MESSAGE_UPDATE" }, id);
    }
    Ok(crate::objects::message(state, &state.messages[&id]))
}

/// Takes a message away.
pub fn delete(state: &mut State, id: Id) {
    let Some(message) = state.messages.get_mut(&id) else { return };
    message.deleted = true;
    let told = message.only.is_none();
    let channel = message.channel;
    if told {
        let guild = state.guild_of(channel).map(|guild| guild.to_string());
        let gone = json!({"id": id.to_string(), "channel_id": channel.to_string(), "guild_id": guild});
        gateway::tell(state, state.guild_of(channel), gateway::message_intent(state, channel), "MESSAGE_DELETE", gone);
    }
}

fn empty(message: &Message) -> bool {
    message.content.trim().is_empty()
        && message.embeds.is_empty()
        && message.components.is_empty()
        && message.attachments.is_empty()
}

fn text(data: &Value) -> String {
    data["content"].as_str().unwrap_or_default().to_owned()
}

fn list(data: &Value, key: &str) -> Option<Vec<Value>> {
    data[key].as_array().cloned()
}

fn store_files(state: &mut State, channel: Id, data: &Value, payload: &Payload) -> Vec<Value> {
    let mut stored = Vec::new();
    for file in &payload.files {
        let id = state.snowflake();
        let described = data["attachments"].as_array().into_iter().flatten().find(|one| {
            one["id"].as_str() == Some(&file.number)
                || one["id"].as_u64().is_some_and(|id| id.to_string() == file.number)
        });
        let path = format!("{channel}/{id}/{}", file.name.replace([' ', '/'], "_"));
        let url = format!("{}/attachments/{path}", state.facts.api_url);
        stored.push(json!({
            "id": id.to_string(),
            "filename": file.name,
            "description": described.map_or(Value::Null, |one| one["description"].clone()),
            "content_type": file.media_type,
            "size": file.content.len(),
            "url": url,
            "proxy_url": url,
        }));
        let content = StoredFile { media_type: file.media_type.clone(), content: file.content.clone() };
        state.files.insert(path, content);
    }
    stored
}
