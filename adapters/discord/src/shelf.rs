//! Keeps what a later press needs in the host's memory: a form that is being filled in, an answer that waits to be
//! opened. The places go round: what was kept longest ago makes room.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use usher_chat::{Memory, MemoryError};
use uuid::Uuid;

use crate::ids::KeptId;

/// So many things are kept.
const PLACES: u32 = 4_096;

/// The shelf.
pub(crate) struct Shelf {
    memory: Arc<dyn Memory>,
    next: AtomicU32,
    /// One change at a time: a value is read, changed and put back.
    changing: tokio::sync::Mutex<()>,
}

#[derive(Serialize, Deserialize)]
struct Kept<T> {
    id: String,
    value: T,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl Shelf {
    /// A shelf in `memory`. Several of them, one after the other or side by side, begin at different places.
    pub(crate) fn new(memory: Arc<dyn Memory>) -> Self {
        let begin = Uuid::new_v4().as_u64_pair().1 as u32;
        Self { memory, next: AtomicU32::new(begin), changing: tokio::sync::Mutex::new(()) }
    }

    /// Keeps something.
    pub(crate) async fn put<T: Serialize>(&self, value: &T) -> Result<KeptId, MemoryError> {
        let place = self.next.fetch_add(1, Ordering::Relaxed) % PLACES;
        let id = KeptId(format!("{place:x}-{:016x}", Uuid::new_v4().as_u64_pair().0));
        self.write(&id, value).await?;
        Ok(id)
    }

    /// What was kept, if it still is.
    pub(crate) async fn get<T: DeserializeOwned>(&self, id: &KeptId) -> Result<Option<T>, MemoryError> {
        let Some(bytes) = self.memory.get(&key(id)).await? else { return Ok(None) };
        // What cannot be read was kept by another version, or as something else.
        let kept: Option<Kept<T>> = serde_json::from_slice(&bytes).ok();
        Ok(kept.filter(|kept| kept.id == id.0).map(|kept| kept.value))
    }

    /// Changes what was kept and returns it.
    pub(crate) async fn change<T: Serialize + DeserializeOwned>(
        &self,
        id: &KeptId,
        change: impl FnOnce(&mut T) + Send,
    ) -> Result<Option<T>, MemoryError> {
        let _one_at_a_time = self.changing.lock().await;
        let Some(mut value) = self.get::<T>(id).await? else { return Ok(None) };
        change(&mut value);
        self.write(id, &value).await?;
        Ok(Some(value))
    }

    /// Takes it away.
    pub(crate) async fn remove(&self, id: &KeptId) -> Result<(), MemoryError> {
        let _one_at_a_time = self.changing.lock().await;
        if self.get::<serde_json::Value>(id).await?.is_some() {
            self.memory.take(&key(id)).await?;
        }
        Ok(())
    }

    async fn write<T: Serialize>(&self, id: &KeptId, value: &T) -> Result<(), MemoryError> {
        let kept = Kept { id: id.0.clone(), value };
        let bytes = serde_json::to_vec(&kept).map_err(|error| MemoryError(error.to_string()))?;
        self.memory.put(&key(id), bytes).await
    }
}

fn key(id: &KeptId) -> String {
    format!("kept/{}", id.0.split('-').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use usher_chat::PassingMemory;

    use super::*;

    #[tokio::test]
    async fn what_is_kept_can_be_changed_and_makes_room_at_last() {
        let memory = Arc::new(PassingMemory::default());
        let shelf = Shelf::new(memory.clone());
        let id = shelf.put(&vec![1]).await.unwrap();
        assert_eq!(shelf.change(&id, |list: &mut Vec<i32>| list.push(2)).await.unwrap(), Some(vec![1, 2]));
        assert_eq!(Shelf::new(memory.clone()).get::<Vec<i32>>(&id).await.unwrap(), Some(vec![1, 2]));
        assert_eq!(shelf.get::<Vec<i32>>(&KeptId(format!("{}0", id.0))).await.unwrap(), None);
        for _ in 0..PLACES {
            shelf.put(&vec![0]).await.unwrap();
        }
        assert_eq!(shelf.get::<Vec<i32>>(&id).await.unwrap(), None);
        assert_eq!(memory.count(), PLACES as usize);
        let last = shelf.put(&vec![3]).await.unwrap();
        shelf.remove(&id).await.unwrap();
        assert_eq!(shelf.get::<Vec<i32>>(&last).await.unwrap(), Some(vec![3]), "another's place stays");
        shelf.remove(&last).await.unwrap();
        assert_eq!(shelf.get::<Vec<i32>>(&last).await.unwrap(), None);
    }
}
