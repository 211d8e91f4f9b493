//! How often one person may use one tool.

use std::time::Duration;

use super::*;

fn few(calls: u32) -> Settings {
    let rate = Some(Rate { calls, per: 600 });
    Settings { rates: Rates { read: rate, write: rate, destructive: rate }, ..settings() }
}

#[tokio::test]
async fn one_call_too_many_is_refused_until_one_is_free_again() {
    let world = World::with(facts(), few(3)).await;
    let eng = place("eng");
    world.run("admin allow contributor in #eng").await;
    for tool in ["create", "view"] {
        for _ in 0..3 {
            assert_eq!(world.ask("ada", &[], &eng, tool, &[]).await, "allow");
        }
        let refused = world.refusal(world.asking("ada", &[], &eng, tool, &[])).await;
        assert_eq!((refused.step.as_str(), refused.remedy.as_deref()), ("rate", None));
        assert_eq!(world.ask("ada", &[], &direct(), "view", &[]).await, if tool == "view" { "rate" } else { "allow" });
        // Others, and other tools, are not touched.
        assert_eq!(world.ask("grace", &[], &eng, tool, &[]).await, "allow");
        assert_eq!(world.ask("ada", &[], &eng, "comment", &[]).await, "allow");
        world.clock.advance(Duration::from_secs(200));
    }
    for _ in 0..3 {
        assert_eq!(world.ask("ada", &[], &eng, "comment", &[]).await, "allow");
    }
    let refused = world.refusal(world.asking("ada", &[], &eng, "comment", &[])).await;
    insta::assert_snapshot!(refused.draft().text.to_plain(), @"comment is limited to 3 calls in 10 minutes for each person. You can use it again in 4 minutes.");
    world.clock.advance(Duration::from_secs(200));
    assert_eq!(world.ask("ada", &[], &eng, "comment", &[]).await, "allow");
    assert!(world.rows().iter().any(|row| row.verdict == "deny:rate"));
    // A restart forgets nothing.
    let world = world.restart(facts(), few(3)).await;
    assert_eq!(world.ask("ada", &[], &eng, "comment", &[]).await, "rate");
    assert_eq!(world.governance.allowed(&world.asker("ada", &eng), &member(&[])).len(), 4, "menus do not count");
}

#[tokio::test]
async fn what_is_refused_anyway_or_not_yet_confirmed_counts_nothing() {
    let world = World::with(facts(), few(1)).await;
    let eng = place("eng");
    for _ in 0..3 {
        assert_eq!(world.ask("ada", &[], &eng, "create", &[]).await, "no-grant");
    }
    world.run("admin allow manager in #eng").await;
    for _ in 0..3 {
        let mut asking = world.asking("ada", &[], &eng, "delete", &[]);
        asking.confirmed = false;
        assert!(matches!(world.governance.decide(asking).await.unwrap(), Decision::Ask(AskFor::Confirm, _)));
    }
    assert_eq!(world.ask("ada", &[], &eng, "create", &[]).await, "allow");
    assert_eq!(world.ask("ada", &[], &eng, "delete", &[]).await, "allow");
    assert_eq!(world.ask("ada", &[], &eng, "delete", &[]).await, "rate");
}

#[tokio::test]
async fn a_hundred_at_once_are_no_more_than_allowed() {
    let world = World::with(facts(), few(10)).await;
    let eng = place("eng");
    world.run("admin allow contributor in #eng").await;
    let all = (0..100).map(|_| world.ask("ada", &[], &eng, "create", &[]));
    let all = futures::future::join_all(all).await;
    assert_eq!(all.iter().filter(|said| *said == "allow").count(), 10);
    assert_eq!(all.iter().filter(|said| *said == "rate").count(), 90);
    let allowed = world.rows().iter().filter(|row| row.kind == "decision" && row.verdict == "allow").count();
    assert_eq!(allowed, 10, "a call that was one too many leaves no row that allows it");
    world.audit.verify(None).unwrap();
}

#[tokio::test]
async fn without_a_rate_there_is_no_limit() {
    let none = Rates { read: None, write: None, destructive: None };
    let world = World::with(facts(), Settings { rates: none, ..settings() }).await;
    for _ in 0..400 {
        assert_eq!(world.ask("ada", &[], &place("eng"), "view", &[]).await, "allow");
    }
}
