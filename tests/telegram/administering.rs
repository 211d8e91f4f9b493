//! Administrators: as Telegram names them at that moment, under their own name or not.

use insta::assert_snapshot;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn telegram_is_asked_anew_who_administers() {
    let world = World::new().await;
    let grace = world.member("grace").await;
    grace.says(&world.room, "/jira admin policy");
    assert_snapshot!(grace.reads().await, @"Only admins of this workspace and Usher's owners can do that.");
    world.room.administered_by(&grace);
    grace.says(&world.room, "/admin_policy");
    assert_snapshot!(grace.reads().await, @r"
    Whole workspace (66 tools) · everyone
    view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla · yes
    create batch edit clone move status assign comment attach log watch unwatch vote unvote unassign link unlink weblink edit-comment plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request · DEMO, OPS
    delete delete-comment unlog · -

    Touches many issues at once: batch, plan, unplan, close-sprint, release.

    Carries something out of Jira: attachments.

    Customers may see what it writes: comment, attach, edit-comment, request.

    acme: no call from here has worked yet. corp: no call from here has worked yet.
    ");
    world.room.adds(&grace);
    grace.says(&world.room, "/admin_policy");
    assert_snapshot!(grace.reads().await.text(), @"Only admins of this workspace and Usher's owners can do that.");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anonymous_administrator_is_told_why_not() {
    let world = World::new().await;
    let grace = world.linked("grace").await;
    world.room.administered_anonymously_by(&grace);
    world.ground.jira.clear_calls();
    grace.says_as_group(&world.room, "/view DEMO-1");
    assert_snapshot!(grace.reads_in(&world.room).await, @r"
    You write as a group or channel, so Telegram does not tell me who you are. Turn off “Remain anonymous” in your administrator rights, or write to me directly.
    ‹Open Usher›
    ");
    grace.says_as_group(&world.room, "/jira admin allow manager");
    assert_snapshot!(grace.reads_in(&world.room).await, @r"
    You write as a group or channel, so Telegram does not tell me who you are. Turn off “Remain anonymous” in your administrator rights, or write to me directly.
    ‹Open Usher›
    ");
    assert_eq!(world.ground.jira.calls(), []);
    grace.says(&world.room, "/view DEMO-1");
    assert!(grace.reads_in(&world.room).await.text().contains("DEMO-1"));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_of_administrators_can_be_granted_something() {
    let world = World::with(|wishes| wishes.rules = vec!["allow comment for administrators on DEMO"]).await;
    let (ada, grace) = (world.linked("ada").await, world.linked("grace").await);
    world.room.administered_by(&ada);
    ada.says(&world.room, "/comment DEMO-4 as an administrator");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    Comment added to DEMO-4.
    ‹Open in Jira›
    ");
    grace.says(&world.room, "/comment DEMO-4 as a member");
    assert_snapshot!(grace.reads().await, @r"
    comment is not allowed in Engine Works. Allowed here: view, find, mine, recent, attachments, comments, … jira tools lists all 34. An admin can change that with jira admin allow comment in here for person:5000000004.
    [Ask an admin]
    ");
    world.end().await;
}
