//! Sealed credentials. Each change names the generation that it replaces, so that of two writers one learns that it is late.

use std::{collections::BTreeMap, fmt};

use rusqlite::Row;

use super::{
    Reader, StoreError, Tx,
    links::LinkId,
    text::{parsed, plain},
};

/// The sealed credential of a link.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Whose.
    pub link: LinkId,
    /// Counts the credentials of this link, from 1.
    pub generation: i64,
    /// The envelope.
    pub sealed: Vec<u8>,
    /// Since when (seconds) somebody exchanges it for the next, if somebody does.
    pub refreshing_since: Option<i64>,
}

impl fmt::Debug for CredentialRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialRow")
            .field("link", &self.link)
            .field("generation", &self.generation)
            .field("refreshing_since", &self.refreshing_since)
            .finish_non_exhaustive()
    }
}

/// Stores the first credential of a link, as generation 1.
///
/// # Errors
/// [`StoreError::Conflict`] where the link has one, or is gone.
pub fn put(tx: &Tx<'_>, link: &LinkId, sealed: &[u8]) -> Result<(), StoreError> {
    tx.run("INSERT INTO credentials (link, generation, sealed) VALUES (?1, 1, ?2)", (link.to_string(), sealed))?;
    Ok(())
}

/// The credential of a link.
pub fn get(reader: &Reader<'_>, link: &LinkId) -> Result<Option<CredentialRow>, StoreError> {
    reader.one("SELECT * FROM credentials WHERE link = ?1", [link.to_string()], from_row)
}

/// Marks that this generation is about to be exchanged. False: it is not the present one any more. A mark that stands
/// already keeps its time: the provider counts from the first try.
pub fn mark_refreshing(tx: &Tx<'_>, link: &LinkId, generation: i64, now: i64) -> Result<bool, StoreError> {
    let marked = tx.run(
        "UPDATE credentials SET refreshing_since = coalesce(refreshing_since, ?3) WHERE link = ?1 AND generation = ?2",
        (link.to_string(), generation, now),
    )?;
    Ok(marked == 1)
}

/// Takes the mark back: the exchange surely did not happen. False: it is not the present generation any more.
pub fn unmark_refreshing(tx: &Tx<'_>, link: &LinkId, generation: i64) -> Result<bool, StoreError> {
    let unmarked = tx.run(
        "UPDATE credentials SET refreshing_since = NULL WHERE link = ?1 AND generation = ?2",
        (link.to_string(), generation),
    )?;
    Ok(unmarked == 1)
}

/// Puts the next credential in place of this generation, with the number `generation + 1` and no mark. False: another
/// was faster, or the link is gone; nothing was changed.
pub fn replace(tx: &Tx<'_>, link: &LinkId, generation: i64, sealed: &[u8]) -> Result<bool, StoreError> {
    let replaced = tx.run(
        "UPDATE credentials SET sealed = ?3, generation = generation + 1, refreshing_since = NULL
         WHERE link = ?1 AND generation = ?2",
        (link.to_string(), generation, sealed),
    )?;
    Ok(replaced == 1)
}

/// Puts the same credential under another key. False: it is not the present generation any more.
pub fn reseal(tx: &Tx<'_>, link: &LinkId, generation: i64, sealed: &[u8]) -> Result<bool, StoreError> {
    let resealed = tx.run(
        "UPDATE credentials SET sealed = ?3 WHERE link = ?1 AND generation = ?2",
        (link.to_string(), generation, sealed),
    )?;
    Ok(resealed == 1)
}

/// Those marked as being exchanged, oldest mark first. After a start these are the interrupted ones.
pub fn refreshing(reader: &Reader<'_>) -> Result<Vec<CredentialRow>, StoreError> {
    reader.many("SELECT * FROM credentials WHERE refreshing_since IS NOT NULL ORDER BY refreshing_since", [], from_row)
}

/// All of them.
pub fn all(reader: &Reader<'_>) -> Result<Vec<CredentialRow>, StoreError> {
    reader.many("SELECT * FROM credentials ORDER BY link", [], from_row)
}

const SEALED: &str = "SELECT sealed FROM credentials UNION ALL SELECT sealed FROM attempts
    UNION ALL SELECT value FROM memory WHERE sealed = 1";

/// How many envelopes, of credentials, of linking under way and of what adapters keep, each key holds. The key's id stands in
/// the envelope.
pub fn sealed_with(reader: &Reader<'_>) -> Result<BTreeMap<String, u64>, StoreError> {
    let mut counts = BTreeMap::new();
    reader.each(SEALED, [], |row| {
        let sealed: Vec<u8> = plain(row, "sealed")?;
        let key = crate::keys::key_of(&sealed).unwrap_or("unreadable").to_owned();
        *counts.entry(key).or_insert(0_u64) += 1;
        Ok::<_, StoreError>(())
    })?;
    Ok(counts)
}

fn from_row(row: &Row<'_>) -> Result<CredentialRow, StoreError> {
    Ok(CredentialRow {
        link: parsed(row, "link")?,
        generation: plain(row, "generation")?,
        sealed: plain(row, "sealed")?,
        refreshing_since: plain(row, "refreshing_since")?,
    })
}
