//! `answerCallbackQuery`, `answerInlineQuery`.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Answer, Call, formatted};
use crate::{html, keyboard, refusal::Refusal};

const LONGEST_ALERT: usize = 200;
const MOST_RESULTS: usize = 50;
const LONGEST_ID: usize = 64;
const TOO_OLD: &str = "query is too old and response timeout expired or query ID is invalid";

impl Call<'_> {
    pub(super) fn answer_callback_query(&mut self) -> Answer {
        let id = self.text("callback_query_id").to_owned();
        if html::units(self.text("text")) > LONGEST_ALERT {
            return Err(Refusal::bad("MESSAGE_TOO_LONG"));
        }
        let url = self.text("url");
        let own = format!("t.me/{}?start=", self.world.bot.username);
        let bare = url.trim_start_matches("https://").trim_start_matches("http://");
        if !url.is_empty() && !bare.strip_prefix(&own).is_some_and(start_parameter) {
            return Err(Refusal::bad("URL_INVALID"));
        }
        let answer = self.parameters.clone();
        let press = self.world.presses.get_mut(&id).ok_or_else(|| Refusal::bad(TOO_OLD))?;
        press.answers.push(answer);
        Ok(json!(true))
    }

    pub(super) fn answer_inline_query(&mut self) -> Answer {
        let results = self.parameters["results"].as_array().cloned().unwrap_or_default();
        if results.len() > MOST_RESULTS {
            return Err(Refusal::bad("RESULTS_TOO_MUCH"));
        }
        let mut ids = HashSet::new();
        let mut kept = Vec::new();
        for mut result in results {
            let id = result["id"].as_str().unwrap_or_default().to_owned();
            if id.is_empty() || id.len() > LONGEST_ID {
                return Err(Refusal::bad("RESULT_ID_INVALID"));
            }
            if !ids.insert(id) {
                return Err(Refusal::bad("RESULT_ID_DUPLICATE"));
            }
            if result["type"] == "article" {
                if result["title"].as_str().is_none_or(str::is_empty) {
                    return Err(Refusal::bad("ARTICLE_TITLE_EMPTY"));
                }
                result["message"] = article(&result)?;
            }
            kept.push(result);
        }
        if let Some(button) = self.parameters.get("button") {
            let parameter = button["start_parameter"].as_str();
            if parameter.is_some_and(|parameter| !start_parameter(parameter)) {
                return Err(Refusal::bad("START_PARAM_INVALID"));
            }
        }
        let id = self.text("inline_query_id").to_owned();
        let mut answer = self.parameters.clone();
        answer["results"] = Value::Array(kept);
        let asked = self.world.inline.get_mut(&id).ok_or_else(|| Refusal::bad(TOO_OLD))?;
        asked.answer = Some(answer);
        Ok(json!(true))
    }
}

/// The message that an article becomes.
fn article(result: &Value) -> Result<Value, Refusal> {
    let content = &result["input_message_content"];
    let text = content["message_text"].as_str().unwrap_or_default();
    let mut message = formatted(text, &content["parse_mode"], &content["entities"], false)?;
    if message.get("text").is_none() {
        return Err(Refusal::bad("MESSAGE_EMPTY"));
    }
    if let Some(markup) = keyboard::check(&result["reply_markup"])? {
        message["reply_markup"] = markup;
    }
    Ok(message)
}

/// Whether a parameter may stand in a deep link.
pub fn start_parameter(parameter: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=64).contains(&parameter.len()) && parameter.chars().all(fits)
}
