//! Interactions: deadlines, who sees the answer, forms and completion.

use std::time::Duration;

use discord_stand_in::{Asked, Channel, DiscordServer, GUILDS, Person};
use serde_json::{Value, json};

use crate::bot::{Socket, call, quiet};

struct World {
    discord: DiscordServer,
    eng: Channel,
    ada: Person,
    grace: Person,
    socket: Socket,
}

async fn world() -> World {
    let discord = DiscordServer::start().await;
    let guild = discord.guild("Engine Works");
    let eng = guild.channel("eng");
    let (ada, grace) = (discord.person("ada", "Ada"), discord.person("grace", "Grace"));
    guild.add(&ada);
    guild.add(&grace);
    let key = json!({"type": 3, "name": "key", "description": "An issue", "required": true, "autocomplete": true});
    let who = json!({"type": 6, "name": "to", "description": "Somebody"});
    let view = json!({"type": 1, "name": "view", "description": "Shows an issue", "options": [key, who]});
    let command = json!({"name": "jira", "description": "Jira", "options": [view]});
    let path = format!("/applications/{}/commands", discord.application_id());
    let (status, stored) = call(&discord, "PUT", &path, &json!([command])).await;
    assert_eq!((status, &stored[0]["name"]), (200, &json!("jira")));
    let socket = Socket::identified(&discord, GUILDS).await;
    World { discord, eng, ada, grace, socket }
}

impl World {
    async fn answer(&mut self, body: &Value) -> (u16, Value) {
        let told = self.socket.event("INTERACTION_CREATE").await;
        self.callback(&told, body).await
    }

    async fn callback(&self, told: &Value, body: &Value) -> (u16, Value) {
        let path =
            format!("/interactions/{}/{}/callback", told["id"].as_str().unwrap(), told["token"].as_str().unwrap());
        call(&self.discord, "POST", &path, body).await
    }

    fn view(&self) -> Asked {
        self.ada.at(&self.eng).slash("/jira view key:DEMO-1 to:@grace")
    }

    fn webhook(&self, told: &Value) -> String {
        format!("/webhooks/{}/{}", self.discord.application_id(), told["token"].as_str().unwrap())
    }
}

#[tokio::test]
async fn an_interaction_is_acknowledged_once_and_within_three_seconds() {
    let mut world = world().await;
    let asked = world.view();
    let told = world.socket.event("INTERACTION_CREATE").await;
    assert_eq!(told["data"]["options"][0]["options"][0]["value"], "DEMO-1");
    let grace = world.grace.id().to_string();
    assert_eq!(told["data"]["resolved"]["users"][&grace]["username"], "grace");
    let (status, _) = world.callback(&told, &json!({"type": 4, "data": quiet("here")})).await;
    assert_eq!(status, 204);
    assert_eq!(asked.reply().await.content(), "here");
    let (status, body) = world.callback(&told, &json!({"type": 5})).await;
    assert_eq!((status, &body["code"]), (400, &json!(40060)));

    let late = world.view();
    let told = world.socket.event("INTERACTION_CREATE").await;
    world.discord.advance(Duration::from_millis(3_001));
    let (status, body) = world.callback(&told, &json!({"type": 5})).await;
    assert_eq!((status, &body["code"]), (404, &json!(10062)));
    assert_eq!(world.discord.problems().len(), 1, "an ignored interaction is no good end");
    assert_ne!(late.id(), asked.id());
}

#[tokio::test]
async fn the_first_follow_up_takes_the_placeholders_place_and_the_next_is_free() {
    let mut world = world().await;
    let asked = world.view();
    let told = world.socket.event("INTERACTION_CREATE").await;
    let hook = world.webhook(&told);
    assert_eq!(call(&world.discord, "POST", &hook, &quiet("too early")).await.1["code"], 10015);
    world.callback(&told, &json!({"type": 5, "data": {"flags": 64}})).await;
    assert!(world.ada.at(&world.eng).sees()[0].thinking());
    call(&world.discord, "POST", &hook, &quiet("meant for all")).await;
    let first = asked.reply().await;
    assert_eq!((first.content(), first.ephemeral()), ("meant for all", true));
    call(&world.discord, "POST", &hook, &quiet("now for all")).await;
    assert_eq!(world.grace.at(&world.eng).next().await.content(), "now for all");
    assert_eq!(world.grace.at(&world.eng).sees().len(), 1);
    assert_eq!(world.ada.at(&world.eng).sees().len(), 2);

    world.discord.advance(Duration::from_secs(15 * 60 + 1));
    let (status, body) = call(&world.discord, "PATCH", &format!("{hook}/messages/@original"), &quiet("late")).await;
    assert_eq!((status, &body["code"]), (401, &json!(50027)));
    world.discord.finish();
}

#[tokio::test]
async fn buttons_forms_and_completion_come_back() {
    let mut world = world().await;
    let ada = world.ada.at(&world.eng);
    let asked = world.view();
    let mut message = quiet("press");
    message["components"] =
        json!([{"type": 1, "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}]}]);
    world.answer(&json!({"type": 4, "data": message})).await;
    let seen = asked.reply().await;
    let pressed = world.grace.at(&world.eng).press(&seen, "Go");
    let input = json!({"type": 4, "style": 1, "label": "Name", "custom_id": "name", "max_length": 5});
    let modal = json!({"custom_id": "form", "title": "Who", "components": [{"type": 1, "components": [input]}]});
    let told = world.socket.event("INTERACTION_CREATE").await;
    assert_eq!((&told["type"], &told["data"]["custom_id"]), (&json!(3), &json!("go")));
    assert_eq!(told["member"]["user"]["username"], "grace");
    assert_eq!(world.callback(&told, &json!({"type": 9, "data": modal})).await.0, 204);
    let sent = pressed.modal().await.submit(&[("Name", "Grace")]);
    let told = world.socket.event("INTERACTION_CREATE").await;
    assert_eq!(told["data"]["components"][0]["components"][0]["value"], "Grace");
    assert_eq!(
        world
            .callback(
                &told,
                &json!({"type": 7, "data": {"content": "done", "components": [], "allowed_mentions": {"parse": []}}})
            )
            .await
            .0,
        204
    );
    assert_eq!(sent.reply().await.to_string(), "(in its place) done");

    let typing = ada.complete("/jira view key:DE");
    let told = world.socket.event("INTERACTION_CREATE").await;
    let choices: Vec<Value> =
        (0..26).map(|n| json!({"name": format!("DEMO-{n}"), "value": format!("DEMO-{n}")})).collect();
    let (status, body) = world.callback(&told, &json!({"type": 8, "data": {"choices": choices}})).await;
    assert_eq!((status, &body["code"]), (400, &json!(50035)));
    assert_eq!(world.callback(&told, &json!({"type": 8, "data": {"choices": choices[..1]}})).await.0, 204);
    assert_eq!(typing.choices().await, [("DEMO-0".to_owned(), "DEMO-0".to_owned())]);
    world.discord.finish();
}
