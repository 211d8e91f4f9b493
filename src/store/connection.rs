//! What a closure gets to work with: a [`Reader`] sees one consistent state, a [`Tx`] also changes it.

use std::{cell::RefCell, fmt, ops::Deref};

use rusqlite::{Connection, Params, Row};

use super::StoreError;

/// One consistent state of the database. The functions of the table families take it.
pub struct Reader<'c> {
    conn: &'c Connection,
}

/// A change under way. It sees its own changes and those queued before it.
pub struct Tx<'c> {
    reader: Reader<'c>,
    after: RefCell<Vec<Hook>>,
}

/// What happens once a change is durable.
pub(super) type Hook = Box<dyn FnOnce() + Send>;

impl<'c> Reader<'c> {
    pub(super) fn new(conn: &'c Connection) -> Self {
        Self { conn }
    }

    /// The first row, if there is one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        map: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        rows.next()?.map(map).transpose()
    }

    /// All rows.
    pub(super) fn many<T>(
        &self,
        sql: &str,
        params: impl Params,
        mut map: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(sql, params, |row| {
            found.push(map(row)?);
            Ok::<_, StoreError>(())
        })?;
        Ok(found)
    }

    /// Walks the rows without holding them.
    pub(super) fn each<E: From<StoreError>>(
        &self,
        sql: &str,
        params: impl Params,
        mut visit: impl FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.conn.prepare_cached(sql).map_err(StoreError::from)?;
        let mut rows = statement.query(params).map_err(StoreError::from)?;
        while let Some(row) = rows.next().map_err(StoreError::from)? {
            visit(row)?;
        }
        Ok(())
    }
}

impl<'c> Tx<'c> {
    pub(super) fn new(conn: &'c Connection) -> Self {
        Self { reader: Reader::new(conn), after: RefCell::default() }
    }

    /// Does something once this change is durable, on the writing thread; nothing where it is undone.
    pub fn after(&self, hook: impl FnOnce() + Send + 'static) {
        self.after.borrow_mut().push(Box::new(hook));
    }

    pub(super) fn into_hooks(self) -> Vec<Hook> {
        self.after.into_inner()
    }

    /// Runs a statement and says how many rows it changed.
    pub(super) fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        Ok(self.conn.prepare_cached(sql)?.execute(params)?)
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reader")
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tx")
    }
}
