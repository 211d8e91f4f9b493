//! Moves what is in the log into the database file while changes go on.
//!
//! SQLite does so by itself after a commit, and all changes wait for it some milliseconds. What this thread has moved already
//! SQLite need not move then.

use std::{
    path::Path,
    sync::{
        Arc,
        mpsc::{self, SyncSender, TrySendError},
    },
    thread::{self, JoinHandle},
};

use parking_lot::Mutex;
use rusqlite::Connection;

use super::{StoreError, open};

/// After so many changes. They come to about half of what SQLite lets gather.
const CHANGES: usize = 250;

/// The thread, as the one that writes sees it.
pub(super) struct Checkpoints {
    due: SyncSender<()>,
    thread: JoinHandle<()>,
    since: usize,
}

impl Checkpoints {
    /// Begins with a connection of its own. Of two checkpoints at once SQLite refuses one: `alone` is held for each.
    pub(super) fn start(path: &Path, alone: Arc<Mutex<()>>) -> Result<Self, StoreError> {
        let conn = open::another(path)?;
        let (due, waiting) = mpsc::sync_channel(1);
        let thread = thread::Builder::new()
            .name("checkpoints".to_owned())
            .spawn(move || {
                for () in waiting {
                    let _alone = alone.lock();
                    checkpoint(&conn);
                }
            })
            .map_err(|error| StoreError::io(path, error))?;
        Ok(Self { due, thread, since: 0 })
    }

    /// So many more changes are in the log.
    pub(super) fn logged(&mut self, changes: usize) {
        self.since += changes;
        // Where it is at work already, what is new waits for the next time.
        if self.since >= CHANGES && !matches!(self.due.try_send(()), Err(TrySendError::Full(()))) {
            self.since = 0;
        }
    }

    /// Ends, and closes the connection.
    pub(super) fn end(self) {
        drop(self.due);
        if self.thread.join().is_err() {
            tracing::error!("the thread for checkpoints panicked");
        }
    }
}

/// As far as nobody has to wait for it.
fn checkpoint(conn: &Connection) {
    if let Err(error) = conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        // SQLite tries again after a commit, and what fails there is told.
        tracing::warn!(%error, "the log could not be moved into the database");
    }
}
