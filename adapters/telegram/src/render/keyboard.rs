//! Rows of buttons under a message, and what a press brings back.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use teloxide::types::{InlineKeyboardButton, InlineKeyboardMarkup};
use usher_chat::{ActionId, Memory, MemoryError, Place, Reply};

use super::{blocks::web_address, html};
use crate::{journal::read, places};

/// The most buttons under one message.
const MOST: usize = 100;
/// The longest data of a button, in bytes.
const DATA: usize = 64;
/// A row holds so many characters, and so many buttons.
const ROW: (usize, usize) = (32, 4);
/// The longest words on a button, in characters.
const LABEL: usize = 60;

/// A button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Key {
    /// Opens a page.
    Opens { label: String, url: url::Url },
    /// Comes back as a press.
    Press { label: String, data: Data },
}

/// What a press brings back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Data {
    /// A button of a reply: which one, and the place that it belongs to where that is not the chat it stands in.
    Action { action: ActionId, place: Option<Place> },
    /// An answer to a form's question: which asking of which form, and what was pressed.
    Answer { form: String, pressed: String },
    /// Data too long for a button: where it is kept.
    Kept(String),
}

/// The buttons of a reply. `place`: what they belong to, where they will stand somewhere else.
pub(super) fn rows(reply: &Reply, place: Option<&Place>) -> Vec<Vec<Key>> {
    let press = |label: &str, action: &ActionId| Key::Press {
        label: label.to_owned(),
        data: Data::Action { action: action.clone(), place: place.cloned() },
    };
    let mut keys: Vec<Key> = reply.buttons.iter().map(|button| press(&button.label, &button.action)).collect();
    // What a form asks for is found behind the links, so they are opened first. Elsewhere they are for a closer look.
    let at = if reply.form.is_some() { 0 } else { keys.len() };
    keys.splice(at..at, reply.links.iter().filter_map(|link| Key::opens(&link.label, &link.url)));
    let mut rows = arranged(keys);
    let entries = reply.choices.iter().flat_map(|choices| &choices.entries).map(|entry| match &entry.note {
        Some(note) => vec![press(&format!("{} · {note}", entry.label), &entry.action)],
        None => vec![press(&entry.label, &entry.action)],
    });
    rows.extend(entries);
    rows.truncate(MOST);
    rows
}

/// Puts buttons into rows as their words allow.
pub(crate) fn arranged(keys: impl IntoIterator<Item = Key>) -> Vec<Vec<Key>> {
    let mut rows: Vec<Vec<Key>> = Vec::new();
    let mut used = 0;
    for key in keys.into_iter().take(MOST) {
        let width = key.label().chars().count() + 2;
        match rows.last_mut() {
            Some(row) if row.len() < ROW.1 && used + width <= ROW.0 => {
                row.push(key);
                used += width;
            }
            _ => {
                rows.push(vec![key]);
                used = width;
            }
        }
    }
    rows
}

impl Key {
    /// A button that opens a page, if Telegram takes the address.
    pub(crate) fn opens(label: &str, url: &str) -> Option<Self> {
        web_address(url).map(|url| Self::Opens { label: label.to_owned(), url })
    }

    fn label(&self) -> &str {
        match self {
            Self::Opens { label, .. } | Self::Press { label, .. } => label,
        }
    }
}

/// The keyboard as Telegram takes it. Data that is too long for a button goes into the memory.
pub(crate) async fn markup(rows: &[Vec<Key>], memory: &dyn Memory) -> Result<InlineKeyboardMarkup, MemoryError> {
    let mut keyboard = Vec::new();
    for row in rows {
        let mut keys = Vec::new();
        for key in row {
            let label = html::clean(key.label(), true);
            let label = match label.char_indices().nth(LABEL) {
                Some((at, _)) => format!("{}…", &label[..at]),
                None if label.is_empty() => "…".to_owned(),
                None => label,
            };
            keys.push(match key {
                Key::Opens { url, .. } => InlineKeyboardButton::url(label, url.clone()),
                Key::Press { data, .. } => InlineKeyboardButton::callback(label, written(data, memory).await?),
            });
        }
        keyboard.push(keys);
    }
    Ok(InlineKeyboardMarkup::new(keyboard))
}

async fn written(data: &Data, memory: &dyn Memory) -> Result<String, MemoryError> {
    if let Some(short) = data.to_text() {
        return Ok(short);
    }
    let long = serde_json::to_vec(data).map_err(|error| MemoryError(error.to_string()))?;
    let name = hex::encode(&Sha256::digest(&long)[..16]);
    memory.put(&kept_key(&name), long).await?;
    Ok(format!("m|{name}"))
}

/// Reads the data of a pressed button.
pub(crate) async fn pressed(text: &str, memory: &dyn Memory) -> Result<Option<Data>, MemoryError> {
    match Data::read(text) {
        Some(Data::Kept(name)) => read(memory, &kept_key(&name)).await,
        data => Ok(data),
    }
}

fn kept_key(name: &str) -> String {
    format!("button {name}")
}

impl Data {
    /// As it stands on a button, if it fits.
    fn to_text(&self) -> Option<String> {
        let text = match self {
            Self::Action { action, place: None } => format!("a||{action}"),
            Self::Action { action, place: Some(place) } => format!("a|{}|{action}", places::short(place)?),
            Self::Answer { form, pressed } => format!("f|{form}|{pressed}"),
            Self::Kept(name) => format!("m|{name}"),
        };
        (text.len() <= DATA).then_some(text)
    }

    fn read(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once('|')?;
        match kind {
            "m" => Some(Self::Kept(rest.to_owned())),
            "a" | "f" => {
                let (first, second) = rest.split_once('|')?;
                Some(match (kind, first) {
                    ("f", form) => Self::Answer { form: form.to_owned(), pressed: second.to_owned() },
                    (_, "") => Self::Action { action: second.into(), place: None },
                    (_, place) => Self::Action { action: second.into(), place: Some(places::from_short(place)?) },
                })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use usher_chat::{Platform, Workspace};

    use super::*;
    use crate::testing::Shelf;

    fn group(thread: Option<&str>) -> Place {
        Place::Channel {
            workspace: Workspace::new(Platform::TELEGRAM, "-1009999999999999"),
            channel: "-1009999999999999".into(),
            thread: thread.map(Into::into),
        }
    }

    #[tokio::test]
    async fn a_press_brings_back_the_button_and_its_place() {
        let shelf = Shelf::default();
        let action = ActionId::new("0123456789abcdef0123456789abcdef");
        let elsewhere = Place::inline(Platform::TELEGRAM);
        for place in [None, Some(group(None)), Some(group(Some("2147483647"))), Some(elsewhere)] {
            let data = Data::Action { action: action.clone(), place };
            let text = written(&data, &shelf).await.unwrap();
            assert!(text.len() <= DATA, "{text}");
            assert_eq!(pressed(&text, &shelf).await.unwrap(), Some(data));
        }
        assert_eq!(shelf.puts(), 1, "only what is too long or has no numbers is kept");
    }

    #[tokio::test]
    async fn what_nobody_wrote_is_nothing() {
        for forged in ["", "a", "a|b", "x|1|2", "m|zz", "a|12.x|y", "a|.|y"] {
            assert_eq!(pressed(forged, &Shelf::default()).await.unwrap(), None, "{forged}");
        }
    }

    #[test]
    fn rows_hold_what_can_be_read() {
        let key = |label: &str| Key::opens(label, "https://example.org").unwrap();
        let rows = arranged(["Status", "Assign to me", "Comment", "A button with many words on it", "x"].map(key));
        assert_eq!(rows.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1, 1]);
    }
}
