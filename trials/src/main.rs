//! `usher-trials <trial>`: does one of the attacks, or all, and writes what it found into `docs/trials.md`.

use std::{process::ExitCode, time::Instant};

use clap::Parser;
use usher_trials::{Asked, TRIALS, Trial, table, trial};

/// Attacks on Usher, each with a seed and a bound.
#[derive(Debug, Parser)]
struct Line {
    /// `list`, `all`, or the name of a trial
    trial: String,
    /// The same seed does the same
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// How far to go, in the trial's own unit; as far as stated where nothing is said
    #[arg(long)]
    bound: Option<u64>,
    /// Print what was found and leave the table as it is
    #[arg(long)]
    dry: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let line = Line::parse();
    let chosen: Vec<&Trial> = match line.trial.as_str() {
        "list" => {
            for trial in TRIALS {
                println!("{:<10} {} ({} {})", trial.name, trial.what, trial::grouped(trial.stated), trial.unit);
            }
            return ExitCode::SUCCESS;
        }
        "all" => TRIALS.iter().collect(),
        name => match trial::named(name) {
            Some(trial) => vec![trial],
            None => {
                eprintln!("There is no trial `{name}`. `list` names them.");
                return ExitCode::FAILURE;
            }
        },
    };
    let mut held = true;
    for trial in chosen {
        held &= one(trial, &line).await;
    }
    if held { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn one(trial: &Trial, line: &Line) -> bool {
    let asked = Asked { seed: line.seed, bound: line.bound.unwrap_or(trial.stated) };
    eprintln!("{}: {} {}, seed {}", trial.name, trial::grouped(asked.bound), trial.unit, asked.seed);
    let (begun, commit) = (Instant::now(), table::commit());
    let found = (trial.run)(asked).await;
    let row = table::Row::new(trial, asked, &commit, &found, begun.elapsed());
    println!("{}", row.line());
    for what in &found.broken {
        println!("  broken: {what}");
    }
    if !line.dry
        && let Err(error) = table::keep(&row)
    {
        eprintln!("The table could not be written: {error}.");
        return false;
    }
    found.broken.is_empty()
}
