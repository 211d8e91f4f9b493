//! The stand-in itself: what it tells, takes and refuses, spoken to as a bot would.
#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

mod client;
mod polling;
mod presses;
mod refusals;
mod rooms;
mod sending;
mod webhooks;
