//! Plain messages, places and people, and answers that only one person may see.

use std::sync::Arc;

use insta::assert_snapshot;
use usher_chat::{
    Audience, ChatAdapter, Destination, Event, Input, Mention, Person, Place, Platform, Responder, Sent, Workspace,
};

use crate::support::{private, public, stage, stage_with, with_button};

async fn quiet(_: Event, _: Arc<dyn Responder>) {}

#[tokio::test]
async fn a_mention_is_read_as_the_bots_own_word() {
    let stage = stage(async |_, back: Arc<dyn Responder>| drop(back.reply(public("Yes")).await.unwrap())).await;
    let post = stage.eng.thread("release");
    stage.ada().say("just talk");
    let text = format!("{} assign DEMO-1 {}", stage.server.bot_mention(), stage.eve.mention());
    let id = stage.ada.at(&post).say_with(&text, &[("a.txt", "text/plain", b"hello")]);
    assert_snapshot!(stage.ada.at(&post).next().await.to_string(), @"Yes");
    let event = stage.event().await;
    let said = format!("jira assign DEMO-1 {}", stage.eve.mention());
    assert_eq!(event.input, Input::Text(said.clone()));
    let eve = Person::new(Platform::DISCORD, stage.eve.id().to_string());
    assert_eq!(event.mentions, [Mention { person: eve, name: "Eve".into(), range: 19..said.len() }]);
    let workspace = Workspace::new(Platform::DISCORD, stage.guild.id().to_string());
    let thread = Some(post.id().to_string().into());
    assert_eq!(event.place, Place::Channel { workspace, channel: stage.eng.id().to_string().into(), thread });
    assert_eq!((event.names.place.as_str(), event.names.workspace.as_deref()), ("#eng", Some("Engine Works")));
    assert_eq!(event.id.as_str(), id.to_string());
    assert!(event.files[0].handle.ends_with("/a.txt"));
    assert!(!event.private && stage.is_quiet());
    stage.discord.delete(&event.message.unwrap()).await.unwrap();
    assert!(!stage.server.stands(id));
    stage.finish().await;
}

#[tokio::test]
async fn a_direct_message_needs_no_mention_and_is_private() {
    let stage = stage(async |_, back: Arc<dyn Responder>| drop(back.reply(private("Hello")).await.unwrap())).await;
    stage.ada.direct().say("view DEMO-1");
    let seen = stage.ada.direct().next().await;
    assert_snapshot!(seen.to_string(), @"Hello");
    let event = stage.event().await;
    assert_eq!(
        (event.input, event.place, event.private),
        (Input::Text("view DEMO-1".into()), Place::direct(Platform::DISCORD), true)
    );
    stage.ada.direct().answer(&seen, "thanks");
    stage.ada.direct().next().await;
    assert!(stage.event().await.answers.unwrap().id.as_str().ends_with(&format!("/{}", seen.id())));
    stage.finish().await;
}

#[tokio::test]
async fn other_messages_are_read_only_with_their_content() {
    let stage = stage_with(|options, _| options.message_content = true, quiet).await;
    stage.ada().say("DEMO-1");
    assert_eq!(stage.event().await.input, Input::Text("DEMO-1".into()));
    stage.finish().await;
}

#[tokio::test]
async fn a_private_answer_to_a_message_is_a_direct_one_whose_buttons_belong_to_the_channel() {
    let stage = stage(async |event: Event, back: Arc<dyn Responder>| {
        let answer = match event.input {
            Input::Text(_) => with_button("Only for you", Audience::OnlyAsker, "Show here"),
            _ => public("For all"),
        };
        back.reply(answer).await.unwrap();
    })
    .await;
    stage.ada().say(&format!("{} view DEMO-1", stage.server.bot_mention()));
    let seen = stage.ada.direct().next().await;
    assert_snapshot!(seen.to_string(), @r"
    Only for you
    [Show here]
    ");
    stage.ada.direct().press(&seen, "Show here");
    assert_snapshot!(stage.eve.at(&stage.eng).next().await.to_string(), @"For all");
    let (said, pressed) = (stage.event().await, stage.event().await);
    assert_eq!(said.place, pressed.place);
    assert!(pressed.private && pressed.member.is_none());
    stage.finish().await;
}

#[tokio::test]
async fn where_direct_messages_are_closed_the_answer_waits_in_the_channel() {
    let stage = stage(async |_, back: Arc<dyn Responder>| {
        back.reply(with_button("Only for you", Audience::OnlyAsker, "More")).await.unwrap();
    })
    .await;
    stage.ada.takes_direct_messages(false);
    stage.ada().say(&format!("{} view DEMO-1", stage.server.bot_mention()));
    let line = stage.ada().next().await;
    assert_eq!(
        line.to_string(),
        format!("{}, here is an answer that only you can open.\n[Show me]", stage.ada.mention())
    );
    let eve = stage.eve.at(&stage.eng).press(&line, "Show me");
    assert_snapshot!(eve.reply().await.to_string(), @"(only you) This answer is for somebody else.");
    let opened = stage.ada().press(&line, "Show me").reply().await;
    assert_snapshot!(opened.to_string(), @r"
    (only you) Only for you
    [More]
    ");
    stage.server.deleted(line.id()).await;
    let ada = Person::new(Platform::DISCORD, stage.ada.id().to_string());
    let news = stage.discord.send(&Destination::Person(ada), private("News")).await.unwrap();
    assert_eq!(news, Sent::NoPrivateWay);
    stage.finish().await;
}

#[tokio::test]
async fn membership_is_asked_of_discord() {
    let stage = stage(quiet).await;
    let workspace = Workspace::new(Platform::DISCORD, stage.guild.id().to_string());
    let [ada, eve] = [&stage.ada, &stage.eve].map(|who| Person::new(Platform::DISCORD, who.id().to_string()));
    assert!(!stage.discord.member(&workspace, &ada).await.unwrap().admin);
    stage.guild.add_admin(&stage.ada);
    let role = stage.guild.role("support", 0);
    stage.guild.give(&stage.eve, &role);
    assert!(stage.discord.member(&workspace, &ada).await.unwrap().admin);
    let member = stage.discord.member(&workspace, &eve).await.unwrap();
    assert_eq!((member.admin, member.roles), (false, vec![role.id().to_string().into()]));
    assert_eq!(stage.discord.admins(&workspace).await.unwrap().len(), 1, "the owner is all that is known");
    stage.server.enable(discord_stand_in::GUILD_MEMBERS);
    assert!(stage.discord.admins(&workspace).await.unwrap().contains(&ada));
    stage.guild.remove(&stage.eve);
    assert!(!stage.discord.member(&workspace, &eve).await.unwrap().present);
    stage.guild.remove_bot();
    assert!(!stage.discord.member(&workspace, &ada).await.unwrap().present);
}

#[tokio::test]
async fn news_go_to_channels_and_never_become_wider() {
    let stage = stage(quiet).await;
    let workspace = Workspace::new(Platform::DISCORD, stage.guild.id().to_string());
    let eng = Destination::Place(Place::channel(workspace, stage.eng.id().to_string()));
    assert_eq!(stage.discord.send(&eng, private("For whom?")).await.unwrap(), Sent::NoPrivateWay);
    let Sent::Message(Some(message)) = stage.discord.send(&eng, public("News")).await.unwrap() else {
        panic!("no message")
    };
    assert_snapshot!(stage.ada().next().await.to_string(), @"News");
    stage.discord.delete(&message).await.unwrap();
    assert!(stage.ada().sees().is_empty());
    stage.finish().await;
}
