//! The stand-in keeps Discord's rules: what it refuses, what it forgets, what it replays.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bot;
mod gateway;
mod interactions;
mod refusals;
