//! `/channels` and `/users/@me/channels`.

use serde_json::Value;

use super::{
    Answer, Call, messages,
    refusal::{Refusal, missing_access, missing_permissions},
    schemas,
};
use crate::{
    EPHEMERAL, objects, permissions,
    state::{Channel, Guild, Id, State},
};

/// Opens the direct chat with somebody, whether or not they take messages.
pub fn direct(state: &mut State, call: &Call) -> Answer {
    let found = schemas::mistakes("create_dm", &call.payload.json);
    if !found.is_empty() {
        return Err(Refusal::form(&found));
    }
    let who = call.payload.json["recipient_id"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
    match state.users.get(&who) {
        None => Err(Refusal::new(400, 50033, "Invalid Recipient(s)")),
        Some(user) if user.bot => Err(Refusal::new(400, 50007, "Cannot send messages to this user")),
        Some(_) => {
            let id = open_direct(state, who);
            Ok((200, objects::channel(state, &state.channels[&id])))
        }
    }
}

/// The direct chat of somebody with the bot.
pub fn open_direct(state: &mut State, who: Id) -> Id {
    if let Some(id) = state.users.get(&who).and_then(|user| user.direct) {
        return id;
    }
    let id = state.snowflake();
    let name = "direct".to_owned();
    let channel =
        Channel { id, guild: None, name, kind: 1, parent: None, recipient: Some(who), overwrites: Vec::new() };
    state.channels.insert(id, channel);
    if let Some(user) = state.users.get_mut(&who) {
        user.direct = Some(id);
    }
    id
}

pub fn get(state: &State, id: &str) -> Answer {
    let id = seen(state, id)?;
    Ok((200, objects::channel(state, &state.channels[&id])))
}

pub fn typing(state: &State, id: &str) -> Answer {
    let id = seen(state, id)?;
    may_send(state, id)?;
    Ok((204, Value::Null))
}

pub fn message(state: &State, channel: &str, id: &str) -> Answer {
    let channel = seen(state, channel)?;
    let id = public(state, channel, id)?;
    Ok((200, objects::message(state, &state.messages[&id])))
}

pub fn send(state: &mut State, channel: &str, call: &Call) -> Answer {
    let channel = seen(state, channel)?;
    may_send(state, channel)?;
    let data = &call.payload.json;
    messages::check(state, "create_message", data, &call.payload)?;
    if data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0 {
        state.violations.push("only the answer to an interaction can be ephemeral".to_owned());
    }
    let rights = permissions::in_channel(state, channel, state.facts.bot);
    if !call.payload.files.is_empty() && rights & permissions::ATTACH_FILES == 0 {
        return Err(missing_permissions());
    }
    let recipient = state.channels[&channel].recipient.and_then(|who| state.users.get(&who));
    if let Some(user) = recipient {
        if !user.open {
            return Err(Refusal::new(403, 50007, "Cannot send messages to this user"));
        }
        let meets = |guild: &Guild| [user.id, state.facts.bot].iter().all(|who| guild.members.contains_key(who));
        if !state.guilds.values().any(meets) {
            let words = "Cannot send messages to this user due to having no mutual guilds";
            return Err(Refusal::new(403, 50278, words));
        }
    }
    let nonce = data["nonce"].as_str().filter(|_| data["enforce_nonce"] == true).map(str::to_owned);
    if let Some(before) = nonce.as_ref().and_then(|nonce| state.nonces.get(&(channel, nonce.clone()))) {
        return Ok((200, objects::message(state, &state.messages[before])));
    }
    let target = messages::Target { channel, only: None, interaction: None };
    let id = messages::create(state, target, data, &call.payload)?;
    state.nonces.extend(nonce.map(|nonce| ((channel, nonce), id)));
    Ok((200, objects::message(state, &state.messages[&id])))
}

pub fn edit(state: &mut State, channel: &str, id: &str, call: &Call) -> Answer {
    let channel = seen(state, channel)?;
    let id = public(state, channel, id)?;
    if state.messages[&id].author != state.facts.bot {
        return Err(Refusal::new(403, 50005, "Cannot edit a message authored by another user"));
    }
    messages::check(state, "update_message", &call.payload.json, &call.payload)?;
    Ok((200, messages::change(state, id, &call.payload.json, &call.payload, None)?))
}

pub fn delete(state: &mut State, channel: &str, id: &str) -> Answer {
    let channel = seen(state, channel)?;
    let id = public(state, channel, id)?;
    if state.messages[&id].author != state.facts.bot {
        if state.channels[&channel].guild.is_none() {
            return Err(Refusal::new(403, 50003, "Cannot execute action on a DM channel"));
        }
        if permissions::in_channel(state, channel, state.facts.bot) & permissions::MANAGE_MESSAGES == 0 {
            return Err(missing_permissions());
        }
    }
    messages::delete(state, id);
    Ok((204, Value::Null))
}

/// A channel that the bot can see.
fn seen(state: &State, id: &str) -> Result<Id, Refusal> {
    let id = id.parse().map_err(|_| not_a_snowflake("channel_id"))?;
    if !state.channels.contains_key(&id) {
        return Err(Refusal::unknown("Channel", 10003));
    }
    let rights = permissions::in_channel(state, id, state.facts.bot);
    if rights & permissions::VIEW_CHANNEL == 0 { Err(missing_access()) } else { Ok(id) }
}

pub fn not_a_snowflake(key: &str) -> Refusal {
    let words = "Value is not snowflake.";
    Refusal::form(&[super::refusal::Mistake::new(key, "NUMBER_TYPE_COERCE", words)])
}

fn may_send(state: &State, channel: Id) -> Result<(), Refusal> {
    let thread = (10..=12).contains(&state.channels[&channel].kind);
    let needed = if thread { permissions::SEND_MESSAGES_IN_THREADS } else { permissions::SEND_MESSAGES };
    let rights = permissions::in_channel(state, channel, state.facts.bot);
    if rights & needed == 0 { Err(missing_permissions()) } else { Ok(()) }
}

/// A message of a channel that everyone there sees; ephemeral ones do not exist here.
fn public(state: &State, channel: Id, id: &str) -> Result<Id, Refusal> {
    let id = id.parse().map_err(|_| not_a_snowflake("message_id"))?;
    match state.messages.get(&id) {
        Some(one) if one.channel == channel && !one.deleted && one.only.is_none() => Ok(id),
        _ => Err(Refusal::unknown("Message", 10008)),
    }
}
