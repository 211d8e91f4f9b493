//! What goes wrong on demand.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

/// What happens to a request.
#[derive(Debug, Clone)]
pub enum Effect {
    /// It is refused with this status and a page of a proxy's, and nothing is done.
    Broken(u16),
    /// It is refused with 429 and these seconds, and nothing is done.
    TooMany(u64),
    /// It is refused with this status and sentence, and nothing is done.
    Refused(u16, &'static str),
    /// It is done, and answered after this long.
    Late(Duration),
    /// It is done, and the connection ends without an answer.
    Lost,
    /// It is kept from being done until the test lets go.
    Held(Hold),
}

/// Keeps requests from being done.
#[derive(Debug, Clone)]
pub struct Hold(Arc<watch::Sender<(usize, bool)>>);

impl Default for Hold {
    fn default() -> Self {
        Self(Arc::new(watch::channel((0, false)).0))
    }
}

impl Hold {
    /// Waits until a request is held.
    pub async fn reached(&self) {
        let mut state = self.0.subscribe();
        let reached = state.wait_for(|(reached, _)| *reached > 0);
        let reached = tokio::time::timeout(crate::PATIENCE, reached).await;
        assert!(reached.is_ok(), "no request came to be held");
    }

    /// Lets go of what is held, and holds nothing more.
    pub fn release(&self) {
        self.0.send_modify(|(_, released)| *released = true);
    }

    pub(crate) async fn wait(&self) {
        self.0.send_modify(|(reached, _)| *reached += 1);
        // The sender is held by `self`.
        drop(self.0.subscribe().wait_for(|(_, released)| *released).await);
    }
}

/// What is to go wrong, in order.
#[derive(Debug, Default)]
pub struct Faults(Vec<(String, usize, Effect)>);

impl Faults {
    /// The next `times` requests of a method meet this.
    pub fn add(&mut self, method: &str, times: usize, effect: Effect) {
        self.0.push((method.to_owned(), times, effect));
    }

    /// Nothing goes wrong any more.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// What this request meets.
    pub fn meet(&mut self, method: &str) -> Option<Effect> {
        let at = self.0.iter().position(|(name, _, _)| name == method || name == "*")?;
        let (_, times, effect) = &mut self.0[at];
        let effect = effect.clone();
        *times -= 1;
        if *times == 0 {
            self.0.remove(at);
        }
        Some(effect)
    }
}
