//! Which keyboards Telegram takes.

use serde_json::Value;

use crate::{html, refusal::Refusal};

/// Buttons of one keyboard.
const MOST_BUTTONS: usize = 100;
/// Buttons of one row.
const WIDEST_ROW: usize = 8;
/// Bytes that a button carries.
const MOST_DATA: usize = 64;
/// Kinds of which a button is exactly one.
const KINDS: [&str; 8] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
];

/// The keyboard as it is kept, if there is one.
pub fn check(markup: &Value) -> Result<Option<Value>, Refusal> {
    let Some(rows) = markup["inline_keyboard"].as_array() else { return Ok(None) };
    let mut count = 0;
    for row in rows {
        let row = row.as_array().ok_or_else(|| Refusal::bad("can't parse inline keyboard: row must be an Array"))?;
        if row.len() > WIDEST_ROW {
            return Err(Refusal::bad("REPLY_MARKUP_TOO_LONG"));
        }
        count += row.len();
        row.iter().try_for_each(button)?;
    }
    if count > MOST_BUTTONS {
        return Err(Refusal::bad("REPLY_MARKUP_TOO_LONG"));
    }
    let rows: Vec<Value> =
        rows.iter().filter(|row| row.as_array().is_some_and(|row| !row.is_empty())).cloned().collect();
    Ok((!rows.is_empty()).then(|| serde_json::json!({ "inline_keyboard": rows })))
}

fn button(button: &Value) -> Result<(), Refusal> {
    if button["text"].as_str().is_none_or(|text| text.trim().is_empty()) {
        return Err(Refusal::bad("can't parse inline keyboard button: Field \"text\" must be non-empty"));
    }
    let kinds: Vec<&str> = KINDS.into_iter().filter(|kind| !button[kind].is_null()).collect();
    match kinds.as_slice() {
        [] => {
            Err(Refusal::bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"))
        }
        ["callback_data"] => {
            let data = button["callback_data"].as_str().unwrap_or_default();
            if (1..=MOST_DATA).contains(&data.len()) { Ok(()) } else { Err(Refusal::bad("BUTTON_DATA_INVALID")) }
        }
        ["url"] => {
            let url = button["url"].as_str().unwrap_or_default();
            match html::link(url) {
                Some(_) if !url.starts_with("mailto:") => Ok(()),
                _ => Err(Refusal::bad(format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"))),
            }
        }
        [_] => Ok(()),
        _ => Err(Refusal::bad("BUTTON_TYPE_INVALID")),
    }
}
