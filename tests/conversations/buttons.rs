//! Buttons and forms: who may press them, how often, where, until when.

use std::time::Duration;

use insta::assert_snapshot;

use crate::support::{Setup, conversation, conversation_with};

#[tokio::test(flavor = "multi_thread")]
async fn a_public_button_acts_for_whoever_presses_it() {
    conversation(async |chat| {
        for who in ["ada", "grace", "linus"] {
            chat.linked(who, "acme").await;
        }
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("[Assign to me] [Comment]"));
        assert_snapshot!(chat.presses("grace", "eng", "Assign to me").await, @r"
        DEMO-4 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], "grace");
        assert_snapshot!(chat.presses("linus", "eng", "Assign to me").await, @"(only you) Your Jira account may not do this to DEMO-4. You do not have permission to assign issues.");
        assert_snapshot!(chat.presses("mallory", "eng", "Assign to me").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll get back to DEMO-4.
        [Link acme]
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], "grace");
        assert_snapshot!(chat.presses("ada", "eng", "Status").await, @r"
        (only you) DEMO-4 is To Do. Where does it go?
        menu: In Progress / Ready for review / Released / Done
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_button_is_for_one_person_one_place_and_one_time() {
    conversation(async |chat| {
        for who in ["ada", "grace"] {
            chat.linked(who, "acme").await;
        }
        assert!(chat.says("ada", "eng", "jira status DEMO-1").await.text().contains("Done"));
        let done = chat.button("eng", "Done");
        assert_snapshot!(chat.presses_on("grace", "eng", done.clone()).await, @"(only you) This button is for somebody else. Type the command yourself.");
        assert_snapshot!(chat.presses_on("ada", "general", done.clone()).await, @"(only you) This button belongs to another place. Type the command here.");
        assert_eq!(chat.house.issue("DEMO-1")["status"], "To Do");
        assert_snapshot!(chat.presses_on("ada", "eng", done.clone()).await, @r"
        DEMO-1: To Do -> Done.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses_on("ada", "eng", done).await, @"(only you) This button has been used or has ended. Type the command again.");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1: Done -> To Do.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-1")["status"], "To Do");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_press_is_decided_anew() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("[Assign to me] [Comment]"));
        assert!(chat.says("root", "eng", "jira admin forget contributor in #eng").await.text().contains("Taken back"));
        assert_snapshot!(chat.presses("ada", "eng", "Assign to me").await, @r"
        (only you) `assign` is not allowed in #eng. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow assign in #eng for person:ada`.
        [Ask an admin]
        ");
        assert!(chat.says("root", "eng", "jira admin block assign").await.text().contains("Blocked: assign"));
        assert_snapshot!(chat.presses("ada", "eng", "Assign to me").await, @"(only you) `assign` is blocked here. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin approve assign`.");
        // What can no longer be done is no longer offered.
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @r"
        (only you) DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [More] [Show here]
        ");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], serde_json::Value::Null);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn buttons_end_after_a_day_and_forms_after_a_quarter_of_an_hour() {
    let web = |setup: &mut Setup| setup.rules = vec!["allow contributor in #eng on DEMO,WEB"];
    conversation_with(web, async |chat| {
        chat.linked("ada", "acme").await;
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("[Assign to me] [Comment]"));
        assert!(chat.says("ada", "eng", "jira create bug in WEB It hurts").await.text().contains("form"));
        chat.later(Duration::from_secs(14 * 60));
        assert!(chat.submits("ada", "eng", &[("Browser", "Netscape")]).await.text().contains("not a choice"));
        chat.later(Duration::from_secs(16 * 60));
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "Safari")]).await, @"(only you) This button has been used or has ended. Type the command again.");
        chat.later(Duration::from_secs(24 * 3600));
        assert_snapshot!(chat.presses("ada", "eng", "Assign to me").await, @"(only you) This button has been used or has ended. Type the command again.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_is_for_one_person_and_one_time() {
    let web = |setup: &mut Setup| setup.rules = vec!["allow contributor in #eng on WEB"];
    conversation_with(web, async |chat| {
        for who in ["ada", "grace"] {
            chat.linked(who, "acme").await;
        }
        assert!(chat.says("ada", "eng", "jira create bug in WEB It hurts").await.text().contains("form"));
        assert_snapshot!(chat.submits("grace", "eng", &[("Browser", "Safari")]).await, @"(only you) This button is for somebody else. Type the command yourself.");
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "Safari")]).await, @r"
        Ada Byron created **WEB-57** It hurts · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "Safari")]).await, @"(only you) This button has been used or has ended. Type the command again.");
        assert_eq!(chat.house.jira.keys("WEB").last().unwrap(), "WEB-57");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_can_be_waved_away() {
    conversation(async |chat| {
        assert!(chat.says("ada", "eng", "jira assign DEMO-4 me").await.text().contains("[Link acme]"));
        let begun = chat.presses("ada", "eng", "Link acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert!(chat.says("ada", "dm", &code).await.text().contains("[Not now]"));
        assert_snapshot!(chat.presses("ada", "dm", "Not now").await, @"(only you, in its place) Nothing was changed.");
        assert_eq!(chat.house.issue("DEMO-4")["assignee"], serde_json::Value::Null);
    })
    .await;
}
