//! The sandbox's time: the machine's, or one that a test sets and moves.
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// A clock shared by all its clones. Moving one moves all.
#[derive(Clone, Debug)]
pub struct Clock {
    fixed: Option<Timestamp>,
    offset_ms: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's time, plus whatever [`Clock::advance`] added.
    pub fn system() -> Self {
        Self { fixed: None, offset_ms: Arc::default() }
    }

    /// A time that stands still until [`Clock::advance`] moves it.
    pub fn at(start: Timestamp) -> Self {
        Self { fixed: Some(start), offset_ms: Arc::default() }
    }

    /// The sandbox's idea of now.
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset_ms.load(Ordering::Relaxed));
        let base = self.fixed.unwrap_or_else(machine_now);
        base.checked_add(offset).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock, and every clone of it, forward.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.offset_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that everything else asks")]
fn machine_now() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_move_together() {
        let clock = Clock::at("2026-11-23T09:00:00Z".parse().expect("a time"));
        let other = clock.clone();
        clock.advance(Duration::from_secs(90));
        assert_eq!(other.now().to_string(), "2026-11-23T09:01:30Z");
    }
}
