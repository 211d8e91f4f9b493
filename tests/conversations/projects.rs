//! `projects`, `project` and what they are made of: `types`, `fields`, `statuses`, `priorities`, `components`,
//! `versions`; and `person`.

use insta::assert_snapshot;

use crate::support::{Chat, Setup, conversation, conversation_with};

/// Calls the sites by names that stay.
fn named(chat: &Chat) {
    chat.house.platform.call(chat.house.jira.cloud_url(), "https://acme");
    chat.house.platform.call(chat.house.jira.dc_url(), "https://corp");
}

fn only_demo(setup: &mut Setup) {
    setup.rules = vec!["allow reader in #eng on DEMO,OPS"];
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_not_be_looked_up() {
    conversation_with(only_demo, async |chat| {
        named(chat);
        chat.linked("ada", "acme").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        chat.says("root", "eng", "jira admin deny versions in #eng").await.text();
        for tool in ["project", "types", "fields", "statuses", "components"] {
            let said = chat.says("ada", "eng", &format!("jira {tool} WEB")).await.text();
            assert!(said.starts_with(&format!("(only you) `{tool}` is not allowed on WEB in #eng.")), "{said}");
        }
        assert_snapshot!(chat.says("ada", "eng", "jira versions DEMO").await, @"(only you) `versions` is denied to you in #eng. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 33. An admin can change that with `jira admin forget versions in #eng for everyone`.");
        assert_snapshot!(chat.says("ada", "eng", "jira project").await, @"(only you) `project` needs the project's key, such as DEMO. Like this: `jira project DEMO`.");
        // What may not be used here is not listed either.
        assert_snapshot!(chat.says("ada", "eng", "jira projects").await, @r"
        1 project

        - [DEMO](https://acme/browse/DEMO)  Demo engine
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira projects web").await, @r#"(only you) No project here matches "web"."#);
        assert_snapshot!(chat.says("ada", "eng", "jira types").await, @r"
        (only you) In which project?
        [DEMO Demo engine]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there() {
    conversation(async |chat| {
        named(chat);
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira project HR").await, @"(only you) HR does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira versions NOPE").await, @"(only you) NOPE does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira fields DEMO saga").await, @r#"
        (only you) No type in DEMO is called "saga". There are:
        menu: Epic / Story / Task / Bug / Sub-task
        "#);
        assert_snapshot!(chat.says("linus", "eng", "jira fields DEMO bug").await, @"(only you) Jira did not accept this. Project 'DEMO' does not exist or you do not have permission to create issues in it.");
        assert_snapshot!(chat.says("ada", "eng", "jira person nobody-at-all").await, @r#"(only you) Nobody in Jira matches "nobody-at-all"."#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_of_the_cloud_is_looked_through() {
    conversation(async |chat| {
        named(chat);
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira projects").await, @r"
        (only you) 2 projects

        - [DEMO](https://acme/browse/DEMO)  Demo engine
        - [WEB](https://acme/browse/WEB)  Website
        [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira projects engine").await, @r#"
        1 project matches "engine"

        - [DEMO](https://acme/browse/DEMO)  Demo engine
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira project demo").await, @r"
        **DEMO**  Demo engine

        The engine that everybody may play with.

        Lead: Grace Hopper · Types: Epic, Story, Task, Bug, Sub-task
        ‹Open in Jira› [Versions] [Components] [Statuses]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Components").await, @r"
        DEMO has 2 components

        - Pump · Ada Byron: Fuel and oil
        - Gauge
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira types DEMO").await, @r"
        DEMO has 5 types

        - Epic: A big piece of work that holds others.
        - Story: Something a user wants.
        - Task: A small piece of work.
        - Bug: Something that is broken.
        - Sub-task (a part of another issue): A part of another issue.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira types").await, @r"
        (only you) In which project?
        [DEMO Demo engine] [WEB Website]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "WEB Website").await, @r"
        (only you, in its place) WEB has 5 types

        - Bug: Something that is broken.
        - Task: A small piece of work.
        - Story: Something a user wants.
        - Epic: A big piece of work that holds others.
        - Sub-task (a part of another issue): A part of another issue.
        ‹Open in Jira› [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira fields WEB bug").await, @r"
        (only you) Creating a Bug in WEB asks for

        - Summary
        - Browser: Chrome, Firefox, Safari

        and may have

        - Description
        - Priority: Highest, High, Medium, Low, Lowest
        - Labels
        - Due date
        - Assignee
        - Linked Issues
        - Time tracking
        - Attachment
        - Parent
        - Platforms: Desktop, Phone, Tablet
        - Found in
        ‹Open in Jira› [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira fields WEB").await, @r"
        (only you) Of which type in WEB?
        menu: Bug / Task / Story / Epic / Sub-task
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira statuses DEMO").await, @r"
        Statuses in DEMO

        - Epic, Story, Task, Bug, Sub-task: To Do, In Progress, Ready for review, Released, Done
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira priorities").await, @r"
        (only you) Priorities, the most urgent first

        - Highest
        - High
        - Medium
        - Low
        - Lowest
        [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira versions DEMO").await, @r"
        DEMO has 4 versions

        - 3.0 · no date yet
        - 2.4 · due 1 Dec 2026: Half full and running
        - 2.3 · released 23 Oct 2026: The quiet one
        - 2.2 · released 6 May 2026 · archived
        ‹Open in Jira› [Release 3.0] [Release 2.4]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira person gra").await, @r#"
        (only you) 2 people match "gra"

        - Grace Hopper · Etc/UTC
        - Gracie Lane · Etc/UTC
        "#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_of_the_data_center_is_looked_through() {
    conversation(async |chat| {
        named(chat);
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira projects").await, @r"
        (only you) 2 projects

        - [CORP](https://corp/browse/CORP)  Company
        - [OPS](https://corp/browse/OPS)  Operations
        [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira project OPS").await, @r"
        **OPS**  Operations

        What keeps the lights on. An incident names its impact.

        Lead: Grace Hopper · Serves customers · Types: Incident, Task, Bug, Sub-task
        ‹Open in Jira› [Versions] [Components] [Statuses]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira types OPS").await, @r"
        OPS has 4 types

        - Incident: Something is down.
        - Task: A small piece of work.
        - Bug: Something that is broken.
        - Sub-task (a part of another issue): A part of another issue.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira fields OPS incident").await, @r"
        Creating an Incident in OPS asks for

        - Summary
        - Impact: Low, Medium, High

        and may have

        - Description
        - Priority: Highest, High, Medium, Low, Lowest
        - Labels
        - Due date
        - Assignee
        - Linked Issues
        - Time tracking
        - Attachment
        - Started at
        - Informed
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira statuses OPS").await, @r"
        Statuses in OPS

        - Incident, Task, Bug, Sub-task: Open, In Progress, Reopened, Resolved, Closed
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira priorities").await, @r"
        (only you) Priorities, the most urgent first

        - Highest
        - High
        - Medium
        - Low
        - Lowest
        [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira components OPS").await, @r"
        OPS has 1 component

        - Network · Grace Hopper
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira versions OPS").await, @r"
        OPS has 3 versions

        - Autumn · was due 19 Nov 2026
        - Spring · no date yet
        - Winter · due 12 Dec 2026: New racks
        ‹Open in Jira› [Release Autumn] [Release Spring] [Release Winter]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira person gra").await, @r#"
        (only you) 2 people match "gra"

        - Grace Hopper · grace@engine.example · Etc/UTC
        - Gracie Lane · gracie@engine.example · Etc/UTC
        "#);
    })
    .await;
}
