//! What the bot is to be told, until it says that it knows, or its webhook does.

use std::collections::VecDeque;

use serde_json::{Value, json};

use crate::world::World;

/// What is told only to those who ask for it.
const ON_DEMAND: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

/// The first update's number.
const FIRST: i64 = 500_000_001;

#[derive(Debug)]
pub struct Updates {
    pub next: i64,
    pub pending: VecDeque<(i64, Value)>,
    /// The last one.
    pub last: Option<Value>,
    /// Kinds asked for; empty stands for all but those on demand.
    pub allowed: Vec<String>,
    /// Counts pollers, so that an older one learns that it is not the last.
    pub poller: u64,
    /// Pollers at work.
    pub polling: usize,
    pub webhook: Option<Webhook>,
}

/// Where updates are posted.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub url: String,
    pub secret: Option<String>,
    pub last_error: Option<String>,
}

impl Default for Updates {
    fn default() -> Self {
        Self {
            next: FIRST,
            pending: VecDeque::new(),
            last: None,
            allowed: Vec::new(),
            poller: 0,
            polling: 0,
            webhook: None,
        }
    }
}

impl Updates {
    fn wants(&self, kind: &str) -> bool {
        if self.allowed.is_empty() { !ON_DEMAND.contains(&kind) } else { self.allowed.iter().any(|one| one == kind) }
    }

    /// What a poll with this offset gets. A positive one confirms all before it.
    pub fn poll(&mut self, offset: i64, limit: usize) -> Vec<Value> {
        if offset < 0 {
            let keep = usize::try_from(-offset).unwrap_or(usize::MAX);
            while self.pending.len() > keep {
                self.pending.pop_front();
            }
        } else {
            self.confirm(offset);
        }
        self.pending.iter().take(limit).map(|(_, update)| update.clone()).collect()
    }

    /// Forgets what comes before `offset`.
    pub fn confirm(&mut self, offset: i64) {
        self.pending.retain(|(id, _)| *id >= offset);
    }
}

impl World {
    /// Tells the bot. The update's id, if it wants to hear of such things.
    pub fn tell(&mut self, kind: &str, what: Value) -> Option<i64> {
        if !self.updates.wants(kind) {
            return None;
        }
        let id = self.updates.next;
        self.updates.next += 1;
        let update = json!({ "update_id": id, kind: what });
        for complaint in crate::contract::update(&update) {
            self.violations.push(format!("the stand-in's own update: {complaint}: {update}"));
        }
        self.updates.last = Some(update.clone());
        self.updates.pending.push_back((id, update));
        Some(id)
    }
}
