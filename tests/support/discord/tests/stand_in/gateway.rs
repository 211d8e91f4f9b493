//! Sessions: who may connect, what is told to whom, and what a resume brings back.

use discord_stand_in::{DIRECT_MESSAGES, DiscordServer, GUILD_MESSAGES, GUILDS, MESSAGE_CONTENT};
use serde_json::json;

use crate::bot::Socket;

#[tokio::test]
async fn a_dropped_connection_resumes_with_what_it_missed() {
    let discord = DiscordServer::start().await;
    let guild = discord.guild("Engine Works");
    let eng = guild.channel("eng");
    let ada = discord.person("ada", "Ada");
    guild.add(&ada);
    let mut socket = Socket::identified(&discord, GUILDS | GUILD_MESSAGES).await;
    let created = socket.event("GUILD_CREATE").await;
    assert_eq!(created["name"], "Engine Works");
    ada.at(&eng).say(&format!("{} one", discord.bot_mention()));
    assert!(socket.event("MESSAGE_CREATE").await["content"].as_str().unwrap().ends_with("one"));
    let (session, seq) = (socket.session.clone(), socket.seq);

    discord.drop_connections();
    assert_eq!(socket.next().await, None);
    ada.at(&eng).say(&format!("{} two", discord.bot_mention()));
    ada.at(&eng).say(&format!("{} three", discord.bot_mention()));
    let mut again = Socket::open(&discord).await;
    again.send(json!({"op": 6, "d": {"token": discord.token(), "session_id": session, "seq": seq}})).await;
    assert!(again.event("MESSAGE_CREATE").await["content"].as_str().unwrap().ends_with("two"));
    assert!(again.event("MESSAGE_CREATE").await["content"].as_str().unwrap().ends_with("three"));
    again.event("RESUMED").await;
    assert_eq!(discord.sessions(), (1, 1));

    discord.invalidate_sessions();
    assert_eq!(again.next().await.unwrap()["op"], 9);
    let mut late = Socket::open(&discord).await;
    late.send(json!({"op": 6, "d": {"token": discord.token(), "session_id": session, "seq": seq}})).await;
    assert_eq!(late.next().await.unwrap(), json!({"op": 9, "d": false, "s": null, "t": null}));
}

#[tokio::test]
async fn intents_decide_what_is_told() {
    let discord = DiscordServer::start().await;
    let guild = discord.guild("Engine Works");
    let eng = guild.channel("eng");
    let ada = discord.person("ada", "Ada");
    guild.add(&ada);
    let mut refused = Socket::open(&discord).await;
    refused.identify(&discord, GUILDS | MESSAGE_CONTENT).await;
    assert_eq!(refused.next().await, Some(json!(4014)));

    let mut socket = Socket::identified(&discord, GUILD_MESSAGES | DIRECT_MESSAGES).await;
    ada.at(&eng).say("between us");
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "");
    ada.at(&eng).say(&format!("{} hello", discord.bot_mention()));
    assert_ne!(socket.event("MESSAGE_CREATE").await["content"], "");
    ada.direct().say("hello");
    assert_eq!(socket.event("MESSAGE_CREATE").await["content"], "hello");

    discord.enable(MESSAGE_CONTENT);
    let mut reader = Socket::identified(&discord, GUILD_MESSAGES | MESSAGE_CONTENT).await;
    ada.at(&eng).say("for everyone");
    assert_eq!(reader.event("MESSAGE_CREATE").await["content"], "for everyone");
}

#[tokio::test]
async fn a_wrong_token_and_strange_frames_are_closed() {
    let discord = DiscordServer::start().await;
    let mut wrong = Socket::open(&discord).await;
    wrong.send(json!({"op": 2, "d": {"token": "none", "intents": 1}})).await;
    assert_eq!(wrong.next().await, Some(json!(4004)));
    let mut strange = Socket::open(&discord).await;
    strange.send(json!({"op": 99})).await;
    assert_eq!(strange.next().await, Some(json!(4001)));
    let mut beating = Socket::identified(&discord, GUILDS).await;
    beating.send(json!({"op": 1, "d": 1})).await;
    assert_eq!(beating.next().await.unwrap()["op"], 11);
}
