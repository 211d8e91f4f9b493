//! `usher stop` and `usher go`, beside a running program and without one.

use super::{
    script::Script,
    shell::{Shell, tidy},
};

#[test]
fn a_running_bot_stops_at_its_next_decision() {
    let shell = Shell::new();
    let mut demo = Script::start(&["demo", "--jsonl", "--data", "."], shell.path("").as_path());
    demo.says("ada", "eng", "jira connect acme");
    let code = demo.approves("ada", "ada");
    demo.says("ada", "dm", &code);
    let view = |demo: &mut Script| demo.says("ada", "eng", "jira view DEMO-1");
    assert!(view(&mut demo).contains("Write a welcome page"));
    for what in [
        &["tool", "view"][..],
        &["site", "acme"],
        &["platform", "terminal"],
        &["workspace", "terminal:home"],
        &["everything"],
    ] {
        let ran = shell.usher(&[&["stop"], what].concat());
        let words = what.join(" ");
        assert_eq!(ran.out, format!("Stopped: {words}. `usher go {words}` starts it again.\n"), "{}", ran.err);
        assert!(view(&mut demo).contains(", by an owner, since "), "{words}");
        assert_eq!(
            shell.usher(&[&["stop"], what].concat()).out,
            format!("Nothing changed: {words} is stopped already.\n")
        );
        assert_eq!(shell.usher(&[&["go"], what].concat()).out, format!("Started again: {words}.\n"));
        assert_eq!(shell.usher(&[&["go"], what].concat()).out, format!("Nothing changed: {words} is not stopped.\n"));
        assert!(view(&mut demo).contains("Write a welcome page"), "{words}");
    }
    shell.usher(&["stop", "site", "acme"]);
    demo.end();
    // Without a running program it is the same, and it is still so when one starts.
    shell.usher(&["stop", "tool", "log"]);
    let listed = tidy(&shell.usher(&["stop"]).out);
    let shown: Vec<&str> = listed.lines().map(|line| line.split(" since ").next().unwrap()).collect();
    assert_eq!(shown, ["site acme", "tool log"]);
    assert!(listed.lines().all(|line| line.ends_with(" by shell:owner")), "{listed}");
    let mut demo = Script::start(&["demo", "--jsonl", "--data", "."], shell.path("").as_path());
    assert!(view(&mut demo).contains("The site acme is stopped, by an owner, since "));
    demo.end();
    assert_eq!(shell.usher(&["audit", "verify"]).code, 0);
    let rows = tidy(&shell.usher(&["audit", "list", "--person", "shell:owner", "--last", "2"]).out);
    assert_eq!(rows.matches(" policy done shell:owner ").count(), 2, "{rows}");
}

#[test]
fn what_would_stop_nothing_is_refused() {
    let shell = Shell::new();
    shell.usher(&["keys", "init"]);
    insta::assert_snapshot!(shell.refusal(&["stop", "everything"]), @"There is no database at data/usher.db yet. `usher run` makes it.");
    Script::start(&["demo", "--jsonl", "--data", "."], shell.path("").as_path()).end();
    let none = shell.usher(&["stop"]);
    assert_eq!((none.code, none.out.as_str(), none.err.as_str()), (0, "", "Nothing is stopped.\n"));
    let said: Vec<String> = [
        &["stop", "tool"][..],
        &["stop", "tool", "delite"],
        &["stop", "site", "acne"],
        &["stop", "platform", "irc"],
        &["stop", "workspace", "home"],
        &["stop", "everything", "now"],
        &["go"],
        &["go", "tool", "delite"],
    ]
    .iter()
    .map(|line| shell.refusal(line))
    .collect();
    insta::assert_snapshot!(said.join("\n"), @r"
    Say which tool, such as `usher stop tool delete`.
    There is no tool `delite`. There is view, find, mine, recent, create, batch, edit, clone, move, status, assign, comment, attach, attachments, log, watch, unwatch, delete, comments, history, transitions, watchers, worklogs, children, epic, vote, unvote, unassign, link-types, link, unlink, weblink, edit-comment, delete-comment, unlog, timesheet, boards, sprints, sprint, backlog, plan, unplan, rank, create-sprint, start-sprint, close-sprint, chart, projects, project, types, fields, statuses, priorities, components, versions, create-version, release, unrelease, person, filters, filter, queues, queue, request-types, request, sla.
    There is no site `acne`. There is acme.
    There is no platform `irc`. There is discord, telegram, terminal.
    `home` is no workspace. Write its platform and its id, such as `discord:1234`.
    `everything` takes no name.
    Say what shall go on, such as `usher go tool delete`. `usher stop` lists what is stopped.
    There is no tool `delite`. There is view, find, mine, recent, create, batch, edit, clone, move, status, assign, comment, attach, attachments, log, watch, unwatch, delete, comments, history, transitions, watchers, worklogs, children, epic, vote, unvote, unassign, link-types, link, unlink, weblink, edit-comment, delete-comment, unlog, timesheet, boards, sprints, sprint, backlog, plan, unplan, rank, create-sprint, start-sprint, close-sprint, chart, projects, project, types, fields, statuses, priorities, components, versions, create-version, release, unrelease, person, filters, filter, queues, queue, request-types, request, sla.
    ");
}

#[test]
fn an_owner_admits_and_dismisses_workspaces_at_the_shell() {
    let shell = Shell::new();
    Script::start(&["demo", "--jsonl", "--data", "."], shell.path("").as_path()).end();
    let run = |words: &[&str]| shell.usher(&[&["workspaces"], words].concat());
    assert_eq!(
        run(&["admit", "discord:1234", "Engine Works"]).out,
        "Admitted: discord:1234. `usher workspaces dismiss discord:1234` takes it back.\n"
    );
    assert_eq!(run(&["admit", "discord:1234"]).out, "Nothing changed: discord:1234 is admitted already.\n");
    let listed = tidy(&run(&["list"]).out);
    let shown: Vec<&str> = listed.lines().map(|line| line.split(" since ").next().unwrap().trim()).collect();
    assert_eq!(shown, ["discord:1234 (Engine Works)", "terminal:home"]);
    assert!(listed.lines().next().unwrap().ends_with(" by shell:owner"), "{listed}");
    assert_eq!(
        run(&["dismiss", "discord:1234"]).out,
        "Dismissed: discord:1234. Its rules are kept for the day it is admitted again.\n"
    );
    assert_eq!(run(&["dismiss", "discord:1234"]).out, "Nothing changed: discord:1234 is not admitted.\n");
    assert_ne!(run(&["admit", "nowhere"]).code, 0);
    let rows = tidy(&shell.usher(&["audit", "list", "--person", "shell:owner"]).out);
    assert_eq!(rows.matches(" admission done shell:owner ").count(), 2, "{rows}");
}
