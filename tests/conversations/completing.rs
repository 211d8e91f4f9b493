//! How an unfinished line may go on, with the asker's own rights.

use std::time::Duration;

use insta::assert_snapshot;
use usher_sandbox::{Effect, Fault};

use crate::support::{Setup, conversation, conversation_with};

/// As long as what was found is good.
const LIFE: Duration = Duration::from_secs(60);
/// Longer than any test, so that an answer never comes.
const NEVER: Effect = Effect::Slow { ms: 3_600_000 };

fn all_scopes(setup: &mut Setup) {
    setup.all_scopes = true;
    setup.rules = vec!["allow manager in #eng on DEMO,WEB,OPS"];
}

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

#[tokio::test(flavor = "multi_thread")]
async fn whatever_has_a_name_is_completed() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("grace", "acme").await;
        let complete = async |line: &str| chat.completes("grace", "eng", line).await;
        assert_snapshot!(complete("jira release DEMO ").await, @"2.2 | 2.3 | 2.4 | 3.0");
        assert_snapshot!(complete("jira release DEMO 2.").await, @"2.2 | 2.3 | 2.4");
        assert_snapshot!(complete("jira filter ").await, @"Everything | Pay");
        assert_snapshot!(complete("jira filter w").await, @"");
        assert_snapshot!(complete("jira backlog ").await, @"DEMO board | Shop window | All engines | People");
        assert_snapshot!(complete("jira sprint e").await, @"DEMO board | All engines | People");
        assert_snapshot!(complete("jira plan DEMO-8 into ").await, @"DEMO-8 into DEMO Sprint 2 | DEMO-8 into DEMO Sprint 3");
        assert_snapshot!(complete("jira plan DEMO-8 DEMO-9 into demo sprint 3").await, @"DEMO-8 DEMO-9 into DEMO Sprint 3");
        assert_snapshot!(complete("jira unplan DEMO-8 DEMO-24").await, @"DEMO-8 DEMO-24");
        assert_snapshot!(complete("jira close-sprint on DEMO ").await, @"DEMO Sprint 2 | DEMO Sprint 3");
        assert_snapshot!(complete("jira chart ").await, @"status | assignee | created-vs-resolved | burndown | velocity");
        assert_snapshot!(complete("jira chart burndown --sprint ").await, @"DEMO Sprint 2 | DEMO Sprint 1");
        assert_snapshot!(complete("jira chart burndown ").await, @"DEMO board | Shop window | All engines | People");
        assert_snapshot!(complete("jira chart status ").await, @"");
        assert_snapshot!(complete("jira queue WEB ").await, @"Open faults | Nobody's | Everything");
        assert_snapshot!(complete("jira queue DEMO ").await, @"");
        assert_snapshot!(complete("jira request WEB a").await, @"Ask a question | Report a fault");
        assert_snapshot!(complete("jira person gr").await, @"Grace Hopper | Gracie Lane");
        assert_snapshot!(complete("jira assign DEMO-1 n").await, @"nobody");
        assert_snapshot!(complete("jira status DEMO-5 ").await, @"To Do | In Progress | Ready for review | Released");
        assert_snapshot!(complete("jira link DEMO-1 ").await, @"blocks | clones | duplicates | is blocked by | is cloned by | is duplicated by | relates to");
        assert_snapshot!(complete("jira link DEMO-1 blocks WEB-1").await, @"blocks WEB-12 | blocks WEB-1");
        assert_snapshot!(complete("jira edit DEMO-1 lab").await, @"Labels");
        assert_snapshot!(complete("jira edit DEMO-1 labels ").await, @"cleanup | docs | engine | first-week | fun | gauge | release-2.4 | security | unicode");
        assert_snapshot!(complete("jira edit DEMO-1 labels +docs -f").await, @"+docs -first-week | +docs -fun");
        assert_snapshot!(complete("jira edit DEMO-1 priority h").await, @"Highest | High");
        assert_snapshot!(complete("jira edit DEMO-1 assignee gr").await, @"Grace Hopper | Gracie Lane");
        assert_snapshot!(complete("jira edit DEMO-1 assignee hop").await, @"Grace Hopper");
        // A type of where the issue goes, not of where it is.
        assert_snapshot!(complete("jira move DEMO-1 to WEB as ").await, @"Bug | Task | Story | Epic");
        assert_snapshot!(complete("jira move DEMO-1 as ").await, @"Epic | Story | Task | Bug");
        assert_snapshot!(complete("jira projects we").await, @"WEB");
        chat.linked("grace", "corp").await;
        assert_snapshot!(complete("jira release OPS ").await, @"Winter | Spring | Autumn");
        assert_snapshot!(complete("jira queue OPS ").await, @"Open incidents");
        assert_snapshot!(complete("jira request OPS ").await, @"Something is down");
        assert_snapshot!(complete("jira edit OPS-2 labels ").await, @"hardware");
        assert_snapshot!(complete("jira move OPS-2 as ").await, @"Incident | Task | Bug");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_is_kept_for_its_person_alone() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        let calls = || chat.house.calls().len();
        chat.house.jira.clear_calls();
        let transitions = "jira status DEMO-1 ";
        assert_snapshot!(chat.completes("ada", "eng", transitions).await, @"In Progress | Ready for review | Released | Done");
        assert_eq!(calls(), 2, "the issue's project, and at the same time what can be done with it");
        assert_snapshot!(chat.completes("ada", "eng", "jira status DEMO-1 re").await, @"Ready for review | Released | In Progress");
        assert_eq!(calls(), 2);
        // Linus may only look. What Ada was told is not for him.
        assert_snapshot!(chat.completes("linus", "eng", transitions).await, @"");
        assert_eq!(calls(), 4);
        chat.later(LIFE);
        chat.completes("ada", "eng", transitions).await;
        assert_eq!(calls(), 6, "it is asked anew after a while");
        // A change may have changed what there is.
        chat.says("ada", "eng", "jira status DEMO-1 done").await.text();
        assert_snapshot!(chat.completes("ada", "eng", transitions).await, @"To Do | In Progress | Ready for review | Released");
        chat.says("ada", "dm", "disconnect").await.text();
        chat.house.jira.clear_calls();
        assert_snapshot!(chat.completes("ada", "eng", transitions).await, @"");
        assert_eq!(calls(), 0);
        // The same person, linked as somebody who may less.
        chat.says("linus", "dm", "disconnect").await.text();
        chat.linked_as("ada", "acme", "linus").await;
        assert_snapshot!(chat.completes("ada", "eng", transitions).await, @"");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_jira_that_takes_too_long() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let complete = async |line: &str| chat.completes("ada", "eng", line).await;
        assert_snapshot!(complete("jira assign DEMO-1 g").await, @"Grace Hopper | Gracie Lane");
        chat.house.jira.fail(Fault::once("", "user/assignable/search", NEVER).times(9));
        // What was found for one letter fits the next ones as well.
        assert_snapshot!(complete("jira assign DEMO-1 gracie").await, @"Gracie Lane");
        assert_snapshot!(complete("jira assign DEMO-1 n").await, @"nobody");
        chat.house.jira.fail(Fault::once("", "filter/my", NEVER));
        assert_snapshot!(complete("jira filter ").await, @"");
        chat.house.jira.clear_faults();
        // What must be known of the project does not keep the question itself waiting.
        chat.house.jira.fail(Fault::once("", "project/DEMO/versions", Effect::Slow { ms: 0 }));
        chat.house.jira.fail(Fault::once("", "project/DEMO", NEVER));
        chat.house.jira.clear_calls();
        assert_snapshot!(complete("jira release DEMO ").await, @"");
        assert_eq!(chat.house.calls(), ["GET project/DEMO/versions"]);
    })
    .await;
}
