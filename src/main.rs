//! The command line: `usher demo`, `usher run`, and what an operator needs beside them.

mod cli;

use std::process::ExitCode;

use clap::Parser;

/// Every event makes and drops many small texts, from many threads; this allocator is faster at that than the system's.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    match cli::run(cli::Line::parse()).await {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}
