//! The audit: a row for every decision and every change, in a chain that shows when one is altered, missing or cut off.
//!
//! Rows commit together with what they tell about. Equal refusals within a minute become one row and a count.

mod cef;
mod chain;
mod export;
mod fold;
mod row;
mod verify;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use usher_chat::Person;

pub use self::{
    export::Format,
    row::{Kind, Row, RowId},
    verify::{AuditError, Head, Verified},
};
pub use crate::store::audit::{AuditFilter as Filter, AuditRecord as Record};
use crate::{
    keys::{Key, KeyRing},
    store::{Store, StoreError, Tx, audit as table},
};

/// The keys that seal the chain: the active one seals, the older ones still prove.
#[derive(Clone)]
pub struct AuditKey {
    active: String,
    keys: Arc<BTreeMap<String, Key>>,
}

impl AuditKey {
    /// The chain's keys of a key file.
    pub fn new(ring: &KeyRing) -> Self {
        let keys = ring.ids().filter_map(|id| Some((id.to_owned(), ring.derive_from(id, "audit")?))).collect();
        Self { active: ring.active().to_owned(), keys: Arc::new(keys) }
    }

    fn get(&self, id: &str) -> Option<&Key> {
        self.keys.get(id)
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditKey").field("active", &self.active).finish_non_exhaustive()
    }
}

/// The audit of a database.
#[derive(Debug, Clone)]
pub struct Audit {
    store: Store,
    key: AuditKey,
    logged: Arc<AtomicI64>,
}

impl Audit {
    /// The audit of `store`, sealed with `key`.
    pub fn new(store: Store, key: AuditKey) -> Self {
        Self { store, key, logged: Arc::new(AtomicI64::new(0)) }
    }

    /// Adds a row to a change, so that both are durable or neither.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the chain's end was tampered with: then nothing is decided any more.
    pub fn append(&self, tx: &Tx<'_>, row: Row) -> Result<RowId, StoreError> {
        chain::append(tx, &self.key, row.into_record()?)
    }

    /// Adds a refusal. Where an equal one (person, place, tool, verdict, arguments) came within the last minute, it is
    /// only counted; the count becomes a row when the minute is over. Returns the row that stands for it.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn append_refusal(&self, tx: &Tx<'_>, row: Row) -> Result<RowId, StoreError> {
        fold::append(tx, &self.key, row)
    }

    /// Writes the rows of counts whose minute is over at `now` (milliseconds), and the end of the chain into the log,
    /// where whoever changes the database does not reach it. To be called every now and then; nothing is lost
    /// meanwhile. Says how many rows it wrote.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub async fn close_folds(&self, now: i64) -> Result<usize, StoreError> {
        let key = self.key.clone();
        let written = self.store.write(move |tx| fold::close(tx, &key, now)).await?;
        let head = self.head()?;
        if self.logged.swap(head.seq, Ordering::Relaxed) != head.seq {
            tracing::info!(%head, "the audit ends here");
        }
        Ok(written)
    }

    /// The rows that a filter leaves, oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn list(&self, filter: &Filter) -> Result<Vec<Record>, StoreError> {
        self.store.read(|reader| table::list(reader, filter))
    }

    /// The rows of one person, the last `last` of them, oldest first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn of_person(&self, person: &Person, last: u32) -> Result<Vec<Record>, StoreError> {
        self.list(&Filter { person: Some(person.to_string()), last: Some(last), ..Filter::default() })
    }

    /// The end of the chain, to be kept elsewhere: later it shows whether rows were cut off.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] where the stored end is not sealed with our key.
    pub fn head(&self) -> Result<Head, StoreError> {
        self.store.read(|reader| chain::head(reader, &self.key))
    }

    /// Checks every row, and the end of the chain against the stored one and against one kept elsewhere.
    ///
    /// # Errors
    /// [`AuditError::Broken`] names the first bad row.
    pub fn verify(&self, kept: Option<&Head>) -> Result<Verified, AuditError> {
        self.store.read(|reader| Ok(verify::verify(reader, &self.key, kept)))?
    }

    /// Writes all rows with their seals, a line each, and returns the end of the chain.
    ///
    /// # Errors
    /// Where a row cannot be read or a line cannot be written.
    pub fn export(&self, format: Format, out: &mut dyn std::io::Write) -> Result<Head, AuditError> {
        self.store.read(|reader| Ok(export::export(reader, format, out)))?
    }
}

#[cfg(test)]
mod tests;
