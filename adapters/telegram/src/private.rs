//! What is for one person alone goes to the direct chat. Who has not opened it finds a link; the reply waits behind it.

use std::sync::Arc;

use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize};
use teloxide::{
    requests::Requester,
    types::{ChatId, Me, MessageId, UserId},
};
use url::Url;
use usher_chat::{Memory, MemoryError, MessageRef, Place, Platform, Sent};

use crate::{
    journal::read,
    places::direct_ref,
    render::{Outgoing, only_words},
    service::Service,
};

/// So many replies wait for one person; older ones are dropped.
const MOST: usize = 5;
/// So many messages that once waited are known for each person by the names that they had before.
const KNOWN: usize = 20;
/// Files that together are larger than this are not kept, in bytes.
const FILES: usize = 1024 * 1024;
/// What privacy mode means for whoever links an account.
const CODES: &str = "Send me the code here. In the group I see only commands and replies to me, so I could not delete a \
                     code that you write there.";
/// What our own start parameters begin with.
const OURS: &str = "r-";

/// What waits for a person.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Waiting {
    /// The start parameter that fetches it, the same one as long as something waits.
    token: String,
    replies: Vec<Waited>,
}

/// A reply that waits, or waited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Waited {
    /// What the bot calls the message that it will be.
    name: String,
    pub reply: Outgoing,
}

/// A reply that was kept.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The start parameter that fetches it, which works for its person alone.
    pub parameter: String,
    /// What the bot may call the message that it will be.
    pub message: MessageRef,
}

/// A message that once waited.
#[derive(Debug, Serialize, Deserialize)]
struct Became {
    message: i32,
    name: String,
}

/// The replies that wait.
pub(crate) struct Private {
    memory: Arc<dyn Memory>,
    /// One change at a time.
    change: tokio::sync::Mutex<()>,
}

/// What somebody who pressed `Start` gets.
#[derive(Debug, PartialEq)]
pub(crate) enum Fetched {
    /// What waited for them.
    Replies(Vec<Waited>),
    /// The link is not theirs, or what was behind it has been fetched.
    Stale,
    /// The parameter is none of ours.
    Foreign,
}

impl Private {
    pub(crate) fn new(memory: Arc<dyn Memory>) -> Self {
        Self { memory, change: tokio::sync::Mutex::default() }
    }

    /// Keeps a reply for a person.
    pub(crate) async fn keep(&self, person: UserId, mut reply: Outgoing) -> Result<Kept, MemoryError> {
        if reply.files.iter().map(|file| file.content.len()).sum::<usize>() > FILES {
            reply.files.clear();
            reply.messages.push("The files were too large to be kept until now. Ask for them again here.".to_owned());
        }
        let _one = self.change.lock().await;
        let mut waiting: Waiting = read(self.memory.as_ref(), &key(person)).await?.unwrap_or_default();
        if waiting.token.is_empty() {
            waiting.token = format!("{OURS}{}", random());
        }
        let name = format!("{person}/{}", random());
        waiting.replies.push(Waited { name: name.clone(), reply });
        let surplus = waiting.replies.len().saturating_sub(MOST);
        waiting.replies.drain(..surplus);
        self.write(&key(person), &waiting).await?;
        Ok(Kept { parameter: waiting.token, message: waiting_ref(name) })
    }

    /// Remembers which message a reply that waited became.
    pub(crate) async fn became(&self, person: UserId, waited: Waited, message: MessageId) -> Result<(), MemoryError> {
        let _one = self.change.lock().await;
        let mut known: Vec<Became> = read(self.memory.as_ref(), &became(person)).await?.unwrap_or_default();
        known.push(Became { message: message.0, name: waited.name });
        known.drain(..known.len().saturating_sub(KNOWN));
        self.write(&became(person), &known).await
    }

    /// What the bot calls a message of a person's direct chat: one that waited keeps the name that it had then.
    pub(crate) async fn named(&self, person: UserId, message: MessageId) -> Result<MessageRef, MemoryError> {
        let known: Vec<Became> = read(self.memory.as_ref(), &became(person)).await?.unwrap_or_default();
        let name = known.into_iter().find(|became| became.message == message.0).map(|became| became.name);
        Ok(match name {
            Some(name) => waiting_ref(name),
            None => direct_ref(person, message),
        })
    }

    async fn write(&self, key: &str, value: &impl Serialize) -> Result<(), MemoryError> {
        let value = serde_json::to_vec(value).map_err(|error| MemoryError(error.to_string()))?;
        self.memory.put(key, value).await
    }

    /// Whether something waits for a person.
    async fn waits(&self, person: UserId) -> Result<bool, MemoryError> {
        Ok(self.memory.get(&key(person)).await?.is_some())
    }

    /// What a person gets who opened the direct chat with `parameter`, or with none.
    pub(crate) async fn fetch(&self, person: UserId, parameter: &str) -> Result<Fetched, MemoryError> {
        let ours = parameter.starts_with(OURS);
        if !parameter.is_empty() && !ours {
            return Ok(Fetched::Foreign);
        }
        let _one = self.change.lock().await;
        let waiting: Option<Waiting> = read(self.memory.as_ref(), &key(person)).await?;
        match waiting {
            Some(waiting) if !ours || waiting.token == parameter => {
                self.memory.take(&key(person)).await?;
                Ok(Fetched::Replies(waiting.replies))
            }
            _ if ours => Ok(Fetched::Stale),
            _ => Ok(Fetched::Foreign),
        }
    }
}

impl Service {
    /// Tells somebody who links an account in a group, once ever, that a code is not safe there: in privacy mode Telegram
    /// sends a bot nothing but commands and replies to it, unless it administers the group.
    pub(crate) async fn warn_of_codes(&self, group: ChatId, person: UserId) -> Result<(), MemoryError> {
        let memory = self.host.memory.as_ref();
        if self.me.can_read_all_group_messages || memory.get(&warned(person)).await?.is_some() {
            return Ok(());
        }
        let own = self.api.call(self.api.bot().get_chat_member(group, self.me.user.id)).await;
        if own.is_ok_and(|own| own.is_privileged()) {
            return Ok(());
        }
        // Behind what waits already, even where the chat has been opened in the meantime.
        let waits = self.private.waits(person).await?;
        let sent = if waits { Ok(Sent::NoPrivateWay) } else { self.tell(person, &only_words(CODES)).await };
        match sent {
            Ok(Sent::Message(_)) => {}
            Ok(Sent::NoPrivateWay) => drop(self.private.keep(person, only_words(CODES)).await?),
            Err(_) => return Ok(()),
        }
        memory.put(&warned(person), Vec::new()).await
    }
}

/// The address that opens the direct chat with a start parameter.
pub(crate) fn deep_link(me: &Me, parameter: &str) -> Option<Url> {
    let mut url = Url::parse("https://t.me/").ok()?;
    url.set_path(me.user.username.as_deref()?);
    if !parameter.is_empty() {
        url.query_pairs_mut().append_pair("start", parameter);
    }
    Some(url)
}

/// 128 random bits. With [`OURS`] before them, fewer than the 64 characters of `[A-Za-z0-9_-]` that Telegram takes.
fn random() -> String {
    let mut bytes = [0; 16];
    OsRng.try_fill_bytes(&mut bytes).expect("the system has random numbers");
    hex::encode(bytes)
}

fn waiting_ref(name: String) -> MessageRef {
    MessageRef { place: Place::direct(Platform::TELEGRAM), id: name.into() }
}

fn key(person: UserId) -> String {
    format!("waiting {person}")
}

fn became(person: UserId) -> String {
    format!("waited {person}")
}

fn warned(person: UserId) -> String {
    format!("warned of codes {person}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{render::only_words, testing::Shelf};

    #[tokio::test]
    async fn a_reply_waits_for_its_person_and_is_fetched_once() {
        let private = Private::new(Arc::new(Shelf::default()));
        let token = private.keep(UserId(7), only_words("for Ada alone")).await.unwrap().parameter;
        assert!(token.len() <= 64 && token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
        private.keep(UserId(8), only_words("for Grace alone")).await.unwrap();
        assert_eq!(private.fetch(UserId(8), &token).await.unwrap(), Fetched::Stale, "somebody else's link");
        let Fetched::Replies(replies) = private.fetch(UserId(7), &token).await.unwrap() else { panic!("nothing") };
        assert_eq!(replies[0].reply.messages, ["for Ada alone"]);
        assert_eq!(private.fetch(UserId(7), &token).await.unwrap(), Fetched::Stale);
    }

    #[tokio::test]
    async fn opening_the_chat_without_the_link_fetches_too_and_other_parameters_are_not_ours() {
        let private = Private::new(Arc::new(Shelf::default()));
        private.keep(UserId(7), only_words("one")).await.unwrap();
        assert_eq!(private.fetch(UserId(7), "K7Q2-9XMD").await.unwrap(), Fetched::Foreign);
        assert!(matches!(private.fetch(UserId(7), "").await.unwrap(), Fetched::Replies(_)));
        assert_eq!(private.fetch(UserId(7), "").await.unwrap(), Fetched::Foreign);
    }

    #[tokio::test]
    async fn only_the_last_replies_wait() {
        let private = Private::new(Arc::new(Shelf::default()));
        let mut token = String::new();
        for number in 0..MOST + 3 {
            token = private.keep(UserId(7), only_words(number.to_string())).await.unwrap().parameter;
        }
        let Fetched::Replies(replies) = private.fetch(UserId(7), &token).await.unwrap() else { panic!("nothing") };
        assert_eq!((replies.len(), replies[0].reply.messages[0].as_str()), (MOST, "3"));
    }

    #[tokio::test]
    async fn a_message_that_waited_is_known_by_the_name_that_it_had_before() {
        let private = Private::new(Arc::new(Shelf::default()));
        let kept = private.keep(UserId(7), only_words("a card")).await.unwrap();
        let Fetched::Replies(replies) = private.fetch(UserId(7), "").await.unwrap() else { panic!("nothing") };
        private.became(UserId(7), replies[0].clone(), MessageId(12)).await.unwrap();
        assert_eq!(private.named(UserId(7), MessageId(12)).await.unwrap(), kept.message);
        assert_eq!(private.named(UserId(7), MessageId(13)).await.unwrap(), direct_ref(UserId(7), MessageId(13)));
        assert_ne!(private.named(UserId(8), MessageId(12)).await.unwrap(), kept.message, "somebody else's message 12");
        for message in 100..100 + i32::try_from(KNOWN).unwrap() {
            private.became(UserId(7), replies[0].clone(), MessageId(message)).await.unwrap();
        }
        assert_ne!(
            private.named(UserId(7), MessageId(12)).await.unwrap(),
            kept.message,
            "only the last ones are known"
        );
    }
}
