//! A form as a conversation in the direct chat: one question a message, back, cancel, and a restart in between.

use insta::assert_snapshot;
use serde_json::json;
use telegram_stand_in::{Person, Shown};

use crate::world::World;

/// Reads until a question stands; what stands before it is changed, not new.
async fn question(person: &Person) -> Shown {
    loop {
        let shown = person.reads().await;
        if !shown.is_edit() {
            return shown;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_fields_are_asked_one_by_one() {
    let mut world = World::with(|wishes| wishes.rules = vec!["allow contributor on WEB"]).await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/create epic in WEB");
    assert_snapshot!(ada.reads().await, @"WEB asks for 7 more things on an Epic.");
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 1 of 7

    Summary
    [Cancel]
    ");
    ada.writes("A wrong title");
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 2 of 7

    Found in
    [Back] [Cancel]
    ");
    ada.presses(&asked, "Back");
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 1 of 7

    Summary
    [Cancel]
    ");
    ada.writes("A new shop window");
    question(&ada).await;
    ada.writes("2.4.1");
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 3 of 7

    Root cause

    Markdown works
    [Back] [Cancel]
    ");

    // The bot goes and comes, and the form stands where it stood.
    world.stop().await;
    ada.writes("It was never *new*.\nOnly <old>.");
    world.start().await;
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 4 of 7

    Rollout date

    2026-12-01, tomorrow, friday or +3d
    [Back] [Cancel]
    ");
    ada.writes("2026-12-24");
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 5 of 7

    Browser
    [Chrome] [Firefox] [Safari]
    [Back] [Cancel]
    ");
    ada.presses(&asked, "Firefox");
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 6 of 7

    Platforms
    [Desktop] [Phone] [Tablet]
    [Done] [Back] [Cancel]
    ");
    ada.presses(&asked, "Phone");
    assert_snapshot!(ada.reads().await, @r"
    (in its place) Epic in WEB · 6 of 7

    Platforms
    [Desktop] [✓ Phone] [Tablet]
    [Done] [Back] [Cancel]
    ");
    ada.presses(&asked, "Tablet");
    assert_snapshot!(ada.reads().await, @r"
    (in its place) Epic in WEB · 6 of 7

    Platforms
    [Desktop] [✓ Phone] [✓ Tablet]
    [Done] [Back] [Cancel]
    ");
    ada.presses(&asked, "Done");
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Epic in WEB · 7 of 7

    Specification

    An address such as https://example.org
    [Back] [Cancel]
    ");
    ada.writes("https://example.org/shop?a=1&b=2");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    Ada Byron created WEB-57 A new shop window · Epic · Medium
    [Status] [Assign to me] [Comment]
    [Watch] [More] ‹Open in Jira›
    ");
    let made = world.issue(world.ground.jira.keys("WEB").last().unwrap());
    let custom = &made["custom"];
    assert_eq!(
        json!([
            made["summary"],
            custom["Found in"],
            custom["Rollout date"],
            custom["Browser"],
            custom["Specification"]
        ]),
        json!(["A new shop window", "2.4.1", "2026-12-24", "Firefox", "https://example.org/shop?a=1&b=2"])
    );
    assert_eq!(custom["Platforms"].as_array().map(Vec::len), Some(2));
    assert!(custom["Root cause"].to_string().contains("Only <old>."), "{custom}");
    while !world.telegram.unread().is_empty() {
        ada.reads().await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_cancelled_and_commands_go_on_meanwhile() {
    let world = World::with(|wishes| wishes.rules = vec!["allow contributor on DEMO,WEB"]).await;
    let ada = world.linked("ada").await;
    let before = world.ground.jira.keys("WEB");
    ada.says(&world.room, "/create bug in WEB It hurts");
    ada.reads().await;
    let asked = question(&ada).await;
    assert_snapshot!(asked, @r"
    Bug in WEB · 1 of 1

    Browser
    [Chrome] [Firefox] [Safari]
    [Cancel]
    ");
    ada.writes("Netscape");
    assert_snapshot!(ada.reads().await, @"That is none of the options. Press one of them, or type it as it is written.");
    // In the group she goes on as if nothing were asked.
    ada.says(&world.room, "/view DEMO-5");
    assert!(ada.reads_in(&world.room).await.text().contains("DEMO-5"));
    ada.presses(&asked, "Cancel");
    assert_snapshot!(ada.reads().await, @"(in its place) Cancelled. Nothing was changed.");
    // An answer to a question that is past is none.
    let late = ada.presses_data(&asked, "f|x.0|1").answered().await;
    assert_snapshot!(late.text, @"This question is past.");
    assert_eq!(world.ground.jira.keys("WEB"), before);
    while !world.telegram.unread().is_empty() {
        ada.reads().await;
    }
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_waits_behind_the_link_of_who_has_not_opened_the_chat() {
    let world = World::with(|wishes| wishes.rules = vec!["allow contributor on WEB"]).await;
    let ada = world.linked("ada").await;
    ada.blocks();
    ada.says(&world.room, "/create bug in WEB It hurts");
    let pointer = ada.reads_in(&world.room).await;
    assert_snapshot!(pointer, @r"
    Ada, there is an answer for you alone. Open our direct chat and press Start.
    ‹Open Usher›
    ");
    ada.unblocks();
    ada.follows(&pointer.first_url());
    assert!(ada.reads().await.text().contains("one more thing"));
    let asked = question(&ada).await;
    ada.presses(&asked, "Safari");
    assert_snapshot!(ada.reads_in(&world.room).await.text(), @"Ada Byron created WEB-57 It hurts · Bug · Medium");
    while !world.telegram.unread().is_empty() {
        ada.reads().await;
    }
    world.end().await;
}
