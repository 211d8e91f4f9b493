//! Conversations: what people say to the whole bot, and what they get back, over real HTTP and a fresh database.
#![cfg(all(feature = "terminal", feature = "sandbox"))]
#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod assigning;
mod codes;
mod commenting;
mod creating;
mod finding;
mod logging;
mod moving;
mod unlinked;
mod viewing;
