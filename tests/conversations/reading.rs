//! What else there is to an issue: its comments, its past, where it can go, who watches, what is logged, what is a part
//! of what; on both kinds of site.

use insta::assert_snapshot;

use crate::support::{Chat, Setup, conversation, conversation_with};

fn on_demo(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO"];
}

const READS: [&str; 7] = ["comments", "history", "transitions", "watchers", "worklogs", "children", "epic"];

async fn only_demo(chat: &Chat) {
    let said = chat.says("root", "eng", "jira admin forget reader").await.text();
    assert_eq!(said, "(only you) Taken back: `allow reader for everyone`.");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_outside_the_grant_nor_of_what_is_not_there() {
    conversation_with(on_demo, async |chat| {
        chat.linked("ada", "acme").await;
        for tool in READS {
            let said = chat.says("ada", "eng", &format!("jira {tool} DEMO-9999")).await.text();
            assert_eq!(said, "(only you) DEMO-9999 does not exist, or your Jira account may not see it.", "{tool}");
        }
        only_demo(chat).await;
        for tool in READS {
            let said = chat.says("ada", "eng", &format!("jira {tool} WEB-12")).await.text();
            assert!(said.starts_with(&format!("(only you) `{tool}` is not allowed on WEB in #eng.")), "{said}");
            // DEMO-7 is WEB-7 now.
            let said = chat.says("ada", "eng", &format!("jira {tool} DEMO-7")).await.text();
            assert_eq!(said, "(only you) DEMO-7 is in WEB now, and WEB may not be used here.", "{tool}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_have_numbers_and_pages_and_restricted_ones_stay_private() {
    conversation_with(on_demo, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira comments DEMO-25").await, @r"
        Nobody has commented on DEMO-25 yet.
        ‹Open in Jira› [Comment]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comments DEMO-2").await, @r"
        Comments on DEMO-2

        *1. Grace Hopper, 19 Nov 2026*

        > It divides by the level minus one half. I am on it.
        ‹Open in Jira› [Comment]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comments DEMO-3").await, @r"
        (only you) Comments on DEMO-3

        *1. Ada Byron, 19 Nov 2026*

        > Litres with one digit after the point?

        *2. Ada Byron, 21 Nov 2026, for a few*

        > Measured in the lab: 41.3 litres.
        ‹Open in Jira› [Edit 2] [Comment]
        ");
        for number in 1..=9 {
            let said = chat.says("grace", "eng", &format!("jira comment DEMO-4 Number {number}")).await.text();
            assert!(said.contains("Comment added"), "{said}");
        }
        assert_snapshot!(chat.says("ada", "eng", "jira comments DEMO-4").await, @r"
        Comments on DEMO-4, 3 to 10 of 10

        *3. Grace Hopper, 22 Nov 2026*

        > Number 2

        *4. Grace Hopper, 22 Nov 2026*

        > Number 3

        *5. Grace Hopper, 22 Nov 2026*

        > Number 4

        *6. Grace Hopper, 22 Nov 2026*

        > Number 5

        *7. Grace Hopper, 22 Nov 2026*

        > Number 6

        *8. Grace Hopper, 22 Nov 2026*

        > Number 7

        *9. Grace Hopper, 22 Nov 2026*

        > Number 8

        *10. Grace Hopper, 22 Nov 2026*

        > Number 9
        ‹Open in Jira› [Comment] [Earlier]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Earlier").await, @r"
        (in its place) Comments on DEMO-4, 1 to 2 of 10

        *1. Linus Winter, 16 Nov 2026*

        > Happens every time.

        *2. Grace Hopper, 22 Nov 2026*

        > Number 1
        ‹Open in Jira› [Comment]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_of_an_issue_is_readable() {
    conversation_with(on_demo, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira history DEMO-25").await, @r"
        Nothing was changed on DEMO-25 yet.
        ‹Open in Jira›
        ");
        for line in ["assign DEMO-2 me", "status DEMO-2 done", "assign DEMO-2 nobody"] {
            drop(chat.says("ada", "eng", &format!("jira {line}")).await.text());
        }
        assert_snapshot!(chat.says("ada", "eng", "jira history DEMO-2").await, @r"
        Changes on DEMO-2, the newest first

        - *22 Nov 2026, Ada Byron:* Assignee Ada Byron -> nothing
        - *22 Nov 2026, Ada Byron:* Status In Progress -> Done
        - *22 Nov 2026, Ada Byron:* Resolution nothing -> Done
        - *22 Nov 2026, Ada Byron:* Assignee Grace Hopper -> Ada Byron
        - *17 Nov 2026, Grace Hopper:* Status To Do -> In Progress
        ‹Open in Jira›
        ");
        for _ in 0..5 {
            drop(chat.says("ada", "eng", "jira assign DEMO-4 me").await.text());
            drop(chat.says("ada", "eng", "jira unassign DEMO-4").await.text());
        }
        drop(chat.says("ada", "eng", "jira assign DEMO-4 grace").await.text());
        assert_snapshot!(chat.says("ada", "eng", "jira history DEMO-4").await, @r"
        Changes on DEMO-4, the newest first

        - *22 Nov 2026, Ada Byron:* Assignee nothing -> Grace Hopper
        - *22 Nov 2026, Ada Byron:* Assignee Ada Byron -> nothing
        - *22 Nov 2026, Ada Byron:* Assignee nothing -> Ada Byron
        - *22 Nov 2026, Ada Byron:* Assignee Ada Byron -> nothing
        - *22 Nov 2026, Ada Byron:* Assignee nothing -> Ada Byron
        - *22 Nov 2026, Ada Byron:* Assignee Ada Byron -> nothing
        - *22 Nov 2026, Ada Byron:* Assignee nothing -> Ada Byron
        - *22 Nov 2026, Ada Byron:* Assignee Ada Byron -> nothing
        - *22 Nov 2026, Ada Byron:* Assignee nothing -> Ada Byron
        - *22 Nov 2026, Ada Byron:* Assignee Ada Byron -> nothing
        ‹Open in Jira› [Earlier]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Earlier").await, @r"
        (in its place) Earlier changes on DEMO-4

        - *22 Nov 2026, Ada Byron:* Assignee nothing -> Ada Byron
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira history OPS-6").await, @r"
        (only you) Changes on OPS-6, the newest first

        - *18 Nov 2026, Ada Byron:* Status Open -> In Progress
        ‹Open in Jira› [Show here]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_can_go_who_watches_and_what_is_logged() {
    conversation_with(on_demo, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira transitions DEMO-1").await, @r"
        DEMO-1 is To Do. It can go to:

        - In Progress
        - Ready for review
        - Released, asks for Resolution
        - Done
        ‹Open in Jira› [In Progress] [Ready for review] [Released] [Done]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "In Progress").await, @r"
        DEMO-1: To Do -> In Progress.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("linus", "eng", "jira transitions DEMO-1").await, @r"
        DEMO-1 is In Progress, and your Jira account cannot move it from there.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira transitions OPS-2").await, @r"
        (only you) OPS-2 is Open. It can go to:

        - In Progress (Start Progress)
        - Resolved (Resolve Issue), asks for Resolution
        - Closed (Close Issue), asks for Resolution
        ‹Open in Jira› [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira watchers DEMO-25").await, @r"
        3 people watch DEMO-25: Ada Byron, Grace Hopper and Linus Winter.
        ‹Open in Jira› [Stop]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Stop").await, @r"
        (only you) You are no longer watching DEMO-25.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira watchers OPS-2").await, @r"
        (only you) One person watches OPS-2: Ada Byron.
        ‹Open in Jira› [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira worklogs DEMO-25").await, @r"
        No time is logged on DEMO-25.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira worklogs DEMO-1").await, @r"
        Time on DEMO-1: 1h 30m in all, 2h 30m left

        1. 20 Nov 2026 · Ada Byron · 1h 30m · First draft
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira worklogs OPS-2").await, @r"
        (only you) Time on OPS-2: 1h in all, 1h left

        1. 21 Nov 2026 · Grace Hopper · 1h · Ordered the disk
        ‹Open in Jira› [Show here]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_a_part_of_what() {
    conversation_with(on_demo, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira children DEMO-1").await, @"Nothing found below DEMO-1.");
        assert_snapshot!(chat.says("ada", "eng", "jira children DEMO-10").await, @r"
        2 of 2 below DEMO-10
        DEMO-11  Preheat the oil · Ready for review · Grace Hopper
        DEMO-12  Measure the choke at -20 °C · To Do · Ada Byron
        [DEMO-11] [DEMO-12]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira children DEMO-12").await, @r"
        2 of 2 below DEMO-12
        DEMO-14  Borrow a freezer · Done · Ada Byron
        DEMO-15  Calibrate the thermometer · To Do · nobody
        [DEMO-14] [DEMO-15]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira epic DEMO-1").await, @r"
        DEMO-1 is part of no epic, and nothing is part of it.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira epic DEMO-14").await, @r"
        DEMO-10  Cold start · Epic · In Progress · Medium · nobody
          | Everything about starting below zero.
          | 
          | Reporter: Grace Hopper · Progress: 0 of 2 done, 1 in progress
        ‹Open in Jira› [Parts] [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Parts").await, @r"
        2 of 2 below DEMO-10
        DEMO-11  Preheat the oil · Ready for review · Grace Hopper
        DEMO-12  Measure the choke at -20 °C · To Do · Ada Byron
        [DEMO-11] [DEMO-12]
        ");
        // Data Center keeps subtasks below a parent, and an epic in a field.
        assert_snapshot!(chat.says("ada", "eng", "jira children CORP-4").await, @r"
        (only you) 3 of 3 below CORP-4
        OPS-2  Replace the disk in rack 4 · Open · Grace Hopper
        OPS-4  Rotate the backup tapes · Resolved · Linus Winter
        OPS-6  Move the wiki to the new host · In Progress · Ada Byron
        [OPS-2] [OPS-4] [OPS-6] [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira epic OPS-7").await, @r"
        (only you) CORP-4  Leave the old data centre · Epic · Open · Medium · nobody
          | Reporter: Ada Byron · Progress: 1 of 3 done, 1 in progress
        ‹Open in Jira› [Parts] [Comment] [More] [Show here]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epic_elsewhere_stays_unnamed() {
    conversation_with(
        |setup| setup.rules = vec!["allow contributor in #eng on OPS"],
        async |chat| {
            chat.linked("ada", "corp").await;
            only_demo(chat).await;
            assert_snapshot!(chat.says("ada", "eng", "jira epic OPS-7").await, @r"
            OPS-6  Move the wiki to the new host · Task · In Progress · Medium · Ada Byron
              | Reporter: Ada Byron · Progress: 0 of 1 done
            ‹Open in Jira› [Parts] [Status] [Assign to me] [Comment] [Watch] [More]
            ");
            assert_snapshot!(chat.says("ada", "eng", "jira epic OPS-2").await, @r"
            OPS-2 is part of no epic that may be used here, and nothing is part of it.
            ‹Open in Jira›
            ");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn votes_are_taken_and_jira_says_why_not() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        chat.linked("linus", "acme").await;
        let said = chat.says("linus", "general", "jira vote DEMO-2").await.text();
        assert!(said.starts_with("(only you) `vote` is not allowed in #general."), "{said}");
        assert_snapshot!(chat.says("ada", "eng", "jira vote DEMO-9999").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira vote DEMO-2").await, @"(only you) You cannot vote for an issue you have reported.");
        assert_snapshot!(chat.says("ada", "eng", "jira vote DEMO-4").await, @r"
        (only you) You voted for DEMO-4.
        ‹Open in Jira› [Take it back]
        ");
        assert_eq!(chat.house.issue("DEMO-4")["voters"], serde_json::json!(["ada"]));
        assert_snapshot!(chat.presses("ada", "eng", "Take it back").await, @r"
        (only you) Your vote for DEMO-4 is taken back.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-4")["voters"], serde_json::json!([]));
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        (only you) You voted for DEMO-4.
        ‹Open in Jira› [Take it back]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira vote OPS-9").await, @r"
        (only you) You voted for OPS-9.
        ‹Open in Jira› [Take it back]
        ");
        assert_eq!(chat.house.issue("OPS-9")["voters"], serde_json::json!(["ada"]));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_taken_from_whoever_has_it() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira unassign DEMO-9999").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira unassign DEMO-4").await, @r"
        Nobody has DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira unassign DEMO-2").await, @r"
        DEMO-2 is assigned to nobody now. Grace Hopper had it.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-2")["assignee"], serde_json::Value::Null);
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-2 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-2")["assignee"], "grace");
        assert_snapshot!(chat.says("ada", "eng", "jira unassign OPS-2").await, @r"
        OPS-2 is assigned to nobody now. Grace Hopper had it.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("OPS-2")["assignee"], serde_json::Value::Null);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ones_own_issues_and_those_that_one_looked_at() {
    conversation_with(on_demo, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira recent --site acme").await, @"(only you) Jira remembers no issue at which you looked and that may be shown here.");
        drop(chat.says("ada", "eng", "jira view DEMO-2").await.text());
        chat.later(std::time::Duration::from_secs(60));
        drop(chat.says("ada", "eng", "jira view WEB-12").await.text());
        assert_snapshot!(chat.says("ada", "eng", "jira recent --site acme").await, @r"
        (only you) 2 of 2 that you looked at last
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        [WEB-12] [DEMO-2]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira mine --site acme").await, @r"
        (only you) 8 of 8 assigned to you
        DEMO-24  Prepare the demo for Thursday · In Progress · Ada Byron
        DEMO-3  As a pilot I want to see the fuel level in litres · In Progress · Ada Byron
        DEMO-1  Write a welcome page for new people · To Do · Ada Byron
        WEB-6  Prices without tax · Ready for review · Ada Byron
        DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
        DEMO-21  Clean up feature flags · To Do · Ada Byron
        WEB-7  The order form forgets the address · To Do · Ada Byron
        DEMO-12  Measure the choke at -20 °C · To Do · Ada Byron
        [DEMO-24] [DEMO-3] [DEMO-1] [WEB-6] [DEMO-13]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira mine --site corp").await, @r"
        (only you) 4 of 4 assigned to you
        OPS-1  Mail is slow since Monday · In Progress · Ada Byron
        OPS-6  Move the wiki to the new host · In Progress · Ada Byron
        CORP-2  Book the train to Zürich · Open · Ada Byron
        OPS-8  Password in a job's output · Open · Ada Byron
        [OPS-1] [OPS-6] [CORP-2] [OPS-8]
        ");
        drop(chat.says("ada", "eng", "jira view OPS-2").await.text());
        assert_snapshot!(chat.says("ada", "eng", "jira recent --site corp").await, @r"
        (only you) 1 of 1 that you looked at last
        OPS-2  Replace the disk in rack 4 · Open · Grace Hopper
        [OPS-2]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira link-types --site corp").await, @r"
        (only you) Issues can be linked like this:

        - **Blocks**: blocks / is blocked by
        - **Cloners**: clones / is cloned by
        - **Duplicate**: duplicates / is duplicated by
        - **Relates**: relates to
        [Show here]
        ");
        only_demo(chat).await;
        assert_snapshot!(chat.says("ada", "eng", "jira recent --site acme").await, @r"
        (only you) 1 of 1 that you looked at last
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        [DEMO-2]
        ");
    })
    .await;
}
