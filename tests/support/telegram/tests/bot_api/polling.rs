//! `getUpdates`: offsets, waiting, and who else asks.

use serde_json::json;
use telegram_stand_in::{Effect, TelegramServer};

use crate::client::{call, updates};

#[tokio::test]
async fn an_update_stays_until_a_higher_offset_confirms_it() {
    let telegram = TelegramServer::start().await;
    let ada = telegram.person("ada");
    ada.opens();
    ada.writes("hello");
    let both = updates(&telegram, 0).await;
    assert_eq!(both.len(), 2);
    assert_eq!(both[0]["message"]["entities"][0]["type"], "bot_command");
    assert_eq!(updates(&telegram, 0).await, both, "nothing was confirmed");
    let second = both[1]["update_id"].as_i64().unwrap();
    assert_eq!(updates(&telegram, second).await, both[1..]);
    assert_eq!(telegram.unconfirmed(), both[1..]);
    assert!(updates(&telegram, second + 1).await.is_empty());
    telegram.confirmed().await;
    assert_eq!(telegram.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_long_poll_ends_with_the_next_update() {
    let telegram = TelegramServer::start().await;
    let poll = tokio::spawn({
        let telegram = telegram.clone();
        async move { call(&telegram, "getUpdates", json!({ "timeout": 30 })).await.unwrap() }
    });
    telegram.polled().await;
    telegram.person("ada").writes("now");
    assert_eq!(poll.await.unwrap()[0]["message"]["text"], "now");
    telegram.left_alone().await;
}

#[tokio::test]
async fn of_two_pollers_the_older_one_is_sent_away() {
    let telegram = TelegramServer::start().await;
    let first = tokio::spawn({
        let telegram = telegram.clone();
        async move { call(&telegram, "getUpdates", json!({ "timeout": 30 })).await }
    });
    telegram.polled().await;
    telegram.polls_besides().await.unwrap();
    let sentence = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    assert_eq!(first.await.unwrap().unwrap_err(), sentence);
}

#[tokio::test]
async fn only_what_is_asked_for_is_told() {
    let telegram = TelegramServer::start().await;
    let (ada, room) = (telegram.person("ada"), telegram.supergroup("Engine Works"));
    room.promotes_bot(&ada);
    room.adds(&ada);
    let kinds = |all: &[serde_json::Value]| {
        let keys = all.iter().flat_map(|update| update.as_object().unwrap().keys().cloned());
        keys.filter(|key| key != "update_id").collect::<Vec<_>>()
    };
    assert_eq!(kinds(&updates(&telegram, 0).await), ["my_chat_member"], "memberships are told on demand");
    let asked = json!({ "offset": -1, "allowed_updates": ["chat_member"] });
    call(&telegram, "getUpdates", asked).await.unwrap();
    ada.leaves(&room);
    assert_eq!(kinds(&updates(&telegram, 0).await), ["my_chat_member", "chat_member"]);
}

#[tokio::test]
async fn what_goes_wrong_does_so_on_demand() {
    let telegram = TelegramServer::start().await;
    telegram.fault("getMe", 1, Effect::TooMany(7));
    telegram.fault("getMe", 1, Effect::Broken(502));
    telegram.fault("getMe", 1, Effect::Lost);
    let url = format!("{}/bot{}/GetMe", telegram.api_url(), telegram.token());
    let get = || reqwest::get(&url);
    let busy: serde_json::Value = get().await.unwrap().json().await.unwrap();
    assert_eq!(busy["parameters"]["retry_after"], 7);
    assert_eq!(get().await.unwrap().status().as_u16(), 502);
    let lost = async { get().await?.bytes().await };
    assert!(lost.await.is_err(), "the answer breaks off");
    assert_eq!(get().await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn a_token_or_method_that_is_none_is_refused() {
    let telegram = TelegramServer::start().await;
    let old = telegram.token();
    telegram.revoke_token();
    let url = format!("{}/bot{old}/getMe", telegram.api_url());
    assert_eq!(reqwest::get(url).await.unwrap().status().as_u16(), 401);
    assert_eq!(call(&telegram, "getYou", json!({})).await.unwrap_err(), "Not Found");
    assert_eq!(telegram.violations(), ["there is no method getYou here"]);
}
