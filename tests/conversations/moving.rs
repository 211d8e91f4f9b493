//! `status`: where an issue can go, what is asked on the way, and the way back.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn where_an_issue_cannot_go() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-1 to the moon").await, @r#"
        (only you) DEMO-1 is To Do and cannot go to "the moon". It can go to:
        menu: In Progress / Ready for review / Released / Done
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-1 to do").await, @r"
        (only you) DEMO-1 is To Do already. It can go to:
        menu: In Progress / Ready for review / Released / Done
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-999 done").await, @"(only you) DEMO-999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("linus", "eng", "jira status DEMO-1 done").await, @"(only you) DEMO-1 is To Do, and your Jira account cannot move it from there.");
        assert_snapshot!(chat.says("linus", "eng", "jira status").await, @"(only you) `status` needs the issue's key, such as DEMO-7. Like this: `jira status DEMO-7 in progress`.");
        assert_eq!(chat.house.issue("DEMO-1")["status"], "To Do");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_moves_and_comes_back() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-1 prog").await, @r"
        DEMO-1: To Do -> In Progress.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-1")["status"], "In Progress");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1: In Progress -> To Do.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-1")["status"], "To Do");
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-1").await, @r"
        (only you) DEMO-1 is To Do. Where does it go?
        menu: In Progress / Ready for review / Released / Done
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Done").await, @r"
        DEMO-1: To Do -> Done.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-1")["status"], "Done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_names_that_match_are_a_question_back() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-1 re").await, @r#"
        (only you) Two statuses match "re":
        [Ready for review] [Released]
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "Released").await, @r#"
        (only you, in its place) Released needs one more thing.
        form "DEMO-1: Released": Resolution* (choice: Done / Won't Do / Duplicate / Cannot Reproduce)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Resolution", "Forgotten")]).await, @r#"
        (only you) Resolution: `Forgotten` is not a choice. Choose Done, Won't Do, Duplicate or Cannot Reproduce.
        form "DEMO-1: Released": Resolution* (choice: Done / Won't Do / Duplicate / Cannot Reproduce)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Resolution", "done")]).await, @r"
        DEMO-1: To Do -> Released.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-1")["resolution"], "Done");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_centers_verbs_and_statuses_both_count() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira status OPS-2").await, @r"
        (only you) OPS-2 is Open. Where does it go?
        [In Progress (Start Progress)] [Resolved (Resolve Issue)] [Closed (Close Issue)]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira status OPS-2 start").await, @r"
        OPS-2: Open -> In Progress.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira status OPS-2 resolved").await, @r#"
        (only you) Resolved needs one more thing.
        form "OPS-2: Resolved": Resolution* (choice: Done / Won't Do / Duplicate / Cannot Reproduce)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Resolution", "Fixed")]).await, @r#"
        (only you) Resolution: `Fixed` is not a choice. Choose Done, Won't Do, Duplicate or Cannot Reproduce.
        form "OPS-2: Resolved": Resolution* (choice: Done / Won't Do / Duplicate / Cannot Reproduce)
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira status OPS-2 close").await, @r#"
        (only you) Closed needs one more thing.
        form "OPS-2: Closed": Resolution* (choice: Done / Won't Do / Duplicate / Cannot Reproduce)
        "#);
    })
    .await;
}
