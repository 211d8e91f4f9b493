//! Channels, threads, direct messages, and events that come twice.

use insta::assert_snapshot;
use usher_chat::Input;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_inherits_its_channel() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng/release", "jira assign DEMO-4 me").await, @r"
        DEMO-4 is assigned to Ada Byron.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "general/lunch", "jira assign DEMO-4 me").await, @r"
        (only you) `assign` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow assign in #general for person:ada`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("root", "eng/release", "jira admin deny assign in here").await, @"(only you) Everyone may no longer use `assign` in #eng.");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 me").await, @"(only you) `assign` is denied to you in #eng. Allowed here: view, find, mine, recent, create, batch, … `jira tools` lists all 62. An admin can change that with `jira admin forget assign in #eng for everyone`.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn talk_is_not_for_us() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        for (at, line) in [
            ("eng", "good morning"),
            ("eng", "has anybody seen DEMO-1?"),
            ("eng", "view DEMO-1"),
            ("eng", "use utf-8 please"),
            ("eng", "utf-8"),
            ("eng", "jirafe"),
            ("eng", "   "),
            ("dm", "good morning"),
            ("dm", ""),
        ] {
            assert!(chat.says("ada", at, line).await.is_empty(), "{line}");
        }
        assert_snapshot!(chat.says("ada", "eng", "Jira, view DEMO-5").await, @r"
        DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "/jira DEMO-5").await.text().lines().next().unwrap(), @"DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper");
        assert_snapshot!(chat.says("ada", "dm", "view DEMO-5").await.text().lines().next().unwrap(), @"(only you) DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_told_twice_happens_once() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let event = chat.event("ada", "eng", Input::Text("jira comment DEMO-4 only once".to_owned()));
        assert_snapshot!(chat.does(event.clone()).await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert!(chat.does(event.clone()).await.is_empty());
        chat.house.restart().await;
        assert!(chat.does(event).await.is_empty());
        assert_eq!(chat.house.issue("DEMO-4")["comments"].as_array().unwrap().len(), 2);

        let event = chat.event("ada", "eng", Input::Text("jira view DEMO-5".to_owned()));
        assert!(!chat.does(event.clone()).await.text().is_empty());
        assert!(chat.does(event).await.is_empty());
        let event = chat.event("root", "eng", Input::Text("jira admin deny log in #eng".to_owned()));
        assert!(!chat.does(event.clone()).await.text().is_empty());
        assert!(chat.does(event).await.is_empty());
        let event = chat.event("ada", "eng", Input::Text("jira connect acme".to_owned()));
        assert!(!chat.does(event.clone()).await.text().is_empty());
        assert!(chat.does(event).await.is_empty());
    })
    .await;
}
