//! Opening the database: one process at a time, the right key, the newest version, and settings that lose nothing.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig, ffi};
use rusqlite_migration::{M, Migrations};

use super::{Reader, StoreError};

/// Every change of the tables, in order: name and SQL. Released ones never change.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_start", include_str!("../../migrations/0001_start.sql")),
    ("0002_policy", include_str!("../../migrations/0002_policy.sql")),
    ("0003_requests", include_str!("../../migrations/0003_requests.sql")),
    ("0004_governance", include_str!("../../migrations/0004_governance.sql")),
    ("0005_remembered", include_str!("../../migrations/0005_remembered.sql")),
    ("0006_sealed", include_str!("../../migrations/0006_sealed.sql")),
];

/// How long a connection waits for one of another process.
const PATIENCE: Duration = Duration::from_secs(5);

/// Statements kept ready per connection.
const STATEMENTS: usize = 128;

/// The connection that changes the database, and the lock that keeps other processes out.
pub(super) struct Opened {
    pub(super) writer: Connection,
    pub(super) lock: Option<File>,
}

/// Opens for the process that owns the database. `check` sees the stored state before anything is written.
pub(super) fn exclusively(
    path: &Path,
    check: impl FnOnce(&Reader<'_>) -> Result<(), StoreError>,
) -> Result<Opened, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_folder(folder).map_err(|error| StoreError::io(folder, error))?;
    }
    let lock = lock(path)?;
    failpoint!("open.locked");
    if path.exists() {
        let before = as_left(path)?;
        if checked_version(&before)? > 0 {
            check(&Reader::new(&before))?;
        }
    }
    private_file(path).map_err(|error| StoreError::io(path, error))?;
    let mut writer = Connection::open(path)?;
    set_up(&writer)?;
    writer.pragma_update(None, "journal_mode", "WAL")?;
    failpoint!("open.logged");
    let steps: Vec<M<'_>> = MIGRATIONS.iter().map(|(_, sql)| M::up(sql)).collect();
    Migrations::new(steps).to_latest(&mut writer).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::from(err),
        other => StoreError::Corrupt(other.to_string()),
    })?;
    failpoint!("open.migrated");
    Ok(Opened { writer, lock: Some(lock) })
}

/// What is there, before anything is changed. Power that goes within the first start, before there is a log, leaves a journal,
/// and a connection that only reads cannot undo the half change that it tells of.
fn as_left(path: &Path) -> Result<Connection, StoreError> {
    match reader(path) {
        Err(StoreError::Other(error))
            if error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_READONLY_ROLLBACK) =>
        {
            another(path)
        }
        opened => opened,
    }
}

/// Opens beside the process that owns the database, for a short command. Nothing is made or brought up to date.
pub(super) fn beside(path: &Path) -> Result<Opened, StoreError> {
    let writer = another(path)?;
    let (found, known) = (checked_version(&writer)?, known_version());
    if found < known {
        return Err(StoreError::Older { found, known });
    }
    Ok(Opened { writer, lock: None })
}

/// A connection that writes, to a database that is there.
pub(super) fn another(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| missing(path, error))?;
    set_up(&conn)?;
    Ok(conn)
}

/// A connection that only reads.
pub(super) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| missing(path, error))?;
    set_up(&conn)?;
    Ok(conn)
}

fn missing(path: &Path, error: rusqlite::Error) -> StoreError {
    if path.exists() { error.into() } else { StoreError::io(path, std::io::ErrorKind::NotFound.into()) }
}

fn set_up(conn: &Connection) -> Result<(), StoreError> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for (name, value) in [
        ("synchronous", "FULL"),
        ("foreign_keys", "ON"),
        ("trusted_schema", "OFF"),
        ("secure_delete", "ON"),
        ("cell_size_check", "ON"),
        ("mmap_size", "0"),
        ("temp_store", "MEMORY"),
        // At 16 MiB of log. Where changes stream in, most of it has been moved by then: see `checkpoint.rs`.
        ("wal_autocheckpoint", "4000"),
    ] {
        conn.pragma_update(None, name, value)?;
    }
    Ok(())
}

fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

pub(super) fn checked_version(conn: &Connection) -> Result<i64, StoreError> {
    let found: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = known_version();
    if found > known { Err(StoreError::Newer { found, known }) } else { Ok(found) }
}

/// The lock lives as long as the file stays open, and ends with the process however that ends.
pub(super) fn lock(path: &Path) -> Result<File, StoreError> {
    let beside = with_suffix(path, ".lock");
    let file = private_file(&beside).map_err(|error| StoreError::io(&beside, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { path: path.to_owned() }),
        Err(TryLockError::Error(error)) => Err(StoreError::io(&beside, error)),
    }
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(unix)]
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(not(unix))]
pub(super) fn private_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}

#[cfg(unix)]
fn make_folder(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

#[cfg(not(unix))]
fn make_folder(path: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::Store;

    #[test]
    fn a_start_goes_on_where_the_first_one_was_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let (whole, left) = (folder.path().join("whole.db"), folder.path().join("usher.db"));
        let conn = Connection::open(&whole).unwrap();
        // So small a cache that half a change is in the file, and what was there before in the journal.
        conn.execute_batch("PRAGMA cache_size = 1; CREATE TABLE rows (text); BEGIN").unwrap();
        for _ in 0..200 {
            conn.execute("INSERT INTO rows VALUES (randomblob(2000))", []).unwrap();
        }
        for suffix in ["", "-journal"] {
            fs::copy(with_suffix(&whole, suffix), with_suffix(&left, suffix)).unwrap();
        }
        assert!(reader(&left).is_err());
        let store = Store::open(&left).unwrap();
        store.check().unwrap();
        let rows = store.read(|reader| reader.many("SELECT text FROM rows", [], |_| Ok(())));
        assert_eq!(rows.unwrap().len(), 0);
    }
}
