//! The commands of the command line, one file each.

mod audit;
mod backup;
mod check;
mod database;
#[cfg(all(feature = "terminal", feature = "sandbox"))]
mod demo;
mod keys;
mod links;
mod log;
mod policy;
mod serve;
mod site;
mod stop;
mod workspaces;

use std::{
    fmt,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use usher::{Config, tools};

/// A Jira bot for chat platforms in which everyone acts with their own ticket.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try it: a sandbox Jira and a chat in this terminal, nothing to set up
    #[cfg(all(feature = "terminal", feature = "sandbox"))]
    Demo {
        /// One JSON object a line on standard input and output, for scripts
        #[arg(long)]
        jsonl: bool,
        /// Keep keys and database in this folder. Without it they are gone afterwards
        #[arg(long, value_name = "FOLDER")]
        data: Option<PathBuf>,
    },
    /// Serve what the configuration names
    Run(ConfigPath),
    /// Test the configuration and every connection
    Check(ConfigPath),
    /// Make, rotate or list the keys that seal tokens
    Keys {
        #[command(subcommand)]
        command: keys::Command,
    },
    /// Help with setting up a Jira site
    Site {
        #[command(subcommand)]
        command: site::Command,
    },
    /// List links, or delete the link of somebody who left
    Links {
        #[command(subcommand)]
        command: links::Command,
    },
    /// Read, verify or export the audit
    Audit {
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Write a backup of the database, also while `usher run` uses it
    Backup(backup::Words),
    /// Put a backup in the database's place, and keep what was there
    Restore(backup::Words),
    /// Let a copied or moved database work here, once the other one has stopped for good
    Adopt(ConfigPath),
    /// Write the policy as a file, compare a file with it, or put one in force
    Policy {
        #[command(subcommand)]
        command: policy::Command,
    },
    /// List the workspaces where the bot works, admit one or dismiss one
    Workspaces {
        #[command(subcommand)]
        command: workspaces::Command,
    },
    /// Stop a tool, a site, a platform, a workspace or everything, at once; without words, list what is stopped
    Stop(stop::Words),
    /// Start what was stopped
    Go(stop::Words),
    /// List the tools
    Tools {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Where the configuration is.
#[derive(Debug, clap::Args)]
pub struct ConfigPath {
    /// The configuration file
    #[arg(long = "config", value_name = "FILE", default_value = "usher.toml")]
    path: PathBuf,
}

impl ConfigPath {
    fn load(&self) -> Result<Config, Problem> {
        Ok(Config::load(&self.path)?)
    }
}

/// What went wrong, as one sentence for the person at the shell.
#[derive(Debug)]
pub struct Problem(String);

impl Problem {
    fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: std::error::Error> From<E> for Problem {
    fn from(error: E) -> Self {
        let mut words = error.to_string();
        let mut source = error.source();
        while let Some(error) = source {
            let more = error.to_string();
            if !words.contains(&more) {
                words = format!("{words}: {more}");
            }
            source = error.source();
        }
        Self(sentence(&words))
    }
}

/// Makes a sentence of an error's words. What begins with a file's name or a setting keeps its first letter.
fn sentence(words: &str) -> String {
    let words = words.trim_end_matches('.');
    let stop = if words.ends_with('?') { "" } else { "." };
    let first = words.split(' ').next().unwrap_or_default();
    let mut letters = words.chars();
    match letters.next() {
        Some(letter) if first.chars().all(|c| c.is_ascii_lowercase()) => {
            format!("{}{}{stop}", letter.to_ascii_uppercase(), letters.as_str())
        }
        _ => format!("{words}{stop}"),
    }
}

/// Prints a line.
fn say(line: impl fmt::Display) -> Result<(), Problem> {
    heard(writeln!(io::stdout(), "{line}"))
}

/// Ends quietly where nobody reads on, as in `usher audit export | head`.
fn heard(written: io::Result<()>) -> Result<(), Problem> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => std::process::exit(0),
        written => Ok(written?),
    }
}

/// What the system says of a file, in plain words.
fn reason(kind: io::ErrorKind) -> String {
    match kind {
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::PermissionDenied => "this user may not".to_owned(),
        other => other.to_string(),
    }
}

/// Runs one command.
pub async fn run(line: Line) -> Result<ExitCode, Problem> {
    match line.command {
        #[cfg(all(feature = "terminal", feature = "sandbox"))]
        Command::Demo { jsonl, data } => demo::run(jsonl, data).await?,
        Command::Run(config) => serve::run(config.path.clone(), config.load()?).await?,
        Command::Check(config) => return check::run(&config.path).await,
        Command::Keys { command } => keys::run(command)?,
        Command::Site { command } => site::run(command)?,
        Command::Links { command } => links::run(command).await?,
        Command::Audit { command } => audit::run(command)?,
        Command::Backup(words) => backup::make(&words)?,
        Command::Restore(words) => backup::put_back(&words)?,
        Command::Adopt(config) => backup::settle(&config)?,
        Command::Policy { command } => policy::run(command).await?,
        Command::Workspaces { command } => workspaces::run(command).await?,
        Command::Stop(words) => stop::stop(words).await?,
        Command::Go(words) => stop::go(words).await?,
        Command::Tools { json } => list_tools(json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list_tools(json: bool) -> Result<(), Problem> {
    let table = tools::table();
    if !json {
        for tool in table.iter() {
            let flags: Vec<&str> = tool.flags.names().collect();
            let flags = if flags.is_empty() { String::new() } else { format!(" ({})", flags.join(", ")) };
            say(format_args!("{:<10} {:<12} {}{flags}", tool.name, tool.access.as_str(), tool.summary()))?;
        }
        return Ok(());
    }
    let list: Vec<_> = table
        .iter()
        .map(|tool| {
            serde_json::json!({
                "name": tool.name,
                "access": tool.access,
                "summary": tool.summary(),
                "arguments": tool.schema(),
            })
        })
        .collect();
    say(serde_json::to_string_pretty(&list)?)
}
