//! The database, opened beside a running `usher run` and without changing its tables.

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
};

use usher::{Config, store::Store};

use super::Problem;

/// Opens the database that the configuration names.
pub fn open(config: &Config) -> Result<Store, Problem> {
    let path = file(config);
    if !path.exists() {
        let words = format!("There is no database at {} yet. `usher run` makes it.", path.display());
        return Err(Problem::new(words));
    }
    Ok(Store::open_beside(&path)?)
}

/// Where the database is.
pub fn file(config: &Config) -> PathBuf {
    config.data_dir.join("usher.db")
}

/// Whether a running `usher` holds the database.
pub fn in_use(config: &Config) -> bool {
    let lock = file(config).with_extension("db.lock");
    File::open(lock).is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}
