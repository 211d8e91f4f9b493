//! What is left behind: audit rows, marks of events, and everything after a restart.

use std::time::Duration;

use super::*;

fn told(world: &World) -> Vec<String> {
    let row = |row: &Record| {
        let tool = row.tool.clone().unwrap_or_default();
        let person = row.person.clone().unwrap_or_default();
        format!("{} {person} {tool} {} {}", row.kind, row.verdict, row.detail)
    };
    world.rows().iter().map(row).collect()
}

#[tokio::test]
async fn every_decision_and_change_leaves_its_row() {
    let world = World::new().await;
    let before = told(&world).len();
    world.run("admin allow manager in #eng on WEB").await;
    world.run("admin allow manager in #eng on WEB").await;
    world.run("admin policy").await;
    world.ask("ada", &[], &place("eng"), "view", &["WEB"]).await;
    let mut delete = world.asking("ada", &[], &place("eng"), "delete", &["WEB"]);
    delete.confirmed = false;
    world.governance.decide(delete).await.unwrap();
    world.ask("ada", &[], &place("ops"), "create", &[]).await;
    let mut show = world.asking("ada", &[], &place("eng"), "view", &["HR"]);
    show.show = true;
    world.permit(show).await.receipt().durable().await.unwrap();
    world.run("admin forget manager in #eng").await;
    insta::assert_snapshot!(told(&world)[before..].join("\n"), @r#"
    policy terminal:root  done {"change":"allow","rule":"allow manager in #eng for everyone on WEB","replaced":null}
    decision terminal:ada view allow {"projects":["WEB"],"confirmed":true}
    decision terminal:ada delete ask:confirm {"projects":["WEB"]}
    decision terminal:ada create deny:no-grant {"confirmed":true}
    show terminal:ada view allow {"projects":["HR"],"confirmed":true,"show":true}
    policy terminal:root  done {"change":"forget","rule":"allow manager in #eng for everyone on WEB"}
    "#);
    world.audit.verify(None).unwrap();
}

#[tokio::test]
async fn equal_refusals_fold() {
    let world = World::new().await;
    let before = world.rows().len();
    for _ in 0..50 {
        assert_eq!(world.ask("ada", &[], &place("eng"), "create", &["WEB"]).await, "no-grant");
    }
    assert_eq!(world.rows().len(), before + 1);
    assert_eq!(world.ask("grace", &[], &place("eng"), "create", &["WEB"]).await, "no-grant");
    assert_eq!(world.rows().len(), before + 2);
    world.clock.advance(Duration::from_secs(61));
    world.ask("linus", &[], &place("eng"), "create", &["WEB"]).await;
    assert!(told(&world).iter().any(|row| row.contains(r#""repeated":49"#)), "{:?}", told(&world));
}

#[tokio::test]
async fn an_event_told_twice_is_handled_once() {
    let world = World::new().await;
    let asking = world.asking("ada", &[], &place("eng"), "view", &[]);
    let (one, two) = tokio::join!(world.governance.decide(asking.clone()), world.governance.decide(asking.clone()));
    let repeated = [one.unwrap(), two.unwrap()].iter().filter(|d| matches!(d, Decision::Repeated)).count();
    assert_eq!(repeated, 1);
    assert!(matches!(world.governance.decide(asking.clone()).await.unwrap(), Decision::Repeated));
    // The refusal of an event is its handling too, and so is an admin command.
    let refused = world.asking("ada", &[], &place("eng"), "create", &[]);
    world.refusal(refused.clone()).await;
    assert!(matches!(world.governance.decide(refused).await.unwrap(), Decision::Repeated));
    let asker = world.asker("root", &place("eng"));
    let allow = AdminCommand::parse(&["allow".to_owned(), "create".to_owned()]).unwrap();
    for replies in [1, 0] {
        let permit = world.governance.admit_admin(&asker, &member(&[]).member, &allow).await.unwrap();
        assert_eq!(world.governance.command(permit, allow.clone(), None).await.unwrap().len(), replies);
    }
    // Also after a restart.
    let world = world.restart(facts(), settings()).await;
    assert!(matches!(world.governance.decide(asking).await.unwrap(), Decision::Repeated));
}

#[tokio::test]
async fn the_row_of_a_change_is_durable_before_its_permit() {
    let world = World::new().await;
    world.run("admin allow create").await;
    let before = world.rows().len();
    let permit = world.permit(world.asking("ada", &[], &place("eng"), "create", &["WEB"])).await;
    assert_eq!(world.rows().len(), before + 1);
    let receipt = permit.receipt();
    let scope = permit.spend();
    assert!(scope.is_all());
    let recorded = Recorded { ended: Ended::Done, issue: "WEB-9".parse().ok(), detail: json!({"created": true}) };
    world.governance.outcome(&receipt, recorded).await.unwrap();
    let rows = world.rows();
    let (decision, outcome) = (&rows[before], &rows[before + 1]);
    assert_eq!(outcome.about, Some(decision.seq));
    assert_eq!((outcome.kind.as_str(), outcome.verdict.as_str()), ("outcome", "done"));
    assert_eq!(outcome.issue.as_deref(), Some("WEB-9"));
}

#[tokio::test]
async fn rows_of_reads_are_durable_when_the_receipt_says_so() {
    let world = World::new().await;
    let before = world.rows().len();
    let mut receipts = Vec::new();
    for _ in 0..20 {
        receipts.push(world.permit(world.asking("ada", &[], &place("eng"), "view", &["WEB"])).await.receipt());
    }
    for receipt in &receipts {
        receipt.durable().await.unwrap();
        receipt.clone().durable().await.unwrap();
    }
    assert_eq!(world.rows().len(), before + 20);
    world.audit.verify(None).unwrap();
}

#[tokio::test]
async fn a_row_is_on_its_way_from_when_it_is_queued() {
    let world = World::new().await;
    let before = world.rows().len();
    let read = async || world.permit(world.asking("ada", &[], &place("eng"), "view", &["WEB"])).await.receipt();
    let (held, other) = (read().await, read().await);
    other.durable().await.unwrap();
    assert_eq!(world.rows().len(), before + 1);
    let (held_too, later) = (held.clone(), read().await);
    held_too.queue();
    // Rows become durable in the order in which they were queued.
    later.durable().await.unwrap();
    assert_eq!(world.rows().len(), before + 3);
    drop(held);
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let world = World::new().await;
    world.run("admin allow create in #eng for @dev on WEB until 3d").await;
    world.run("admin deny find for @ada").await;
    world.run("admin block delete").await;
    world.run("admin forget reader").await;
    let policy = world.run("admin policy #eng").await;
    let rows = world.rows().len();
    let world = world.restart(facts(), settings()).await;
    assert_eq!(world.run("admin policy #eng").await, policy);
    assert_eq!(world.rows().len(), rows, "nothing was settled anew");
    assert_eq!(world.ask("ada", &["dev"], &place("eng"), "create", &["WEB"]).await, "allow");
    assert_eq!(world.ask("ada", &["dev"], &place("eng"), "view", &["WEB"]).await, "no-grant");
}

#[tokio::test]
async fn an_upgrade_is_reviewed_as_the_configuration_says() {
    let mut settings = settings();
    settings.new_tools = NewTools::Read;
    let world = World::with(facts(), settings.clone()).await;
    world.run("admin approve create delete").await;
    world.run("admin block comment").await;
    world.run("admin allow manager").await;
    let mut tools = facts();
    for (at, digest) in [(0, "view 2"), (2, "create 2"), (3, "comment 2")] {
        tools[at].digest = digest.into();
    }
    tools.push(ToolFacts { name: "assign".parse().unwrap(), ..tools[2].clone() });
    let before = world.rows().len();
    let world = world.restart(tools.clone(), settings.clone()).await;
    let ask = async |tool: &str| world.ask("ada", &[], &place("eng"), tool, &[]).await;
    assert_eq!(ask("view").await, "allow");
    assert_eq!(ask("create").await, "pending", "its arguments changed");
    assert_eq!(ask("comment").await, "blocked", "a block outlives an upgrade");
    assert_eq!(ask("delete").await, "allow", "this one did not change");
    assert_eq!(ask("assign").await, "pending", "this one is new");
    insta::assert_snapshot!(told(&world)[before..before + 4].join("\n"), @r#"
    policy  view done {"change":"review","why":"changed","state":"approved","workspace":"terminal:home"}
    policy  create done {"change":"review","why":"changed","state":"pending","workspace":"terminal:home"}
    policy  comment done {"change":"review","why":"changed","state":"blocked","workspace":"terminal:home"}
    policy  assign done {"change":"review","why":"new","state":"pending","workspace":"terminal:home"}
    "#);
    // A workspace that the configuration no longer names is dismissed.
    settings.workspaces.clear();
    let world = world.restart(tools, settings).await;
    assert_eq!(world.ask("ada", &[], &place("eng"), "view", &[]).await, "admission");
}
