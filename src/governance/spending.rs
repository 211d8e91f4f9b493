//! What one call takes from what a person may still use of a tool.

use std::sync::Arc;

use parking_lot::Mutex;
use usher_chat::Person;

use super::{Asking, Governance, Rate};
use crate::{
    ids::{Access, ToolName},
    replies::Rated,
    store::{Store, StoreError, Tx, rates},
};

/// A call about to be counted. Of calls that change something the count is kept to the last; calls that only look are
/// not held up for it, so that several at the same instant may be counted a moment late.
#[derive(Clone)]
pub(super) struct Spending {
    store: Store,
    rate: Option<Rate>,
    strict: bool,
    person: Person,
    tool: ToolName,
    now: i64,
    refused: Arc<Mutex<Option<Rated>>>,
}

impl Spending {
    pub(super) fn new(governance: &Governance, asking: &Asking, access: Access) -> Self {
        let inner = &governance.inner;
        Self {
            store: inner.store.clone(),
            rate: inner.ground.settings.rates.of(access),
            strict: access != Access::Read,
            person: asking.asker.person.clone(),
            tool: asking.tool.clone(),
            now: inner.clock.now().as_millisecond(),
            refused: Arc::default(),
        }
    }

    /// Whether it is one too many, as far as that is known before it is counted.
    pub(super) fn over(&self) -> Result<Option<Rated>, StoreError> {
        let Some(rate) = self.rate else { return Ok(None) };
        let free = self.store.read(|reader| rates::free(reader, &self.person, &self.tool))?;
        Ok(rate.take(free, self.now).err())
    }

    /// Counts it, together with its row.
    ///
    /// # Errors
    /// It is one too many after all: [`Self::refused`] says so, and nothing of it is kept.
    pub(super) fn spend(&self, tx: &Tx<'_>) -> Result<(), StoreError> {
        let Some(rate) = self.rate else { return Ok(()) };
        match rate.take(rates::free(tx, &self.person, &self.tool)?, self.now) {
            Ok(free) => rates::put(tx, &self.person, &self.tool, free),
            Err(_) if !self.strict => Ok(()),
            Err(rated) => {
                *self.refused.lock() = Some(rated);
                Err(StoreError::Conflict)
            }
        }
    }

    /// Why it was not counted.
    pub(super) fn refused(&self) -> Option<Rated> {
        *self.refused.lock()
    }
}
