//! How much a bot may send: per chat and in all. Kept only where a test asks for it.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use crate::refusal::Refusal;

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// Messages a minute in one group.
const GROUP_MINUTE: usize = 20;
/// Messages in five seconds in one direct chat: one a second, and a short burst on top.
const DIRECT: usize = 10;
/// Messages a second in all chats.
const ALL_SECOND: usize = 30;

#[derive(Debug, Default)]
pub struct Limits {
    pub kept: bool,
    sent: HashMap<i64, Vec<Instant>>,
    all: Vec<Instant>,
}

impl Limits {
    /// Counts a message, or says how many seconds to wait.
    pub fn count(&mut self, chat: i64) -> Result<(), Refusal> {
        if !self.kept {
            return Ok(());
        }
        let now = Instant::now();
        let (window, most) = if chat < 0 { (MINUTE, GROUP_MINUTE) } else { (SECOND * 5, DIRECT) };
        let here = self.sent.entry(chat).or_default();
        room(here, now, window, most)?;
        room(&mut self.all, now, SECOND, ALL_SECOND)?;
        here.push(now);
        self.all.push(now);
        Ok(())
    }
}

fn room(sent: &mut Vec<Instant>, now: Instant, window: Duration, most: usize) -> Result<(), Refusal> {
    sent.retain(|at| now - *at < window);
    if sent.len() < most {
        return Ok(());
    }
    let wait = window.saturating_sub(now - sent[0]);
    Err(Refusal::too_many(wait.as_secs() + 1))
}
