//! Inline queries and their answers.

use serde_json::Value;

use crate::{server::TelegramServer, world::World};

/// An inline query that somebody typed.
#[derive(Debug, Clone)]
pub struct InlineQuery {
    pub(crate) server: TelegramServer,
    pub(crate) id: String,
}

impl InlineQuery {
    /// Waits for the bot's answer.
    pub async fn answered(&self) -> InlineAnswer {
        let what = || "the inline query was not answered".to_owned();
        let answer = |world: &mut World| world.inline[&self.id].answer.clone();
        InlineAnswer(self.server.hub().until(what, answer).await)
    }

    /// Who typed it, and what.
    pub fn asked(&self) -> (i64, String) {
        self.server.hub().look(|world| (world.inline[&self.id].person, world.inline[&self.id].query.clone()))
    }
}

/// What the bot answered.
#[derive(Debug, Clone)]
pub struct InlineAnswer(Value);

impl InlineAnswer {
    /// The titles, with their descriptions after a dash.
    pub fn titles(&self) -> Vec<String> {
        let results = self.0["results"].as_array().into_iter().flatten();
        let line = |result: &Value| {
            let title = result["title"].as_str().unwrap_or_default();
            match result["description"].as_str() {
                Some(description) => format!("{title} - {description}"),
                None => title.to_owned(),
            }
        };
        results.map(line).collect()
    }

    /// Only the person who asked gets this answer from Telegram's cache.
    pub fn is_personal(&self) -> bool {
        self.0["is_personal"] == true
    }

    /// How many seconds Telegram may keep it.
    pub fn cache_time(&self) -> u64 {
        self.0["cache_time"].as_u64().unwrap_or(300)
    }

    /// The button above the results: its words and its start parameter.
    pub fn button(&self) -> Option<(String, String)> {
        let button = self.0.get("button")?;
        let part = |name: &str| button[name].as_str().unwrap_or_default().to_owned();
        Some((part("text"), part("start_parameter")))
    }

    pub(crate) fn result(&self, title: &str) -> Value {
        let mut results = self.0["results"].as_array().into_iter().flatten();
        let found = results.find(|result| result["title"] == title);
        found.unwrap_or_else(|| panic!("no result {title} among {:?}", self.titles())).clone()
    }
}
