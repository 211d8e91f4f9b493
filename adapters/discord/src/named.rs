//! Names of people who are mentioned in a command's options: such a text comes without them.

use std::{collections::BTreeSet, time::Duration};

use futures::future::join_all;
use parking_lot::Mutex;
use serde::Deserialize;
use serenity::{
    all::{CommandData, GuildId, User, UserId},
    http::Route,
};
use tokio::time::timeout;
use usher_chat::Mention;

use crate::{Inner, commands, ids, members, messages, recent::Recent, rest::RestError};

/// So many names are remembered, for so long: people rename themselves.
const REMEMBERED: usize = 4_096;
const LIFE: Duration = Duration::from_secs(60 * 60);
/// So many people are asked for at most, and no longer than this.
const ASKED: usize = 10;
const PATIENCE: Duration = Duration::from_secs(2);

/// The names that were seen, as each server shows them.
#[derive(Debug)]
pub(crate) struct Named(Mutex<Recent<(Option<GuildId>, UserId), String>>);

impl Default for Named {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(REMEMBERED, LIFE)))
    }
}

#[derive(Deserialize)]
struct Told {
    user: User,
    #[serde(default)]
    nick: Option<String>,
}

impl Named {
    /// Notes a name.
    pub(crate) fn note(&self, server: Option<GuildId>, user: UserId, name: &str) {
        self.0.lock().note((server, user), name.to_owned());
    }

    fn get(&self, server: Option<GuildId>, user: UserId) -> Option<String> {
        self.0.lock().get(&(server, user)).cloned()
    }
}

/// The people mentioned in a command's options. Whom Discord does not tell in time goes without a name.
pub(crate) async fn mentioned(inner: &Inner, server: Option<GuildId>, data: &CommandData) -> Vec<Mention> {
    let mut people = BTreeSet::new();
    for text in commands::texts(data) {
        let mut rest = text;
        while let Some((range, user)) = messages::next_mention(rest) {
            people.insert(user);
            rest = &rest[range.end..];
        }
    }
    for (id, user) in &data.resolved.users {
        let nick = data.resolved.members.get(id).and_then(|member| member.nick.as_deref());
        inner.named.note(server, *id, &members::name(user, nick));
    }
    let found = people.into_iter().take(ASKED).map(async |user| {
        let name = match inner.named.get(server, user) {
            Some(name) => Some(name),
            None => asked(inner, server, user).await,
        };
        name.map(|name| Mention { person: ids::person(user), name, range: 0..0 })
    });
    join_all(found).await.into_iter().flatten().collect()
}

async fn asked(inner: &Inner, server: Option<GuildId>, user_id: UserId) -> Option<String> {
    let asking = async {
        match server {
            Some(guild_id) => {
                let told: Told = inner.rest.get(Route::GuildMember { guild_id, user_id }, &[]).await?;
                Ok(members::name(&told.user, told.nick.as_deref()))
            }
            None => inner.rest.get::<User>(Route::User { user_id }, &[]).await.map(|user| members::name(&user, None)),
        }
    };
    let name = timeout(PATIENCE, asking).await.ok()?;
    let name = name.inspect_err(|error: &RestError| tracing::debug!(%error, "a name is not known")).ok()?;
    inner.named.note(server, user_id, &name);
    Some(name)
}
