//! Messages, and what people see of them.

use std::{fmt, ops::Deref};

use serde_json::Value;

use crate::{
    server::TelegramServer,
    world::{Change, What},
};

/// A message in a chat.
#[derive(Debug, Clone)]
pub struct Message {
    pub(crate) server: TelegramServer,
    pub(crate) chat: i64,
    pub(crate) id: i64,
}

impl Message {
    pub(crate) fn new(server: &TelegramServer, chat: i64, id: i64) -> Self {
        Self { server: server.clone(), chat, id }
    }

    /// Its id within its chat.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// As it stands now; nothing if it was deleted.
    pub fn now(&self) -> Option<Value> {
        self.server.hub().look(|world| world.chats[&self.chat].messages.get(&self.id).cloned())
    }

    /// The button of that label as it stands now.
    pub(crate) fn button(&self, label: &str) -> Value {
        let message = self.now().expect("the message is there");
        let buttons: Vec<Value> = buttons(&message).flatten().cloned().collect();
        let labels: Vec<&str> = buttons.iter().filter_map(|button| button["text"].as_str()).collect();
        let at = labels.iter().position(|text| *text == label);
        buttons[at.unwrap_or_else(|| panic!("no button {label} among {labels:?} of {}", words(&message)))].clone()
    }

    /// What the button of that label carries.
    pub fn data(&self, label: &str) -> String {
        self.button(label)["callback_data"].as_str().unwrap_or_default().to_owned()
    }
}

/// What somebody saw: a message as it was when it was posted, changed or deleted.
#[derive(Debug, Clone)]
pub struct Shown {
    message: Message,
    what: What,
    value: Value,
}

impl Deref for Shown {
    type Target = Message;

    fn deref(&self) -> &Message {
        &self.message
    }
}

impl Shown {
    pub(crate) fn new(server: &TelegramServer, message: Message, change: &Change) -> Self {
        debug_assert_eq!(message.server.api_url(), server.api_url());
        Self { message, what: change.what, value: change.value.clone() }
    }

    /// The words, without markup.
    pub fn text(&self) -> String {
        let words = self.value["text"].as_str().or_else(|| self.value["caption"].as_str());
        words.unwrap_or_default().to_owned()
    }

    /// It took the place of what the message said before.
    pub fn is_edit(&self) -> bool {
        self.what == What::Edited
    }

    /// The message is gone.
    pub fn is_deletion(&self) -> bool {
        self.what == What::Deleted
    }

    /// The message as bots see it.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The labels of the buttons, links among them.
    pub fn labels(&self) -> Vec<String> {
        buttons(&self.value).flatten().filter_map(|button| button["text"].as_str().map(str::to_owned)).collect()
    }

    /// Where the button of that label leads.
    pub fn url(&self, label: &str) -> String {
        let button = buttons(&self.value).flatten().find(|button| button["text"] == label).cloned();
        let url = button.as_ref().and_then(|button| button["url"].as_str());
        url.unwrap_or_else(|| panic!("no link {label} among {:?}", self.labels())).to_owned()
    }

    /// Where the first button that is a link leads.
    pub fn first_url(&self) -> String {
        let mut urls = buttons(&self.value).flatten().filter_map(|button| button["url"].as_str());
        urls.next().unwrap_or_else(|| panic!("no link among {:?}", self.labels())).to_owned()
    }

    /// Addresses behind words, in order.
    pub fn links(&self) -> Vec<String> {
        let entities =
            ["entities", "caption_entities"].into_iter().flat_map(|key| self.value[key].as_array()).flatten();
        entities.filter_map(|entity| entity["url"].as_str().map(str::to_owned)).collect()
    }

    /// What is special about parts of the text, as `bold "words"`.
    pub fn marks(&self) -> Vec<String> {
        let text = self.text();
        let unit: Vec<u16> = text.encode_utf16().collect();
        let entities =
            ["entities", "caption_entities"].into_iter().flat_map(|key| self.value[key].as_array()).flatten();
        entities
            .map(|entity| {
                let number = |key: &str| usize::try_from(entity[key].as_u64().unwrap_or_default()).unwrap_or_default();
                let (offset, length) = (number("offset"), number("length"));
                let part = String::from_utf16_lossy(&unit[offset..offset + length]);
                format!("{} {part:?}", entity["type"].as_str().unwrap_or_default())
            })
            .collect()
    }

    /// The content of the photo or document.
    pub fn file(&self) -> Option<bytes::Bytes> {
        let largest = self.value["photo"].as_array().and_then(|sizes| sizes.last());
        let id = largest.unwrap_or(&self.value["document"])["file_id"].as_str()?.to_owned();
        self.message.server.hub().look(|world| world.files.get(&id).map(|file| file.content.clone()))
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.what {
            What::Posted => "",
            What::Edited => "(in its place) ",
            What::Deleted => "(deleted) ",
        })?;
        f.write_str(&words(&self.value))
    }
}

/// A message as text: words, file, `‹link›` and `[button]`, one row of buttons a line.
pub fn words(message: &Value) -> String {
    let mut lines = Vec::new();
    if let Some(photo) = message["photo"].as_array().and_then(|sizes| sizes.last()) {
        lines.push(format!("photo, {} bytes", photo["file_size"]));
    }
    if let Some(document) = message.get("document") {
        lines.push(format!(
            "file {}, {} bytes",
            document["file_name"].as_str().unwrap_or_default(),
            document["file_size"]
        ));
    }
    let text = message["text"].as_str().or_else(|| message["caption"].as_str());
    lines.extend(text.map(str::to_owned));
    for row in buttons(message) {
        let row: Vec<String> = row
            .iter()
            .map(|button| {
                let label = button["text"].as_str().unwrap_or_default();
                if button.get("url").is_some() { format!("‹{label}›") } else { format!("[{label}]") }
            })
            .collect();
        lines.push(row.join(" "));
    }
    lines.join("\n")
}

fn buttons(message: &Value) -> impl Iterator<Item = &Vec<Value>> {
    message["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten().filter_map(Value::as_array)
}
