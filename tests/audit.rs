//! Somebody who can write to the database file, but has no key, cannot change the audit unseen.

#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;
use usher::{
    audit::{Audit, AuditError, AuditKey, Head, Kind, Row},
    keys::KeyRing,
    store::{Store, StoreError, Tx},
};

struct Case {
    folder: TempDir,
    key: AuditKey,
}

impl Case {
    /// A database with so many rows, closed.
    fn with_rows(rows: i64) -> Self {
        let case = Self { folder: tempfile::tempdir().unwrap(), key: AuditKey::new(&KeyRing::generate().unwrap()) };
        case.add(rows);
        case
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("usher.db")
    }

    fn audit(&self) -> (Store, Audit) {
        let store = Store::open(&self.path()).unwrap();
        (store.clone(), Audit::new(store, self.key.clone()))
    }

    fn add(&self, rows: i64) {
        let (store, audit) = self.audit();
        let append = move |tx: &Tx<'_>| {
            (0..rows).try_for_each(|n| audit.append(tx, Row::new(rows * 100 + n, Kind::Link, "done")).map(drop))
        };
        store.submit(append).wait().unwrap();
    }

    fn head(&self) -> Head {
        self.audit().1.head().unwrap()
    }

    /// Changes the file as somebody would who knows SQLite.
    fn tamper(&self, sql: &str) -> &Self {
        tamper(&self.path(), sql);
        self
    }

    fn finding(&self, kept: Option<&Head>) -> Option<(i64, &'static str)> {
        match self.audit().1.verify(kept) {
            Ok(_) => None,
            Err(AuditError::Broken { seq, reason }) => Some((seq, reason)),
            Err(other) => panic!("{other}"),
        }
    }
}

fn tamper(path: &Path, sql: &str) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch("DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete; DROP TRIGGER audit_no_replace;")
        .unwrap();
    conn.execute_batch(sql).unwrap();
}

const CHANGED: &str = "it, or the row before, was changed";
const MISSING: &str = "it is missing";
const CUT: &str = "it and all after it were cut off";
const HEAD: &str = "the stored end of the audit was changed";

#[test]
fn the_first_bad_row_is_named() {
    for (sql, seq, reason) in [
        ("UPDATE audit SET verdict = 'allow' WHERE seq = 7", 7, CHANGED),
        ("UPDATE audit SET at = at + 1 WHERE seq >= 3", 3, CHANGED),
        ("UPDATE audit SET person = '' WHERE seq = 1", 1, CHANGED),
        ("UPDATE audit SET mac = zeroblob(32) WHERE seq = 20", 20, CHANGED),
        ("DELETE FROM audit WHERE seq = 5", 5, MISSING),
        ("DELETE FROM audit WHERE seq = 5; UPDATE audit SET seq = seq - 1 WHERE seq > 5", 5, CHANGED),
        ("DELETE FROM audit WHERE seq > 18", 19, CUT),
        ("DELETE FROM audit", 1, CUT),
        (
            "INSERT INTO audit SELECT 21, at, kind, event, reference, person, place, tool, access, site, issue, args,
          verdict, detail, about, key, mac FROM audit WHERE seq = 20",
            21,
            CHANGED,
        ),
        ("DELETE FROM meta WHERE key = 'audit:head'", 20, HEAD),
        ("UPDATE meta SET value = replace(value, 'k1:20:', 'k1:19:') WHERE key = 'audit:head'", 20, HEAD),
    ] {
        let case = Case::with_rows(20);
        assert_eq!(case.finding(None), None);
        assert_eq!(case.tamper(sql).finding(None), Some((seq, reason)), "{sql}");
    }
}

#[test]
fn an_older_file_put_back_shows_against_a_kept_head() {
    let case = Case::with_rows(10);
    let (older, early) = (case.folder.path().join("older.db"), case.head());
    std::fs::copy(case.path(), &older).unwrap();
    case.add(10);
    let kept = case.head();
    assert_eq!(case.finding(Some(&early)), None);
    assert_eq!(case.finding(Some(&kept)), None);
    for suffix in ["-wal", "-shm"] {
        std::fs::remove_file(format!("{}{suffix}", case.path().display())).ok();
    }
    std::fs::copy(&older, case.path()).unwrap();
    assert_eq!(case.finding(None), None, "by itself it is whole");
    assert_eq!(case.finding(Some(&kept)), Some((11, CUT)));
    // Filling it up with other rows does not help.
    case.add(11);
    let (_, other) = case.finding(Some(&kept)).unwrap();
    assert_eq!(other, "it is not the row that the kept head names");
}

#[test]
fn rows_that_were_cut_off_still_show_after_new_ones_came() {
    let case = Case::with_rows(10);
    case.tamper("DELETE FROM audit WHERE seq > 8");
    case.add(3);
    assert_eq!(case.finding(None), Some((9, MISSING)));
}

#[test]
fn without_its_end_the_audit_takes_no_more_rows() {
    let case = Case::with_rows(3);
    case.tamper("DELETE FROM meta WHERE key = 'audit:head'");
    let (store, audit) = case.audit();
    let added = store.submit(move |tx| audit.append(tx, Row::new(0, Kind::Link, "done"))).wait();
    assert!(matches!(added, Err(StoreError::Corrupt(_))));
}

#[test]
fn a_chain_of_another_database_does_not_fit() {
    let case = Case::with_rows(3);
    case.tamper("UPDATE meta SET value = 'another' WHERE key = 'instance'");
    assert_eq!(case.finding(None), Some((1, CHANGED)));
}
