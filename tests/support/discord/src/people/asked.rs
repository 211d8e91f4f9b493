//! An interaction that somebody began, and what came of it.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{Seat, Seen, read_next};
use crate::{
    endpoint, gateway,
    state::{Id, Interaction, Shared, State},
};

/// An interaction.
#[derive(Debug, Clone)]
pub struct Asked {
    pub(crate) shared: Arc<Shared>,
    pub(crate) seat: Seat,
    pub(crate) id: Id,
}

impl Asked {
    /// Its id.
    pub fn id(&self) -> Id {
        self.id
    }

    /// The next thing that the bot showed in answer to it.
    ///
    /// # Panics
    /// When nothing came in forty seconds.
    pub async fn reply(&self) -> Seen {
        let id = self.id;
        let ours = |state: &State, message: Id| {
            let output = state.outputs.iter().rfind(|output| output.message == message);
            output.is_some_and(|output| output.interaction == Some(id))
        };
        self.shared.until("an answer to the interaction", |state| read_next(state, ours)).await
    }

    /// The type of its first answer, once that came.
    ///
    /// # Panics
    /// When it did not come in forty seconds.
    pub async fn acknowledged(&self) -> u8 {
        self.find("the interaction to be acknowledged", |one| one.acknowledged.map(|(kind, _)| kind)).await
    }

    /// The time from the frame that told of it to the request that acknowledged it.
    pub async fn took(&self) -> Duration {
        self.find("the interaction to be acknowledged", |one| {
            let (_, at) = one.acknowledged?;
            Some(at.saturating_duration_since(*one.sent.get()?))
        })
        .await
    }

    /// The form that opened.
    ///
    /// # Panics
    /// When none came in forty seconds.
    pub async fn modal(&self) -> Modal {
        let data = self.find("a form", |one| one.modal.clone()).await;
        let message = self.shared.look().interactions[&self.id].message;
        Modal { seat: self.seat.clone(), message, data }
    }

    /// What may stand for the option being typed: name and value.
    ///
    /// # Panics
    /// When nothing came in forty seconds.
    pub async fn choices(&self) -> Vec<(String, String)> {
        let choices = self.find("choices", |one| one.choices.clone()).await;
        let text = |one: &Value, key: &str| one[key].as_str().map_or_else(|| one[key].to_string(), str::to_owned);
        choices.iter().map(|one| (text(one, "name"), text(one, "value"))).collect()
    }

    /// Status and body of the answer, where the interaction was posted over HTTP.
    pub async fn answered(&self) -> (u16, String) {
        self.find("an answer over HTTP", |one| one.answered.clone()).await
    }

    /// Tells the same interaction once more.
    pub fn again(&self) {
        deliver(&self.shared, self.id);
    }

    async fn find<T>(&self, what: &str, find: impl Fn(&Interaction) -> Option<T>) -> T {
        self.shared.until(what, |state| find(&state.interactions[&self.id])).await
    }
}

/// A form on somebody's screen.
#[derive(Debug, Clone)]
pub struct Modal {
    seat: Seat,
    message: Option<Id>,
    data: Value,
}

impl Modal {
    /// Its heading.
    pub fn title(&self) -> &str {
        self.data["title"].as_str().unwrap_or_default()
    }

    /// Its inputs: label, whether it must be filled, and what stands there.
    pub fn inputs(&self) -> Vec<(String, bool, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let each = self.fields().map(|one| (text(&one["label"]), one["required"] != false, text(&one["value"])));
        each.collect()
    }

    /// The inputs as Discord's API shows them.
    pub fn fields(&self) -> impl Iterator<Item = &Value> {
        let rows = self.data["components"].as_array().into_iter().flatten();
        rows.flat_map(|row| row["components"].as_array().into_iter().flatten())
    }

    /// Sends it with values by label; what is not named keeps what stands there.
    ///
    /// # Panics
    /// Where Discord's own form would not let it go: a label that is not there, an input that must be filled, too long a text.
    pub fn submit(&self, values: &[(&str, &str)]) -> Asked {
        for (label, _) in values {
            assert!(self.fields().any(|one| one["label"] == *label), "no input {label} in {}", self.data);
        }
        let rows = self.fields().map(|one| {
            let given = values.iter().find(|(label, _)| one["label"] == *label).map(|(_, value)| *value);
            let value = given.or_else(|| one["value"].as_str()).unwrap_or_default();
            assert!(!value.is_empty() || one["required"] == false, "{} must be filled in", one["label"]);
            let most = one["max_length"].as_u64().unwrap_or(4_000);
            assert!(value.chars().count() as u64 <= most, "{} takes {most} characters", one["label"]);
            json!({"type": 1, "components": [{"type": 4, "custom_id": one["custom_id"], "value": value}]})
        });
        let data = json!({"custom_id": self.data["custom_id"], "components": rows.collect::<Value>()});
        self.seat.begin(5, data, self.message)
    }
}

/// Hands an interaction to the bot, the way that it takes them.
pub(crate) fn deliver(shared: &Arc<Shared>, id: Id) {
    let endpoint = shared.change(|state| {
        let interaction = state.interactions[&id].clone();
        let endpoint = state.endpoint.clone();
        if endpoint.is_none() {
            let guild = state.guild_of(interaction.channel);
            gateway::tell_interaction(state, guild, &interaction.payload, &interaction.sent);
        }
        endpoint
    });
    if let Some(url) = endpoint {
        let shared = shared.clone();
        tokio::spawn(async move { endpoint::post_interaction(&shared, id, &url).await });
    }
}
