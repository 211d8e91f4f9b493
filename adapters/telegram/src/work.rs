//! One update, from what Telegram says to the event that the bot handles.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use futures::FutureExt;
use teloxide::types::{CallbackQuery, Message, Update, UpdateKind, User, UserId};
use usher_chat::{Event, Input, MemoryError, MessageRef, Place, Slash};

use crate::{
    files,
    line::{self, Line},
    places::{Spot, direct_ref, message_ref, person},
    private::Fetched,
    queue::Worker,
    render::{
        Outgoing,
        keyboard::{Data, arranged, pressed},
        only_words,
    },
    respond::{Back, Stands},
    service::Service,
};

/// So much of a line is repeated to whoever wrote it, in characters.
const REPEATED: usize = 100;

/// An update to be worked on.
pub(crate) struct Job {
    pub id: u32,
    pub update: Update,
    /// An earlier run may have begun with it.
    pub again: bool,
}

/// Works on updates, for the queue.
pub(crate) struct Work(pub Weak<Service>);

#[async_trait]
impl Worker for Work {
    type Job = Job;

    fn album(&self, job: &Job) -> Option<String> {
        match &job.update.kind {
            UpdateKind::Message(message) => message.media_group_id().map(|album| album.0.clone()),
            _ => None,
        }
    }

    async fn work(&self, jobs: Vec<Job>) {
        let Some(service) = self.0.upgrade() else { return };
        let ids: Vec<u32> = jobs.iter().map(|job| job.id).collect();
        match std::panic::AssertUnwindSafe(service.work(jobs)).catch_unwind().await {
            // It stays in the journal, for a start with a memory that works.
            Ok(Err(error)) => return tracing::error!(%error, ?ids, "an update was left for later"),
            Ok(Ok(())) => {}
            Err(_) => tracing::error!(?ids, "an update broke its handling"),
        }
        for id in ids {
            service.journal.done(id).await;
        }
    }

    async fn dropped(&self, person: u64, count: usize) {
        let Some(service) = self.0.upgrade() else { return };
        tracing::warn!(person, count, "a person sent more than can wait");
        let words = match count {
            1 => "You were faster than me: your last message was left out. Send it again.".to_owned(),
            _ => format!("You were faster than me: your last {count} messages were left out. Send them again."),
        };
        service.say(UserId(person), &words).await;
    }
}

impl Service {
    async fn work(self: &Arc<Self>, jobs: Vec<Job>) -> Result<(), MemoryError> {
        let Some(job) = jobs.first() else { return Ok(()) };
        match &job.update.kind {
            UpdateKind::Message(message) | UpdateKind::ChannelPost(message) => {
                let album = jobs[1..].iter().filter_map(|job| match &job.update.kind {
                    UpdateKind::Message(message) => Some(message),
                    _ => None,
                });
                self.message(job, message, &album.collect::<Vec<_>>()).await
            }
            UpdateKind::CallbackQuery(query) => self.press(job, query).await,
            UpdateKind::InlineQuery(query) if !job.again => self.query(job.id, query).await,
            UpdateKind::MyChatMember(change) => {
                let chat = change.chat.id;
                tracing::info!(%chat, present = change.new_chat_member.is_present(), "the bot's membership changed");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn message(self: &Arc<Self>, job: &Job, message: &Message, album: &[&Message]) -> Result<(), MemoryError> {
        // What is passed on is not what the person says.
        if message.via_bot.is_some() || message.is_automatic_forward() || message.forward_origin().is_some() {
            return Ok(());
        }
        let direct = message.chat.is_private();
        let line = self.line(message, direct);
        let Some(from) = message.from.as_ref().filter(|from| message.sender_chat.is_none() && !from.is_bot) else {
            self.faceless(message, &line).await;
            return Ok(());
        };
        if line.foreign {
            return Ok(());
        }
        match &line.start {
            Some(parameter) if direct => return self.started(job, message, from, parameter).await,
            Some(_) => return Ok(()),
            None => {}
        }
        let spoken = message.text().or_else(|| message.caption()).unwrap_or_default();
        if direct && self.answers_form(job, from, spoken).await? {
            return Ok(());
        }
        let mut event = self.event(job, message, from, Input::Text(line.text.clone())).await?;
        event.mentions = line.mentions;
        event.files = files::of(message);
        event.files.extend(album.iter().flat_map(|message| files::of(message)));
        let connects = !direct && line.text.split_whitespace().nth(1).is_some_and(|word| word == "connect");
        self.hand_over(job, from, event, stands(message), line.addressed.then_some(line.text)).await;
        if connects {
            self.warn_of_codes(message.chat.id, from.id).await?;
        }
        Ok(())
    }

    fn line(&self, message: &Message, direct: bool) -> Line {
        let text = message.text().or_else(|| message.caption()).unwrap_or_default();
        let entities = message.entities().or_else(|| message.caption_entities()).unwrap_or_default();
        line::read(text, entities, &self.me, &self.menu, direct)
    }

    /// The event of a message.
    async fn event(&self, job: &Job, message: &Message, from: &User, input: Input) -> Result<Event, MemoryError> {
        let place = self.places.of(message).await?;
        // What is said in a topic answers the message that opened it, which nobody meant to.
        let topic = message.thread_id.filter(|_| message.is_topic_message).map(|topic| topic.0);
        let answers = match message.reply_to_message().filter(|answered| Some(answered.id) != topic) {
            Some(answered) if place.is_direct() => Some(self.private.named(from.id, answered.id).await?),
            Some(answered) => Some(message_ref(place.clone(), message.chat.id, answered.id)),
            None => None,
        };
        Ok(Event {
            id: self.event_id(job.id),
            person: person(from.id),
            names: self.places.names(&from.full_name(), &place).await?,
            input,
            mentions: Vec::new(),
            files: Vec::new(),
            answers,
            message: Some(message_ref(place.clone(), message.chat.id, message.id)),
            private: place.is_direct(),
            member: None,
            place,
        })
    }

    /// Lets the bot handle an event. `asked`: what certainly calls for an answer, in the person's own words.
    async fn hand_over(self: &Arc<Self>, job: &Job, from: &User, event: Event, stands: Stands, asked: Option<String>) {
        let back = Back::to_message(self, from.id, &from.first_name, event.place.clone(), stands);
        self.host.handler.handle(event, back.clone()).await;
        if let Some(asked) = asked.filter(|_| job.again && !back.has_answered()) {
            self.perhaps(from.id, &asked).await;
        }
    }

    /// An earlier run began with something and did not end: the bot knows it and does not do it twice.
    async fn perhaps(&self, person: UserId, asked: &str) {
        let asked = match asked.char_indices().nth(REPEATED) {
            Some((end, _)) => format!("{}…", &asked[..end]),
            None => asked.to_owned(),
        };
        let words = format!(
            "I was restarted while I worked on “{asked}”. It may have happened: look in Jira before you send it again."
        );
        self.say(person, &words).await;
    }

    /// Somebody speaks as a group or a channel: whoever it is cannot be known.
    async fn faceless(&self, message: &Message, line: &Line) {
        // Another bot would answer the answer.
        if !line.addressed || message.sender_chat.is_none() {
            return;
        }
        let words = if message.chat.is_channel() {
            "In a channel Telegram does not say who writes, so I cannot act for anybody here. Write to me directly."
        } else {
            "You write as a group or channel, so Telegram does not tell me who you are. Turn off “Remain anonymous” in \
             your administrator rights, or write to me directly."
        };
        let Stands { chat, topic, message } = stands(message);
        let spot = Spot { chat, topic, answers: Some(message) };
        let out = Outgoing { keyboard: arranged(self.opener("")), ..only_words(words) };
        if let Err(error) = self.post(spot, &out).await {
            tracing::info!(%error, "an anonymous writer could not be answered");
        }
    }

    /// A person opened the direct chat.
    async fn started(
        self: &Arc<Self>,
        job: &Job,
        message: &Message,
        from: &User,
        parameter: &str,
    ) -> Result<(), MemoryError> {
        match self.private.fetch(from.id, parameter).await? {
            Fetched::Replies(replies) => {
                for waited in replies {
                    match self.post_direct(from.id, &waited.reply).await {
                        Ok(Some(message)) => self.private.became(from.id, waited, message).await?,
                        Ok(None) => {}
                        Err(error) => tracing::warn!(%error, "a reply that waited could not be sent"),
                    }
                }
                Ok(())
            }
            Fetched::Stale => {
                self.say(from.id, "There is nothing behind this link for you any more. Ask again where you asked.")
                    .await;
                Ok(())
            }
            Fetched::Foreign => {
                let input = match parameter {
                    "" => Input::Slash(Slash { path: vec!["help".to_owned()], ..Slash::default() }),
                    words => Input::Text(words.to_owned()),
                };
                let event = self.event(job, message, from, input).await?;
                self.hand_over(job, from, event, stands(message), None).await;
                Ok(())
            }
        }
    }

    async fn press(self: &Arc<Self>, job: &Job, query: &CallbackQuery) -> Result<(), MemoryError> {
        let from = &query.from;
        let Some(message) = &query.message else { return Ok(()) };
        let chat = message.chat();
        let topic = message.regular_message().filter(|message| message.is_topic_message).and_then(|m| m.thread_id);
        let here = self.places.in_chat(chat, topic).await?;
        let stands = Stands { chat: chat.id, topic, message: message.id() };
        let data = match &query.data {
            Some(data) => pressed(data, self.host.memory.as_ref()).await?,
            None => None,
        };
        let place = match &data {
            Some(Data::Action { place: Some(place), .. }) => place.clone(),
            _ => here.clone(),
        };
        let whose = (from.id, from.first_name.as_str());
        let back = Back::to_press(self, whose, place.clone(), stands, query.id.clone());
        match data {
            Some(Data::Action { action, .. }) => {
                let event = Event {
                    id: self.event_id(job.id),
                    person: person(from.id),
                    names: self.places.names(&from.full_name(), &place).await?,
                    input: Input::Press { action },
                    mentions: Vec::new(),
                    files: Vec::new(),
                    answers: None,
                    message: Some(self.pressed_message(&here, stands)),
                    private: here.is_direct(),
                    member: None,
                    place,
                };
                self.host.handler.handle(event, back.clone()).await;
                if job.again && !back.has_answered() {
                    self.perhaps(from.id, &label(query)).await;
                }
            }
            Some(Data::Answer { form, pressed }) => self.pressed_answer(job, from, &back, &form, &pressed).await?,
            Some(Data::Kept(_)) | None => {
                back.felt(Some("This button has ended. Type the command again.")).await;
            }
        }
        back.felt(None).await;
        Ok(())
    }

    fn pressed_message(&self, here: &Place, stands: Stands) -> MessageRef {
        message_ref(here.clone(), stands.chat, stands.message)
    }

    /// The end of a form's conversation: one event with all that was entered.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        job: &Job,
        from: &User,
        filling: &crate::forms::Filling,
    ) -> Result<(), MemoryError> {
        let place = filling.questions.place.clone();
        let message = teloxide::types::MessageId(filling.asked.unwrap_or_default());
        let event = Event {
            id: self.event_id(job.id),
            person: person(from.id),
            names: self.places.names(&from.full_name(), &place).await?,
            input: Input::Submit { form: filling.questions.id.clone(), fields: filling.values() },
            mentions: Vec::new(),
            files: Vec::new(),
            answers: None,
            message: filling.asked.map(|_| direct_ref(from.id, message)),
            private: true,
            member: None,
            place,
        };
        let stands = Stands { chat: from.id.into(), topic: None, message };
        self.hand_over(job, from, event, stands, Some(filling.questions.title.clone())).await;
        Ok(())
    }
}

fn stands(message: &Message) -> Stands {
    let topic = message.thread_id.filter(|_| message.is_topic_message);
    Stands { chat: message.chat.id, topic, message: message.id }
}

/// The words on a pressed button.
fn label(query: &CallbackQuery) -> String {
    use teloxide::types::InlineKeyboardButtonKind::CallbackData;
    let keyboard = query.regular_message().and_then(Message::reply_markup);
    let mut buttons = keyboard.iter().flat_map(|keyboard| keyboard.inline_keyboard.iter().flatten());
    let data = query.data.as_deref();
    let pressed = buttons.find(|button| matches!(&button.kind, CallbackData(text) if Some(text.as_str()) == data));
    pressed.map_or_else(|| "the button you pressed".to_owned(), |button| button.text.clone())
}
