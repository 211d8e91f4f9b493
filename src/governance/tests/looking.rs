//! The audit in chat.

use super::*;

async fn busy() -> World {
    let world = World::new().await;
    let (eng, ops) = (place("eng"), place("ops"));
    world.run("admin allow contributor in #eng for @ada").await;
    world.run("admin toolset create triage view").await;
    world.run("admin stop delete").await;
    let receipt = world.permit(world.asking("ada", &[], &eng, "create", &["WEB"])).await.receipt();
    let done = Recorded { ended: Ended::Done, issue: Some("WEB-1".parse().unwrap()), detail: json!(null) };
    world.governance.outcome(&receipt, done).await.unwrap();
    world.ask("ada", &[], &ops, "view", &[]).await;
    world.ask("linus", &[], &eng, "create", &[]).await;
    world.ask("linus", &[], &direct(), "view", &[]).await;
    world
}

#[tokio::test]
async fn admins_read_the_audit_of_their_own_workspace() {
    let mut settings = settings();
    let other = Workspace::new(Platform::TERMINAL, "home2");
    settings.workspaces.push(other.clone());
    let world = busy().await.restart(facts(), settings).await;
    world.ask("eve", &[], &Place::channel(other, "eng"), "view", &[]).await;
    insta::assert_snapshot!(world.run_as_admin("admin audit").await, @r"
    The audit of this workspace, the newest first (UTC):
    - 7 Aug 10:00 · @linus in #eng · create · refused (no-grant)
    - 7 Aug 10:00 · @ada in #ops · view · allowed
    - 7 Aug 10:00 · @ada in #eng · create WEB-1 · done
    - 7 Aug 10:00 · @root in #eng · stop tool delete
    - 7 Aug 10:00 · @root in #eng · toolset triage
    - 7 Aug 10:00 · @root in #eng · allow contributor in #eng for @ada
    - 7 Aug 10:00 · the configuration · review delete: approved
    - 7 Aug 10:00 · the configuration · review comment: approved
    - 7 Aug 10:00 · the configuration · review create: approved
    - 7 Aug 10:00 · the configuration · review find: approved
    ");
    insta::assert_snapshot!(world.run_as_admin("admin audit refused").await, @r"
    The audit of this workspace, the newest first (UTC):
    - 7 Aug 10:00 · @linus in #eng · create · refused (no-grant)
    ");
    insta::assert_snapshot!(world.run_as_admin("admin audit for @ada in #eng").await, @r"
    The audit of this workspace, the newest first (UTC):
    - 7 Aug 10:00 · @ada in #eng · create WEB-1 · done
    ");
    insta::assert_snapshot!(world.run_as_admin("admin audit create on WEB-1").await, @r"
    The audit of this workspace, the newest first (UTC):
    - 7 Aug 10:00 · @ada in #eng · create WEB-1 · done
    ");
    insta::assert_snapshot!(world.run_as_admin("admin audit policy last 2").await, @r"
    The audit of this workspace, the newest first (UTC):
    - 7 Aug 10:00 · @root in #eng · stop tool delete
    - 7 Aug 10:00 · @root in #eng · toolset triage
    ");
    insta::assert_snapshot!(world.run_as_admin("admin audit for @nobody").await, @"Nothing in the audit matches that.");
    world.clock.advance(std::time::Duration::from_secs(3 * 3600));
    insta::assert_snapshot!(world.run_as_admin("admin audit since 2h").await, @"Nothing in the audit matches that.");
    assert!(world.run_as_admin("admin audit since 4h").await.contains("WEB-1"));
    for (line, said) in [
        (
            "admin audit fly",
            "I cannot look for `fly`. Name a tool, or one of `allowed`, `refused`, `failed` and `policy`.",
        ),
        ("admin audit on web", "`web` is no issue key. Write a key such as `DEMO-7`."),
        (
            "admin audit since soon",
            "I don't know when `soon` was. Write a day such as `yesterday` or `2026-11-30`, or a time back such as `3d` or `12h`.",
        ),
    ] {
        assert_eq!(world.run_as_admin(line).await, said);
    }
}

#[tokio::test]
async fn everyone_reads_their_own_activity_and_nobody_elses() {
    let world = busy().await;
    let told = async |who: &str| {
        let asker = world.asker(who, &place("eng"));
        world.governance.activity(&asker).await.unwrap().unwrap().text.to_plain()
    };
    insta::assert_snapshot!(told("ada").await, @r"
    What you did lately, the newest first (UTC):
    - 7 Aug 10:00 · #ops · view · allowed
    - 7 Aug 10:00 · #eng · create WEB-1 · done
    ");
    insta::assert_snapshot!(told("linus").await, @r"
    What you did lately, the newest first (UTC):
    - 7 Aug 10:00 · direct messages · view · allowed
    - 7 Aug 10:00 · #eng · create · refused (no-grant)
    ");
    insta::assert_snapshot!(told("eve").await, @"You have not done anything with me yet.");
    let rows = world.rows().len();
    let asker = world.asker("ada", &direct());
    assert!(world.governance.activity(&asker).await.unwrap().is_some());
    assert!(world.governance.activity(&asker).await.unwrap().is_none(), "an event is answered once");
    assert_eq!(world.rows().len(), rows, "a look leaves no row");
}
