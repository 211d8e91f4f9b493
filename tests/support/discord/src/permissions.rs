//! Discord's permission bits, and who has which in a channel.

use crate::state::{Id, State};

/// Sees the channel.
pub const VIEW_CHANNEL: u64 = 1 << 10;
/// Administers everything.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// Administers the server.
pub const MANAGE_GUILD: u64 = 1 << 5;
/// Writes messages.
pub const SEND_MESSAGES: u64 = 1 << 11;
/// Deletes messages of others.
pub const MANAGE_MESSAGES: u64 = 1 << 13;
/// Shows embeds.
pub const EMBED_LINKS: u64 = 1 << 14;
/// Sends files.
pub const ATTACH_FILES: u64 = 1 << 15;
/// Reads what was written before.
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
/// Uses commands of applications.
pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
/// Writes messages in threads.
pub const SEND_MESSAGES_IN_THREADS: u64 = 1 << 38;

/// What everyone may do in a new server.
pub const EVERYONE: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_APPLICATION_COMMANDS
    | SEND_MESSAGES_IN_THREADS;

const ALL: u64 = u64::MAX >> 1;

/// What somebody may do in a server.
pub fn in_guild(state: &State, guild: Id, user: Id) -> u64 {
    let Some(guild) = state.guilds.get(&guild) else { return 0 };
    let Some(roles) = guild.members.get(&user) else { return 0 };
    let everyone = guild.roles.get(&guild.id).map_or(0, |role| role.permissions);
    let all = roles.iter().filter_map(|role| guild.roles.get(role)).fold(everyone, |all, role| all | role.permissions);
    if guild.owner == user || all & ADMINISTRATOR != 0 { ALL } else { all }
}

/// What somebody may do in a channel, overwrites of the channel or its parent counted in.
pub fn in_channel(state: &State, channel: Id, user: Id) -> u64 {
    let Some(channel) = state.channels.get(&channel) else { return 0 };
    let Some(guild) = channel.guild else {
        let inside = channel.recipient == Some(user) || state.facts.bot == user;
        return if inside { EVERYONE } else { 0 };
    };
    let mut all = in_guild(state, guild, user);
    if all == ALL {
        return all;
    }
    let ruling = channel.parent.and_then(|parent| state.channels.get(&parent)).unwrap_or(channel);
    let roles = state.guilds[&guild].members.get(&user).cloned().unwrap_or_default();
    let overwrite = |all: u64, of: &dyn Fn(Id) -> bool| {
        let chosen = ruling.overwrites.iter().filter(|(id, ..)| of(*id));
        let (give, take) = chosen.fold((0, 0), |(give, take), (_, allow, deny)| (give | allow, take | deny));
        all & !take | give
    };
    all = overwrite(all, &|id| id == guild);
    all = overwrite(all, &|id| roles.contains(&id));
    all = overwrite(all, &|id| id == user);
    if all & VIEW_CHANNEL == 0 { 0 } else { all }
}
