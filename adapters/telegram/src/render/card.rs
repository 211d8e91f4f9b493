//! A card: key, title and facts in a line, longer text below.

use std::sync::Arc;

use usher_chat::Card;

use super::{
    blocks::{chunks, plain, web_address, words},
    html::{Chunk, Span, Style},
};

/// The cards of a reply, one line each where they hold no longer text.
pub(crate) fn cards(cards: &[Card]) -> Vec<Chunk> {
    let mut out = Vec::new();
    let mut lines_alone = false;
    for card in cards {
        let below = chunks(&card.body);
        out.push(Chunk { close: lines_alone && below.is_empty(), ..plain(line(card)) });
        lines_alone = below.is_empty();
        out.extend(below);
    }
    out
}

fn line(card: &Card) -> Vec<Span> {
    let link = card.url.as_deref().and_then(web_address).map(|url| Arc::from(url.as_str()));
    let key = Style { bold: true, link, ..Style::default() };
    let mut line = Vec::new();
    if !card.key.is_empty() {
        line.extend([Span::new(&card.key, key), words("  ")]);
    }
    line.push(words(&card.title));
    for fact in &card.facts {
        line.push(words(" · "));
        line.push(words(&fact.value));
    }
    line
}
