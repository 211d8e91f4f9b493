//! A form as a conversation.

use std::sync::Arc;

use usher_chat::{Event, Field, FieldKind, Form, Input, Reply};

use crate::bench::{Answer, Bench, Does, says};

fn form() -> Form {
    let field = |name: &str, kind: FieldKind, required: bool, options: &[&str]| Field {
        name: name.to_owned(),
        label: name.to_owned(),
        kind,
        required,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        value: None,
        hint: None,
    };
    let fields = vec![
        field("Summary", FieldKind::Line, true, &[]),
        field("Browser", FieldKind::Choice, true, &["Chrome", "Firefox"]),
        field("Labels", FieldKind::Choices, false, &["ui", "api"]),
    ];
    Form { id: "form-1".into(), title: "Create a bug".to_owned(), fields }
}

fn does() -> Does {
    Arc::new(|event: &Event| match &event.input {
        Input::Submit { fields, .. } => says(Reply::private(format!("{fields:?}"))),
        Input::Text(text) if text.starts_with("jira") => {
            says(Reply { form: Some(form()), ..Reply::private("WEB asks for more.") })
        }
        _ => says(Reply::private("other")),
    })
}

#[tokio::test]
async fn one_question_a_message_back_and_on_to_the_end() {
    let does = does();
    let mut bench = Bench::new(move |event| does(event)).await;
    let (ada, room) = (bench.telegram.person("ada"), bench.telegram.supergroup("Engine Works"));
    room.adds(&ada);
    ada.opens();
    bench.event().await;
    ada.reads().await;
    ada.says(&room, "/jira create bug");
    let place = bench.event().await.place;
    assert_eq!(ada.reads().await.text(), "WEB asks for more.");
    insta::assert_snapshot!(ada.reads().await, @r"
    Create a bug · 1 of 3

    Summary
    [Cancel]
    ");
    ada.writes("Search box jumps");
    insta::assert_snapshot!(ada.reads().await, @"(in its place) Summary: Search box jumps");
    let question = ada.reads().await;
    insta::assert_snapshot!(question, @r"
    Create a bug · 2 of 3

    Browser
    [Chrome] [Firefox]
    [Back] [Cancel]
    ");
    ada.presses(&question, "Firefox");
    assert!(ada.reads().await.is_edit());
    let question = ada.reads().await;
    ada.presses(&question, "ui");
    assert_eq!(ada.reads().await.labels(), ["✓ ui", "api", "Done", "Back", "Skip", "Cancel"]);
    ada.presses(&question, "Done");
    assert!(ada.reads().await.is_edit());
    let event = bench.event().await;
    assert_eq!((&event.place, event.private), (&place, true));
    assert_eq!(
        ada.reads().await.text(),
        r#"{"Browser": ["Firefox"], "Labels": ["ui"], "Summary": ["Search box jumps"]}"#
    );
    ada.writes("hello");
    assert_eq!(ada.reads().await.text(), "other", "the form is over");
    bench.end().await;
}

#[tokio::test]
async fn commands_go_past_a_form_and_a_cancelled_one_is_gone() {
    let does = does();
    let bench = Bench::new(move |event| does(event)).await;
    let ada = bench.telegram.person("ada");
    ada.writes("/jira create bug");
    ada.reads().await;
    let question = ada.reads().await;
    ada.writes("/help");
    assert_eq!(ada.reads().await.text(), "WEB asks for more.");
    let again = ada.reads().await;
    let past = ada.presses(&question, "Cancel").answered().await;
    assert_eq!(past.text, "This question is past.");
    ada.presses(&again, "Cancel");
    assert_eq!(ada.reads().await.text(), "Cancelled. Nothing was changed.");
    ada.writes("hello");
    assert_eq!(ada.reads().await.text(), "other");
    bench.end().await;
}

#[tokio::test]
async fn a_form_goes_on_after_a_restart() {
    let does = does();
    let same = does.clone();
    let bench = Bench::new(move |event| same(event)).await;
    let ada = bench.telegram.person("ada");
    ada.writes("/jira create bug");
    ada.reads().await;
    ada.reads().await;
    ada.writes("Search box jumps");
    ada.reads().await;
    let question = ada.reads().await;
    let (telegram, memory) = bench.kill().await;
    ada.presses(&question, "Chrome");
    let bench = Bench::with(telegram, memory, |_| {}, does).await;
    assert!(ada.reads().await.is_edit());
    let question = ada.reads().await;
    ada.presses(&question, "Skip");
    ada.reads().await;
    assert_eq!(ada.reads().await.text(), r#"{"Browser": ["Chrome"], "Summary": ["Search box jumps"]}"#);
    bench.end().await;
}

#[tokio::test]
async fn a_code_is_no_answer_to_a_question() {
    let bench = Bench::new(|event| match &event.input {
        Input::Text(text) if text.contains("connect") => {
            let code = Field { name: Form::CODE.to_owned(), ..form().fields[0].clone() };
            let form = Form { id: "code".into(), title: "Enter code".to_owned(), fields: vec![code] };
            says(Reply { form: Some(form), ..Reply::private("Paste the code.") })
        }
        Input::Text(text) if text.contains("create") => says(Reply { form: Some(form()), ..Reply::default() }),
        Input::Text(text) => vec![Answer::Says(Reply::private(format!("code {text}")))],
        _ => Vec::new(),
    })
    .await;
    let ada = bench.telegram.person("ada");
    ada.writes("/jira create bug");
    ada.reads().await;
    ada.writes("/connect");
    assert_eq!(ada.reads().await.to_string(), "Paste the code.");
    ada.writes("GhX91b");
    assert_eq!(ada.reads().await.text(), "code GhX91b");
    ada.writes("Search box jumps");
    assert!(ada.reads().await.is_edit(), "the form goes on");
    bench.telegram.requested("sendMessage", |request| request.text("text").contains("2 of 3")).await;
    bench.end().await;
}
