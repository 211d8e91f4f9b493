//! Asking an admin for what was refused, and what an admin's answer lets one do: once.

use std::time::Duration;

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_would_hear_of_is_said_so() {
    conversation(async |chat| {
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("linus", "general", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:linus`.
        [Ask an admin]
        ");
        // The ground's own rules were made by the owner, who is asked; nobody else is.
        chat.house.platform.set_admin("linus", true);
        assert_snapshot!(chat.presses("linus", "general", "Ask an admin").await, @"(only you, in its place) Asked. You hear from me when an admin answers.");
        assert_snapshot!(chat.notice("root").await, @r"
        (only you) @linus asks to do this once in #general: `comment DEMO-4 hello`.
        [Allow once] [Decline]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_allows_it_once() {
    conversation(async |chat| {
        for who in ["linus", "ada"] {
            chat.linked(who, "acme").await;
        }
        chat.house.platform.set_admin("grace", true);
        assert_snapshot!(chat.says("grace", "general", "jira admin notices here").await, @"(only you) Requests and news for admins go to #general.");
        assert_snapshot!(chat.says("ada", "general", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:ada`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.presses("ada", "general", "Ask an admin").await, @"(only you, in its place) Asked. You hear from me when an admin answers.");
        assert_snapshot!(chat.notice_in("general").await, @r"
        @ada asks to do this once in #general: `comment DEMO-4 hello`.
        [Allow once] [Decline]
        ");
        // Whoever may not decide changes nothing, the one who asks included.
        assert_snapshot!(chat.presses("linus", "general", "Allow once").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        assert_snapshot!(chat.presses("ada", "general", "Allow once").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        assert_snapshot!(chat.presses("grace", "general", "Allow once").await, @"(in its place) Allowed once: @ada, `comment DEMO-4 hello`.");
        assert_snapshot!(chat.notice("ada").await, @r"
        (only you) An admin allowed `comment DEMO-4 hello`, once and within the hour.
        [Do it now] [Not now]
        ");
        // Other words, another person and another place are not what was allowed.
        assert_snapshot!(chat.says("ada", "general", "jira comment DEMO-4 hello again").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:ada`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("linus", "general", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:linus`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.presses("ada", "dm", "Do it now").await, @r"
        (only you, in its place) Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "general", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:ada`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.house.trail(1).join("\n"), @r"
        root policy done
        linus link begun
        linus link pending
        linus link activated
        ada link begun
        ada link pending
        ada link activated
        grace policy done
        ada comment deny:no-grant
        ada policy done
        linus decision deny:not-admin
        ada decision deny:not-admin
        grace policy done
        ada comment deny:no-grant
        linus comment deny:no-grant
        ada comment allow
        ada comment done DEMO-4
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_allowed_once_ends_after_an_hour_and_at_a_rule_that_denies() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.platform.set_admin("grace", true);
        assert_snapshot!(chat.says("grace", "general", "jira admin notices here").await, @"(only you) Requests and news for admins go to #general.");
        assert!(chat.says("ada", "general", "jira assign DEMO-4 me").await.text().contains("[Ask an admin]"));
        assert_snapshot!(chat.presses("ada", "general", "Ask an admin").await, @"(only you, in its place) Asked. You hear from me when an admin answers.");
        assert!(chat.notice_in("general").await.text().contains("asks to do this once"));
        assert!(chat.presses("grace", "general", "Allow once").await.text().contains("Allowed once"));
        assert!(chat.notice("ada").await.text().contains("[Do it now]"));
        let deny = "jira admin deny assign in #general for person:ada";
        assert!(chat.says("grace", "general", deny).await.text().contains("may no longer"));
        assert_snapshot!(chat.says("ada", "general", "jira assign DEMO-4 me").await, @"(only you) `assign` is denied to you in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin forget assign in #general for person:ada`.");
        let forget = "jira admin forget assign in #general for person:ada";
        assert!(chat.says("grace", "general", forget).await.text().contains("Taken back"));
        chat.house.later(Duration::from_secs(3601));
        assert_snapshot!(chat.says("ada", "general", "jira assign DEMO-4 me").await, @r"
        (only you) `assign` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow assign in #general for person:ada`.
        [Ask an admin]
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], serde_json::Value::Null);
    })
    .await;
}
