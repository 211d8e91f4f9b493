//! A database that an earlier version left behind opens, keeps what it holds, and its audit still proves.
//!
//! Each migration has sample data in `migrations/samples/` that fits the tables right after it and has rows in every
//! table that it makes. A new migration needs a file there and a line in `SAMPLES`.

#![expect(clippy::unwrap_used, reason = "a test may stop at once")]

use std::{collections::BTreeMap, fs, path::Path};

use rusqlite::Connection;
use usher::{
    audit::{Audit, AuditKey},
    keys::KeyRing,
    store::{
        MIGRATIONS, Reader, Store, StoreError, actions, approvals, attempts, confirmed, credentials, defaults, grants,
        links, memory, meta, pairs, rates, remembered, requests, sets, switches, untold, workspaces,
    },
};
use usher_chat::{Person, Platform};

/// Sample data by migration, in the same order.
const SAMPLES: &[(&str, &str)] = &[
    ("0001_start", include_str!("../migrations/samples/0001_start.sql")),
    ("0002_policy", include_str!("../migrations/samples/0002_policy.sql")),
    ("0003_requests", include_str!("../migrations/samples/0003_requests.sql")),
    ("0004_governance", include_str!("../migrations/samples/0004_governance.sql")),
    ("0005_remembered", include_str!("../migrations/samples/0005_remembered.sql")),
    ("0006_sealed", include_str!("../migrations/samples/0006_sealed.sql")),
];

/// The key file of the samples: 32 bytes that are no secret.
const KEYS: &str = "active = \"k1\"\nk1 = \"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\"\n";

/// What the sample credential holds.
const CREDENTIAL: &[u8] = b"sample credential";

#[test]
fn every_migration_has_sample_data() {
    let names = |list: &'static [(&str, &str)]| list.iter().map(|(name, _)| *name).collect::<Vec<_>>();
    assert_eq!(names(MIGRATIONS), names(SAMPLES));
    let folder = tempfile::tempdir().unwrap();
    for version in 1..=MIGRATIONS.len() {
        let path = folder.path().join(format!("{version}.db"));
        for (table, rows) in at_version(&path, version) {
            assert!(rows > 0, "`{table}` has no sample row at version {version}");
        }
    }
}

#[test]
fn every_earlier_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let keys = sample_keys(folder.path());
    for version in 0..=MIGRATIONS.len() {
        let path = folder.path().join(format!("{version}.db"));
        let before = at_version(&path, version);
        let store = Store::open_with_keys(&path, &keys.checks()).unwrap();
        store.check().unwrap();
        let conn = Connection::open(&path).unwrap();
        assert_eq!(tables(&conn), tables(&newest()), "the same tables as in a new database");
        conn.query_row("PRAGMA foreign_key_check", [], |_| Ok(())).unwrap_err();
        let after = rows(&conn);
        for (table, count) in before {
            let now = after.get(&table).copied().unwrap_or(0);
            // `meta` gets entries of its own at every start.
            assert!(now == count || table == "meta" && now > count, "`{table}` at version {version}: {count} -> {now}");
        }
        let verified = Audit::new(store.clone(), AuditKey::new(&keys)).verify(None).unwrap();
        if version > 0 {
            assert_eq!(verified.rows, 2);
            store.read(|reader| read_everything(reader, &keys)).unwrap();
        }
        if version > 1 {
            store.read(read_policy).unwrap();
        }
        if version > 2 {
            store.read(read_requests).unwrap();
        }
        if version > 3 {
            store.read(read_governance).unwrap();
        }
        if version > 4 {
            let linus = Person::new(Platform::TERMINAL, "linus");
            let last = store.read(|reader| remembered::get(reader, &linus, &"create".parse().unwrap())).unwrap();
            assert_eq!(last.unwrap().args["type"], "bug");
        }
    }
}

#[test]
fn opening_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usher.db");
    drop(Store::open(&path).unwrap());
    let before = fs::read(&path).unwrap();
    drop(Store::open(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), before);
}

/// Every family reads what the samples hold, and the sealed credential opens.
fn read_everything(reader: &Reader<'_>, keys: &KeyRing) -> Result<(), StoreError> {
    let ada = Person::new(Platform::TERMINAL, "ada");
    assert_eq!(workspaces::admitted(reader)?.len(), 1);
    assert_eq!(approvals::all(reader)?.len(), 1);
    assert_eq!(grants::all(reader)?.len(), 1);
    assert_eq!(attempts::by_person(reader, &ada)?.len(), 1);
    assert!(actions::get(reader, &"00000000000000000000000000000001".into())?.is_some());
    assert!(memory::get(reader, "terminal", "people")?.is_some());
    assert!(meta::instance(reader)?.is_some());
    let link = links::of_person(reader, &ada)?.remove(0);
    let credential = credentials::get(reader, &link.id)?.unwrap();
    assert_eq!(keys.open(&credential.sealed, link.id.to_string().as_bytes()).unwrap().as_slice(), CREDENTIAL);
    Ok(())
}

/// The same for what came with the second version.
fn read_policy(reader: &Reader<'_>) -> Result<(), StoreError> {
    let names: Vec<String> = sets::all(reader)?.into_iter().map(|set| set.name).collect();
    assert_eq!(names, ["oncall", "triage"]);
    assert_eq!(switches::all(reader)?.len(), 2);
    assert!(rates::free(reader, &Person::new(Platform::TERMINAL, "ada"), &"create".parse().unwrap())?.is_some());
    Ok(())
}

fn read_requests(reader: &Reader<'_>) -> Result<(), StoreError> {
    let home = "terminal:home".parse().unwrap();
    assert_eq!(requests::get(reader, "r1")?.map(|request| request.asked.line).as_deref(), Some("comment DEMO-1 hello"));
    assert!(requests::notices(reader, &home)?.is_some());
    assert_eq!(requests::commanders(reader, &home)?.len(), 1);
    Ok(())
}

fn read_governance(reader: &Reader<'_>) -> Result<(), StoreError> {
    let home = "terminal:home".parse().unwrap();
    assert_eq!(pairs::all(reader)?, [(home, "assign".parse().unwrap())]);
    let home = "terminal:home".parse().unwrap();
    let linus = Person::new(Platform::TERMINAL, "linus");
    let own = defaults::get(reader, defaults::Subject::Person(&linus))?;
    assert!(own.site.is_some() && own.project.is_some());
    let eng = defaults::get(reader, defaults::Subject::Channel(&home, &"eng".into()))?;
    assert!(eng.site.is_none() && eng.project.is_some());
    assert_eq!(confirmed::of(reader, &home)?.len(), 1);
    assert_eq!(untold::of(reader, &home)?.len(), 1);
    Ok(())
}

/// Makes the database that a program of that version would have left, and counts its rows.
fn at_version(path: &Path, version: usize) -> BTreeMap<String, i64> {
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "foreign_keys", "ON").unwrap();
    conn.pragma_update(None, "journal_mode", "WAL").unwrap();
    for ((name, migration), (_, sample)) in MIGRATIONS.iter().zip(SAMPLES).take(version) {
        conn.execute_batch(migration).unwrap_or_else(|error| panic!("{name}: {error}"));
        conn.execute_batch(sample).unwrap_or_else(|error| panic!("sample of {name}: {error}"));
    }
    conn.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
    rows(&conn)
}

fn newest() -> Connection {
    let conn = Connection::open_in_memory().unwrap();
    MIGRATIONS.iter().for_each(|(_, migration)| conn.execute_batch(migration).unwrap());
    conn
}

/// Everything that has a definition: tables, indexes, triggers.
fn tables(conn: &Connection) -> Vec<(String, String)> {
    let mut list = conn.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    list.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

fn rows(conn: &Connection) -> BTreeMap<String, i64> {
    let mut names =
        conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*'").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let count = |name: &String| conn.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).unwrap();
    names.into_iter().map(|name| (name.clone(), count(&name))).collect()
}

fn sample_keys(folder: &Path) -> KeyRing {
    use std::os::unix::fs::OpenOptionsExt;
    let path = folder.join("usher.key");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&path).unwrap();
    std::io::Write::write_all(&mut file, KEYS.as_bytes()).unwrap();
    KeyRing::load(&path).unwrap()
}
