//! `usher links` and `usher audit`, over a database that people have used.

use rusqlite::Connection;
use serde_json::Value;

use super::{
    script::Script,
    shell::{Shell, tidy},
};

/// The demo, with its keys and database in the shell's folder.
pub fn demo(shell: &Shell) -> Script {
    Script::start(&["demo", "--jsonl", "--data", "."], shell.path("").as_path())
}

/// A shell over what a demo left: ada is linked, has commented, and linus was refused.
pub fn used() -> Shell {
    let shell = Shell::new();
    let mut demo = demo(&shell);
    demo.says("ada", "eng", "jira connect acme");
    let code = demo.approves("ada", "ada");
    demo.says("ada", "dm", &code);
    demo.says("ada", "eng", "jira comment DEMO-1 hello");
    demo.says("linus", "general", "jira comment DEMO-1 hello");
    demo.end();
    shell
}

#[test]
fn without_a_database_there_is_nothing_to_show() {
    let shell = Shell::new();
    shell.usher(&["keys", "init"]);
    let said = [
        shell.refusal(&["links", "list"]),
        shell.refusal(&["links", "remove", "x"]),
        shell.refusal(&["audit", "list"]),
        shell.refusal(&["audit", "verify"]),
        shell.refusal(&["audit", "export"]),
    ];
    assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
    insta::assert_snapshot!(said[0], @"There is no database at data/usher.db yet. `usher run` makes it.");
    assert!(!shell.path("data").exists(), "nothing was made");
}

#[test]
fn links_of_people_who_left_are_removed() {
    let shell = used();
    let listed = tidy(&shell.usher(&["links", "list"]).out);
    let (id, rest) = listed.split_once(' ').unwrap();
    assert!(rest.starts_with("terminal:ada acme Ada Byron active since 20"), "{rest}");
    assert_eq!(shell.usher(&["keys", "status"]).out.split_whitespace().nth(1), Some("1"));
    let unknown = shell.refusal(&["links", "remove", "x"]);
    assert_eq!(
        shell.usher(&["links", "remove", id]).out,
        "Deleted the link of terminal:ada to acme as Ada Byron, and its credential.\n"
    );
    assert_eq!(shell.usher(&["keys", "status"]).out.split_whitespace().nth(1), Some("0"));
    let none = shell.usher(&["links", "list"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (0, "", "Nobody has linked an account.\n"));
    insta::assert_snapshot!(format!("{unknown}\n{}", shell.refusal(&["links", "remove", id])).replace(id, "ID"), @r"
    There is no link `x`. `usher links list` shows them.
    There is no link `ID`. `usher links list` shows them.
    ");
    let rows = shell.usher(&["audit", "list", "--person", "terminal:ada", "--last", "1"]).out;
    assert!(tidy(&rows).contains(" link "), "{rows}");
}

#[test]
fn the_audit_is_listed_verified_and_exported() {
    let shell = used();
    let listed = |args: &[&str]| -> Vec<String> {
        let ran = shell.usher(&[&["audit", "list"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        // Without number, day and time.
        tidy(&ran.out).lines().map(|line| line.splitn(4, ' ').nth(3).unwrap().to_owned()).collect()
    };
    insta::assert_snapshot!(listed(&["--tool", "comment", "--last", "3"]).join("\n"), @r"
    decision allow terminal:ada terminal:home/eng comment acme -
    outcome done terminal:ada terminal:home/eng comment acme DEMO-1
    decision deny:no-grant terminal:linus terminal:home/general comment acme -
    ");
    insta::assert_snapshot!(listed(&["--verdict", "deny"]).join("\n"), @"decision deny:no-grant terminal:linus terminal:home/general comment acme -");
    assert_eq!(listed(&["--last", "2"]).len(), 2);

    let verified = shell.usher(&["audit", "verify"]).out;
    let (rows, head) = verified.trim_end().split_once(" rows, none altered. Head ").unwrap();
    assert_eq!(shell.usher(&["audit", "verify", "--head", head]).code, 0);
    let exported = shell.usher(&["audit", "export"]).out;
    let lines: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len().to_string(), rows);
    assert_eq!(format!("{}:{}", lines.last().unwrap()["seq"], lines.last().unwrap()["mac"].as_str().unwrap()), head);
    assert!(!exported.contains("hello"), "what people write stays out of the audit");

    let database = Connection::open(shell.path("data/usher.db")).unwrap();
    database
        .execute_batch(
            "DROP TRIGGER audit_no_update;
             UPDATE audit SET verdict = 'allow' WHERE verdict LIKE 'deny%';",
        )
        .unwrap();
    drop(database);
    let broken = shell.refusal(&["audit", "verify"]);
    insta::assert_snapshot!(broken.replace(|c: char| c.is_ascii_digit(), "#").replace("##", "#"), @"The audit is broken at row #: it, or the row before, was changed.");
}

#[test]
fn a_database_in_use_is_left_alone_and_can_be_looked_at() {
    let shell = Shell::new();
    let demo = demo(&shell);
    // What the demo calls `data` is what the configuration calls so.
    insta::assert_snapshot!(shell.refusal(&["run"]), @"data/usher.db is in use by another usher; stop that one first.");
    let checked = tidy(&shell.usher(&["check"]).out);
    assert!(checked.contains("database ok data/usher.db"), "{checked}");
    assert_eq!(shell.usher(&["audit", "verify"]).code, 0);
    demo.end();
    assert_eq!(shell.usher(&["run"]).code, 0);
}
