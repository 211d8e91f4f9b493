//! Places: a group is workspace and channel, a topic of its forum is a thread, a private chat is the direct chat.
//!
//! A group that becomes a supergroup gets another id from Telegram. For the bot it stays the same workspace: it keeps the
//! id that it had first, and what is sent there finds the way.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use teloxide::types::{Chat, ChatId, Message, MessageId, ThreadId, UserId};
use usher_chat::{Memory, MemoryError, MessageRef, Names, Person, Place, Platform, Workspace};

use crate::journal::read;

/// So many groups' names are remembered.
const NAMES: usize = 10_000;

/// Where in Telegram something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub chat: ChatId,
    pub topic: Option<ThreadId>,
    /// The message that is answered.
    pub answers: Option<MessageId>,
}

impl Spot {
    /// A person's direct chat.
    pub(crate) fn direct(person: UserId) -> Self {
        Self { chat: person.into(), topic: None, answers: None }
    }
}

/// Knows which group is which.
pub(crate) struct Places {
    memory: Arc<dyn Memory>,
    names: Mutex<HashMap<ChatId, String>>,
}

impl Places {
    pub(crate) fn new(memory: Arc<dyn Memory>) -> Self {
        Self { memory, names: Mutex::default() }
    }

    /// A group has become a supergroup.
    pub(crate) async fn moved(&self, from: ChatId, to: ChatId) -> Result<(), MemoryError> {
        // Both ends of a move are told, and a group moves once at most.
        let first = self.first_id(from).await?;
        self.memory.put(&from_key(to), first.0.to_string().into_bytes()).await?;
        self.memory.put(&to_key(first), to.0.to_string().into_bytes()).await
    }

    /// The place of a message.
    pub(crate) async fn of(&self, message: &Message) -> Result<Place, MemoryError> {
        self.in_chat(&message.chat, message.thread_id.filter(|_| message.is_topic_message)).await
    }

    /// A place in a chat.
    pub(crate) async fn in_chat(&self, chat: &Chat, topic: Option<ThreadId>) -> Result<Place, MemoryError> {
        if chat.is_private() {
            return Ok(Place::direct(Platform::TELEGRAM));
        }
        if let Some(title) = chat.title() {
            let mut names = self.names.lock();
            if names.len() < NAMES || names.contains_key(&chat.id) {
                names.insert(chat.id, title.to_owned());
            }
        }
        Ok(group(self.first_id(chat.id).await?.0, topic.map(|topic| topic.0.0)))
    }

    /// Where a place is now. `None`: it is the direct chat, or no chat of Telegram's.
    pub(crate) async fn spot(&self, place: &Place) -> Result<Option<Spot>, MemoryError> {
        let Place::Channel { workspace, thread, .. } = place else { return Ok(None) };
        let Some(chat) = self.chat(workspace).await? else { return Ok(None) };
        let topic = thread.as_ref().and_then(|thread| thread.as_str().parse().ok());
        Ok(Some(Spot { chat, topic: topic.map(|topic| ThreadId(MessageId(topic))), answers: None }))
    }

    /// The chat that a workspace is now.
    pub(crate) async fn chat(&self, workspace: &Workspace) -> Result<Option<ChatId>, MemoryError> {
        let id = (workspace.platform == Platform::TELEGRAM).then(|| workspace.id.as_str().parse().ok()).flatten();
        let Some(first) = id.map(ChatId) else { return Ok(None) };
        Ok(Some(self.stored(&to_key(first)).await?.unwrap_or(first)))
    }

    /// The names of a person and of the place they speak in.
    pub(crate) async fn names(&self, person: &str, place: &Place) -> Result<Names, MemoryError> {
        let Some(workspace) = place.workspace() else {
            return Ok(Names { person: person.to_owned(), place: "direct chat".to_owned(), workspace: None });
        };
        let chat = self.chat(workspace).await?;
        let known = chat.and_then(|chat| self.names.lock().get(&chat).cloned());
        let title = known.unwrap_or_else(|| if chat.is_some() { "the group" } else { "inline mode" }.to_owned());
        Ok(Names { person: person.to_owned(), place: title.clone(), workspace: Some(title) })
    }

    async fn first_id(&self, chat: ChatId) -> Result<ChatId, MemoryError> {
        Ok(self.stored(&from_key(chat)).await?.unwrap_or(chat))
    }

    async fn stored(&self, key: &str) -> Result<Option<ChatId>, MemoryError> {
        read(self.memory.as_ref(), key).await
    }
}

fn from_key(chat: ChatId) -> String {
    format!("group {chat} before")
}

fn to_key(chat: ChatId) -> String {
    format!("group {chat} now")
}

/// The place where inline queries are asked: they name no chat.
pub(crate) fn inline() -> Place {
    Place::inline(Platform::TELEGRAM)
}

fn group(id: i64, topic: Option<i32>) -> Place {
    Place::Channel {
        workspace: Workspace::new(Platform::TELEGRAM, id.to_string()),
        channel: id.to_string().into(),
        thread: topic.map(|topic| topic.to_string().into()),
    }
}

/// A group's place in few characters.
pub(crate) fn short(place: &Place) -> Option<String> {
    let Place::Channel { workspace, thread, .. } = place else { return None };
    let id: i64 = workspace.id.as_str().parse().ok()?;
    let topic = thread.as_ref().map(|thread| thread.as_str().parse::<i32>()).transpose().ok()?;
    Some(match topic {
        Some(topic) => format!("{id}.{topic}"),
        None => id.to_string(),
    })
}

/// Reads what [`short`] wrote.
pub(crate) fn from_short(text: &str) -> Option<Place> {
    match text.split_once('.') {
        Some((id, topic)) => Some(group(id.parse().ok()?, Some(topic.parse().ok()?))),
        None => Some(group(text.parse().ok()?, None)),
    }
}

/// The name of a message: its chat belongs to it, for the direct chats of all people are one place.
pub(crate) fn message_ref(place: Place, chat: ChatId, message: MessageId) -> MessageRef {
    MessageRef { place, id: format!("{chat}/{message}").into() }
}

/// The name of a message in a person's direct chat.
pub(crate) fn direct_ref(person: UserId, message: MessageId) -> MessageRef {
    message_ref(Place::direct(Platform::TELEGRAM), person.into(), message)
}

/// Reads what [`message_ref`] wrote.
pub(crate) fn message_of(message: &MessageRef) -> Option<(ChatId, MessageId)> {
    let (chat, id) = message.id.as_str().split_once('/')?;
    Some((ChatId(chat.parse().ok()?), MessageId(id.parse().ok()?)))
}

/// A person of Telegram's.
pub(crate) fn person(user: UserId) -> Person {
    Person::new(Platform::TELEGRAM, user.to_string())
}

/// The number of one of Telegram's people.
pub(crate) fn user(person: &Person) -> Option<UserId> {
    (person.platform == Platform::TELEGRAM).then(|| person.user.as_str().parse().ok().map(UserId)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Shelf;

    #[tokio::test]
    async fn a_group_that_moves_stays_the_workspace_that_it_was() {
        let places = Places::new(Arc::new(Shelf::default()));
        let before = group(-5, None);
        places.moved(ChatId(-5), ChatId(-1005)).await.unwrap();
        assert_eq!(places.first_id(ChatId(-1005)).await.unwrap(), ChatId(-5));
        assert_eq!(places.spot(&before).await.unwrap().unwrap().chat, ChatId(-1005));
        // The other end of the same move changes nothing.
        places.moved(ChatId(-5), ChatId(-1005)).await.unwrap();
        assert_eq!(places.first_id(ChatId(-1005)).await.unwrap(), ChatId(-5));
    }

    #[test]
    fn a_message_names_its_chat() {
        let reference = message_ref(Place::direct(Platform::TELEGRAM), ChatId(7), MessageId(12));
        assert_eq!(message_of(&reference), Some((ChatId(7), MessageId(12))));
    }
}
