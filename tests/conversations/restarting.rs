//! The program ends and starts again over the same folder.

use std::time::Duration;

use insta::assert_snapshot;
use tokio::time::timeout;
use usher::{
    config::NewTools,
    store::{
        Tx,
        approvals::{self, ApprovalState},
    },
};

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn links_rules_and_buttons_survive() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert!(chat.says("root", "eng", "jira admin allow comment in #general").await.text().contains("may now use"));
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("[Assign to me] [Comment]"));
        let rows = chat.house.rows().len();
        chat.house.restart().await;
        assert_eq!(chat.house.rows().len(), rows, "to start changes nothing");
        assert_snapshot!(chat.presses("ada", "eng", "Assign to me").await, @r"
        DEMO-4 is assigned to Ada Byron.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "general", "jira comment DEMO-4 back again").await, @r"
        (only you) Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comment OPS-2 back again").await, @r"
        Comment added to OPS-2, where the customer can read it.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira whoami").await, @r"
        (only you) - acme: Ada Byron, linked since 22 Nov 2026
        - corp: Ada Byron, linked since 22 Nov 2026
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linking_goes_on_where_it_was() {
    conversation(async |chat| {
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("[Link acme]"));
        chat.house.restart().await;
        let begun = chat.presses("ada", "eng", "Link acme").await;
        begun.text();
        chat.house.restart().await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        chat.house.restart().await;
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) Linked: you act on acme as Ada Byron.

        (only you) DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn admins_hear_once_of_tools_that_an_upgrade_has_changed() {
    conversation(async |chat| {
        let home = "test:home".parse().unwrap();
        let by = "test:root".parse().unwrap();
        let older = move |tx: &Tx<'_>| {
            for tool in ["comment", "log", "view"] {
                approvals::set(tx, &home, &tool.parse().unwrap(), ApprovalState::Approved, "older", Some(&by), 0)?;
            }
            Ok(())
        };
        chat.house.core().store.write(older).await.unwrap();
        chat.house.ground.config.governance.new_tools = NewTools::Read;
        chat.house.restart().await;
        assert_snapshot!(chat.notice("root").await, @r"
        (only you) These tools are new or have changed, and wait for review: `comment`, `log`.
        [Approve all] [Block all]
        ");
        let noted = async {
            while !chat.house.core().governance.waiting().unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(20), noted).await.expect("it is noted that they have heard");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` waits for an admin's review here. Allowed here: view, find, mine, recent, create, batch, … `jira tools` lists all 61. An admin can change that with `jira admin approve comment`.
        [Ask an admin]
        ");
        // A press is decided by what the presser is in the workspace now.
        assert_snapshot!(chat.presses("ada", "dm", "Approve all").await, @"(only you) This button is for somebody else. Type the command yourself.");
        assert_snapshot!(chat.says("root", "eng", "jira admin block log").await, @"(only you) Blocked: log. Nobody can use this here, whatever the rules say.");
        assert_snapshot!(chat.presses("root", "dm", "Approve all").await, @"(only you, in its place) Approved: 1 tool. `jira admin allow` lets people use what no rule names yet.");
        assert_snapshot!(chat.says("root", "eng", "jira admin policy").await, @r"
        (only you) | Whole workspace (66 tools) | everyone |
        | --- | --- |
        | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes |
        | create batch edit clone move status assign comment attach watch unwatch delete vote unvote unassign link unlink weblink edit-comment delete-comment unlog plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | - |
        | log | blocked |

        Touches many issues at once: batch, plan, unplan, close-sprint, release.

        Carries something out of Jira: attachments.

        Customers may see what it writes: comment, attach, edit-comment, request.

        Channels with rules of their own: #eng. `jira admin policy #channel` shows them.

        `acme`: no call from here has worked yet. `corp`: no call from here has worked yet.
        ");
        chat.linked("ada", "acme").await;
        assert!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
        let policy = chat.says("root", "eng", "jira admin policy").await;
        assert!(
            policy.text().contains("`acme`: credentials confirmed by a first successful call at 22 Nov 2026"),
            "{policy}"
        );
        chat.house.restart().await;
        assert!(chat.house.core().governance.waiting().unwrap().is_empty());
    })
    .await;
}
