//! Answers to interactions: the first one within three seconds, further ones within fifteen minutes.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    Answer, Call, Payload, limits, messages,
    refusal::{Refusal, unknown_interaction},
    schemas,
};
use crate::{
    EPHEMERAL, LOADING, objects,
    state::{Id, Interaction, Message, State},
};

/// Milliseconds until an interaction that nobody acknowledged is forgotten.
const FIRST: i64 = 3_000;
/// Milliseconds until the token dies.
const TOKEN: i64 = 15 * 60 * 1_000;

const PING: u8 = 1;
const COMMAND: u8 = 2;
const COMPONENT: u8 = 3;
const COMPLETION: u8 = 4;
const MODAL: u8 = 5;

pub fn callback(state: &mut State, id: &str, token: &str, call: &Call) -> Answer {
    let id: Id = id.parse().map_err(|_| unknown_interaction())?;
    match state.interactions.get(&id) {
        Some(interaction) if interaction.token == token => {}
        _ => return Err(unknown_interaction()),
    }
    acknowledge(state, id, &call.payload, call.arrived)?;
    if call.asked("with_response") != Some("true") {
        return Ok((204, Value::Null));
    }
    let interaction = &state.interactions[&id];
    let message = interaction.original.map(|original| objects::message(state, &state.messages[&original]));
    let kind = interaction.acknowledged.map(|(kind, _)| kind);
    let about = json!({
        "id": id.to_string(),
        "type": interaction.kind,
        "response_message_id": interaction.original.map(|original| original.to_string()),
    });
    Ok((200, json!({"interaction": about, "resource": {"type": kind, "message": message}})))
}

/// Takes the first answer to an interaction, whichever way it came.
pub fn acknowledge(state: &mut State, id: Id, payload: &Payload, at: Instant) -> Result<(), Refusal> {
    let interaction = state.interactions.get(&id).ok_or_else(unknown_interaction)?.clone();
    if interaction.acknowledged.is_some() {
        return Err(Refusal::new(400, 40060, "Interaction has already been acknowledged."));
    }
    if state.now - interaction.born > FIRST {
        return Err(unknown_interaction());
    }
    let body = &payload.json;
    let found = schemas::mistakes("create_interaction_response", body);
    if !found.is_empty() {
        return Err(Refusal::form(&found));
    }
    let kind = u8::try_from(body["type"].as_u64().unwrap_or_default()).unwrap_or_default();
    let fits = match kind {
        1 => interaction.kind == PING,
        4 | 5 => matches!(interaction.kind, COMMAND | COMPONENT | MODAL),
        6 | 7 => interaction.kind == COMPONENT || interaction.kind == MODAL && interaction.message.is_some(),
        8 => interaction.kind == COMPLETION,
        9 => matches!(interaction.kind, COMMAND | COMPONENT),
        _ => false,
    };
    if !fits {
        let words = format!("Response type {kind} does not fit an interaction of type {}", interaction.kind);
        return Err(Refusal::form(&[super::refusal::Mistake::new("type", "BASE_TYPE_CHOICES", words)]));
    }
    let original = answer(state, &interaction, kind, payload).map_err(|refusal| within_data(refusal, kind))?;
    let known = state.interactions.get_mut(&id).ok_or_else(unknown_interaction)?;
    known.acknowledged = Some((kind, at));
    known.original = original;
    match kind {
        8 => known.choices = Some(body["data"]["choices"].as_array().cloned().unwrap_or_default()),
        9 => known.modal = Some(body["data"].clone()),
        _ => {}
    }
    Ok(())
}

fn answer(state: &mut State, interaction: &Interaction, kind: u8, payload: &Payload) -> Result<Option<Id>, Refusal> {
    let data = &payload.json["data"];
    let private = data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0;
    let only = private.then_some(interaction.user);
    match kind {
        4 => {
            messages::check(state, "", data, payload)?;
            let target = messages::Target { channel: interaction.channel, only, interaction: Some(interaction.id) };
            messages::create(state, target, data, payload).map(Some)
        }
        5 => Ok(Some(placeholder(state, interaction, only))),
        6 => Ok(interaction.message),
        7 => {
            messages::check(state, "", data, payload)?;
            let message = interaction.message.ok_or_else(unknown_interaction)?;
            messages::change(state, message, data, payload, Some(interaction.id))?;
            Ok(Some(message))
        }
        9 => limits::modal(data).map(|()| None),
        _ => Ok(None),
    }
}

fn within_data(mut refusal: Refusal, kind: u8) -> Refusal {
    if !refusal.errors.is_null() && kind != 9 {
        refusal.errors = json!({"data": refusal.errors});
    }
    refusal
}

/// "Usher is thinking".
fn placeholder(state: &mut State, interaction: &Interaction, only: Option<Id>) -> Id {
    let id = state.snowflake();
    let message = Message {
        id,
        channel: interaction.channel,
        author: state.facts.bot,
        content: String::new(),
        embeds: Vec::new(),
        components: Vec::new(),
        attachments: Vec::new(),
        flags: LOADING | if only.is_some() { EPHEMERAL } else { 0 },
        only,
        edited: None,
        deleted: false,
        interaction: Some(interaction.id),
        answers: None,
    };
    state.messages.insert(id, message);
    id
}

/// A further message. The first one after a deferral takes the placeholder's place, and is seen by whoever saw that.
pub fn follow_up(state: &mut State, token: &str, call: &Call) -> Answer {
    let interaction = alive(state, token)?;
    let data = &call.payload.json;
    messages::check(state, "execute_webhook", data, &call.payload)?;
    let waiting =
        interaction.original.filter(|id| state.messages[id].flags & LOADING != 0 && !state.messages[id].deleted);
    if let Some(id) = waiting {
        let message = messages::change(state, id, data, &call.payload, Some(interaction.id))?;
        return Ok((200, message));
    }
    let private = data["flags"].as_u64().unwrap_or_default() & EPHEMERAL != 0;
    let target = messages::Target {
        channel: interaction.channel,
        only: private.then_some(interaction.user),
        interaction: Some(interaction.id),
    };
    let id = messages::create(state, target, data, &call.payload)?;
    Ok((200, objects::message(state, &state.messages[&id])))
}

pub fn get(state: &mut State, token: &str, id: &str) -> Answer {
    let (_, id) = named(state, token, id)?;
    Ok((200, objects::message(state, &state.messages[&id])))
}

pub fn edit(state: &mut State, token: &str, id: &str, call: &Call) -> Answer {
    let (interaction, original) = named(state, token, id)?;
    let operation = if id == "@original" { "update_original_webhook_message" } else { "update_webhook_message" };
    messages::check(state, operation, &call.payload.json, &call.payload)?;
    Ok((200, messages::change(state, original, &call.payload.json, &call.payload, Some(interaction.id))?))
}

pub fn delete(state: &mut State, token: &str, id: &str) -> Answer {
    let (_, id) = named(state, token, id)?;
    messages::delete(state, id);
    Ok((204, Value::Null))
}

/// Whether the placeholder of an interaction still says that the bot is thinking. Once the token is dead, people read that
/// the bot did not answer.
pub fn thinks(state: &State, message: &Message) -> bool {
    let born = message.interaction.and_then(|id| state.interactions.get(&id)).map_or(i64::MIN, |one| one.born);
    message.flags & LOADING != 0 && !message.deleted && state.now - born <= TOKEN
}

/// An acknowledged interaction whose token lives.
fn alive(state: &State, token: &str) -> Result<Interaction, Refusal> {
    let id = state.tokens.get(token).ok_or_else(|| Refusal::unknown("Webhook", 10015))?;
    let interaction = &state.interactions[id];
    if state.now - interaction.born > TOKEN {
        return Err(Refusal::new(401, 50027, "Invalid Webhook Token"));
    }
    match interaction.acknowledged {
        None => Err(Refusal::unknown("Webhook", 10015)),
        Some(_) => Ok(interaction.clone()),
    }
}

/// A message that this interaction's token reaches: its answers, and the one whose component was used.
fn named(state: &State, token: &str, id: &str) -> Result<(Interaction, Id), Refusal> {
    let interaction = alive(state, token)?;
    let unknown = || Refusal::unknown("Message", 10008);
    let found = match id {
        "@original" => interaction.original.ok_or_else(unknown)?,
        id => id.parse().map_err(|_| unknown())?,
    };
    let message = state.messages.get(&found).filter(|message| !message.deleted).ok_or_else(unknown)?;
    if message.interaction == Some(interaction.id)
        || interaction.original == Some(found)
        || interaction.message == Some(found)
    {
        Ok((interaction, found))
    } else {
        Err(unknown())
    }
}
