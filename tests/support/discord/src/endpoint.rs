//! Interactions over HTTP: posted with a signature, and answered in the response or over the API.

use std::{
    sync::Arc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use ed25519_dalek::Signer;
use serde_json::json;

use crate::{
    rest::{Payload, interactions},
    state::{Id, Shared},
};

/// Posts an interaction, and takes the response as its first answer.
pub async fn post_interaction(shared: &Arc<Shared>, id: Id, url: &str) {
    let (payload, sent) = {
        let state = shared.look();
        let interaction = &state.interactions[&id];
        (interaction.payload.to_string(), interaction.sent.clone())
    };
    let timestamp = timestamp();
    let signature = sign(shared, &timestamp, payload.as_bytes());
    sent.get_or_init(Instant::now);
    let (status, body) = post(shared, url, payload, Some((&signature, &timestamp))).await;
    shared.change(|state| {
        if let Ok(answer) = serde_json::from_str(&body)
            && status == 200
        {
            let answer = Payload { json: answer, files: Vec::new() };
            if let Err(refusal) = interactions::acknowledge(state, id, &answer, Instant::now()) {
                state.violations.push(format!("the response to an interaction was refused: {}", refusal.body()));
            }
        }
        if let Some(interaction) = state.interactions.get_mut(&id) {
            interaction.answered = Some((status, body));
        }
    });
}

/// Posts a body with signature and timestamp, or without both. Status and body come back; 0 where nobody answered.
pub async fn post(shared: &Shared, url: &str, body: String, signed: Option<(&str, &str)>) -> (u16, String) {
    let mut request = shared.http.post(url).header("content-type", "application/json").body(body);
    if let Some((signature, timestamp)) = signed {
        request = request.header("x-signature-ed25519", signature).header("x-signature-timestamp", timestamp);
    }
    match request.send().await {
        Ok(response) => (response.status().as_u16(), response.text().await.unwrap_or_default()),
        Err(_) => (0, String::new()),
    }
}

/// What Discord signs: the timestamp and the raw body.
pub fn sign(shared: &Shared, timestamp: &str, body: &[u8]) -> String {
    hex::encode(shared.signing_key.sign(&[timestamp.as_bytes(), body].concat()).to_bytes())
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, reason = "Discord signs with the time that it is, whatever the test's clock says")]
pub fn timestamp() -> String {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string()
}

/// A ping, as Discord sends it when an address is entered in the developer portal.
pub fn ping(shared: &Shared) -> String {
    let mut state = shared.look();
    let id = state.snowflake().to_string();
    let application = state.facts.application.to_string();
    json!({"id": id, "application_id": application, "type": 1, "token": "ping", "version": 1, "entitlements": []})
        .to_string()
}
