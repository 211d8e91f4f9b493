//! Updates posted to the bot.

use std::sync::Arc;

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use parking_lot::Mutex;
use reqwest::StatusCode;
use serde_json::{Value, json};
use telegram_stand_in::TelegramServer;
use tokio::{net::TcpListener, sync::Notify};

use crate::client::call;

#[derive(Default)]
struct Taken {
    posts: Mutex<Vec<(String, Value)>>,
    refusals: Mutex<usize>,
    news: Notify,
}

async fn take(State(taken): State<Arc<Taken>>, headers: HeaderMap, body: axum::Json<Value>) -> StatusCode {
    {
        let mut refusals = taken.refusals.lock();
        if *refusals > 0 {
            *refusals -= 1;
            return StatusCode::SERVICE_UNAVAILABLE;
        }
    }
    let secret = headers.get("x-telegram-bot-api-secret-token").map(|secret| secret.to_str().unwrap().to_owned());
    taken.posts.lock().push((secret.unwrap_or_default(), body.0));
    taken.news.notify_one();
    StatusCode::OK
}

#[tokio::test]
async fn a_webhook_is_posted_to_with_its_secret_until_it_takes_the_update() {
    let telegram = TelegramServer::start().await;
    let taken = Arc::new(Taken::default());
    *taken.refusals.lock() = 2;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let served = tokio::spawn({
        let router = Router::new().route("/hook", post(take)).with_state(taken.clone());
        async move { axum::serve(listener, router).await.unwrap() }
    });
    let hook = json!({ "url": url, "secret_token": "open-sesame" });
    call(&telegram, "setWebhook", hook).await.unwrap();
    assert_eq!(telegram.hooked().await, url);
    let polled = call(&telegram, "getUpdates", json!({})).await.unwrap_err();
    assert!(polled.starts_with("Conflict: can't use getUpdates method while webhook is active"));
    let ada = telegram.person("ada");
    ada.writes("one");
    ada.writes("two");
    telegram.confirmed().await;
    let posts = taken.posts.lock().clone();
    let texts: Vec<&Value> = posts.iter().map(|(_, update)| &update["message"]["text"]).collect();
    assert_eq!(texts, ["one", "two"], "in order, though the first was refused twice");
    assert!(posts.iter().all(|(secret, _)| secret == "open-sesame"));
    assert_eq!(telegram.posts(&url, Some("wrong"), &posts[0].1).await, 200);
    assert_eq!(taken.posts.lock().last().unwrap().0, "wrong");
    call(&telegram, "deleteWebhook", json!({})).await.unwrap();
    call(&telegram, "getUpdates", json!({})).await.unwrap();
    served.abort();
}

#[tokio::test]
async fn a_webhook_needs_https_away_from_this_machine() {
    let telegram = TelegramServer::start().await;
    let set = |url: &str| call(&telegram, "setWebhook", json!({ "url": url }));
    let refused = set("http://usher.example.org/telegram/webhook").await.unwrap_err();
    assert_eq!(refused, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
    let refused = set("https://usher.example.org:9000/telegram/webhook").await.unwrap_err();
    assert!(refused.contains("only on ports 80, 88, 443 or 8443"));
    set("https://usher.example.org/telegram/webhook").await.unwrap();
    let info = call(&telegram, "getWebhookInfo", json!({})).await.unwrap();
    assert_eq!(info["url"], "https://usher.example.org/telegram/webhook");
    assert_eq!(telegram.violations(), Vec::<String>::new());
}
