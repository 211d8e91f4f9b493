//! Profiles that Jira's groups make.

use std::time::Duration;

use insta::assert_snapshot;
use usher_sandbox::{Effect, Fault};

use crate::support::{Chat, conversation};

/// How often groups were asked of Jira since the calls were cleared.
fn asked(chat: &Chat) -> usize {
    chat.house.jira.calls().iter().filter(|call| call.path.ends_with("/myself")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jira_group_is_asked_of_jira_as_the_person_and_kept_five_minutes() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        chat.house.jira.clear_calls();
        let comment = async |who: &str| chat.says(who, "general", "jira comment DEMO-4 hello").await;
        assert_snapshot!(comment("ada").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:ada`.
        [Ask an admin]
        ");
        assert_eq!(asked(chat), 0, "no rule names a group");
        assert_snapshot!(chat.says("root", "general", "jira admin allow comment in #general for jira-group:Engineering@acme").await, @"(only you) jira-group:engineering@acme may now use `comment` in #general.");
        assert_eq!(asked(chat), 0, "root is linked nowhere");
        assert!(comment("ada").await.text().contains("Comment added"));
        assert!(comment("ada").await.text().contains("Comment added"));
        assert_eq!(asked(chat), 1);
        chat.later(Duration::from_secs(5 * 60 + 1));
        assert!(comment("ada").await.text().contains("Comment added"));
        assert_eq!(asked(chat), 2);
        assert_snapshot!(chat.says("root", "general", "jira admin explain @ada comment in #general").await, @"(only you) Yes: @ada may use `comment` in #general, through `allow comment in #general for jira-group:engineering@acme`. Customers may see what it writes.");
        assert_snapshot!(chat.says("root", "general", "jira admin policy #general").await, @r"
        (only you) | #general (66 tools) | everyone | jira-group:engineering@acme |
        | --- | --- | --- |
        | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes | yes |
        | create batch edit clone move status assign attach log watch unwatch delete vote unvote unassign link unlink weblink edit-comment delete-comment unlog plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | - | - |
        | comment | - | yes |

        Touches many issues at once: batch, plan, unplan, close-sprint, release.

        Carries something out of Jira: attachments.

        Customers may see what it writes: comment, attach, edit-comment, request.
        ");

        // In a profile it counts too, and who is linked nowhere is in no group.
        drop(chat.says("root", "general", "jira admin forget comment in #general for jira-group:engineering@acme").await.text());
        drop(chat.says("root", "general", "jira admin profile create devs jira-group:engineering@acme @eve").await.text());
        drop(chat.says("root", "general", "jira admin allow comment in #general for devs").await.text());
        assert!(comment("ada").await.text().contains("Comment added"));
        assert_snapshot!(comment("grace").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:grace`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("root", "general", "jira admin allow comment for jira-group:x@nosuch").await, @"(only you) I don't know the site `nosuch`. I know `acme` and `corp`.");
        assert_snapshot!(chat.says("root", "general", "jira admin allow comment for jira-group:x").await, @"(only you) `jira-group:x` names no group of a Jira site. Write the group's name and the site, such as `jira-group:support@corp`.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_groups_cannot_be_read_belongs_to_none() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        drop(chat.says("root", "general", "jira admin allow comment in #general for jira-group:engineering@acme").await.text());
        chat.house.jira.fail(Fault::once("GET", "/myself", Effect::Status { status: 403, body: None }));
        let comment = async |who: &str| chat.says(who, "general", "jira comment DEMO-4 hello").await;
        assert_snapshot!(comment("ada").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:ada`.
        [Ask an admin]
        ");
        chat.house.jira.clear_faults();
        assert!(comment("ada").await.text().contains("not allowed"), "a failure is kept for a while");
        chat.later(Duration::from_secs(31));
        assert!(comment("ada").await.text().contains("Comment added"));
        // With the link the membership goes.
        drop(chat.says("ada", "dm", "disconnect acme").await.text());
        assert!(comment("ada").await.text().contains("not allowed"));
    })
    .await;
}
