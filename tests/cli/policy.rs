//! `usher policy`: the policy as a file, beside a running bot.

use super::{
    script::Script,
    shell::{Shell, tidy},
};

#[test]
fn a_policy_is_exported_edited_compared_and_put_in_force_under_a_running_bot() {
    let shell = Shell::new();
    let mut demo = Script::start(&["demo", "--jsonl", "--data", "."], shell.path("").as_path());
    demo.says("root", "eng", "jira admin toolset create triage view find");
    let exported = shell.usher(&["policy", "export"]).out;
    let tools: Vec<String> = usher::tools::table().names().map(|tool| format!("\"{tool}\"")).collect();
    insta::assert_snapshot!(exported.replace(&tools.join(", "), "TOOLS"), @r#"
    # Who may use what. `usher policy diff` shows what would change, `usher policy import` puts this in force.
    # A workspace that is not named here stays as it is; in one that is, what is not named goes.

    [[workspace]]
    id       = "terminal:home"
    approved = [TOOLS]
    blocked  = []
    rules    = [
        "allow contributor in #eng for everyone on DEMO,OPS",
        "allow reader for everyone",
    ]
    [workspace.toolsets]
    triage = ["find", "view"]
    "#);
    assert_eq!(shell.usher(&["policy", "export", "--workspace", "terminal:home"]).out, exported);
    insta::assert_snapshot!(shell.refusal(&["policy", "export", "--workspace", "terminal:nosuch"]), @"That workspace is not admitted. `usher policy export` shows those that are.");
    shell.write("policy.toml", &exported);
    let same = shell.usher(&["policy", "diff", "policy.toml"]);
    assert_eq!((same.code, same.out.as_str(), same.err.as_str()), (0, "", "Nothing would change.\n"));

    let edited = exported
        .replace("\"find\", \"view\"", "\"find\"")
        .replace("rules    = [\n", "rules    = [\n    \"deny comment for @linus\",\n");
    assert_ne!(edited, exported);
    insta::assert_snapshot!(tidy(&shell.usher_hearing(&edited, &["policy", "diff", "-"]).out), @r"
    terminal:home
    - toolset triage: find, view
    + toolset triage: find
    + deny comment for @linus
    ");
    shell.write("policy.toml", &edited);
    assert_eq!(shell.usher(&["policy", "import", "policy.toml"]).out, "In force. 2 things changed.\n");
    assert_eq!(
        shell.usher(&["policy", "import", "policy.toml"]).out,
        "Nothing changed: this policy is in force already.\n"
    );
    assert!(demo.says("linus", "eng", "jira comment DEMO-1 hello").contains("is denied to you"));
    demo.end();
    assert_eq!(shell.usher(&["audit", "verify"]).code, 0);
    let rows =
        tidy(&shell.usher(&["audit", "list", "--workspace", "terminal:home", "--kind", "policy", "--since", "1h"]).out);
    assert_eq!(rows.matches("policy done shell:owner").count(), 3, "{rows}");

    shell.write("policy.toml", &edited.replace("deny comment", "deny coment").replace("\"find\"]", "\"fnid\"]"));
    let ran = shell.usher(&["policy", "import", "policy.toml"]);
    assert_eq!(ran.code, 1);
    insta::assert_snapshot!(ran.err, @r"
    policy.toml:9: I don't know a tool or toolset `coment`. Did you mean `comment`?
    policy.toml:14: I don't know a tool or toolset `fnid`. Did you mean `find`?
    ");
    insta::assert_snapshot!(shell.refusal(&["policy", "import", "nosuch.toml"]), @"nosuch.toml cannot be read: there is no such file or folder.");
}

#[test]
fn the_audit_is_filtered_and_exported_for_other_programs() {
    let shell = Shell::new();
    let mut demo = Script::start(&["demo", "--jsonl", "--data", "."], shell.path("").as_path());
    demo.says("linus", "general", "jira comment DEMO-1 hello");
    demo.says("root", "eng", "jira admin block log");
    demo.end();
    let listed = |args: &[&str]| tidy(&shell.usher(&[&["audit", "list"], args].concat()).out).lines().count();
    assert_eq!(listed(&["--verdict", "deny", "--place", "terminal:home/general"]), 1);
    assert_eq!(listed(&["--verdict", "deny", "--place", "terminal:home/eng"]), 0);
    assert_eq!(listed(&["--verdict", "deny", "--site", "acme"]), 1);
    assert_eq!(listed(&["--verdict", "deny", "--until", "2020-01-01"]), 0);
    assert_eq!(listed(&["--kind", "policy", "--person", "terminal:root", "--last", "1"]), 1);
    let bad = shell.usher(&["audit", "list", "--since", "soon"]);
    assert!(bad.code != 0 && bad.err.contains("write a day such as 2026-11-30"), "{}", bad.err);
    let cef = shell.usher(&["audit", "export", "--format", "cef"]).out;
    let jsonl = shell.usher(&["audit", "export"]).out;
    assert_eq!(cef.lines().count(), jsonl.lines().count());
    assert!(cef.lines().all(|line| line.starts_with("CEF:0|Usher|Usher|")));
    assert_eq!(cef.lines().filter(|line| line.contains("|decision|comment: deny:no-grant|5|")).count(), 1, "{cef}");
}

#[test]
fn the_readmes_way_to_a_governed_channel_works_as_written() {
    let readme = include_str!("../../README.md");
    let chapter =
        readme.split("## Govern a channel in ten minutes").nth(1).unwrap().split("### From the command line").next();
    let shell = Shell::new();
    let mut demo = Script::start(&["demo", "--jsonl"], shell.path("").as_path());
    let mut lines = chapter.unwrap().lines().map(str::trim).peekable();
    let mut given = Vec::new();
    while let Some(line) = lines.next() {
        if !line.starts_with("jira admin ") {
            continue;
        }
        let said = demo.says("root", "support", line);
        let said = said.strip_prefix("(only root in support) ").unwrap_or(&said);
        for mistake in ["I cannot", "I don't know", "There is no", "Nothing changed", "cannot be"] {
            assert!(!said.contains(mistake), "{line}: {said}");
        }
        // What stands below a command is its answer.
        if let Some(answer) = lines.next_if(|next| !next.is_empty() && !next.starts_with("jira ")) {
            assert_eq!(said, answer, "{line}");
        }
        given.push(line.split(' ').nth(2).unwrap());
    }
    let all = [
        "policy",
        "toolset",
        "profile",
        "allow",
        "deny",
        "block",
        "explain",
        "toolset",
        "forget",
        "stop",
        "go",
        "notices",
        "profile",
        "two-person",
        "two-person",
        "audit",
    ];
    assert_eq!(given, all);
    demo.end();
}
