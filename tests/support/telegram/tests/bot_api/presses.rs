//! Buttons, their answers, and inline queries.

use serde_json::{Value, json};
use telegram_stand_in::TelegramServer;

use crate::client::{button, call, updates};

#[tokio::test]
async fn a_press_carries_its_data_and_waits_for_its_answer() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    ada.opens();
    let sent = json!({ "chat_id": ada.id(), "text": "Sure?", "reply_markup": button("Yes", "yes-1") });
    call(&telegram, "sendMessage", sent).await.unwrap();
    let question = ada.reads().await;
    assert_eq!(question.to_string(), "Sure?\n[Yes]");
    let press = ada.presses(&question, "Yes");
    let query = updates(&telegram, 0).await.pop().unwrap()["callback_query"].clone();
    assert_eq!((&query["data"], &query["message"]["text"]), (&json!("yes-1"), &json!("Sure?")));
    let long = json!({ "callback_query_id": query["id"], "text": "x".repeat(201), "show_alert": true });
    assert_eq!(call(&telegram, "answerCallbackQuery", long).await.unwrap_err(), "Bad Request: MESSAGE_TOO_LONG");
    let answer = json!({ "callback_query_id": query["id"], "text": "Not yours.", "show_alert": true });
    call(&telegram, "answerCallbackQuery", answer).await.unwrap();
    let answered = press.answered().await;
    assert_eq!((answered.text.as_str(), answered.alert), ("Not yours.", true));
    let unknown = json!({ "callback_query_id": "press-0" });
    assert!(call(&telegram, "answerCallbackQuery", unknown).await.unwrap_err().contains("query is too old"));
    assert_eq!(telegram.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_chosen_result_is_posted_where_the_bot_is_not() {
    let telegram = TelegramServer::start().await;
    telegram.inline(true, true);
    let (ada, room) = (telegram.person("ada"), telegram.supergroup("Elsewhere"));
    room.adds(&ada);
    room.removes_bot(&ada);
    let asked = ada.asks_inline("DEMO-1");
    let told = updates(&telegram, 0).await.pop().unwrap();
    let result = |id: &str, text: &str| {
        json!({
            "type": "article", "id": id, "title": "DEMO-1", "reply_markup": button("More", "more"),
            "input_message_content": { "message_text": text, "parse_mode": "HTML" },
        })
    };
    let answer = |results: Value| json!({ "inline_query_id": told["inline_query"]["id"], "results": results, "is_personal": true, "cache_time": 0 });
    let twice = answer(json!([result("1", "x"), result("1", "y")]));
    assert_eq!(call(&telegram, "answerInlineQuery", twice).await.unwrap_err(), "Bad Request: RESULT_ID_DUPLICATE");
    call(&telegram, "answerInlineQuery", answer(json!([result("1", "<b>DEMO-1</b>")]))).await.unwrap();
    let answered = asked.answered().await;
    assert!(answered.is_personal());
    assert_eq!((answered.titles(), answered.cache_time()), (vec!["DEMO-1".to_owned()], 0));
    let card = ada.chooses(&asked, &answered, "DEMO-1", &room);
    let chosen = updates(&telegram, 0).await.pop().unwrap()["chosen_inline_result"].clone();
    let edit = json!({ "inline_message_id": chosen["inline_message_id"], "text": "done" });
    assert_eq!(call(&telegram, "editMessageText", edit).await.unwrap(), true);
    assert_eq!(card.now().unwrap()["text"], "done");
    assert_eq!(telegram.violations(), Vec::<String>::new());
}
