//! Messages of the bot's: sent, changed, deleted, with files.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use telegram_stand_in::{TelegramServer, Upload};

use crate::client::{button, call, send, updates};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x40\0\0\0\x20rest";

#[tokio::test]
async fn what_is_shown_can_be_changed_and_deleted() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    ada.opens();
    let sent = send(&telegram, ada.id(), "<b>one</b> &amp; <a href=\"https://example.org\">two</a>").await.unwrap();
    let shown = ada.reads().await;
    assert_eq!(shown.text(), "one & two");
    assert_eq!(shown.marks(), ["bold \"one\"", "text_link \"two\""]);
    let edit = |text: &str| {
        let edit = json!({ "chat_id": ada.id(), "message_id": sent["message_id"], "text": text, "reply_markup": button("x", "y") });
        call(&telegram, "editMessageText", edit)
    };
    edit("three").await.unwrap();
    assert_eq!(ada.reads().await.to_string(), "(in its place) three\n[x]");
    assert!(edit("three").await.unwrap_err().starts_with("Bad Request: message is not modified: "));
    let target = json!({ "chat_id": ada.id(), "message_id": sent["message_id"] });
    call(&telegram, "deleteMessage", target.clone()).await.unwrap();
    assert_eq!(edit("four").await.unwrap_err(), "Bad Request: message to edit not found");
    let gone = call(&telegram, "deleteMessage", target).await.unwrap_err();
    assert_eq!(gone, "Bad Request: message to delete not found");
    assert!(ada.reads().await.is_deletion());
    assert_eq!(ada.direct().shows(), "Ada: /start");
    assert!(telegram.unread().is_empty());
}

#[tokio::test]
async fn messages_of_others_are_deleted_by_administrators() {
    let telegram = TelegramServer::start().await;
    let (ada, room) = (telegram.person("ada"), telegram.supergroup("Engine Works"));
    room.adds(&ada);
    let said = ada.says(&room, "K7Q2-9XMD");
    let target = json!({ "chat_id": room.id(), "message_id": said.id() });
    let refused = call(&telegram, "deleteMessage", target.clone()).await.unwrap_err();
    assert_eq!(refused, "Bad Request: message can't be deleted");
    room.promotes_bot(&ada);
    call(&telegram, "deleteMessage", target).await.unwrap();
    assert_eq!(said.now(), None);
}

async fn upload(telegram: &TelegramServer, method: &str, form: Form) -> Value {
    let url = format!("{}/bot{}/{method}", telegram.api_url(), telegram.token());
    reqwest::Client::new().post(url).multipart(form).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn files_go_both_ways() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    let notes = Upload { name: "notes.txt".to_owned(), media_type: None, content: "words".into() };
    ada.sends_document(&ada.direct(), &notes, "/attach DEMO-1");
    let told = updates(&telegram, 0).await.pop().unwrap()["message"].clone();
    assert_eq!(told["document"]["file_name"], "notes.txt");
    assert_eq!(told["caption_entities"][0]["type"], "bot_command");
    let file = call(&telegram, "getFile", json!({ "file_id": told["document"]["file_id"] })).await.unwrap();
    let path = file["file_path"].as_str().unwrap();
    let url = format!("{}/file/bot{}/{path}", telegram.api_url(), telegram.token());
    assert_eq!(reqwest::get(url).await.unwrap().text().await.unwrap(), "words");
    let photo =
        |part: Part| Form::new().text("chat_id", ada.id().to_string()).text("caption", "12").part("photo", part);
    let sent = upload(&telegram, "SendPhoto", photo(Part::bytes(PNG).file_name("shot.png"))).await;
    assert_eq!((&sent["result"]["photo"][0]["width"], &sent["result"]["caption"]), (&json!(64), &json!("12")));
    assert_eq!(ada.reads().await.file().unwrap(), PNG);
    let refused = upload(&telegram, "sendPhoto", photo(Part::bytes(&b"no picture"[..]).file_name("x.png"))).await;
    assert_eq!(refused["description"], "Bad Request: IMAGE_PROCESS_FAILED");
    assert_eq!(telegram.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn an_album_is_two_to_ten_of_a_kind() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    ada.opens();
    let item = |kind: &str, name: &str| json!({ "type": kind, "media": format!("attach://{name}") });
    let album = |items: Value| {
        let part = || Part::bytes(PNG).file_name("a.png");
        Form::new()
            .text("chat_id", ada.id().to_string())
            .text("media", items.to_string())
            .part("one", part())
            .part("two", part())
    };
    let sent = upload(&telegram, "sendMediaGroup", album(json!([item("photo", "one"), item("photo", "two")]))).await;
    assert_eq!(sent["result"].as_array().unwrap().len(), 2);
    assert_eq!(sent["result"][0]["media_group_id"], sent["result"][1]["media_group_id"]);
    let mixed =
        upload(&telegram, "sendMediaGroup", album(json!([item("photo", "one"), item("document", "two")]))).await;
    assert_eq!(mixed["description"], "Bad Request: document can't be mixed with other media types");
    assert_eq!(ada.reads().await.to_string(), "photo, 28 bytes");
    assert_eq!(telegram.unread().len(), 1);
}
