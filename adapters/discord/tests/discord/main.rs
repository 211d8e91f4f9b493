//! The adapter with a Discord that stands in for the real one, and a handler that answers as each test says.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod commands;
mod forms;
mod http_mode;
mod places;
mod replies;
mod shards;
mod support;
