//! The program as it is, with one difference: it dies where `TRIAL_DIES_AT=<name>:<count>` says, at once and without a word,
//! when it comes by that place for the so-manieth time.

#[path = "../src/cli/mod.rs"]
mod cli;

use std::{
    process::ExitCode,
    sync::atomic::{AtomicU32, Ordering},
};

use clap::Parser;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    if let Some((name, count)) = std::env::var("TRIAL_DIES_AT").ok().as_deref().and_then(|at| at.split_once(':'))
        && let Ok(count) = count.parse()
    {
        let left = AtomicU32::new(count);
        let die = move || {
            if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                std::process::abort();
            }
        };
        if let Err(error) = fail::cfg_callback(name, die) {
            eprintln!("{name} cannot be watched: {error}");
            return ExitCode::FAILURE;
        }
    }
    match cli::run(cli::Line::parse()).await {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
