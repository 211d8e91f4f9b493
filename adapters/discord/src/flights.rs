//! Counts what is in flight, so that stopping waits for it, and remembers what has been taken, so that nothing is taken
//! twice.

use std::collections::VecDeque;

use parking_lot::Mutex;
use tokio::sync::watch;

/// So many events are remembered.
const REMEMBERED: usize = 1_024;

/// The events in flight.
#[derive(Debug, Default)]
pub(crate) struct Flights {
    count: watch::Sender<usize>,
    taken: Mutex<VecDeque<u64>>,
}

/// One event in flight. It has landed when this is dropped.
#[derive(Debug)]
pub(crate) struct Flight(watch::Sender<usize>);

impl Flights {
    /// Takes the event with this snowflake. `None`: it has been taken before.
    pub(crate) fn take(&self, event: u64) -> Option<Flight> {
        let mut taken = self.taken.lock();
        if taken.contains(&event) {
            return None;
        }
        if taken.len() >= REMEMBERED {
            taken.pop_front();
        }
        taken.push_back(event);
        drop(taken);
        self.count.send_modify(|count| *count += 1);
        Some(Flight(self.count.clone()))
    }

    /// Resolves when nothing is in flight.
    pub(crate) async fn landed(&self) {
        // The sender lives as long as `self`.
        let _ = self.count.subscribe().wait_for(|count| *count == 0).await;
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_event_is_taken_once_and_waited_for() {
        let flights = Flights::default();
        let flight = flights.take(7).unwrap();
        assert!(flights.take(7).is_none());
        assert!(tokio::time::timeout(std::time::Duration::ZERO, flights.landed()).await.is_err());
        drop(flight);
        flights.landed().await;
        assert!(flights.take(7).is_none());
        for event in 8..8 + REMEMBERED as u64 {
            assert!(flights.take(event).is_some());
        }
        assert!(flights.take(7).is_some(), "only so many are remembered");
    }
}
