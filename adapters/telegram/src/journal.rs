//! What Telegram told us and we have not dealt with yet, kept so that a restart loses nothing.
//!
//! A batch of updates is one entry of the adapter's memory, so it is durable in one commit. The ids of those that are dealt
//! with stand in a second, small entry. There is a fixed number of places for batches: when all are taken, nothing
//! more is accepted until one is free.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet, VecDeque},
    sync::Arc,
};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use teloxide::types::UserId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use usher_chat::{Memory, MemoryError};

/// So many batches can be worked on at once.
const PLACES: usize = 256;
/// So many ids of updates that are done are remembered, for Telegram tells things twice.
const REMEMBERED: usize = 4_096;

/// An update as Telegram told it. It is kept and read as these very letters.
pub(crate) type Told = Box<RawValue>;

#[derive(Deserialize)]
struct Numbered {
    update_id: u32,
}

/// A batch as it stands in memory.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Batch {
    /// The id after the last update of the batch.
    next: u32,
    updates: Vec<Told>,
}

/// The updates that are not dealt with.
pub(crate) struct Journal {
    memory: Arc<dyn Memory>,
    bot: UserId,
    free: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    next: u32,
    places: BTreeMap<usize, Open>,
    known: HashSet<u32>,
    done: VecDeque<u32>,
}

/// A place with a batch in it.
struct Open {
    next: u32,
    left: BTreeSet<u32>,
    done: Vec<u32>,
    writing: bool,
    changed: bool,
    _taken: OwnedSemaphorePermit,
}

impl std::fmt::Debug for Journal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Journal").finish_non_exhaustive()
    }
}

/// The id of an update, as Telegram wrote it.
pub(crate) fn id_of(update: &RawValue) -> Option<u32> {
    serde_json::from_str::<Numbered>(update.get()).ok().map(|numbered| numbered.update_id)
}

impl Journal {
    /// Reads what an earlier run of the same bot left, in the order of the ids. Each bot has a count of its own.
    pub(crate) async fn open(memory: Arc<dyn Memory>, bot: UserId) -> Result<(Self, Vec<Told>), MemoryError> {
        let free = Arc::new(Semaphore::new(PLACES));
        let mut state = State::default();
        let mut left = BTreeMap::new();
        for place in 0..PLACES {
            let Some(batch) = read::<Batch>(memory.as_ref(), &batch_key(bot, place)).await? else { continue };
            state.next = state.next.max(batch.next);
            let done: Vec<u32> = read(memory.as_ref(), &done_key(bot, place)).await?.unwrap_or_default();
            let open: BTreeMap<u32, Told> = batch
                .updates
                .into_iter()
                .filter_map(|update| Some((id_of(&update)?, update)))
                .filter(|(id, _)| !done.contains(id))
                .collect();
            if let (false, Ok(taken)) = (open.is_empty(), Arc::clone(&free).try_acquire_owned()) {
                let left = open.keys().copied().collect();
                state.known.extend(open.keys());
                let (next, writing, changed) = (batch.next, false, false);
                state.places.insert(place, Open { next, left, done, writing, changed, _taken: taken });
            }
            left.extend(open);
        }
        Ok((Self { memory, bot, free, state: Mutex::new(state) }, left.into_values().collect()))
    }

    /// The id from which Telegram should go on telling. 0: nothing was told yet.
    pub(crate) fn next(&self) -> u32 {
        self.state.lock().next
    }

    /// Keeps a batch. Durable when it returns, with those of the batch that are new.
    pub(crate) async fn keep(&self, updates: Vec<Told>) -> Result<Vec<Told>, MemoryError> {
        let taken = Arc::clone(&self.free).acquire_owned().await;
        let taken = taken.map_err(|_| MemoryError("the journal is closed".to_owned()))?;
        let (place, batch, ids) = {
            let mut state = self.state.lock();
            let mut ids = BTreeSet::new();
            let fresh: Vec<Told> = updates
                .into_iter()
                .filter(|update| id_of(update).is_some_and(|id| state.known.insert(id) && ids.insert(id)))
                .collect();
            let Some(last) = ids.last() else { return Ok(Vec::new()) };
            let next = state.next.max(last + 1);
            let place = (0..PLACES).find(|place| !state.places.contains_key(place)).unwrap_or_default();
            let open = Open { next, left: ids.clone(), done: Vec::new(), writing: true, changed: false, _taken: taken };
            state.places.insert(place, open);
            (place, Batch { next, updates: fresh }, ids)
        };
        let written = self.write(&batch_key(self.bot, place), &batch).await;
        let mut state = self.state.lock();
        match written {
            Ok(()) => {
                state.next = state.next.max(batch.next);
                if let Some(open) = state.places.get_mut(&place) {
                    open.writing = false;
                }
                Ok(batch.updates)
            }
            Err(error) => {
                state.places.remove(&place);
                state.known.retain(|id| !ids.contains(id));
                Err(error)
            }
        }
    }

    /// An update is dealt with. What ends while the marks of its batch are being written is written with the next one.
    pub(crate) async fn done(&self, id: u32) {
        let place = {
            let mut state = self.state.lock();
            state.remember(id);
            let found = state.places.iter_mut().find(|(_, open)| open.left.contains(&id));
            let Some((place, open)) = found else { return };
            open.left.remove(&id);
            open.done.push(id);
            open.changed = true;
            if std::mem::replace(&mut open.writing, true) {
                return;
            }
            *place
        };
        while let Some(mark) = self.next_mark(place) {
            let written = match &mark {
                Mark::Some(done) => self.write(&done_key(self.bot, place), done).await,
                Mark::All(next) => {
                    self.write(&batch_key(self.bot, place), &Batch { next: *next, updates: Vec::new() }).await
                }
            };
            if let Err(error) = written {
                tracing::error!(%error, "it could not be noted that an update is dealt with");
            }
            if matches!(mark, Mark::All(_)) {
                self.state.lock().places.remove(&place);
                return;
            }
        }
    }

    /// What is to be written for a place, if anything changed since the last writing.
    fn next_mark(&self, place: usize) -> Option<Mark> {
        let mut state = self.state.lock();
        let open = state.places.get_mut(&place)?;
        if !std::mem::take(&mut open.changed) {
            open.writing = false;
            return None;
        }
        Some(if open.left.is_empty() { Mark::All(open.next) } else { Mark::Some(open.done.clone()) })
    }

    async fn write(&self, key: &str, value: &impl Serialize) -> Result<(), MemoryError> {
        let value = serde_json::to_vec(value).map_err(|error| MemoryError(error.to_string()))?;
        self.memory.put(key, value).await
    }
}

enum Mark {
    Some(Vec<u32>),
    All(u32),
}

impl State {
    fn remember(&mut self, id: u32) {
        self.done.push_back(id);
        if self.done.len() > REMEMBERED
            && let Some(old) = self.done.pop_front()
        {
            self.known.remove(&old);
        }
    }
}

/// Reads a value of the memory. What cannot be read counts as absent: it is of an older version.
pub(crate) async fn read<T: serde::de::DeserializeOwned>(
    memory: &dyn Memory,
    key: &str,
) -> Result<Option<T>, MemoryError> {
    let value = memory.get(key).await?;
    Ok(value.and_then(|value| serde_json::from_slice(&value).ok()))
}

fn batch_key(bot: UserId, place: usize) -> String {
    format!("updates {bot} {place}")
}

fn done_key(bot: UserId, place: usize) -> String {
    format!("updates {bot} {place} done")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Shelf;

    const BOT: UserId = UserId(1);

    fn updates(ids: impl IntoIterator<Item = u32>) -> Vec<Told> {
        ids.into_iter().map(|id| RawValue::from_string(format!(r#"{{"update_id":{id}}}"#)).unwrap()).collect()
    }

    fn ids(updates: &[Told]) -> Vec<u32> {
        updates.iter().filter_map(|update| id_of(update)).collect()
    }

    #[tokio::test]
    async fn what_is_not_done_comes_back_after_a_restart() {
        let shelf = Arc::new(Shelf::default());
        let (journal, left) = Journal::open(shelf.clone(), BOT).await.unwrap();
        assert_eq!((left.len(), journal.next()), (0, 0));
        assert_eq!(ids(&journal.keep(updates([5, 6, 7])).await.unwrap()), [5, 6, 7]);
        assert_eq!(ids(&journal.keep(updates([7, 8])).await.unwrap()), [8], "told twice");
        journal.done(6).await;
        journal.done(8).await;
        let (journal, left) = Journal::open(shelf.clone(), BOT).await.unwrap();
        assert_eq!((ids(&left), journal.next()), (vec![5, 7], 9));
        for id in [5, 7] {
            journal.done(id).await;
        }
        let (journal, left) = Journal::open(shelf.clone(), BOT).await.unwrap();
        assert_eq!((left.len(), journal.next()), (0, 9), "the offset outlives the batch");
        let (journal, _) = Journal::open(shelf, UserId(2)).await.unwrap();
        assert_eq!(journal.next(), 0, "another bot counts anew");
    }

    #[tokio::test]
    async fn a_batch_is_one_commit() {
        let shelf = Arc::new(Shelf::default());
        let (journal, _) = Journal::open(shelf.clone(), BOT).await.unwrap();
        journal.keep(updates(0..100)).await.unwrap();
        assert_eq!(shelf.puts(), 1);
    }

    #[tokio::test]
    async fn what_could_not_be_kept_is_told_again() {
        let shelf = Arc::new(Shelf::default());
        let (journal, _) = Journal::open(shelf.clone(), BOT).await.unwrap();
        shelf.fail(true);
        assert!(journal.keep(updates([1])).await.is_err());
        assert_eq!(journal.next(), 0);
        shelf.fail(false);
        assert_eq!(ids(&journal.keep(updates([1])).await.unwrap()), [1]);
    }

    #[tokio::test]
    async fn there_is_room_for_so_many_batches_and_no_more() {
        let (journal, _) = Journal::open(Arc::new(Shelf::default()), BOT).await.unwrap();
        for id in 0..PLACES as u32 {
            journal.keep(updates([id])).await.unwrap();
        }
        let one_more = journal.keep(updates([9_999]));
        tokio::pin!(one_more);
        assert!(futures::poll!(one_more.as_mut()).is_pending());
        journal.done(3).await;
        assert_eq!(ids(&one_more.await.unwrap()), [9_999]);
    }
}
