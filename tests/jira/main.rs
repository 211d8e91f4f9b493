//! The Jira client over real HTTP: what it sends, what it never sends, and what it makes of the answers.

#[cfg(feature = "sandbox")]
mod sandbox;
mod scope;
mod server;
mod tls;
mod wire;
