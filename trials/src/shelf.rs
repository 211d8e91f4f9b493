//! What an adapter remembers, for as long as a trial runs.

use std::collections::HashMap;

use async_trait::async_trait;
use parking_lot::Mutex;
use usher_chat::{Memory, MemoryError};

/// Keeps what is put, and nothing on the disk.
#[derive(Default)]
pub struct Shelf(Mutex<HashMap<String, Vec<u8>>>);

#[async_trait]
impl Memory for Shelf {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        Ok(self.0.lock().get(key).cloned())
    }

    async fn put(&self, key: &str, value: Vec<u8>) -> Result<(), MemoryError> {
        self.0.lock().insert(key.to_owned(), value);
        Ok(())
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        Ok(self.0.lock().remove(key))
    }
}
