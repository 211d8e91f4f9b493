//! What the platforms send over HTTP, well signed and spoilt within, into the real adapters.

use std::{sync::Arc, time::Instant};

use async_trait::async_trait;
use bytes::Bytes;
use discord_stand_in::DiscordServer;
use http::Request;
use serde_json::{Value, json};
use telegram_stand_in::TelegramServer;
use tokio::{sync::watch, task::JoinHandle};
use usher_chat::{AdapterError, ChatAdapter, ChatHandler, Event, Host, PassingMemory, Responder};
use usher_discord::{Discord, DiscordOptions, Mode};
use usher_telegram::{Telegram, TelegramOptions};

use super::{Part, mutate};

const SECRET: &str = "open-sesame";

/// Reads every event and answers nothing.
struct Mute;

#[async_trait]
impl ChatHandler for Mute {
    async fn handle(&self, event: Event, _responder: Arc<dyn Responder>) {
        drop(format!("{event:?}"));
    }
}

struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<Result<(), AdapterError>>,
}

impl Running {
    fn start(adapter: impl ChatAdapter + 'static) -> Self {
        let (stop, stopped) = watch::channel(false);
        let host = Host::new(Arc::new(Mute), Arc::<PassingMemory>::default(), move || {
            let mut stopped = stopped.clone();
            Box::pin(async move { drop(stopped.wait_for(|stop| *stop).await) })
        });
        Self { stop, task: tokio::spawn(async move { adapter.run(host).await }) }
    }

    async fn end(self, part: &mut Part) {
        self.stop.send_replace(true);
        match self.task.await {
            Ok(Ok(())) => {}
            ended => part.broke(format!("the adapter ended so: {ended:?}")),
        }
    }
}

pub async fn discord(inputs: u64, rng: &mut fastrand::Rng) -> Part {
    let server = DiscordServer::start().await;
    let guild = server.guild("Engine Works");
    let (eng, ada) = (guild.channel("eng"), server.person("ada", "Ada Byron"));
    guild.add(&ada);
    let options = DiscordOptions {
        token: server.token().to_owned().into(),
        application_id: server.application_id().to_string(),
        public_key: Some(server.public_key().to_owned()),
        api_url: Some(server.api_url().parse().unwrap()),
        mode: Mode::Http,
        message_content: false,
        dev_guild: None,
    };
    let discord = Discord::new(options).unwrap();
    let running = Running::start(discord.clone());
    let seeds = interactions(&server, &guild.id().to_string(), &eng.id().to_string(), &ada.id().to_string());
    let mut part = Part::default();
    for number in 0..inputs {
        let mut seed = seeds[rng.usize(..seeds.len())].clone();
        seed["id"] = json!((1_000_000 + number).to_string());
        let body = mutate::document(rng, &seed);
        let signature = server.sign("1", &body);
        let request = Request::post("/discord/interactions")
            .header("x-signature-ed25519", signature)
            .header("x-signature-timestamp", "1")
            .body(Bytes::from(body.clone()))
            .unwrap();
        let begun = Instant::now();
        let answer = discord.http(request).await;
        part.took(begun);
        if answer.as_ref().is_none_or(|answer| answer.status().is_server_error()) {
            part.broke(format!("{}: {:?}", String::from_utf8_lossy(&body), answer.map(|answer| answer.status())));
        }
    }
    running.end(&mut part).await;
    part
}

fn interactions(server: &DiscordServer, guild: &str, channel: &str, person: &str) -> Vec<Value> {
    let frame = |kind: u32, data: Value| {
        json!({
            "id": "1", "application_id": server.application_id().to_string(), "type": kind, "token": "t", "version": 1,
            "guild_id": guild, "channel_id": channel, "locale": "en-US", "app_permissions": "8", "entitlements": [],
            "channel": { "id": channel, "type": 0, "name": "eng", "permissions": "8" }, "context": 0,
            "authorizing_integration_owners": { "0": guild }, "attachment_size_limit": 10_485_760,
            "member": {
                "user": { "id": person, "username": "ada", "discriminator": "0", "avatar": null, "global_name": "Ada" },
                "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "deaf": false, "mute": false, "flags": 0,
                "permissions": "8", "nick": null, "avatar": null, "premium_since": null, "pending": false
            },
            "data": data
        })
    };
    let message = json!({
        "id": "77", "channel_id": channel, "content": "DEMO-1 is **broken**", "timestamp": "2026-01-01T00:00:00+00:00",
        "edited_timestamp": null, "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [],
        "attachments": [], "embeds": [], "pinned": false, "type": 0, "components": [],
        "author": { "id": person, "username": "ada", "discriminator": "0", "avatar": null }
    });
    let with_message = |mut value: Value| {
        value["message"] = message.clone();
        value
    };
    let options =
        json!([{ "name": "key", "type": 3, "value": "DEMO-1" }, { "name": "who", "type": 3, "value": "<@1>" }]);
    let mut typing = options.clone();
    typing[0]["focused"] = json!(true);
    let sub = |options: Value| json!([{ "name": "view", "type": 1, "options": options }]);
    vec![
        json!({ "id": "1", "application_id": server.application_id().to_string(), "type": 1, "token": "t", "version": 1 }),
        frame(2, json!({ "id": "5", "name": "jira", "type": 1, "options": sub(options) })),
        frame(4, json!({ "id": "5", "name": "jira", "type": 1, "options": sub(typing) })),
        frame(
            2,
            json!({
                "id": "6", "name": "Create issue", "type": 3, "target_id": "77",
                "resolved": { "messages": { "77": message.clone() }, "users": {} }
            }),
        ),
        with_message(frame(3, json!({ "custom_id": "a:abcdef", "component_type": 2 }))),
        with_message(frame(3, json!({ "custom_id": "a:abcdef", "component_type": 3, "values": ["x", "y"] }))),
        with_message(frame(
            5,
            json!({ "custom_id": "f:abcdef", "components": [
            { "type": 1, "components": [{ "type": 4, "custom_id": "summary", "value": "words" }] }
        ] }),
        )),
    ]
}

pub async fn telegram(inputs: u64, rng: &mut fastrand::Rng) -> Part {
    let server = TelegramServer::start().await;
    let mut options = TelegramOptions::new(server.token().into());
    options.api_url = Some(server.api_url().parse().unwrap());
    options.webhook = true;
    options.webhook_secret = Some(SECRET.to_owned().into());
    options.public_url = Some("http://127.0.0.1:9".parse().unwrap());
    options.inline = true;
    options.per_second = 0;
    server.inline(true, true);
    let telegram = Telegram::new(options).unwrap();
    let running = Running::start(telegram.clone());
    server.hooked().await;
    let ada = server.person("ada");
    let room = server.supergroup("Engine Works");
    room.adds(&ada);
    let seeds = updates(ada.id(), room.id());
    let mut part = Part::default();
    for number in 0..inputs {
        let mut seed = seeds[rng.usize(..seeds.len())].clone();
        seed["update_id"] = json!(1000 + number);
        let body = mutate::document(rng, &seed);
        let begun = Instant::now();
        loop {
            let request = Request::post("/telegram/webhook")
                .header("x-telegram-bot-api-secret-token", SECRET)
                .body(Bytes::from(body.clone()))
                .unwrap();
            let answer = telegram.http(request).await;
            let status = answer.map(|answer| answer.status().as_u16());
            match status {
                // Full: Telegram calls again later.
                Some(503) if begun.elapsed().as_secs() < 20 => tokio::task::yield_now().await,
                Some(..500) => break,
                status => {
                    part.broke(format!("{}: {status:?}", String::from_utf8_lossy(&body)));
                    break;
                }
            }
        }
        part.took(begun);
        if number % 1000 == 0 {
            server.forget_requests();
        }
    }
    running.end(&mut part).await;
    part
}

fn updates(person: i64, room: i64) -> Vec<Value> {
    let from = json!({ "id": person, "is_bot": false, "first_name": "Ada", "username": "ada", "language_code": "en" });
    let chat = json!({ "id": room, "title": "Engine Works", "type": "supergroup" });
    let direct = json!({ "id": person, "first_name": "Ada", "type": "private" });
    let message = |chat: &Value, text: &str| {
        json!({
            "message_id": 5, "date": 1_780_000_000, "from": from, "chat": chat, "text": text,
            "entities": [{ "type": "bot_command", "offset": 0, "length": 5 }]
        })
    };
    let mut answer = message(&chat, "/view it");
    answer["reply_to_message"] = message(&chat, "DEMO-1");
    let mut document = message(&direct, "");
    document["document"] = json!({ "file_id": "f", "file_unique_id": "u", "file_name": "a.txt", "file_size": 3 });
    document["caption"] = json!("attach DEMO-1");
    let press = |data: &str| json!({ "id": "1", "from": from, "chat_instance": "1", "data": data, "message": message(&chat, "a card") });
    let standing = |status: &str| json!({ "user": from, "status": status });
    vec![
        json!({ "update_id": 1, "message": message(&chat, "/view DEMO-1") }),
        json!({ "update_id": 1, "message": message(&direct, "/view DEMO-1") }),
        json!({ "update_id": 1, "message": answer }),
        json!({ "update_id": 1, "message": document }),
        json!({ "update_id": 1, "edited_message": message(&chat, "/view DEMO-2") }),
        json!({ "update_id": 1, "callback_query": press("a:abcdef") }),
        json!({ "update_id": 1, "callback_query": press("f:abcdef:1:2") }),
        json!({ "update_id": 1, "inline_query": { "id": "1", "from": from, "query": "DEMO-1", "offset": "" } }),
        json!({ "update_id": 1, "chosen_inline_result": { "result_id": "DEMO-1", "from": from, "query": "DEMO" } }),
        json!({ "update_id": 1, "my_chat_member": {
            "chat": chat, "from": from, "date": 1_780_000_000, "old_chat_member": standing("member"),
            "new_chat_member": standing("left")
        } }),
        json!({ "update_id": 1, "message": {
            "message_id": 6, "date": 1_780_000_000, "from": from, "chat": chat, "migrate_to_chat_id": -1_009_999
        } }),
    ]
}
