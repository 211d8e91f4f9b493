//! `create-version`, `release` and `unrelease`: what a project brings out.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation, conversation_with};

fn all_scopes(setup: &mut Setup) {
    setup.all_scopes = true;
    setup.rules = vec!["allow contributor in #eng on DEMO,OPS"];
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_without_the_scope_is_told_which() {
    conversation(async |chat| {
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("grace", "eng", "jira create-version DEMO 2.5").await, @r"
        (only you) This needs the scope `manage:jira-project`, which your link to acme does not have. Once whoever runs Usher has added it to the site's `scopes`, link again.
        [Link again]
        ");
        assert_eq!(chat.house.trail(0).last().unwrap(), "grace create-version failed:scope-missing");
        assert_snapshot!(chat.says("grace", "eng", "jira release DEMO 3.0").await, @r"
        (only you) This needs the scope `manage:jira-project`, which your link to acme does not have. Once whoever runs Usher has added it to the site's `scopes`, link again.
        [Link again]
        ");
        assert_eq!(chat.house.jira.version("3.0").unwrap()["released"], false);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_release() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "general", "jira release DEMO 3.0").await, @r"
        (only you) `release` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow release in #general for person:ada`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create-version WEB 1.0").await, @r"
        (only you) `create-version` is not allowed on WEB in #eng. An admin can change that with `jira admin allow create-version in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        // Jira lets only those who administer the project.
        assert_snapshot!(chat.says("ada", "eng", "jira create-version DEMO 2.5").await, @"(only you) Your Jira account may not do this to DEMO. Only those who administer the project may change its versions.");
        assert_snapshot!(chat.says("ada", "eng", "jira release DEMO 3.0").await, @"(only you) Your Jira account may not do this to DEMO. Only those who administer the project may change its versions.");
        assert_snapshot!(chat.says("linus", "eng", "jira unrelease DEMO 2.3").await, @"(only you) Your Jira account may not do this to DEMO. Only those who administer the project may change its versions.");
        assert_eq!(chat.house.jira.version("3.0").unwrap()["released"], false);
        assert_eq!(chat.house.jira.version("2.3").unwrap()["released"], true);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_released() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("grace", "eng", "jira create-version DEMO --date someday 2.5").await, @"(only you) `someday` is not a day. Write it as `2026-12-01`, `tomorrow`, `friday` or `+2w`.");
        assert_snapshot!(chat.says("grace", "eng", "jira create-version DEMO 2.4").await, @"(only you) Jira did not accept this, and nothing was changed. name: A version with this name already exists in this project.");
        assert_snapshot!(chat.says("grace", "eng", "jira release DEMO 2.3").await, @"(only you) 2.3 of DEMO is released already.");
        assert_snapshot!(chat.says("grace", "eng", "jira release DEMO nine").await, @r#"
        (only you) No version in DEMO is called "nine". There are:
        [2.4] [3.0]
        "#);
        assert_snapshot!(chat.says("grace", "eng", "jira unrelease DEMO 3.0").await, @"(only you) 3.0 of DEMO is not released.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_made_and_released_and_taken_back() {
    for (site, project, first) in [("acme", "DEMO", "2.4"), ("corp", "OPS", "Winter")] {
        conversation_with(all_scopes, async |chat| {
            chat.linked("grace", site).await;
            let says = async |words: &str| chat.says("grace", "eng", &words.replace("KEY", project)).await.text();
            let made = says("jira create-version KEY --date 2027-01-15 --description \"The big one\" 9.0 beta").await;
            assert_eq!(
                made,
                format!("{project} has a new version: 9.0 beta, due 15 Jan 2027.\n‹Open in Jira› [Versions]")
            );
            let version = chat.house.jira.version("9.0 beta").unwrap();
            assert_eq!((&version["project"], &version["date"]), (&json!(project), &json!("2027-01-15")));
            assert_eq!(version["description"], "The big one");

            let done = says("jira release KEY 9.0").await;
            assert_eq!(done, format!("9.0 beta of {project} is released.\n‹Open in Jira› [Undo]"));
            let version = chat.house.jira.version("9.0 beta").unwrap();
            assert_eq!((&version["released"], &version["date"]), (&json!(true), &json!("2026-11-22")));
            let undone = chat.presses("grace", "eng", "Undo").await.text();
            assert_eq!(undone, format!("9.0 beta of {project} is no longer released.\n‹Open in Jira›"));
            let version = chat.house.jira.version("9.0 beta").unwrap();
            assert_eq!((&version["released"], &version["date"]), (&json!(false), &json!("2027-01-15")));

            // What is still open is asked about.
            let brings = chat.house.jira.version(first).unwrap()["brings"].clone();
            let asked = says(&format!("jira release KEY {first}")).await;
            assert!(
                asked.contains("still open. Release it?") && asked.contains("Move them to 9.0 beta, then release"),
                "{asked}"
            );
            assert_eq!(chat.house.jira.version(first).unwrap()["released"], false);
            let moved = chat.presses("grace", "eng", "Move them to 9.0 beta, then release").await.text();
            assert!(moved.contains("moved to 9.0 beta.") && !moved.contains("[Undo]"), "{moved}");
            assert_eq!(chat.house.jira.version(first).unwrap()["released"], true);
            let open: Vec<_> =
                brings.as_array().unwrap().iter().filter(|key| **key != json!("DEMO-6")).cloned().collect();
            assert_eq!(chat.house.jira.version("9.0 beta").unwrap()["brings"], json!(open));
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_open_may_stay() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("grace", "eng", "jira release DEMO 2.4").await, @r"
        (only you) 2.4 in DEMO: 2 issues of it are still open. Release it?
        [Release, and leave them] [Move them to 3.0, then release]
        ");
        assert_snapshot!(chat.presses("grace", "eng", "Release, and leave them").await, @r"
        2.4 of DEMO is released.
        ‹Open in Jira› [Undo]
        ");
        let version = chat.house.jira.version("2.4").unwrap();
        assert_eq!((&version["released"], &version["brings"]), (&json!(true), &json!(["DEMO-2", "DEMO-4", "DEMO-6"])));
    })
    .await;
}
