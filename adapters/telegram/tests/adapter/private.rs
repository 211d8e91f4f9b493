//! What is for one person alone, and the way to those who have not opened the direct chat.

use usher_chat::{ChatAdapter, Destination, Person, Place, Platform, Reply, Sent};

use crate::bench::{Bench, says, text};

#[tokio::test]
async fn a_private_answer_waits_behind_a_link_that_works_for_its_person_alone() {
    let mut bench = Bench::new(|_| says(Reply::private("DEMO-7 is secret"))).await;
    let (ada, mallory, room) =
        (bench.telegram.person("ada"), bench.telegram.person("mallory"), bench.telegram.supergroup("Engine Works"));
    room.adds(&ada);
    room.adds(&mallory);
    ada.says(&room, "/view DEMO-7");
    bench.event().await;
    let pointer = ada.reads_in(&room).await;
    assert!(!pointer.text().contains("secret"), "{pointer}");
    let link = pointer.url("Open Usher");
    let parameter = link.split_once("start=").unwrap().1;
    assert!(parameter.len() <= 64, "{parameter}");
    mallory.follows(&link);
    assert!(!mallory.reads().await.text().contains("secret"));
    ada.follows(&link);
    assert_eq!(ada.reads().await.text(), "DEMO-7 is secret");
    ada.follows(&link);
    assert!(ada.reads().await.text().starts_with("There is nothing behind this link"));
    assert!(bench.more().is_none(), "our own links are no talk");
    bench.end().await;
}

#[tokio::test]
async fn a_code_in_a_link_is_a_private_message() {
    let mut bench = Bench::new(|_| says(Reply::private("Linked."))).await;
    let ada = bench.telegram.person("ada");
    ada.follows(&bench.bot.code_link("K7Q2-9XMD").unwrap());
    let event = bench.event().await;
    assert_eq!((text(&event), event.private), ("K7Q2-9XMD", true));
    assert_eq!(ada.reads().await.text(), "Linked.");
    assert_eq!(bench.bot.code_link("no code"), None);
    bench.end().await;
}

#[tokio::test]
async fn news_is_never_widened() {
    let bench = Bench::new(|_| Vec::new()).await;
    let (ada, room) = (bench.telegram.person("ada"), bench.telegram.supergroup("Engine Works"));
    let to = Destination::Person(Person::new(Platform::TELEGRAM, ada.id().to_string()));
    assert_eq!(bench.bot.send(&to, Reply::private("news")).await.unwrap(), Sent::NoPrivateWay);
    let workspace = usher_chat::Workspace::new(Platform::TELEGRAM, room.id().to_string());
    let place = Destination::Place(Place::channel(workspace, room.id().to_string()));
    assert_eq!(bench.bot.send(&place, Reply::private("news")).await.unwrap(), Sent::NoPrivateWay);
    assert_eq!(bench.telegram.unread().len(), 0);
    let Sent::Message(Some(message)) = bench.bot.send(&place, Reply::public("news")).await.unwrap() else { panic!() };
    bench.bot.delete(&message).await.unwrap();
    assert_eq!(room.shows(), "");
    bench.end().await;
}
