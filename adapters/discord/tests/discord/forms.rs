//! Forms: menus in the message, text fields in modals, page after page.

use std::{collections::BTreeMap, sync::Arc};

use insta::assert_snapshot;
use usher_chat::{Event, Field, FieldKind, Form, Input, Reply, Responder};

use crate::support::{private, stage};

fn field(name: &str, kind: FieldKind, required: bool, options: &[&str]) -> Field {
    Field {
        name: name.to_lowercase(),
        label: name.to_owned(),
        kind,
        required,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        value: None,
        hint: None,
    }
}

fn asks(title: &str, fields: Vec<Field>) -> Reply {
    Reply {
        text: "WEB asks for more.".into(),
        form: Some(Form { id: "f0".into(), title: title.into(), fields }),
        ..Reply::default()
    }
}

fn entered(pairs: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    pairs.iter().map(|(name, values)| ((*name).to_owned(), owned(values))).collect()
}

#[tokio::test]
async fn a_form_is_menus_and_modals() {
    let many: Vec<String> = (0..30).map(|n| format!("Version {n}")).collect();
    let stage = stage(move |event: Event, back: Arc<dyn Responder>| {
        let versions: Vec<&str> = many.iter().map(String::as_str).collect();
        let summary = Field { value: Some("As it was".into()), ..field("Summary", FieldKind::Line, true, &[]) };
        let long = Field { value: Some("x".repeat(5_000)), ..field("Description", FieldKind::Paragraph, true, &[]) };
        let fields = vec![
            field("Browser", FieldKind::Choice, true, &["Chrome", "Firefox"]),
            field("Labels", FieldKind::Choices, false, &["ui", "api"]),
            summary,
            long,
            field("Version", FieldKind::Choices, false, &versions),
            field("Points", FieldKind::Number, false, &[]),
            field("Due", FieldKind::Date, false, &[]),
            field("Reporter", FieldKind::Person, true, &[]),
        ];
        let answer = if matches!(event.input, Input::Slash(_)) { asks("New bug", fields) } else { private("Created") };
        async move { drop(back.reply(answer).await.unwrap()) }
    })
    .await;
    let ada = stage.ada();
    let offer = ada.slash("/jira create title:x").reply().await;
    assert_snapshot!(offer.to_string(), @r"
    (only you) WEB asks for more.
    Browser: Chrome / Firefox
    Labels (optional): ui / api
    [Fill in]
    ");
    assert_snapshot!(ada.press(&offer, "Fill in").reply().await.to_string(), @"(only you) Choose Browser first.");
    ada.choose(&offer, "Firefox").acknowledged().await;
    ada.choose(&offer, "ui").acknowledged().await;
    let modal = ada.press(&offer, "Fill in").modal().await;
    assert_eq!(modal.title(), "New bug");
    let inputs = modal.inputs();
    assert_eq!(inputs.len(), 5);
    assert_eq!(inputs[0], ("Summary".to_owned(), true, "As it was".to_owned()));
    assert_eq!(inputs[1], ("Description".to_owned(), false, String::new()));
    let wrong = modal.submit(&[("Summary", "New"), ("Version", "Version 2, Version 99")]).reply().await;
    assert_snapshot!(wrong.to_string(), @"(only you) Version: Version 2, Version 99 is not among the options. Press the button again.");
    let modal = ada.press(&offer, "Fill in").modal().await;
    assert_eq!(modal.inputs()[0].2, "New", "what was entered is kept");
    let next = modal.submit(&[("Version", "version 2, Version 3")]).reply().await;
    assert_snapshot!(next.to_string(), @r"
    (only you, in its place) **New bug** · 2 of 2
    [Go on]
    ");
    let eve = stage.eve.at(&stage.eng);
    assert!(eve.sees().is_empty());
    let last = ada.press(&next, "Go on").modal().await;
    let sent = last.submit(&[("Reporter", "Grace")]);
    while sent.reply().await.to_string() != "(only you) Created" {}
    stage.event().await;
    let event = stage.event().await;
    let fields = entered(&[
        ("browser", &["Firefox"]),
        ("description", &[&"x".repeat(5_000)]),
        ("labels", &["ui"]),
        ("reporter", &["Grace"]),
        ("summary", &["New"]),
        ("version", &["Version 2", "Version 3"]),
    ]);
    assert_eq!(event.input, Input::Submit { form: "f0".into(), fields });
    assert!(event.private && event.message.is_none());
    stage.finish().await;
}

#[tokio::test]
async fn a_lone_field_has_the_forms_name_on_its_button_and_can_be_tried_again() {
    let stage = stage(async |event: Event, back: Arc<dyn Responder>| {
        let answer = match event.input {
            Input::Text(_) => asks("Enter code", vec![field("Code", FieldKind::Line, true, &[])]),
            _ => private("Wrong"),
        };
        back.reply(answer).await.unwrap();
    })
    .await;
    stage.ada().say(&format!("{} connect", stage.server.bot_mention()));
    let direct = stage.ada.direct();
    let offer = direct.next().await;
    assert_snapshot!(offer.to_string(), @r"
    WEB asks for more.
    [Enter code]
    ");
    for code in ["K7Q2", "K7Q3"] {
        let modal = direct.press(&offer, "Enter code").modal().await;
        assert_eq!(modal.submit(&[("Code", code)]).reply().await.to_string(), "Wrong");
    }
    let (said, sent) = (stage.event().await, stage.event().await);
    assert_eq!(sent.input, Input::Submit { form: "f0".into(), fields: entered(&[("code", &["K7Q2"])]) });
    assert_eq!((said.place, said.private, sent.private), (sent.place, false, true));
    stage.finish().await;
}

#[tokio::test]
async fn a_form_of_menus_alone_is_sent_by_its_button() {
    let stage = stage(async |event: Event, back: Arc<dyn Responder>| {
        let kinds = |n: usize| field(&format!("Menu {n}"), FieldKind::Choice, false, &["yes", "no"]);
        let answer = match event.input {
            Input::Slash(_) => asks("Five questions", (1..=5).map(kinds).collect()),
            _ => private("Thanks"),
        };
        back.reply(answer).await.unwrap();
    })
    .await;
    let ada = stage.ada();
    let offer = ada.slash("/jira create title:x").reply().await;
    ada.choose(&offer, "no").acknowledged().await;
    let second = ada.press(&offer, "Next").reply().await;
    assert_snapshot!(second.to_string(), @r"
    (only you, in its place) **Five questions** · 2 of 2
    Menu 5 (optional): yes / no
    [Send]
    ");
    let sent = ada.press(&second, "Send");
    while sent.reply().await.to_string() != "(only you) Thanks" {}
    stage.event().await;
    let fields = entered(&[("menu 1", &["no"])]);
    assert_eq!(stage.event().await.input, Input::Submit { form: "f0".into(), fields });
    stage.finish().await;
}
