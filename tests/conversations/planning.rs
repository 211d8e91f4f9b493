//! Boards and sprints: looked at, planned, started and closed, within the projects of the place.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation, conversation_with};

fn all_scopes(setup: &mut Setup) {
    setup.all_scopes = true;
    setup.rules = vec!["allow contributor in #eng on DEMO,OPS"];
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_without_the_scopes_is_told_which() {
    conversation(async |chat| {
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("grace", "eng", "jira boards").await, @r"
        (only you) This needs the scopes `read:board-scope:jira-software` and `read:project:jira`, and your link to acme does not have them all. Once whoever runs Usher has added them to the site's `scopes`, link again.
        [Link again]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira plan DEMO-8 into 3").await, @r"
        (only you) This needs the scope `read:sprint:jira-software`, which your link to acme does not have. Once whoever runs Usher has added it to the site's `scopes`, link again.
        [Link again]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira unplan DEMO-1").await, @r"
        (only you) This needs the scope `write:board-scope:jira-software`, which your link to acme does not have. Once whoever runs Usher has added it to the site's `scopes`, link again.
        [Link again]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira rank DEMO-8 before DEMO-9").await, @r"
        (only you) This needs the scope `write:issue:jira-software`, which your link to acme does not have. Once whoever runs Usher has added it to the site's `scopes`, link again.
        [Link again]
        ");
        // The link is as good as before.
        let said = chat.says("grace", "eng", "jira view DEMO-1").await.text();
        assert!(said.starts_with("DEMO-1"), "{said}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_outside_the_projects_of_the_place() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "acme").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        assert_snapshot!(chat.says("grace", "eng", "jira boards in WEB").await, @r"
        (only you) `boards` is not allowed on WEB in #eng. An admin can change that with `jira admin allow boards in #eng for person:grace on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira boards").await, @r"
        1 board

        - DEMO board · sprints · DEMO
        [DEMO board]
        ");
        // `All engines` is in WEB, and `People` in HR.
        assert_snapshot!(chat.says("grace", "eng", "jira backlog 3").await, @"(only you) WEB is not among the projects that you may use here.");
        assert_snapshot!(chat.says("grace", "eng", "jira sprints People").await, @r#"
        (only you) No board is called "People". There are:
        [DEMO board]
        "#);
        assert_snapshot!(chat.says("grace", "eng", "jira sprints 4").await, @"(only you) HR is not among the projects that you may use here.");
        assert_snapshot!(chat.says("grace", "eng", "jira create-sprint 3 Sprint 9").await, @"(only you) WEB is not among the projects that you may use here.");
        assert_snapshot!(chat.says("grace", "eng", "jira plan WEB-3 into Sprint 3").await, @r"
        (only you) `plan` is not allowed on WEB in #eng. An admin can change that with `jira admin allow plan in #eng for person:grace on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira plan DEMO-8 WEB-3 into Sprint 3").await, @r"
        (only you) `plan` is not allowed on WEB in #eng. An admin can change that with `jira admin allow plan in #eng for person:grace on WEB`.
        [Ask an admin]
        ");
        // It has moved to WEB.
        assert_snapshot!(chat.says("grace", "eng", "jira plan DEMO-7 into DEMO Sprint 3").await, @"(only you) DEMO-7 is in WEB now, and WEB may not be used here.");
        assert_snapshot!(chat.says("grace", "eng", "jira unplan DEMO-7").await, @"(only you) DEMO-7 is in WEB now, and WEB may not be used here.");
        assert_snapshot!(chat.says("grace", "eng", "jira rank DEMO-8 before WEB-3").await, @r"
        (only you) `rank` is not allowed on WEB in #eng. An admin can change that with `jira admin allow rank in #eng for person:grace on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira rank DEMO-8 before DEMO-7").await, @"(only you) WEB is not among the projects that you may use here.");
        // An issue of another project in the sprint is not counted, and keeps it from being closed here.
        let web = chat.house.jira.move_issue("DEMO-24", "WEB").unwrap();
        assert_snapshot!(chat.says("grace", "eng", "jira sprint DEMO").await, @r"
        **DEMO Sprint 2** · 8 days left

        Half full and running

        0 done · 4 in progress · 3 to do

        Points: 0 of 10 done · 7 in progress · 3 to do
        [Issues] [Sprints]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira close-sprint DEMO Sprint 2").await, @"(only you) WEB is not among the projects that you may use here.");
        assert_eq!(chat.house.jira.sprint("DEMO Sprint 2").unwrap()["state"], "active");
        assert_eq!(chat.house.issue(&web)["sprint"], 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_of_the_data_center_over_another_project_is_not_changed() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "corp").await;
        chat.linked("linus", "corp").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        assert_snapshot!(chat.says("grace", "eng", "jira boards").await, @r"
        2 boards

        - OPS board · sprints · OPS
        - Company · sprints · OPS
        [OPS board] [Company]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira create-sprint Company Week 50").await, @"(only you) CORP is not among the projects that you may use here.");
        // What is on it is shown as far as it may be.
        assert_snapshot!(chat.says("grace", "eng", "jira backlog Company").await, @r"
        (only you) 4 of 4 in the backlog of Company
        OPS-1  Mail is slow since Monday · In Progress · Ada Byron
        OPS-3  @everyone *stars* {color:red}red{color} <b>html</b> [~abyron] {\rtf1 x} | pipe · Open · nobody
        OPS-8  Password in a job's output · Open · Ada Byron
        OPS-9  Label the new cables · Reopened · nobody
        [OPS-1] [OPS-3] [OPS-8] [OPS-9]
        ");
        assert_snapshot!(chat.says("linus", "eng", "jira sprints 7").await, @"(only you) SEC is not among the projects that you may use here.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_jira_or_reason_refuses() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira plan DEMO-8 and DEMO-9 into Sprint 3").await, @"(only you) `and` is no issue's key. Like this: `jira plan DEMO-7 into Sprint 3`.");
        assert_snapshot!(chat.says("ada", "eng", "jira plan DEMO-8 into Sprint 99").await, @r#"
        (only you) No sprint is called "Sprint 99". There are:
        [DEMO Sprint 2] [DEMO Sprint 3]
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira plan DEMO-8 into 1").await, @"(only you) DEMO Sprint 1 is over.");
        assert_snapshot!(chat.says("ada", "eng", "jira plan DEMO-9999 into DEMO Sprint 3").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira unplan DEMO-8").await, @"(only you) DEMO-8 is in no sprint.");
        assert_snapshot!(chat.says("ada", "eng", "jira rank DEMO-8").await, @"(only you) Say before or after which issue. Like this: `jira rank DEMO-8 before DEMO-3`.");
        assert_snapshot!(chat.says("ada", "eng", "jira rank DEMO-8 before DEMO-8").await, @"(only you) DEMO-8 cannot stand next to itself.");
        assert_snapshot!(chat.says("ada", "eng", "jira create-sprint DEMO Sprint 9").await, @"(only you) Your Jira account may not do this on acme. You do not have permission to manage the sprints of this board.");
        assert_snapshot!(chat.says("grace", "eng", "jira create-sprint \"DEMO board\" --start friday --end today Sprint 9").await, @"(only you) It cannot end before it begins.");
        assert_snapshot!(chat.says("grace", "eng", "jira start-sprint DEMO Sprint 2").await, @r#"
        (only you) No planned sprint is called "DEMO Sprint 2". There are:
        [DEMO Sprint 3]
        "#);
        assert_snapshot!(chat.says("grace", "eng", "jira start-sprint 2").await, @"(only you) DEMO Sprint 2 is running already.");
        assert_snapshot!(chat.says("grace", "eng", "jira close-sprint 3").await, @"(only you) DEMO Sprint 3 has not begun.");
        assert_snapshot!(chat.says("grace", "eng", "jira sprint Shop window").await, @"(only you) Shop window has no sprints.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_and_sprints_are_looked_at() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira boards").await, @r"
        (only you) 3 boards

        - DEMO board · sprints · DEMO
        - Shop window · no sprints · WEB
        - All engines · sprints · WEB
        [DEMO board] [All engines] [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira boards in DEMO").await, @r"
        (only you) 2 boards in DEMO

        - DEMO board · sprints · DEMO
        - All engines · sprints · DEMO, WEB
        [DEMO board] [All engines] [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira sprints DEMO board").await, @r"
        Sprints of DEMO board

        - DEMO Sprint 2 · running, 16 Nov 2026 to 30 Nov 2026: Half full and running
        - DEMO Sprint 3 · planned, 30 Nov 2026 to 14 Dec 2026
        [Those that are over]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Those that are over").await, @r"
        (in its place) Sprints of DEMO board that are over, the last one first

        - DEMO Sprint 1 · over, 2 Nov 2026 to 16 Nov 2026
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira sprint").await, @r"
        (only you) Which board?
        [DEMO board] [All engines]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "DEMO board").await, @r"
        (only you, in its place) **DEMO Sprint 2** · 8 days left

        Half full and running

        0 done · 5 in progress · 3 to do

        Points: 0 of 10 done · 7 in progress · 3 to do
        [Issues] [Sprints] [Show here]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Issues").await, @r"
        (only you) 8 of 8 in DEMO
        DEMO-24  Prepare the demo for Thursday · In Progress · Ada Byron
        DEMO-3  As a pilot I want to see the fuel level in litres · In Progress · Ada Byron
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        DEMO-18  Search box loses focus · Ready for review · Grace Hopper
        DEMO-11  Preheat the oil · Ready for review · Grace Hopper
        DEMO-19  Search box shows the previous result · To Do · nobody
        DEMO-4  Gauge shows minus one litre after a restart · To Do · nobody
        DEMO-1  Write a welcome page for new people · To Do · Ada Byron
        [DEMO-24] [DEMO-3] [DEMO-2] [DEMO-18] [DEMO-11] [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira backlog DEMO").await, @r#"
        (only you) 7 of 7 in the backlog of DEMO board
        DEMO-8  Ask Linus about the kernel of the pump · To Do · Gracie Lane
        DEMO-9  @everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · To Do · nobody
        DEMO-12  Measure the choke at -20 °C · To Do · Ada Byron
        DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
        DEMO-16  Über-pressure valve: naïve café résumé ☕ 測試 · To Do · nobody
        DEMO-17  As a mechanic I want to export the error memory · To Do · nobody
        DEMO-25  Let the engine hum a tune · To Do · nobody
        [DEMO-8] [DEMO-9] [DEMO-12] [DEMO-13] [DEMO-16]
        "#);
        chat.linked("linus", "corp").await;
        assert_snapshot!(chat.says("linus", "eng", "jira sprint OPS").await, @r"
        **OPS Week 47** · 9 days left

        0 done · 1 in progress · 1 to do
        [Issues] [Sprints]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issues_are_planned_and_taken_back() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira plan DEMO-8 DEMO-16 into DEMO Sprint 3").await, @r"
        DEMO-8 and DEMO-16 are in DEMO Sprint 3 now.
        [Undo]
        ");
        assert_eq!(
            (&chat.house.issue("DEMO-8")["sprint"], &chat.house.issue("DEMO-16")["sprint"]),
            (&json!(3), &json!(3))
        );
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-8 and DEMO-16 are back in the backlog.
        [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-16")["sprint"], json!(null));
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-8 and DEMO-16 are in DEMO Sprint 3 now.
        [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-16")["sprint"], 3);
        assert_snapshot!(chat.says("ada", "eng", "jira plan DEMO-1").await, @r"
        (only you) Which sprint?
        [DEMO Sprint 2] [DEMO Sprint 3]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "DEMO Sprint 3").await, @r"
        DEMO-1 is in DEMO Sprint 3 now.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1 is in DEMO Sprint 2 now.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-1")["sprint"], 2);
        assert_snapshot!(chat.says("ada", "eng", "jira rank DEMO-25 before DEMO-8").await, @r"
        DEMO-25 stands directly before DEMO-8 now.
        ‹Open in Jira›
        ");
        let said = chat.says("ada", "eng", "jira backlog DEMO board").await.text();
        assert!(said.lines().nth(1).is_some_and(|line| line.contains("DEMO-25")), "{said}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sprint_is_made_started_and_closed() {
    for (site, board, running, issue) in
        [("acme", "DEMO", "DEMO Sprint 2", "DEMO-1"), ("corp", "OPS", "OPS Week 47", "OPS-2")]
    {
        conversation_with(all_scopes, async |chat| {
            chat.linked("grace", site).await;
            let says = async |words: &str| chat.says("grace", "eng", words).await.text();
            let made = says(&format!("jira create-sprint {board} --goal Calm Frost")).await;
            assert!(made.starts_with(&format!("{board} board has a new sprint: Frost.")), "{made}");
            assert_eq!(chat.house.jira.sprint("Frost").unwrap()["goal"], "Calm");
            let refused = says("jira start-sprint Frost").await;
            assert_eq!(refused, "(only you) Frost has no end yet. Like this: `jira start-sprint --end +2w Frost`.");

            let asked = says(&format!("jira close-sprint {running}")).await;
            assert!(
                asked.contains("still open in") && asked.contains("Frost") && asked.contains("The backlog"),
                "{asked}"
            );
            assert_eq!(chat.house.jira.sprint(running).unwrap()["state"], "active");
            let closed = chat.presses("grace", "eng", "Frost").await.text();
            assert!(
                closed.starts_with(&format!("{running} is closed.")) && closed.contains("moved to Frost."),
                "{closed}"
            );
            assert_eq!(chat.house.jira.sprint(running).unwrap()["state"], "closed");
            let frost = chat.house.jira.sprint("Frost").unwrap();
            assert!(frost["holds"].as_array().unwrap().contains(&json!(issue)), "{frost}");

            let begun = says("jira start-sprint --end +2w Frost").await;
            assert!(begun.starts_with("Frost has begun. It ends on 6 Dec 2026."), "{begun}");
            let frost = chat.house.jira.sprint("Frost").unwrap();
            assert_eq!((&frost["state"], &frost["start"]), (&json!("active"), &json!("2026-11-22T10:00:00Z")));

            says("jira close-sprint Frost").await;
            let closed = chat.presses("grace", "eng", "The backlog").await.text();
            assert!(closed.contains("moved to the backlog."), "{closed}");
            assert_eq!(chat.house.issue(issue)["sprint"], json!(null));
            assert_eq!(chat.house.jira.sprint("Frost").unwrap()["state"], "closed");
            // Where no sprint runs, the one that ended last is drawn.
            let drawn = says(&format!("jira chart burndown in {board} {board} board")).await;
            assert!(drawn.starts_with("Burndown of Frost"), "{drawn}");
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_board_over_a_project_outside_the_scope_is_not_changed() {
    let web_alone = |setup: &mut Setup| {
        setup.all_scopes = true;
        setup.rules = vec!["allow manager in #eng on WEB"];
    };
    conversation_with(web_alone, async |chat| {
        chat.linked("grace", "acme").await;
        // `All engines` is in WEB, and over DEMO as well.
        assert_snapshot!(chat.says("grace", "eng", "jira create-sprint \"All engines\" Week 50").await, @"(only you) DEMO is not among the projects that you may use here.");
    })
    .await;
}
