//! The bot dies with updates in flight and starts again: each is handled once, or said to be in doubt.

use insta::assert_snapshot;
use telegram_stand_in::{Effect, Hold};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn updates_that_nobody_dealt_with_are_dealt_with_once() {
    let mut world = World::new().await;
    let ada = world.linked("ada").await;
    for number in 0..8 {
        ada.says(&world.room, &format!("/comment DEMO-4 number {number}"));
    }
    ada.reads_in(&world.room).await;
    world.kill().await;
    for number in 8..12 {
        ada.says(&world.room, &format!("/comment DEMO-4 number {number}"));
    }
    world.start().await;
    ada.writes("/whoami");
    loop {
        if ada.reads().await.text().contains("acme:") {
            break;
        }
    }
    let comments = world.issue("DEMO-4")["comments"].clone();
    let count = |number: u32| {
        let words = format!("number {number}");
        comments
            .as_array()
            .unwrap()
            .iter()
            .filter(|comment| comment.to_string().contains(&format!("{words}\"")))
            .count()
    };
    let doubt = [ada.direct().shows(), world.room.shows()];
    let doubt: usize = doubt.iter().map(|shown| shown.matches("may have happened").count()).sum();
    let lost: Vec<u32> = (0..12).filter(|number| count(*number) == 0).collect();
    let twice: Vec<u32> = (0..12).filter(|number| count(*number) > 1).collect();
    assert_eq!(twice, Vec::<u32>::new());
    assert!(lost.len() <= doubt, "lost {lost:?} with {doubt} in doubt:\n{}", ada.direct().shows());
    world.stop_for_good().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_was_begun_may_have_happened() {
    let mut world = World::new().await;
    let ada = world.linked("ada").await;
    world.ground.jira.set_latency(std::time::Duration::from_secs(5));
    ada.says(&world.room, "/comment DEMO-4 perhaps");
    let begun = async {
        while !world.rows().iter().any(|row| row.tool.as_deref() == Some("comment") && row.kind == "decision") {
            tokio::task::yield_now().await;
        }
    };
    begun.await;
    world.kill().await;
    world.ground.jira.set_latency(std::time::Duration::ZERO);
    world.start().await;
    assert_snapshot!(ada.reads().await, @"I was restarted while I worked on “jira comment DEMO-4 perhaps”. It may have happened: look in Jira before you send it again.");
    world.stop_for_good().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_looked_is_looked_at_again_after_a_restart() {
    let mut world = World::new().await;
    let ada = world.linked("ada").await;
    let hold = Hold::default();
    world.telegram.fault("sendMessage", 1, Effect::Held(hold.clone()));
    ada.writes("/view DEMO-4");
    hold.reached().await;
    world.kill().await;
    world.telegram.clear_faults();
    world.start().await;
    ada.writes("/whoami");
    let mut shown = Vec::new();
    while !shown.iter().any(|text: &String| text.contains("acme:")) {
        shown.push(ada.reads().await.text());
    }
    assert_snapshot!(shown.join("\n\n"), @r"
    DEMO-4  Gauge shows minus one litre after a restart · Bug · To Do · Medium · nobody

    See the picture.

    Reporter: Linus Winter · Labels: engine, gauge

    • acme: Ada Byron, linked since 22 Nov 2026
    • corp: not linked
    ");
    world.stop_for_good().await;
}
