//! A memory for tests and for trying an adapter by itself.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;

use crate::{Memory, MemoryError};

/// Keeps what is put for as long as it lives itself, and nothing on the disk.
#[derive(Debug, Default)]
pub struct PassingMemory(Mutex<HashMap<String, Vec<u8>>>);

impl PassingMemory {
    /// How many keys hold something.
    pub fn count(&self) -> usize {
        self.kept().len()
    }

    fn kept(&self) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
        // No change stops half way, so what another thread left behind is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Memory for PassingMemory {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        Ok(self.kept().get(key).cloned())
    }

    async fn put(&self, key: &str, value: Vec<u8>) -> Result<(), MemoryError> {
        self.kept().insert(key.to_owned(), value);
        Ok(())
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        Ok(self.kept().remove(key))
    }
}
