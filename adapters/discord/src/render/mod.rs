//! Turns a reply into Discord's messages. What is over a limit is split or attached, never cut silently.

mod cards;
pub(crate) mod components;
pub(crate) mod escape;
pub(crate) mod markdown;
#[cfg(test)]
mod properties;
mod split;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use usher_chat::{File, Place, Reply, SendError};

pub(crate) use self::split::cut;
use self::{cards::Embeds, escape::UNSEEN, split::split};
use crate::rest::Attached;

/// Discord's limits for one message.
const CONTENT: usize = 2_000;
const EMBEDS: usize = 10;
const EMBEDS_SIZE: usize = 6_000;
const ROWS: usize = 5;
const FILES: usize = 10;
const FILE_SIZE: usize = 10 * 1024 * 1024;
const FILE_ALT: usize = 1_024;
/// Words go into so many messages; what is longer becomes a file.
const MESSAGES: usize = 3;

/// Only the person who acted sees the message.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// Addresses in the words are not unfolded.
const SUPPRESS_EMBEDS: u64 = 1 << 2;

/// One message of Discord's, ready to go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) rows: Vec<Value>,
    pub(crate) files: Vec<Attached>,
    pub(crate) alts: Vec<Option<String>>,
}

impl Message {
    /// A message of some words.
    pub(crate) fn words(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// The body of a request that sends or changes it. Nobody is ever notified, and whatever stood there before is
    /// replaced.
    pub(crate) fn body(&self, flags: u64) -> Value {
        let quiet = if self.embeds.is_empty() { SUPPRESS_EMBEDS } else { 0 };
        let attachments = self.files.iter().zip(&self.alts).enumerate().map(|(id, (file, alt))| {
            let mut attachment = json!({ "id": id.to_string(), "filename": file.name });
            if let Some(alt) = alt {
                attachment["description"] = components::words(alt, FILE_ALT).into();
            }
            attachment
        });
        json!({
            "content": self.content,
            "embeds": self.embeds,
            "components": self.rows,
            "attachments": attachments.collect::<Vec<_>>(),
            "allowed_mentions": { "parse": [] },
            "flags": flags | quiet,
        })
    }
}

/// The bodies of the messages that a reply becomes: to look at the rendering alone, without a Discord.
///
/// # Errors
/// A reply that does not fit.
pub fn rendered(reply: &Reply) -> Result<Vec<Value>, SendError> {
    Ok(messages(reply, None, Vec::new())?.iter().map(|message| message.body(0)).collect())
}

/// The messages of a reply. `home` is the place that its buttons belong to where the messages stand elsewhere; `form`
/// holds the rows of its form.
pub(crate) fn messages(reply: &Reply, home: Option<&Place>, form: Vec<Value>) -> Result<Vec<Message>, SendError> {
    let mut files = Vec::new();
    let mut messages = words(reply, &mut files);
    let embeds = cards::embeds(&reply.cards);
    embed(embeds, &mut messages, &mut files);
    let mut rows = components::rows(reply, home)?;
    rows.extend(form);
    attach(&mut messages, files, &reply.files);
    for part in rows.chunks(ROWS) {
        let last = last(&mut messages);
        if last.rows.is_empty() {
            last.rows = part.to_vec();
        } else {
            messages.push(Message { rows: part.to_vec(), ..Message::words(UNSEEN) });
        }
    }
    for message in &mut messages {
        if message.content.is_empty() && message.embeds.is_empty() && message.files.is_empty() {
            // Discord takes no message without anything to read.
            message.content = UNSEEN.to_string();
        }
    }
    Ok(messages)
}

fn words(reply: &Reply, files: &mut Vec<(Attached, Option<String>)>) -> Vec<Message> {
    let mut parts = vec![markdown::text(&reply.text)];
    // A menu shows what is asked itself, where it has room.
    let asked = reply.choices.as_ref().map(|choices| choices.label.as_str());
    parts.extend(asked.filter(|label| length(label) > components::PLACEHOLDER).map(markdown::line));
    parts.extend(components::other_links(&reply.links));
    parts.retain(|part| !part.is_empty());
    let mut pieces = split(&parts.join("\n\n"), CONTENT);
    if pieces.len() > MESSAGES {
        files.push((text_file("answer.txt".to_owned(), reply.text.to_plain()), None));
        pieces = vec![pieces.swap_remove(0), "The whole answer is in the file.".to_owned()];
    }
    pieces.into_iter().map(Message::words).collect()
}

/// Puts embeds below the words, as many to a message as fit.
fn embed(embeds: Embeds, messages: &mut Vec<Message>, files: &mut Vec<(Attached, Option<String>)>) {
    let mut size = 0;
    for embed in embeds.embeds {
        let full = messages.last().is_some_and(|message| message.embeds.len() >= EMBEDS);
        if full || (size > 0 && size + embed.size > EMBEDS_SIZE) {
            messages.push(Message::default());
            size = 0;
        }
        size += embed.size;
        last(messages).embeds.push(embed.json);
    }
    files.extend(embeds.files.into_iter().map(|(name, text)| (text_file(name, text), None)));
}

fn attach(messages: &mut Vec<Message>, own: Vec<(Attached, Option<String>)>, files: &[File]) {
    let (small, large): (Vec<&File>, Vec<&File>) = files.iter().partition(|file| file.content.len() <= FILE_SIZE);
    let given = small.into_iter().map(|file| {
        let name = components::words(&file.name, 200);
        let attached = Attached { name, media_type: file.media_type.clone(), content: file.content.to_vec() };
        (attached, file.alt.clone())
    });
    let mut size = 0;
    for (file, alt) in own.into_iter().chain(given) {
        let full = messages.last().is_some_and(|message| message.files.len() >= FILES);
        if full || (size > 0 && size + file.content.len() > FILE_SIZE) {
            messages.push(Message::default());
            size = 0;
        }
        size += file.content.len();
        let message = last(messages);
        message.files.push(file);
        message.alts.push(alt);
    }
    if !large.is_empty() {
        let names: Vec<String> = large.iter().map(|file| markdown::line(&file.name)).collect();
        let words = format!("Too large for Discord, which takes 10 MiB: {}.", names.join(", "));
        messages.extend(split(&words, CONTENT).into_iter().map(Message::words));
    }
}

fn last(messages: &mut Vec<Message>) -> &mut Message {
    if messages.is_empty() {
        messages.push(Message::default());
    }
    let at = messages.len() - 1;
    &mut messages[at]
}

fn text_file(name: String, text: String) -> Attached {
    Attached { name, media_type: "text/plain; charset=utf-8".to_owned(), content: text.into_bytes() }
}

/// How long Discord counts a text, at most.
pub(crate) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
