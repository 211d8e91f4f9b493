//! `usher links`: for people who have left.

use clap::Subcommand;
use usher::{
    audit::{Audit, AuditKey},
    clock::SystemClock,
    identity::{list_links, remove_link},
    keys::KeyRing,
};

use super::{ConfigPath, Problem, database, say};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List all links
    List(ConfigPath),
    /// Delete a link and its credential
    Remove {
        /// The link's id, as the list shows it
        id: String,
        #[command(flatten)]
        config: ConfigPath,
    },
}

pub async fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::List(config) => {
            let config = config.load()?;
            let links = list_links(&database::open(&config)?)?;
            if links.is_empty() {
                eprintln!("Nobody has linked an account.");
            }
            for link in links {
                let since = jiff::Timestamp::from_second(link.since)?.strftime("%Y-%m-%d").to_string();
                say(format_args!(
                    "{}  {:<24} {:<12} {:<24} {:<8} since {since}",
                    link.id,
                    link.person.to_string(),
                    link.site.to_string(),
                    link.account_name,
                    format!("{:?}", link.state).to_lowercase(),
                ))?;
            }
            Ok(())
        }
        Command::Remove { id, config } => {
            let config = config.load()?;
            let keys = KeyRing::load(&config.key_file)?;
            let store = database::open(&config)?;
            let audit = Audit::new(store.clone(), AuditKey::new(&keys));
            match remove_link(&store, &audit, &SystemClock, &id).await? {
                Some(link) => {
                    println!(
                        "Deleted the link of {} to {} as {}, and its credential.",
                        link.person, link.site, link.account_name
                    );
                    Ok(())
                }
                None => Err(Problem::new(format!("There is no link `{id}`. `usher links list` shows them."))),
            }
        }
    }
}
