//! `usher keys`: the keys that seal tokens.

use std::collections::BTreeMap;

use clap::Subcommand;
use usher::{Config, keys::KeyRing, store::credentials};

use super::{ConfigPath, Problem, database};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the key file
    Init(ConfigPath),
    /// Add a new key and seal with it from the next start on. Old keys still open what they sealed
    Rotate(ConfigPath),
    /// List the keys, and how many values each has sealed
    Status(ConfigPath),
}

pub fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::Init(path) => {
            let config = path.load()?;
            let ring = KeyRing::create(&config.key_file)?;
            println!(
                "Made {} with key {}. Keep a copy apart from the database's.",
                config.key_file.display(),
                ring.active()
            );
        }
        Command::Rotate(path) => {
            let config = path.load()?;
            let ring = KeyRing::rotate(&config.key_file)?;
            println!("Key {} is active from the next start on.", ring.active());
        }
        Command::Status(path) => status(&path.load()?)?,
    }
    Ok(())
}

fn status(config: &Config) -> Result<(), Problem> {
    let ring = KeyRing::load(&config.key_file)?;
    let sealed = match database::file(config).exists() {
        true => database::open(config)?.read(credentials::sealed_with)?,
        false => BTreeMap::new(),
    };
    for id in ring.ids() {
        let count = sealed.get(id).copied().unwrap_or_default();
        let active = if id == ring.active() { "  active" } else { "" };
        println!("{id:<6} {count:>6} sealed{active}");
    }
    Ok(())
}
