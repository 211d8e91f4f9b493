//! The database: SQLite in one file, one thread that writes, a few connections that read. All SQL is in this folder.
//!
//! Reads run at once, inside [`Store::read`]. Changes queue up through [`Store::submit`] and are durable when their
//! [`Pending`] resolves; those that wait together share one commit. Times are whole seconds since 1970, except in the
//! audit's tables, which hold milliseconds.

mod checkpoint;
mod connection;
mod copy;
mod error;
mod home;
mod open;
mod pending;
mod text;
mod writer;

pub mod actions;
pub mod approvals;
pub mod attempts;
pub mod audit;
pub mod confirmed;
pub mod credentials;
pub mod defaults;
pub mod events;
pub mod grants;
pub mod links;
pub mod memory;
pub mod meta;
pub mod pairs;
pub mod projects;
pub mod rates;
pub mod remembered;
pub mod requests;
pub mod sets;
pub mod switches;
pub mod untold;
pub mod workspaces;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread::{self, JoinHandle},
};

use parking_lot::Mutex;
use rusqlite::Connection;

use self::{
    checkpoint::Checkpoints,
    writer::{Closure, Work},
};
pub use self::{
    connection::{Reader, Tx},
    copy::{Contents, adopt, backup, restore},
    error::StoreError,
    home::is_copy,
    open::MIGRATIONS,
    pending::Pending,
};

/// Connections that read.
const READERS: usize = 4;

/// The database. Clones share it; the last one to go writes what is queued and closes it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    readers: Vec<Mutex<Connection>>,
    turn: AtomicUsize,
    queue: Option<Sender<Work>>,
    writer: Option<JoinHandle<()>>,
    /// Held for each checkpoint.
    alone: Arc<Mutex<()>>,
}

impl Store {
    /// Opens the database for the process that owns it: makes it where it is missing, and brings it up to date.
    ///
    /// # Errors
    /// [`StoreError::InUse`] where another process has it, [`StoreError::Newer`] where a newer program made it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::start(path, open::exclusively(path, |_| Ok(()))?)
    }

    /// The same, for these keys: `checks` are their ids and check values. They are compared with the stored ones before
    /// anything is written, and stored.
    ///
    /// # Errors
    /// [`StoreError::WrongKey`] where a key has another value than the one this database knows, or is missing;
    /// [`StoreError::Copied`] where the database belongs in another file.
    pub fn open_with_keys(path: &Path, checks: &[(String, String)]) -> Result<Self, StoreError> {
        let opened = open::exclusively(path, |reader| {
            meta::check_keys(reader, checks)?;
            home::check(reader, path)
        })?;
        let store = Self::start(path, opened)?;
        let (checks, home) = (checks.to_vec(), path.to_owned());
        let put = move |tx: &Tx<'_>| {
            meta::put_keys(tx, &checks)?;
            home::settle(tx, &home)
        };
        store.submit(put).wait()?;
        failpoint!("open.keys-kept");
        Ok(store)
    }

    /// Opens beside the process that owns the database, for a short command such as a list or a check.
    ///
    /// # Errors
    /// [`StoreError::Io`] where there is none, [`StoreError::Older`] where it is not up to date.
    pub fn open_beside(path: &Path) -> Result<Self, StoreError> {
        Self::start(path, open::beside(path)?)
    }

    fn start(path: &Path, opened: open::Opened) -> Result<Self, StoreError> {
        let mut readers = Vec::with_capacity(READERS);
        for _ in 0..READERS {
            readers.push(Mutex::new(open::reader(path)?));
        }
        let alone = Arc::new(Mutex::new(()));
        // A short command beside the process that owns the database makes few changes.
        let owns = opened.lock.is_some();
        let mut checkpoints = owns.then(|| Checkpoints::start(path, Arc::clone(&alone))).transpose()?;
        let (queue, work) = mpsc::channel();
        let writer = thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || {
                let open::Opened { writer, lock } = opened;
                writer::serve(&writer, &work, |changes| {
                    if let Some(checkpoints) = &mut checkpoints {
                        checkpoints.logged(changes);
                    }
                });
                if let Some(checkpoints) = checkpoints {
                    checkpoints.end();
                }
                // First the database, then the lock: the next process must find it closed.
                drop(writer);
                drop(lock);
            })
            .map_err(|error| StoreError::io(path, error))?;
        let (queue, writer) = (Some(queue), Some(writer));
        let inner = Inner { path: path.to_owned(), readers, turn: AtomicUsize::new(0), queue, writer, alone };
        let store = Self { inner: Arc::new(inner) };
        if store.read(meta::instance)?.is_none() {
            store.submit(meta::name_instance).wait()?;
        }
        Ok(store)
    }

    /// Reads one consistent state of the database, at once and on this thread. Meant to take microseconds.
    ///
    /// # Errors
    /// What `f` returns, or what SQLite reports.
    pub fn read<T>(&self, f: impl FnOnce(&Reader<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        // The first that is free has most likely read the same pages a moment ago.
        let free = self.inner.readers.iter().find_map(Mutex::try_lock);
        let conn = free.unwrap_or_else(|| {
            let turn = self.inner.turn.fetch_add(1, Ordering::Relaxed);
            self.inner.readers[turn % READERS].lock()
        });
        conn.prepare_cached("BEGIN")?.execute([])?;
        let _end = EndRead(&conn);
        f(&Reader::new(&conn))
    }

    /// Queues a change, at once and behind all queued before. It commits whether or not somebody waits for it.
    /// `f` runs on the writing thread: it must not wait for anything. Where it fails, what it did is undone.
    pub fn submit<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Pending<T> {
        let (reply, pending) = Pending::new();
        self.send(Work::Change(Box::new(Closure::new(f, reply))));
        pending
    }

    /// Queues a change that nobody waits for: it commits with the next that somebody does wait for, or by itself within
    /// 20 ms, so that it costs no commit of its own. The order stays as it was queued.
    pub fn defer(&self, f: impl FnOnce(&Tx<'_>) -> Result<(), StoreError> + Send + 'static) {
        let (reply, _) = Pending::<()>::new();
        self.send(Work::Later(Box::new(Closure::new(f, reply))));
    }

    /// Queues a change and waits until it is durable.
    ///
    /// # Errors
    /// What `f` returns, or why the change could not be committed.
    pub async fn write<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.submit(f).await
    }

    /// Whether the database can be written and read: does both.
    ///
    /// # Errors
    /// Why it cannot.
    pub async fn health(&self) -> Result<(), StoreError> {
        let written = self.write(meta::beat).await?;
        if self.read(meta::last_beat)? >= written {
            Ok(())
        } else {
            Err(StoreError::corrupt("a write was not read back"))
        }
    }

    /// Moves everything from the log into the database file and empties the log, so that deleted secrets are gone
    /// from both.
    ///
    /// # Errors
    /// What SQLite reports.
    pub async fn checkpoint(&self) -> Result<(), StoreError> {
        let (reply, pending) = Pending::new();
        let alone = Arc::clone(&self.inner.alone);
        self.send(Work::Alone(Box::new(move |conn| {
            let _alone = alone.lock();
            let result = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            drop(reply.send(result.map_err(StoreError::from)));
        })));
        pending.await
    }

    /// Copies the database into a new file while it is in use. Takes as long as the database is large: not for the
    /// async runtime's threads. What is sealed stays sealed.
    ///
    /// # Errors
    /// [`StoreError::Io`] where the file cannot be made or exists.
    pub fn backup(&self, to: &Path) -> Result<(), StoreError> {
        if to.exists() {
            return Err(StoreError::io(to, std::io::ErrorKind::AlreadyExists.into()));
        }
        let conn = open::reader(&self.inner.path)?;
        conn.execute("VACUUM INTO ?1", [to.to_string_lossy()])?;
        std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(|error| StoreError::io(to, error))
    }

    /// Looks through the whole database for damage. Takes as long as the database is large.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] with the first finding.
    pub fn check(&self) -> Result<(), StoreError> {
        let conn = open::reader(&self.inner.path)?;
        let finding: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if finding == "ok" { Ok(()) } else { Err(StoreError::Corrupt(finding)) }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    fn send(&self, work: Work) {
        // Refused only when the writing thread is gone; the work's own reply then says so by being dropped.
        if let Some(queue) = &self.inner.queue {
            drop(queue.send(work));
        }
    }
}

/// Ends a read's transaction, also when the closure panics.
struct EndRead<'c>(&'c Connection);

impl Drop for EndRead<'_> {
    fn drop(&mut self) {
        let ended = self.0.prepare_cached("COMMIT").and_then(|mut end| end.execute([]));
        if let Err(error) = ended {
            tracing::warn!(%error, "a read could not be ended");
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The last connection to close empties the log, and one that only reads could not.
        self.readers.clear();
        drop(self.queue.take());
        // A change may own the last clone: then this is the writing thread, which cannot wait for itself.
        if let Some(writer) = self.writer.take().filter(|writer| writer.thread().id() != thread::current().id()) {
            drop(writer.join());
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
