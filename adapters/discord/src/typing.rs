//! Answers whoever is typing an option: with what the bot says in time, or else with what it said a moment ago.

use std::{collections::BTreeMap, pin::pin, sync::Arc, time::Duration};

use parking_lot::Mutex;
use serde_json::{Value, json};
use serenity::all::{ChannelId, CommandInteraction, UserId};
use tokio::time::timeout;
use usher_chat::{Completing, Completion, Input, Slash};

use crate::{
    Inner, commands,
    interactions::{Ack, Call},
    recent::Recent,
    render::components,
    respond,
};

/// Completions cannot be put off, and Discord waits three seconds.
const WITHIN: Duration = Duration::from_secs(2);
/// What comes later is kept for the next letter, if it comes so soon.
const LATE: Duration = Duration::from_secs(10);
/// So many answers are kept, for so long.
const KEPT: usize = 1_024;
const LIFE: Duration = Duration::from_secs(60);

/// The last answers, each for the person, place, command and option that it was for.
#[derive(Debug)]
pub(crate) struct Answers(Mutex<Recent<Asked, Vec<Completion>>>);

/// What was asked: who and where, the command's path, its other options, and the option being typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Asked {
    person: UserId,
    channel: ChannelId,
    path: Vec<String>,
    given: BTreeMap<String, String>,
    option: String,
}

impl Default for Answers {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(KEPT, LIFE)))
    }
}

impl Answers {
    fn note(&self, asked: Asked, ways: Vec<Completion>) {
        self.0.lock().note(asked, ways);
    }

    /// Of the last answer, the ways that what is typed may still lead to.
    fn known(&self, asked: &Asked, typed: &str) -> Vec<Completion> {
        let typed = typed.trim().to_lowercase();
        let fits =
            |way: &&Completion| [&way.value, &way.label].iter().any(|words| words.to_lowercase().contains(&typed));
        self.0.lock().get(asked).into_iter().flatten().filter(fits).cloned().collect()
    }
}

/// Takes a completion, and returns when what was asked of the bot has come or is given up.
pub(crate) async fn take(inner: &Arc<Inner>, call: &Call, command: &CommandInteraction, ack: Ack) {
    let Some(focused) = command.data.autocomplete() else { return };
    let (option, typed) = (focused.name.to_owned(), focused.value.to_owned());
    let slash = commands::slash(&inner.published.read(), &command.data);
    let mut given = slash.options.clone();
    given.remove(&option);
    let asked = Asked {
        person: call.person,
        channel: call.channel_id,
        path: slash.path.clone(),
        given,
        option: option.clone(),
    };
    let mut asking = pin!(ask(inner, call, slash, option));
    let in_time = timeout(WITHIN, &mut asking).await;
    let late = in_time.is_err();
    let ways = match in_time {
        Ok(ways) => ways.inspect(|ways| inner.answers.note(asked.clone(), ways.clone())).unwrap_or_default(),
        Err(_) => inner.answers.known(&asked, &typed),
    };
    call.acknowledge(inner, ack, json!({ "type": 8, "data": { "choices": choices(&ways) } })).await;
    let (true, Ok(lent)) = (late, inner.lent()) else { return };
    tokio::select! {
        Ok(Some(ways)) = timeout(LATE, asking) => inner.answers.note(asked, ways),
        () = lent.host.stopping() => {}
        else => {}
    }
}

async fn ask(inner: &Arc<Inner>, call: &Call, slash: Slash, option: String) -> Option<Vec<Completion>> {
    let whereabouts = call.whereabouts(inner).await?;
    let event = call.event(whereabouts, Input::Complete(Completing::Option { slash, option }));
    let (responder, ways) = respond::Completing::new();
    let handler = Arc::clone(&inner.lent().ok()?.host.handler);
    handler.handle(event, Arc::new(responder)).await;
    ways.await.ok()
}

fn choices(ways: &[Completion]) -> Vec<Value> {
    let fits = |text: &str| !text.is_empty() && text.chars().count() <= components::ENTRY;
    ways.iter()
        .filter(|way| fits(&way.value))
        .take(components::ENTRIES)
        .map(|way| json!({ "name": components::words(&way.label, components::ENTRY), "value": way.value }))
        .collect()
}
