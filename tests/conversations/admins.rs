//! Who may do what: the admin commands, and who may give them.

use std::time::Duration;

use insta::assert_snapshot;
use usher::config::{Forbidden, NewTools};

use crate::support::{Setup, conversation, conversation_with};

/// As an owner would set it up who wants to see each tool that changes something first.
fn careful(setup: &mut Setup) {
    setup.governance.new_tools = NewTools::Read;
    setup.rules = Vec::new();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_and_owners_give_admin_commands() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("linus", "eng", "jira admin allow manager in #eng").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        assert_snapshot!(chat.says("root", "dm", "admin policy").await, @"(only you) Admin commands belong in a channel of the workspace that they are for.");
        chat.house.platform.set_admin("linus", true);
        assert_snapshot!(chat.says("linus", "eng", "jira admin deny log in #eng").await, @"(only you) Everyone may no longer use `log` in #eng.");
        // The platform is asked each time: yesterday's admin is none.
        chat.house.platform.set_admin("linus", false);
        assert_snapshot!(chat.says("linus", "eng", "jira admin forget log in #eng").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        assert_snapshot!(chat.house.trail(1).join("\n"), @r"
        root policy done
        linus decision deny:not-admin
        root decision deny:no-workspace
        linus policy done
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn admin_commands_that_mean_nothing() {
    conversation(async |chat| {
        for line in ["jira admin", "jira admin grant view", "jira admin policy #eng #general"] {
            assert!(chat.says("root", "eng", line).await.text().contains("jira help admin"), "{line}");
        }
        assert_snapshot!(chat.says("root", "eng", "jira admin allow").await, @"(only you) I cannot read `admin allow`. `jira help admin` lists them, like this: `jira admin allow contributor in #eng`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin allow contributer in #eng").await, @"(only you) I don't know a tool or toolset `contributer`. Did you mean `contributor`?");
        assert_snapshot!(chat.says("root", "eng", "jira admin allow fly in #eng").await, @"(only you) I don't know a tool or toolset `fly`. Did you mean `sla`?");
        assert_snapshot!(chat.says("root", "eng", "jira admin allow view on de-mo").await, @"(only you) `de-mo` is no project key. Write keys such as `DEMO`, with commas between.");
        assert_snapshot!(chat.says("root", "eng", "jira admin allow view until yesterday").await, @"(only you) I don't know when `yesterday` is. Write a day such as `friday` or `2027-03-31`, or a time from now such as `3d` or `12h`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin explain @linus fly").await, @"(only you) I don't know a tool or toolset `fly`. Did you mean `sla`?");
        assert_snapshot!(chat.says("root", "eng", "jira admin forget view in #eng").await, @"(only you) Nothing changed: there is no such rule. `jira admin policy` shows what holds.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_wait_for_review_and_are_approved_with_a_press() {
    conversation_with(careful, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` waits for an admin's review here. Allowed here: view, find, mine, recent, comments, history, … `jira tools` lists all 33. An admin can change that with `jira admin approve comment`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin allow contributor in #eng for @support on DEMO").await, @r"
        (only you) @‸support may now use 63 tools on DEMO in #eng. 30 of them are waiting for review: create, batch, edit, clone, move, status, assign, comment, attach, attachments, log, watch and 18 more.
        [Approve them] [Show them]
        ");
        assert_snapshot!(chat.presses("root", "eng", "Approve them").await, @"(only you) Approved: create, batch, edit, clone, move, status, assign, comment, attach, attachments, log, watch and 18 more.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` is not allowed in #eng. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #eng for person:ada`.
        [Ask an admin]
        ");
        chat.house.platform.set_roles("ada", &["support"]);
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin policy #eng").await, @r"
        (only you) | #eng (66 tools) | everyone | @‸support |
        | --- | --- | --- |
        | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes | yes |
        | create batch edit clone move status assign comment attach log watch unwatch vote unvote unassign link unlink weblink edit-comment plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | - | DEMO |
        | delete delete-comment unlog | waits | waits |

        Touches many issues at once: batch, plan, unplan, close-sprint, release.

        Carries something out of Jira: attachments.

        Customers may see what it writes: comment, attach, edit-comment, request.
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin block comment log").await, @"(only you) Blocked: comment, log. Nobody can use this here, whatever the rules say.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) `comment` is blocked here. Allowed here: view, find, mine, recent, create, batch, … `jira tools` lists all 61. An admin can change that with `jira admin approve comment`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin approve all").await, @"(only you) Approved: delete, delete-comment, unlog. comment, log stay blocked until approved by name. No rule allows delete, delete-comment, unlog yet; `jira admin allow delete for everyone` would.");
        assert_snapshot!(chat.says("root", "eng", "jira admin policy").await, @r"
        (only you) | Whole workspace (66 tools) | everyone |
        | --- | --- |
        | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes |
        | create batch edit clone move status assign attach watch unwatch delete vote unvote unassign link unlink weblink edit-comment delete-comment unlog plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | - |
        | comment log | blocked |

        Touches many issues at once: batch, plan, unplan, close-sprint, release.

        Carries something out of Jira: attachments.

        Customers may see what it writes: comment, attach, edit-comment, request.

        Channels with rules of their own: #eng. `jira admin policy #channel` shows them.

        `acme`: credentials confirmed by a first successful call at 22 Nov 2026 10:00 UTC. `corp`: no call from here has worked yet.
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deny_wins_until_it_is_forgotten() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("root", "eng", "jira admin deny comment in #eng for @ada").await, @"(only you) @ada may no longer use `comment` in #eng.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) `comment` is denied to you in #eng. Allowed here: view, find, mine, recent, create, batch, … `jira tools` lists all 62. An admin can change that with `jira admin forget comment in #eng for person:ada`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin explain @ada comment").await, @"(only you) No: `deny comment in #eng for person:ada` is in the way. `jira admin forget comment in #eng for person:ada` would change that.");
        assert_snapshot!(chat.says("root", "eng", "jira admin allow comment in #eng for @ada").await, @r"
        (only you) @ada may now use `comment` in #eng.

        This replaces `deny comment in #eng for person:ada`.
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin explain @ada comment in #eng on DEMO").await, @"(only you) Yes: @ada may use `comment` in #eng, through `allow contributor in #eng for everyone on DEMO,OPS` and `allow comment in #eng for person:ada`. Customers may see what it writes.");
        assert_snapshot!(chat.says("root", "eng", "jira admin explain @ada comment in #general").await, @"(only you) No: nothing grants `comment` in #general. `jira admin allow comment in #general for person:ada` would change that.");
        assert_snapshot!(chat.says("root", "eng", "jira admin forget comment in #eng for @ada").await, @"(only you) Taken back: `allow comment in #eng for person:ada`.");
        chat.house.platform.leaves("linus");
        assert_snapshot!(chat.says("root", "eng", "jira admin explain @linus view").await, @"(only you) No: @linus is not in this workspace.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_ends_when_it_says() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("root", "general", "jira admin allow comment in #general until 2h").await, @"(only you) Everyone may now use `comment` in #general until Sunday, 22 November 2026, 12:00 UTC.");
        assert!(chat.says("ada", "general", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
        assert_snapshot!(chat.says("root", "general", "jira admin policy #general").await, @r"
        (only you) | #general (66 tools) | everyone |
        | --- | --- |
        | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes |
        | create batch edit clone move status assign attach log watch unwatch delete vote unvote unassign link unlink weblink edit-comment delete-comment unlog plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | - |
        | comment | yes until Sunday, 22 November 2026, 12:00 UTC |

        Touches many issues at once: batch, plan, unplan, close-sprint, release.

        Carries something out of Jira: attachments.

        Customers may see what it writes: comment, attach, edit-comment, request.
        ");
        chat.later(Duration::from_secs(2 * 3600 + 1));
        assert_snapshot!(chat.says("ada", "general", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:ada`.
        [Ask an admin]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_configuration_forbids_no_admin_allows() {
    let ceiling = |setup: &mut Setup| {
        setup.governance.forbid = vec![Forbidden::Tool("log".parse().unwrap())];
    };
    conversation_with(ceiling, async |chat| {
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-4 1h").await, @"(only you) `log` is switched off everywhere by the owner's configuration. Allowed here: view, find, mine, recent, create, batch, … `jira tools` lists all 62.");
        assert_snapshot!(chat.says("root", "eng", "jira admin allow log in #eng").await, @"(only you) The rule is kept, but the owner's configuration forbids log everywhere.");
        assert_snapshot!(chat.says("root", "eng", "jira admin approve log").await, @"(only you) The owner's configuration forbids `log` everywhere.");
        assert_snapshot!(chat.says("root", "eng", "jira admin explain @ada log").await, @"(only you) No: the owner's configuration forbids `log` everywhere.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_refusals_within_a_minute_are_one_row() {
    conversation(async |chat| {
        let rows = chat.house.trail(0).len();
        for _ in 0..20 {
            assert!(chat.says("ada", "general", "jira comment DEMO-4 hello").await.text().contains("not allowed"));
        }
        assert_eq!(chat.house.trail(rows), ["ada comment deny:no-grant"]);
        chat.later(Duration::from_secs(61));
        let now = usher::clock::Clock::now(&*chat.house.core().clock).as_millisecond();
        chat.house.core().audit.close_folds(now).await.unwrap();
        assert_snapshot!(chat.house.rows().last().unwrap().detail, @r#"{"repeated":19,"last":1795341600000}"#);
    })
    .await;
}
