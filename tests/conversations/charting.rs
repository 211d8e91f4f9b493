//! Charts: the picture, and the same numbers as words, within the projects of the place.

use std::time::Duration;

use insta::assert_snapshot;

use crate::support::{Chat, Replies, Setup, conversation, conversation_with};

const DAY: Duration = Duration::from_secs(86_400);

fn all_scopes(setup: &mut Setup) {
    setup.all_scopes = true;
    setup.rules = vec!["allow contributor in #eng on DEMO,OPS"];
}

/// What was said, whatever the picture weighs.
fn said(replies: &Replies) -> String {
    let text = replies.text();
    let line = |line: &str| match line.strip_prefix("file chart.png, ") {
        Some(bytes) => {
            let bytes: usize = bytes.trim_end_matches(" bytes").parse().unwrap();
            assert!((2_000..200_000).contains(&bytes), "{bytes}");
            "file chart.png".to_owned()
        }
        None => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

async fn draws(chat: &Chat, who: &str, line: &str) -> String {
    said(&chat.says(who, "eng", &format!("jira chart {line}")).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_drawn() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        assert_snapshot!(draws(chat, "ada", "status in WEB").await, @r"
        (only you) `chart` is not allowed on WEB in #eng. An admin can change that with `jira admin allow chart in #eng for person:ada on WEB`.
        [Ask an admin]
        ");
        assert_snapshot!(draws(chat, "ada", "burndown DEMO board").await, @r"
        (only you) This needs the scopes `read:board-scope:jira-software` and `read:project:jira`, and your link to acme does not have them all. Once whoever runs Usher has added them to the site's `scopes`, link again.
        [Link again]
        ");
        assert_snapshot!(draws(chat, "ada", "pie in DEMO").await, @"(only you) `pie` is none of status, assignee, created-vs-resolved, burndown, velocity. Like this: `jira chart status in DEMO`.");
        assert_snapshot!(draws(chat, "ada", "status").await, @r"
        (only you) In which project?
        [DEMO Demo engine]
        ");
        assert_snapshot!(draws(chat, "ada", "status in DEMO jql: colour = red").await, @"(only you) Jira did not accept this. Field 'colour' does not exist or you do not have permission to view it.");
        assert_snapshot!(draws(chat, "ada", "created-vs-resolved in DEMO --days 61").await, @"(only you) Between 1 and 60 days can be drawn. Like this: `jira chart created-vs-resolved in DEMO --days 14`.");
        assert_snapshot!(draws(chat, "ada", "assignee in DEMO label:nowhere").await, @r#"No issues in DEMO for "label:nowhere"."#);
        chat.says("root", "eng", "jira admin deny chart in #eng").await.text();
        assert_snapshot!(draws(chat, "ada", "status in DEMO").await, @"(only you) `chart` is denied to you in #eng. Allowed here: view, find, mine, recent, create, batch, … `jira tools` lists all 62. An admin can change that with `jira admin forget chart in #eng for everyone`.");
    })
    .await;
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "acme").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        assert_snapshot!(draws(chat, "grace", "burndown Shop window").await, @r#"
        (only you) No board is called "Shop window". There are:
        [DEMO board]
        "#);
        assert_snapshot!(draws(chat, "grace", "burndown 3").await, @"(only you) WEB is not among the projects that you may use here.");
        assert_snapshot!(draws(chat, "grace", "velocity 4").await, @"(only you) HR is not among the projects that you may use here.");
        assert_snapshot!(draws(chat, "grace", "burndown --sprint 3 DEMO board").await, @"(only you) DEMO Sprint 3 has not begun.");
        assert_snapshot!(draws(chat, "grace", "burndown --sprint nine DEMO board").await, @r#"
        (only you) No sprint is called "nine". There are:
        [DEMO Sprint 1] [DEMO Sprint 2]
        "#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn issues_are_counted() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        assert_snapshot!(draws(chat, "ada", "status in DEMO").await, @r"
        (only you) Issues by status in DEMO: 24 issues

        - To Do: 13
        - In Progress: 4
        - Ready for review: 2
        - Done: 4
        - Released: 1
        file chart.png
        [By assignee]
        ");
        assert_snapshot!(said(&chat.presses("ada", "eng", "By assignee").await), @r"
        (only you) Issues by assignee in DEMO: 24 issues

        - nobody: 9
        - Ada Byron: 9
        - Grace Hopper: 4
        - Linus Winter: 1
        - Gracie Lane: 1
        file chart.png
        [By status]
        ");
        assert_snapshot!(draws(chat, "ada", "assignee in OPS status:open").await, @r#"
        (only you) Issues by assignee in OPS for "status:open": 7 issues

        - Ada Byron: 3
        - nobody: 2
        - Grace Hopper: 1
        - Gracie Lane: 1
        file chart.png
        [By status]
        "#);
        assert_snapshot!(draws(chat, "ada", "created-vs-resolved in DEMO --days 9").await, @r"
        (only you) 10 created and 2 resolved in DEMO in 9 days

        | Day | Created | Resolved |
        | --- | --- | --- |
        | 14 Nov | 1 | 1 |
        | 15 Nov | 1 | 1 |
        | 16 Nov | 1 | 0 |
        | 17 Nov | 1 | 0 |
        | 18 Nov | 1 | 0 |
        | 19 Nov | 1 | 0 |
        | 20 Nov | 1 | 0 |
        | 21 Nov | 2 | 0 |
        | 22 Nov | 1 | 0 |

        An issue counts as resolved on the day on which that happened last, unless it was opened again.
        file chart.png
        ");
        assert_snapshot!(draws(chat, "ada", "created-vs-resolved in OPS").await, @r"
        (only you) 8 created and 2 resolved in OPS in 30 days

        | Day | Created | Resolved |
        | --- | --- | --- |
        | 25 Oct | 0 | 1 |
        | 7 Nov | 1 | 0 |
        | 10 Nov | 1 | 0 |
        | 11 Nov | 1 | 0 |
        | 13 Nov | 0 | 1 |
        | 14 Nov | 1 | 0 |
        | 16 Nov | 1 | 0 |
        | 17 Nov | 1 | 0 |
        | 19 Nov | 1 | 0 |
        | 20 Nov | 1 | 0 |

        An issue counts as resolved on the day on which that happened last, unless it was opened again.
        file chart.png
        ");
        // What the place's projects do not hold is not counted, whatever the words ask for.
        assert_snapshot!(draws(chat, "ada", "status --site acme jql: project = WEB OR key = DEMO-1").await, @r#"
        Issues by status for "jql: project = WEB OR key = DEMO-1": 1 issue

        - To Do: 1
        file chart.png
        [By assignee]
        "#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sprint_burns_down() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "acme").await;
        chat.linked("grace", "corp").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        chat.says("grace", "eng", "jira status DEMO-2 done").await.text();
        chat.says("grace", "eng", "jira plan DEMO-8 into DEMO Sprint 2").await.text();
        chat.later(DAY);
        chat.says("grace", "eng", "jira status DEMO-3 done").await.text();
        chat.says("grace", "eng", "jira status DEMO-2 to do").await.text();
        chat.says("grace", "eng", "jira unplan DEMO-4").await.text();
        chat.house.jira.clear_calls();
        assert_snapshot!(draws(chat, "grace", "burndown in DEMO DEMO board").await, @r"
        Burndown of DEMO Sprint 2: 8 of 10 points left

        | Day | Open issues | Points |
        | --- | --- | --- |
        | start | 4 | 10 |
        | 16 Nov | 4 | 10 |
        | 17 Nov | 4 | 10 |
        | 18 Nov | 4 | 10 |
        | 19 Nov | 4 | 10 |
        | 20 Nov | 5 | 10 |
        | 21 Nov | 7 | 10 |
        | 22 Nov | 7 | 5 |
        | 23 Nov | 7 | 8 |

        Counted are the issues that are in the sprint now, each from when it came in until it was done. Jira no longer finds the ones that were taken out. Points are as estimated now.
        file chart.png
        [Velocity] [Sprints]
        ");
        // What can be asked at once is: the order of some is not always the same.
        let mut calls = chat.house.calls();
        calls.sort();
        let short = calls.iter().map(|call| call.split('/').skip_while(|part| *part != "agile").collect::<Vec<_>>().join("/"));
        let agile: Vec<String> = short.filter(|call| !call.is_empty()).collect();
        assert_eq!(agile, ["agile/1.0/board", "agile/1.0/board", "agile/1.0/board/1", "agile/1.0/board/1/configuration", "agile/1.0/board/1/sprint"]);
        calls.retain(|call| !call.contains("/agile/"));
        assert_eq!(calls, ["GET field", "GET myself", "GET project/search", "GET status", "POST changelog/bulkfetch", "POST search/jql", "POST search/jql"]);

        assert_snapshot!(draws(chat, "grace", "burndown in DEMO --sprint 1 DEMO board").await, @r"
        Burndown of DEMO Sprint 1: 0 of 1 issues left

        | Day | Open issues |
        | --- | --- |
        | start | 1 |
        | 2 Nov | 1 |
        | 3 Nov | 1 |
        | 4 Nov | 2 |
        | 5 Nov | 2 |
        | 6 Nov | 2 |
        | 7 Nov | 1 |
        | 8 Nov | 1 |
        | 9 Nov | 1 |
        | 10 Nov | 1 |
        | 11 Nov | 1 |
        | 12 Nov | 1 |
        | 13 Nov | 1 |
        | 14 Nov | 1 |
        | 15 Nov | 0 |
        | 16 Nov | 0 |

        Counted are the issues that are in the sprint now, each from when it came in until it was done. Jira no longer finds the ones that were taken out.
        file chart.png
        [Velocity] [Sprints]
        ");
        assert_snapshot!(draws(chat, "grace", "burndown in OPS OPS board").await, @r"
        Burndown of OPS Week 47: 2 of 2 issues left

        | Day | Open issues |
        | --- | --- |
        | start | 2 |
        | 17 Nov | 2 |
        | 18 Nov | 2 |
        | 19 Nov | 2 |
        | 20 Nov | 2 |
        | 21 Nov | 2 |
        | 22 Nov | 2 |
        | 23 Nov | 2 |

        Counted are the issues that are in the sprint now, each from when it came in until it was done. Jira no longer finds the ones that were taken out.
        file chart.png
        [Velocity] [Sprints]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sprints_are_compared() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "acme").await;
        chat.linked("grace", "corp").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        assert_snapshot!(draws(chat, "grace", "velocity in DEMO DEMO board").await, @r"
        Velocity of DEMO board: 2 issues done in a sprint on average

        | Sprint | Committed | Done |
        | --- | --- | --- |
        | DEMO Sprint 1 | 1 | 2 |

        Committed is what was in the sprint and open when it began, done what was done in it when it was closed. Issues that were taken out are left out: Jira no longer finds them there.
        file chart.png
        [Sprints]
        ");
        chat.says("grace", "eng", "jira status DEMO-2 done").await.text();
        assert!(chat.house.jira.close_sprint("DEMO Sprint 2"));
        // An issue of the sprint is in another project now: it is not counted here.
        chat.house.jira.move_issue("DEMO-3", "WEB").unwrap();
        assert_snapshot!(draws(chat, "grace", "velocity in DEMO DEMO board").await, @r"
        Velocity of DEMO board: 2.5 points done in a sprint on average

        | Sprint | Committed points | Done points | Committed issues | Done issues |
        | --- | --- | --- | --- | --- |
        | DEMO Sprint 1 | 0 | 0 | 1 | 2 |
        | DEMO Sprint 2 | 8 | 5 | 4 | 1 |

        Committed is what was in the sprint and open when it began, done what was done in it when it was closed. Issues that were taken out are left out: Jira no longer finds them there. Points are as estimated now.
        file chart.png
        [Sprints]
        ");
        assert_snapshot!(draws(chat, "grace", "velocity in OPS OPS board").await, @"(only you) No sprint of OPS board is over yet.");
    })
    .await;
}
