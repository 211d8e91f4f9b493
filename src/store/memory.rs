//! The small memory that each adapter has for itself.

use super::{Reader, StoreError, Tx, text::plain};

/// What an adapter put under a key.
pub fn get(reader: &Reader<'_>, adapter: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    reader.one("SELECT value FROM memory WHERE adapter = ?1 AND key = ?2", (adapter, key), |row| plain(row, "value"))
}

/// Puts a value under an adapter's key.
pub fn put(tx: &Tx<'_>, adapter: &str, key: &str, value: &[u8]) -> Result<(), StoreError> {
    tx.run("INSERT OR REPLACE INTO memory (adapter, key, value) VALUES (?1, ?2, ?3)", (adapter, key, value))?;
    Ok(())
}

/// Removes what stands under an adapter's key and returns it. Of several callers one gets it.
pub fn take(tx: &Tx<'_>, adapter: &str, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
    tx.one("DELETE FROM memory WHERE adapter = ?1 AND key = ?2 RETURNING value", (adapter, key), |row| {
        plain(row, "value")
    })
}
