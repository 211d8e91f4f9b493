//! Interactions over HTTP.

use std::sync::Arc;

use axum::{Router, body::Bytes, http::Request, response::IntoResponse, routing::post};
use insta::assert_snapshot;
use usher_chat::{Audience, ChatAdapter, Event, Input, Responder};
use usher_discord::{Discord, DiscordOptions, Mode};

use crate::support::{private, stage_with, with_button};

/// Serves the adapter's address as the program does.
async fn serve(discord: Discord) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/discord/interactions", listener.local_addr().unwrap());
    let answer = async move |request: axum::extract::Request| {
        let (parts, body) = request.into_parts();
        let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        discord.http(Request::from_parts(parts, body)).await.unwrap().map(axum::body::Body::from).into_response()
    };
    let router = Router::new().route("/discord/interactions", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

#[tokio::test]
async fn interactions_are_verified_and_acknowledged_in_the_answer() {
    let stage = stage_with(
        |options, _| options.mode = Mode::Http,
        async |event: Event, back: Arc<dyn Responder>| {
            let answer = match event.input {
                Input::Slash(_) => back.reply(with_button("Pick", Audience::Everyone, "Take")).await,
                _ => back.edit(private("Not in public")).await,
            };
            answer.unwrap();
        },
    )
    .await;
    let url = serve(stage.discord.clone()).await;
    let [good, bad] = stage.server.probe(&url).await;
    assert_eq!(good, (200, r#"{"type":1}"#.to_owned()));
    assert_eq!(bad.0, 401);
    assert_eq!(stage.server.post(&url, "{}", None).await.0, 401);
    let signed = stage.server.sign("1", b"{}");
    assert_eq!(stage.server.post(&url, "{}", Some((&signed, "1"))).await.0, 400);
    stage.server.post_interactions_to(url);
    let asked = stage.ada().slash("/jira view key:DEMO-1");
    assert_eq!(asked.answered().await, (200, r#"{"type":5,"data":{"flags":64}}"#.to_owned()));
    let card = asked.reply().await;
    assert_snapshot!(card.to_string(), @r"
    Pick
    [Take]
    ");
    assert_snapshot!(stage.ada().press(&card, "Take").reply().await.to_string(), @"(only you) Not in public");
    assert!(stage.server.requests_of("POST", "/callback").is_empty());
    stage.finish().await;
}

#[tokio::test]
async fn without_a_key_there_is_no_http_mode() {
    let options = DiscordOptions {
        token: "t".to_owned().into(),
        application_id: "1".into(),
        public_key: None,
        api_url: None,
        mode: Mode::Http,
        message_content: false,
        dev_guild: None,
    };
    let problem = |options| Discord::new(options).unwrap_err().to_string();
    assert!(problem(options.clone()).starts_with("`public_key` is missing"));
    assert!(
        problem(DiscordOptions { public_key: Some("zz".into()), ..options.clone() })
            .starts_with("`public_key` is not a key")
    );
    assert!(
        problem(DiscordOptions { application_id: "me".into(), ..options }).starts_with("`application_id` is not an id")
    );
}
