//! Groups: admitted or not, grown, with topics, left, and who is in them.

use insta::assert_snapshot;
use serde_json::json;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn an_unadmitted_group_hears_one_sentence() {
    let world = World::new().await;
    let (ada, eve) = (world.linked("ada").await, world.member("eve").await);
    let own = world.telegram.group("Eve's own");
    own.owned_by(&eve);
    own.adds(&ada);
    world.ground.jira.clear_calls();
    ada.says(&own, "/view DEMO-1");
    assert_snapshot!(ada.reads().await, @"Usher is not set up here. An owner can admit it with jira admin admit.");
    eve.says(&own, "/jira admin admit");
    assert_snapshot!(eve.reads().await, @"Usher is not set up here. An owner can admit it with jira admin admit.");
    eve.says(&own, "/jira admin allow manager");
    assert_snapshot!(eve.reads().await, @"Usher is not set up here. An owner can admit it with jira admin admit.");
    assert_eq!(world.ground.jira.calls(), []);
    assert_eq!(own.shows().lines().filter(|line| line.starts_with("Usher")).count(), 0);
    own.adds(&world.root);
    world.root.says(&own, "/jira admin admit");
    assert_snapshot!(world.root.reads().await, @"This workspace is admitted. Everyone here may read.");
    ada.says(&own, "/view DEMO-5");
    assert!(ada.reads().await.text().contains("Order new spark plugs"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_becomes_a_supergroup_keeps_its_grants() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    let small = world.telegram.group("Small Works");
    small.owned_by(&world.root);
    small.adds(&ada);
    world.root.says(&small, "/jira admin admit");
    world.root.reads().await;
    world.root.says(&small, "/jira admin allow contributor on DEMO");
    assert_snapshot!(world.root.reads().await, @"Everyone may now use 63 tools on DEMO in every channel of this workspace.");
    ada.says(&small, "/view DEMO-4");
    let before = ada.reads_in(&small).await;
    assert!(before.labels().contains(&"Assign to me".to_owned()), "{before}");
    let grown = small.becomes_supergroup(&world.root);
    ada.says(&grown, "/comment DEMO-4 still here");
    assert_snapshot!(ada.reads_in(&grown).await, @r"
    Comment added to DEMO-4.
    ‹Open in Jira›
    ");
    // A card of before is a card of now.
    ada.presses(&before, "Assign to me");
    assert_snapshot!(ada.reads_in(&grown).await.text(), @"DEMO-4 is assigned to Ada Byron.");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_inherits_and_answers_stay_in_it() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    let forum = world.telegram.forum("Forum Works");
    forum.owned_by(&world.root);
    forum.adds(&ada);
    let search = forum.topic("Search");
    world.root.says(&forum, "/jira admin admit");
    world.root.reads().await;
    world.root.says(&search, "/jira admin allow contributor on DEMO");
    assert_snapshot!(world.root.reads().await, @"Everyone may now use 63 tools on DEMO in every channel of this workspace.");
    ada.says(&search, "/view DEMO-4");
    let card = ada.reads_in(&search).await;
    assert!(card.labels().contains(&"Assign to me".to_owned()), "{card}");
    let press = ada.presses(&card, "Assign to me");
    assert_snapshot!(ada.reads_in(&search).await.text(), @"DEMO-4 is assigned to Ada Byron.");
    press.answered().await;
    let other = forum.topic("Other");
    ada.says(&other, "/comment DEMO-4 from elsewhere");
    assert_snapshot!(ada.reads_in(&other).await.text(), @"Comment added to DEMO-4.");
    while !world.telegram.unread().is_empty() {
        ada.reads_in(&forum).await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_granted_stops_with_the_membership() {
    let world = World::new().await;
    let (ada, grace) = (world.linked("ada").await, world.linked("grace").await);
    ada.says(&world.room, "/view DEMO-4");
    let card = ada.reads_in(&world.room).await;
    ada.leaves(&world.room);
    let refused = ada.presses(&card, "Assign to me").answered().await;
    assert_snapshot!(refused.text, @"assign is not allowed in Engine Works. Nothing else is allowed here either.");
    // The bot is thrown out and says nothing more there.
    world.room.removes_bot(&world.root);
    grace.says(&world.room, "/view DEMO-4");
    world.telegram.confirmed().await;
    grace.writes("/view DEMO-4");
    assert!(grace.reads().await.text().contains("DEMO-4"));
    assert_eq!(world.issue("DEMO-4")["assignee"], serde_json::Value::Null);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_and_a_bot_are_nobody() {
    let world = World::new().await;
    let news = world.telegram.channel("News");
    news.adds(&world.root);
    world.ground.jira.clear_calls();
    news.posts("/view DEMO-1");
    let other = json!({ "id": 6_000_000_001_i64, "is_bot": true, "first_name": "Other", "username": "otherbot" });
    let said = json!({
        "message_id": 9_000, "date": 1_795_341_600, "from": other, "text": "/view DEMO-1",
        "chat": { "id": world.room.id(), "title": "Engine Works", "type": "supergroup" },
        "entities": [{ "type": "bot_command", "offset": 0, "length": 5 }],
    });
    world.telegram.tells("message", said);
    world.telegram.confirmed().await;
    world.root.writes("/whoami");
    world.root.reads().await;
    assert_eq!(world.ground.jira.calls(), []);
    assert_snapshot!(world.root.reads_in(&news).await, @r"
    In a channel Telegram does not say who writes, so I cannot act for anybody here. Write to me directly.
    ‹Open Usher›
    ");
    world.end().await;
}
