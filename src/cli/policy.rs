//! `usher policy`: who may use what, as a file.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Subcommand;
use usher::{
    Config,
    audit::{Audit, AuditKey},
    clock::SystemClock,
    governance::{Governance, PolicyError},
    keys::KeyRing,
    start::governance_beside,
};
use usher_chat::Workspace;

use super::{ConfigPath, Problem, database, reason, say};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print what holds in the admitted workspaces: reviews, toolsets, profiles and rules
    Export {
        /// Only of this workspace, such as `discord:1234`
        #[arg(long)]
        workspace: Option<Workspace>,
        #[command(flatten)]
        config: ConfigPath,
    },
    /// Put a file in force, all of it or nothing. A running bot follows at once
    Import {
        /// The file, or `-` for standard input
        file: PathBuf,
        #[command(flatten)]
        config: ConfigPath,
    },
    /// Show what a file would change
    Diff {
        /// The file, or `-` for standard input
        file: PathBuf,
        #[command(flatten)]
        config: ConfigPath,
    },
}

pub async fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::Export { workspace, config } => match open(&config.load()?)?.policy_file(workspace.as_ref())? {
            Some(text) => say(text.trim_end()),
            None => Err(Problem::new("That workspace is not admitted. `usher policy export` shows those that are.")),
        },
        Command::Diff { file, config } => {
            let governance = open(&config.load()?)?;
            let differ = governance.policy_diff(&read(&file)?).map_err(|error| problem(&file, error))?;
            if differ.is_empty() {
                eprintln!("Nothing would change.");
            }
            for (workspace, lines) in differ {
                say(workspace)?;
                lines.iter().try_for_each(|line| say(format_args!("  {line}")))?;
            }
            Ok(())
        }
        Command::Import { file, config } => {
            let governance = open(&config.load()?)?;
            match governance.policy_import(&read(&file)?).await.map_err(|error| problem(&file, error))? {
                0 => say("Nothing changed: this policy is in force already."),
                1 => say("In force. 1 thing changed."),
                changes => say(format_args!("In force. {changes} things changed.")),
            }
        }
    }
}

/// What decides, beside a program that may be running.
pub(super) fn open(config: &Config) -> Result<Governance, Problem> {
    let keys = KeyRing::load(&config.key_file)?;
    let store = database::open(config)?;
    let audit = Audit::new(store.clone(), AuditKey::new(&keys));
    Ok(governance_beside(config, store, audit, Arc::new(SystemClock))?)
}

fn read(file: &Path) -> Result<String, Problem> {
    let mut text = String::new();
    let read = match file.to_str() {
        Some("-") => io::stdin().read_to_string(&mut text).map(|_| text),
        _ => fs::read_to_string(file),
    };
    read.map_err(|error| Problem::new(format!("{} cannot be read: {}.", file.display(), reason(error.kind()))))
}

/// Every fault with its line, as editors understand it.
fn problem(file: &Path, error: PolicyError) -> Problem {
    match error {
        PolicyError::Other(error) => error.into(),
        PolicyError::Faults(faults) => {
            let lines: Vec<String> =
                faults.iter().map(|fault| format!("{}:{}: {}", file.display(), fault.line, fault.words)).collect();
            Problem::new(lines.join("\n"))
        }
    }
}
