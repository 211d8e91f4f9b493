//! Updates posted to a webhook: in order for each chat, at once for different ones, again until they are taken.

use std::{collections::HashSet, sync::Arc, time::Duration};

use http::StatusCode;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::{hub::Hub, updates::Webhook, world::World};

/// Posts at once.
const MOST: usize = 40;
/// How long a post that failed waits for its next try.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a post waits for its answer.
const LONGEST: Duration = Duration::from_secs(30);

/// Delivers as long as there is a server.
pub async fn deliver(hub: Arc<Hub>) {
    let client = reqwest::Client::builder().timeout(LONGEST).build().expect("a client without settings");
    let mut posts = JoinSet::new();
    let mut flying = HashSet::new();
    let mut changed = hub.subscribe();
    loop {
        changed.mark_unchanged();
        for (id, update, webhook) in hub.look(|world| ready(world, &flying)) {
            flying.insert(id);
            let client = client.clone();
            posts.spawn(async move {
                let answer = post(&client, &webhook.url, webhook.secret.as_deref(), &update).await;
                if !answer.as_ref().is_ok_and(StatusCode::is_success) {
                    tokio::time::sleep(PAUSE).await;
                }
                (id, answer)
            });
        }
        tokio::select! {
            Some(Ok((id, answer))) = posts.join_next() => {
                flying.remove(&id);
                hub.change(|world| settle(world, id, answer));
            }
            Ok(()) = changed.changed() => {}
        }
    }
}

fn settle(world: &mut World, id: i64, answer: Result<StatusCode, reqwest::Error>) {
    let error = match answer {
        Ok(status) if status.is_success() => {
            world.updates.pending.retain(|(other, _)| *other != id);
            return;
        }
        Ok(status) => format!("Wrong response from the webhook: {status}"),
        Err(error) => error.to_string(),
    };
    if let Some(webhook) = &mut world.updates.webhook {
        webhook.last_error = Some(error);
    }
}

/// Updates that nothing of the same chat comes before.
fn ready(world: &World, flying: &HashSet<i64>) -> Vec<(i64, Value, Webhook)> {
    let Some(webhook) = &world.updates.webhook else { return Vec::new() };
    let mut seen = HashSet::new();
    let mut ready = Vec::new();
    for (id, update) in &world.updates.pending {
        let first = seen.insert(queue(update));
        if first && !flying.contains(id) && flying.len() + ready.len() < MOST {
            ready.push((*id, update.clone(), webhook.clone()));
        }
    }
    ready
}

/// The chat, or else the person, that an update is about.
fn queue(update: &Value) -> i64 {
    let what = update.as_object().and_then(|fields| fields.iter().find(|(key, _)| *key != "update_id"));
    let Some((_, what)) = what else { return 0 };
    let places = ["/chat/id", "/message/chat/id", "/from/id"];
    places.iter().find_map(|place| what.pointer(place).and_then(Value::as_i64)).unwrap_or_default()
}

/// Posts one update.
pub async fn post(
    client: &reqwest::Client,
    url: &str,
    secret: Option<&str>,
    update: &Value,
) -> Result<StatusCode, reqwest::Error> {
    let mut request = client.post(url).json(update);
    if let Some(secret) = secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    Ok(request.send().await?.status())
}
