//! Groups: what a bot sees there, topics, and a group that becomes a supergroup.

use serde_json::{Value, json};
use telegram_stand_in::TelegramServer;

use crate::client::{call, send, updates};

#[tokio::test]
async fn privacy_mode_hides_what_is_not_meant_for_the_bot() {
    let telegram = TelegramServer::start().await;
    let (ada, room) = (telegram.person("ada"), telegram.supergroup("Engine Works"));
    room.adds(&ada);
    send(&telegram, room.id(), "hello").await.unwrap();
    let hello = ada.reads_in(&room).await;
    ada.says(&room, "jira view DEMO-1");
    ada.says(&room, "/view DEMO-1");
    ada.says(&room, "/view@usherbot DEMO-1");
    ada.says(&room, "/view@otherbot DEMO-1");
    ada.replies(&hello, "jira view DEMO-2");
    let texts = |all: Vec<Value>| all.iter().map(|update| update["message"]["text"].clone()).collect::<Vec<_>>();
    let seen = texts(updates(&telegram, 0).await);
    assert_eq!(seen, ["/view DEMO-1", "/view@usherbot DEMO-1", "jira view DEMO-2"]);
    telegram.privacy(false);
    ada.says(&room, "jira view DEMO-1");
    assert_eq!(texts(updates(&telegram, 0).await).len(), 4);
}

#[tokio::test]
async fn topics_are_told_apart_and_a_reply_elsewhere_is_none() {
    let telegram = TelegramServer::start().await;
    let (ada, forum, plain) = (telegram.person("ada"), telegram.forum("Forum"), telegram.supergroup("Plain"));
    forum.adds(&ada);
    plain.adds(&ada);
    let search = forum.topic("Search");
    ada.says(&search, "/view");
    let first = ada.says(&plain, "/view");
    ada.replies(&first, "/again");
    let all = updates(&telegram, 0).await;
    assert_eq!(all[0]["message"]["message_thread_id"], json!(search.thread().unwrap()));
    assert_eq!(all[0]["message"]["is_topic_message"], true);
    assert_eq!(all[2]["message"]["message_thread_id"], json!(first.id()), "every reply has a thread");
    assert_eq!(all[2]["message"].get("is_topic_message"), None);
    let wrong = json!({ "chat_id": forum.id(), "text": "x", "message_thread_id": 999 });
    assert_eq!(call(&telegram, "sendMessage", wrong).await.unwrap_err(), "Bad Request: message thread not found");
    let right = json!({ "chat_id": forum.id(), "text": "here", "message_thread_id": search.thread() });
    call(&telegram, "sendMessage", right).await.unwrap();
    assert_eq!(ada.reads_in(&search).await.text(), "here");
}

#[tokio::test]
async fn a_group_that_grew_says_where_it_is_now() {
    let telegram = TelegramServer::start().await;
    let (ada, group) = (telegram.person("ada"), telegram.group("Engine Works"));
    group.owned_by(&ada);
    let grown = group.becomes_supergroup(&ada);
    let url = format!("{}/bot{}/sendMessage", telegram.api_url(), telegram.token());
    let sent = reqwest::Client::new().post(url).json(&json!({ "chat_id": group.id(), "text": "x" }));
    let refused: Value = sent.send().await.unwrap().json().await.unwrap();
    assert_eq!(refused["parameters"]["migrate_to_chat_id"], grown.id());
    let told = updates(&telegram, 0).await;
    assert_eq!(told[0]["message"]["migrate_to_chat_id"], grown.id());
    assert_eq!(told[1]["message"]["migrate_from_chat_id"], group.id());
    assert_eq!(telegram.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn members_are_told_as_they_stand() {
    let telegram = TelegramServer::start().await;
    let people = ["ada", "grace", "linus", "eve"].map(|name| telegram.person(name));
    let [ada, grace, linus, eve] = &people;
    let room = telegram.supergroup("Engine Works");
    room.owned_by(ada);
    room.administered_anonymously_by(grace);
    room.adds(linus);
    room.bans(eve);
    for (person, status) in people.iter().zip(["creator", "administrator", "member", "kicked"]) {
        let asked = json!({ "chat_id": room.id(), "user_id": person.id() });
        assert_eq!(call(&telegram, "getChatMember", asked).await.unwrap()["status"], status);
    }
    linus.leaves(&room);
    let asked = json!({ "chat_id": room.id(), "user_id": linus.id() });
    assert_eq!(call(&telegram, "getChatMember", asked).await.unwrap()["status"], "left");
    let admins = call(&telegram, "getChatAdministrators", json!({ "chat_id": room.id() })).await.unwrap();
    assert_eq!(admins.as_array().unwrap().len(), 2);
    grace.says_as_group(&room, "/view");
    let said = updates(&telegram, 0).await.pop().unwrap()["message"].clone();
    assert_eq!(
        (&said["from"]["username"], &said["sender_chat"]["id"]),
        (&json!("GroupAnonymousBot"), &json!(room.id()))
    );
    assert_eq!(telegram.violations(), Vec::<String>::new());
}
