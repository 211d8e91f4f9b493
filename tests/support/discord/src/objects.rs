//! Discord's objects, as its API and its gateway show them.

use serde_json::{Value, json};

use crate::{
    permissions,
    state::{Channel, Guild, Id, Message, Role, State, User},
};

pub fn user(user: &User) -> Value {
    json!({
        "id": user.id.to_string(),
        "username": user.name,
        "global_name": user.display,
        "discriminator": "0",
        "avatar": null,
        "bot": user.bot,
        "public_flags": 0,
    })
}

pub fn user_of(state: &State, id: Id) -> Value {
    state.users.get(&id).map_or(Value::Null, user)
}

/// A member without the user, as it stands beside a message.
pub fn partial_member(state: &State, guild: Id, who: Id) -> Value {
    let roles = state.guilds.get(&guild).and_then(|guild| guild.members.get(&who)).cloned().unwrap_or_default();
    json!({
        "nick": null,
        "avatar": null,
        "roles": roles.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "joined_at": State::stamp(State::made(guild)),
        "premium_since": null,
        "deaf": false,
        "mute": false,
        "flags": 0,
        "pending": false,
        "communication_disabled_until": null,
    })
}

pub fn member(state: &State, guild: Id, who: Id) -> Value {
    let mut member = partial_member(state, guild, who);
    member["user"] = user_of(state, who);
    member
}

/// A member as an interaction shows it: with what they may do in that channel.
pub fn acting_member(state: &State, guild: Id, channel: Id, who: Id) -> Value {
    let mut acting = member(state, guild, who);
    acting["permissions"] = json!(permissions::in_channel(state, channel, who).to_string());
    acting
}

pub fn role(role: &Role, position: usize) -> Value {
    json!({
        "id": role.id.to_string(),
        "name": role.name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": null, "tertiary_color": null},
        "hoist": false,
        "icon": null,
        "unicode_emoji": null,
        "position": position,
        "permissions": role.permissions.to_string(),
        "managed": false,
        "mentionable": false,
        "flags": 0,
    })
}

pub fn roles(guild: &Guild) -> Value {
    guild.roles.values().enumerate().map(|(position, one)| role(one, position)).collect()
}

pub fn guild(guild: &Guild) -> Value {
    json!({
        "id": guild.id.to_string(),
        "name": guild.name,
        "icon": null,
        "splash": null,
        "discovery_splash": null,
        "owner_id": guild.owner.to_string(),
        "afk_channel_id": null,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": roles(guild),
        "emojis": [],
        "features": [],
        "mfa_level": 0,
        "application_id": null,
        "system_channel_id": null,
        "system_channel_flags": 0,
        "rules_channel_id": null,
        "vanity_url_code": null,
        "description": null,
        "banner": null,
        "premium_tier": 0,
        "preferred_locale": "en-US",
        "public_updates_channel_id": null,
        "nsfw_level": 0,
        "stickers": [],
        "premium_progress_bar_enabled": false,
    })
}

/// A guild as the gateway tells it when the bot connects or is added.
pub fn created_guild(state: &State, id: Id) -> Value {
    let one = &state.guilds[&id];
    let mut created = guild(one);
    let here = |channel: &&Channel| channel.guild == Some(id);
    let (threads, channels): (Vec<_>, Vec<_>) =
        state.channels.values().filter(here).partition(|channel| (10..=12).contains(&channel.kind));
    let shown = |channels: Vec<&Channel>| channels.into_iter().map(|one| channel(state, one)).collect::<Value>();
    created["joined_at"] = json!(State::stamp(State::made(id)));
    created["large"] = json!(false);
    created["unavailable"] = json!(false);
    created["member_count"] = json!(one.members.len());
    created["voice_states"] = json!([]);
    created["members"] = json!([member(state, id, state.facts.bot)]);
    created["channels"] = shown(channels);
    created["threads"] = shown(threads);
    created["presences"] = json!([]);
    created["stage_instances"] = json!([]);
    created["guild_scheduled_events"] = json!([]);
    created
}

pub fn channel(state: &State, one: &Channel) -> Value {
    let Some(guild) = one.guild else {
        return json!({
            "id": one.id.to_string(),
            "type": one.kind,
            "last_message_id": null,
            "flags": 0,
            "recipients": [one.recipient.map_or(Value::Null, |who| user_of(state, who))],
        });
    };
    let overwrites = one.overwrites.iter().map(|(id, allow, deny)| {
        let kind = u8::from(!state.guilds[&guild].roles.contains_key(id));
        json!({"id": id.to_string(), "type": kind, "allow": allow.to_string(), "deny": deny.to_string()})
    });
    let mut shown = json!({
        "id": one.id.to_string(),
        "type": one.kind,
        "guild_id": guild.to_string(),
        "name": one.name,
        "position": 0,
        "permission_overwrites": overwrites.collect::<Value>(),
        "nsfw": false,
        "parent_id": one.parent.map(|parent| parent.to_string()),
        "last_message_id": null,
        "flags": 0,
    });
    if (10..=12).contains(&one.kind) {
        shown["owner_id"] = json!(state.guilds[&guild].owner.to_string());
        shown["message_count"] = json!(0);
        shown["member_count"] = json!(1);
        shown["thread_metadata"] = thread_metadata(one);
    }
    shown
}

fn thread_metadata(thread: &Channel) -> Value {
    json!({
        "archived": false,
        "auto_archive_duration": 1440,
        "archive_timestamp": State::stamp(State::made(thread.id)),
        "locked": false,
    })
}

/// A channel as an interaction shows it.
pub fn partial_channel(state: &State, id: Id, who: Id) -> Value {
    let mut shown = state.channels.get(&id).map_or(Value::Null, |one| channel(state, one));
    shown["permissions"] = json!(permissions::in_channel(state, id, who).to_string());
    shown
}

pub fn message(state: &State, one: &Message) -> Value {
    let mentions: Vec<Value> = mentioned(&one.content).filter_map(|id| state.users.get(&id)).map(user).collect();
    let mut shown = json!({
        "id": one.id.to_string(),
        "channel_id": one.channel.to_string(),
        "author": user_of(state, one.author),
        "content": one.content,
        "timestamp": State::stamp(State::made(one.id)),
        "edited_timestamp": one.edited.map(State::stamp),
        "tts": false,
        "mention_everyone": false,
        "mentions": mentions,
        "mention_roles": [],
        "attachments": one.attachments,
        "embeds": one.embeds,
        "components": one.components,
        "pinned": false,
        "type": match (one.interaction, one.answers) { (Some(_), _) => 20, (None, Some(_)) => 19, _ => 0 },
        "flags": one.flags,
    });
    if let Some(interaction) = one.interaction {
        shown["application_id"] = json!(state.facts.application.to_string());
        shown["webhook_id"] = json!(state.facts.application.to_string());
        shown["interaction_metadata"] = interaction_metadata(state, interaction);
    }
    if let Some(answered) = one.answers {
        let guild = state.guild_of(one.channel).map(|guild| guild.to_string());
        shown["message_reference"] = json!({"type": 0, "message_id": answered.to_string(), "channel_id": one.channel.to_string(), "guild_id": guild});
        let found = state.messages.get(&answered).filter(|answered| !answered.deleted);
        shown["referenced_message"] = found.map_or(Value::Null, |found| {
            let mut plain = found.clone();
            plain.answers = None;
            message(state, &plain)
        });
        if let (Some(found), Some(list)) = (found, shown["mentions"].as_array_mut())
            && one.author != state.facts.bot
            && !list.iter().any(|user| user["id"] == json!(found.author.to_string()))
        {
            list.push(user_of(state, found.author));
        }
    }
    shown
}

fn interaction_metadata(state: &State, id: Id) -> Value {
    let Some(asked) = state.interactions.get(&id) else { return Value::Null };
    let owner = state.guild_of(asked.channel).unwrap_or_default();
    let mut about = json!({
        "id": id.to_string(),
        "type": if asked.message.is_some() { 3 } else { 2 },
        "user": user_of(state, asked.user),
        "authorizing_integration_owners": {"0": owner.to_string()},
    });
    if let Some(message) = asked.message {
        about["interacted_message_id"] = json!(message.to_string());
    }
    if asked.kind == 5 {
        let trigger = about.clone();
        about["type"] = json!(5);
        about["triggering_interaction_metadata"] = trigger;
    }
    about
}

/// People named in a text as `<@id>`.
pub fn mentioned(text: &str) -> impl Iterator<Item = Id> + '_ {
    text.match_indices("<@").filter_map(|(at, _)| {
        let rest = text[at + 2..].trim_start_matches('!');
        rest.split_once('>').and_then(|(id, _)| id.parse().ok())
    })
}
