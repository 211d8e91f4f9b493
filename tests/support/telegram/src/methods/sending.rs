//! `sendMessage`, `sendPhoto`, `sendDocument`, `sendMediaGroup`, `sendChatAction`.

use serde_json::{Value, json};

use super::{Answer, Call, formatted};
use crate::{
    keyboard,
    refusal::Refusal,
    world::{Kind, Sender},
};

const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

impl Call<'_> {
    pub(super) fn send_message(&mut self) -> Answer {
        let chat = self.reachable()?;
        let content =
            formatted(self.text("text"), &self.parameters["parse_mode"], &self.parameters["entities"], false)?;
        if content.get("text").is_none() {
            return Err(Refusal::bad("message text is empty"));
        }
        self.post(chat, content)
    }

    pub(super) fn send_chat_action(&mut self) -> Answer {
        self.reachable()?;
        if ACTIONS.contains(&self.text("action")) {
            Ok(json!(true))
        } else {
            Err(Refusal::bad("wrong parameter action in request"))
        }
    }

    pub(super) fn send_file(&mut self, kind: &str) -> Answer {
        let chat = self.reachable()?;
        let given = self.parameters[kind].as_str().unwrap_or_default().to_owned();
        let mut content = self.file(kind, &given)?;
        self.caption(&mut content, &self.parameters.clone())?;
        self.post(chat, content)
    }

    pub(super) fn send_media_group(&mut self) -> Answer {
        let chat = self.reachable()?;
        let media = self.parameters["media"].as_array().cloned().unwrap_or_default();
        match media.len() {
            0 => return Err(Refusal::bad("media group must include at least 2 items")),
            2..=10 => {}
            1 => return Err(Refusal::bad("wrong number of items in the media group")),
            _ => return Err(Refusal::bad("Too much messages to send as an album")),
        }
        let kinds: Vec<&str> = media.iter().map(|item| item["type"].as_str().unwrap_or_default()).collect();
        if kinds.contains(&"document") && kinds.iter().any(|kind| *kind != "document") {
            return Err(Refusal::bad("document can't be mixed with other media types"));
        }
        let mut contents = Vec::new();
        for item in &media {
            let kind = item["type"].as_str().unwrap_or_default();
            if !matches!(kind, "photo" | "document") {
                return Err(Refusal::bad(format!("the stand-in knows no {kind} in an album")));
            }
            let mut content = self.file(kind, item["media"].as_str().unwrap_or_default())?;
            self.caption(&mut content, item)?;
            contents.push(content);
        }
        let group = format!("album{}", self.world.number());
        let mut sent = Vec::new();
        for mut content in contents {
            content["media_group_id"] = json!(group);
            sent.push(self.post(chat, content)?);
        }
        Ok(Value::Array(sent))
    }

    fn caption(&self, content: &mut Value, from: &Value) -> Result<(), Refusal> {
        let text = from["caption"].as_str().unwrap_or_default();
        let fields = formatted(text, &from["parse_mode"], &from["caption_entities"], true)?;
        merge(content, fields);
        Ok(())
    }

    /// Keyboard, reply, topic, limits: what every message has to keep.
    fn post(&mut self, chat: i64, mut content: Value) -> Answer {
        let markup = keyboard::check(&self.parameters["reply_markup"])?;
        let thread = self.thread(chat)?;
        let reply = self.replied(chat)?;
        self.world.limits.count(chat)?;
        if let Some(thread) = thread {
            content["message_thread_id"] = json!(thread);
            content["is_topic_message"] = json!(true);
        }
        if let Some(reply) = reply {
            content["reply_to_message"] = reply;
        }
        if let Some(markup) = markup {
            content["reply_markup"] = markup;
        }
        Ok(self.world.post(chat, Sender::Bot, content))
    }

    fn thread(&mut self, chat: i64) -> Result<Option<i64>, Refusal> {
        let Some(thread) = self.parameters["message_thread_id"].as_i64() else { return Ok(None) };
        let chat = self.world.chat(chat);
        let forum = chat.kind == Kind::Supergroup { forum: true };
        if forum && chat.topics.contains_key(&thread) {
            Ok(Some(thread))
        } else {
            Err(Refusal::bad("message thread not found"))
        }
    }

    fn replied(&mut self, chat: i64) -> Result<Option<Value>, Refusal> {
        let wanted = &self.parameters["reply_parameters"];
        let Some(id) = wanted["message_id"].as_i64() else { return Ok(None) };
        let chat = wanted["chat_id"].as_i64().unwrap_or(chat);
        match self.world.chat(chat).messages.get(&id) {
            Some(message) => {
                let mut message = message.clone();
                if let Some(message) = message.as_object_mut() {
                    message.remove("reply_to_message");
                }
                Ok(Some(message))
            }
            None if wanted["allow_sending_without_reply"] == true => Ok(None),
            None => Err(Refusal::bad("message to be replied not found")),
        }
    }
}

/// Puts the fields of one object into another.
pub(super) fn merge(into: &mut Value, fields: Value) {
    if let Value::Object(fields) = fields {
        for (key, value) in fields {
            into[key] = value;
        }
    }
}
