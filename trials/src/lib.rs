//! Attacks on Usher: what is too long for a test. Each has a seed and a bound, and writes what it found into one table.

pub mod crash;
pub mod crowd;
pub mod disk;
pub mod faults;
pub mod hijack;
pub mod input;
pub mod load;
pub mod mutants;
pub mod pages;
pub mod refresh;
pub mod rotation;
pub mod secrets;
pub mod table;
pub mod targets;
pub mod trial;

/// What a whole bot stands on, as the conversation tests have it.
#[path = "../../tests/support/house/ground.rs"]
pub mod ground;
/// Linking with a sandbox, as its tests have it.
#[path = "../../tests/linking/world.rs"]
pub mod linking;

pub use trial::{Asked, Found, TRIALS, Trial};
