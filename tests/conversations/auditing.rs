//! The audit in chat, for admins and for oneself.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_reads_the_workspaces_audit_and_everyone_their_own() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
        assert!(chat.says("ada", "dm", "view DEMO-4").await.text().contains("DEMO-4"));
        assert!(chat.says("linus", "general", "jira comment DEMO-4 hello").await.text().contains("not allowed"));
        assert_snapshot!(chat.says("root", "eng", "jira admin audit last 3").await, @r"
        (only you) The audit of this workspace, the newest first (UTC):

        - 22 Nov 10:00 · @linus in #general · `comment` · refused (no-grant)
        - 22 Nov 10:00 · @ada in #eng · `comment` DEMO-4 · done
        - 22 Nov 10:00 · @root in #eng · `allow contributor in #eng for everyone on DEMO,OPS`
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin audit refused in #general").await, @r"
        (only you) The audit of this workspace, the newest first (UTC):

        - 22 Nov 10:00 · @linus in #general · `comment` · refused (no-grant)
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin audit comment on DEMO-4 for @ada since today last 5").await, @r"
        (only you) The audit of this workspace, the newest first (UTC):

        - 22 Nov 10:00 · @ada in #eng · `comment` DEMO-4 · done
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin audit fly").await, @"(only you) I cannot look for `fly`. Name a tool, or one of `allowed`, `refused`, `failed` and `policy`.");
        assert_snapshot!(chat.says("ada", "eng", "jira admin audit").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        assert_snapshot!(chat.says("ada", "eng", "jira activity").await, @r"
        (only you) What you did lately, the newest first (UTC):

        - 22 Nov 10:00 · #eng · `admin audit` · refused (not-admin)
        - 22 Nov 10:00 · direct messages · `view` · allowed
        - 22 Nov 10:00 · #eng · `comment` DEMO-4 · done
        - 22 Nov 10:00 · direct messages · `link` · activated
        - 22 Nov 10:00 · `link` · pending
        - 22 Nov 10:00 · direct messages · `link` · begun
        ");
        assert_snapshot!(chat.says("linus", "dm", "activity").await, @r"
        (only you) What you did lately, the newest first (UTC):

        - 22 Nov 10:00 · #general · `comment` · refused (no-grant)
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira activity").await, @"(only you) You have not done anything with me yet.");
        assert_snapshot!(chat.says("eve", "other:lobby", "jira activity").await, @"(only you) Usher is not set up here. An owner can admit it with `jira admin admit`.");
    })
    .await;
}
