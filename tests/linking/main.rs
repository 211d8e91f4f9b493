//! Linking and its tokens, over real HTTP: our pages, a browser without scripts, and the sandbox's Jira.
#![cfg(feature = "sandbox")]
#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

mod answers;
mod calls;
mod cloud;
mod data_center;
mod data_center_oauth2;
mod hijack;
mod listeners;
mod operations;
mod pages;
mod parrot;
mod refresh;
mod renewal;
mod service;
mod world;
