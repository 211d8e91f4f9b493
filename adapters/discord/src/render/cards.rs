//! Turns cards into embeds: one card with its facts and its text, or several as a list.

use serde_json::{Value, json};
use usher_chat::{Card, tree::Tint};

use super::{
    escape, length, markdown,
    split::{cut, split},
};

/// Discord's limits for one embed.
const TITLE: usize = 256;
const DESCRIPTION: usize = 4_096;
const FIELDS: usize = 25;
const FIELD_NAME: usize = 256;
const FIELD_VALUE: usize = 1_024;
const ADDRESS: usize = 2_048;
/// What all fields may have beside a title and a description in a message's 6,000.
const FIELDS_SIZE: usize = 1_600;
/// A card's text goes into so many embeds; what is longer becomes a file.
const PARTS: usize = 3;

/// An embed, and what counts of it towards a message's limit.
#[derive(Debug)]
pub(super) struct Embed {
    pub(super) json: Value,
    pub(super) size: usize,
}

/// Embeds, and the texts that became files: name and content.
#[derive(Debug, Default)]
pub(super) struct Embeds {
    pub(super) embeds: Vec<Embed>,
    pub(super) files: Vec<(String, String)>,
}

/// The embeds of some cards.
pub(super) fn embeds(cards: &[Card]) -> Embeds {
    let mut out = Embeds::default();
    if cards.len() > 1 && cards.iter().all(|card| card.body.is_empty()) {
        let lines: Vec<String> = cards.iter().map(line).collect();
        for part in split(&lines.join("\n"), DESCRIPTION) {
            out.embeds.push(embed(json!({ "description": part, "color": colour(Tint::Neutral) })));
        }
        return out;
    }
    for card in cards {
        one(card, &mut out);
    }
    out
}

/// A card in one line.
fn line(card: &Card) -> String {
    let key = match &card.url {
        Some(url) if !card.key.is_empty() => format!("**{}**", markdown::link(&card.key, url)),
        _ if card.key.is_empty() => String::new(),
        _ => format!("**{}**", escape::line(&card.key)),
    };
    let facts = card.facts.iter().map(|fact| fact.value.as_str()).filter(|value| !value.is_empty());
    let words: Vec<&str> = std::iter::once(card.title.as_str()).chain(facts).collect();
    format!("{key} {}", markdown::line(&words.join(" · "))).trim().to_owned()
}

fn one(card: &Card, out: &mut Embeds) {
    let colour = colour(card.tint);
    let title = escape::line(&format!("{} {}", card.key, card.title)).trim().to_owned();
    let shown = cut(&title, TITLE);
    // What the title or a field cannot hold stands in full in the text.
    let mut overflow = Vec::new();
    if shown != title {
        overflow.push(title);
    }
    let (mut fields, mut room) = (Vec::new(), FIELDS_SIZE);
    for fact in card.facts.iter().filter(|fact| !fact.value.trim().is_empty()) {
        let (name, value) = (escape::line(&fact.name), markdown::line(&fact.value));
        let size = length(&name) + length(&value);
        let fits = length(&name) <= FIELD_NAME && length(&value) <= FIELD_VALUE && fields.len() < FIELDS;
        match fits && size <= room && !name.is_empty() {
            true => {
                room -= size;
                fields.push(json!({ "name": name, "value": value, "inline": true }));
            }
            false => overflow.push(format!("{name}: {value}")),
        }
    }
    overflow.push(markdown::text(&card.body));
    overflow.retain(|part| !part.is_empty());
    let mut parts = split(&overflow.join("\n\n"), DESCRIPTION).into_iter();
    let mut first = json!({ "color": colour });
    let set = |json: &mut Value, name: &str, value: Value| json[name] = value;
    if !shown.is_empty() {
        set(&mut first, "title", shown.into());
    }
    let address = card.url.as_deref().and_then(markdown::address).filter(|url| url.len() <= ADDRESS);
    if let Some(url) = address.filter(|url| url.starts_with("http")) {
        set(&mut first, "url", url.into());
    }
    let picture = card.picture.as_deref().filter(|url| url.starts_with("https://") && url.len() <= ADDRESS);
    if let Some(url) = picture {
        set(&mut first, "thumbnail", json!({ "url": url }));
    }
    if !fields.is_empty() {
        set(&mut first, "fields", fields.into());
    }
    let whole = parts.len() <= PARTS;
    if let Some(part) = parts.next() {
        set(&mut first, "description", part.into());
    }
    out.embeds.push(embed(first));
    if whole {
        out.embeds.extend(parts.map(|part| embed(json!({ "description": part, "color": colour }))));
    } else {
        let name = if card.key.is_empty() { "text" } else { card.key.as_str() };
        out.files.push((format!("{name}.txt"), card.body.to_plain()));
    }
}

fn embed(json: Value) -> Embed {
    let text = |value: &Value| value.as_str().map_or(0, length);
    let fields = json["fields"].as_array().into_iter().flatten();
    let fields: usize = fields.map(|field| text(&field["name"]) + text(&field["value"])).sum();
    let size = text(&json["title"]) + text(&json["description"]) + fields;
    Embed { json, size }
}

/// Discord's own shades, which read well on its light and dark grounds.
fn colour(tint: Tint) -> u32 {
    match tint {
        Tint::Neutral => 0x0095_a5a6,
        Tint::Purple => 0x009b_59b6,
        Tint::Blue => 0x0034_98db,
        Tint::Red => 0x00e7_4c3c,
        Tint::Yellow => 0x00f1_c40f,
        Tint::Green => 0x002e_cc71,
    }
}
