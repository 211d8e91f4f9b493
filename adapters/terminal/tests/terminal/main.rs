//! The terminal as people and scripts meet it.

mod chat;
mod jsonl;
mod support;
mod walk;
