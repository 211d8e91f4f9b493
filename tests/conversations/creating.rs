//! `create`: what a project requires, and what is asked back.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation, conversation_with};

fn web_too(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO,WEB,CORP,OPS"];
}

/// Sprints need scopes of their own on Cloud.
fn planner(setup: &mut Setup) {
    web_too(setup);
    setup.all_scopes = true;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_created() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        let before = chat.house.jira.keys("DEMO");
        assert_snapshot!(chat.says("ada", "eng", "jira create").await, @r"
        (only you) In which project?
        [DEMO Demo engine]
        ");
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
        form "Task in WEB": Testers* (person) <- Names with commas between
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

#[tokio::test(flavor = "multi_thread")]
async fn more_fields_are_given_by_their_names() {
    conversation_with(planner, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        let last = |project: &str| chat.house.issue(chat.house.jira.keys(project).last().unwrap());
        let (before, mut refusals) = (chat.house.jira.keys("DEMO"), Vec::new());
        for line in [
            "jira create bug in DEMO --set sprint It hurts",
            "jira create bug in DEMO --set \"colour: red\" It hurts",
            "jira create bug in DEMO --set \"p: high\" It hurts",
            "jira create bug in DEMO --set \"sprint: Sprint 1\" It hurts",
            "jira create bug in DEMO --set \"sprint: People 1\" It hurts",
            "jira create bug in DEMO --set \"time tracking: soon\" It hurts",
            "jira create task in WEB --set \"owners: nobody-there\" It hurts",
            "jira create task in WEB --set \"team: platf\" It hurts",
        ] {
            refusals.push(chat.says("ada", "eng", line).await.text());
        }
        assert_snapshot!(refusals.join("\n"), @r#"
        (only you) "sprint" does not say which field and what it shall hold. Like this: `--set "sprint: Sprint 3; labels: urgent"`.
        (only you) A Bug in DEMO has no field "colour". It has Summary, Description, Priority, Labels, Due date, Assignee, Time tracking, Parent, Story point estimate, Sprint, Found in, Root cause and Platforms.
        (only you) "p" could be Priority, Parent and Platforms. Write more of it.
        (only you) Sprint: `Sprint 1` is not there. Choose DEMO Sprint 2 or DEMO Sprint 3.
        form "Bug in DEMO": Sprint (line) <- A sprint's name, such as Sprint 3
        (only you) Sprint: `People 1` is not there. Choose DEMO Sprint 2 or DEMO Sprint 3.
        form "Bug in DEMO": Sprint (line) <- A sprint's name, such as Sprint 3
        (only you) Time tracking: `soon` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).
        form "Bug in DEMO": Time tracking (line) <- 2h 30m, 90m or 1d (8 hours)
        (only you) Owners: Jira knows nothing by the name `nobody-there` here.
        form "Task in WEB": Owners (line) <- A group's name
        (only you) Team: `platf` could be Platform or Platform \<Nord>. Write more of it.
        form "Task in WEB": Team (line) <- A team's name
        "#);
        assert_eq!(chat.house.jira.keys("DEMO"), before);
        let line = "jira create bug in DEMO --set \"sprint: sprint 3; labels: urgent, late; time: 1d 2h; story: 3\" It hurts";
        assert_snapshot!(chat.says("ada", "eng", line).await, @r"
        Ada Byron created **DEMO-26** It hurts · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let made = last("DEMO");
        assert_eq!(json!([made["sprint"], made["labels"], made["originalEstimate"], made["custom"]]), json!([3, ["urgent", "late"], 36_000, {"Story point estimate": 3}]));
        let line = "jira create task in WEB --set \"owners: LEADS; team: shop; testers: me, linus\" It hurts";
        assert_snapshot!(chat.says("ada", "eng", line).await, @r"
        Ada Byron created **WEB-57** It hurts · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_eq!(
            last("WEB")["custom"],
            json!({"Owners": "leads", "Team": "a3a6f8f2-8b0c-4f14-9f0b-1d6f2d1f7c19", "Testers": ["ada", "linus"]})
        );
        // The same on Data Center.
        let line = "jira create incident in OPS --set \"impact: low; informed: leads, engineering\" Mail is down";
        assert_snapshot!(chat.says("ada", "eng", line).await, @r"
        Ada Byron created **OPS-10** Mail is down · Incident · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_eq!(last("OPS")["custom"], json!({"Impact": "Low", "Informed": ["leads", "engineering"]}));
        assert_snapshot!(chat.says("ada", "eng", "jira create task in OPS --set \"sprint: week\" Call them").await, @r"
        Ada Byron created **OPS-11** Call them · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_eq!(last("OPS")["sprint"], 11);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_title_without_a_type_keeps_its_first_word() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira create Grease in DEMO the pump").await, @r#"
        (only you) DEMO has no type "Grease". It has:
        menu: Epic / Story / Task / Bug
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "Task").await, @r"
        Ada Byron created **DEMO-26** Grease the pump · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        // A slip of the finger is no word of the title.
        assert_snapshot!(chat.says("ada", "eng", "jira create bgu in DEMO The pump is dry").await, @r#"
        (only you) DEMO has no type "bgu". It has:
        menu: Epic / Story / Task / Bug
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "Bug").await, @r"
        Ada Byron created **DEMO-27** The pump is dry · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}
