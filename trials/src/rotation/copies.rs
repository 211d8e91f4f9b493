//! Backups under load, and their way back, killed or not.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rusqlite::Connection;
use usher::{
    keys::KeyRing,
    store::{Store, StoreError},
};

use super::{End, Told, keys::opens, ran};
use crate::{
    crash::{
        check::{self, Before},
        ledger::{Ledger, Linked},
        people::Town,
        program::Program,
    },
    trial::Found,
};

/// A restore that is cut off is tried so often before it is let be.
const TRIES: u32 = 4;

/// The backups of one database.
pub struct Copies {
    folder: tempfile::TempDir,
    number: u32,
    /// The last one that was told of.
    last: Option<PathBuf>,
}

impl Copies {
    /// None yet.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), number: 0, last: None }
    }

    /// Makes one while people work. What was acknowledged before it began is in it.
    #[expect(clippy::too_many_arguments, reason = "it is a step of one trial, which knows all of them")]
    pub async fn back_up(
        &mut self,
        program: &Program,
        town: &Town,
        before: &Before,
        places: &[String],
        rng: &mut fastrand::Rng,
        told: &mut Told,
        found: &mut Found,
    ) {
        self.number += 1;
        let to = self.folder.path().join(format!("backup{}", self.number));
        let acknowledged = town.ledger.lock().clone();
        let end = End::chosen(places, "backup.", rng, told);
        let words = ran(program.short(&["backup", &to.display().to_string()], end.place()), &end, told, found).await;
        let ledger = settled(acknowledged, &town.ledger.lock());
        match &words {
            Some(_) => told.backups += 1,
            None => told.no_backups += 1,
        }
        found.expect(words.is_some() || !matches!(end, End::Itself), || "a backup failed".to_owned());
        found.expect(words.is_none() || to.exists(), || "a backup was told of and is not there".to_owned());
        // Half a backup has another name.
        if to.exists() {
            for wrong in whole(&to, program, &ledger, before) {
                found.broke(format!("backup {} ({end:?}): {wrong}", self.number));
            }
            self.last = Some(to);
        }
    }

    /// Puts the last one in the place of what is there now, in a folder of its own, and lets it work there.
    pub async fn put_back(
        &mut self,
        program: &Program,
        places: &[String],
        rng: &mut fastrand::Rng,
        told: &mut Told,
        found: &mut Found,
    ) {
        let Some(backup) = self.last.clone() else { return };
        let folder = tempfile::tempdir().unwrap();
        for name in ["usher.key", "usher.toml", "corp.pem"] {
            fs::copy(program.folder.join(name), folder.path().join(name)).unwrap();
        }
        let other = program.beside(folder.path());
        fs::create_dir(folder.path().join("data")).unwrap();
        check::copied(&program.database(), &other.database());
        let (old, new) = (mark(&other.database()), mark(&backup));
        found.expect(old.is_ok() && new.is_ok(), || format!("before a restore: {old:?}, {new:?}"));
        let arguments = ["restore", &backup.display().to_string()].map(str::to_owned);
        let arguments = arguments.each_ref().map(String::as_str);
        let mut restored = false;
        for number in 0..=TRIES {
            let end = if number < TRIES { End::chosen(places, "restore.", rng, told) } else { End::Itself };
            restored = ran(other.short(&arguments, end.place()), &end, told, found).await.is_some();
            let now = mark(&other.database());
            let whole = if restored { now == new } else { now == old || now == new };
            found.expect(whole, || format!("a restore ({end:?}) leaves {now:?}, between {old:?} and {new:?}"));
            if restored {
                break;
            }
        }
        found.expect(restored, || "what is let be is not restored".to_owned());
        let checks = KeyRing::load(&folder.path().join("usher.key")).unwrap().checks();
        let open = || Store::open_with_keys(&other.database(), &checks).map(drop);
        let frozen = open();
        found.expect(matches!(frozen, Err(StoreError::Copied { .. })), || format!("a restored one opens: {frozen:?}"));
        let mut adopted = false;
        for number in 0..=TRIES {
            let end = if number < TRIES { End::chosen(places, "adopt.", rng, told) } else { End::Itself };
            adopted = ran(other.short(&["adopt"], end.place()), &end, told, found).await.is_some();
            if adopted {
                break;
            }
        }
        let opened = open();
        found.expect(adopted && opened.is_ok(), || format!("an adopted one does not open: {opened:?}"));
        let now = mark(&other.database());
        found.expect(now == new, || format!("an adopted one is {now:?}, and was {new:?}"));
        if let Err(wrong) = opens(&other.database(), &folder.path().join("usher.key")) {
            found.broke(format!("after a restore: {wrong}"));
        }
        told.restores += 1;
    }
}

/// What was acknowledged and has not been touched since.
fn settled(mut acknowledged: Ledger, now: &Ledger) -> Ledger {
    for (who, linked) in &mut acknowledged.links {
        if acknowledged.turns.get(who) != now.turns.get(who) {
            *linked = Linked::Unknown;
        }
    }
    acknowledged
}

/// What is wrong with a backup.
fn whole(backup: &Path, program: &Program, ledger: &Ledger, before: &Before) -> Vec<String> {
    let mut wrong = Vec::new();
    let mode = fs::metadata(backup).unwrap().permissions().mode() & 0o777;
    if mode != 0o600 {
        wrong.push(format!("others may read it: {mode:o}"));
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("usher.db");
    fs::copy(backup, &copy).unwrap();
    let key_file = program.folder.join("usher.key");
    let opened = Store::open_with_keys(&copy, &KeyRing::load(&key_file).unwrap().checks()).map(drop);
    if !matches!(opened, Err(StoreError::Copied { .. })) {
        wrong.push(format!("a copy opens: {opened:?}"));
    }
    if fs::read(&copy).unwrap() != fs::read(backup).unwrap() {
        wrong.push("a copy was written to before it was adopted".to_owned());
    }
    match check::rows(&copy, ledger) {
        Ok(rows) => wrong.extend(rows),
        Err(error) => wrong.push(error.to_string()),
    }
    wrong.extend(check::chain(&copy, program, before.head.as_ref()).err());
    wrong.extend(opens(&copy, &key_file).err());
    wrong
}

/// What tells one whole database from another: its rows of the audit, its links, and that it is sound.
fn mark(path: &Path) -> Result<(i64, i64, Vec<u8>), String> {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("usher.db");
    check::copied(path, &copy);
    let look = || -> rusqlite::Result<_> {
        let conn = Connection::open(&copy)?;
        let sound: String = conn.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        let count = |sql: &str| conn.query_row(sql, [], |row| row.get(0));
        let last = conn.query_row("SELECT mac FROM audit ORDER BY seq DESC LIMIT 1", [], |row| row.get(0))?;
        Ok((sound, (count("SELECT count(*) FROM audit")?, count("SELECT count(*) FROM links")?, last)))
    };
    match look().map_err(|error| error.to_string())? {
        (sound, mark) if sound == "ok" => Ok(mark),
        (sound, _) => Err(sound),
    }
}
