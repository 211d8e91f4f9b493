//! `usher audit`: what was decided and done.

use std::io;

use clap::Subcommand;
use usher::{
    audit::{Audit, AuditError, AuditKey, Filter, Head, Record},
    keys::KeyRing,
};

use super::{ConfigPath, Problem, database, heard, say};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the last rows
    List {
        /// Only of this person, such as `discord:1234`
        #[arg(long)]
        person: Option<String>,
        /// Only of this tool
        #[arg(long)]
        tool: Option<String>,
        /// Only with verdicts that begin so, such as `deny`
        #[arg(long)]
        verdict: Option<String>,
        /// At most this many
        #[arg(long, default_value_t = 50)]
        last: u32,
        #[command(flatten)]
        config: ConfigPath,
    },
    /// Look for rows that were altered, added, taken out or cut off
    Verify {
        /// An earlier head, as this command printed it
        #[arg(long)]
        head: Option<Head>,
        #[command(flatten)]
        config: ConfigPath,
    },
    /// Print all rows as JSON Lines
    Export(ConfigPath),
}

pub fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::List { person, tool, verdict, last, config } => {
            let filter = Filter { person, tool, verdict, last: Some(last), ..Filter::default() };
            for record in open(&config)?.list(&filter)? {
                say(line(&record)?)?;
            }
            Ok(())
        }
        Command::Verify { head, config } => {
            let verified = open(&config)?.verify(head.as_ref())?;
            say(format_args!("{} rows, none altered. Head {}", verified.rows, verified.head))
        }
        Command::Export(config) => match open(&config)?.export(&mut io::stdout().lock()) {
            Err(AuditError::Io(error)) => heard(Err(io::Error::from(error.kind()))),
            result => Ok(result.map(drop)?),
        },
    }
}

fn open(config: &ConfigPath) -> Result<Audit, Problem> {
    let config = config.load()?;
    let keys = KeyRing::load(&config.key_file)?;
    Ok(Audit::new(database::open(&config)?, AuditKey::new(&keys)))
}

fn line(record: &Record) -> Result<String, Problem> {
    let at = jiff::Timestamp::from_millisecond(record.at)?.strftime("%Y-%m-%d %H:%M:%S");
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "-".to_owned());
    Ok(format!(
        "{:>6}  {at}  {:<8} {:<18} {:<16} {:<24} {:<10} {:<6} {}",
        record.seq,
        record.kind,
        record.verdict,
        word(&record.person),
        word(&record.place),
        word(&record.tool),
        word(&record.site),
        word(&record.issue),
    ))
}
