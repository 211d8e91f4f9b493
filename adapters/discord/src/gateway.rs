//! The gateway: serenity's client with the intents that are needed, its shards and its resume.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use secrecy::ExposeSecret;
use serenity::{
    Client, Error,
    all::{
        ClientBuilder, Context, EventHandler, GatewayError, GatewayIntents, Guild, GuildChannel, Interaction, Message,
        PartialGuild, PartialGuildChannel, Ready,
    },
    http::{HttpBuilder, HttpError},
};
use tokio::time::sleep;
use usher_chat::{AdapterError, Stopping};

use crate::{
    Inner,
    directory::Channel,
    interactions::{self, Ack},
    messages,
};

/// The longest pause before another try.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// What the bot asks to be told: servers and channels by name, messages that mention it, and direct messages.
pub(crate) fn intents(message_content: bool) -> GatewayIntents {
    let ordinary = GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
    if message_content { ordinary | GatewayIntents::MESSAGE_CONTENT } else { ordinary }
}

/// Serves until `stopping` resolves. A gateway that cannot be reached is tried again.
pub(crate) async fn serve(inner: &Arc<Inner>, mut stopping: Stopping) -> Result<(), AdapterError> {
    let mut pause = Duration::from_secs(1);
    loop {
        let mut client = client(inner).await.map_err(|error| AdapterError::Platform(words(&error)))?;
        let shards = Arc::clone(&client.shard_manager);
        let ended = tokio::select! {
            ended = client.start_autosharded() => ended,
            () = &mut stopping => {
                shards.shutdown_all().await;
                return Ok(());
            }
        };
        match ended {
            Err(error) if is_final(&error) => return Err(AdapterError::Platform(words(&error))),
            Err(error) => tracing::warn!(error = words(&error), "the gateway ended; it is opened again"),
            Ok(()) => tracing::warn!("the gateway ended; it is opened again"),
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = &mut stopping => return Ok(()),
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn client(inner: &Arc<Inner>) -> Result<Client, Error> {
    let mut http = HttpBuilder::new(inner.options.token.expose_secret()).application_id(inner.application);
    if let Some(url) = &inner.options.api_url {
        // serenity's own limiter goes past a proxy. Nothing but the gateway's address is asked for here.
        http = http.proxy(url.as_str()).ratelimiter_disabled(true);
    }
    let intents = intents(inner.options.message_content);
    ClientBuilder::new_with_http(http.build(), intents).event_handler(Events(Arc::clone(inner))).await
}

/// Whether trying again cannot help.
fn is_final(error: &Error) -> bool {
    match error {
        Error::Gateway(error) => matches!(
            error,
            GatewayError::InvalidAuthentication
                | GatewayError::DisallowedGatewayIntents
                | GatewayError::InvalidGatewayIntents
        ),
        Error::Http(HttpError::UnsuccessfulRequest(response)) => response.status_code.as_u16() == 401,
        _ => false,
    }
}

fn words(error: &Error) -> String {
    match error {
        Error::Gateway(GatewayError::DisallowedGatewayIntents) => "Discord does not grant the Message Content intent. \
            Turn it on in the developer portal, or set `message_content = false`."
            .to_owned(),
        error if is_final(error) => {
            "Discord refuses the bot's token. Copy it again from the developer portal.".to_owned()
        }
        Error::Http(_) => "Discord could not be reached.".to_owned(),
        error => format!("Discord's gateway failed: {error}."),
    }
}

/// Hears what the gateway tells. serenity gives each event a task of its own.
struct Events(Arc<Inner>);

#[async_trait]
impl EventHandler for Events {
    async fn ready(&self, _: Context, ready: Ready) {
        // Every shard tells the same.
        let _ = self.0.me.set(ready.user.id);
        let shard = ready.shard.map_or(0, |shard| shard.id.0);
        tracing::info!(shard, servers = ready.guilds.len(), "connected to Discord");
    }

    async fn resume(&self, _: Context, _: serenity::all::ResumedEvent) {
        tracing::info!("resumed the connection to Discord");
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        interactions::take(&self.0, interaction, Ack::Request).await;
    }

    async fn message(&self, _: Context, message: Message) {
        messages::take(&self.0, message).await;
    }

    async fn guild_create(&self, _: Context, guild: Guild, _: Option<bool>) {
        for channel in guild.channels.values().chain(&guild.threads) {
            self.note(channel);
        }
        self.0.directory.note_server(guild.id, guild.name);
    }

    async fn guild_update(&self, _: Context, _: Option<Guild>, guild: PartialGuild) {
        self.0.directory.note_server(guild.id, guild.name);
    }

    async fn channel_create(&self, _: Context, channel: GuildChannel) {
        self.note(&channel);
    }

    async fn channel_update(&self, _: Context, _: Option<GuildChannel>, channel: GuildChannel) {
        self.note(&channel);
    }

    async fn channel_delete(&self, _: Context, channel: GuildChannel, _: Option<Vec<Message>>) {
        self.0.directory.forget_channel(channel.id);
    }

    async fn thread_create(&self, _: Context, thread: GuildChannel) {
        self.note(&thread);
    }

    async fn thread_update(&self, _: Context, _: Option<GuildChannel>, thread: GuildChannel) {
        self.note(&thread);
    }

    async fn thread_delete(&self, _: Context, thread: PartialGuildChannel, _: Option<GuildChannel>) {
        self.0.directory.forget_channel(thread.id);
    }
}

impl Events {
    fn note(&self, channel: &GuildChannel) {
        let noted = Channel::new(Some(channel.name.clone()), channel.kind, channel.parent_id);
        self.0.directory.note_channel(channel.id, noted);
    }
}
