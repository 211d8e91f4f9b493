//! What people do, as Telegram tells it to the bot, or keeps from it.

use serde_json::{Value, json};

use crate::{
    html::units,
    methods::member,
    world::{Kind, Sender, Standing, World},
};

impl World {
    /// Somebody posts a message; the bot is told if it may see it. The message's id.
    pub fn said(&mut self, chat: i64, thread: Option<i64>, from: Sender, mut content: Value) -> i64 {
        if let Some(thread) = thread {
            content["message_thread_id"] = json!(thread);
            content["is_topic_message"] = json!(true);
        } else if let (Kind::Supergroup { forum: false }, Some(root)) = (self.chat(chat).kind, answered(&content)) {
            // A reply in a supergroup names its thread, which is no topic.
            content["message_thread_id"] = json!(root);
        }
        for (text, entities) in [("text", "entities"), ("caption", "caption_entities")] {
            if let Some(words) = content[text].as_str().map(str::to_owned)
                && content.get(entities).is_none()
            {
                let found = self.entities(&words);
                if !found.is_empty() {
                    content[entities] = Value::Array(found);
                }
            }
        }
        // Indexing has left empty places.
        if let Some(fields) = content.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        let message = self.post(chat, from, content);
        if self.sees(chat, &message) {
            let kind = if self.chat(chat).kind == Kind::Channel { "channel_post" } else { "message" };
            self.tell(kind, message.clone());
        }
        message["message_id"].as_i64().unwrap_or_default()
    }

    /// Whether the bot is told of a message.
    pub fn sees(&self, chat: i64, message: &Value) -> bool {
        let chat = &self.chats[&chat];
        let standing = chat.standing(self.bot.id);
        match chat.kind {
            Kind::Private => return true,
            _ if !standing.is_in() => return false,
            Kind::Channel => return true,
            _ => {}
        }
        let service =
            message.get("text").is_none() && message.get("photo").is_none() && message.get("document").is_none();
        if !self.bot.privacy || standing.is_admin() || service {
            return true;
        }
        if message["reply_to_message"]["from"]["id"] == self.bot.id || message["via_bot"]["id"] == self.bot.id {
            return true;
        }
        let words = message["text"].as_str().or_else(|| message["caption"].as_str()).unwrap_or_default();
        let Some(command) = words.strip_prefix('/').and_then(|rest| rest.split_whitespace().next()) else {
            return false;
        };
        command.split_once('@').is_none_or(|(_, bot)| bot.eq_ignore_ascii_case(&self.bot.username))
    }

    /// What Telegram marks in a message of its own accord: commands, names and addresses.
    fn entities(&self, text: &str) -> Vec<Value> {
        let mut found = Vec::new();
        let mut at = 0;
        for word in text.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end().trim_end_matches([',', '.', ':', ';', '!', '?', ')']);
            let offset = units(&text[..at]);
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let kind = if let Some(command) = bare.strip_prefix('/') {
                let command = command.split('@').next().unwrap_or_default();
                (!command.is_empty() && command.len() <= 64 && command.chars().all(name)).then_some("bot_command")
            } else if let Some(user) = bare.strip_prefix('@') {
                (user.len() > 2 && user.chars().all(name)).then_some("mention")
            } else {
                (bare.starts_with("https://") || bare.starts_with("http://")).then_some("url")
            };
            if let Some(kind) = kind {
                found.push(json!({ "type": kind, "offset": offset, "length": units(bare) }));
            }
            at += word.len();
        }
        found
    }

    /// Changes how somebody, or the bot, stands in a chat, and tells of it.
    pub fn stands(&mut self, chat: i64, user: i64, by: i64, standing: Standing) {
        let old = member(self, chat, user);
        if self.chat(chat).kind == Kind::Private {
            if let Some(human) = self.people.get_mut(&chat) {
                human.blocked = standing == Standing::Kicked;
            }
        } else {
            self.chat(chat).members.insert(user, standing);
        }
        let mut new = member(self, chat, user);
        let mut old = old;
        if self.chat(chat).kind == Kind::Private {
            // A direct chat has no members; to block the bot is to kick it.
            let bot = self.bot_user();
            let kicked = json!({ "status": "kicked", "user": bot, "until_date": 0 });
            let member = json!({ "status": "member", "user": bot });
            (old, new) = if standing == Standing::Kicked { (member, kicked) } else { (kicked, member) };
        }
        let change = json!({
            "chat": self.chat_json(chat), "from": self.user(by), "date": self.now(), "old_chat_member": old, "new_chat_member": new,
        });
        let bot = self.bot.id;
        if user == bot {
            self.tell("my_chat_member", change);
        } else if self.chats[&chat].standing(bot).is_admin() {
            self.tell("chat_member", change);
        }
    }
}

fn answered(content: &Value) -> Option<i64> {
    let answered = content.get("reply_to_message")?;
    answered["message_thread_id"].as_i64().or_else(|| answered["message_id"].as_i64())
}
