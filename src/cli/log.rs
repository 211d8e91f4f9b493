//! Where the log goes: standard error, as lines for people or as JSON.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Starts the log. `USHER_LOG` says how much, such as `debug` or `usher::jira=trace`.
pub fn start(json: bool, quiet: bool) {
    let usual = if quiet { "error" } else { "info" };
    let filter = EnvFilter::try_from_env("USHER_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours).with_writer(std::io::stderr);
    if json { log.json().init() } else { log.with_target(false).init() }
}
