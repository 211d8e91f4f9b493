//! Everything that serves one run: what is kept, what is in hand, and the ways to people.

use std::sync::{Arc, OnceLock};

use teloxide::{
    payloads::setters::*,
    requests::{HasPayload, Requester},
    types::{
        AllowedUpdate, ChatId, LinkPreviewOptions, Me, Message, MessageId, ParseMode, ReplyParameters, Update,
        UpdateKind, UserId,
    },
};
use usher_chat::{AdapterError, EventId, Host, MemoryError, SendError, Sent};

use crate::{
    TelegramOptions,
    api::{Api, Failure},
    commands::Menu,
    files,
    forms::{Filling, Questions},
    inline::Newest,
    journal::{Journal, Told, id_of, read},
    places::{Places, Spot, direct_ref},
    private::{Private, deep_link},
    queue::Queue,
    render::{
        Outgoing,
        keyboard::{Key, markup},
        only_words,
    },
    work::{Job, Work},
};

/// Set in a person's number, this marks the line of their inline queries. No person has so large a number.
const TYPING: u64 = 1 << 63;

/// The parts of one run.
pub(crate) struct Service {
    pub options: Arc<TelegramOptions>,
    pub api: Api,
    pub me: Me,
    pub menu: Arc<Menu>,
    pub host: Host,
    pub places: Places,
    pub private: Private,
    pub journal: Journal,
    pub queries: Newest,
    queue: OnceLock<Queue<Work>>,
}

impl Service {
    /// Opens what an earlier run left and takes it up again.
    pub(crate) async fn start(
        options: Arc<TelegramOptions>,
        api: Api,
        me: Me,
        menu: Arc<Menu>,
        host: Host,
    ) -> Result<Arc<Self>, AdapterError> {
        let (journal, left) = Journal::open(host.memory.clone(), me.user.id).await?;
        let places = Places::new(host.memory.clone());
        let private = Private::new(host.memory.clone());
        let (queries, queue) = (Newest::default(), OnceLock::new());
        let service = Arc::new(Self { options, api, me, menu, host, places, private, journal, queries, queue });
        if service.queue.set(Queue::new(Arc::new(Work(Arc::downgrade(&service))))).is_err() {
            tracing::debug!("the queue stands already");
        }
        if !left.is_empty() {
            tracing::info!(count = left.len(), "updates of an earlier run are taken up again");
        }
        for update in left {
            service.hand(update, true).await;
        }
        Ok(service)
    }

    /// The kinds of updates that are asked for.
    pub(crate) fn allowed(&self) -> Vec<AllowedUpdate> {
        use AllowedUpdate::{CallbackQuery, ChannelPost, InlineQuery, Message, MyChatMember};
        let mut allowed = vec![Message, ChannelPost, CallbackQuery, MyChatMember];
        allowed.extend(self.options.inline.then_some(InlineQuery));
        allowed
    }

    /// Keeps updates, then works on them. They are safe when it returns.
    pub(crate) async fn accept(&self, updates: Vec<Told>) -> Result<(), MemoryError> {
        for update in self.journal.keep(updates).await? {
            self.hand(update, false).await;
        }
        Ok(())
    }

    /// So much is in hand that no more should be accepted.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.get().is_some_and(Queue::is_full)
    }

    /// What the bot knows an update by. Another bot's updates may have the same numbers.
    pub(crate) fn event_id(&self, update: u32) -> EventId {
        format!("{}/{update}", self.me.user.id).into()
    }

    /// Waits until what is begun is finished.
    pub(crate) async fn stop(&self) {
        if let Some(queue) = self.queue.get() {
            queue.stop().await;
        }
    }

    async fn hand(&self, update: Told, again: bool) {
        let Some(id) = id_of(&update) else { return };
        let job = match serde_json::from_str::<Update>(update.get()) {
            Ok(Update { kind: UpdateKind::Error(_), .. }) => {
                tracing::warn!(id, "an update is of a kind that is not known");
                return self.journal.done(id).await;
            }
            Ok(update) => Job { id, update, again },
            Err(_) => {
                // What the reader complains of may quote the message.
                tracing::warn!(id, "an update could not be read");
                return self.journal.done(id).await;
            }
        };
        // Before anything is handed out: what others say in the grown group next belongs to the same place.
        if let Some((from, to)) = migration(&job.update) {
            match self.places.moved(from, to).await {
                Ok(()) => self.journal.done(id).await,
                // It stays in the journal, for a start with a memory that works.
                Err(error) => tracing::error!(%error, id, "a group that moved was left for later"),
            }
            return;
        }
        let mut person = job.update.from().map_or(0, |user| user.id.0);
        if let UpdateKind::InlineQuery(query) = &job.update.kind {
            self.queries.note(query.from.id, id);
            // What is only being typed holds up nothing that was said.
            person |= TYPING;
        }
        if let Some(queue) = self.queue.get()
            && let Err(refused) = queue.put(person, job)
        {
            self.journal.done(refused.id).await;
        }
    }

    /// Sends everything of a reply to one spot. Returns the first message.
    pub(crate) async fn post(&self, spot: Spot, reply: &Outgoing) -> Result<Option<MessageId>, Failure> {
        match self.post_once(spot, reply).await {
            Err(Failure::Moved(to)) => {
                self.places.moved(spot.chat, to).await.map_err(memory)?;
                self.post_once(Spot { chat: to, answers: None, ..spot }, reply).await
            }
            posted => posted,
        }
    }

    async fn post_once(&self, spot: Spot, reply: &Outgoing) -> Result<Option<MessageId>, Failure> {
        let keyboard = markup(&reply.keyboard, self.host.memory.as_ref()).await.map_err(memory)?;
        let keyboard = (!reply.keyboard.is_empty()).then_some(keyboard);
        let mut first = None;
        for (number, words) in reply.messages.iter().enumerate() {
            let mut request = self.api.bot().send_message(spot.chat, words).parse_mode(ParseMode::Html);
            let payload = request.payload_mut();
            payload.link_preview_options = Some(no_preview());
            payload.message_thread_id = spot.topic;
            if number + 1 == reply.messages.len() {
                payload.reply_markup = keyboard.clone().map(Into::into);
            }
            payload.reply_parameters = spot
                .answers
                .filter(|_| number == 0)
                .map(|message| ReplyParameters::new(message).allow_sending_without_reply());
            let sent: Message = self.api.send(spot.chat, request).await?;
            first = first.or(Some(sent.id));
        }
        let below = keyboard.as_ref().filter(|_| reply.messages.is_empty());
        let file = files::send(&self.api, spot, &reply.files, below).await?;
        Ok(first.or(file))
    }

    /// Changes a message. What does not fit into it follows as new messages.
    pub(crate) async fn change(&self, spot: Spot, message: MessageId, reply: &Outgoing) -> Result<(), Failure> {
        let mut rest = reply.clone();
        if rest.messages.is_empty() {
            return Err(Failure::Refused("there are no words to put in its place".to_owned()));
        }
        let words = rest.messages.remove(0);
        let last = rest.messages.is_empty();
        let rows = if last { std::mem::take(&mut rest.keyboard) } else { Vec::new() };
        let keyboard = markup(&rows, self.host.memory.as_ref()).await.map_err(memory)?;
        let request = self.api.bot().edit_message_text(spot.chat, message, words).parse_mode(ParseMode::Html);
        let request = request.link_preview_options(no_preview()).reply_markup(keyboard);
        match self.api.send(spot.chat, request).await {
            Err(failure) if !failure.is_unmodified() => return Err(failure),
            _ => {}
        }
        if !rest.messages.is_empty() || !rest.files.is_empty() {
            self.post(spot, &rest).await?;
        }
        Ok(())
    }

    /// Sends a reply to a person's direct chat, with the form that may come along.
    pub(crate) async fn post_direct(&self, person: UserId, reply: &Outgoing) -> Result<Option<MessageId>, Failure> {
        if reply.awaits_code {
            self.await_code(person).await.map_err(memory)?;
        }
        let spot = Spot::direct(person);
        let sent = self.post(spot, reply).await?;
        if let Some(form) = &reply.form {
            self.begin_form(person, form.clone()).await?;
        }
        Ok(sent)
    }

    /// Sends news to a person, if their direct chat is open.
    pub(crate) async fn tell(&self, person: UserId, reply: &Outgoing) -> Result<Sent, SendError> {
        match self.post_direct(person, reply).await {
            Ok(message) => Ok(Sent::Message(message.map(|message| direct_ref(person, message)))),
            Err(failure) if failure.is_unopened() => Ok(Sent::NoPrivateWay),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Tells a person something in plain words.
    pub(crate) async fn say(&self, person: UserId, words: &str) {
        if let Err(error) = self.tell(person, &only_words(words)).await {
            tracing::info!(%error, "a person could not be told something");
        }
    }

    /// A button that opens the direct chat.
    pub(crate) fn opener(&self, parameter: &str) -> Option<Key> {
        deep_link(&self.me, parameter).map(|url| Key::Opens { label: format!("Open {}", self.me.user.first_name), url })
    }

    /// Asks a form's first question. A form that was being filled in is set aside.
    pub(crate) async fn begin_form(&self, person: UserId, questions: Questions) -> Result<(), Failure> {
        let mut filling = Filling::new(questions);
        self.ask(person, &mut filling).await
    }

    /// Asks the question that stands, and keeps where the form stands.
    pub(crate) async fn ask(&self, person: UserId, filling: &mut Filling) -> Result<(), Failure> {
        // It is kept before the question is on its way, and with the question's message after it.
        self.keep_form(person, filling).await.map_err(memory)?;
        let sent = self.post(Spot::direct(person), &filling.question()).await?;
        filling.asked = sent.map(|message| message.0);
        self.keep_form(person, filling).await.map_err(memory)
    }

    /// The form that a person is filling in.
    pub(crate) async fn form(&self, person: UserId) -> Result<Option<Filling>, MemoryError> {
        read(self.host.memory.as_ref(), &form_key(person)).await
    }

    pub(crate) async fn keep_form(&self, person: UserId, filling: &Filling) -> Result<(), MemoryError> {
        let value = serde_json::to_vec(filling).map_err(|error| MemoryError(error.to_string()))?;
        self.host.memory.put(&form_key(person), value).await
    }

    pub(crate) async fn end_form(&self, person: UserId) -> Result<(), MemoryError> {
        self.host.memory.take(&form_key(person)).await.map(drop)
    }

    async fn await_code(&self, person: UserId) -> Result<(), MemoryError> {
        let Some(mut filling) = self.form(person).await? else { return Ok(()) };
        filling.awaits_code = true;
        self.keep_form(person, &filling).await
    }
}

/// The group that an update says has become a supergroup, and what it is now.
fn migration(update: &Update) -> Option<(ChatId, ChatId)> {
    let UpdateKind::Message(message) = &update.kind else { return None };
    let here = message.chat.id;
    let to = message.migrate_to_chat_id().map(|to| (here, *to));
    to.or_else(|| message.migrate_from_chat_id().map(|from| (*from, here)))
}

fn form_key(person: UserId) -> String {
    format!("form {person}")
}

pub(crate) fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

/// A memory that fails, where a request should have been made.
pub(crate) fn memory(error: MemoryError) -> Failure {
    Failure::Refused(error.to_string())
}
