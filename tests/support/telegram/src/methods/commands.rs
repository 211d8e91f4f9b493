//! `setMyCommands`, `getMyCommands`, `deleteMyCommands`.

use serde_json::{Value, json};

use super::{Answer, Call};
use crate::refusal::Refusal;

const MOST: usize = 100;
const LONGEST_NAME: usize = 32;
const LONGEST_DESCRIPTION: usize = 256;

impl Call<'_> {
    pub(super) fn set_my_commands(&mut self) -> Answer {
        let commands = self.parameters["commands"].as_array().cloned().unwrap_or_default();
        if commands.len() > MOST {
            return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        for command in &commands {
            let name = command["command"].as_str().unwrap_or_default();
            let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(fits) {
                return Err(Refusal::bad("BOT_COMMAND_INVALID"));
            }
            let description = command["description"].as_str().unwrap_or_default().trim();
            if description.is_empty() || description.chars().count() > LONGEST_DESCRIPTION {
                return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
        }
        let language = self.text("language_code");
        if !language.is_empty() && (language.len() != 2 || !language.chars().all(|c| c.is_ascii_lowercase())) {
            return Err(Refusal::bad("language code not supported"));
        }
        let scope = &self.parameters["scope"];
        if matches!(scope["type"].as_str(), Some("chat" | "chat_administrators" | "chat_member")) {
            self.world.reachable(&scope["chat_id"])?;
        }
        let key = self.commands_key();
        if commands.is_empty() {
            self.world.commands.remove(&key);
        } else {
            self.world.commands.insert(key, commands);
        }
        Ok(json!(true))
    }

    pub(super) fn get_my_commands(&self) -> Value {
        Value::Array(self.world.commands.get(&self.commands_key()).cloned().unwrap_or_default())
    }

    pub(super) fn delete_my_commands(&mut self) -> Value {
        let key = self.commands_key();
        self.world.commands.remove(&key);
        json!(true)
    }

    /// Scope, with its chat and user if it has some, and language.
    fn commands_key(&self) -> (String, String) {
        let scope = &self.parameters["scope"];
        let mut key = scope["type"].as_str().unwrap_or("default").to_owned();
        for part in ["chat_id", "user_id"] {
            if !scope[part].is_null() {
                key.push_str(&format!(":{}", scope[part]));
            }
        }
        (key, self.text("language_code").to_owned())
    }
}
