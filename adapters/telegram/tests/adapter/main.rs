//! The adapter between a Telegram that stands in and a handler that notes what it is told.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod bench;
mod files;
mod forms;
mod inline;
mod messages;
mod presses;
mod private;
mod restarts;
mod setup;
