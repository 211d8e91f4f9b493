//! Who sees an answer.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_grant_does_not_name_is_private_until_shown() {
    conversation(async |chat| {
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("grace", "general", "jira view HR-7").await, @r"
        (only you) HR-7  Salary review 2027 · Task · To Do · Medium · Grace Hopper
          | Numbers are in the safe.
          | 
          | Reporter: Grace Hopper
        ‹Open in Jira› [More] [Show here]
        ");
        assert_snapshot!(chat.presses("grace", "general", "Show here").await, @r"
        HR-7  Salary review 2027 · Task · To Do · Medium · Grace Hopper
          | Numbers are in the safe.
          | 
          | Reporter: Grace Hopper
        ‹Open in Jira› [More]
        ");
        assert_eq!(chat.house.rows().last().unwrap().kind, "show");
        assert_snapshot!(chat.says("grace", "general", "jira find in HR party").await, @r"
        (only you) 1 of 1 in HR
        HR-1  Plan the summer party · Done · nobody
        [HR-1] [Show here]
        ");
        assert_snapshot!(chat.presses("grace", "general", "Show here").await, @r"
        1 of 1 in HR
        HR-1  Plan the summer party · Done · nobody
        [HR-1]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_meant_for_a_few_is_never_public() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        // DEMO-13 has a security level. The grant in #eng names DEMO, and there is no [Show here] all the same.
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-13").await, @r"
        (only you) DEMO-13  Ignition key can be copied from the log · Bug · To Do · Highest · Ada Byron
          | The key is written to the log in clear.
          | 
          | Reporter: Grace Hopper · Labels: security
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira find in DEMO ignition").await, @r"
        (only you) 1 of 1 in DEMO
        DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
        [DEMO-13]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-13 progress").await, @r"
        (only you) DEMO-13: To Do -> In Progress.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-13 grace hopper").await, @r"
        (only you) DEMO-13 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-13 The key is out").await, @r"
        (only you) Comment added to DEMO-13.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-13 1h").await, @r"
        (only you) Logged 1h on DEMO-13.
        ‹Open in Jira›
        ");
        // Comments that only some may read are on no card.
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-3").await, @r"
        DEMO-3  As a pilot I want to see the fuel level in litres · Story · In Progress · Medium · Ada Byron
          | Reporter: Grace Hopper
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_on_from_a_private_list_stays_private() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert!(
            chat.says("ada", "eng", "jira find jql: key in (DEMO-13, DEMO-25)").await.text().starts_with("(only you)")
        );
        assert_snapshot!(chat.presses("ada", "eng", "DEMO-25").await, @r"
        (only you) DEMO-25  Let the engine hum a tune · Story · To Do · Medium · nobody
          | Reporter: Grace Hopper · Labels: fun
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More] [Show here]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Show here").await, @r"
        DEMO-25  Let the engine hum a tune · Story · To Do · Medium · nobody
          | Reporter: Grace Hopper · Labels: fun
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_private_is_not_sent_rather_than_shown_to_all() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.platform.shuts_out("ada");
        for line in ["jira view DEMO-13", "jira whoami", "jira connect acme", "jira vew DEMO-1", "jira log DEMO-1 1h"] {
            assert!(chat.says("ada", "eng", line).await.is_empty(), "{line}");
        }
        assert!(chat.says("ada", "eng", "jira view DEMO-25").await.text().starts_with("DEMO-25"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_direct_message_everything_is_private() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "dm", "DEMO-25").await, @r"
        (only you) DEMO-25  Let the engine hum a tune · Story · To Do · Medium · nobody
          | Reporter: Grace Hopper · Labels: fun
        ‹Open in Jira› [More]
        ");
        assert_snapshot!(chat.says("ada", "dm", "jira assign DEMO-25 me").await, @"(only you) `assign` is not allowed in direct messages. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34.");
    })
    .await;
}
