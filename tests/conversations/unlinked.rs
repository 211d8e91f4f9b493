//! Somebody whose Jira account is not known asks for something.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_read_runs_in_private_once_the_account_is_linked() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-1").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-1.
        [Link acme] [Link corp]
        ");
        let begun = chat.presses("ada", "eng", "Link acme").await;
        assert_snapshot!(begun, @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        ");
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) Linked: you act on acme as Ada Byron.

        (only you) DEMO-1  Write a welcome page for new people · Task · To Do · Medium · Ada Byron
          | Newcomers ask the same five questions in their first hour.
          | 
          | - Where is the wiki?
          | - Who gives me access?
          | - What do I build first?
          | 
          | Reporter: Grace Hopper · Due: 25 Nov 2026 · Labels: docs, first-week
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        // In the channel itself the same issue is everyone's: the grant there names DEMO.
        assert!(!chat.says("ada", "eng", "jira view DEMO-1").await.text().starts_with("(only you)"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_offered_as_a_button_once_the_account_is_linked() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 me").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll get back to DEMO-4.
        [Link acme] [Link corp]
        ");
        let begun = chat.presses("ada", "eng", "Link acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) Linked: you act on acme as Ada Byron.

        (only you) You asked for `assign DEMO-4 me` before. Do it now?
        [Go on] [Not now]
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], serde_json::Value::Null);
        assert_snapshot!(chat.presses("ada", "dm", "Go on").await, @r"
        (only you) DEMO-4 is assigned to Ada Byron.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], "ada");
        assert_snapshot!(chat.presses("ada", "dm", "Go on").await, @"(only you) This button has been used or has ended. Type the command again.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_is_decided_for_the_place_where_it_was_asked() {
    conversation(async |chat| {
        // Allowed in #eng, and no longer allowed there when the code comes: direct messages would allow it.
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-1").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-1.
        [Link acme] [Link corp]
        ");
        let begun = chat.presses("ada", "eng", "Link acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("root", "eng", "jira admin deny view in #eng").await, @"(only you) Everyone may no longer use `view` in #eng.");
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) Linked: you act on acme as Ada Byron.

        (only you) `view` is denied to you in #eng. Allowed here: find, mine, recent, create, batch, edit, … `jira tools` lists all 62. An admin can change that with `jira admin forget view in #eng for everyone`.
        ");
        assert!(chat.says("ada", "dm", "DEMO-1").await.text().contains("DEMO-1"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_comes_before_any_word_about_linking() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("ada", "general", "jira comment DEMO-1 hello").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:ada`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comment WEB-12 hello").await, @r"
        (only you) `comment` is not allowed on WEB in #eng. An admin can change that with `jira admin allow comment in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        assert_eq!(chat.house.calls(), [""; 0]);
        assert_eq!(chat.house.trail(0).last().unwrap(), "ada comment deny:project");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_site_needs_no_choice() {
    let one_site = |setup: &mut crate::support::Setup| setup.sites = vec!["acme"];
    crate::support::conversation_with(one_site, async |chat| {
        assert_snapshot!(chat.says("ada", "dm", "find safari").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you what you asked for.
        [Link acme]
        ");
        assert_snapshot!(chat.says("ada", "dm", "chart status in DEMO").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you what you asked for.
        [Link acme]
        ");
        assert_snapshot!(chat.says("ada", "dm", "connect").await, @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        ");
    })
    .await;
}
