//! What a dead program has left on the disk, held against what people were told. The files are copied first, so that the
//! next start finds them as the death left them.

use std::{collections::BTreeMap, fs, path::Path};

use rusqlite::{Connection, OptionalExtension};
use usher::{
    audit::{Audit, AuditKey, Head},
    keys::KeyRing,
    store::Store,
};

use super::{
    ledger::{Ledger, Linked},
    program::Program,
};

/// What was there, for the next time.
#[derive(Default)]
pub struct Before {
    /// The end of the audit.
    pub head: Option<Head>,
}

/// Says all that is wrong. `ledger` is as of the death.
pub fn after_death(program: &Program, ledger: &Ledger, before: &mut Before) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("usher.db");
    copied(&program.database(), &copy);
    match rows(&copy, ledger) {
        Ok(mut wrong) => {
            match chain(&copy, program, before.head.as_ref()) {
                Ok(head) => before.head = Some(head),
                Err(problem) => wrong.push(format!("audit: {problem}")),
            }
            wrong
        }
        Err(error) => vec![format!("the database cannot be read: {error}")],
    }
}

/// Copies a database that nobody has open.
pub fn copied(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let from = format!("{}{suffix}", from.display());
        if Path::new(&from).exists() {
            fs::copy(&from, format!("{}{suffix}", to.display())).unwrap();
        }
    }
}

/// Holds a copy's rows against what people were told.
pub fn rows(copy: &Path, ledger: &Ledger) -> Result<Vec<String>, rusqlite::Error> {
    let conn = Connection::open(copy)?;
    let mut wrong = Vec::new();
    let sound: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if sound != "ok" {
        wrong.push(format!("integrity_check: {sound}"));
    }
    for ((person, site), linked) in &ledger.links {
        let found: i64 = conn.query_row(
            "SELECT count(*) FROM links JOIN credentials ON credentials.link = links.id
             WHERE person = ?1 AND site = ?2 AND state = 'active'",
            [person.as_str(), site],
            |row| row.get(0),
        )?;
        match (linked, found) {
            (Linked::Yes, 1) | (Linked::No, 0) | (Linked::Unknown, _) => {}
            (linked, found) => wrong.push(format!("link of {person} on {site}: told {linked:?}, there are {found}")),
        }
    }
    let mut outcomes = conn.prepare_cached(
        "SELECT count(*) FROM audit WHERE kind = 'outcome' AND tool = 'create' AND verdict = 'done' AND issue = ?1",
    )?;
    for (words, key) in ledger.created() {
        let rows: i64 = outcomes.query_row([key], |row| row.get(0))?;
        if rows != 1 {
            wrong.push(format!("{key} ({words}) was told of, and {rows} rows say so"));
        }
    }
    if ledger.rule > 0 {
        let projects: Option<Option<String>> =
            conn.query_row("SELECT projects FROM grants WHERE tools LIKE '%view%'", [], |row| row.get(0)).optional()?;
        let text = projects.flatten().unwrap_or_default();
        let number = text.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u32>().unwrap_or(0);
        if number < ledger.rule {
            wrong.push(format!("the rule on T{} was told of, the database holds {text:?}", ledger.rule));
        }
    }
    Ok(wrong)
}

/// Verifies a copy's audit. Gives its end.
pub fn chain(copy: &Path, program: &Program, head: Option<&Head>) -> Result<Head, String> {
    let keys = KeyRing::load(&program.folder.join("usher.key")).map_err(|error| error.to_string())?;
    let store = Store::open_beside(copy).map_err(|error| error.to_string())?;
    let verified = Audit::new(store, AuditKey::new(&keys)).verify(head).map_err(|error| error.to_string())?;
    Ok(verified.head)
}

/// How many issues bear the words of each create, and which intents stand in the audit: to be asked at the end.
pub fn after_all(program: &Program, ledger: &Ledger, sandbox: &usher_sandbox::Sandbox) -> (u64, Vec<String>) {
    let mut titles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in sandbox.keys("DEMO") {
        let issue = sandbox.issue(&key).unwrap();
        titles.entry(issue["summary"].as_str().unwrap_or_default().to_owned()).or_default().push(key);
    }
    let mut wrong = Vec::new();
    let mut made = 0;
    for words in ledger.creates.keys() {
        let keys = titles.get(words).map(Vec::as_slice).unwrap_or_default();
        made += keys.len() as u64;
        if keys.len() > 1 {
            wrong.push(format!("{words} was created as {keys:?}"));
        }
    }
    for (words, key) in ledger.created() {
        if titles.get(words).is_none_or(|keys| keys.as_slice() != [key]) {
            wrong.push(format!("{words} was told to be {key}, Jira has {:?}", titles.get(words)));
        }
    }
    let intents = Connection::open(program.database()).and_then(|conn| {
        conn.query_row(
            "SELECT count(*) FROM audit WHERE kind = 'decision' AND tool = 'create' AND verdict = 'allow'",
            [],
            |row| row.get::<_, i64>(0),
        )
    });
    match intents {
        Ok(intents) if intents >= i64::try_from(made).unwrap_or(i64::MAX) => {}
        intents => wrong.push(format!("{made} issues were made, and the audit has {intents:?} intents")),
    }
    (made, wrong)
}
