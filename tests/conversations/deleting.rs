//! `delete`: asks first, says what goes with the issue, and can only look before that; on both kinds of site.

use insta::assert_snapshot;
use usher_sandbox::{Effect, Fault};

use crate::support::{Setup, conversation, conversation_with};

fn manager(setup: &mut Setup) {
    setup.rules = vec!["allow manager in #eng on DEMO,OPS"];
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_without_a_grant_and_a_press() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let said = chat.says("ada", "eng", "jira delete DEMO-4").await.text();
        assert!(said.starts_with("(only you) `delete` is not allowed"), "{said}");
    })
    .await;
    conversation_with(manager, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        chat.house.jira.clear_calls();
        assert_snapshot!(chat.says("grace", "eng", "jira delete DEMO-1").await, @r#"
        (only you) This cannot be taken back: delete DEMO-1. It is called "Write a welcome page for new people". With it go 1 comment and 1h 30m of logged time. Go on?
        [Yes, go on] [Not now]
        "#);
        let changing = |call: &String| !call.starts_with("GET ");
        assert_eq!(chat.house.calls().into_iter().filter(changing).count(), 0);
        assert_snapshot!(chat.presses("grace", "eng", "Not now").await, @"(only you, in its place) Nothing was changed.");
        assert_eq!(chat.house.issue("DEMO-1")["key"], "DEMO-1");
        // What is not there, and what one may not delete.
        assert_snapshot!(chat.says("grace", "eng", "jira delete DEMO-9999").await, @r"
        (only you) This cannot be taken back: delete DEMO-9999. Go on?
        [Yes, go on] [Not now]
        ");
        assert_snapshot!(chat.presses("grace", "eng", "Yes, go on").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira delete DEMO-4").await, @r#"
        (only you) This cannot be taken back: delete DEMO-4. It is called "Gauge shows minus one litre after a restart". With it go 1 comment and 2 files. Go on?
        [Yes, go on] [Not now]
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "Yes, go on").await, @"(only you) Your Jira account may not do this to DEMO-4. You do not have permission to delete issues in this project.");
        // Where Jira does not answer the look, the question is asked as it is.
        chat.house.jira.fail(Fault::once("GET", "issue/DEMO-4", Effect::Reset).times(9));
        assert_snapshot!(chat.says("grace", "eng", "jira delete DEMO-4").await, @r"
        (only you) This cannot be taken back: delete DEMO-4. Go on?
        [Yes, go on] [Not now]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_goes_with_what_hangs_on_it() {
    conversation_with(manager, async |chat| {
        chat.linked("grace", "acme").await;
        chat.linked("grace", "corp").await;
        assert_snapshot!(chat.says("grace", "eng", "jira delete DEMO-4").await, @r#"
        (only you) This cannot be taken back: delete DEMO-4. It is called "Gauge shows minus one litre after a restart". With it go 1 comment and 2 files. Go on?
        [Yes, go on] [Not now]
        "#);
        assert_snapshot!(chat.presses("grace", "eng", "Yes, go on").await, @"DEMO-4 Gauge shows minus one litre after a restart is deleted.");
        assert_snapshot!(chat.says("grace", "eng", "jira view DEMO-4").await, @"(only you) DEMO-4 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("grace", "eng", "jira delete DEMO-12").await, @r#"
        (only you) This cannot be taken back: delete DEMO-12. It is called "Measure the choke at -20 °C". Jira refuses to delete it without the subtasks DEMO-14 and DEMO-15: `--subtasks` takes them along. Go on?
        [Yes, go on] [Not now]
        "#);
        assert_snapshot!(chat.presses("grace", "eng", "Yes, go on").await, @r"
        (only you, in its place) DEMO-12 has 2 subtasks, and Jira deletes it only together with them. Nothing was deleted.
        [Delete with subtasks]
        ");
        assert_snapshot!(chat.presses("grace", "eng", "Delete with subtasks").await, @r#"
        (only you) This cannot be taken back: delete DEMO-12. It is called "Measure the choke at -20 °C". With it go the subtasks DEMO-14 and DEMO-15. Go on?
        [Yes, go on] [Not now]
        "#);
        assert_snapshot!(chat.presses("grace", "eng", "Yes, go on").await, @"DEMO-12 Measure the choke at -20 °C and its 2 subtasks are deleted.");
        assert_snapshot!(chat.says("grace", "eng", "jira view DEMO-14").await, @"(only you) DEMO-14 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("grace", "eng", "jira delete OPS-6 --subtasks").await, @r#"
        (only you) This cannot be taken back: delete OPS-6. It is called "Move the wiki to the new host". With it go the subtask OPS-7 and 2 comments. Go on?
        [Yes, go on] [Not now]
        "#);
        assert_snapshot!(chat.presses("grace", "eng", "Yes, go on").await, @"OPS-6 Move the wiki to the new host and its subtask are deleted.");
    })
    .await;
}
