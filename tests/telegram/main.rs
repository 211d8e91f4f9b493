//! Telegram from end to end: people on a stand-in for Telegram, the real client, the whole bot, a sandbox Jira.
#![cfg(all(feature = "telegram", feature = "terminal", feature = "sandbox"))]
#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

#[path = "../support/house/ground.rs"]
mod ground;

mod administering;
mod buttons;
mod delivery;
mod faults;
mod files;
mod forms;
mod inline;
mod linking;
mod looking;
mod restarting;
mod rooms;
mod world;
