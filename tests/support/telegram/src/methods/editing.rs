//! `editMessageText`, `editMessageCaption`, `editMessageReplyMarkup`, `deleteMessage`, `deleteMessages`.

use serde_json::{Value, json};

use super::{Answer, Call, formatted, sending::merge};
use crate::{
    keyboard,
    refusal::Refusal,
    world::{Kind, Standing, What},
};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the same \
                            as a current content and reply markup of the message";

impl Call<'_> {
    pub(super) fn edit_text(&mut self) -> Answer {
        let (chat, id, inline) = self.target("edit")?;
        let content =
            formatted(self.text("text"), &self.parameters["parse_mode"], &self.parameters["entities"], false)?;
        if content.get("text").is_none() {
            return Err(Refusal::bad("message text is empty"));
        }
        if self.world.chat(chat).messages[&id].get("text").is_none() {
            return Err(Refusal::bad("there is no text in the message to edit"));
        }
        self.edit((chat, id), inline, &["text", "entities"], content)
    }

    pub(super) fn edit_caption(&mut self) -> Answer {
        let (chat, id, inline) = self.target("edit")?;
        let parameters = self.parameters;
        let content =
            formatted(self.text("caption"), &parameters["parse_mode"], &parameters["caption_entities"], true)?;
        let message = &self.world.chat(chat).messages[&id];
        if message.get("photo").is_none() && message.get("document").is_none() {
            return Err(Refusal::bad("there is no caption in the message to edit"));
        }
        self.edit((chat, id), inline, &["caption", "caption_entities"], content)
    }

    pub(super) fn edit_markup(&mut self) -> Answer {
        let (chat, id, inline) = self.target("edit")?;
        self.edit((chat, id), inline, &[], json!({}))
    }

    /// The message, and whether it is one sent by way of an inline result.
    fn target(&mut self, what: &str) -> Result<(i64, i64, bool), Refusal> {
        if let Some(inline) = self.parameters["inline_message_id"].as_str() {
            let found = self.world.inline_messages.get(inline);
            return found.map(|(chat, id)| (*chat, *id, true)).ok_or_else(|| Refusal::bad("MESSAGE_ID_INVALID"));
        }
        let chat = self.reachable()?;
        let Some(id) = self.parameters["message_id"].as_i64() else {
            return Err(Refusal::bad("message identifier is not specified"));
        };
        let bot = self.world.bot.id;
        match self.world.chat(chat).messages.get(&id) {
            None => Err(Refusal::bad(format!("message to {what} not found"))),
            Some(message) if what == "edit" && message["from"]["id"] != bot => {
                Err(Refusal::bad("message can't be edited"))
            }
            Some(_) => Ok((chat, id, false)),
        }
    }

    fn edit(&mut self, (chat, id): (i64, i64), inline: bool, fields: &[&str], content: Value) -> Answer {
        let markup = keyboard::check(&self.parameters["reply_markup"])?;
        let before = self.world.chat(chat).messages[&id].clone();
        let mut after = before.clone();
        if let Some(message) = after.as_object_mut() {
            for field in fields.iter().chain(&["reply_markup"]) {
                message.remove(*field);
            }
        }
        merge(&mut after, content);
        if let Some(markup) = markup {
            after["reply_markup"] = markup;
        }
        if same(&before, &after) {
            return Err(Refusal::bad(NOT_MODIFIED));
        }
        if !inline {
            self.world.limits.count(chat)?;
        }
        after["edit_date"] = json!(self.world.now());
        let chat = self.world.chat(chat);
        chat.messages.insert(id, after.clone());
        chat.note(id, What::Edited, after.clone());
        Ok(if inline { json!(true) } else { after })
    }

    pub(super) fn delete_message(&mut self) -> Answer {
        let (chat, id, _) = self.target("delete")?;
        let bot = self.world.bot.id;
        let chat = self.world.chat(chat);
        let message = &chat.messages[&id];
        let own = message["from"]["id"] == bot;
        let may = match chat.kind {
            Kind::Private => true,
            _ => own || matches!(chat.standing(bot), Standing::Admin { .. } | Standing::Owner),
        };
        let service = message.get("migrate_to_chat_id").is_some() || message.get("group_chat_created").is_some();
        if !may || service {
            return Err(Refusal::bad("message can't be deleted"));
        }
        let gone = chat.messages.remove(&id).unwrap_or_default();
        chat.note(id, What::Deleted, gone);
        // That somebody's message is gone is seen, but there is nothing to read.
        if let Some(change) = chat.log.last_mut() {
            change.read = true;
        }
        Ok(json!(true))
    }

    pub(super) fn delete_messages(&mut self) -> Answer {
        for id in self.parameters["message_ids"].as_array().into_iter().flatten() {
            let parameters = json!({ "chat_id": self.parameters["chat_id"], "message_id": id });
            let mut one = Call { world: self.world, parameters: &parameters, files: self.files };
            // Those that are gone are passed over.
            if let Err(refusal) = one.delete_message()
                && !refusal.description.ends_with("not found")
            {
                return Err(refusal);
            }
        }
        Ok(json!(true))
    }
}

fn same(before: &Value, after: &Value) -> bool {
    let parts = ["text", "entities", "caption", "caption_entities", "reply_markup"];
    parts.iter().all(|part| before[part] == after[part])
}
