//! A memory for unit tests.

use std::collections::HashMap;

use async_trait::async_trait;
use parking_lot::Mutex;
use usher_chat::{Memory, MemoryError};

/// Keeps what is put, counts, and fails when told to.
#[derive(Debug, Default)]
pub(crate) struct Shelf(Mutex<Content>);

#[derive(Debug, Default)]
struct Content {
    kept: HashMap<String, Vec<u8>>,
    puts: usize,
    fails: bool,
}

impl Shelf {
    pub(crate) fn puts(&self) -> usize {
        self.0.lock().puts
    }

    pub(crate) fn fail(&self, fails: bool) {
        self.0.lock().fails = fails;
    }

    fn content(&self) -> Result<parking_lot::MutexGuard<'_, Content>, MemoryError> {
        let content = self.0.lock();
        if content.fails { Err(MemoryError("the disk is full".to_owned())) } else { Ok(content) }
    }
}

#[async_trait]
impl Memory for Shelf {
    async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        Ok(self.content()?.kept.get(key).cloned())
    }

    async fn put(&self, key: &str, value: Vec<u8>) -> Result<(), MemoryError> {
        let mut content = self.content()?;
        content.puts += 1;
        content.kept.insert(key.to_owned(), value);
        Ok(())
    }

    async fn take(&self, key: &str) -> Result<Option<Vec<u8>>, MemoryError> {
        Ok(self.content()?.kept.remove(key))
    }
}
