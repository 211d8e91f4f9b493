//! Looks at the decision that leave no row: for menus, help and completion.

use usher_chat::{Person, Place};

use super::{
    Governance, Membership,
    decide::{Question, Verdict, decide},
};
use crate::{
    error::Error,
    ids::{Asker, ProjectScope, ToolName},
    store::events,
};

/// What is known of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: it is to be handled.
    New,
    /// It was told before, to this run of the program.
    Now,
    /// An earlier run began with it, and nobody knows how far it came.
    Before,
}

impl Governance {
    /// The projects on which somebody could run a tool in a place; nothing where they could not. For completion, which
    /// looks with the person's own rights and changes nothing.
    pub fn glance(&self, person: &Person, place: &Place, member: &Membership, tool: &ToolName) -> Option<ProjectScope> {
        let now = self.inner.clock.seconds();
        let question = Question { person, place, member, tool, site: None, projects: &[], confirmed: true, now };
        match decide(&self.snapshot(), &question) {
            Verdict::Allow(granted) => Some(granted.scope),
            Verdict::Ask(_) | Verdict::Deny(_) => None,
        }
    }

    /// What is known of an event that arrives. Of one that is told twice, even at once, only the first is new; what it
    /// leads to leaves the durable mark.
    ///
    /// # Errors
    /// The marks could not be read.
    pub fn begin(&self, asker: &Asker) -> Result<Begun, Error> {
        let event = (asker.person.platform.clone(), asker.event.clone());
        if !self.inner.begun.lock().first(&event) {
            return Ok(Begun::Now);
        }
        let seen = self.inner.store.read(|reader| events::seen(reader, &event.1, &event.0))?;
        Ok(if seen { Begun::Before } else { Begun::New })
    }

    /// Marks an event that calls for no decision, so that it is handled once. Whether this is the first time.
    ///
    /// # Errors
    /// The mark could not be written.
    pub async fn first(&self, asker: &Asker) -> Result<bool, Error> {
        let (event, platform) = (asker.event.clone(), asker.person.platform.clone());
        let now = self.inner.clock.seconds();
        Ok(self.inner.store.write(move |tx| events::mark(tx, &event, &platform, now)).await?)
    }
}
