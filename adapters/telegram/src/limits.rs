//! Telegram's limits: how many messages one chat and all chats together may get, and the pauses that Telegram asks for.

use std::{collections::HashMap, time::Duration};

use parking_lot::Mutex;
use teloxide::types::ChatId;
use tokio::time::Instant;

/// A message that would have to wait longer than this is not sent.
const PATIENCE: Duration = Duration::from_secs(120);
/// So many chats are remembered before those at rest are forgotten.
const REMEMBERED: usize = 10_000;

/// A steady rate with a burst.
#[derive(Debug, Clone, Copy)]
struct Rate {
    every: Duration,
    burst: u32,
}

/// "Avoid sending more than one message per second" to a person; short bursts are let through.
const PERSON: Rate = Rate { every: Duration::from_secs(1), burst: 5 };
/// "Not more than 20 messages per minute" to a group: eight at once and twelve over the minute.
const GROUP: Rate = Rate { every: Duration::from_secs(5), burst: 8 };

impl Rate {
    /// When the next message may leave, and the state after it.
    fn next(self, state: Option<Instant>, now: Instant) -> (Instant, Instant) {
        let base = state.map_or(now, |state| state.max(now));
        let when = base.checked_sub(self.slack()).map_or(now, |when| when.max(now));
        (when, base + self.every)
    }

    fn slack(self) -> Duration {
        self.every * self.burst.saturating_sub(1)
    }
}

/// Gives each message the moment at which it may leave.
#[derive(Debug)]
pub(crate) struct Limits {
    all: Option<Rate>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    all: Option<Instant>,
    chats: HashMap<ChatId, Instant>,
}

impl Limits {
    /// At most `per_second` messages to all chats together; 0 sets no limit at all, for one chat neither.
    pub(crate) fn new(per_second: u32) -> Self {
        let all = (per_second > 0).then(|| Rate { every: Duration::from_secs(1) / per_second, burst: per_second });
        Self { all, state: Mutex::default() }
    }

    /// Waits until a message to `chat` may leave. False: that would take too long.
    pub(crate) async fn wait(&self, chat: ChatId) -> bool {
        let Some(when) = self.reserve(chat, Instant::now()) else { return false };
        tokio::time::sleep_until(when).await;
        true
    }

    /// Telegram asked for a pause in `chat`.
    pub(crate) fn pause(&self, chat: ChatId, pause: Duration) {
        let until = Instant::now() + pause.min(PATIENCE) + rate(chat).slack();
        let mut state = self.state.lock();
        let known = state.chats.entry(chat).or_insert(until);
        *known = until.max(*known);
    }

    fn reserve(&self, chat: ChatId, now: Instant) -> Option<Instant> {
        let mut state = self.state.lock();
        let Some(all) = self.all else {
            // Without limits of our own, Telegram's pauses still count.
            return Some(state.chats.get(&chat).map_or(now, |until| now.max(*until - rate(chat).slack())));
        };
        let (own, own_after) = rate(chat).next(state.chats.get(&chat).copied(), now);
        let (shared, shared_after) = all.next(state.all, now);
        let when = own.max(shared);
        if when > now + PATIENCE {
            return None;
        }
        if state.chats.len() >= REMEMBERED {
            state.chats.retain(|_, until| *until > now);
        }
        state.chats.insert(chat, own_after);
        state.all = Some(shared_after);
        Some(when)
    }
}

fn rate(chat: ChatId) -> Rate {
    if chat.is_user() { PERSON } else { GROUP }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seconds after which each of `count` messages to `chat` leaves, all asked for at once.
    fn leaves(limits: &Limits, chat: i64, count: usize) -> Vec<u64> {
        let now = Instant::now();
        (0..count).filter_map(|_| limits.reserve(ChatId(chat), now)).map(|when| (when - now).as_secs()).collect()
    }

    #[tokio::test]
    async fn a_person_gets_a_burst_and_then_one_a_second() {
        assert_eq!(leaves(&Limits::new(30), 7, 8), [0, 0, 0, 0, 0, 1, 2, 3]);
    }

    #[tokio::test]
    async fn a_group_gets_twenty_in_a_minute_and_the_far_future_is_refused() {
        let all = leaves(&Limits::new(30), -100, 60);
        assert_eq!(all.iter().filter(|second| **second < 60).count(), 19);
        assert_eq!(all.len(), 32);
    }

    #[tokio::test]
    async fn all_chats_share_one_rate() {
        let limits = Limits::new(2);
        let now = Instant::now();
        let when: Vec<_> = (1..=5).filter_map(|chat| limits.reserve(ChatId(chat), now)).collect();
        assert_eq!(when.last().map(|when| (*when - now).as_millis()), Some(1500));
    }

    #[tokio::test]
    async fn a_pause_holds_one_chat_and_no_other() {
        let limits = Limits::new(30);
        limits.pause(ChatId(1), Duration::from_secs(7));
        assert_eq!(leaves(&limits, 1, 1), [6]);
        assert_eq!(leaves(&limits, 2, 1), [0]);
    }
}
