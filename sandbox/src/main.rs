//! Serves the sandbox until interrupted.
fn main() {}
