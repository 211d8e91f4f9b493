//! Sends messages that no interaction carries: into channels, into direct chats, and where those are closed behind
//! [Show me].

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use serenity::{
    all::{ChannelId, MessageId, UserId},
    http::Route,
};
use usher_chat::{Audience, ButtonStyle, MessageRef, Place, Platform, Reply, SendError, Sent};
use uuid::Uuid;

use crate::{
    Inner, forms,
    ids::{self, CustomId},
    render::{
        self, Message,
        components::{button, row},
    },
    rest::{Payload, RestError, code},
};

/// Who is answered, and where they asked.
#[derive(Debug, Clone)]
pub(crate) struct Asker {
    pub(crate) person: UserId,
    pub(crate) place: Place,
    /// The message that is answered.
    pub(crate) message: Option<MessageId>,
}

/// An answer that waits to be opened by one person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    pub(crate) person: UserId,
    pub(crate) messages: Vec<Message>,
}

/// A message as Discord tells it.
#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    pub(crate) id: MessageId,
    pub(crate) channel_id: ChannelId,
}

impl Asker {
    /// Somebody whom no place but the direct chat is known of.
    pub(crate) fn in_direct(person: UserId) -> Self {
        Self { person, place: Place::direct(Platform::DISCORD), message: None }
    }
}

impl Inner {
    /// The messages of a reply to `asker`. `elsewhere`: they will stand in another place than where it was asked.
    pub(crate) async fn prepare(
        &self,
        asker: &Asker,
        reply: &Reply,
        elsewhere: bool,
    ) -> Result<Vec<Message>, SendError> {
        let form = match &reply.form {
            Some(form) => forms::offer(&*self.lent()?, form, asker).await?,
            None => Vec::new(),
        };
        render::messages(reply, elsewhere.then_some(&asker.place), form)
    }

    /// Sends a reply to one person alone: into the direct chat, or behind [Show me] where they asked.
    pub(crate) async fn privately(&self, asker: &Asker, reply: &Reply) -> Result<Sent, SendError> {
        let messages = self.prepare(asker, reply, !asker.place.is_direct()).await?;
        let sent = async {
            let body = json!({ "recipient_id": asker.person });
            let channel: Value = self.rest.post(Route::UserMeDmChannels, Payload::Json(&body)).await?;
            let id = channel["id"].as_str().and_then(ids::snowflake);
            let channel = id.ok_or_else(|| RestError::Away("Discord named no channel".to_owned()))?;
            self.post(channel, &Place::direct(Platform::DISCORD), &messages, None).await
        };
        match sent.await {
            Ok(sent) => Ok(Sent::Message(sent)),
            Err(error) if error.has(&[code::CLOSED, code::NO_COMMON_SERVER]) => self.behind(asker, messages).await,
            Err(error) => Err(error.into()),
        }
    }

    /// Sends a reply into a channel, for everyone there.
    pub(crate) async fn to_channel(&self, channel: ChannelId, place: &Place, reply: Reply) -> Result<Sent, SendError> {
        if reply.audience == Audience::OnlyAsker {
            return Ok(Sent::NoPrivateWay);
        }
        if reply.form.is_some() {
            return Err(SendError::Unsupported);
        }
        let messages = render::messages(&reply, None, Vec::new())?;
        Ok(Sent::Message(self.post(channel, place, &messages, None).await?))
    }

    /// Sends messages into a channel, the first as an answer to `answers`. Returns the last, which has the buttons.
    pub(crate) async fn post(
        &self,
        channel_id: ChannelId,
        place: &Place,
        messages: &[Message],
        answers: Option<MessageId>,
    ) -> Result<Option<MessageRef>, RestError> {
        let mut last = None;
        for (number, message) in messages.iter().enumerate() {
            let mut body = message.body(0);
            // Discord takes a message that was sent twice under one nonce once.
            body["nonce"] = Uuid::new_v4().simple().to_string()[..25].into();
            body["enforce_nonce"] = true.into();
            if let (0, Some(answers)) = (number, answers) {
                body["message_reference"] = json!({ "message_id": answers, "fail_if_not_exists": false });
            }
            let payload = Payload::message(&body, message);
            let told: Told = self.rest.post(Route::ChannelMessages { channel_id }, payload).await?;
            last = Some(ids::message(place, told.channel_id, told.id));
        }
        Ok(last)
    }

    /// Keeps messages for the asker to open, and says so where they asked.
    async fn behind(&self, asker: &Asker, messages: Vec<Message>) -> Result<Sent, SendError> {
        let Some(channel) = ids::stands_in(&asker.place) else { return Ok(Sent::NoPrivateWay) };
        let waiting = Waiting { person: asker.person, messages };
        let kept = self.lent()?.shelf.put(&waiting).await.map_err(|error| SendError::Away(error.to_string()))?;
        let show = button(&CustomId::Show(kept), "Show me", ButtonStyle::Plain)?;
        let line = Message {
            rows: vec![row([show])],
            ..Message::words(format!("<@{}>, here is an answer that only you can open.", asker.person))
        };
        match self.post(channel, &asker.place, &[line], asker.message).await {
            Ok(_) => Ok(Sent::Message(None)),
            Err(RestError::Refused { .. }) => Ok(Sent::NoPrivateWay),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a message of our own. Whether it works changes nothing.
    pub(crate) async fn tidy(&self, channel_id: ChannelId, message_id: MessageId) {
        let route = Route::ChannelMessage { channel_id, message_id };
        if let Err(error) = self.rest.send(Method::DELETE, route, &[], Payload::None).await {
            tracing::debug!(%error, "a message that has served its purpose stays");
        }
    }
}

impl<'a> Payload<'a> {
    /// A message's body with its files.
    pub(crate) fn message(body: &'a Value, message: &'a Message) -> Self {
        match message.files.as_slice() {
            [] => Self::Json(body),
            files => Self::Files(body, files),
        }
    }
}
