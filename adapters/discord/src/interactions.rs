//! Takes interactions: acknowledges each at once, hands it to the bot, and clears up afterwards.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use reqwest::Method;
use serde_json::{Value, json};
use serenity::{
    all::{
        ChannelId, CommandInteraction, CommandType, ComponentInteraction, ComponentInteractionDataKind, GuildId,
        Interaction, InteractionContext, InteractionId, MessageFlags, MessageId, ModalInteraction, PartialChannel,
        UserId,
    },
    http::Route,
};
use tokio::{sync::oneshot, time::Instant};
use usher_chat::{ActionId, Event, EventId, IncomingFile, Input, Member, Mention, MessageRef, Names, Place};

use crate::{
    Inner, commands,
    deliver::{Asker, Waiting},
    directory::{Directory, Whereabouts},
    flights::Flight,
    forms,
    ids::{self, CustomId, KeptId},
    members, messages, named,
    render::{EPHEMERAL, Message, markdown},
    respond::{Back, Begun, Pressed},
    rest::{Payload, RestError, code},
    typing,
};

/// How an interaction is acknowledged.
#[derive(Debug)]
pub(crate) enum Ack {
    /// With a request of its own.
    Request,
    /// In the answer to the HTTP request that brought it.
    Answer(oneshot::Sender<Value>),
}

/// What all interactions have in common.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    id: InteractionId,
    token: String,
    pub(crate) person: UserId,
    name: String,
    member: Option<Member>,
    /// The people mentioned in a command's options.
    mentions: Vec<Mention>,
    /// The files among them.
    files: Vec<IncomingFile>,
    server: Option<GuildId>,
    pub(crate) channel_id: ChannelId,
    channel: Option<PartialChannel>,
    /// The message that it stands on, and whether only this person sees it.
    on: Option<(MessageId, bool)>,
    at: Instant,
    inline: bool,
}

macro_rules! call {
    ($interaction:expr, $on:expr, $ack:expr) => {
        Call {
            id: $interaction.id,
            token: $interaction.token.clone(),
            person: $interaction.user.id,
            name: members::name(&$interaction.user, $interaction.member.as_ref().and_then(|it| it.nick.as_deref())),
            member: $interaction.member.as_ref().map(|member| members::told(member)),
            mentions: Vec::new(),
            files: Vec::new(),
            server: $interaction.guild_id,
            channel_id: $interaction.channel_id,
            channel: $interaction.channel.clone(),
            on: $on,
            at: Instant::now(),
            inline: matches!($ack, Ack::Answer(_)),
        }
    };
}

/// Takes an interaction and returns when everything about it is done.
pub(crate) async fn take(inner: &Arc<Inner>, interaction: Interaction, ack: Ack) {
    let Some(_flight): Option<Flight> = inner.flights.take(interaction.id().get()) else {
        return tracing::debug!(id = %interaction.id(), "an interaction came twice");
    };
    match interaction {
        Interaction::Command(command) => used(inner, &command, ack).await,
        Interaction::Autocomplete(command) => typing::take(inner, &call!(command, None, ack), &command, ack).await,
        Interaction::Component(component) => pressed(inner, &component, ack).await,
        Interaction::Modal(modal) => sent(inner, &modal, ack).await,
        other => tracing::debug!(kind = ?other.kind(), "an interaction of a kind that we do not serve"),
    }
}

async fn used(inner: &Arc<Inner>, command: &CommandInteraction, ack: Ack) {
    let mut call = call!(command, None, ack);
    if command.context == Some(InteractionContext::PrivateChannel) {
        call.tell(inner, ack, "I answer in servers where I am installed, and in direct messages to me.").await;
        return;
    }
    let flags = if call.in_direct() { 0 } else { EPHEMERAL };
    if !call.acknowledge(inner, ack, json!({ "type": 5, "data": { "flags": flags } })).await {
        return;
    }
    inner.named.note(call.server, call.person, &call.name);
    let (place, mentions) =
        futures::join!(call.whereabouts(inner), named::mentioned(inner, call.server, &command.data));
    call.mentions = mentions;
    call.files = command.data.resolved.attachments.values().map(messages::file).collect();
    let input = match (command.data.kind, &place) {
        (CommandType::User | CommandType::Message, Some(whereabouts)) => {
            commands::menu(&command.data, &whereabouts.place, command.channel_id)
        }
        _ => Some(Input::Slash(commands::slash(&inner.published.read(), &command.data))),
    };
    call.hand(inner, place, input, true).await;
}

async fn pressed(inner: &Arc<Inner>, component: &ComponentInteraction, ack: Ack) {
    let hidden = component.message.flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL));
    let call = call!(component, Some((component.message.id, hidden)), ack);
    let chosen = match &component.data.kind {
        ComponentInteractionDataKind::StringSelect { values } => values.as_slice(),
        _ => &[],
    };
    match CustomId::read(&component.data.custom_id) {
        Some(CustomId::Action { action, place }) => call.press(inner, ack, action, place).await,
        Some(CustomId::Menu(_)) => match chosen.first().and_then(|value| CustomId::read(value)) {
            Some(CustomId::Action { action, place }) => call.press(inner, ack, action, place).await,
            _ => call.tell(inner, ack, GONE).await,
        },
        Some(CustomId::Form { kept, page }) => forms::opened(inner, &call, ack, &kept, page).await,
        Some(CustomId::Field { kept, field }) => forms::chosen(inner, &call, ack, (&kept, field), chosen).await,
        Some(CustomId::Show(kept)) => call.show(inner, ack, &kept).await,
        None => call.tell(inner, ack, GONE).await,
    }
}

async fn sent(inner: &Arc<Inner>, modal: &ModalInteraction, ack: Ack) {
    let on = modal
        .message
        .as_ref()
        .map(|message| (message.id, message.flags.is_some_and(|flags| flags.contains(MessageFlags::EPHEMERAL))));
    let call = call!(modal, on, ack);
    match CustomId::read(&modal.data.custom_id) {
        Some(CustomId::Form { kept, page }) => forms::filled(inner, &call, ack, (&kept, page), &modal.data).await,
        _ => call.tell(inner, ack, GONE).await,
    }
}

/// What is said of a button that leads nowhere any more.
pub(crate) const GONE: &str = "This has ended. Type the command again.";

impl Call {
    fn in_direct(&self) -> bool {
        self.server.is_none()
    }

    /// Acknowledges the interaction. False: it was too late or somebody else did, and nothing more is to be done.
    pub(crate) async fn acknowledge(&self, inner: &Inner, ack: Ack, callback: Value) -> bool {
        let route = Route::InteractionResponse { interaction_id: self.id, token: &self.token };
        let result = match ack {
            Ack::Answer(answer) => answer.send(callback).map_err(|_| RestError::Away("nobody waits for it".to_owned())),
            Ack::Request => inner.rest.send(Method::POST, route, &[], Payload::Json(&callback)).await.map(drop),
        };
        match result {
            Ok(()) => true,
            Err(error) if error.has(&[code::ALREADY_ACKNOWLEDGED]) => {
                tracing::debug!(id = %self.id, "an interaction was acknowledged before");
                false
            }
            Err(error) => {
                tracing::warn!(id = %self.id, %error, "an interaction could not be acknowledged, so it is left alone");
                false
            }
        }
    }

    /// Acknowledges it with a few words for this person alone.
    pub(crate) async fn tell(&self, inner: &Inner, ack: Ack, words: &str) {
        let data = Message::words(markdown::line(words)).body(EPHEMERAL);
        self.acknowledge(inner, ack, json!({ "type": 4, "data": data })).await;
    }

    async fn press(&self, inner: &Arc<Inner>, ack: Ack, action: ActionId, home: Option<Place>) {
        if self.acknowledge(inner, ack, json!({ "type": 6 })).await {
            self.hand_home(inner, home, Input::Press { action }).await;
        }
    }

    /// Opens an answer that only one person may see.
    async fn show(&self, inner: &Arc<Inner>, ack: Ack, kept: &KeptId) {
        let Ok(lent) = inner.lent() else { return self.tell(inner, ack, GONE).await };
        let waiting = match lent.shelf.get::<Waiting>(kept).await {
            Ok(Some(waiting)) if waiting.person == self.person => waiting,
            Ok(Some(_)) => return self.tell(inner, ack, "This answer is for somebody else.").await,
            Ok(None) => return self.tell(inner, ack, GONE).await,
            Err(error) => return self.broken(inner, ack, &error).await,
        };
        if !self.acknowledge(inner, ack, json!({ "type": 5, "data": { "flags": EPHEMERAL } })).await {
            return;
        }
        let asker = Asker::in_direct(self.person);
        let back = Back::new(inner, asker, Begun { placeholder: true, pressed: None, ..self.begun() });
        match back.with_token(&waiting.messages, true).await {
            Ok(Some(_)) => {
                if let Err(error) = lent.shelf.remove(kept).await {
                    tracing::warn!(%error, "an answer that was opened is still kept");
                }
                if let Some((message, _)) = self.on {
                    inner.tidy(self.channel_id, message).await;
                }
            }
            Ok(None) => tracing::warn!("an answer could not be opened in time"),
            Err(error) => tracing::warn!(%error, "an answer could not be opened"),
        }
    }

    /// Says that something of ours broke.
    pub(crate) async fn broken(&self, inner: &Inner, ack: Ack, error: &(dyn std::error::Error + Sync)) {
        tracing::error!(error = %error, "the adapter's memory failed");
        self.tell(inner, ack, "Something broke on our side. Nothing was changed; try again in a minute.").await;
    }

    /// Hands an input to the bot that belongs to `home`, or else to where it happened.
    pub(crate) async fn hand_home(&self, inner: &Arc<Inner>, home: Option<Place>, input: Input) {
        let whereabouts = match home {
            None => self.whereabouts(inner).await,
            Some(place) => {
                match (place.workspace().and_then(|server| ids::snowflake(server.id.as_str())), ids::stands_in(&place))
                {
                    (Some(server), Some(channel)) => self.find(inner, server, channel).await,
                    _ => Some(Directory::direct()),
                }
            }
        };
        self.hand(inner, whereabouts, Some(input), false).await;
    }

    async fn hand(&self, inner: &Arc<Inner>, at: Option<Whereabouts>, input: Option<Input>, placeholder: bool) {
        let place = at.as_ref().map_or_else(|| Directory::direct().place, |at| at.place.clone());
        let asker = Asker { person: self.person, place, message: None };
        let back = Arc::new(Back::new(inner, asker, Begun { placeholder, ..self.begun() }));
        if let (Some(whereabouts), Some(input), Ok(lent)) = (at, input, inner.lent()) {
            let event = self.event(whereabouts, input);
            let handled = AssertUnwindSafe(lent.host.handler.handle(event, back.clone())).catch_unwind().await;
            if handled.is_err() {
                tracing::error!(id = %self.id, "the handler broke down");
            }
        }
        back.finish().await;
    }

    fn begun(&self) -> Begun {
        let pressed = self.on.map(|(_, hidden)| Pressed { private: hidden || self.in_direct() });
        let (token, at, direct) = (self.token.clone(), self.at, self.in_direct());
        Begun { token, at, direct, inline: self.inline, placeholder: false, pressed }
    }

    pub(crate) async fn whereabouts(&self, inner: &Inner) -> Option<Whereabouts> {
        if let Some(channel) = &self.channel {
            inner.directory.note_partial(channel);
        }
        match self.server {
            None => Some(Directory::direct()),
            Some(server) => self.find(inner, server, self.channel_id).await,
        }
    }

    async fn find(&self, inner: &Inner, server: GuildId, channel: ChannelId) -> Option<Whereabouts> {
        let found = inner.directory.find(&inner.rest, server, channel).await;
        found.inspect_err(|error| tracing::warn!(%channel, %error, "it is not known where this happened")).ok()
    }

    pub(crate) fn event(&self, at: Whereabouts, input: Input) -> Event {
        let here = self.server.map(|server| server.to_string());
        let same = at.place.workspace().map(|workspace| workspace.id.to_string()) == here;
        let seen_by_others = matches!(input, Input::Press { .. }) && !self.in_direct();
        let message: Option<MessageRef> =
            self.on.filter(|(_, hidden)| !hidden).map(|(id, _)| ids::message(&at.place, self.channel_id, id));
        Event {
            id: EventId::new(self.id.to_string()),
            person: ids::person(self.person),
            names: Names { person: self.name.clone(), place: at.name, workspace: at.workspace },
            mentions: self.mentions.clone(),
            files: self.files.clone(),
            answers: None,
            message,
            private: !seen_by_others || self.on.is_some_and(|(_, hidden)| hidden),
            member: self.member.clone().filter(|_| same),
            place: at.place,
            input,
        }
    }
}
