//! The gateway: what happens while it is away, and what it must be allowed.

use std::sync::Arc;

use async_trait::async_trait;
use discord_stand_in::{DIRECT_MESSAGES, DiscordServer, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT};
use insta::assert_snapshot;
use secrecy::SecretString;
use usher_chat::{ChatAdapter, ChatHandler, Event, Host, PassingMemory, Responder};
use usher_discord::Discord;

use crate::stage::{Setup, conversation, conversation_with, options};

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_connection_resumes_and_nothing_is_lost() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        assert_eq!(stage.discord.intents(), [GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES]);
        stage.discord.drop_connections();
        let asked = stage.ada.at(&stage.eng).slash("/jira view key:DEMO-5");
        stage.discord.resumed(1).await;
        assert!(asked.reply().await.to_string().contains("Order new spark plugs"));
        stage.discord.ask_to_reconnect();
        stage.discord.resumed(2).await;
        assert!(stage.asks(&stage.ada.at(&stage.eng), "/jira view key:DEMO-5").await.contains("Order new spark plugs"));
        assert_eq!(stage.discord.sessions().0, 1, "it identified once");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_cannot_be_resumed_begins_anew() {
    conversation(async |stage| {
        stage.discord.invalidate_sessions();
        stage.discord.identified(2).await;
        stage.discord.connected(1).await;
        assert!(stage.asks(&stage.ada.at(&stage.eng), "/jira whoami").await.contains("not linked"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_content_intent_plain_words_are_enough() {
    let reads = |setup: &mut Setup| {
        setup.discord.message_content = true;
        setup.portal = MESSAGE_CONTENT;
    };
    conversation_with(reads, async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        ada.say("we should look at the jira board");
        ada.say("jira view DEMO-5");
        assert!(ada.next().await.to_string().contains("Order new spark plugs"));
    })
    .await;
}

/// A host to whom nothing happens.
struct Nobody;

#[async_trait]
impl ChatHandler for Nobody {
    async fn handle(&self, event: Event, _: Arc<dyn Responder>) {
        panic!("nothing can have happened: {event:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_discord_will_never_grant_ends_the_run_with_the_next_step() {
    let discord = DiscordServer::start().await;
    let run = async |options| {
        let adapter = Discord::new(options).unwrap();
        let host = Host::new(Arc::new(Nobody), Arc::<PassingMemory>::default(), || Box::pin(std::future::pending()));
        adapter.run(host).await.unwrap_err().to_string()
    };
    let mut greedy = options(&discord);
    greedy.message_content = true;
    assert_snapshot!(run(greedy).await, @"Discord does not grant the Message Content intent. Turn it on in the developer portal, or set `message_content = false`.");
    let mut stranger = options(&discord);
    stranger.token = SecretString::from("MTAw.wrong.token");
    assert_snapshot!(run(stranger).await, @"Discord refuses the bot's token. Copy it again from the developer portal.");
    assert!(discord.invalid_requests() <= 3, "it does not try again and again");
}
