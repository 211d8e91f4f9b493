//! The database, opened beside a running `usher run` and without changing its tables.

use std::{
    fs::{File, TryLockError},
    path::PathBuf,
};

use usher::{Config, store::Store};

use super::Problem;

/// Opens the database that the configuration names.
pub fn open(config: &Config) -> Result<Store, Problem> {
    Ok(Store::open_beside(&existing(config)?)?)
}

/// Where the database is that the configuration names.
pub fn existing(config: &Config) -> Result<PathBuf, Problem> {
    let path = file(config);
    match path.exists() {
        true => Ok(path),
        false => Err(Problem::new(format!("There is no database at {} yet. `usher run` makes it.", path.display()))),
    }
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
