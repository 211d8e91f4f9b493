//! The store alone: four who write, each their own rows with an audit row in the same change, and know what they were told.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::timeout;
use usher::{
    audit::{Audit, AuditKey, Filter, Head, Kind, Row},
    keys::KeyRing,
    store::{Store, StoreError, memory},
};

use super::{
    Above,
    platter::{Disk, Storm},
};

/// Who writes.
const WRITERS: usize = 4;
/// So many of a writer's rows are kept.
const KEPT: u64 = 20;
/// Once the disk is well again, a write succeeds at the so-manieth try.
const TRIES: u32 = 3;
/// So long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a writer was told of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    /// Nothing yet.
    Asked,
    Done,
    Failed,
}

#[derive(Default)]
struct Book {
    /// By writer and number.
    changes: BTreeMap<(usize, u64), Told>,
    head: Option<Head>,
    broken: Vec<String>,
}

/// What was counted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// Changes that were told to be done.
    pub done: u64,
    /// Changes that were told to have failed.
    pub failed: u64,
}

/// One database, its keys, and what its writers were told.
pub struct Desk {
    folder: tempfile::TempDir,
    keys: KeyRing,
    disk: Arc<Disk>,
    book: Arc<Mutex<Book>>,
    rng: fastrand::Rng,
    open: Option<(Store, Audit)>,
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.disk.remove();
    }
}

impl Desk {
    /// An empty one.
    pub fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut rng = fastrand::Rng::with_seed(seed);
        let disk = Disk::below(folder.path(), rng.u64(..));
        Self { folder, keys: KeyRing::generate().unwrap(), disk, book: Arc::default(), rng, open: None }
    }
}

impl Above for Desk {
    fn name(&self) -> &'static str {
        "store"
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn broken(&self) -> Vec<String> {
        std::mem::take(&mut self.book.lock().broken)
    }

    fn count(&self) -> Count {
        let mut count = Count::default();
        for told in self.book.lock().changes.values() {
            match told {
                Told::Done => count.done += 1,
                Told::Failed => count.failed += 1,
                Told::Asked => {}
            }
        }
        count
    }

    async fn power_cut(&mut self) {
        // Most cuts come between commits, some within the start, some long after.
        let acts = match self.rng.u32(..4) {
            0 => self.rng.u64(..30),
            1 => self.rng.u64(..1500),
            _ => self.rng.u64(..300),
        };
        self.disk.cut_in(acts);
        if self.rng.u32(..3) == 0 {
            self.close().await;
        }
        if self.open.is_none() {
            self.open();
        }
        if let Some((store, audit)) = self.open.clone() {
            let workers = self.begin(&store, &audit, &Arc::default());
            drop((store, audit));
            self.disk.goes_off().await;
            self.end(workers).await;
        }
        self.close().await;
        self.disk.comes_back();
        self.open();
        self.look();
    }

    async fn storm(&mut self) {
        if self.open.is_none() {
            self.open();
        }
        let Some((store, audit)) = self.open.clone() else { return };
        let failures = self.rng.u32(1..12);
        let storm = Storm::chosen(&mut self.rng);
        let over = Arc::new(AtomicBool::new(false));
        let workers = self.begin(&store, &audit, &over);
        tokio::time::sleep(Duration::from_millis(self.rng.u64(..5))).await;
        self.disk.storm(Some((storm, failures)));
        tokio::time::sleep(Duration::from_millis(self.rng.u64(2..20))).await;
        over.store(true, Ordering::Relaxed);
        self.end(workers).await;
        self.disk.storm(None);
        self.works_again(&store, &format!("{storm:?}, {failures}")).await;
        drop((store, audit));
        self.look();
    }
}

impl Desk {
    /// Whether it can be written and read, as it is.
    async fn works_again(&self, store: &Store, after: &str) {
        let mut problem = None;
        for _ in 0..TRIES {
            match timeout(PATIENCE, store.health()).await {
                Ok(Ok(())) => return,
                Ok(Err(error)) => problem = Some(error.to_string()),
                Err(_) => problem = Some("it hangs".to_owned()),
            }
        }
        self.book.lock().broken.push(format!("after {after} the store does not work again: {problem:?}"));
    }

    fn begin(&mut self, store: &Store, audit: &Audit, over: &Arc<AtomicBool>) -> Vec<tokio::task::JoinHandle<()>> {
        (0..WRITERS)
            .map(|writer| {
                let (store, audit, over) = (store.clone(), audit.clone(), over.clone());
                let (disk, book) = (self.disk.clone(), self.book.clone());
                let rng = fastrand::Rng::with_seed(self.rng.u64(..));
                tokio::spawn(Writer { number: writer, store, audit, disk, book, rng }.works(over))
            })
            .collect()
    }

    async fn end(&self, workers: Vec<tokio::task::JoinHandle<()>>) {
        for worker in workers {
            match timeout(PATIENCE, worker).await {
                Ok(Ok(())) => {}
                problem => self.book.lock().broken.push(format!("a writer did not end: {problem:?}")),
            }
        }
    }

    /// Opens the database. Power that goes meanwhile comes back, and it is opened again.
    fn open(&mut self) {
        let path = self.folder.path().canonicalize().unwrap().join("usher.db");
        match Store::open_with_keys(&path, &self.keys.checks()) {
            Ok(store) => {
                let audit = Audit::new(store.clone(), AuditKey::new(&self.keys));
                self.open = Some((store, audit));
            }
            Err(_) if self.disk.is_off() => {}
            Err(error) => self.book.lock().broken.push(format!("it does not open: {error}")),
        }
    }

    async fn close(&mut self) {
        self.open = None;
        if timeout(PATIENCE, self.disk.left_alone()).await.is_err() {
            self.book.lock().broken.push("it does not close".to_owned());
        }
    }

    /// Holds what is there against what was told.
    fn look(&mut self) {
        let Some((store, audit)) = &self.open else { return };
        let mut book = self.book.lock();
        let Book { changes, head, broken } = &mut *book;
        if let Err(problem) = sound(store.path()) {
            broken.push(problem);
        }
        match audit.verify(head.as_ref()) {
            Ok(verified) => *head = Some(verified.head),
            Err(error) => broken.push(error.to_string()),
        }
        match rows(store, audit, changes) {
            Ok(wrong) => broken.extend(wrong),
            Err(error) => broken.push(format!("it cannot be read: {error}")),
        }
    }
}

pub(super) fn sound(path: &Path) -> Result<(), String> {
    let conn = rusqlite::Connection::open(path).map_err(|error| error.to_string())?;
    let said: String =
        conn.query_row("PRAGMA integrity_check", [], |row| row.get(0)).map_err(|error| error.to_string())?;
    if said == "ok" { Ok(()) } else { Err(format!("integrity_check: {said}")) }
}

fn rows(store: &Store, audit: &Audit, changes: &BTreeMap<(usize, u64), Told>) -> Result<Vec<String>, StoreError> {
    let mut wrong = Vec::new();
    let mut found: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    for row in audit.list(&Filter { verdict: Some("w".to_owned()), ..Filter::default() })? {
        let Some((writer, number)) = row.verdict[1..].split_once('n') else { continue };
        if let (Ok(writer), Ok(number)) = (writer.parse(), number.parse())
            && !found.entry(writer).or_default().insert(number)
        {
            wrong.push(format!("{} is in the audit twice", row.verdict));
        }
    }
    for ((writer, number), told) in changes {
        let there = found.get(writer).is_some_and(|numbers| numbers.contains(number));
        if *told == Told::Done && !there {
            wrong.push(format!("change {number} of {writer} was told of, and the audit does not know it"));
        }
    }
    for writer in 0..WRITERS {
        let numbers = found.remove(&writer).unwrap_or_default();
        if let Some(strange) = numbers.iter().find(|number| !changes.contains_key(&(writer, **number))) {
            wrong.push(format!("change {strange} of {writer} is there, and nobody made it"));
        }
        let last = numbers.last().copied();
        let known = |adapter: &str, key: &str| {
            store.read(|reader| memory::get(reader, adapter, key).map(|kept| kept.map(|kept| kept.value)))
        };
        for adapter in ["one", "two"] {
            let value = known(adapter, &format!("w{writer}"))?
                .and_then(|bytes| Some(u64::from_be_bytes(bytes.try_into().ok()?)));
            if value != last {
                wrong.push(format!("{adapter} of {writer} is {value:?}, its last row says {last:?}"));
            }
        }
        let from = last.unwrap_or_default().saturating_sub(2 * KEPT);
        for number in from..=last.unwrap_or_default() {
            let stays = numbers.contains(&number) && !numbers.contains(&(number + KEPT));
            let text = known("text", &format!("w{writer}n{number}"))?;
            let right = if stays { Some(text_of(writer, number)) } else { None };
            if text != right {
                wrong.push(format!("the text of {number} of {writer} should be there: {stays}"));
            }
        }
        if known("half", &format!("w{writer}"))?.is_some() {
            wrong.push(format!("half a change of {writer} is there"));
        }
    }
    Ok(wrong)
}

/// What a change writes, up to some pages long.
fn text_of(writer: usize, number: u64) -> Vec<u8> {
    let mut rng = fastrand::Rng::with_seed(number * 10 + writer as u64);
    let length = if rng.u32(..8) == 0 { rng.usize(..30_000) } else { rng.usize(..800) };
    (0..length).map(|_| rng.u8(..)).collect()
}

struct Writer {
    number: usize,
    store: Store,
    audit: Audit,
    disk: Arc<Disk>,
    book: Arc<Mutex<Book>>,
    rng: fastrand::Rng,
}

impl Writer {
    /// Writes until the power is off or it is told to stop.
    async fn works(mut self, over: Arc<AtomicBool>) {
        let last =
            self.book.lock().changes.range((self.number, 0)..=(self.number, u64::MAX)).next_back().map(|c| c.0.1);
        let mut number = last.map_or(0, |last| last + 1);
        while !over.load(Ordering::Relaxed) && !self.disk.is_off() {
            match self.rng.u32(..20) {
                0 => drop(self.store.checkpoint().await),
                1 => self.fails().await,
                2 => {
                    let key = format!("w{}", self.number);
                    self.store.defer(move |tx| memory::put(tx, "later", &key, b"x"));
                }
                _ => {
                    self.changes(number).await;
                    number += 1;
                }
            }
        }
    }

    async fn changes(&mut self, number: u64) {
        let (writer, audit) = (self.number, self.audit.clone());
        let tell = |told| {
            self.book.lock().changes.insert((writer, number), told);
        };
        tell(Told::Asked);
        let change = move |tx: &usher::store::Tx<'_>| {
            let key = format!("w{writer}");
            memory::put(tx, "one", &key, &number.to_be_bytes())?;
            memory::put(tx, "text", &format!("w{writer}n{number}"), &text_of(writer, number))?;
            audit.append(tx, Row::new(1, Kind::Show, format!("w{writer}n{number}")))?;
            if let Some(old) = number.checked_sub(KEPT) {
                memory::take(tx, "text", &format!("w{writer}n{old}"))?;
            }
            memory::put(tx, "two", &key, &number.to_be_bytes())
        };
        let pending = self.store.submit(change);
        if self.rng.u32(..10) == 0 {
            // Nobody waits for it: it may be there or not.
            return drop(pending);
        }
        match pending.await {
            Ok(()) => {
                tell(Told::Done);
                let read = self.store.read(|reader| {
                    memory::get(reader, "one", &format!("w{writer}")).map(|kept| kept.map(|kept| kept.value))
                });
                if let Ok(read) = read
                    && read.as_deref() != Some(&number.to_be_bytes())
                {
                    self.book.lock().broken.push(format!("{writer} wrote {number} and reads {read:?}"));
                }
            }
            Err(error) => {
                tell(Told::Failed);
                if matches!(error, StoreError::Panicked | StoreError::Closed | StoreError::Corrupt(_)) {
                    self.book.lock().broken.push(format!("{writer} was told: {error}"));
                }
            }
        }
    }

    /// A change that gives up halfway.
    async fn fails(&mut self) {
        let key = format!("w{}", self.number);
        let half = self.store.write(move |tx| {
            memory::put(tx, "half", &key, b"half")?;
            Err::<(), _>(StoreError::NotFound)
        });
        if half.await.is_ok() {
            self.book.lock().broken.push("a change that failed was told to be done".to_owned());
        }
    }
}
