//! Copies of the database: a backup of one that may be in use, and the way back.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use rusqlite::Connection;

use super::{
    Reader, Store, StoreError, meta,
    open::{self, private_file, with_suffix},
};

/// What a backup holds, for the person who made it or puts it back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// So many links.
    pub links: u64,
    /// So many rows of the audit.
    pub rows: u64,
    /// Its size in bytes.
    pub bytes: u64,
}

/// Writes a backup of a database, also of one that is in use: what was committed when it began. Durable when it returns.
///
/// # Errors
/// The file exists already or cannot be written, or the backup does not prove sound; then there is none.
pub fn backup(path: &Path, to: &Path) -> Result<Contents, StoreError> {
    if to.exists() {
        return Err(StoreError::io(to, std::io::ErrorKind::AlreadyExists.into()));
    }
    let from = open::reader(path)?;
    // Under its name there is never half a backup, however this ends.
    let part = with_suffix(to, ".part");
    let written = (|| {
        gone(&part)?;
        private_file(&part).map_err(|error| StoreError::io(&part, error))?;
        from.execute("VACUUM INTO ?1", [part.to_string_lossy()])?;
        durable(&part)?;
        failpoint!("backup.written");
        let contents = sound(&part, |_| Ok(()))?;
        fs::rename(&part, to).map_err(|error| StoreError::io(to, error))?;
        failpoint!("backup.named");
        durable(to)?;
        Ok(contents)
    })();
    if written.is_err()
        && let Err(error) = gone(&part)
    {
        tracing::warn!(%error, "half a backup could not be removed");
    }
    written
}

/// Puts a backup in the place of a database that is not in use, and keeps the one that was there. Returns what the
/// backup holds, and where the other one is now. What is put back belongs in another file, so it has to be settled
/// with [`adopt`] before it works.
///
/// # Errors
/// The backup is not sound, is newer than this program or was made with other keys; then nothing has changed.
pub fn restore(
    from: &Path,
    path: &Path,
    checks: &[(String, String)],
    now: i64,
) -> Result<(Contents, Option<PathBuf>), StoreError> {
    let contents = sound(from, |reader| meta::check_keys(reader, checks))?;
    let _lock = open::lock(path)?;
    let new = with_suffix(path, ".new");
    fs::copy(from, &new).map_err(|error| StoreError::io(&new, error))?;
    private(&new)?;
    durable(&new)?;
    failpoint!("restore.copied");
    let kept = match path.exists() {
        true => {
            // All of it is in the one file once the last connection is gone.
            Connection::open(path)?.pragma_update(None, "wal_checkpoint", "TRUNCATE")?;
            let kept = keep(path, now)?;
            failpoint!("restore.kept");
            Some(kept)
        }
        false => None,
    };
    for suffix in ["-wal", "-shm"] {
        gone(&with_suffix(path, suffix))?;
    }
    failpoint!("restore.cleared");
    // Either the one or the other is there at every moment.
    fs::rename(&new, path).map_err(|error| StoreError::io(path, error))?;
    failpoint!("restore.renamed");
    durable(path)?;
    Ok((contents, kept))
}

/// Lets a copied or moved database work where it is now.
///
/// # Errors
/// It is in use, or the keys are not its own.
pub fn adopt(path: &Path, checks: &[(String, String)]) -> Result<(), StoreError> {
    let store = Store::start(path, open::exclusively(path, |reader| meta::check_keys(reader, checks))?)?;
    failpoint!("adopt.opened");
    let home = path.to_owned();
    store.submit(move |tx| super::home::settle(tx, &home)).wait()
}

/// What a database holds, if nothing in it is broken.
fn sound(path: &Path, check: impl FnOnce(&Reader<'_>) -> Result<(), StoreError>) -> Result<Contents, StoreError> {
    let conn = open::reader(path)?;
    if open::checked_version(&conn)? == 0 {
        return Err(StoreError::Corrupt(format!("{} is no database of usher's", path.display())));
    }
    let said: String = conn.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    if said != "ok" {
        return Err(StoreError::Corrupt(said));
    }
    let reader = Reader::new(&conn);
    check(&reader)?;
    let count = |sql: &str| -> Result<u64, StoreError> {
        let number: i64 = conn.query_row(sql, [], |row| row.get(0))?;
        Ok(number.unsigned_abs())
    };
    let bytes = fs::metadata(path).map_err(|error| StoreError::io(path, error))?.len();
    Ok(Contents { links: count("SELECT count(*) FROM links")?, rows: count("SELECT count(*) FROM audit")?, bytes })
}

/// Gives a database a second name, which stays when another takes the first. A restore that was cut off may have taken the
/// name of this second.
fn keep(path: &Path, now: i64) -> Result<PathBuf, StoreError> {
    let mut number = 1;
    loop {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        let kept = with_suffix(path, &format!(".before-{now}{more}"));
        match fs::hard_link(path, &kept) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            linked => return linked.map(|()| kept.clone()).map_err(|error| StoreError::io(&kept, error)),
        }
    }
}

/// Removes a file, if it is there.
fn gone(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(StoreError::io(path, error)),
        _ => Ok(()),
    }
}

/// Waits until a file and its name are on the disk.
fn durable(path: &Path) -> Result<(), StoreError> {
    let fail = |error| StoreError::io(path, error);
    File::open(path).and_then(|file| file.sync_all()).map_err(fail)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    #[cfg(unix)]
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)?;
    Ok(())
}

#[cfg(unix)]
fn private(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).map_err(|error| StoreError::io(path, error))
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<(), StoreError> {
    Ok(())
}
