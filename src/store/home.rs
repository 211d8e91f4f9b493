//! Which file a database belongs in. A copy knows that it is one.
//!
//! Refresh tokens work once. Two programs with the same links would use up each other's, and the provider would take that
//! for theft and end the links of everyone. So a database remembers its file, and a copy of it works for nobody until
//! somebody says that the other one is gone.

use std::{fs, path::Path, time::UNIX_EPOCH};

use super::{Reader, StoreError, Tx, meta};

/// Where in `meta` it stands.
const KEY: &str = "home";

/// Refuses a database that belongs in another file.
pub(super) fn check(reader: &Reader<'_>, path: &Path) -> Result<(), StoreError> {
    match meta::get(reader, KEY)? {
        Some(known) if known != mark(path)? => Err(StoreError::Copied { path: path.to_owned() }),
        _ => Ok(()),
    }
}

/// Whether a database belongs in another file.
///
/// # Errors
/// It cannot be read.
pub fn is_copy(reader: &Reader<'_>, path: &Path) -> Result<bool, StoreError> {
    match check(reader, path) {
        Ok(()) => Ok(false),
        Err(StoreError::Copied { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// From now on the database belongs in this file.
pub(super) fn settle(tx: &Tx<'_>, path: &Path) -> Result<(), StoreError> {
    meta::put(tx, KEY, &mark(path)?)
}

/// What tells a file from a copy of it. The same disk may have another number after a restart, so that is left out; a
/// file system that does not know when a file was made tells less.
fn mark(path: &Path) -> Result<String, StoreError> {
    let data = fs::metadata(path).map_err(|error| StoreError::io(path, error))?;
    let made = data.created().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok()).map_or(0, |at| at.as_nanos());
    Ok(format!("{}:{made}", number(&data)))
}

#[cfg(unix)]
fn number(data: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(data)
}

#[cfg(not(unix))]
fn number(_: &fs::Metadata) -> u64 {
    0
}
