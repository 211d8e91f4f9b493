//! Attacks on Usher: what is too long for a test. Each has a seed and a bound, and writes what it found into one table.

pub mod hijack;
pub mod refresh;
pub mod table;
pub mod trial;

/// Linking with a sandbox, as its tests have it.
#[path = "../../tests/linking/world.rs"]
pub mod linking;

pub use trial::{Asked, Found, TRIALS, Trial};
