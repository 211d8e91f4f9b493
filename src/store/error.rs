//! What can go wrong with the database, told apart as far as somebody acts on the difference.

use std::{path::PathBuf, sync::Arc};

/// A read or a change that did not happen. Cheap to copy: a failed commit fails every change in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The change contradicts what is stored, or somebody else was faster. Nothing was changed.
    #[error("the stored state does not allow this change")]
    Conflict,
    /// What was to be changed is not there.
    #[error("there is no such row")]
    NotFound,
    /// What is stored cannot be right.
    #[error("the database holds something unreadable: {0}")]
    Corrupt(String),
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// Another process has this database open.
    #[error("{} is in use by another usher; stop that one first", path.display())]
    InUse {
        /// The database.
        path: PathBuf,
    },
    /// The database has been opened by a newer version of this program.
    #[error("the database has version {found}, this program knows only up to {known}: use the newer usher")]
    Newer {
        /// The database's version.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// The database has not been brought up to date, and this way of opening does not do it.
    #[error("the database has version {found} of {known}: start `usher run` once")]
    Older {
        /// The database's version.
        found: i64,
        /// The version that this program wants.
        known: i64,
    },
    /// The key file does not belong to this database.
    #[error("the key file does not fit this database: {0}; put back the key file that belongs to it")]
    WrongKey(String),
    /// The database belongs in another file: it is a copy, or was moved to another disk.
    #[error(
        "{} is a copy of a database, or was moved; while the other one is in use, both would use up each other's \
         tokens and everyone would have to link again; `usher adopt` once the other one has stopped for good",
        path.display()
    )]
    Copied {
        /// The database.
        path: PathBuf,
    },
    /// The change made the program stumble. It was rolled back.
    #[error("the change ended in a panic")]
    Panicked,
    /// SQLite gave up on everything in the commit, for the fault of another change in it.
    #[error("the database undid the change together with others")]
    Undone,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// A file could not be opened, made or locked.
    #[error("{}: {error}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        error: Arc<std::io::Error>,
    },
    /// Anything else that SQLite reports.
    #[error("database: {0}")]
    Other(#[source] Arc<rusqlite::Error>),
}

impl StoreError {
    /// A stored text that is not what it should be. Names the column, not the text.
    pub(crate) fn corrupt(what: &str) -> Self {
        Self::Corrupt(what.to_owned())
    }

    pub(super) fn io(path: &std::path::Path, error: std::io::Error) -> Self {
        Self::Io { path: path.to_owned(), error: Arc::new(error) }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Self::Conflict,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            _ => Self::Other(Arc::new(error)),
        }
    }
}

impl From<StoreError> for crate::error::Error {
    fn from(error: StoreError) -> Self {
        Self::internal(error)
    }
}
