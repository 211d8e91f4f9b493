//! The Bot API's methods, each on the world.

mod answering;
mod chats;
mod commands;
mod editing;
mod files;
mod sending;
mod webhooks;

pub use answering::start_parameter;
pub use chats::member;
pub use files::{field, keep};

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{html, refusal::Refusal, requests::Upload, world::World};

/// A text's limit.
const TEXT: usize = 4096;
/// A caption's limit.
const CAPTION: usize = 1024;

/// What a method gets.
pub struct Call<'a> {
    pub world: &'a mut World,
    pub parameters: &'a Value,
    pub files: &'a BTreeMap<String, Upload>,
}

type Answer = Result<Value, Refusal>;

/// Calls a method.
pub fn call(world: &mut World, method: &str, parameters: &Value, files: &BTreeMap<String, Upload>) -> Answer {
    let mut call = Call { world, parameters, files };
    match method {
        "getMe" => Ok(call.me()),
        "setWebhook" => call.set_webhook(),
        "deleteWebhook" => call.delete_webhook(),
        "getWebhookInfo" => Ok(call.webhook_info()),
        "sendMessage" => call.send_message(),
        "sendChatAction" => call.send_chat_action(),
        "sendPhoto" => call.send_file("photo"),
        "sendDocument" => call.send_file("document"),
        "sendMediaGroup" => call.send_media_group(),
        "editMessageText" => call.edit_text(),
        "editMessageCaption" => call.edit_caption(),
        "editMessageReplyMarkup" => call.edit_markup(),
        "deleteMessage" => call.delete_message(),
        "deleteMessages" => call.delete_messages(),
        "answerCallbackQuery" => call.answer_callback_query(),
        "answerInlineQuery" => call.answer_inline_query(),
        "getFile" => call.get_file(),
        "setMyCommands" => call.set_my_commands(),
        "getMyCommands" => Ok(call.get_my_commands()),
        "deleteMyCommands" => Ok(call.delete_my_commands()),
        "getChat" => call.get_chat(),
        "getChatMember" => call.get_chat_member(),
        "getChatMemberCount" => call.get_chat_member_count(),
        "getChatAdministrators" => call.get_chat_administrators(),
        "leaveChat" => call.leave_chat(),
        _ => Err(Refusal::not_found()),
    }
}

impl Call<'_> {
    fn text(&self, name: &str) -> &str {
        self.parameters[name].as_str().unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.parameters[name].as_bool().unwrap_or_default()
    }

    /// The chat to write to.
    fn reachable(&self) -> Result<i64, Refusal> {
        if self.parameters["chat_id"].is_null() {
            return Err(Refusal::bad("chat_id is empty"));
        }
        self.world.reachable(&self.parameters["chat_id"])
    }

    fn me(&self) -> Value {
        let mut me = self.world.bot_user();
        me["can_join_groups"] = json!(true);
        me["can_read_all_group_messages"] = json!(!self.world.bot.privacy);
        me["supports_inline_queries"] = json!(self.world.bot.inline);
        me["can_connect_to_business"] = json!(false);
        me["has_main_web_app"] = json!(false);
        me
    }
}

/// A text or caption with what is special about it, as fields of a message.
pub fn formatted(text: &str, mode: &Value, entities: &Value, caption: bool) -> Result<Value, Refusal> {
    let parsed = match mode.as_str() {
        None | Some("") => html::Parsed { text: text.trim().to_owned(), entities: Vec::new() },
        Some(mode) if mode.eq_ignore_ascii_case("html") => {
            html::parse(text).map_err(|why| Refusal::bad(format!("can't parse entities: {why}")))?
        }
        Some(_) => return Err(Refusal::bad("unsupported parse_mode")),
    };
    let length = html::units(&parsed.text);
    let (limit, why) = if caption { (CAPTION, "message caption is too long") } else { (TEXT, "message is too long") };
    if length > limit {
        return Err(Refusal::bad(why));
    }
    let mut special: Vec<Value> = parsed.entities.iter().map(html::Entity::json).collect();
    if special.is_empty() && entities.is_array() {
        special.extend(entities.as_array().into_iter().flatten().cloned());
    }
    let (text_key, entities_key) = if caption { ("caption", "caption_entities") } else { ("text", "entities") };
    let mut fields = json!({});
    if !parsed.text.is_empty() {
        fields[text_key] = json!(parsed.text);
    }
    if !special.is_empty() {
        fields[entities_key] = Value::Array(special);
    }
    Ok(fields)
}
