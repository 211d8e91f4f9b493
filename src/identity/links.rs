//! What links there are.

use usher_chat::Person;

use super::{Identity, LinkState, LinkView};
use crate::{
    error::Error,
    store::{Store, links},
};

/// All links, for an owner.
///
/// # Errors
/// A database that fails.
pub fn list_links(store: &Store) -> Result<Vec<LinkView>, Error> {
    Ok(store.read(links::all)?.into_iter().map(LinkView::from).collect())
}

impl Identity {
    /// A person's links.
    ///
    /// # Errors
    /// A database that fails.
    pub fn links(&self, person: &Person) -> Result<Vec<LinkView>, Error> {
        let rows = self.inner.store.read(|reader| links::of_person(reader, person))?;
        Ok(rows.into_iter().map(LinkView::from).collect())
    }

    /// How many links are in which state.
    ///
    /// # Errors
    /// A database that fails.
    pub fn link_counts(&self) -> Result<Vec<(&'static str, u64)>, Error> {
        let mut counts = [LinkState::Pending, LinkState::Active, LinkState::Expired].map(|state| (state.as_str(), 0));
        for link in self.inner.store.read(links::all)? {
            if let Some(count) = counts.iter_mut().find(|(name, _)| *name == link.state.as_str()) {
                count.1 += 1;
            }
        }
        Ok(counts.to_vec())
    }
}
