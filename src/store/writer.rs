//! The one thread that changes the database. Changes that wait together share one commit.

use std::{
    any::Any,
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    StoreError,
    connection::{Hook, Tx},
};

/// Changes in one commit. Bounds how long the first of them waits for the others.
const TOGETHER: usize = 256;

/// How long a change that nobody waits for may wait for the company of others.
const LATER: Duration = Duration::from_millis(20);

/// What the thread is asked to do.
pub(super) enum Work {
    /// A change, to be committed together with others.
    Change(Box<dyn Change>),
    /// A change that may wait a moment for the commit of another.
    Later(Box<dyn Change>),
    /// Something that no transaction may be open for.
    Alone(Box<dyn FnOnce(&Connection) + Send>),
}

/// A change that has been queued: run inside the transaction, told the outcome after it.
pub(super) trait Change: Send {
    /// Does the work. False: it failed, and what it did is to be undone.
    fn run(&mut self, tx: &Tx<'_>) -> bool;
    /// The transaction is over.
    fn finish(self: Box<Self>, committed: Result<(), StoreError>);
}

/// A closure as a [`Change`].
pub(super) struct Closure<T, F> {
    work: Option<F>,
    result: Result<T, StoreError>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Closure<T, F> {
    pub(super) fn new(work: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self { work: Some(work), result: Err(StoreError::Closed), reply }
    }
}

impl<T, F> Change for Closure<T, F>
where
    T: Send,
    F: FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, tx: &Tx<'_>) -> bool {
        if let Some(work) = self.work.take() {
            self.result = catch_unwind(AssertUnwindSafe(|| work(tx)))
                .unwrap_or_else(|_: Box<dyn Any + Send>| Err(StoreError::Panicked));
        }
        self.result.is_ok()
    }

    fn finish(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (self.work, committed) {
            // It was not even begun, for what went wrong before it.
            (Some(_), Err(error)) => Err(error),
            (_, committed) => self.result.and_then(|value| committed.map(|()| value)),
        };
        // Nobody may be waiting any more. A change that was made stands all the same.
        if let Err(Err(error)) = self.reply.send(result) {
            tracing::error!(%error, "a change that nobody waited for was not made");
        }
    }
}

/// Serves the queue until every sender is gone and the queue is empty. `logged` hears of each commit how many changes it had.
pub(super) fn serve(conn: &Connection, queue: &Receiver<Work>, mut logged: impl FnMut(usize)) {
    let mut patient = Patient::default();
    let mut left = None;
    loop {
        match left.take().map_or_else(|| patient.next(queue), Ok) {
            Ok(Work::Later(change)) => patient.push(change),
            Ok(Work::Change(change)) => {
                patient.push(change);
                left = commit_together(conn, patient.take(), queue, &mut logged);
            }
            Ok(Work::Alone(work)) => {
                commit_together(conn, patient.take(), &mpsc::channel().1, &mut logged);
                // A panic here must not end the thread that everyone depends on.
                failpoint!("store.before-alone");
                drop(catch_unwind(AssertUnwindSafe(|| work(conn))));
                failpoint!("store.after-alone");
            }
            Err(RecvTimeoutError::Timeout) => left = commit_together(conn, patient.take(), queue, &mut logged),
            Err(RecvTimeoutError::Disconnected) => {
                commit_together(conn, patient.take(), queue, &mut logged);
                return;
            }
        }
    }
}

/// Changes that wait for company.
#[derive(Default)]
struct Patient {
    changes: VecDeque<Box<dyn Change>>,
    until: Option<Instant>,
}

impl Patient {
    fn push(&mut self, change: Box<dyn Change>) {
        self.until.get_or_insert_with(|| Instant::now() + LATER);
        self.changes.push_back(change);
    }

    fn take(&mut self) -> VecDeque<Box<dyn Change>> {
        self.until = None;
        std::mem::take(&mut self.changes)
    }

    /// The next work, or a timeout where these have waited long enough.
    fn next(&self, queue: &Receiver<Work>) -> Result<Work, RecvTimeoutError> {
        match self.until {
            _ if self.changes.len() >= TOGETHER => Err(RecvTimeoutError::Timeout),
            Some(until) => queue.recv_timeout(until.saturating_duration_since(Instant::now())),
            None => queue.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }
}

/// Commits changes and those that wait behind them. Gives back what it took from the queue and could not include.
fn commit_together(
    conn: &Connection,
    mut changes: VecDeque<Box<dyn Change>>,
    queue: &Receiver<Work>,
    logged: &mut impl FnMut(usize),
) -> Option<Work> {
    let first = changes.pop_front()?;
    if let Err(error) = execute(conn, "BEGIN IMMEDIATE") {
        changes.push_front(first);
        changes.into_iter().for_each(|change| change.finish(Err(error.clone())));
        return None;
    }
    failpoint!("store.begun");
    let mut done = Vec::new();
    let mut hooks = Vec::new();
    let mut left = None;
    let mut change = Some(first);
    while let Some(mut current) = change.take() {
        let intact = in_savepoint(conn, current.as_mut());
        done.push(current);
        match intact {
            Ok(after) => hooks.extend(after),
            Err(error) => {
                done.extend(changes);
                settle(conn, done, Err(error));
                return None;
            }
        }
        change = changes.pop_front();
        if change.is_none() && done.len() < TOGETHER {
            match queue.try_recv() {
                Ok(Work::Change(another) | Work::Later(another)) => change = Some(another),
                Ok(alone) => left = Some(alone),
                Err(_) => {}
            }
        }
    }
    failpoint!("store.before-commit");
    let committed = execute(conn, "COMMIT");
    failpoint!("store.committed");
    if committed.is_ok() {
        logged(done.len());
        hooks.into_iter().for_each(|hook| drop(catch_unwind(AssertUnwindSafe(hook))));
    }
    settle(conn, done, committed);
    failpoint!("store.told");
    left
}

/// Runs one change so that its failure undoes nothing but itself, and gives back what shall happen once it is durable.
/// An error means that the whole transaction is lost.
fn in_savepoint(conn: &Connection, change: &mut dyn Change) -> Result<Vec<Hook>, StoreError> {
    execute(conn, "SAVEPOINT one")?;
    let tx = Tx::new(conn);
    let good = change.run(&tx);
    let hooks = if good { tx.into_hooks() } else { Vec::new() };
    if conn.is_autocommit() {
        // A full disk or a failing one can make SQLite roll back everything at once.
        return Err(StoreError::Undone);
    }
    if !good {
        execute(conn, "ROLLBACK TO one")?;
    }
    execute(conn, "RELEASE one")?;
    Ok(hooks)
}

fn settle(conn: &Connection, done: Vec<Box<dyn Change>>, committed: Result<(), StoreError>) {
    if committed.is_err()
        && !conn.is_autocommit()
        && let Err(error) = execute(conn, "ROLLBACK")
    {
        tracing::error!(%error, "a failed commit could not be rolled back");
    }
    for change in done {
        change.finish(committed.clone());
    }
}

fn execute(conn: &Connection, sql: &str) -> Result<(), StoreError> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Pending;

    #[test]
    fn a_change_that_was_never_begun_is_told_why() {
        let (reply, pending) = Pending::new();
        let change = Box::new(Closure::new(|_: &Tx<'_>| Ok(()), reply));
        change.finish(Err(StoreError::Full));
        assert!(matches!(pending.wait(), Err(StoreError::Full)));
    }
}
