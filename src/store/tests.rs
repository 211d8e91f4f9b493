use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
    mpsc,
};

mod families;

use tempfile::TempDir;

use super::*;
use crate::keys::KeyRing;

fn fresh() -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("data").join("usher.db")).unwrap();
    (folder, store)
}

fn value(store: &Store, key: &str) -> Option<String> {
    store.read(|reader| meta::get(reader, key)).unwrap()
}

/// Counts commits through SQLite's own hook.
async fn count_commits(store: &Store) -> Arc<AtomicUsize> {
    let count = Arc::new(AtomicUsize::new(0));
    let (reply, pending) = Pending::new();
    let counter = count.clone();
    store.send(Work::Alone(Box::new(move |conn| {
        let result = conn.commit_hook(Some(move || {
            counter.fetch_add(1, Ordering::Relaxed);
            false
        }));
        drop(reply.send(result.map_err(StoreError::from)));
    })));
    pending.await.unwrap();
    count
}

#[tokio::test]
async fn what_was_awaited_is_there_after_reopening() {
    let (_folder, store) = fresh();
    let path = store.path().to_owned();
    store.write(|tx| meta::put(tx, "a", "1")).await.unwrap();
    // Nobody waits for this one.
    drop(store.submit(|tx| meta::put(tx, "b", "2")));
    drop(store);
    let store = Store::open(&path).unwrap();
    assert_eq!((value(&store, "a").as_deref(), value(&store, "b").as_deref()), (Some("1"), Some("2")));
    store.check().unwrap();
}

#[tokio::test]
async fn a_kill_loses_nothing_that_was_awaited() {
    let (folder, store) = fresh();
    for n in 0..50 {
        store.write(move |tx| meta::put(tx, &format!("n{n}"), "x")).await.unwrap();
    }
    // What a killed process leaves: the files as they are, the log not yet moved into the database.
    let copy = folder.path().join("copy.db");
    for suffix in ["", "-wal"] {
        let from = format!("{}{suffix}", store.path().display());
        std::fs::copy(from, format!("{}{suffix}", copy.display())).unwrap();
    }
    let copied = Store::open(&copy).unwrap();
    assert!((0..50).all(|n| value(&copied, &format!("n{n}")).is_some()));
    assert_eq!(copied.read(meta::instance).unwrap(), store.read(meta::instance).unwrap());
    copied.check().unwrap();
}

#[tokio::test]
async fn changes_that_wait_together_share_one_commit() {
    let (_folder, store) = fresh();
    let commits = count_commits(&store).await;
    let (go, gate) = mpsc::channel::<()>();
    let first = store.submit(move |_| {
        gate.recv().ok();
        Ok(())
    });
    let others: Vec<_> =
        (0..64).map(|n| store.submit(move |tx| meta::put(tx, &format!("n{n}"), &n.to_string()))).collect();
    go.send(()).unwrap();
    first.await.unwrap();
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(commits.load(Ordering::Relaxed), 1);
    assert_eq!(value(&store, "n63").as_deref(), Some("63"));
}

#[tokio::test]
async fn what_nobody_waits_for_shares_the_commit_of_the_next_or_commits_by_itself() {
    let (_folder, store) = fresh();
    let path = store.path().to_owned();
    let commits = count_commits(&store).await;
    store.defer(|tx| meta::put(tx, "a", "1"));
    // Queued behind it, so it sees it, and both are one commit.
    assert_eq!(store.write(|tx| meta::get(tx, "a")).await.unwrap().as_deref(), Some("1"));
    assert_eq!(commits.load(Ordering::Relaxed), 1);
    store.defer(|tx| meta::put(tx, "b", "2"));
    while value(&store, "b").is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(commits.load(Ordering::Relaxed), 2);
    store.defer(|tx| meta::put(tx, "c", "3"));
    drop(store);
    assert_eq!(value(&Store::open(&path).unwrap(), "c").as_deref(), Some("3"));
}

#[tokio::test]
async fn a_failing_change_undoes_only_itself() {
    let (_folder, store) = fresh();
    let (go, gate) = mpsc::channel::<()>();
    let before = store.submit(move |tx| {
        gate.recv().ok();
        meta::put(tx, "before", "1")
    });
    let fails = store.submit(|tx| {
        meta::put(tx, "before", "spoilt")?;
        meta::put(tx, "fails", "1")?;
        Err::<(), _>(StoreError::Conflict)
    });
    let panics = store.submit(|tx| {
        meta::put(tx, "panics", "1")?;
        assert!(value_in(tx, "fails").is_none());
        if value_in(tx, "before").is_some() {
            std::panic::resume_unwind(Box::new("quietly"));
        }
        Ok(())
    });
    let after = store.submit(|tx| meta::put(tx, "after", &value_in(tx, "before").unwrap_or_default()));
    go.send(()).unwrap();
    before.await.unwrap();
    assert!(matches!(fails.await, Err(StoreError::Conflict)));
    assert!(matches!(panics.await, Err(StoreError::Panicked)));
    after.await.unwrap();
    assert_eq!((value(&store, "fails"), value(&store, "panics")), (None, None));
    assert_eq!(value(&store, "after").as_deref(), Some("1"));
}

#[tokio::test]
async fn a_full_disk_is_said_and_leaves_a_working_store() {
    let (_folder, store) = fresh();
    store.write(|tx| meta::put(tx, "a", "1")).await.unwrap();
    let (reply, pending) = Pending::new();
    store.send(Work::Alone(Box::new(move |conn| {
        let limited = conn.query_row("PRAGMA max_page_count = 80", [], |_| Ok(()));
        drop(reply.send(limited.map_err(StoreError::from)));
    })));
    pending.await.unwrap();
    let large = "x".repeat(4_000_000);
    assert!(matches!(store.write(move |tx| meta::put(tx, "large", &large)).await, Err(StoreError::Full)));
    store.write(|tx| meta::put(tx, "a", "2")).await.unwrap();
    assert_eq!((value(&store, "a").as_deref(), value(&store, "large")), (Some("2"), None));
    store.check().unwrap();
}

fn value_in(reader: &Reader<'_>, key: &str) -> Option<String> {
    meta::get(reader, key).unwrap()
}

#[tokio::test]
async fn a_read_sees_one_state_and_survives_a_panic() {
    let (_folder, store) = fresh();
    store.write(|tx| meta::put(tx, "a", "old")).await.unwrap();
    store
        .read(|reader| {
            assert_eq!(value_in(reader, "a").as_deref(), Some("old"));
            store.submit(|tx| meta::put(tx, "a", "new")).wait()?;
            assert_eq!(value_in(reader, "a").as_deref(), Some("old"));
            Ok(())
        })
        .unwrap();
    assert_eq!(value(&store, "a").as_deref(), Some("new"));
    for _ in 0..READERS * 2 {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.read::<()>(|_| std::panic::resume_unwind(Box::new("quietly")))
        }));
        assert!(panicked.is_err());
        assert_eq!(value(&store, "a").as_deref(), Some("new"));
    }
}

#[test]
fn a_change_may_own_the_last_clone() {
    let (_folder, store) = fresh();
    let path = store.path().to_owned();
    let (go, gate) = mpsc::channel::<()>();
    let own = store.clone();
    let pending = store.submit(move |tx| {
        gate.recv().ok();
        meta::put(tx, "last", own.path().to_str().unwrap_or_default())
    });
    drop(store);
    go.send(()).unwrap();
    pending.wait().unwrap();
    // The lock goes when the writing thread does, a moment later.
    let reopened = (0..1_000_000).find_map(|_| match Store::open(&path) {
        Err(StoreError::InUse { .. }) => {
            std::thread::yield_now();
            None
        }
        opened => Some(opened),
    });
    assert!(value(&reopened.unwrap().unwrap(), "last").is_some());
}

#[test]
fn a_second_process_is_told_so() {
    let (_folder, store) = fresh();
    let error = Store::open(store.path()).unwrap_err();
    assert!(matches!(error, StoreError::InUse { .. }));
    assert!(error.to_string().ends_with("is in use by another usher; stop that one first"), "{error}");
    // A short command works beside it.
    let beside = Store::open_beside(store.path()).unwrap();
    beside.submit(|tx| meta::put(tx, "beside", "1")).wait().unwrap();
    assert_eq!(value(&store, "beside").as_deref(), Some("1"));
    let path = store.path().to_owned();
    drop((store, beside));
    Store::open(&path).unwrap();
}

#[test]
fn the_wrong_keys_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usher.db");
    let keys = KeyRing::generate().unwrap();
    drop(Store::open_with_keys(&path, &keys.checks()).unwrap());
    let before = std::fs::read(&path).unwrap();
    let refuse = |ring: &KeyRing| Store::open_with_keys(&path, &ring.checks()).unwrap_err().to_string();
    assert_eq!(
        refuse(&KeyRing::generate().unwrap()),
        "the key file does not fit this database: its `k1` is another key; put back the key file that belongs to it"
    );
    let newer = keys.rotated().unwrap();
    assert_eq!(
        refuse(&newer.without("k1").unwrap()),
        "the key file does not fit this database: it lacks `k1`; put back the key file that belongs to it"
    );
    assert_eq!(std::fs::read(&path).unwrap(), before);

    let store = Store::open_with_keys(&path, &newer.checks()).unwrap();
    assert_eq!(store.read(meta::known_keys).unwrap().len(), 2);
    store.submit(|tx| meta::forget_key(tx, "k1")).wait().unwrap();
    drop(store);
    Store::open_with_keys(&path, &newer.without("k1").unwrap().checks()).unwrap();
}

#[test]
fn a_newer_or_foreign_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let newer = folder.path().join("newer.db");
    drop(Store::open(&newer).unwrap());
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Store::open(&newer), Err(StoreError::Newer { found: 99, .. })));

    let foreign = folder.path().join("foreign.db");
    std::fs::write(&foreign, "not a database at all, but long enough to look at".repeat(20)).unwrap();
    assert!(matches!(Store::open(&foreign), Err(StoreError::Corrupt(_))));

    assert!(matches!(Store::open_beside(&folder.path().join("none.db")), Err(StoreError::Io { .. })));
    assert!(!folder.path().join("none.db").exists());
    std::fs::write(folder.path().join("empty.db"), "").unwrap();
    assert!(matches!(Store::open_beside(&folder.path().join("empty.db")), Err(StoreError::Older { found: 0, .. })));
}

#[tokio::test]
async fn health_writes_and_reads() {
    let (_folder, store) = fresh();
    store.health().await.unwrap();
    store.health().await.unwrap();
    assert_eq!(store.read(meta::last_beat).unwrap(), 2);
}

#[tokio::test]
async fn a_backup_opens_and_a_checkpoint_empties_the_log() {
    let (folder, store) = fresh();
    store.write(|tx| meta::put(tx, "a", "1")).await.unwrap();
    let copy = folder.path().join("backup.db");
    store.backup(&copy).unwrap();
    assert!(matches!(store.backup(&copy), Err(StoreError::Io { .. })));
    let backup = Store::open(&copy).unwrap();
    assert_eq!(value(&backup, "a").as_deref(), Some("1"));
    store.checkpoint().await.unwrap();
    let log = format!("{}-wal", store.path().display());
    assert_eq!(std::fs::metadata(log).unwrap().len(), 0);
}

#[tokio::test]
async fn the_log_is_moved_while_changes_stream_in_and_emptied_all_the_same() {
    let (_folder, store) = fresh();
    let log = format!("{}-wal", store.path().display());
    let size = || std::fs::metadata(store.path()).unwrap().len();
    let before = size();
    let mut number = 0;
    // Far fewer pages than SQLite lets gather before it moves them itself.
    while size() == before {
        number += 1;
        assert!(std::fs::metadata(&log).unwrap().len() < 4000 * 4096, "nothing was moved in {number} changes");
        store.write(move |tx| meta::put(tx, &number.to_string(), "1")).await.unwrap();
    }
    for round in 0..10 {
        let changes =
            (0..300).map(|number| store.submit(move |tx| meta::put(tx, &number.to_string(), &round.to_string())));
        for change in changes.collect::<Vec<_>>() {
            change.await.unwrap();
        }
        store.checkpoint().await.unwrap();
        assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    }
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, store) = fresh();
    store.submit(|tx| meta::put(tx, "a", "1")).wait().unwrap();
    for suffix in ["", "-wal", "-shm", ".lock"] {
        let path = format!("{}{suffix}", store.path().display());
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0, "{path}");
    }
}

#[tokio::test]
async fn what_waits_for_a_change_happens_once_it_is_durable_and_only_then() {
    let (_folder, store) = fresh();
    let happened = Arc::new(AtomicUsize::new(0));
    let count = |by: usize| {
        let happened = happened.clone();
        move || {
            happened.fetch_add(by, Ordering::Relaxed);
        }
    };
    let (good, bad) = (count(1), count(100));
    store
        .write(move |tx| {
            tx.after(good);
            meta::put(tx, "a", "1")
        })
        .await
        .unwrap();
    let undone = store.write(move |tx| {
        tx.after(bad);
        Err::<(), _>(StoreError::Conflict)
    });
    assert!(undone.await.is_err());
    store.write(|tx| meta::put(tx, "b", "2")).await.unwrap();
    assert_eq!(happened.load(Ordering::Relaxed), 1);
    // A panic in it ends nothing.
    store
        .write(|tx| {
            tx.after(|| panic!("on purpose"));
            Ok(())
        })
        .await
        .unwrap();
    store.write(|tx| meta::put(tx, "c", "3")).await.unwrap();
}
