//! What the API refuses, in Discord's words.

use std::time::Duration;

use discord_stand_in::{DiscordServer, Fault, permissions};
use serde_json::{Value, json};

use crate::bot::{call, quiet};

#[tokio::test]
async fn messages_beyond_the_limits_are_refused_where_they_break_them() {
    let discord = DiscordServer::start().await;
    let eng = discord.guild("Engine Works").channel("eng");
    let path = format!("/channels/{}/messages", eng.id());
    let embed = |embed: Value| json!({"embeds": [embed], "allowed_mentions": {"parse": []}});
    let button = |button: Value| json!({"content": "x", "allowed_mentions": {"parse": []}, "components": [{"type": 1, "components": [button]}]});
    let cases = [
        (quiet(&"x".repeat(2_001)), "content", "BASE_TYPE_MAX_LENGTH"),
        (embed(json!({"title": "x".repeat(257)})), "embeds/0/title", "BASE_TYPE_MAX_LENGTH"),
        (embed(json!({"description": "x".repeat(4_097)})), "embeds/0/description", "BASE_TYPE_MAX_LENGTH"),
        (embed(json!({"fields": [{"name": "", "value": "x"}]})), "embeds/0/fields/0/name", "BASE_TYPE_REQUIRED"),
        (embed(json!({"title": "x", "url": "javascript:alert(1)"})), "embeds/0/url", "URL_TYPE_INVALID_SCHEME"),
        (
            button(json!({"type": 2, "style": 1, "label": "x".repeat(81), "custom_id": "a"})),
            "components/0/components/0/label",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            button(json!({"type": 2, "style": 1, "label": "x", "custom_id": "x".repeat(101)})),
            "components/0/components/0/custom_id",
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            button(json!({"type": 3, "custom_id": "a", "options": []})),
            "components/0/components/0/options",
            "BASE_TYPE_BAD_LENGTH",
        ),
    ];
    for (body, place, code) in cases {
        let (status, refused) = call(&discord, "POST", &path, &body).await;
        assert_eq!((status, &refused["code"]), (400, &json!(50035)), "{body}");
        let found = place.split('/').fold(&refused["errors"], |at, part| &at[part]);
        assert_eq!(found["_errors"][0]["code"], code, "{place}: {refused}");
    }
    let long = "x".repeat(3_001);
    let two = json!({"embeds": [{"description": long}, {"description": long}], "allowed_mentions": {"parse": []}});
    let (_, refused) = call(&discord, "POST", &path, &two).await;
    assert_eq!(refused["errors"]["embeds"]["_errors"][0]["code"], "MAX_EMBED_SIZE_EXCEEDED");
    assert_eq!(call(&discord, "POST", &path, &quiet(" ")).await.1["code"], 50006);
    assert_eq!(call(&discord, "POST", &path, &quiet("fits")).await.0, 200);
    assert_eq!(discord.violations(), [""; 0]);
    call(&discord, "POST", &path, &json!({"content": "@everyone"})).await;
    assert_eq!(discord.violations().len(), 1);
}

#[tokio::test]
async fn people_and_channels_that_are_closed_say_so() {
    let discord = DiscordServer::start().await;
    let guild = discord.guild("Engine Works");
    let (eng, secret, quiet_place) = (guild.channel("eng"), guild.channel("secret"), guild.channel("quiet"));
    secret.hide_from_bot();
    quiet_place.deny(guild.id(), permissions::SEND_MESSAGES);
    let (ada, eve) = (discord.person("ada", "Ada"), discord.person("eve", "Eve"));
    guild.add(&ada);
    ada.takes_direct_messages(false);
    let send = async |channel: u64| {
        let (status, body) = call(&discord, "POST", &format!("/channels/{channel}/messages"), &quiet("hello")).await;
        (status, body["code"].as_u64().unwrap_or_default())
    };
    assert_eq!(send(eng.id()).await, (200, 0));
    assert_eq!(send(secret.id()).await, (403, 50001));
    assert_eq!(send(quiet_place.id()).await, (403, 50013));
    assert_eq!(send(1).await, (404, 10003));
    let (_, direct) =
        call(&discord, "POST", "/users/@me/channels", &json!({"recipient_id": ada.id().to_string()})).await;
    assert_eq!(send(direct["id"].as_str().unwrap().parse().unwrap()).await, (403, 50007));
    assert_eq!(send(eve.direct().place()).await, (403, 50278));
    let once = json!({"content": "once", "nonce": "n", "enforce_nonce": true, "allowed_mentions": {"parse": []}});
    let path = format!("/channels/{}/messages", eng.id());
    let first = call(&discord, "POST", &path, &once).await.1["id"].clone();
    assert_eq!(call(&discord, "POST", &path, &once).await.1["id"], first);
    let member =
        async |who: u64| call(&discord, "GET", &format!("/guilds/{}/members/{who}", guild.id()), &Value::Null).await;
    assert_eq!(member(ada.id()).await.0, 200);
    assert_eq!(member(eve.id()).await.1["code"], 10007);
    let all = call(&discord, "GET", &format!("/guilds/{}/members?limit=10", guild.id()), &Value::Null).await;
    assert_eq!(all.1["code"], 50001, "the members intent is not switched on");
    let said = ada.at(&eng).say("delete me");
    let path = format!("/channels/{}/messages/{said}", eng.id());
    assert_eq!(call(&discord, "DELETE", &path, &Value::Null).await.1["code"], 50013);
    guild.bot_may(permissions::MANAGE_MESSAGES);
    assert_eq!(call(&discord, "DELETE", &path, &Value::Null).await.0, 204);
    assert_eq!(discord.invalid_requests(), 6);
}

#[tokio::test]
async fn commands_keep_discords_limits() {
    let discord = DiscordServer::start().await;
    let path = format!("/applications/{}/commands", discord.application_id());
    let option =
        |name: &str, required: bool| json!({"type": 3, "name": name, "description": "x", "required": required});
    let with = |options: Vec<Value>| json!({"name": "jira", "description": "Jira", "options": options});
    let deep = json!({"type": 2, "name": "a", "description": "x", "options": [
        {"type": 2, "name": "b", "description": "x", "options": []}]});
    let large: Vec<Value> = (0..25)
        .map(|n| {
            json!({"type": 3, "name": format!("o{n}"), "description": "x".repeat(100), "choices": [
            {"name": "n".repeat(100), "value": "v".repeat(100)}, {"name": "m".repeat(100), "value": "w".repeat(10)}]})
        })
        .collect();
    let cases = [
        (with(vec![option("a", false), option("b", true)]), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
        (with(vec![option("a", false), option("a", false)]), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"),
        (with(vec![option("Not this", false)]), "APPLICATION_COMMAND_INVALID_NAME"),
        (with((0..26).map(|n| option(&format!("o{n}"), false)).collect()), "BASE_TYPE_BAD_LENGTH"),
        (with(vec![deep]), "BASE_TYPE_CHOICES"),
        (with(large), "APPLICATION_COMMAND_TOO_LARGE"),
        (json!({"name": "jira", "description": "x".repeat(101)}), "BASE_TYPE_MAX_LENGTH"),
    ];
    for (command, code) in cases {
        let (status, refused) = call(&discord, "PUT", &path, &json!([command])).await;
        assert_eq!(status, 400, "{command}");
        assert!(refused.to_string().contains(code), "{code}: {refused}");
    }
    assert!(discord.commands(None).is_empty());
    assert_eq!(call(&discord, "PUT", &path, &json!([with(vec![option("a", true)])])).await.0, 200);
    let first = discord.commands(None)[0]["id"].clone();
    call(&discord, "PUT", &path, &json!([with(vec![option("b", true)])])).await;
    assert_eq!(discord.commands(None)[0]["id"], first, "a command keeps its id");
}

#[tokio::test]
async fn faults_come_when_a_test_says_so() {
    let discord = DiscordServer::start().await;
    let path = format!("/channels/{}/messages", discord.guild("Engine Works").channel("eng").id());
    discord.fail(("POST", "/messages"), Fault::Limited { retry_after: Duration::from_secs(60), global: false }, 1);
    let (status, body) = call(&discord, "POST", &path, &quiet("one")).await;
    assert_eq!((status, &body["retry_after"]), (429, &json!(60.0)));
    call(&discord, "POST", &path, &quiet("too early")).await;
    assert_eq!(discord.violations().len(), 1, "it came before its time");
    discord.fail(("GET", "/users/@me"), Fault::Broken(502), 1);
    assert_eq!(call(&discord, "GET", "/users/@me", &Value::Null).await.0, 502);
    assert_eq!(call(&discord, "GET", "/users/@me", &Value::Null).await.0, 200);
    let hold = discord.hold(("GET", "/gateway/bot"));
    let held = call(&discord, "GET", "/gateway/bot", &Value::Null);
    let ((status, _), ()) = tokio::join!(held, async {
        hold.arrived().await;
        assert_eq!(discord.requests_of("GET", "/gateway")[0].status, 0);
        hold.release();
    });
    assert_eq!(status, 200);
}
