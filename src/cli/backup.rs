//! `usher backup`, `usher restore` and `usher adopt`.

use std::path::PathBuf;

use usher::{
    clock::{Clock, SystemClock},
    keys::KeyRing,
    store::{Contents, adopt, backup, restore},
};

use super::{ConfigPath, Problem, database};

/// The file and the configuration.
#[derive(Debug, clap::Args)]
pub struct Words {
    /// The backup's file
    file: PathBuf,
    #[command(flatten)]
    config: ConfigPath,
}

pub fn make(words: &Words) -> Result<(), Problem> {
    let config = words.config.load()?;
    let path = database::existing(&config)?;
    let contents = backup(&path, &words.file)?;
    println!(
        "Wrote {}: {}. Without the key file {} nobody can use it, and neither can you: keep a copy of that elsewhere.",
        words.file.display(),
        told(&contents),
        config.key_file.display()
    );
    Ok(())
}

pub fn put_back(words: &Words) -> Result<(), Problem> {
    let config = words.config.load()?;
    let keys = KeyRing::load(&config.key_file)?;
    std::fs::create_dir_all(&config.data_dir)?;
    let (contents, kept) = restore(&words.file, &database::file(&config), &keys.checks(), SystemClock.seconds())?;
    println!("Restored {}.", told(&contents));
    if let Some(kept) = kept {
        println!("What was there before is now {}.", kept.display());
    }
    println!("It works once nothing else uses these links: `usher adopt` says so.");
    Ok(())
}

pub fn settle(config: &ConfigPath) -> Result<(), Problem> {
    let config = config.load()?;
    let path = database::existing(&config)?;
    adopt(&path, &KeyRing::load(&config.key_file)?.checks())?;
    println!("{} works here from now on. Every other copy has to stay stopped.", path.display());
    Ok(())
}

fn told(contents: &Contents) -> String {
    let Contents { links, rows, bytes } = contents;
    let (link, row) = (if *links == 1 { "link" } else { "links" }, if *rows == 1 { "row" } else { "rows" });
    format!("{links} {link}, {rows} {row} of the audit, {} KiB", bytes.div_ceil(1024))
}
