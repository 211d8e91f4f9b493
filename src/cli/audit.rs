//! `usher audit`: what was decided and done.

use std::io;

use clap::{Args, Subcommand, ValueEnum};
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use usher::{
    audit::{Audit, AuditError, AuditKey, Filter, Format, Head, Record},
    clock::{Clock, SystemClock},
    ids::IssueKey,
    keys::KeyRing,
    store::audit::workspace_text,
};
use usher_chat::Workspace;

use super::{ConfigPath, Problem, database, heard, say};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the last rows
    List {
        #[command(flatten)]
        filter: Box<Filters>,
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
    /// Print all rows
    Export {
        /// One JSON object a line, or the Common Event Format
        #[arg(long, value_enum, default_value_t = Shape::Jsonl)]
        format: Shape,
        #[command(flatten)]
        config: ConfigPath,
    },
}

/// How rows are printed.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Shape {
    /// JSON Lines
    Jsonl,
    /// The Common Event Format
    Cef,
}

/// Which rows to list.
#[derive(Debug, Args)]
pub struct Filters {
    /// Only of this person, such as `discord:1234`
    #[arg(long)]
    person: Option<String>,
    /// Only in this workspace, such as `discord:5678`, and about it
    #[arg(long)]
    workspace: Option<Workspace>,
    /// Only in this place, such as `discord:5678/90`
    #[arg(long)]
    place: Option<String>,
    /// Only of this tool
    #[arg(long)]
    tool: Option<String>,
    /// Only on this site
    #[arg(long)]
    site: Option<String>,
    /// Only of this kind: `decision`, `outcome`, `link`, `policy`, `admission`, `show`
    #[arg(long)]
    kind: Option<String>,
    /// Only on this issue
    #[arg(long)]
    issue: Option<IssueKey>,
    /// Only with this reference, as a reply carries it
    #[arg(long)]
    reference: Option<String>,
    /// Only with verdicts that begin so, such as `deny`
    #[arg(long)]
    verdict: Option<String>,
    /// Only from then on: a day or a timestamp (UTC), or a time back such as `3d` or `12h`
    #[arg(long, value_parser = moment)]
    since: Option<Timestamp>,
    /// Only before then
    #[arg(long, value_parser = moment)]
    until: Option<Timestamp>,
    /// At most this many
    #[arg(long, default_value_t = 50)]
    last: u32,
}

impl Filters {
    fn filter(self) -> Filter {
        Filter {
            person: self.person,
            place: self.place,
            workspace: self.workspace.as_ref().map(workspace_text),
            site: self.site,
            tool: self.tool,
            kind: self.kind,
            issue: self.issue.map(|issue| issue.to_string()),
            reference: self.reference,
            verdict: self.verdict,
            since: self.since.map(Timestamp::as_millisecond),
            until: self.until.map(Timestamp::as_millisecond),
            last: Some(self.last),
        }
    }
}

/// A day begins at midnight, UTC.
fn moment(word: &str) -> Result<Timestamp, String> {
    let back = || {
        let unit = word.chars().next_back()?;
        let hours = match unit {
            'h' => 1,
            'd' => 24,
            'w' => 7 * 24,
            _ => return None,
        };
        let count: i64 = word.strip_suffix(unit)?.parse().ok().filter(|count| *count > 0)?;
        SystemClock.now().checked_sub(SignedDuration::from_hours(count.checked_mul(hours)?)).ok()
    };
    let day = || Some(word.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp());
    let read = word.parse().ok().or_else(day).or_else(back);
    read.ok_or_else(|| "write a day such as 2026-11-30, a timestamp, or a time back such as 3d or 12h".to_owned())
}

pub fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::List { filter, config } => {
            for record in open(&config)?.list(&filter.filter())? {
                say(line(&record)?)?;
            }
            Ok(())
        }
        Command::Verify { head, config } => {
            let verified = open(&config)?.verify(head.as_ref())?;
            say(format_args!("{} rows, none altered. Head {}", verified.rows, verified.head))
        }
        Command::Export { format, config } => {
            let format = match format {
                Shape::Jsonl => Format::Jsonl,
                Shape::Cef => Format::Cef,
            };
            match open(&config)?.export(format, &mut io::stdout().lock()) {
                Err(AuditError::Io(error)) => heard(Err(io::Error::from(error.kind()))),
                result => Ok(result.map(drop)?),
            }
        }
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
