//! The world behind one lock, and the news that it has changed.

use std::{sync::Arc, time::Duration};

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

use crate::{PATIENCE, refusal::Refusal, world::World};

/// How many updates a poll takes where it does not say.
const USUAL_LIMIT: u64 = 100;

/// The longest that a poll waits.
const LONGEST_POLL: u64 = 50;

pub struct Hub {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
}

impl Hub {
    pub fn new(world: World) -> Self {
        Self { world: Mutex::new(world), changed: watch::channel(0).0 }
    }

    /// Looks at the world.
    pub fn look<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.world.lock())
    }

    /// Changes the world, and tells whoever waits.
    pub fn change<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let result = change(&mut self.world.lock());
        self.changed.send_modify(|count| *count = count.wrapping_add(1));
        result
    }

    /// Hears of every change.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Waits until `found` finds something. The test fails, with `what`, if that takes too long.
    pub async fn until<R>(&self, what: impl FnOnce() -> String, mut found: impl FnMut(&mut World) -> Option<R>) -> R {
        let mut changed = self.changed.subscribe();
        let search = async {
            loop {
                changed.mark_unchanged();
                if let Some(result) = found(&mut self.world.lock()) {
                    return result;
                }
                // The sender is held by `self`.
                drop(changed.changed().await);
            }
        };
        match tokio::time::timeout(PATIENCE, search).await {
            Ok(result) => result,
            Err(_) => panic!("{}\n{}", what(), self.account()),
        }
    }

    /// The last requests, for whoever reads a failed test.
    pub fn account(&self) -> String {
        self.look(|world| {
            let asked = world
                .requests
                .iter()
                .filter(|request| !matches!(request.method.as_str(), "getUpdates" | "setMyCommands"));
            let lines: Vec<String> = asked
                .map(|request| match &request.answer {
                    Some((200, _)) => format!("  {} {}", request.method, request.parameters),
                    answer => format!("  {} {} -> {answer:?}", request.method, request.parameters),
                })
                .collect();
            let waiting = world.updates.pending.iter().map(|(_, update)| format!("  {update}"));
            let from = lines.len().saturating_sub(12);
            format!(
                "The last requests:\n{}\nUnconfirmed updates:\n{}",
                lines[from..].join("\n"),
                waiting.collect::<Vec<_>>().join("\n")
            )
        })
    }

    /// `getUpdates`.
    pub async fn poll(self: &Arc<Self>, parameters: &Value) -> Result<Value, Refusal> {
        let seconds = parameters["timeout"].as_u64().unwrap_or(0).min(LONGEST_POLL);
        let limit = parameters["limit"].as_u64().unwrap_or(USUAL_LIMIT).clamp(1, USUAL_LIMIT);
        let offset = parameters["offset"].as_i64().unwrap_or(0);
        let me = self.change(|world| {
            if world.updates.webhook.is_some() {
                return Err(Refusal::conflict(
                    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
                ));
            }
            if let Some(kinds) = parameters["allowed_updates"].as_array() {
                world.updates.allowed = kinds.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
            }
            world.updates.poller += 1;
            Ok(world.updates.poller)
        })?;
        let _polling = Polling::new(self);
        let mut changed = self.changed.subscribe();
        let poll = async {
            loop {
                changed.mark_unchanged();
                let (last, found, confirmed) = {
                    let mut world = self.world.lock();
                    let (last, before) = (world.updates.poller == me, world.updates.pending.len());
                    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
                    let found = if last { world.updates.poll(offset, limit) } else { Vec::new() };
                    (last, found, world.updates.pending.len() < before)
                };
                if confirmed {
                    self.change(|_| {});
                }
                if !last {
                    return Err(Refusal::conflict(
                        "terminated by other getUpdates request; make sure that only one bot instance is running",
                    ));
                }
                if !found.is_empty() {
                    return Ok(Value::Array(found));
                }
                // The sender is held by `self`.
                drop(changed.changed().await);
            }
        };
        tokio::time::timeout(Duration::from_secs(seconds), poll).await.unwrap_or(Ok(Value::Array(Vec::new())))
    }
}

/// Counts pollers at work, also those whose connection ends.
struct Polling(Arc<Hub>);

impl Polling {
    fn new(hub: &Arc<Hub>) -> Self {
        hub.change(|world| world.updates.polling += 1);
        Self(hub.clone())
    }
}

impl Drop for Polling {
    fn drop(&mut self) {
        self.0.change(|world| world.updates.polling -= 1);
    }
}
