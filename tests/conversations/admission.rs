//! Workspaces that no owner has admitted, and their admission.

use insta::assert_snapshot;

use crate::support::conversation;

const SENTENCE: &str = "(only you) Usher is not set up here. An owner can admit it with `jira admin admit`.";

#[tokio::test(flavor = "multi_thread")]
async fn elsewhere_there_is_one_sentence_and_nothing_else() {
    conversation(async |chat| {
        chat.linked_as("eve", "acme", "linus").await;
        chat.house.jira.clear_calls();
        let rows = chat.house.trail(0).len();
        // Eve made this group herself and is its admin.
        chat.house.platform.set_admin_of("other", "eve");
        for line in [
            "jira view DEMO-1",
            "DEMO-1",
            "jira find safari",
            "jira assign DEMO-1 me",
            "jira help",
            "jira",
            "jira tools",
            "jira connect acme",
            "jira disconnect acme",
            "jira whoami",
            "jira vew DEMO-1",
        ] {
            assert_eq!(chat.says("eve", "other:lobby", line).await.text(), SENTENCE, "{line}");
        }
        assert!(chat.says("eve", "other:lobby", "good morning").await.is_empty());
        assert_eq!(chat.completes("eve", "other:lobby", "jira view DEMO-").await, "");
        assert_eq!(chat.house.jira.calls(), []);
        assert_eq!(chat.house.trail(0).len(), rows);

        assert_snapshot!(chat.says("eve", "other:lobby", "jira admin admit").await, @"(only you) Usher is not set up here. An owner can admit it with `jira admin admit`.");
        assert_snapshot!(chat.says("eve", "other:lobby", "jira admin allow manager").await, @"(only you) Usher is not set up here. An owner can admit it with `jira admin admit`.");
        assert_eq!(chat.says("eve", "other:lobby", "jira view DEMO-1").await.text(), SENTENCE);
        assert_eq!(chat.house.jira.calls(), []);
        assert_snapshot!(chat.house.trail(rows).join("\n"), @"eve decision deny:admission");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_admits_a_workspace_and_may_dismiss_it() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("root", "other:lobby", "jira admin admit").await, @"(only you) This workspace is admitted. Everyone here may read.");
        assert_snapshot!(chat.says("root", "other:lobby", "jira admin admit").await, @"(only you) Nothing changed: this workspace is admitted already.");
        assert_snapshot!(chat.says("ada", "other:lobby", "jira view DEMO-5").await, @r"
        (only you) DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [More] [Show here]
        ");
        chat.house.platform.set_admin_of("other", "ada");
        assert_snapshot!(chat.says("ada", "other:lobby", "jira admin dismiss").await, @"(only you) Only Usher's owners can do that.");
        assert_snapshot!(chat.says("root", "other:lobby", "jira admin dismiss").await, @"(only you) This workspace is dismissed. Nothing works here until an owner admits it again; its rules are kept.");
        assert_eq!(chat.says("ada", "other:lobby", "jira view DEMO-5").await.text(), SENTENCE);
        assert_snapshot!(chat.says("root", "other:lobby", "jira admin admit").await, @"(only you) This workspace is admitted again, with the rules it had: 1.");
        assert_snapshot!(chat.says("root", "eng", "jira admin dismiss").await, @"(only you) The configuration admits this workspace. Take it out of `workspaces` there and start again.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_not_taken_where_usher_does_not_work() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "other:lobby", &code).await, @"");
        assert_snapshot!(chat.says("ada", "dm", &code).await, @"(only you) Linked: you act on acme as Ada Byron.");
    })
    .await;
}
