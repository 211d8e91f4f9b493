//! `create`: what a project requires, and what is asked back.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation, conversation_with};

fn web_too(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO,WEB,CORP,OPS"];
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_created() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        let before = chat.house.jira.keys("DEMO");
        assert_snapshot!(chat.says("ada", "eng", "jira create").await, @"(only you) `create` needs the type, such as bug or task. Like this: `jira create bug in DEMO Search box loses focus`.");
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in WEB It hurts").await, @r"
        (only you) `create` is not allowed on WEB in #eng. An admin can change that with `jira admin allow create in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create unicorn in DEMO It hurts").await, @r#"
        (only you) DEMO has no type "unicorn". It has:
        menu: Epic / Story / Task / Bug
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO \"It hurts\" --priority urgent").await, @r#"
        (only you) Priority: `urgent` is not a choice. Choose Highest, High, Medium, Low or Lowest.
        form "Bug in DEMO": Priority (choice: Highest / High / Medium / Low / Lowest)
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO for nemo It hurts").await, @"(only you) Nobody who can be assigned there matches `nemo`. Try a part of the name as Jira has it.");
        assert_snapshot!(chat.says("linus", "eng", "jira create bug in DEMO It hurts").await, @"(only you) Jira did not accept this, and nothing was changed. Project 'DEMO' does not exist or you do not have permission to create issues in it.");
        let endless = format!("jira create bug in DEMO {}", "very ".repeat(60));
        assert_snapshot!(chat.says("ada", "eng", &endless).await, @r#"
        (only you) Summary: At most 255 characters fit, and this has 299.
        form "Bug in DEMO": Summary* (line)
        "#);
        assert_eq!(chat.house.jira.keys("DEMO"), before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_created_in_one_line() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO The search box loses focus").await, @r"
        Ada Byron created **DEMO-26** The search box loses focus · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let line = "jira create task in DEMO for \"grace hopper\" \"Renew the certificate\" --priority high --description **soon**";
        assert_snapshot!(chat.says("ada", "eng", line).await, @r"
        Ada Byron created **DEMO-27** Renew the certificate · Task · High · Grace Hopper
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let keys = chat.house.jira.keys("DEMO");
        let made = chat.house.issue(keys.last().unwrap());
        assert_eq!(
            json!([made["summary"], made["assignee"], made["priority"], made["reporter"], made["description"]]),
            json!(["Renew the certificate", "grace", "High", "ada", "soon"])
        );
        assert_snapshot!(chat.house.trail(4).join("\n"), @r"
        ada link activated
        ada create allow
        ada create done DEMO-26
        ada create allow
        ada create done DEMO-27
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_asked_with_a_form() {
    conversation_with(web_too, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in WEB Search box loses focus --priority high").await, @r#"
        (only you) WEB asks for one more thing on a Bug.
        form "Bug in WEB": Browser* (choice: Chrome / Firefox / Safari)
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in WEB \"Search box loses focus\" --priority high").await, @r#"
        (only you) WEB asks for one more thing on a Bug.
        form "Bug in WEB": Browser* (choice: Chrome / Firefox / Safari)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "Netscape")]).await, @r#"
        (only you) Browser: `Netscape` is not a choice. Choose Chrome, Firefox or Safari.
        form "Bug in WEB": Browser* (choice: Chrome / Firefox / Safari)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "Firefox")]).await, @r"
        Ada Byron created **WEB-57** Search box loses focus · Bug · High
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let made = chat.house.issue(chat.house.jira.keys("WEB").last().unwrap());
        assert_eq!(json!([made["custom"]["Browser"], made["priority"]]), json!(["Firefox", "High"]));
        assert_snapshot!(chat.says("ada", "eng", "jira create task in DEMO").await, @r#"
        (only you) DEMO asks for one more thing on a Task.
        form "Task in DEMO": Summary* (line)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Summary", "Water the plants")]).await, @r"
        Ada Byron created **DEMO-26** Water the plants · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_asks_for_a_choice_and_a_day() {
    conversation_with(web_too, async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira create task in CORP Buy a plant").await, @r#"
        (only you) CORP asks for 2 more things on a Task.
        form "Task in CORP": Due date* (date) <- 2026-12-01, tomorrow, friday or +3d, Cost centre* (line)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Cost centre", "4711"), ("Due date", "someday")]).await, @r#"
        (only you) Due date: `someday` is not a day. Write it as `2026-12-01`, `today`, `tomorrow`, `friday` or `+3d`.
        form "Task in CORP": Due date* (date) <- 2026-12-01, tomorrow, friday or +3d
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Due date", "friday")]).await, @r"
        Ada Byron created **CORP-5** Buy a plant · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let made = chat.house.issue(chat.house.jira.keys("CORP").last().unwrap());
        assert_eq!(json!([made["custom"]["Cost centre"], made["due"]]), json!(["4711", "2026-11-27"]));
        assert_snapshot!(chat.says("ada", "eng", "jira create incident in OPS Mail is down").await, @r#"
        (only you) OPS asks for one more thing on an Incident.
        form "Incident in OPS": Impact* (choice: Low / Medium / High)
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in OPS The pump is loud").await, @r"
        Ada Byron created **OPS-10** The pump is loud · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_fits_several_is_a_question_back() {
    conversation_with(web_too, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira create bug Something is odd").await, @r"
        (only you) In which project?
        [DEMO Demo engine] [WEB Website]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "DEMO Demo engine").await, @r"
        Ada Byron created **DEMO-26** Something is odd · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create s in DEMO Fly to the moon").await, @r"
        Ada Byron created **DEMO-27** Fly to the moon · Story · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create task in DEMO for gra Sweep the floor").await, @r#"
        (only you) Several people match "gra". Which one?
        [Grace Hopper] [Gracie Lane]
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "Gracie Lane").await, @r"
        Ada Byron created **DEMO-28** Sweep the floor · Task · Medium · Gracie Lane
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let made = chat.house.issue(chat.house.jira.keys("DEMO").last().unwrap());
        assert_eq!(made["assignee"], "gracie");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_named_in_a_form_as_they_are_anywhere() {
    conversation_with(web_too, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        assert!(chat.house.jira.require("WEB", "Reviewer") && chat.house.jira.require("WEB", "Testers"));
        assert_snapshot!(chat.says("ada", "eng", "jira create story in WEB The shop speaks Greek").await, @r#"
        (only you) WEB asks for one more thing on a Story.
        form "Story in WEB": Reviewer* (person)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Reviewer", "nemo")]).await, @r#"
        (only you) Reviewer: Nobody in Jira matches `nemo`. Try a part of the name as Jira has it.
        form "Story in WEB": Reviewer* (person)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Reviewer", "grace hopper")]).await, @r"
        Ada Byron created **WEB-57** The shop speaks Greek · Story · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let made = chat.house.issue(chat.house.jira.keys("WEB").last().unwrap());
        assert_eq!(made["custom"]["Reviewer"], "grace");
        assert_snapshot!(chat.says("ada", "eng", "jira create task in WEB Try the shop").await, @r#"
        (only you) WEB asks for one more thing on a Task.
        form "Task in WEB": Testers* (person)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Testers", "me, linus")]).await, @r"
        Ada Byron created **WEB-58** Try the shop · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let made = chat.house.issue(chat.house.jira.keys("WEB").last().unwrap());
        assert_eq!(made["custom"]["Testers"], json!(["ada", "linus"]));
    })
    .await;
}
