//! `assign`: to oneself, to nobody, to a person of Jira or of the chat.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn who_cannot_be_assigned() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-1").await, @"(only you) `assign` needs who gets it: me, nobody, a person of this chat, or a name. Like this: `jira assign DEMO-7 me`.");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-1 nemo").await, @"(only you) Nobody who can be assigned there matches `nemo`. Try a part of the name as Jira has it.");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-1 @grace").await, @"(only you) That person has not linked a Jira account on this site. Name them as Jira does, or ask them to type `jira connect`.");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-999 grace hopper").await, @"(only you) DEMO-999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("linus", "eng", "jira assign DEMO-4 me").await, @"(only you) Your Jira account may not do this to DEMO-4. You do not have permission to assign issues.");
        assert_eq!(chat.house.issue("DEMO-1")["assignee"], "ada");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_given_to_somebody() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 me").await, @r"
        DEMO-4 is assigned to Ada Byron.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 nobody").await, @r"
        DEMO-4 is assigned to nobody.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 to grace hopper").await, @r"
        DEMO-4 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], "grace");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 gra").await, @r#"
        (only you) Two people match "gra". Which one?
        [Grace Hopper] [Gracie Lane]
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "Gracie Lane").await, @r"
        DEMO-4 is assigned to Gracie Lane.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], "gracie");
        // Grace of the chat is whoever she linked as, whatever her name there.
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 @grace").await, @r"
        DEMO-4 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], "grace");
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 @ada").await, @r"
        DEMO-4 is assigned to Ada Byron.
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_assigns_the_same_way() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira assign OPS-3 linus").await, @"(only you) Nobody who can be assigned there matches `linus`. Try a part of the name as Jira has it.");
        assert_snapshot!(chat.says("ada", "eng", "jira assign OPS-3 gracie").await, @r"
        OPS-3 is assigned to Gracie Lane.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("OPS-3")["assignee"], "gracie");
        // Linked on the other site only.
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira assign OPS-3 @grace").await, @"(only you) That person has not linked a Jira account on this site. Name them as Jira does, or ask them to type `jira connect`.");
        assert_snapshot!(chat.says("ada", "eng", "jira assign OPS-3 nobody").await, @r"
        OPS-3 is assigned to nobody.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("OPS-3")["assignee"], serde_json::Value::Null);
    })
    .await;
}
