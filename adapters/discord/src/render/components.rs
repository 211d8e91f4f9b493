//! Turns buttons, links and menus into rows of components.

use serde_json::{Value, json};
use usher_chat::{ActionId, ButtonStyle, Link, Place, Reply, SendError};

use super::{escape::clean_line, markdown, split::cut};
use crate::ids::CustomId;

/// Discord's limits.
pub(crate) const IN_ROW: usize = 5;
const LABEL: usize = 80;
const ADDRESS: usize = 512;
pub(crate) const ENTRIES: usize = 25;
pub(crate) const ENTRY: usize = 100;
pub(crate) const PLACEHOLDER: usize = 150;

/// The row of one component, or of up to five buttons.
pub(crate) fn row(components: impl Into<Value>) -> Value {
    json!({ "type": 1, "components": components.into() })
}

/// A button that comes back to us.
pub(crate) fn button(id: &CustomId, label: &str, style: ButtonStyle) -> Result<Value, SendError> {
    let style = match style {
        ButtonStyle::Primary => 1,
        ButtonStyle::Plain => 2,
        ButtonStyle::Danger => 4,
    };
    Ok(json!({ "type": 2, "style": style, "label": words(label, LABEL), "custom_id": written(id)? }))
}

/// A menu of at most 25 entries, of which at least `least` and at most `most` are chosen.
pub(crate) fn menu(
    id: &CustomId,
    placeholder: &str,
    entries: Vec<Value>,
    (least, most): (usize, usize),
) -> Result<Value, SendError> {
    Ok(json!({
        "type": 3, "custom_id": written(id)?, "placeholder": words(placeholder, PLACEHOLDER),
        "min_values": least, "max_values": most.min(entries.len()), "options": entries,
    }))
}

/// An entry of a menu. Words that are too long go on in the smaller line below.
pub(crate) fn entry(label: &str, note: Option<&str>, value: String, chosen: bool) -> Value {
    let label = clean_line(label);
    let shown = words(&label, ENTRY);
    let mut entry = json!({ "label": shown, "value": value });
    let note = match (label.starts_with(shown.as_str()) || shown == "-", note) {
        (true, note) => note.map(clean_line),
        (false, note) => {
            let rest = label.get(shown.len().saturating_sub('…'.len_utf8())..).unwrap_or_default();
            Some(format!("…{rest} {}", note.map(clean_line).unwrap_or_default()))
        }
    };
    if let Some(note) = note.filter(|note| !note.trim().is_empty()) {
        entry["description"] = cut(note.trim(), ENTRY).into();
    }
    if chosen {
        entry["default"] = true.into();
    }
    entry
}

/// The rows of a reply's menu, buttons and links. `home` is the place that they belong to where they stand elsewhere.
pub(super) fn rows(reply: &Reply, home: Option<&Place>) -> Result<Vec<Value>, SendError> {
    let pressed = |action: &ActionId| CustomId::Action { action: action.clone(), place: home.cloned() };
    let mut rows = Vec::new();
    if let Some(choices) = &reply.choices {
        for (number, part) in choices.entries.chunks(ENTRIES).enumerate() {
            let entries = part
                .iter()
                .map(|choice| {
                    Ok(entry(&choice.label, choice.note.as_deref(), written(&pressed(&choice.action))?, false))
                })
                .collect::<Result<Vec<_>, SendError>>()?;
            rows.push(row([menu(&CustomId::Menu(number), &choices.label, entries, (1, 1))?]));
        }
    }
    let mut small = Vec::new();
    for own in &reply.buttons {
        small.push(button(&pressed(&own.action), &own.label, own.style)?);
    }
    // What a form asks for is found behind the links, so they are opened first. Elsewhere they are for a closer look.
    let at = if reply.form.is_some() { 0 } else { small.len() };
    small.splice(at..at, reply.links.iter().filter_map(link));
    rows.extend(small.chunks(IN_ROW).map(|part| row(part.to_vec())));
    Ok(rows)
}

/// Links that no button can carry, as a line of text.
pub(super) fn other_links(links: &[Link]) -> Option<String> {
    let others: Vec<String> =
        links.iter().filter(|own| link(own).is_none()).map(|link| markdown::link(&link.label, &link.url)).collect();
    (!others.is_empty()).then(|| others.join(" · "))
}

fn link(link: &Link) -> Option<Value> {
    let url = markdown::address(&link.url).filter(|url| url.starts_with("http") && url.len() <= ADDRESS)?;
    Some(json!({ "type": 2, "style": 5, "label": words(&link.label, LABEL), "url": url }))
}

/// Plain words of at most `most`; Discord takes no empty ones.
pub(crate) fn words(text: &str, most: usize) -> String {
    match clean_line(text).trim() {
        "" => "-".to_owned(),
        text => cut(text, most),
    }
}

fn written(id: &CustomId) -> Result<String, SendError> {
    id.write().ok_or_else(|| SendError::Refused("a button's id is too long for Discord".to_owned()))
}
