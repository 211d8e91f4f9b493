//! The disk itself: what it loses, and that it would be noticed.

use super::*;

fn write(at: usize, byte: u8, length: usize) -> Change {
    Change::Write { at, bytes: vec![byte; length] }
}

#[test]
fn what_is_durable_stays_and_the_rest_as_chance_has_it() {
    let mut rng = fastrand::Rng::with_seed(1);
    let mut kept = [false; 2];
    for number in 0..500 {
        let later = vec![write(512, 2, 1024), Change::Truncate(1200), write(1536, 3, 100)];
        let inode = Inode { durable: vec![1; 512], later, named: true };
        let left = survivors(inode, number % 5, &mut rng, &mut 0);
        assert_eq!(left[..512], [1; 512]);
        kept[usize::from(left.len() > 512)] = true;
        if number % 5 == 0 {
            assert_eq!(left.len(), 512);
        }
        if number % 5 == 1 {
            assert_eq!((left.len(), left[600], left[1300], left[1600]), (1636, 2, 0, 3));
        }
    }
    assert_eq!(kept, [true; 2]);
}

/// Rows that were told to be there and are lost, with what SQLite promises at this setting.
fn lost(synchronous: &str) -> u64 {
    let mut lost = 0;
    for seed in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::below(folder.path(), seed);
        let path = folder.path().canonicalize().unwrap().join("rows.db");
        let open = || {
            let conn = rusqlite::Connection::open(&path).unwrap();
            conn.pragma_update(None, "journal_mode", "WAL").unwrap();
            conn.pragma_update(None, "synchronous", synchronous).unwrap();
            conn
        };
        let conn = open();
        conn.execute_batch("CREATE TABLE rows (number INTEGER)").unwrap();
        disk.cut_in(20 + seed);
        let told = (0..100).take_while(|number| conn.execute("INSERT INTO rows VALUES (?1)", [number]).is_ok()).count();
        assert!(disk.is_off() && told < 100);
        drop(conn);
        disk.comes_back();
        let there = open().query_row("SELECT count(*) FROM rows", [], |row| row.get::<_, i64>(0));
        lost += u64::from(there.unwrap_or_default() < told as i64);
        disk.remove();
    }
    lost
}

#[test]
fn it_loses_what_was_not_synced_and_nothing_else() {
    assert_eq!(lost("FULL"), 0);
    assert!(lost("NORMAL") > 0);
}

#[test]
fn a_torn_write_is_torn_between_sectors() {
    let left = torn(vec![0; 2048], &write(500, 7, 1000), 512, |sector| sector == 1);
    assert!(left.iter().enumerate().all(|(at, byte)| (*byte == 7) == (512..1024).contains(&at)));
}
