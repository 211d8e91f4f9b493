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

#[tokio::test(flavor = "multi_thread")]
async fn titles_are_for_the_projects_that_an_owner_names() {
    let world = World::with(|wishes| wishes.inline = true).await;
    let ada = world.linked("ada").await;
    world.room.administered_by(&ada);
    ada.says(&world.room, "/jira admin allow reader in inline on DEMO");
    assert_snapshot!(ada.reads().await, @"Only Usher's owners can do that.");
    world.root.writes("admin allow reader in inline on DEMO");
    assert_snapshot!(world.root.reads().await, @"Everyone may now use 34 tools on DEMO in #inline.");
    world.root.writes("admin policy inline");
    assert_snapshot!(world.root.reads().await, @r"
    #inline (66 tools) · everyone
    view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla · yes
    create batch edit clone move status assign comment attach log watch unwatch delete vote unvote unassign link unlink weblink edit-comment delete-comment unlog plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request · -

    Touches many issues at once: batch, plan, unplan, close-sprint, release.

    Carries something out of Jira: attachments.

    Customers may see what it writes: comment, attach, edit-comment, request.
    ");
    let query = ada.asks_inline("DEMO-4");
    let answer = query.answered().await;
    let title = answer.titles()[0].split(" - ").next().unwrap().to_owned();
    ada.chooses(&query, &answer, &title, &world.room);
    assert_snapshot!(world.room.shows(), @r"
    Root: /jira admin allow contributor on DEMO,OPS
    Ada: /jira admin allow reader in inline on DEMO
    Ada: DEMO-4  Gauge shows minus one litre after a restart · To Do
    ‹Open in Jira› ‹Open Usher›
    ");
    world.end().await;
}
