//! Conversations on Discord: the real client of the adapter, the whole bot and a sandbox Jira, against a stand-in for Discord
//! that keeps Discord's own deadlines and refusals.
#![cfg(all(feature = "discord", feature = "terminal", feature = "sandbox"))]
#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

#[path = "../support/house/ground.rs"]
mod ground;
mod stage;

mod answers;
mod codes;
mod gateway;
mod linking;
mod menus;
mod over_http;
mod places;
mod private;
mod trouble;
