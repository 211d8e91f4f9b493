//! `watch` and `unwatch`: a person's own matter, on both kinds of site.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation, conversation_with};

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_watched_and_no_longer() {
    conversation(async |chat| {
        chat.linked("linus", "acme").await;
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("linus", "eng", "jira watch DEMO-9999").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("linus", "general", "jira watch DEMO-4").await, @r"
        (only you) `watch` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow watch in #general for person:linus`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira watch DEMO-4").await, @r"
        (only you) You are watching DEMO-4.
        ‹Open in Jira› [Stop]
        ");
        assert!(chat.house.issue("DEMO-4")["watchers"].as_array().unwrap().contains(&json!("ada")));
        assert_snapshot!(chat.presses("ada", "eng", "Stop").await, @r"
        (only you) You are no longer watching DEMO-4.
        ‹Open in Jira› [Undo]
        ");
        assert!(!chat.house.issue("DEMO-4")["watchers"].as_array().unwrap().contains(&json!("ada")));
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        (only you) You are watching DEMO-4.
        ‹Open in Jira› [Stop]
        ");
        assert!(chat.house.issue("DEMO-4")["watchers"].as_array().unwrap().contains(&json!("ada")));
    })
    .await;
}

fn corp_too(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO,CORP"];
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_is_told_the_user_name() {
    conversation_with(corp_too, async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira watch CORP-1").await, @r"
        (only you) You are watching CORP-1.
        ‹Open in Jira› [Stop]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira unwatch CORP-1").await, @r"
        (only you) You are no longer watching CORP-1.
        ‹Open in Jira› [Undo]
        ");
    })
    .await;
}
