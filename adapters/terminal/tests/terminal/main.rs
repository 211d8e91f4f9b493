//! The terminal as people and scripts meet it.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod chat;
mod jsonl;
mod support;
mod walk;
