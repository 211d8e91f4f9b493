//! The events of the last moments, by which one that is told twice at once is known.

use std::collections::{HashSet, VecDeque};

use usher_chat::{EventId, Platform};

/// The last events seen, so that one told twice within moments is known before its mark is durable.
#[derive(Default)]
pub(super) struct Recent {
    known: HashSet<(Platform, EventId)>,
    order: VecDeque<(Platform, EventId)>,
}

impl Recent {
    const KEPT: usize = 8192;

    /// True: this event is new.
    pub(super) fn first(&mut self, event: &(Platform, EventId)) -> bool {
        if !self.known.insert(event.clone()) {
            return false;
        }
        self.order.push_back(event.clone());
        if self.order.len() > Self::KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }

    pub(super) fn knows(&self, platform: &Platform, event: &EventId) -> bool {
        self.known.contains(&(platform.clone(), event.clone()))
    }

    pub(super) fn forget(&mut self, event: &(Platform, EventId)) {
        self.known.remove(event);
        self.order.retain(|known| known != event);
    }
}
