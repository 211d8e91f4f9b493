//! `usher workspaces`: where the bot works, and whose word that was.

use clap::Subcommand;
use usher::governance::Governance;
use usher_chat::Workspace;

use super::{ConfigPath, Problem, policy::open, say};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the admitted workspaces, since when and by whom
    List(ConfigPath),
    /// Admit a workspace: from then on people can work there
    Admit {
        /// Which, such as `discord:1234` or `telegram:-1001`
        workspace: Workspace,
        /// What people call it
        #[arg(default_value = "")]
        name: String,
        #[command(flatten)]
        config: ConfigPath,
    },
    /// Dismiss a workspace: nothing works there until it is admitted again; its rules are kept
    Dismiss {
        /// Which
        workspace: Workspace,
        #[command(flatten)]
        config: ConfigPath,
    },
}

pub async fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::List(config) => list(&open(&config.load()?)?),
        Command::Admit { workspace, name, config } => {
            let done = open(&config.load()?)?.admit(&workspace, &name, true).await?;
            say(match done {
                true => format!("Admitted: {workspace}. `usher workspaces dismiss {workspace}` takes it back."),
                false => format!("Nothing changed: {workspace} is admitted already."),
            })
        }
        Command::Dismiss { workspace, config } => {
            let config = config.load()?;
            if config.workspaces.contains(&workspace) {
                let words = format!(
                    "The configuration admits {workspace}. Take it out of `workspaces` there; the next start dismisses it."
                );
                return Err(Problem::new(words));
            }
            let done = open(&config)?.admit(&workspace, "", false).await?;
            say(match done {
                true => format!("Dismissed: {workspace}. Its rules are kept for the day it is admitted again."),
                false => format!("Nothing changed: {workspace} is not admitted."),
            })
        }
    }
}

fn list(governance: &Governance) -> Result<(), Problem> {
    let admitted = governance.workspaces()?;
    if admitted.is_empty() {
        eprintln!("No workspace is admitted. `jira admin admit` in it, or `usher workspaces admit`, changes that.");
    }
    for one in admitted {
        let since = jiff::Timestamp::from_second(one.at)?.strftime("%Y-%m-%d %H:%M:%S");
        let name = if one.name.is_empty() { String::new() } else { format!(" ({})", one.name) };
        say(format_args!("{:<40} since {since} by {}", format!("{}{name}", one.workspace), one.by))?;
    }
    Ok(())
}
