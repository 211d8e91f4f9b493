//! Knows servers and channels by name, and which channel a thread is in. Names are for display; a thread never moves,
//! so nothing that decides can go stale here.

use std::collections::HashMap;

use parking_lot::RwLock;
use serde::Deserialize;
use serenity::{
    all::{ChannelId, ChannelType, GuildId, PartialChannel},
    http::Route,
};
use usher_chat::{Place, Platform};

use crate::{
    ids,
    rest::{Rest, RestError},
};

/// What was seen so far.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    servers: RwLock<HashMap<GuildId, String>>,
    channels: RwLock<HashMap<ChannelId, Channel>>,
}

/// A channel or thread.
#[derive(Debug, Clone, Default)]
pub(crate) struct Channel {
    pub(crate) name: Option<String>,
    /// The channel that a thread is in.
    pub(crate) parent: Option<ChannelId>,
}

/// Where something happens, and what it is called.
#[derive(Debug, Clone)]
pub(crate) struct Whereabouts {
    pub(crate) place: Place,
    pub(crate) name: String,
    pub(crate) workspace: Option<String>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<ChannelType>,
    #[serde(default)]
    parent_id: Option<ChannelId>,
}

impl Channel {
    /// A channel by what Discord tells of it. `parent` is a thread's channel, and anything else's category. `None`: a
    /// thread of who knows which channel.
    pub(crate) fn new(name: Option<String>, kind: ChannelType, parent: Option<ChannelId>) -> Option<Self> {
        match kind {
            ChannelType::PublicThread | ChannelType::PrivateThread | ChannelType::NewsThread => {
                Some(Self { name, parent: Some(parent?) })
            }
            _ => Some(Self { name, parent: None }),
        }
    }
}

impl Directory {
    /// Notes a server's name.
    pub(crate) fn note_server(&self, server: GuildId, name: String) {
        self.servers.write().insert(server, name);
    }

    /// Notes a channel or thread.
    pub(crate) fn note_channel(&self, id: ChannelId, channel: Option<Channel>) {
        if let Some(channel) = channel {
            self.channels.write().insert(id, channel);
        }
    }

    /// Notes the channel that came with an interaction.
    pub(crate) fn note_partial(&self, channel: &PartialChannel) {
        self.note_channel(channel.id, Channel::new(channel.name.clone(), channel.kind, channel.parent_id));
    }

    /// Forgets a channel or thread that is gone.
    pub(crate) fn forget_channel(&self, id: ChannelId) {
        self.channels.write().remove(&id);
    }

    /// Where a channel of a server is, by what is known without asking. `None`: it may be a thread of who knows which.
    pub(crate) fn known(&self, server: GuildId, channel: ChannelId) -> Option<Whereabouts> {
        let channels = self.channels.read();
        let own = channels.get(&channel)?;
        let (outer, thread) = match own.parent {
            Some(parent) => (parent, Some(channel)),
            None => (channel, None),
        };
        let name = channels.get(&outer).and_then(|outer| outer.name.as_ref()).or(own.name.as_ref());
        Some(Whereabouts {
            place: ids::channel(server, outer, thread),
            name: name.map_or_else(|| "this channel".to_owned(), |name| format!("#{name}")),
            workspace: self.servers.read().get(&server).cloned(),
        })
    }

    /// Where a channel of a server is. Asks Discord for what is not known.
    ///
    /// # Errors
    /// The channel is not known, and Discord does not tell.
    pub(crate) async fn find(
        &self,
        rest: &Rest,
        server: GuildId,
        channel: ChannelId,
    ) -> Result<Whereabouts, RestError> {
        if !self.servers.read().contains_key(&server) {
            match rest.get::<Named>(Route::Guild { guild_id: server }, &[]).await {
                Ok(named) => self.note_server(server, named.name.unwrap_or_default()),
                Err(error) => tracing::debug!(%server, %error, "the server's name is not known"),
            }
        }
        let mut next = Some(channel);
        while let Some(id) = next.filter(|id| !self.channels.read().contains_key(id)) {
            match rest.get::<Named>(Route::Channel { channel_id: id }, &[]).await {
                Ok(named) => {
                    let kind = named.kind.unwrap_or(ChannelType::Text);
                    self.note_channel(id, Channel::new(named.name, kind, named.parent_id));
                }
                // What a thread's channel is called is for display.
                Err(error) if id != channel => tracing::debug!(%id, %error, "the channel's name is not known"),
                Err(error) => return Err(error),
            }
            next = self.channels.read().get(&id).and_then(|channel| channel.parent);
        }
        self.known(server, channel).ok_or_else(|| RestError::Away("the channel was forgotten".to_owned()))
    }

    /// The direct chat.
    pub(crate) fn direct() -> Whereabouts {
        Whereabouts { place: Place::direct(Platform::DISCORD), name: "direct message".to_owned(), workspace: None }
    }
}
