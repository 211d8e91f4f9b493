//! Which events were handled already. The mark commits together with what the event led to.

use usher_chat::{EventId, Platform};

use super::{Reader, StoreError, Tx};

/// Marks an event as handled at `now` (seconds). True: this is the first time.
pub fn mark(tx: &Tx<'_>, event: &EventId, platform: &Platform, now: i64) -> Result<bool, StoreError> {
    let marked = tx.run(
        "INSERT OR IGNORE INTO events (platform, event, seen) VALUES (?1, ?2, ?3)",
        (platform.as_str(), event.as_str(), now),
    )?;
    Ok(marked == 1)
}

/// Whether an event was handled already.
pub fn seen(reader: &Reader<'_>, event: &EventId, platform: &Platform) -> Result<bool, StoreError> {
    let found = reader.one(
        "SELECT 1 FROM events WHERE platform = ?1 AND event = ?2",
        (platform.as_str(), event.as_str()),
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Forgets events from before `time` (seconds). Says how many.
pub fn forget_before(tx: &Tx<'_>, time: i64) -> Result<usize, StoreError> {
    tx.run("DELETE FROM events WHERE seen < ?1", [time])
}
