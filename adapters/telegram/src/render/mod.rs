//! A reply as Telegram's messages: HTML built from the text tree, keyboards, files.

pub(crate) mod blocks;
mod card;
pub(crate) mod html;
pub(crate) mod keyboard;
mod split;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use usher_chat::{Audience, File, Form, Place, Reply, Text, tree::Inline};

use self::{
    blocks::{chunks, plain, words},
    html::{Chunk, Span, Style},
};
use crate::{files, forms::Questions};

/// The longest words that an alert shows.
const ALERT: usize = 200;

/// A reply, ready to be sent or to be kept until it can be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outgoing {
    /// The messages, as HTML. The keyboard stands under the last one.
    pub messages: Vec<String>,
    /// Its rows of buttons.
    pub keyboard: Vec<Vec<keyboard::Key>>,
    /// Files, after the words.
    #[serde(with = "crate::files::kept")]
    pub files: Vec<File>,
    /// A form, asked question by question after the words.
    pub form: Option<Questions>,
    /// The person's next message is a code, and no answer to a form's question.
    pub awaits_code: bool,
}

/// Renders a reply whose buttons belong to `place`. `apart`: it will be shown somewhere else, in the direct chat.
pub(crate) fn outgoing(reply: &Reply, place: &Place, apart: bool) -> Outgoing {
    let mut all = chunks(&reply.text);
    all.extend(card::cards(&reply.cards));
    all.extend(reply.choices.iter().map(|choices| plain(vec![words(&choices.label)])));
    let keyboard = keyboard::rows(reply, apart.then_some(place));
    all.extend(reply.links.iter().filter(|link| blocks::web_address(&link.url).is_none()).map(|link| {
        // Telegram refuses a button to such an address. As fixed-width words it can be copied with a tap.
        let code = Style { code: true, ..Style::default() };
        plain(vec![words(&link.label), words(": "), Span::new(&link.url, code)])
    }));
    let (files, large): (Vec<File>, Vec<File>) =
        reply.files.iter().cloned().partition(|file| file.content.len() <= files::LARGEST);
    all.extend(large.iter().map(|file| plain(vec![words(&format!("{} is too large for Telegram.", file.name))])));
    let code = reply.form.as_ref().is_some_and(Form::is_code);
    let form = reply.form.as_ref().filter(|form| !code && !form.fields.is_empty());
    let mut messages: Vec<String> = messages(all);
    if messages.is_empty() && !keyboard.is_empty() && files.len() != 1 {
        // A keyboard needs words to stand under.
        messages.push("…".to_owned());
    }
    let form = form.map(|form| Questions::new(form, place));
    Outgoing { messages, keyboard, files, form, awaits_code: code }
}

/// The messages that a reply becomes, as Telegram's HTML: to look at the rendering alone, without a Telegram.
pub fn rendered(reply: &Reply) -> Vec<String> {
    outgoing(reply, &Place::direct(usher_chat::Platform::TELEGRAM), false).messages
}

/// Some words alone.
pub(crate) fn only_words(text: impl Into<Text>) -> Outgoing {
    Outgoing { messages: messages(chunks(&text.into())), ..Outgoing::default() }
}

fn messages(chunks: Vec<Chunk>) -> Vec<String> {
    split::split(chunks, split::LONGEST).iter().map(|message| html::html(message)).collect()
}

/// The words of a reply that fits into an alert: private, short, and nothing but words.
pub(crate) fn alert(reply: &Reply) -> Option<String> {
    let bare = reply.cards.is_empty()
        && reply.buttons.is_empty()
        && reply.links.is_empty()
        && reply.files.is_empty()
        && reply.choices.is_none()
        && reply.form.is_none();
    let linked = reply.text.0.iter().any(|block| match block {
        usher_chat::tree::Block::Paragraph(content) => content.iter().any(|i| matches!(i, Inline::Link { .. })),
        _ => true,
    });
    let words = html::clean(&reply.text.to_plain(), true);
    let fits = reply.audience == Audience::OnlyAsker && bare && !linked && !words.is_empty();
    (fits && html::units(&words) <= ALERT).then_some(words)
}
