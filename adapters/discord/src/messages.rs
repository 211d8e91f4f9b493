//! Plain messages: those that mention the bot, direct ones, and with `message_content` all others.

use std::{ops::Range, panic::AssertUnwindSafe, sync::Arc};

use async_trait::async_trait;
use futures::FutureExt;
use reqwest::Method;
use serenity::{
    all::{ChannelId, Message, MessageType, User, UserId},
    http::Route,
};
use usher_chat::{
    Audience, Completion, Event, EventId, IncomingFile, Input, Mention, Names, Place, Reply, Responder, SendError, Sent,
};

use crate::{Inner, deliver::Asker, directory::Directory, ids, members, rest::Payload};

/// The bot's own word. A line that begins with a mention of the bot is read as if it began with it.
const WORD: &str = "jira";

/// Takes a message and returns when everything about it is done.
pub(crate) async fn take(inner: &Arc<Inner>, message: Message) {
    let ordinary = matches!(message.kind, MessageType::Regular | MessageType::InlineReply);
    if message.author.bot || message.webhook_id.is_some() || !ordinary || empty(&message) {
        return;
    }
    let me = inner.me();
    let mentioned = message.mentions.iter().any(|user| user.id == me);
    if message.guild_id.is_some() && !mentioned && !inner.options.message_content {
        return;
    }
    let Some(_flight) = inner.flights.take(message.id.get()) else { return };
    let whereabouts = match message.guild_id {
        None => Directory::direct(),
        Some(server) => match inner.directory.find(&inner.rest, server, message.channel_id).await {
            Ok(whereabouts) => whereabouts,
            Err(error) => {
                return tracing::warn!(channel = %message.channel_id, %error, "it is not known where this was said");
            }
        },
    };
    let place = whereabouts.place;
    let (text, mentions) = read(&message.content, &message.mentions, me, place.is_direct());
    let answers = message.message_reference.as_ref().and_then(|other| Some((other.channel_id, other.message_id?)));
    let event = Event {
        id: EventId::new(message.id.to_string()),
        person: ids::person(message.author.id),
        names: Names {
            person: members::name(&message.author, message.member.as_ref().and_then(|member| member.nick.as_deref())),
            place: whereabouts.name,
            workspace: whereabouts.workspace,
        },
        input: Input::Text(text),
        mentions,
        files: message.attachments.iter().map(file).collect(),
        answers: answers.map(|(channel, id)| ids::message(&place, channel, id)),
        message: Some(ids::message(&place, message.channel_id, message.id)),
        private: place.is_direct(),
        // Discord tells roles here, but not what they allow.
        member: None,
        place: place.clone(),
    };
    let asker = Asker { person: message.author.id, place, message: Some(message.id) };
    let back = Arc::new(Back { inner: Arc::clone(inner), asker, channel: message.channel_id });
    let Ok(lent) = inner.lent() else { return };
    if AssertUnwindSafe(lent.host.handler.handle(event, back)).catch_unwind().await.is_err() {
        tracing::error!(message = %message.id, "the handler broke down");
    }
}

/// Whether there is nothing to read. A file alone may answer one of our messages.
fn empty(message: &Message) -> bool {
    message.content.is_empty() && (message.attachments.is_empty() || message.message_reference.is_none())
}

/// The text with the people named in it. A mention of the bot at its start is taken off.
fn read(content: &str, named: &[User], me: UserId, direct: bool) -> (String, Vec<Mention>) {
    let known = |id: UserId| named.iter().find(|user| user.id == id).map(|user| members::name(user, None));
    let mut text = String::new();
    let mut line = content.trim_start();
    if let Some((range, _)) = next_mention(line).filter(|(range, id)| range.start == 0 && *id == me) {
        line = line[range.end..].trim_start_matches([' ', ',', ':', '\n']);
        let said = line.split_whitespace().next().is_some_and(|word| word.eq_ignore_ascii_case(WORD));
        if !direct && !said {
            text.push_str(WORD);
            text.push(' ');
        }
    }
    let begin = text.len();
    text.push_str(line);
    let mut mentions = Vec::new();
    let mut at = 0;
    while let Some((range, id)) = next_mention(&line[at..]) {
        if let Some(name) = known(id) {
            let range = begin + at + range.start..begin + at + range.end;
            mentions.push(Mention { person: ids::person(id), name, range });
        }
        at += range.end;
    }
    (text, mentions)
}

/// The next `<@id>` or `<@!id>`.
pub(crate) fn next_mention(text: &str) -> Option<(Range<usize>, UserId)> {
    let mut at = 0;
    while let Some(found) = text[at..].find("<@") {
        let start = at + found;
        let digits = text[start + 2..].strip_prefix('!').unwrap_or(&text[start + 2..]);
        let end = digits.find(|char: char| !char.is_ascii_digit()).unwrap_or(digits.len());
        if let (true, Some(id)) = (digits[end..].starts_with('>'), ids::snowflake(&digits[..end])) {
            return Some((start..text.len() - digits.len() + end + 1, id));
        }
        at = start + 2;
    }
    None
}

pub(crate) fn file(attachment: &serenity::all::Attachment) -> IncomingFile {
    IncomingFile {
        name: attachment.filename.clone(),
        media_type: attachment.content_type.clone(),
        bytes: Some(u64::from(attachment.size)),
        handle: attachment.url.clone(),
    }
}

/// The way back to whoever wrote.
struct Back {
    inner: Arc<Inner>,
    asker: Asker,
    channel: ChannelId,
}

#[async_trait]
impl Responder for Back {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        let place: &Place = &self.asker.place;
        if reply.audience == Audience::OnlyAsker && !place.is_direct() {
            return self.inner.privately(&self.asker, &reply).await;
        }
        let messages = self.inner.prepare(&self.asker, &reply, false).await?;
        Ok(Sent::Message(self.inner.post(self.channel, place, &messages, self.asker.message).await?))
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        self.reply(reply).await
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        let route = Route::ChannelTyping { channel_id: self.channel };
        self.inner.rest.send(Method::POST, route, &[], Payload::None).await?;
        Ok(())
    }

    async fn complete(&self, _ways: Vec<Completion>) -> Result<(), SendError> {
        Err(SendError::Unsupported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(id: u64, name: &str) -> User {
        let user = serde_json::json!({ "id": id.to_string(), "username": name, "discriminator": "0", "avatar": null });
        serde_json::from_value(user).unwrap()
    }

    #[test]
    fn the_bots_own_mention_is_taken_off_and_others_keep_their_range() {
        let named = [user(1, "usher"), user(7, "grace")];
        for (content, direct, text) in [
            ("<@1> view DEMO-1", false, "jira view DEMO-1"),
            ("<@!1>, view DEMO-1", false, "jira view DEMO-1"),
            ("<@1> jira view DEMO-1", false, "jira view DEMO-1"),
            ("<@1> view DEMO-1", true, "view DEMO-1"),
            ("<@1>", false, "jira "),
            ("ask <@1> about it", false, "ask <@1> about it"),
            ("jira view DEMO-1", false, "jira view DEMO-1"),
        ] {
            assert_eq!(read(content, &named[..1], UserId::new(1), direct).0, text, "{content}");
        }
        let (text, mentions) = read("<@1> assign é <@!7> <@8> <@x> <@", &named, UserId::new(1), false);
        assert_eq!(mentions.len(), 1, "{mentions:?}");
        assert_eq!((mentions[0].name.as_str(), &text[mentions[0].range.clone()]), ("grace", "<@!7>"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(content in "(<@!?[0-9]{0,3}>?|[ a-é😀<@!>]|jira ){0,20}", direct: bool) {
            let (text, mentions) = read(&content, &[user(1, "usher"), user(7, "grace")], UserId::new(1), direct);
            for mention in mentions {
                proptest::prop_assert!(text[mention.range].starts_with("<@"));
            }
        }
    }
}
