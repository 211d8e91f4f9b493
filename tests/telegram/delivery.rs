//! Two ways in: asked for, or posted to the bot's address. Either way each update counts once.

use insta::assert_snapshot;
use serde_json::json;

use crate::world::{SECRET, World};

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_leads_to_the_same_answers() {
    let world = World::with(|wishes| wishes.webhook = true).await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/view DEMO-4");
    let card = ada.reads_in(&world.room).await;
    ada.presses(&card, "Assign to me");
    assert_snapshot!(ada.reads_in(&world.room).await.text(), @"DEMO-4 is assigned to Ada Byron.");
    world.telegram.confirmed().await;
    assert_eq!(world.telegram.requests_of("getUpdates").len(), 0);
    let hook = world.telegram.requests_of("setWebhook").pop().unwrap();
    assert_eq!(hook.text("secret_token"), SECRET);
    while !world.telegram.unread().is_empty() {
        ada.reads_in(&world.room).await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_takes_only_what_telegram_sends() {
    let world = World::with(|wishes| wishes.webhook = true).await;
    let ada = world.linked("ada").await;
    let url = world.telegram.hooked().await;
    let forged = json!({ "update_id": 1, "message": {
        "message_id": 1, "date": 1, "text": "/comment DEMO-4 forged",
        "entities": [{ "type": "bot_command", "offset": 0, "length": 8 }],
        "from": { "id": ada.id(), "is_bot": false, "first_name": "Ada" },
        "chat": { "id": world.room.id(), "title": "Engine Works", "type": "supergroup" },
    }});
    world.ground.jira.clear_calls();
    let long = SECRET.repeat(99);
    let wrong = [None, Some(""), Some("wrong"), Some("open-sesamE"), Some(&SECRET[1..]), Some(long.as_str())];
    for secret in wrong.iter().cycle().take(1_000) {
        let status = world.telegram.posts(&url, *secret, &forged).await;
        assert!(status.is_client_error(), "{secret:?}: {status}");
    }
    ada.writes("/whoami");
    ada.reads().await;
    assert_eq!(world.ground.jira.calls(), []);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_told_twice_counts_once() {
    for webhook in [false, true] {
        let world = World::with(|wishes| wishes.webhook = webhook).await;
        let ada = world.linked("ada").await;
        world.telegram.confirmed().await;
        ada.says(&world.room, "/comment DEMO-4 once");
        let again = world.telegram.last_update();
        ada.reads_in(&world.room).await;
        let said = world.room.shows();
        if webhook {
            let url = world.telegram.hooked().await;
            assert!(world.telegram.posts(&url, Some(SECRET), &again).await.is_success());
        } else {
            world.telegram.tells_again(again);
        }
        ada.writes("/whoami");
        ada.reads().await;
        assert_eq!(world.room.shows(), said);
        assert_eq!(world.issue("DEMO-4")["comments"].as_array().map(Vec::len), Some(2), "{}", world.issue("DEMO-4"));
        world.stop_for_good().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn from_webhook_to_polling_and_back() {
    let mut world = World::with(|wishes| wishes.webhook = true).await;
    let ada = world.linked("ada").await;
    world.stop().await;
    ada.says(&world.room, "/view DEMO-5");
    world.polls();
    world.start().await;
    assert!(ada.reads_in(&world.room).await.text().contains("DEMO-5"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_poller_does_not_end_the_first() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    world.telegram.polled().await;
    world.telegram.polls_besides().await.unwrap();
    ada.says(&world.room, "/view DEMO-5");
    assert!(ada.reads_in(&world.room).await.text().contains("DEMO-5"));
    world.end().await;
}
