//! Remembers on which message each button and form stands, so that a press can name its message.

use std::collections::{HashMap, VecDeque};

use parking_lot::Mutex;
use usher_chat::{ActionId, MessageRef, UserId};

/// As many buttons and forms are remembered; older ones are pressed without naming their message.
const REMEMBERED: usize = 16_384;

/// The buttons and forms on messages.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    offers: HashMap<ActionId, Offer>,
    order: VecDeque<ActionId>,
}

/// Where a button or form stands.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    /// The message.
    pub(crate) message: MessageRef,
    /// The only person who sees it, if it is private.
    pub(crate) only: Option<UserId>,
}

impl Shown {
    /// Remembers that `actions` stand on a message.
    pub(crate) fn remember(&self, actions: impl IntoIterator<Item = ActionId>, offer: &Offer) {
        let mut inner = self.0.lock();
        for action in actions {
            if inner.offers.insert(action.clone(), offer.clone()).is_none() {
                inner.order.push_back(action);
            }
        }
        while inner.order.len() > REMEMBERED {
            if let Some(oldest) = inner.order.pop_front() {
                inner.offers.remove(&oldest);
            }
        }
    }

    /// Where `action` stands.
    pub(crate) fn find(&self, action: &ActionId) -> Option<Offer> {
        self.0.lock().offers.get(action).cloned()
    }
}
