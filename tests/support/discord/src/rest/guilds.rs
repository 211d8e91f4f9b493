//! `/guilds`, `/users` and the application itself.

use serde_json::{Value, json};

use super::{
    Answer, Call,
    channels::not_a_snowflake,
    refusal::{Refusal, missing_access},
};
use crate::{
    gateway::{GUILD_MEMBERS, MESSAGE_CONTENT},
    objects,
    state::{Id, State},
};

pub fn application(state: &State) -> Value {
    let mut flags = 0;
    if state.privileged & GUILD_MEMBERS != 0 {
        flags |= 1 << 15;
    }
    if state.privileged & MESSAGE_CONTENT != 0 {
        flags |= 1 << 19;
    }
    json!({
        "id": state.facts.application.to_string(),
        "name": "Usher",
        "icon": null,
        "description": "Jira in the chat",
        "rpc_origins": [],
        "bot_public": true,
        "bot_require_code_grant": false,
        "bot": objects::user_of(state, state.facts.bot),
        "owner": null,
        "verify_key": state.facts.public_key,
        "team": null,
        "flags": flags,
        "integration_types_config": {"0": {}},
        "interactions_endpoint_url": state.endpoint,
        "redirect_uris": [],
        "approximate_guild_count": state.guilds.len(),
    })
}

pub fn current_user(state: &State) -> Value {
    let mut user = objects::user_of(state, state.facts.bot);
    user["verified"] = json!(true);
    user["mfa_enabled"] = json!(false);
    user["email"] = Value::Null;
    user["flags"] = json!(0);
    user
}

pub fn current_guilds(state: &State) -> Value {
    let inside = state.guilds.values().filter(|guild| guild.members.contains_key(&state.facts.bot));
    inside
        .map(|guild| {
            let rights = crate::permissions::in_guild(state, guild.id, state.facts.bot).to_string();
            json!({"id": guild.id.to_string(), "name": guild.name, "icon": null, "owner": false, "permissions": rights, "features": []})
        })
        .collect()
}

pub fn user(state: &State, id: &str) -> Answer {
    let id: Id = id.parse().map_err(|_| not_a_snowflake("user_id"))?;
    match state.users.get(&id) {
        Some(user) => Ok((200, objects::user(user))),
        None => Err(Refusal::unknown("User", 10013)),
    }
}

/// A guild that the bot is in.
pub fn joined(state: &State, id: &str) -> Result<Id, Refusal> {
    let id = id.parse().map_err(|_| not_a_snowflake("guild_id"))?;
    match state.guilds.get(&id) {
        None => Err(Refusal::unknown("Guild", 10004)),
        Some(guild) if !guild.members.contains_key(&state.facts.bot) => Err(missing_access()),
        Some(_) => Ok(id),
    }
}

pub fn get(state: &State, id: &str) -> Answer {
    let id = joined(state, id)?;
    Ok((200, objects::guild(&state.guilds[&id])))
}

pub fn roles(state: &State, id: &str) -> Answer {
    let id = joined(state, id)?;
    Ok((200, objects::roles(&state.guilds[&id])))
}

pub fn channels(state: &State, id: &str) -> Answer {
    let id = joined(state, id)?;
    let here = state.channels.values().filter(|one| one.guild == Some(id) && !(10..=12).contains(&one.kind));
    Ok((200, here.map(|one| objects::channel(state, one)).collect()))
}

/// All members, for applications that have the members intent switched on.
pub fn members(state: &State, id: &str, call: &Call) -> Answer {
    let id = joined(state, id)?;
    if state.privileged & GUILD_MEMBERS == 0 {
        return Err(missing_access());
    }
    let limit = call.asked("limit").and_then(|limit| limit.parse().ok()).unwrap_or(1);
    let after: Id = call.asked("after").and_then(|after| after.parse().ok()).unwrap_or_default();
    let page = state.guilds[&id].members.keys().filter(|who| **who > after).take(limit);
    Ok((200, page.map(|who| objects::member(state, id, *who)).collect()))
}

/// Members whose name begins so.
pub fn search(state: &State, id: &str, call: &Call) -> Answer {
    let id = joined(state, id)?;
    let limit = call.asked("limit").and_then(|limit| limit.parse().ok()).unwrap_or(1);
    let query = call.asked("query").unwrap_or_default().to_lowercase();
    let fits = |who: &&Id| {
        let user = state.users.get(who);
        user.is_some_and(|user| [&user.name, &user.display].iter().any(|name| name.to_lowercase().starts_with(&query)))
    };
    let found = state.guilds[&id].members.keys().filter(fits).take(limit);
    Ok((200, found.map(|who| objects::member(state, id, *who)).collect()))
}

pub fn member(state: &State, id: &str, who: &str) -> Answer {
    let id = joined(state, id)?;
    let who: Id = who.parse().map_err(|_| not_a_snowflake("user_id"))?;
    if !state.users.contains_key(&who) {
        return Err(Refusal::unknown("User", 10013));
    }
    if !state.guilds[&id].members.contains_key(&who) {
        return Err(Refusal::unknown("Member", 10007));
    }
    Ok((200, objects::member(state, id, who)))
}
