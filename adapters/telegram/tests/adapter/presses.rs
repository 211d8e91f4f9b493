//! Presses: felt at once, refused in an alert, and decided for the place of the reply that they stand on.

use usher_chat::{Event, Input, Place, Reply};

use crate::bench::{Answer, Bench, button, says};

fn card(audience: fn(&'static str) -> Reply) -> Reply {
    Reply { buttons: vec![button("Status", "status-1")], ..audience("DEMO-1") }
}

fn is_press(event: &Event) -> bool {
    matches!(&event.input, Input::Press { action } if action.as_str() == "status-1")
}

#[tokio::test]
async fn a_refusal_is_an_alert_and_nobody_else_sees_it() {
    let mut bench = Bench::new(|event| match is_press(event) {
        true => says(Reply::private("Not allowed here.")),
        false => says(card(Reply::public)),
    })
    .await;
    let (ada, grace, room) =
        (bench.telegram.person("ada"), bench.telegram.person("grace"), bench.telegram.supergroup("Engine Works"));
    room.adds(&ada);
    room.adds(&grace);
    ada.says(&room, "/view DEMO-1");
    let shown = ada.reads_in(&room).await;
    bench.event().await;
    let answer = grace.presses(&shown, "Status").answered().await;
    assert_eq!((answer.text.as_str(), answer.alert), ("Not allowed here.", true));
    let event = bench.event().await;
    assert_eq!((event.person.user.as_str(), event.private), (grace.id().to_string().as_str(), false));
    assert_eq!(event.message.unwrap().id.as_str(), format!("{}/{}", room.id(), shown.id()));
    bench.end().await;
}

#[tokio::test]
async fn a_press_in_the_direct_chat_belongs_to_the_group_where_it_was_asked() {
    let mut bench = Bench::new(|event| match is_press(event) {
        true => vec![Answer::Edits(Reply::private("Which status?")), Answer::Says(Reply::public("DEMO-1: Done"))],
        false => says(card(Reply::private)),
    })
    .await;
    let (ada, forum) = (bench.telegram.person("ada"), bench.telegram.forum("Engine Works"));
    forum.adds(&ada);
    ada.opens();
    bench.event().await;
    ada.reads().await;
    let topic = forum.topic("Search");
    ada.says(&topic, "/view DEMO-1");
    let place = bench.event().await.place;
    assert!(matches!(place, Place::Channel { thread: Some(_), .. }));
    let shown = ada.reads().await;
    ada.presses(&shown, "Status");
    let event = bench.event().await;
    assert_eq!((&event.place, event.private), (&place, true));
    let edited = ada.reads().await;
    assert_eq!((edited.id(), edited.is_edit(), edited.text().as_str()), (shown.id(), true, "Which status?"));
    assert_eq!(ada.reads_in(&topic).await.text(), "DEMO-1: Done");
    bench.end().await;
}

#[tokio::test]
async fn a_private_edit_never_lands_in_the_group() {
    let bench = Bench::new(|event| match is_press(event) {
        true => vec![Answer::Edits(Reply { buttons: vec![button("Yes", "yes")], ..Reply::private("Sure?") })],
        false => says(card(Reply::public)),
    })
    .await;
    let (ada, room) = (bench.telegram.person("ada"), bench.telegram.supergroup("Engine Works"));
    room.adds(&ada);
    ada.says(&room, "/view DEMO-1");
    let shown = ada.reads_in(&room).await;
    // The direct chat is not open: the press opens it.
    let answer = ada.presses(&shown, "Status").answered().await;
    ada.follows(&answer.url.unwrap());
    assert_eq!(ada.reads().await.text(), "Sure?");
    assert_eq!(shown.now().unwrap()["text"], "DEMO-1");
    bench.end().await;
}

#[tokio::test]
async fn a_forged_button_does_nothing() {
    let mut bench = Bench::new(|_| says(card(Reply::public))).await;
    let (ada, room) = (bench.telegram.person("ada"), bench.telegram.supergroup("Engine Works"));
    room.adds(&ada);
    ada.says(&room, "/view DEMO-1");
    let shown = ada.reads_in(&room).await;
    bench.event().await;
    let answer = ada.presses_data(&shown, "drop table").answered().await;
    assert!(answer.alert, "{answer:?}");
    assert!(bench.more().is_none());
    bench.end().await;
}
