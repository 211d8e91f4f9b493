//! The Jira client over real HTTP: what it sends, what it never sends, and what it makes of the answers.
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene fails where it stands")]

mod hosts;
mod planning;
#[cfg(feature = "sandbox")]
mod sandbox;
mod scope;
mod server;
mod tls;
mod wire;
