//! The projects that a grant names: checked on what was typed, and on what Jira answers.

use insta::assert_snapshot;

use crate::support::{Chat, Setup, conversation, conversation_with};

/// In #eng everything on DEMO, and nothing on any other project.
async fn only_demo(chat: &Chat) {
    let said = chat.says("root", "eng", "jira admin forget reader").await.text();
    assert_eq!(said, "(only you) Taken back: `allow reader for everyone`.");
}

fn demo(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO"];
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_another_project_is_refused_before_jira_is_asked() {
    conversation_with(demo, async |chat| {
        chat.linked("ada", "acme").await;
        only_demo(chat).await;
        chat.house.jira.clear_calls();
        assert_snapshot!(chat.says("ada", "eng", "jira view WEB-12").await, @r"
        (only you) `view` is not allowed on WEB in #eng. An admin can change that with `jira admin allow view in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "WEB-12").await, @r"
        (only you) `view` is not allowed on WEB in #eng. An admin can change that with `jira admin allow view in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira find in WEB safari").await, @r"
        (only you) `find` is not allowed on WEB in #eng. An admin can change that with `jira admin allow find in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira assign WEB-12 me").await, @r"
        (only you) `assign` is not allowed on WEB in #eng. An admin can change that with `jira admin allow assign in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        assert_eq!(chat.house.calls(), [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moved_issue_is_where_jira_says() {
    conversation_with(demo, async |chat| {
        chat.linked("ada", "acme").await;
        // DEMO-7 is WEB-7 now. Where everyone may read, the old key leads there, and the card says so.
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-7").await, @r"
        (only you) WEB-7  The order form forgets the address · Bug · To Do · High · Ada Byron
          | Reporter: Grace Hopper
        ‹Open in Jira› [Comment] [More] [Show here]
        ");
        only_demo(chat).await;
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-7").await, @"(only you) DEMO-7 is in WEB now, and WEB may not be used here.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-7 It still forgets").await, @"(only you) DEMO-7 is in WEB now, and WEB may not be used here.");
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-7 done").await, @"(only you) DEMO-7 is in WEB now, and WEB may not be used here.");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-7 nobody").await, @"(only you) DEMO-7 is in WEB now, and WEB may not be used here.");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-7 1h").await, @"(only you) DEMO-7 is in WEB now, and WEB may not be used here.");
        let issue = chat.house.issue("WEB-7");
        assert_eq!((&issue["assignee"], &issue["status"]), (&"ada".into(), &"To Do".into()));
        assert_eq!(issue["comments"].as_array().unwrap().len(), 1);
        assert_eq!(chat.house.trail(0).last().unwrap(), "ada log failed:out-of-scope");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_search_reaches_beyond_the_grant() {
    conversation_with(demo, async |chat| {
        chat.linked("ada", "acme").await;
        only_demo(chat).await;
        assert_snapshot!(chat.says("ada", "eng", "jira find safari").await, @"(only you) Nothing found.");
        assert_snapshot!(chat.says("ada", "eng", "jira find WEB-12").await, @"(only you) Nothing found.");
        assert_snapshot!(chat.says("ada", "eng", "jira find jql: project = WEB").await, @"(only you) Nothing found.");
        let wide = "jira find jql: key = DEMO-25 OR project = WEB ORDER BY key";
        assert_snapshot!(chat.says("ada", "eng", wide).await, @r"
        1 of 1 in DEMO
        DEMO-25  Let the engine hum a tune · To Do · nobody
        [DEMO-25]
        ");
        let bracket = "jira find jql: key = DEMO-25) OR (project = WEB";
        assert_snapshot!(chat.says("ada", "eng", bracket).await, @"(only you) I can't read this search at `)` (character 14): AND, OR, ORDER BY or the end should stand there. `jira help find` shows an example.");
        let order = "jira find jql: key = DEMO-25 ORDER BY key) OR project = WEB";
        assert_snapshot!(chat.says("ada", "eng", order).await, @"(only you) I can't read this search at `)` (character 27): AND, OR, ORDER BY or the end should stand there. `jira help find` shows an example.");
        assert_snapshot!(chat.says("ada", "eng", "jira create bug Which project").await, @r"
        (only you) In which project?
        [DEMO Demo engine]
        ");
        assert_snapshot!(chat.completes("ada", "eng", "jira view WEB-").await, @"");
        assert_snapshot!(chat.completes("ada", "eng", "jira view DEMO-1").await, @"DEMO-18 | DEMO-11 | DEMO-19 | DEMO-1 | DEMO-16 | DEMO-13 | DEMO-14 | DEMO-15 | DEMO-17 | DEMO-12 | DEMO-10");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deny_on_one_project_leaves_the_others() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("root", "eng", "jira admin deny contributor in #eng on WEB").await, @r"
        (only you) Everyone may no longer use 63 tools on WEB in #eng.

        This replaces `allow contributor in #eng for everyone on DEMO,OPS`.
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira view WEB-12").await, @"(only you) `view` is not allowed on WEB in #eng. An admin can change that with `jira admin forget contributor in #eng for everyone`.");
        assert_snapshot!(chat.says("ada", "eng", "jira find safari").await, @"(only you) Nothing found.");
        assert!(chat.says("ada", "eng", "jira view DEMO-1").await.text().contains("welcome page"));
    })
    .await;
}
