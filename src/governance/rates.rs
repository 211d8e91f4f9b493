//! How often one person may use one tool: an eager script cannot make a hundred issues.

use crate::{ids::Access, replies::Rated};

/// So many calls within so long. Whoever has used none may use all of them at once; then they come back one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls. Not zero.
    pub calls: u32,
    /// Within how many seconds. Not zero.
    pub per: u32,
}

impl Rate {
    /// Takes one call at `now`. `free` is when all calls would be free again, both in milliseconds since 1970. Returns
    /// the new `free`.
    ///
    /// # Errors
    /// Nothing is left: what people are told.
    pub(super) fn take(self, free: Option<i64>, now: i64) -> Result<i64, Rated> {
        let window = i64::from(self.per) * 1000;
        let each = (window / i64::from(self.calls.max(1))).max(1);
        // A clock that went back must not keep anybody out for longer than the whole.
        let free = free.unwrap_or(now).clamp(now, now.saturating_add(window));
        let taken = free.saturating_add(each);
        let over = taken - now - window;
        if over <= 0 {
            return Ok(taken);
        }
        let again = u32::try_from(over.saturating_add(999) / 1000).unwrap_or(u32::MAX);
        Err(Rated { calls: self.calls, per: self.per, again })
    }
}

/// The rates, by class. `None`: as often as they like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Of each tool that only looks.
    pub read: Option<Rate>,
    /// Of each tool that adds or changes.
    pub write: Option<Rate>,
    /// Of each tool that removes.
    pub destructive: Option<Rate>,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            read: Some(Rate { calls: 300, per: 60 }),
            write: Some(Rate { calls: 60, per: 600 }),
            destructive: Some(Rate { calls: 20, per: 600 }),
        }
    }
}

impl Rates {
    /// The rate of a class.
    pub fn of(&self, access: Access) -> Option<Rate> {
        match access {
            Access::Read => self.read,
            Access::Write => self.write,
            Access::Destructive => self.destructive,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { calls: 4, per: 60 };

    #[test]
    fn all_at_once_and_then_one_by_one() {
        let mut free = None;
        for _ in 0..4 {
            free = Some(RATE.take(free, 0).unwrap());
        }
        assert_eq!(RATE.take(free, 0), Err(Rated { calls: 4, per: 60, again: 15 }));
        assert_eq!(RATE.take(free, 14_001).unwrap_err().again, 1);
        free = Some(RATE.take(free, 15_000).unwrap());
        assert_eq!(RATE.take(free, 15_000).unwrap_err().again, 15);
        // After a while all are back, and no more than all.
        for _ in 0..4 {
            free = Some(RATE.take(free, 1_000_000).unwrap());
        }
        assert!(RATE.take(free, 1_000_000).is_err());
    }

    #[test]
    fn a_clock_that_went_back_keeps_nobody_out_for_longer_than_the_whole() {
        assert_eq!(RATE.take(Some(i64::MAX), 0).unwrap_err().again, 15);
        assert!(RATE.take(Some(i64::MIN), i64::MAX - 1).is_ok());
    }
}
