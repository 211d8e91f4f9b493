//! What people write, as the handler is told.

use serde_json::json;
use usher_chat::{Place, Platform, Reply, tree::Inline};

use crate::bench::{Bench, says, text};

#[tokio::test]
async fn a_group_is_workspace_and_channel_and_a_topic_is_a_thread() {
    let mut bench = Bench::new(|_| says(Reply::public("seen"))).await;
    let (ada, forum) = (bench.telegram.person("ada"), bench.telegram.forum("Engine Works"));
    forum.adds(&ada);
    let topic = forum.topic("Search");
    let said = ada.says(&topic, "/view DEMO-1");
    let event = bench.event().await;
    let Place::Channel { workspace, channel, thread } = &event.place else { panic!("{:?}", event.place) };
    assert_eq!(workspace.to_string(), format!("telegram:{}", forum.id()));
    assert_eq!(
        (channel.to_string(), thread.as_ref().unwrap().to_string()),
        (forum.id().to_string(), topic.thread().unwrap().to_string())
    );
    assert_eq!((text(&event), event.private, event.member.is_none()), ("jira view DEMO-1", false, true));
    assert_eq!(
        (event.person.to_string(), event.names.place.as_str()),
        (format!("telegram:{}", ada.id()), "Engine Works")
    );
    assert!(event.answers.is_none(), "nobody answered the message that opened the topic");
    let seen = ada.reads_in(&topic).await;
    assert_eq!(seen.value()["reply_to_message"]["message_id"], said.id());
    bench.end().await;
}

#[tokio::test]
async fn a_direct_message_is_private_and_an_answer_names_what_it_answers() {
    let mut bench = Bench::new(|_| says(Reply::private("seen"))).await;
    let (ada, room) = (bench.telegram.person("ada"), bench.telegram.supergroup("Engine Works"));
    room.adds(&ada);
    ada.writes("view DEMO-1");
    let event = bench.event().await;
    assert_eq!((event.place, event.private), (Place::direct(Platform::TELEGRAM), true));
    let seen = ada.reads().await;
    ada.replies(&seen, "thanks");
    let event = bench.event().await;
    assert_eq!(event.answers.unwrap().id.as_str(), format!("{}/{}", ada.id(), seen.id()));
    bench.end().await;
}

#[tokio::test]
async fn what_is_passed_on_changed_or_meant_for_others_is_not_the_persons_word() {
    let mut bench = Bench::new(|_| says(Reply::private("seen"))).await;
    let ada = bench.telegram.person("ada");
    let said = ada.writes("/view@otherbot DEMO-1");
    ada.edits(&said, "/view DEMO-2");
    let origin = json!({"type": "hidden_user", "date": 1, "sender_user_name": "Mallory"});
    ada.sends(&ada.direct(), json!({"text": "comment DEMO-1 x", "forward_origin": origin}));
    ada.writes("the end");
    assert_eq!(text(&bench.event().await), "the end");
    bench.end().await;
}

#[tokio::test]
async fn who_writes_as_the_group_is_told_so() {
    let mut bench = Bench::new(|_| says(Reply::private("seen"))).await;
    let (root, room) = (bench.telegram.person("root"), bench.telegram.supergroup("Engine Works"));
    room.administered_anonymously_by(&root);
    root.says_as_group(&room, "/view DEMO-1");
    let told = root.reads_in(&room).await;
    assert!(
        told.text().starts_with("You write as a group or channel, so Telegram does not tell me who you are."),
        "{told}"
    );
    assert!(bench.more().is_none());
    bench.end().await;
}

#[tokio::test]
async fn a_group_that_becomes_a_supergroup_stays_what_it_was() {
    let mut bench = Bench::new(|_| says(Reply::public("seen"))).await;
    let (root, group) = (bench.telegram.person("root"), bench.telegram.group("Engine Works"));
    group.owned_by(&root);
    root.says(&group, "/view DEMO-1");
    let before = bench.event().await.place;
    root.reads_in(&group).await;
    let moved = group.becomes_supergroup(&root);
    root.says(&moved, "/view DEMO-1");
    assert_eq!(bench.event().await.place, before);
    root.reads_in(&moved).await;
    bench.end().await;
}

#[tokio::test]
async fn long_words_come_in_several_messages_and_marked_ones_marked() {
    let bench = Bench::new(|_| {
        let long = usher_chat::Text::new().paragraph([Inline::strong("first"), " <b>".into()]);
        says(Reply::private(long.then(usher_chat::Text::plain("word ".repeat(1_500)))))
    })
    .await;
    let ada = bench.telegram.person("ada");
    ada.writes("view DEMO-1");
    let first = ada.reads().await;
    assert!(first.text().starts_with("first <b>"), "{first}");
    assert_eq!(first.marks(), ["bold \"first\""]);
    let lengths = [ada.reads().await, ada.reads().await].map(|shown| shown.text().encode_utf16().count());
    assert!(lengths.iter().all(|length| (3_000..=4_096).contains(length)), "{lengths:?}");
    bench.end().await;
}
