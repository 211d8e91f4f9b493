//! One event on its way down the road.

use std::sync::Arc;

use tracing::Span;
use usher_chat::{Event, Input, Responder};

use crate::ids::{Asker, Reference};

/// One event, who asks, and the way back.
pub struct Trip {
    /// What happened.
    pub event: Event,
    /// Who asks, where, with the mark that the log and the replies share.
    pub asker: Asker,
    /// The way back.
    pub responder: Arc<dyn Responder>,
}

impl Trip {
    /// A trip with a fresh mark.
    pub fn new(event: Event, responder: Arc<dyn Responder>) -> Self {
        let asker = Asker {
            person: event.person.clone(),
            place: event.place.clone(),
            names: event.names.clone(),
            private: event.private,
            event: event.id.clone(),
            reference: Reference::random(),
        };
        Self { event, asker, responder }
    }

    /// It began with a press on something that nobody else could see.
    pub fn pressed_in_private(&self) -> bool {
        self.event.private && matches!(self.event.input, Input::Press { .. })
    }

    /// The span under which everything about this event is logged.
    pub fn span(&self) -> Span {
        tracing::info_span!(
            "event",
            reference = %self.asker.reference,
            person = %self.asker.person,
            place = %self.asker.place,
            event = %self.asker.event,
        )
    }
}
