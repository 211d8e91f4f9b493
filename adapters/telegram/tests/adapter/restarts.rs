//! Restarts: nothing is lost, nothing is done twice, and what is in doubt is said.

use std::sync::Arc;

use serde_json::json;
use telegram_stand_in::Effect;
use usher_chat::{Event, Input, Reply};

use crate::bench::{Answer, Bench, says, text};

#[tokio::test]
async fn what_was_begun_and_got_no_answer_may_have_happened() {
    let mut bench = Bench::new(|event| match &event.input {
        Input::Text(_) => vec![Answer::Hangs],
        _ => Vec::new(),
    })
    .await;
    let (ada, room) = (bench.telegram.person("ada"), bench.telegram.supergroup("Engine Works"));
    room.adds(&ada);
    ada.opens();
    bench.event().await;
    ada.says(&room, "/comment DEMO-4 perhaps");
    bench.event().await;
    ada.says(&room, "/view DEMO-5");
    bench.telegram.confirmed().await;
    let (telegram, memory) = bench.kill().await;
    // The bot knows the events that it began: it answers nothing to them.
    let knows = |event: &Event| match &event.input {
        Input::Text(text) if text.contains("view") => says(Reply::public("DEMO-5")),
        _ => Vec::new(),
    };
    let mut bench = Bench::with(telegram, memory, |_| {}, Arc::new(knows)).await;
    let told = ada.reads().await.text();
    assert!(told.contains("“jira comment DEMO-4 perhaps”. It may have happened"), "{told}");
    assert_eq!(ada.reads_in(&room).await.text(), "DEMO-5", "what only waited is done now");
    while bench.more().is_some() {}
    let (telegram, memory) = bench.kill().await;
    let mut bench = Bench::with(telegram, memory, |_| {}, Arc::new(|_| says(Reply::private("seen")))).await;
    ada.writes("hello");
    assert_eq!(text(&bench.event().await), "hello", "everything before was dealt with");
    bench.end().await;
}

#[tokio::test]
async fn an_update_is_confirmed_when_it_is_kept_and_told_once() {
    let mut bench = Bench::new(|_| Vec::new()).await;
    let ada = bench.telegram.person("ada");
    ada.writes("one");
    assert_eq!(text(&bench.event().await), "one");
    bench.telegram.confirmed().await;
    let (telegram, memory) = bench.kill().await;
    let mut bench = Bench::with(telegram, memory, |_| {}, Arc::new(|_| Vec::new())).await;
    ada.writes("two");
    let next = bench.event().await;
    // The first one was begun and not ended when the bot died, or it had ended.
    let next = if text(&next) == "one" { bench.event().await } else { next };
    assert_eq!(text(&next), "two");
    bench.end().await;
}

#[tokio::test]
async fn a_broken_telegram_is_asked_again_soon() {
    let bench = Bench::new(|_| says(Reply::private("seen"))).await;
    let ada = bench.telegram.person("ada");
    bench.telegram.fault("sendMessage", 1, Effect::Broken(502));
    let before = tokio::time::Instant::now();
    ada.writes("hello");
    assert_eq!(ada.reads().await.text(), "seen");
    assert!(before.elapsed().as_secs() < 8, "teloxide's own ten seconds were waited");
    bench.end().await;
}

#[tokio::test]
async fn a_webhook_is_answered_when_its_update_is_kept_and_only_to_telegram() {
    let telegram = telegram_stand_in::TelegramServer::start().await;
    let wish = |options: &mut usher_telegram::TelegramOptions| {
        options.webhook = true;
        options.public_url = Some("http://127.0.0.1:1/".parse().unwrap());
    };
    let mut bench = Bench::with(telegram, Arc::default(), wish, Arc::new(|_| Vec::new())).await;
    let hook = bench.telegram.requests_of("setWebhook").pop().unwrap();
    assert_eq!(hook.text("url"), "http://127.0.0.1:1/telegram/webhook");
    let secret = hook.text("secret_token").to_owned();
    let update = json!({"update_id": 7, "message": {
        "message_id": 1, "date": 1, "text": "hello",
        "from": {"id": 5, "is_bot": false, "first_name": "Ada"},
        "chat": {"id": 5, "type": "private", "first_name": "Ada"},
    }});
    let post = async |secret: Option<&str>, body: String| {
        let mut request = http::Request::post("/telegram/webhook");
        if let Some(secret) = secret {
            request = request.header("x-telegram-bot-api-secret-token", secret);
        }
        usher_chat::ChatAdapter::http(&bench.bot, request.body(body.into()).unwrap()).await.unwrap().status().as_u16()
    };
    assert_eq!(post(None, update.to_string()).await, 401);
    assert_eq!(post(Some(&secret[1..]), update.to_string()).await, 401);
    assert_eq!(post(Some(&secret), "{}".to_owned()).await, 400);
    assert_eq!(post(Some(&secret), update.to_string()).await, 200);
    assert_eq!(post(Some(&secret), update.to_string()).await, 200);
    assert_eq!(text(&bench.event().await), "hello");
    assert!(bench.more().is_none(), "told twice");
    bench.end().await;
}
