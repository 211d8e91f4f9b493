//! What adapters and parts of Usher keep, sealed: a journal of updates holds what people wrote, and now and then that is a
//! code.

use async_trait::async_trait;
use usher_chat::{Memory, MemoryError};

use crate::{
    error::Error,
    keys::{self, KeyRing, OpenError},
    store::{
        Store, StoreError,
        memory::{self, Kept, Spot},
    },
};

/// The memory of one adapter, or of a part of Usher with a name of its own.
#[derive(Debug, Clone)]
pub struct SealedMemory {
    store: Store,
    keys: KeyRing,
    adapter: String,
}

impl SealedMemory {
    /// The memory of the adapter of that name.
    pub fn new(store: Store, keys: KeyRing, adapter: String) -> Self {
        Self { store, keys, adapter }
    }

    fn spot(&self, key: &str) -> Spot {
        Spot { adapter: self.adapter.clone(), key: key.to_owned() }
    }

    /// What was put under a key.
    ///
    /// # Errors
    /// A database that fails, and a value that does not open.
    pub fn read(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.opened(key, self.store.read(|reader| memory::get(reader, &self.adapter, key))?)
    }

    /// Puts a value under a key. Durable when it returns.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn write(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        let spot = self.spot(key);
        let sealed = self.keys.seal(value, &aad(&spot));
        Ok(self.store.write(move |tx| memory::put(tx, &spot.adapter, &spot.key, &sealed)).await?)
    }

    fn opened(&self, key: &str, kept: Option<Kept>) -> Result<Option<Vec<u8>>, Error> {
        kept.map(|kept| open(&self.keys, &self.spot(key), kept)).transpose().map_err(Error::internal)
    }
}

#[async_trait]
impl Memory for SealedMemory {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        self.read(key).map_err(failed)
    }

    async fn put(&self, key: &str, value: Vec<u8>) -> Result<(), MemoryError> {
        failpoint!("memory.before-put");
        self.write(key, &value).await.map_err(failed)?;
        failpoint!("memory.put");
        Ok(())
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        let spot = self.spot(key);
        let kept = self.store.write(move |tx| memory::take(tx, &spot.adapter, &spot.key)).await.map_err(failed)?;
        self.opened(key, kept).map_err(failed)
    }
}

/// Seals with the active key what older keys have sealed, and what no key has. Says how much that was. What cannot be
/// opened stays as it is.
///
/// # Errors
/// A database that fails.
pub async fn seal_anew(store: &Store, keys: &KeyRing) -> Result<usize, StoreError> {
    let mut done = 0;
    for (spot, kept) in store.read(memory::all)? {
        if kept.sealed && keys::key_of(&kept.value) == Some(keys.active()) {
            continue;
        }
        match open(keys, &spot, kept.clone()) {
            Ok(plain) => {
                let sealed = keys.seal(&plain, &aad(&spot));
                failpoint!("keys.sealing-memory-anew");
                done += usize::from(store.write(move |tx| memory::seal_anew(tx, &spot, &kept, &sealed)).await?);
            }
            Err(error) => {
                tracing::error!(adapter = %spot.adapter, %error, "something that an adapter keeps cannot be opened")
            }
        }
    }
    Ok(done)
}

fn open(keys: &KeyRing, spot: &Spot, kept: Kept) -> Result<Vec<u8>, OpenError> {
    match kept.sealed {
        true => keys.open(&kept.value, &aad(spot)).map(|plain| plain.to_vec()),
        false => Ok(kept.value),
    }
}

/// An adapter's name has no `/`.
fn aad(spot: &Spot) -> Vec<u8> {
    format!("memory/{}/{}", spot.adapter, spot.key).into_bytes()
}

fn failed(error: impl std::fmt::Display) -> MemoryError {
    MemoryError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &[u8] = b"CANARY-7f21 ABCD-EFGH";

    fn fresh() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("usher.db")).unwrap();
        (folder, store)
    }

    fn memory(store: &Store, keys: &KeyRing, adapter: &str) -> SealedMemory {
        SealedMemory::new(store.clone(), keys.clone(), adapter.to_owned())
    }

    fn in_the_files(store: &Store) -> bool {
        ["", "-wal"].iter().any(|suffix| {
            let bytes = std::fs::read(format!("{}{suffix}", store.path().display())).unwrap_or_default();
            bytes.windows(CODE.len()).any(|window| window == CODE)
        })
    }

    #[tokio::test]
    async fn what_an_adapter_keeps_is_sealed_and_comes_back() {
        let (_folder, store) = fresh();
        let keys = KeyRing::generate().unwrap();
        let own = memory(&store, &keys, "telegram");
        own.put("update/1", CODE.to_vec()).await.unwrap();
        assert!(!in_the_files(&store));
        assert_eq!(own.get("update/1").await.unwrap().as_deref(), Some(CODE));
        assert_eq!(memory(&store, &keys, "discord").get("update/1").await.unwrap(), None);
        assert_eq!(own.take("update/1").await.unwrap().as_deref(), Some(CODE));
        assert_eq!(own.take("update/1").await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_value_opens_under_its_own_key_alone() {
        let (_folder, store) = fresh();
        let keys = KeyRing::generate().unwrap();
        let own = memory(&store, &keys, "telegram");
        own.put("offset", b"7".to_vec()).await.unwrap();
        let stolen = store.read(|reader| memory::get(reader, "telegram", "offset")).unwrap().unwrap();
        store.write(move |tx| memory::put(tx, "telegram", "update/1", &stolen.value)).await.unwrap();
        assert!(own.get("update/1").await.is_err());
    }

    #[tokio::test]
    async fn older_values_are_read_and_sealed_at_the_next_start() {
        let (_folder, store) = fresh();
        let keys = KeyRing::generate().unwrap();
        let conn = rusqlite::Connection::open(store.path()).unwrap();
        conn.execute("INSERT INTO memory (adapter, key, value) VALUES ('telegram', 'update/1', ?1)", [CODE]).unwrap();
        let own = memory(&store, &keys, "telegram");
        assert_eq!(own.get("update/1").await.unwrap().as_deref(), Some(CODE));
        assert_eq!(seal_anew(&store, &keys).await.unwrap(), 1);
        store.checkpoint().await.unwrap();
        assert!(!in_the_files(&store));
        assert_eq!(own.get("update/1").await.unwrap().as_deref(), Some(CODE));

        let newer = keys.rotated().unwrap();
        assert_eq!(seal_anew(&store, &newer).await.unwrap(), 1);
        assert_eq!(seal_anew(&store, &newer).await.unwrap(), 0);
        let last = memory(&store, &newer.without("k1").unwrap(), "telegram");
        assert_eq!(last.get("update/1").await.unwrap().as_deref(), Some(CODE));
    }
}
