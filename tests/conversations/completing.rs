//! How an unfinished line may go on, with the asker's own rights.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn commands_and_their_arguments_are_completed() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let rows = chat.house.rows().len();
        let complete = async |line: &str| chat.completes("ada", "eng", line).await;
        assert_snapshot!(complete("jira ").await, @"view | find | mine | recent | create | batch | edit | clone | move | status | assign | comment | attach | attachments | log | watch | unwatch | comments | history | transitions | watchers | worklogs | children | epic | vote | unvote | unassign | link-types | link | unlink | weblink | edit-comment | timesheet | boards | sprints | sprint | backlog | plan | unplan | rank | create-sprint | start-sprint | close-sprint | chart | projects | project | types | fields | statuses | priorities | components | versions | create-version | release | unrelease | person | filters | filter | queues | queue | request-types | request | sla | connect | disconnect | whoami | activity | default | tools | help");
        assert_snapshot!(complete("jira c").await, @"create | clone | comment | comments | children | create-sprint | close-sprint | chart | components | create-version | connect");
        assert_snapshot!(complete("jira connect ").await, @"acme | corp");
        assert_snapshot!(complete("jira help st").await, @"status | start-sprint | statuses");
        assert_snapshot!(complete("jira admin a").await, @"admit | allow | approve | audit");
        assert_snapshot!(complete("jira status DEMO-1 in p").await, @"In Progress");
        assert_snapshot!(complete("jira status DEMO-1 ").await, @"In Progress | Ready for review | Released | Done");
        assert_snapshot!(complete("jira status DEMO-2").await, @"DEMO-24 | DEMO-25 | DEMO-2 | DEMO-21 | DEMO-22 | DEMO-20 | DEMO-23");
        assert_snapshot!(complete("jira view ").await, @"DEMO-24 | DEMO-3 | DEMO-1 | WEB-6 | DEMO-13 | WEB-44 | DEMO-6 | DEMO-14 | DEMO-21 | WEB-7 | DEMO-12 | WEB-1 | DEMO-23");
        assert_snapshot!(complete("jira view safari").await, @"WEB-12 | WEB-31");
        assert_snapshot!(complete("jira assign DEMO-1 gra").await, @"Grace Hopper | Gracie Lane");
        assert_snapshot!(complete("jira assign DEMO-1 ").await, @"me | nobody | Ada Byron | Grace Hopper | Gracie Lane");
        assert_snapshot!(complete("jira create b").await, @"Bug");
        assert_snapshot!(complete("jira create bug in D").await, @"DEMO");
        assert_snapshot!(complete("jira create in DEMO s").await, @"Story | Task");
        assert_snapshot!(complete("jira create bug in DEMO --pri").await, @"--priority");
        assert_snapshot!(complete("jira create bug in DEMO --priority h").await, @"Highest | High");
        assert_snapshot!(complete("jira create bug in DEMO for g").await, @"Grace Hopper | Gracie Lane");
        assert_snapshot!(complete("jira log DEMO-1 1").await, @"15m | 1h | 1d");
        assert_snapshot!(complete("jira find safari").await, @"Login fails on Safari | Safari 17: cookie dropped");
        assert_snapshot!(complete("jira find in ").await, @"DEMO | WEB");
        assert_snapshot!(complete("jira comment DEMO-").await.split(" | ").count(), @"20");
        assert_eq!(chat.house.rows().len(), rows, "completions leave no row");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_completed_that_the_person_could_not_do_or_see() {
    conversation(async |chat| {
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.completes("linus", "general", "jira ").await, @"view | find | mine | recent | attachments | comments | history | transitions | watchers | worklogs | children | epic | link-types | timesheet | boards | sprints | sprint | backlog | chart | projects | project | types | fields | statuses | priorities | components | versions | person | filters | filter | queues | queue | request-types | sla | connect | disconnect | whoami | activity | default | tools | help");
        assert_snapshot!(chat.completes("linus", "general", "jira status DEMO-1 ").await, @"");
        assert_snapshot!(chat.completes("linus", "general", "jira view HR-").await, @"");
        assert_snapshot!(chat.completes("linus", "general", "jira find in ").await, @"DEMO | WEB");
        // Not linked: nothing to ask Jira as.
        assert_snapshot!(chat.completes("mallory", "eng", "jira view DEMO-").await, @"");
        chat.house.jira.fail(usher_sandbox::Fault::once("", "", usher_sandbox::Effect::Html { status: 502 }).times(9));
        assert_snapshot!(chat.completes("linus", "general", "jira view DEMO-").await, @"");
    })
    .await;
}
