//! The command line as an operator meets it: what it prints, and the one sentence for each thing that is wrong.
#![cfg(all(unix, feature = "terminal", feature = "sandbox"))]
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene fails where it stands")]

mod checking;
mod copies;
mod ending;
mod policy;
mod renewing;
mod running;
#[path = "../support/script.rs"]
#[expect(dead_code, reason = "other tests say more to the program")]
mod script;
mod serving;
mod setup;
mod shell;
mod stopping;
mod stored;
