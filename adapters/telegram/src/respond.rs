//! The way back to a person: into the place where everyone may see it, else into the direct chat, never wider.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use teloxide::{
    payloads::setters::*,
    requests::{HasPayload, Requester},
    types::{CallbackQueryId, ChatAction, ChatId, MessageId, ThreadId, UserId},
};
use usher_chat::{Audience, Completion, Place, Reply, Responder, SendError, Sent};

use crate::{
    api::Failure,
    places::{Spot, direct_ref, message_ref},
    private::{Kept, deep_link},
    render::{self, Outgoing, keyboard::arranged},
    service::{Service, memory},
};

/// A press shows that it was felt after this long at the latest.
const FELT: Duration = Duration::from_millis(1_500);

/// The message that an input came with or stands on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stands {
    pub chat: ChatId,
    pub topic: Option<ThreadId>,
    pub message: MessageId,
}

/// The way back.
pub(crate) struct Back {
    service: Arc<Service>,
    person: UserId,
    name: String,
    /// The place that the event belongs to.
    place: Place,
    stands: Stands,
    /// It was a press on the message that it stands on.
    pressed: bool,
    /// The press, until Telegram was told that it was felt.
    query: Mutex<Option<CallbackQueryId>>,
    answered: AtomicBool,
    pointed: AtomicBool,
}

impl Back {
    /// The way back to whoever wrote a message.
    pub(crate) fn to_message(
        service: &Arc<Service>,
        person: UserId,
        name: &str,
        place: Place,
        stands: Stands,
    ) -> Arc<Self> {
        Arc::new(Self {
            service: service.clone(),
            person,
            name: name.to_owned(),
            place,
            stands,
            pressed: false,
            query: Mutex::default(),
            answered: AtomicBool::new(false),
            pointed: AtomicBool::new(false),
        })
    }

    /// The way back to whoever pressed a button of a message.
    pub(crate) fn to_press(
        service: &Arc<Service>,
        (person, name): (UserId, &str),
        place: Place,
        stands: Stands,
        query: CallbackQueryId,
    ) -> Arc<Self> {
        let back = Arc::new(Self {
            service: service.clone(),
            person,
            name: name.to_owned(),
            place,
            stands,
            pressed: true,
            query: Mutex::new(Some(query)),
            answered: AtomicBool::new(false),
            pointed: AtomicBool::new(false),
        });
        let late = Arc::downgrade(&back);
        tokio::spawn(async move {
            tokio::time::sleep(FELT).await;
            if let Some(back) = late.upgrade() {
                back.felt(None).await;
            }
        });
        back
    }

    /// Whether anything was answered.
    pub(crate) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Acquire)
    }

    /// Tells Telegram that the press was felt, once, with an alert where there are words.
    pub(crate) async fn felt(&self, alert: Option<&str>) -> bool {
        let Some(query) = self.query.lock().take() else { return false };
        let mut request = self.service.api.bot().answer_callback_query(query);
        if let Some(alert) = alert {
            request = request.text(alert).show_alert(true);
        }
        let felt = self.service.api.call(request).await;
        if let Err(error) = &felt {
            tracing::debug!(%error, "a press could not be answered");
        }
        felt.is_ok()
    }

    fn is_direct(&self) -> bool {
        self.stands.chat.is_user()
    }

    async fn deliver(&self, reply: &Reply, in_place: bool) -> Result<Sent, SendError> {
        self.answered.store(true, Ordering::Release);
        let public = reply.audience == Audience::Everyone && !self.place.is_direct();
        let spot = self.service.places.spot(&self.place).await.map_err(memory)?;
        if let (true, Some(spot)) = (public, spot) {
            let out = render::outgoing(reply, &self.place, false);
            self.felt(None).await;
            return Ok(self.publicly(spot, &out, in_place).await?);
        }
        if let Some(words) = render::alert(reply).filter(|_| self.pressed && !self.is_direct())
            && self.felt(Some(&words)).await
        {
            return Ok(Sent::Message(None));
        }
        let out = render::outgoing(reply, &self.place, !self.place.is_direct());
        self.privately(out, in_place).await
    }

    async fn publicly(&self, spot: Spot, out: &Outgoing, in_place: bool) -> Result<Sent, Failure> {
        let here = spot.chat == self.stands.chat;
        if in_place && self.pressed && here && self.changed(spot, out).await? {
            return Ok(Sent::Message(Some(message_ref(self.place.clone(), spot.chat, self.stands.message))));
        }
        let answers = (here && !self.pressed).then_some(self.stands.message);
        let sent = self.service.post(Spot { answers, ..spot }, out).await?;
        Ok(Sent::Message(sent.map(|message| message_ref(self.place.clone(), spot.chat, message))))
    }

    async fn privately(&self, out: Outgoing, in_place: bool) -> Result<Sent, SendError> {
        let direct = Spot::direct(self.person);
        if in_place && self.pressed && self.is_direct() && out.form.is_none() && self.changed(direct, &out).await? {
            self.felt(None).await;
            return Ok(Sent::Message(Some(direct_ref(self.person, self.stands.message))));
        }
        match self.service.post_direct(self.person, &out).await {
            Ok(message) => {
                self.felt(None).await;
                Ok(Sent::Message(message.map(|message| direct_ref(self.person, message))))
            }
            Err(failure) if failure.is_unopened() && !self.is_direct() => self.point(out).await,
            Err(failure) => Err(failure.into()),
        }
    }

    /// Changes the pressed message. False: it cannot be changed any more, so a new one should follow.
    async fn changed(&self, spot: Spot, out: &Outgoing) -> Result<bool, Failure> {
        match self.service.change(spot, self.stands.message, out).await {
            Ok(()) => Ok(true),
            Err(Failure::Refused(why)) => {
                tracing::debug!(why, "a message could not be changed");
                Ok(false)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Keeps a reply for a person who has not opened the direct chat, and shows the way there.
    async fn point(&self, out: Outgoing) -> Result<Sent, SendError> {
        let Kept { parameter, message: waits } = self.service.private.keep(self.person, out).await.map_err(memory)?;
        let sent = Sent::Message(Some(waits));
        if self.open_at_press(&parameter).await || self.pointed.swap(true, Ordering::AcqRel) {
            return Ok(sent);
        }
        let words = format!("{}, there is an answer for you alone. Open our direct chat and press Start.", self.name);
        let keyboard = arranged(self.service.opener(&parameter));
        let Stands { chat, topic, message } = self.stands;
        let spot = Spot { chat, topic, answers: Some(message) };
        self.service.post(spot, &Outgoing { keyboard, ..render::only_words(words) }).await?;
        Ok(sent)
    }

    /// A press can open the direct chat by itself.
    async fn open_at_press(&self, parameter: &str) -> bool {
        let Some(url) = deep_link(&self.service.me, parameter) else { return false };
        let Some(query) = self.query.lock().take() else { return false };
        self.service.api.call(self.service.api.bot().answer_callback_query(query).url(url)).await.is_ok()
    }
}

#[async_trait]
impl Responder for Back {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        self.deliver(&reply, false).await
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        self.deliver(&reply, true).await
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        // Telegram's own way to say so leaves no trace, and takes no words.
        self.felt(None).await;
        let mut request = self.service.api.bot().send_chat_action(self.stands.chat, ChatAction::Typing);
        request.payload_mut().message_thread_id = self.stands.topic;
        self.service.api.call(request).await?;
        Ok(())
    }

    async fn complete(&self, _ways: Vec<Completion>) -> Result<(), SendError> {
        Err(SendError::Unsupported)
    }
}
