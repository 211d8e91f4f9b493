//! What Telegram does not do, in its own words.

use serde_json::{Value, json};
use telegram_stand_in::TelegramServer;

use crate::client::{button, call, send};

#[tokio::test]
async fn nobody_is_written_to_who_did_not_open_the_chat() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    let unopened = "Forbidden: bot can't initiate conversation with a user";
    assert_eq!(send(&telegram, ada.id(), "x").await.unwrap_err(), unopened);
    ada.opens();
    send(&telegram, ada.id(), "x").await.unwrap();
    ada.blocks();
    assert_eq!(send(&telegram, ada.id(), "x").await.unwrap_err(), "Forbidden: bot was blocked by the user");
    ada.unblocks();
    send(&telegram, ada.id(), "x").await.unwrap();
    assert_eq!(send(&telegram, 1, "x").await.unwrap_err(), "Bad Request: chat not found");
    let group = telegram.supergroup("Engine Works");
    group.removes_bot(&ada);
    let kicked = "Forbidden: bot was kicked from the supergroup chat";
    assert_eq!(send(&telegram, group.id(), "x").await.unwrap_err(), kicked);
}

#[tokio::test]
async fn texts_keep_their_limits_after_parsing() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    ada.opens();
    let fits = format!("<b>{}</b>", "🦀".repeat(2048));
    send(&telegram, ada.id(), &fits).await.unwrap();
    let refused = [
        (format!("{fits}x"), "Bad Request: message is too long"),
        ("<b> </b>".to_owned(), "Bad Request: message text is empty"),
        ("a <p>".to_owned(), "Bad Request: can't parse entities: Unsupported start tag \"p\" at byte offset 2"),
    ];
    for (text, why) in refused {
        assert_eq!(send(&telegram, ada.id(), &text).await.unwrap_err(), why);
    }
}

#[tokio::test]
async fn keyboards_keep_their_limits() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    ada.opens();
    let one = json!({ "text": "x", "callback_data": "x" });
    let row = |count: usize| json!(vec![one.clone(); count]);
    let keyboard = |rows: Vec<Value>| json!({ "inline_keyboard": rows });
    let link = |url: &str| json!({ "inline_keyboard": [[{ "text": "x", "url": url }]] });
    let long = "x".repeat(64);
    for markup in [button("x", &long), keyboard(vec![row(8); 12]), link("https://example.org"), link("tg://user?id=1")]
    {
        let sent = json!({ "chat_id": ada.id(), "text": "x", "reply_markup": markup });
        call(&telegram, "sendMessage", sent).await.unwrap();
    }
    for (markup, why) in [
        (button("x", &format!("{long}x")), "BUTTON_DATA_INVALID"),
        (button("x", ""), "BUTTON_DATA_INVALID"),
        (keyboard(vec![row(9)]), "REPLY_MARKUP_TOO_LONG"),
        (keyboard(vec![row(8); 13]), "REPLY_MARKUP_TOO_LONG"),
        (json!({ "inline_keyboard": [[{ "text": "x" }]] }), "Text buttons are unallowed"),
        (link("http://localhost/x"), "Wrong HTTP URL"),
    ] {
        let sent = json!({ "chat_id": ada.id(), "text": "x", "reply_markup": markup });
        let refused = call(&telegram, "sendMessage", sent).await.unwrap_err();
        assert!(refused.contains(why), "{refused}");
    }
}

#[tokio::test]
async fn commands_keep_their_limits() {
    let telegram = TelegramServer::start().await;
    let set = |commands: Value| call(&telegram, "setMyCommands", json!({ "commands": commands }));
    let command = |name: &str, description: &str| json!({ "command": name, "description": description });
    assert_eq!(set(json!([command("new-bug", "x")])).await.unwrap_err(), "Bad Request: BOT_COMMAND_INVALID");
    let long = "x".repeat(257);
    let refused = set(json!([command("new", &long)])).await.unwrap_err();
    assert_eq!(refused, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID");
    let many: Vec<Value> = (0..101).map(|number| command(&format!("c{number}"), "x")).collect();
    assert_eq!(set(json!(many)).await.unwrap_err(), "Bad Request: BOT_COMMANDS_TOO_MUCH");
    set(json!([command("view", "Shows an issue")])).await.unwrap();
    assert_eq!(telegram.commands("default", ""), ["view - Shows an issue"]);
    let scoped =
        json!({ "commands": [command("x", "y")], "scope": { "type": "all_group_chats" }, "language_code": "de" });
    call(&telegram, "setMyCommands", scoped.clone()).await.unwrap();
    assert_eq!(telegram.commands("all_group_chats", "de"), ["x - y"]);
}

#[tokio::test]
async fn what_the_description_does_not_know_is_a_violation() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    ada.opens();
    let sent = json!({ "chat_id": ada.id(), "text": "x", "disable_web_page_preview": true });
    call(&telegram, "sendMessage", sent).await.unwrap();
    let violations = telegram.violations();
    assert!(violations[0].contains("disable_web_page_preview"), "{violations:?}");
    assert_eq!(violations.len(), 1);
}

#[tokio::test]
async fn limits_are_kept_where_a_test_asks_for_it() {
    let telegram = TelegramServer::start().await;
    telegram.keep_limits();
    let group = telegram.supergroup("Engine Works");
    for _ in 0..20 {
        send(&telegram, group.id(), "x").await.unwrap();
    }
    let refused = send(&telegram, group.id(), "x").await.unwrap_err();
    assert!(refused.starts_with("Too Many Requests: retry after "), "{refused}");
}
