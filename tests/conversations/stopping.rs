//! Switches: an admin stops a tool, an owner stops the site, and both say who did it.

use std::sync::Arc;

use insta::assert_snapshot;
use usher::governance::{Target, switch};
use usher_chat::{ChatAdapter, Platform};

use crate::support::{Chat, conversation};

/// As the owner does it on the command line.
async fn throw(chat: &Chat, target: Target, stop: bool) {
    let core = chat.house.core();
    assert!(switch(&core.store, &core.audit, Arc::clone(&core.clock), None, target, stop).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tool_that_an_admin_stops_is_stopped_at_once() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.platform.set_admin("grace", true);
        assert_snapshot!(chat.says("grace", "eng", "jira admin stop comment").await, @"(only you) Stopped: comment. Nobody can use it in this workspace before `jira admin go comment`.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) `comment` is stopped in this workspace, by @grace, since Sunday, 22 November 2026, 10:00 UTC. Allowed here: view, find, mine, recent, create, batch, … `jira tools` lists all 62. An admin starts it again with `jira admin go comment`.");
        assert_snapshot!(chat.says("ada", "eng", "jira admin go comment").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        assert_snapshot!(chat.says("grace", "eng", "jira admin stop").await, @"(only you) `comment` is stopped in this workspace, by @grace, since Sunday, 22 November 2026, 10:00 UTC. An admin starts it again with `jira admin go comment`.");
        assert_snapshot!(chat.says("grace", "eng", "jira admin go comment").await, @"(only you) Started again: comment. The rules decide from now on.");
        assert!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
        assert_snapshot!(chat.says("root", "eng", "jira admin stop comment").await, @"(only you) Stopped: comment. Nobody can use it in this workspace before `jira admin go comment`.");
        assert_snapshot!(chat.says("grace", "eng", "jira admin go comment").await, @"(only you) An owner stopped `comment`; only an owner can start it again.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_offered_before_does_nothing_after() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert!(chat.says("ada", "eng", "jira view DEMO-1").await.text().contains("Assign to me"));
        chat.house.jira.clear_calls();
        throw(chat, Target::Site("acme".parse().unwrap()), true).await;
        assert_snapshot!(chat.presses("ada", "eng", "Assign to me").await, @"(only you) The site acme is stopped, by an owner, since Sunday, 22 November 2026, 10:00 UTC. An owner starts it again with `usher go site acme`.");
        assert_eq!(chat.completes("ada", "eng", "jira view DEMO-").await, "");
        assert_eq!(chat.house.jira.calls(), []);
        throw(chat, Target::Site("acme".parse().unwrap()), false).await;
        assert!(chat.presses("ada", "eng", "Assign to me").await.text().contains("is assigned to"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_everything_is_stopped_help_and_leaving_still_work() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        throw(chat, Target::Everything, true).await;
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-1").await, @"(only you) Usher is stopped, by an owner, since Sunday, 22 November 2026, 10:00 UTC. An owner starts it again with `usher go everything`.");
        assert_snapshot!(chat.says("ada", "dm", "view DEMO-1").await, @"(only you) Usher is stopped, by an owner, since Sunday, 22 November 2026, 10:00 UTC.");
        assert_snapshot!(chat.says("ada", "eng", "jira connect corp").await, @"(only you) Usher is stopped, by an owner, since Sunday, 22 November 2026, 10:00 UTC. An owner starts it again with `usher go everything`.");
        assert_snapshot!(chat.says("ada", "eng", "jira tools").await, @"(only you) You may run no Jira tools in #eng.");
        assert_snapshot!(chat.says("root", "eng", "jira admin stop").await, @"(only you) Usher is stopped, by an owner, since Sunday, 22 November 2026, 10:00 UTC. An owner starts it again with `usher go everything`.");
        assert_snapshot!(chat.says("ada", "eng", "jira disconnect").await, @r"
        (only you) Your link to acme is deleted, and so is my access. Jira still lists me as allowed until you remove me there: id.atlassian.com > Connected apps.
        ‹Open that page›
        ");
        throw(chat, Target::Everything, false).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_are_told_of_their_own_platform_and_of_no_other() {
    conversation(async |chat| {
        throw(chat, Target::Platform(Platform::TELEGRAM), true).await;
        assert_snapshot!(chat.says("root", "eng", "jira admin stop").await, @"(only you) Nothing is stopped here. `jira admin stop delete` would stop a tool at once.");
        throw(chat, Target::Platform(chat.house.platform.platform()), true).await;
        assert_snapshot!(chat.says("root", "eng", "jira admin stop").await, @"(only you) Usher is stopped on this platform, by an owner, since Sunday, 22 November 2026, 10:00 UTC. An owner starts it again with `usher go platform test`.");
    })
    .await;
}
