//! Servers, channels, roles and people: a test builds them and changes them.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use crate::{
    gateway::{self, GUILD_MEMBERS, GUILDS},
    objects,
    people::Seat,
    permissions, rest,
    state::{self, Id, Shared, State},
};

/// A server.
#[derive(Debug, Clone)]
pub struct Guild {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: Id,
}

/// A text channel, a thread, a forum or its post, or a direct chat.
#[derive(Debug, Clone)]
pub struct Channel {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: Id,
}

/// A role of a server.
#[derive(Debug, Clone)]
pub struct Role {
    pub(crate) shared: Arc<Shared>,
    pub(crate) guild: Id,
    pub(crate) id: Id,
}

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct Person {
    pub(crate) shared: Arc<Shared>,
    pub(crate) id: Id,
}

/// Makes somebody with an account, whose direct messages are open.
pub(crate) fn person(shared: &Arc<Shared>, name: &str, display: &str) -> Person {
    let id = shared.change(|state| {
        let id = state.snowflake();
        let (name, display) = (name.to_owned(), display.to_owned());
        state.users.insert(id, state::User { id, name, display, bot: false, open: true, direct: None });
        id
    });
    Person { shared: shared.clone(), id }
}

/// Makes a server that the bot is in, with a role of the bot's own that gives nothing more than everyone has.
pub(crate) fn guild(shared: &Arc<Shared>, name: &str) -> Guild {
    let founder = person(shared, "founder", "Founder").id;
    let id = shared.change(|state| {
        let id = state.snowflake();
        let everyone = state::Role { id, name: "@everyone".to_owned(), permissions: permissions::EVERYONE };
        let own = state.snowflake();
        let usher = state::Role { id: own, name: "Usher".to_owned(), permissions: 0 };
        let members = BTreeMap::from([(founder, Vec::new()), (state.facts.bot, vec![own])]);
        let roles = BTreeMap::from([(id, everyone), (own, usher)]);
        state.guilds.insert(id, state::Guild { id, name: name.to_owned(), owner: founder, roles, members });
        let created = objects::created_guild(state, id);
        gateway::tell(state, Some(id), GUILDS, "GUILD_CREATE", created);
        id
    });
    Guild { shared: shared.clone(), id }
}

impl Guild {
    /// Its id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// Makes a text channel.
    pub fn channel(&self, name: &str) -> Channel {
        self.make(name, 0)
    }

    /// Makes a forum; [`Channel::thread`] makes a post in it.
    pub fn forum(&self, name: &str) -> Channel {
        self.make(name, 15)
    }

    fn make(&self, name: &str, kind: u8) -> Channel {
        let id = self.shared.change(|state| {
            let id = state.snowflake();
            let (guild, name) = (Some(self.id), name.to_owned());
            let one = state::Channel { id, guild, name, kind, parent: None, recipient: None, overwrites: Vec::new() };
            let shown = {
                state.channels.insert(id, one);
                objects::channel(state, &state.channels[&id])
            };
            gateway::tell(state, guild, GUILDS, "CHANNEL_CREATE", shown);
            id
        });
        Channel { shared: self.shared.clone(), id }
    }

    /// Makes a role.
    pub fn role(&self, name: &str, permissions: u64) -> Role {
        let id = self.shared.change(|state| {
            let id = state.snowflake();
            let role = state::Role { id, name: name.to_owned(), permissions };
            let shown = objects::role(&role, 1);
            self.edit(state, |guild| drop(guild.roles.insert(id, role)));
            let told = json!({"guild_id": self.id.to_string(), "role": shown});
            gateway::tell(state, Some(self.id), GUILDS, "GUILD_ROLE_CREATE", told);
            id
        });
        Role { shared: self.shared.clone(), guild: self.id, id }
    }

    /// Takes somebody in.
    pub fn add(&self, who: &Person) {
        self.shared.change(|state| {
            self.edit(state, |guild| {
                guild.members.entry(who.id).or_default();
            });
        });
    }

    /// Gives a member a role.
    pub fn give(&self, who: &Person, role: &Role) {
        self.shared.change(|state| self.edit(state, |guild| guild.members.entry(who.id).or_default().push(role.id)));
    }

    /// Takes a role from a member.
    pub fn take(&self, who: &Person, role: &Role) {
        self.shared.change(|state| {
            self.edit(state, |guild| guild.members.entry(who.id).or_default().retain(|held| *held != role.id));
        });
    }

    /// Takes somebody in who has Manage Server.
    pub fn add_admin(&self, who: &Person) {
        let role = self.role("admins", permissions::MANAGE_GUILD);
        self.give(who, &role);
    }

    /// Gives the bot more than everyone has, by permission bits.
    pub fn bot_may(&self, permissions: u64) {
        self.shared.change(|state| {
            let bot = state.facts.bot;
            self.edit(state, |guild| {
                let own = guild.members.get(&bot).and_then(|roles| roles.first()).copied();
                if let Some(role) = own.and_then(|own| guild.roles.get_mut(&own)) {
                    role.permissions |= permissions;
                }
            });
        });
    }

    /// Somebody leaves, or is put out.
    pub fn remove(&self, who: &Person) {
        self.shared.change(|state| {
            self.edit(state, |guild| drop(guild.members.remove(&who.id)));
            let told = json!({"guild_id": self.id.to_string(), "user": objects::user_of(state, who.id)});
            gateway::tell(state, Some(self.id), GUILDS | GUILD_MEMBERS, "GUILD_MEMBER_REMOVE", told);
        });
    }

    /// The bot is put out.
    pub fn remove_bot(&self) {
        self.shared.change(|state| {
            let bot = state.facts.bot;
            self.edit(state, |guild| drop(guild.members.remove(&bot)));
            gateway::tell(state, Some(self.id), GUILDS, "GUILD_DELETE", json!({"id": self.id.to_string()}));
        });
    }

    fn edit(&self, state: &mut State, edit: impl FnOnce(&mut state::Guild)) {
        edit(state.guilds.get_mut(&self.id).expect("guilds stay"));
    }
}

impl Role {
    /// Its id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// How a message names it.
    pub fn mention(&self) -> String {
        format!("<@&{}>", self.id)
    }

    /// Deletes it.
    pub fn delete(&self) {
        self.shared.change(|state| {
            let guild = state.guilds.get_mut(&self.guild).expect("guilds stay");
            guild.roles.remove(&self.id);
            guild.members.values_mut().for_each(|held| held.retain(|one| *one != self.id));
            let told = json!({"guild_id": self.guild.to_string(), "role_id": self.id.to_string()});
            gateway::tell(state, Some(self.guild), GUILDS, "GUILD_ROLE_DELETE", told);
        });
    }
}

impl Channel {
    /// Its id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// How a message names it.
    pub fn mention(&self) -> String {
        format!("<#{}>", self.id)
    }

    /// Makes a thread in it, or a post in a forum.
    pub fn thread(&self, name: &str) -> Channel {
        let id = self.shared.change(|state| {
            let id = state.snowflake();
            let guild = state.guild_of(self.id);
            let one = state::Channel {
                id,
                guild,
                name: name.to_owned(),
                kind: 11,
                parent: Some(self.id),
                recipient: None,
                overwrites: Vec::new(),
            };
            state.channels.insert(id, one);
            let shown = objects::channel(state, &state.channels[&id]);
            gateway::tell(state, guild, GUILDS, "THREAD_CREATE", shown);
            id
        });
        Channel { shared: self.shared.clone(), id }
    }

    /// Takes permissions from a role or a person in this channel, by bits.
    pub fn deny(&self, whom: Id, permissions: u64) {
        self.shared.change(|state| {
            let channel = state.channels.get_mut(&self.id).expect("channels stay until they are deleted");
            channel.overwrites.push((whom, 0, permissions));
        });
    }

    /// Keeps the bot out.
    pub fn hide_from_bot(&self) {
        self.deny(self.shared.facts.bot, permissions::VIEW_CHANNEL);
    }

    /// Deletes it.
    pub fn delete(&self) {
        self.shared.change(|state| {
            let Some(gone) = state.channels.get(&self.id).cloned() else { return };
            let shown = objects::channel(state, &gone);
            state.channels.remove(&self.id);
            let event = if (10..=12).contains(&gone.kind) { "THREAD_DELETE" } else { "CHANNEL_DELETE" };
            gateway::tell(state, gone.guild, GUILDS, event, shown);
        });
    }
}

impl Person {
    /// Their id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// How a message names them.
    pub fn mention(&self) -> String {
        format!("<@{}>", self.id)
    }

    /// They take direct messages, or no longer.
    pub fn takes_direct_messages(&self, open: bool) {
        self.shared.change(|state| state.users.get_mut(&self.id).expect("people stay").open = open);
    }

    /// They are in a channel and may do things there.
    pub fn at(&self, channel: &Channel) -> Seat {
        Seat { person: self.clone(), channel: channel.clone() }
    }

    /// They are in their direct chat with the bot.
    pub fn direct(&self) -> Seat {
        let id = self.shared.change(|state| rest::open_direct(state, self.id));
        self.at(&Channel { shared: self.shared.clone(), id })
    }
}
