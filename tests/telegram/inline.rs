//! Inline queries: a place of their own, off until it is granted.

use insta::assert_snapshot;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_card_is_posted_where_the_bot_is_not() {
    let world = World::with(|wishes| {
        wishes.inline = true;
    })
    .await;
    let ada = world.linked("ada").await;
    let elsewhere = world.telegram.supergroup("Elsewhere");
    elsewhere.adds(&ada);
    elsewhere.removes_bot(&world.root);
    let query = ada.asks_inline("DEMO-4");
    let answer = query.answered().await;
    assert_eq!((answer.is_personal(), answer.cache_time()), (true, 0));
    assert_snapshot!(answer.titles().join("\n"), @"DEMO-4  Gauge shows minus one litre after a restart - To Do");
    let title = answer.titles()[0].split(" - ").next().unwrap().to_owned();
    ada.chooses(&query, &answer, &title, &elsewhere);
    assert_snapshot!(elsewhere.shows(), @r"
    Ada: DEMO-4 · To Do
    ‹Open in Jira› ‹Open Usher›
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_linked_finds_the_way() {
    let world = World::with(|wishes| wishes.inline = true).await;
    let mallory = world.telegram.person("mallory");
    let answer = mallory.asks_inline("DEMO-4").answered().await;
    assert_snapshot!(format!("{:?} {:?}", answer.titles(), answer.button().map(|(label, _)| label)), @r#"[] Some("I don't know your Jira account yet. Link it once, then I'll …")"#);
    world.end().await;
}
