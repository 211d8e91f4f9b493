//! `edit`, `clone` and `batch`: fields of an issue, copies of one, many at once, and moves; on both kinds of site.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation_with};

fn contributor(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO,OPS,WEB,CORP"];
}

/// Sprints need scopes of their own on Cloud.
fn planner(setup: &mut Setup) {
    contributor(setup);
    setup.all_scopes = true;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_edited() {
    conversation_with(contributor, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        let said = chat.says("ada", "general", "jira edit DEMO-1 priority high").await.text();
        assert!(said.starts_with("(only you) `edit` is not allowed in #general."), "{said}");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-9999 priority high").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("linus", "eng", "jira edit DEMO-1 priority high").await, @"(only you) Your Jira account may not change DEMO-1.");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 colour red").await, @r#"(only you) DEMO-1 has no field "colour" that you can change. It has Summary, Description, Priority, Labels, Due date, Assignee, Time tracking, Parent, Story point estimate, Sprint, Tags and Reviewer."#);
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 project WEB").await, @r#"(only you) DEMO-1 has no field "project" that you can change. It has Summary, Description, Priority, Labels, Due date, Assignee, Time tracking, Parent, Story point estimate, Sprint, Tags and Reviewer."#);
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 priority enormous").await, @r#"
        (only you) Priority: `enormous` is not a choice. Choose Highest, High, Medium, Low or Lowest.
        form "Edit DEMO-1": Priority (choice: Highest / High / Medium / Low / Lowest)
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 summary nothing").await, @"(only you) Summary cannot be empty on DEMO-1.");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 estimate soon").await, @"(only you) `soon` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_is_changed_and_changed_back() {
    conversation_with(contributor, async |chat| {
        chat.linked("ada", "acme").await;
        let issue = || chat.house.issue("DEMO-1");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 priority high").await, @r"
        DEMO-1: Priority Medium -> High.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1: Priority High -> Medium.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(issue()["priority"], "Medium");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 labels +urgent -docs").await, @r"
        DEMO-1: Labels docs, first-week -> first-week, urgent.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(issue()["labels"], json!(["first-week", "urgent"]));
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1: Labels first-week, urgent -> docs, first-week.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(issue()["labels"], json!(["docs", "first-week"]));
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 labels one two").await, @r"
        DEMO-1: Labels docs, first-week -> one, two.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 due 2026-12-24").await, @r"
        DEMO-1: Due date 2026-11-25 -> 2026-12-24.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 due nothing").await, @r"
        DEMO-1: Due date 2026-12-24 -> nothing.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 assignee grace hopper").await, @r"
        DEMO-1: Assignee Ada Byron -> Grace Hopper.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1: Assignee Grace Hopper -> Ada Byron.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(issue()["assignee"], "ada");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 description Some *new* words").await, @r"
        DEMO-1: Description changed.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1: Description changed.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 estimate 2h").await, @r"
        DEMO-1: Time tracking 4h, 2h 30m left -> 2h, 2h left.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 summary A page for new people").await, @r"
        DEMO-1: Summary Write a welcome page for new people -> A page for new people.
        ‹Open in Jira› [Undo]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_asks_for_fields() {
    conversation_with(contributor, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira edit WEB-12").await, @r#"
        (only you) What shall change on WEB-12? What stays empty stays as it is.
        form "Edit WEB-12": Summary (line), Priority (choice: Highest / High / Medium / Low / Lowest), Labels (line) <- Words with spaces between, Due date (date) <- 2026-12-01, tomorrow, friday or +3d, Assignee (person), Description (paragraph) <- Markdown works, Time tracking (line) <- 2h 30m, 90m or 1d (8 hours), Parent (line) <- A key such as DEMO-1, Browser (choice: Chrome / Firefox / Safari), Platforms (choices: Desktop / Phone / Tablet)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Summary", "Login fails on phones"), ("Browser", "chrome")]).await, @r"
        WEB-12: Summary Login fails on Safari -> Login fails on phones, Browser Safari -> Chrome.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit WEB-12 browser").await, @r#"
        (only you) What shall Browser of WEB-12 be?
        form "Edit WEB-12": Browser (choice: Chrome / Firefox / Safari)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "netscape")]).await, @r#"
        (only you) Browser: `netscape` is not a choice. Choose Chrome, Firefox or Safari.
        form "Edit WEB-12": Browser* (choice: Chrome / Firefox / Safari)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "firefox")]).await, @r"
        WEB-12: Browser Chrome -> Firefox.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.completes("ada", "eng", "jira edit WEB-12 pr").await, @"Priority");
        assert_snapshot!(chat.says("ada", "eng", "jira edit OPS-2 labels +rack").await, @r"
        OPS-2: Labels hardware -> hardware, rack.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit OPS-2 assignee linus").await, @r#"
        (only you) Assignee: Nobody who can be assigned there matches `linus`. Try a part of the name as Jira has it.
        form "Edit OPS-2": Assignee (person)
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira edit OPS-2 assignee ada").await, @r"
        OPS-2: Assignee Grace Hopper -> Ada Byron.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        OPS-2: Assignee Ada Byron -> Grace Hopper.
        ‹Open in Jira› [Undo]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_copied() {
    conversation_with(contributor, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira clone DEMO-9999").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("linus", "eng", "jira clone DEMO-1").await, @"(only you) Jira did not accept this, and nothing was changed. Project 'DEMO' does not exist or you do not have permission to create issues in it.");
        assert_snapshot!(chat.says("ada", "eng", "jira clone DEMO-13").await, @"(only you) DEMO-13 is for a few, and a copy of it could be read by everyone in DEMO. Clone this one in Jira itself.");
        assert_snapshot!(chat.says("ada", "eng", "jira clone DEMO-1").await, @r"
        DEMO-26 CLONE - Write a welcome page for new people is a copy of DEMO-1.
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.house.issue("DEMO-26")["labels"], @r#"["docs","first-week"]"#);
        assert_snapshot!(chat.house.issue("DEMO-26")["links"], @r#"[{"type":"Cloners","to":"DEMO-1"}]"#);
        assert_snapshot!(chat.says("ada", "eng", "jira clone DEMO-14 Borrow another freezer").await, @r"
        DEMO-27 Borrow another freezer is a copy of DEMO-14.
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira clone WEB-7").await, @r"
        WEB-57 CLONE - The order form forgets the address is a copy of WEB-7.
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira clone CORP-1").await, @r"
        CORP-5 CLONE - Buy chairs for the new room is a copy of CORP-1.
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira clone OPS-2").await, @r"
        OPS-10 CLONE - Replace the disk in rack 4 is a copy of OPS-2.
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_epic_outside_the_grant_is_neither_set_nor_copied() {
    conversation_with(
        |setup| setup.rules = vec!["allow contributor in #eng on OPS"],
        async |chat| {
            chat.linked("ada", "corp").await;
            drop(chat.says("root", "eng", "jira admin forget reader").await.text());
            let said = chat.says("ada", "eng", "jira edit OPS-9 epic CORP-4").await.text();
            assert_eq!(said, "(only you) CORP is not among the projects that you may use here.");
            let said = chat.says("ada", "eng", "jira clone OPS-2").await.text();
            assert!(said.contains("OPS-10 CLONE - Replace the disk in rack 4 is a copy of OPS-2."), "{said}");
            let epic = |key: &str| chat.house.issue(key)["custom"].to_string().contains("CORP-4");
            assert!(epic("OPS-2") && !epic("OPS-9") && !epic("OPS-10"));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_are_made_from_lines() {
    conversation_with(contributor, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        let said = chat.says("ada", "eng", "jira batch task in HR --site acme One").await.text();
        assert!(said.starts_with("(only you) `batch` is not allowed on HR"), "{said}");
        assert_snapshot!(chat.says("ada", "eng", "jira batch task --site acme One").await, @"(only you) Say in which project. Like this: `jira batch task in DEMO First title`.");
        assert_snapshot!(chat.says("ada", "eng", "jira batch dream in DEMO One").await, @r#"(only you) "dream" names no type of DEMO, or several. It has Epic, Story, Task and Bug."#);
        let long = format!("jira batch task in DEMO One\nTwo\n{}", "x".repeat(300));
        assert_snapshot!(chat.says("ada", "eng", &long).await.text().replace(&"x".repeat(300), "xxx"), @r"
        (only you) Create these 3 issues in DEMO, each a Task?

        1. One
        2. Two
        3. xxx
        [Create 3] [Not now]
        ");
        let said = chat.presses("ada", "eng", "Create 3").await.text();
        assert_snapshot!(said.replace(chat.house.jira.cloud_url(), "https://acme").replace(&"x".repeat(300), "xxx"), @r"
        2 of 3 created in DEMO

        1. [DEMO-26](https://acme/browse/DEMO-26) One
        2. [DEMO-27](https://acme/browse/DEMO-27) Two
        3. xxx: Summary can't exceed 255 characters.
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira batch task in CORP - One\n- Two").await, @r#"
        (only you) CORP asks for 2 more things for all of them.
        form "Task in CORP": Due date* (date) <- 2026-12-01, tomorrow, friday or +3d, Cost centre* (line)
        "#);
        let form = [("Due date", "2026-12-24"), ("Cost centre", "4711")];
        assert_snapshot!(chat.submits("ada", "eng", &form).await, @r"
        (only you) Create these 2 issues in CORP, each a Task?

        1. One
        2. Two
        [Create 2] [Not now]
        ");
        let said = chat.presses("ada", "eng", "Create 2").await.text();
        assert_snapshot!(said.replace(chat.house.jira.dc_url(), "https://corp"), @r"
        2 created in CORP

        1. [CORP-5](https://corp/browse/CORP-5) One
        2. [CORP-6](https://corp/browse/CORP-6) Two
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_moves_to_another_type_or_project() {
    conversation_with(contributor, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        chat.linked("ada", "corp").await;
        let said = chat.says("ada", "eng", "jira move DEMO-4 to HR").await.text();
        assert!(said.starts_with("(only you) `move` is not allowed on HR"), "{said}");
        assert_snapshot!(chat.says("ada", "eng", "jira move DEMO-4").await, @"(only you) Say where it goes. Like this: `jira move DEMO-4 to WEB` or `jira move DEMO-4 as bug`.");
        assert_snapshot!(chat.says("ada", "eng", "jira move DEMO-4 to DEMO").await, @"(only you) DEMO-4 is in DEMO already.");
        assert_snapshot!(chat.says("ada", "eng", "jira move DEMO-4 as dream").await, @r#"(only you) DEMO-4 cannot become a "dream". It can become Epic, Story, Task and Bug."#);
        assert_snapshot!(chat.says("ada", "eng", "jira move DEMO-4 as bug").await, @"(only you) DEMO-4 is a Bug already.");
        assert_snapshot!(chat.says("ada", "eng", "jira move DEMO-4 as story").await, @r"
        DEMO-4: Bug -> Story.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-4: Story -> Bug.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira move DEMO-4 to WEB").await, @r"
        DEMO-4 is WEB-57 now: Bug · To Do.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        WEB-57 is DEMO-26 now: Bug · To Do.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira move OPS-2 as bug").await, @r"
        OPS-2: Task -> Bug.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira move OPS-2 to CORP").await, @r"
        This Jira lets nobody move an issue to another project from outside. Its own page does it. Nothing was moved.
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_of_several_words_needs_no_quotes() {
    conversation_with(contributor, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 due date 2026-12-24").await, @r"
        DEMO-1: Due date 2026-11-25 -> 2026-12-24.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 Story point estimate 8").await, @r"
        DEMO-1: Story point estimate 3.0 -> 8.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 time tracking 3h").await, @r"
        DEMO-1: Time tracking 4h, 2h 30m left -> 3h, 3h left.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-1 summary Due date of the page").await, @r"
        DEMO-1: Summary Write a welcome page for new people -> Due date of the page.
        ‹Open in Jira› [Undo]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sprint_team_and_groups_are_changed_and_changed_back() {
    conversation_with(planner, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-3 sprint sprint 3").await, @r"
        DEMO-3: Sprint DEMO Sprint 2 -> DEMO Sprint 3.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-3")["sprint"], 3);
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-3: Sprint DEMO Sprint 3 -> DEMO Sprint 2.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit DEMO-3 sprint nothing").await, @r"
        DEMO-3: Sprint DEMO Sprint 2 -> nothing.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-3")["sprint"], json!(null));
        assert_snapshot!(chat.says("ada", "eng", "jira edit WEB-4 team shop").await, @r"
        WEB-4: Team nothing -> Shop.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit WEB-4 team platform").await, @r"
        WEB-4: Team Shop -> Platform.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        WEB-4: Team Platform -> Shop.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("WEB-4")["custom"]["Team"], "a3a6f8f2-8b0c-4f14-9f0b-1d6f2d1f7c19");
        assert_snapshot!(chat.says("ada", "eng", "jira edit WEB-4 owners lead").await, @r"
        WEB-4: Owners nothing -> leads.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira edit OPS-2 sprint nothing").await, @r"
        OPS-2: Sprint OPS Week 47 -> nothing.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        OPS-2: Sprint nothing -> OPS Week 47.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira clone DEMO-3").await, @r"
        DEMO-26 CLONE - As a pilot I want to see the fuel level in litres is a copy of DEMO-3.
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_eq!(chat.house.issue(chat.house.jira.keys("DEMO").last().unwrap())["sprint"], json!(null));
    })
    .await;
}
