//! Slow Jira, rate limits, failures, and things that happen twice.

use std::time::Duration;

use discord_stand_in::Fault;
use insta::assert_snapshot;
use usher_sandbox::{Effect, Fault as JiraFault};

use crate::stage::conversation;

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_jira_does_not_keep_discord_waiting() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        stage.ground.jira.fail(JiraFault::once("GET", "issue/DEMO-5", Effect::Slow { ms: 1_500 }));
        let asked = ada.slash("/jira view key:DEMO-5");
        assert_eq!(asked.acknowledged().await, 5);
        // Whoever had not acknowledged by now would be refused with 10062.
        stage.discord.advance(4 * SECOND);
        let card = asked.reply().await;
        assert_snapshot!(stage.plain(&card), @r"
        | DEMO-5 Order new spark plugs
        | Reporter: Ada Byron
        | Type: Task
        | Status: Done
        | Priority: Low
        | Assignee: Grace Hopper
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn completion_offers_what_is_known_where_jira_is_slow() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let values = async |line: &str| {
            let choices = ada.complete(line).choices().await;
            choices.into_iter().map(|(_, value)| value).collect::<Vec<_>>()
        };
        let all = values("/jira status key:DEMO-4 to:").await;
        assert_eq!(all, ["In Progress", "Ready for review", "Released", "Done"]);
        let slow = JiraFault::once("GET", "issue/DEMO-4/transitions", Effect::Slow { ms: 2_500 });
        stage.ground.jira.fail(slow);
        assert_eq!(values("/jira status key:DEMO-4 to:re").await, ["Ready for review", "Released", "In Progress"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_fifteen_minutes_the_answer_goes_another_way() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        stage.ground.jira.fail(JiraFault::once("GET", "issue/DEMO-5", Effect::Slow { ms: 1_500 }).times(2));
        let asked = stage.ada.at(&stage.general).slash("/jira view key:DEMO-5");
        assert_eq!(asked.acknowledged().await, 5);
        stage.discord.advance(16 * 60 * SECOND);
        let late = stage.ada.direct().next().await;
        assert_snapshot!(stage.plain(&late), @r"
        | DEMO-5 Order new spark plugs
        | Reporter: Ada Byron
        | Type: Task
        | Status: Done
        | Priority: Low
        | Assignee: Grace Hopper
        [More] [Show here] ‹Open in Jira›
        ");
        // Its button still belongs to the channel.
        assert_eq!(stage.ada.direct().press(&late, "Show here").acknowledged().await, 6);
        assert!(stage.grace.at(&stage.general).next().await.to_string().contains("Order new spark plugs"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_is_waited_for() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let limited = Fault::Limited { retry_after: Duration::from_millis(300), global: false };
        stage.discord.fail(("POST", "/messages"), limited, 1);
        stage.ada.direct().say("view DEMO-5");
        assert!(stage.ada.direct().next().await.to_string().contains("Order new spark plugs"));
        stage.discord.fail(("PATCH", "/messages/@original"), limited, 1);
        stage.discord.fail(("POST", "/webhooks/"), limited, 1);
        assert!(
            stage.asks(&stage.ada.at(&stage.general), "/jira view key:DEMO-5").await.contains("Order new spark plugs")
        );
        let global = Fault::Limited { retry_after: Duration::from_millis(300), global: true };
        stage.discord.fail(("POST", "/messages"), global, 1);
        stage.ada.direct().say("view DEMO-5");
        assert!(stage.ada.direct().next().await.to_string().contains("Order new spark plugs"));
        assert!(stage.discord.invalid_requests() <= 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn discords_own_hiccups_are_ridden_out() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        stage.discord.fail(("POST", "/callback"), Fault::Broken(502), 1);
        stage.discord.fail(("PATCH", "/messages/@original"), Fault::Broken(503), 1);
        assert!(
            stage.asks(&stage.ada.at(&stage.general), "/jira view key:DEMO-5").await.contains("Order new spark plugs")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interaction_that_comes_twice_is_handled_once() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let asked = ada.slash("/jira comment key:DEMO-4 text:once");
        asked.again();
        asked.again();
        assert!(stage.plain(&asked.reply().await).contains("Comment added"));
        asked.again();
        assert!(stage.asks(&ada, "/jira whoami").await.contains("linked since"));
        let comments = stage.ground.jira.issue("DEMO-4").unwrap()["comments"].as_array().unwrap().len();
        assert_eq!(comments, 2, "one was there before");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_no_button() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let moved = ada.slash("/jira status key:DEMO-4 to:in progress").reply().await;
        stage.restart().await;
        assert_snapshot!(stage.plain(&ada.press(&moved, "Undo").reply().await), @r"
        DEMO-4: In Progress -> To Do.
        [Undo] ‹Open in Jira›
        ");
        assert_eq!(stage.discord.requests_of("PUT", "/commands").len(), 1, "the commands did not change");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_ends_after_a_day() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let moved = ada.slash("/jira status key:DEMO-4 to:in progress").reply().await;
        stage.ground.later(25 * 3_600 * SECOND);
        assert_snapshot!(stage.plain(&ada.press(&moved, "Undo").reply().await), @"(only you) This button has been used or has ended. Type the command again.");
    })
    .await;
}
