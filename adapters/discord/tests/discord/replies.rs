//! Who sees an answer, and where it stands.

use std::{sync::Arc, time::Duration};

use discord_stand_in::Fault;
use insta::assert_snapshot;
use tokio::sync::watch;
use usher_chat::{Audience, Completing, Completion, Input, Responder, Sent};

use crate::support::{private, public, stage, with_button};

#[tokio::test]
async fn a_public_answer_is_a_message_of_its_own_and_the_placeholder_goes() {
    let stage = stage(async |_, back: Arc<dyn Responder>| drop(back.reply(public("Done")).await.unwrap())).await;
    let asked = stage.ada().slash("/jira view key:DEMO-1");
    assert_eq!(asked.acknowledged().await, 5);
    let seen = asked.reply().await;
    assert_snapshot!(seen.to_string(), @"Done");
    assert!(!seen.ephemeral());
    assert_eq!(stage.ada().sees().len(), 1);
    assert_eq!(stage.eve.at(&stage.eng).sees().len(), 1);
    stage.finish().await;
}

#[tokio::test]
async fn a_private_answer_takes_the_placeholders_place() {
    let stage = stage(async |_, back: Arc<dyn Responder>| {
        back.progress("Waiting for Jira").await.unwrap();
        assert_eq!(back.reply(private("Only for you")).await.unwrap(), Sent::Message(None));
        back.reply(private("And this")).await.unwrap();
    })
    .await;
    let asked = stage.ada().slash("/jira view key:DEMO-1");
    while !asked.reply().await.to_string().contains("And this") {}
    let seen: Vec<String> = stage.ada().sees().iter().map(ToString::to_string).collect();
    assert_eq!(seen, ["(only you, in its place) Only for you", "(only you) And this"]);
    assert!(stage.eve.at(&stage.eng).sees().is_empty());
    stage.finish().await;
}

#[tokio::test]
async fn nobody_is_left_with_a_bot_that_thinks() {
    let stage = stage(async |_, _| ()).await;
    stage.ada().slash("/jira view key:DEMO-1").acknowledged().await;
    stage.event().await;
    stage
        .server
        .requested("the placeholder to go", |all| all.iter().any(|one| one.method == "DELETE").then_some(()))
        .await;
    stage.finish().await;
}

#[tokio::test]
async fn a_press_edits_its_message_or_answers_in_private() {
    let stage = stage(async |event: usher_chat::Event, back: Arc<dyn Responder>| {
        let answer = match event.input {
            Input::Slash(_) => back.reply(with_button("Pick", Audience::Everyone, "Take")).await,
            _ if event.names.person == "Eve" => back.edit(private("Not yours")).await,
            _ => back.edit(public("Taken")).await,
        };
        answer.unwrap();
    })
    .await;
    let card = stage.ada().slash("/jira view key:DEMO-1").reply().await;
    assert_snapshot!(card.to_string(), @r"
    Pick
    [Take]
    ");
    let refused = stage.eve.at(&stage.eng).press(&card, "Take");
    assert_eq!(refused.acknowledged().await, 6);
    assert_snapshot!(refused.reply().await.to_string(), @"(only you) Not yours");
    let taken = stage.ada().press(&card, "Take").reply().await;
    assert_snapshot!(taken.to_string(), @"(in its place) Taken");
    assert_eq!(taken.id(), card.id());
    let events = [stage.event().await, stage.event().await, stage.event().await];
    assert_eq!(events[1].input, Input::Press { action: "0a1b".into() });
    assert_eq!(events[1].person.user.as_str(), stage.eve.id().to_string());
    assert!(!events[1].private && events[0].private);
    stage.finish().await;
}

#[tokio::test]
async fn after_the_token_has_died_the_answer_comes_another_way() {
    let (sender, dead) = tokio::sync::watch::channel(false);
    let stage = stage(move |_, back: Arc<dyn Responder>| {
        let mut dead = dead.clone();
        async move {
            back.progress("Waiting").await.unwrap();
            dead.wait_for(|dead| *dead).await.unwrap();
            back.reply(private("Late, for you")).await.unwrap();
            back.reply(public("Late, for all")).await.unwrap();
        }
    })
    .await;
    let asked = stage.ada().slash("/jira view key:DEMO-1");
    assert_snapshot!(asked.reply().await.to_string(), @"(only you) Waiting…");
    stage.server.advance(Duration::from_secs(16 * 60));
    sender.send_replace(true);
    assert_snapshot!(stage.ada.direct().next().await.to_string(), @"Late, for you");
    assert_snapshot!(stage.eve.at(&stage.eng).next().await.to_string(), @"Late, for all");
    stage.finish().await;
}

#[tokio::test]
async fn completions_are_held_to_discords_limits() {
    let stage = stage(async |event: usher_chat::Event, back: Arc<dyn Responder>| {
        let Input::Complete(_) = event.input else { return };
        let ways = (0..40).map(|n| Completion { value: format!("DEMO-{n}"), label: format!("DEMO-{n} title") });
        back.complete(ways.collect()).await.unwrap();
    })
    .await;
    let choices = stage.ada().complete("/jira view key:DE").choices().await;
    assert_eq!((choices.len(), choices[3].clone()), (25, ("DEMO-3 title".to_owned(), "DEMO-3".to_owned())));
    stage.finish().await;
}

#[tokio::test]
async fn what_comes_too_late_is_offered_at_the_next_letters() {
    let (open, gate) = watch::channel(0);
    let stage = stage(move |event: usher_chat::Event, back: Arc<dyn Responder>| {
        let mut gate = gate.clone();
        async move {
            let Input::Complete(Completing::Option { slash, .. }) = &event.input else { return };
            let typed = slash.options.values().next().cloned().unwrap_or_default();
            gate.wait_for(|open| *open >= typed.len()).await.unwrap();
            let ways = ["DEMO-1", "DEMO-12", "DEMO-2"].map(|key| Completion { value: key.into(), label: key.into() });
            back.complete(ways.into()).await.unwrap();
        }
    })
    .await;
    let offered = async |seat: discord_stand_in::Seat, line: &str| {
        let choices = seat.complete(line).choices().await;
        choices.into_iter().map(|(_, value)| value).collect::<Vec<_>>()
    };
    assert!(offered(stage.ada(), "/jira view key:d").await.is_empty(), "nothing is known yet");
    open.send_replace(1);
    let (ada, eve, other) = tokio::join!(
        offered(stage.ada(), "/jira view key:emo-1"),
        offered(stage.eve.at(&stage.eng), "/jira view key:emo-1"),
        offered(stage.ada(), "/jira-plan sprint start board:emo-1"),
    );
    assert_eq!(ada, ["DEMO-1", "DEMO-12"]);
    assert!(eve.is_empty() && other.is_empty(), "it is for that person and that option");
    open.send_replace(9);
    assert_eq!(offered(stage.ada(), "/jira view key:xyz").await.len(), 3, "in time the bot itself answers");
    stage.finish().await;
}

#[tokio::test]
async fn an_interaction_that_comes_twice_is_handled_once() {
    let stage = stage(async |_, back: Arc<dyn Responder>| drop(back.reply(public("Once")).await.unwrap())).await;
    let asked = stage.ada().slash("/jira view key:DEMO-1");
    asked.reply().await;
    asked.again();
    let other = stage.ada().slash("/jira view key:DEMO-2");
    other.reply().await;
    assert_ne!(stage.event().await.id, stage.event().await.id);
    assert!(stage.is_quiet());
    stage.finish().await;
}

#[tokio::test]
async fn limits_are_obeyed_and_failures_tried_again() {
    let stage = stage(async |_, back: Arc<dyn Responder>| drop(back.reply(public("Done")).await.unwrap())).await;
    let wait = Fault::Limited { retry_after: Duration::from_millis(300), global: false };
    stage.server.fail(("POST", "/webhooks/"), wait, 1);
    stage.server.fail(("POST", "/callback"), Fault::Broken(502), 1);
    assert_snapshot!(stage.ada().slash("/jira view key:DEMO-1").reply().await.to_string(), @"Done");
    assert_eq!(stage.server.invalid_requests(), 1);
    stage.finish().await;
}

#[tokio::test]
async fn a_dropped_gateway_is_resumed() {
    let stage = stage(async |_, back: Arc<dyn Responder>| drop(back.reply(public("Here")).await.unwrap())).await;
    stage.server.drop_connections();
    stage.server.resumed(1).await;
    assert_snapshot!(stage.ada().slash("/jira view key:DEMO-1").reply().await.to_string(), @"Here");
    stage.finish().await;
}
