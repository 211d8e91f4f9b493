//! The smallest bot: a method, its parameters, what comes back.

use serde_json::{Value, json};
use telegram_stand_in::TelegramServer;

/// Calls a method; its result, or the refusal's sentence.
pub async fn call(telegram: &TelegramServer, method: &str, parameters: Value) -> Result<Value, String> {
    let url = format!("{}/bot{}/{method}", telegram.api_url(), telegram.token());
    let answer = reqwest::Client::new().post(url).json(&parameters).send().await.unwrap();
    let status = answer.status().as_u16();
    let body: Value = answer.json().await.unwrap();
    if body["ok"] == true {
        assert_eq!(status, 200);
        return Ok(body["result"].clone());
    }
    assert_eq!(body["error_code"], status);
    Err(body["description"].as_str().unwrap().to_owned())
}

/// Sends a text; the message, or the refusal's sentence.
pub async fn send(telegram: &TelegramServer, chat: i64, text: &str) -> Result<Value, String> {
    call(telegram, "SendMessage", json!({ "chat_id": chat, "text": text, "parse_mode": "HTML" })).await
}

/// The updates from that offset on.
pub async fn updates(telegram: &TelegramServer, offset: i64) -> Vec<Value> {
    call(telegram, "getUpdates", json!({ "offset": offset, "timeout": 0 })).await.unwrap().as_array().unwrap().clone()
}

/// A button.
pub fn button(label: &str, data: &str) -> Value {
    json!({ "inline_keyboard": [[{ "text": label, "callback_data": data }]] })
}
