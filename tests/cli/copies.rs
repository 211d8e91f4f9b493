//! `usher backup`, `usher restore` and `usher adopt`: what a copy of the database may do, and when.

use std::{fs, os::unix::fs::PermissionsExt};

use super::{
    script,
    shell::{Shell, tidy},
    stored::{demo, used},
};

#[test]
fn a_backup_of_a_database_in_use_holds_what_was_acknowledged_and_nobody_else_reads_it() {
    let shell = Shell::new();
    let mut running = demo(&shell);
    running.says("ada", "eng", "jira connect acme");
    let code = running.approves("ada", "ada");
    running.says("ada", "dm", &code);
    let ran = shell.usher(&["backup", "usher.backup"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let rows = ran.out.split(", ").nth(1).unwrap().to_owned();
    insta::assert_snapshot!(tidy(&ran.out).replace(&rows, "N rows of the audit").replace(char::is_numeric, "0"), @"Wrote usher.backup: 0 link, N rows of the audit, 000 KiB. Without the key file usher.key nobody can use it, and neither can you: keep a copy of that elsewhere.");
    assert_eq!(fs::metadata(shell.path("usher.backup")).unwrap().permissions().mode() & 0o777, 0o600);
    running.end();
    let again = shell.refusal(&["backup", "usher.backup"]);
    assert!(again.starts_with("usher.backup: "), "{again}");
}

#[test]
fn a_copied_database_works_for_nobody_until_it_is_adopted() {
    let shell = used();
    let copy = Shell::new();
    fs::create_dir(copy.path("data")).unwrap();
    for name in ["usher.key", "data/usher.db"] {
        fs::copy(shell.path(name), copy.path(name)).unwrap();
    }
    let before = fs::read(copy.path("data/usher.db")).unwrap();
    let mut refused = vec![script::complaint(&["demo", "--jsonl", "--data", "."], &copy.path(""))];
    refused
        .push(tidy(&copy.usher(&["check"]).out).lines().find(|line| line.starts_with("database")).unwrap().to_owned());
    insta::assert_snapshot!(refused.join("\n").replace(copy.path("").to_str().unwrap(), ""), @r"
    ./data/usher.db is a copy of a database, or was moved; while the other one is in use, both would use up each other's tokens and everyone would have to link again; `usher adopt` once the other one has stopped for good.
    database fails data/usher.db is a copy of a database, or was moved; while the other one is in use, both would use up each other's tokens and everyone would have to link again; `usher adopt` once the other one has stopped for good.
    ");
    assert!(fs::read(copy.path("data/usher.db")).unwrap() == before, "nothing was written");
    // Looking is allowed.
    assert!(tidy(&copy.usher(&["links", "list"]).out).contains("terminal:ada acme"));
    insta::assert_snapshot!(copy.usher(&["adopt"]).out, @"data/usher.db works here from now on. Every other copy has to stay stopped.");
    demo(&copy).end();
    // The first one stays what it is.
    demo(&shell).end();
}

#[test]
fn what_is_restored_is_what_was_backed_up_and_the_other_is_kept() {
    let shell = used();
    assert_eq!(shell.usher(&["backup", "usher.backup"]).code, 0);
    let mut later = demo(&shell);
    later.says("ada", "eng", "jira disconnect acme");
    later.end();
    assert_eq!(shell.usher(&["links", "list"]).out, "");
    let ran = shell.usher(&["restore", "usher.backup"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let kept = fs::read_dir(shell.path("data")).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap());
    let kept: Vec<String> = kept.filter(|name| name.contains(".before-")).collect();
    assert_eq!(kept.len(), 1);
    assert!(ran.out.contains(&kept[0]), "{}", ran.out);
    assert!(tidy(&shell.usher(&["links", "list"]).out).contains("terminal:ada acme"));
    assert!(script::complaint(&["demo", "--jsonl", "--data", "."], &shell.path("")).contains("`usher adopt`"));
    assert_eq!(shell.usher(&["adopt"]).code, 0);
    demo(&shell).end();
    assert_eq!(shell.usher(&["audit", "verify"]).code, 0);
}

#[test]
fn what_cannot_be_restored_changes_nothing() {
    let shell = used();
    assert_eq!(shell.usher(&["backup", "good"]).code, 0);
    let other = Shell::with_key();
    let mut broken = fs::read(shell.path("good")).unwrap();
    let middle = broken.len() / 2;
    broken[middle..].fill(0x5a);
    fs::write(shell.path("broken"), &broken).unwrap();
    fs::write(shell.path("words"), "this is no database").unwrap();
    fs::copy(shell.path("good"), other.path("good")).unwrap();
    let before = fs::read(shell.path("data/usher.db")).unwrap();
    let mut refused: Vec<String> = ["broken", "words", "nowhere"].map(|name| shell.refusal(&["restore", name])).into();
    refused.push(other.refusal(&["restore", "good"]));
    refused.push(other.refusal(&["adopt"]));
    refused.push(other.refusal(&["backup", "x"]));
    let running = demo(&shell);
    refused.push(shell.refusal(&["restore", "good"]));
    refused.push(shell.refusal(&["adopt"]));
    running.end();
    insta::assert_snapshot!(refused.join("\n"), @r"
    The database holds something unreadable: database disk image is malformed.
    The database holds something unreadable: file is not a database.
    nowhere: entity not found.
    The key file does not fit this database: its `k1` is another key; put back the key file that belongs to it.
    There is no database at data/usher.db yet. `usher run` makes it.
    There is no database at data/usher.db yet. `usher run` makes it.
    data/usher.db is in use by another usher; stop that one first.
    data/usher.db is in use by another usher; stop that one first.
    ");
    assert!(!other.path("data/usher.db").exists());
    assert!(fs::read(shell.path("data/usher.db")).unwrap().len() >= before.len());
    assert_eq!(shell.usher(&["audit", "verify"]).code, 0);
}
