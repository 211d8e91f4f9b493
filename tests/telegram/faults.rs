//! Telegram is busy, slow, or broken.

use std::time::Duration;

use insta::assert_snapshot;
use telegram_stand_in::{Effect, Hold, Request};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_that_telegram_asks_for_is_kept() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    world.telegram.fault("sendMessage", 1, Effect::TooMany(1));
    ada.says(&world.room, "/view DEMO-5");
    assert!(ada.reads_in(&world.room).await.text().contains("DEMO-5"));
    let taken =
        |request: &Request| request.text("text").contains("DEMO-5") && request.answer.as_ref().unwrap().0 == 200;
    world.telegram.requested("sendMessage", taken).await;
    let sent = world.telegram.requests_of("sendMessage");
    let [.., busy, done] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!((busy.answer.as_ref().unwrap().0, done.answer.as_ref().unwrap().0), (429, 200));
    assert!(done.at - busy.at >= Duration::from_secs(1), "{:?}", done.at - busy.at);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_somebody_elses_message() {
    let world = World::new().await;
    let (ada, grace) = (world.linked("ada").await, world.linked("grace").await);
    let hold = Hold::default();
    world.telegram.fault("sendMessage", 1, Effect::Held(hold.clone()));
    ada.writes("/view DEMO-1");
    hold.reached().await;
    grace.writes("/view DEMO-2");
    assert!(grace.reads().await.text().contains("DEMO-2"));
    hold.release();
    assert!(ada.reads().await.text().contains("DEMO-1"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_telegram_is_tried_again_and_stalls_nobody_else() {
    let world = World::new().await;
    let (ada, grace) = (world.linked("ada").await, world.linked("grace").await);
    world.telegram.fault("sendMessage", 1, Effect::Broken(502));
    ada.writes("/whoami");
    world
        .telegram
        .requested("sendMessage", |request| {
            request.answer.as_ref().unwrap().0 == 0 || request.answer.as_ref().unwrap().1 == "broken"
        })
        .await;
    grace.writes("/view DEMO-2");
    assert!(grace.reads().await.text().contains("DEMO-2"));
    // A message that may have arrived is not sent twice by guess; what comes next does.
    ada.writes("/view DEMO-1");
    loop {
        if ada.reads().await.text().contains("DEMO-1") {
            break;
        }
    }
    world.telegram.fault("getUpdates", 2, Effect::Broken(502));
    ada.writes("/view DEMO-5");
    assert!(ada.reads().await.text().contains("DEMO-5"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_one_person_is_bounded_and_told_of() {
    let world = World::new().await;
    let (ada, grace) = (world.linked("ada").await, world.linked("grace").await);
    let hold = Hold::default();
    world.telegram.fault("sendMessage", 1, Effect::Held(hold.clone()));
    for _ in 0..100 {
        ada.writes("/whoami");
    }
    hold.reached().await;
    grace.writes("/view DEMO-2");
    assert!(grace.reads().await.text().contains("DEMO-2"));
    hold.release();
    let mut answers = 0;
    let told = loop {
        let shown = ada.reads().await.text();
        if !shown.contains("acme") {
            break shown;
        }
        answers += 1;
    };
    assert!((30..=40).contains(&answers), "{answers}");
    assert_snapshot!(told, @"You were faster than me: your last 67 messages were left out. Send them again.");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn telegrams_own_limits_are_kept() {
    let world = World::with(|wishes| wishes.limits = true).await;
    let ada = world.linked("ada").await;
    world.telegram.keep_limits();
    for _ in 0..12 {
        ada.writes("/whoami");
    }
    for _ in 0..12 {
        assert!(ada.reads().await.text().contains("acme"));
    }
    let refused = |request: &&Request| request.answer.as_ref().is_some_and(|(code, _)| *code == 429);
    assert_eq!(world.telegram.requests().iter().filter(refused).count(), 0, "nothing was sent too early");
    world.end().await;
}
