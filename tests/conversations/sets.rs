//! Toolsets and profiles of a workspace's own.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_makes_a_toolset_and_a_profile_and_grants_one_to_the_other() {
    conversation(async |chat| {
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("root", "general", "jira admin toolset create triage view find comment status").await, @"(only you) `triage` holds 4 tools now: view, find, status, comment.");
        assert_snapshot!(chat.says("root", "general", "jira admin profile create oncall role:@sre person:@ada").await, @"(only you) `oncall` is now @‸sre, @ada.");
        assert_snapshot!(chat.says("root", "general", "jira admin allow triage in #general for oncall on DEMO until friday").await, @"(only you) oncall may now use 4 tools on DEMO in #general until the end of Friday, 27 November 2026 (UTC).");
        assert_snapshot!(chat.says("linus", "general", "jira comment DEMO-4 hello").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in #general for person:linus`.
        [Ask an admin]
        ");
        chat.house.platform.set_roles("linus", &["sre"]);
        assert_snapshot!(chat.says("linus", "general", "jira comment DEMO-4 hello").await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("root", "general", "jira admin toolset remove triage comment").await, @"(only you) `triage` holds 3 tools now: view, find, status. This rule follows it: `allow triage in #general for oncall on DEMO until 2026-11-28T00:00:00Z`.");
        assert_snapshot!(chat.says("linus", "general", "jira comment DEMO-4 again").await, @r"
        (only you) `comment` is not allowed in #general. Allowed here: view, find, mine, recent, status, attachments, … `jira tools` lists all 35. An admin can change that with `jira admin allow comment in #general for person:linus`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("root", "general", "jira admin policy #general").await, @r"
        (only you) | #general (66 tools) | everyone | oncall |
        | --- | --- | --- |
        | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes | yes |
        | create batch edit clone move assign comment attach log watch unwatch delete vote unvote unassign link unlink weblink edit-comment delete-comment unlog plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | - | - |
        | status | - | DEMO until the end of Friday, 27 November 2026 (UTC) |

        Touches many issues at once: batch, plan, unplan, close-sprint, release.

        Carries something out of Jira: attachments.

        Customers may see what it writes: comment, attach, edit-comment, request.
        ");
        assert_snapshot!(chat.says("root", "general", "jira admin explain @ada status in #general").await, @"(only you) Yes: @ada may use `status` in #general, through `allow triage in #general for oncall on DEMO until 2026-11-28T00:00:00Z`.");
        assert_snapshot!(chat.says("root", "general", "jira admin toolset delete triage").await, @"(only you) `triage` cannot be deleted while rules name it: `allow triage in #general for oncall on DEMO until 2026-11-28T00:00:00Z`. Take them back first, with `jira admin forget …`.");
        assert_snapshot!(chat.says("root", "general", "jira admin profile delete oncall").await, @"(only you) `oncall` cannot be deleted while rules name it: `allow triage in #general for oncall on DEMO until 2026-11-28T00:00:00Z`. Take them back first, with `jira admin forget …`.");
        assert_snapshot!(chat.says("root", "general", "jira admin toolset").await, @r"
        (only you) - `triage` (3 tools): view, find, status

        Built in: `reader`, `contributor`, `manager`, `read-only` and `all-approved`.
        ");
        assert_snapshot!(chat.says("root", "general", "jira admin profile").await, @"(only you) - `oncall`: @‸sre, @ada");
        // Neither may others.
        assert_snapshot!(chat.says("linus", "general", "jira admin toolset add triage comment").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sets_that_mean_nothing() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("root", "eng", "jira admin toolset make triage view").await, @"(only you) I cannot read `admin toolset`. `jira help admin` lists them, like this: `jira admin allow contributor in #eng`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin toolset create status view").await, @"(only you) `status` is a tool. Choose another name.");
        assert_snapshot!(chat.says("root", "eng", "jira admin toolset create triage").await, @"(only you) Name the tools too. Like this: `jira admin toolset create triage view find`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin toolset create triage veiw").await, @"(only you) I don't know a tool or toolset `veiw`. Did you mean `view`?");
        assert_snapshot!(chat.says("root", "eng", "jira admin profile create oncall everyone").await, @"(only you) Everyone is everyone already. Name roles and people, such as `role:@sre person:@ada`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin profile show oncall").await, @"(only you) There is no profile `oncall` here. `jira admin profile create` makes one.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_native_command_reads_the_same() {
    conversation(async |chat| {
        let options = [("action", "create"), ("name", "triage"), ("tools", "view find")];
        assert_snapshot!(chat.slashes("root", "eng", "admin toolset", &options).await, @"(only you) `triage` holds 2 tools now: view, find.");
        let options = [("action", "show"), ("name", "triage")];
        assert_snapshot!(chat.slashes("root", "eng", "admin toolset", &options).await, @"(only you) `triage` holds 2 tools: view, find.");
        assert_snapshot!(chat.slashes("root", "eng", "admin toolset", &[]).await, @r"
        (only you) - `triage` (2 tools): view, find

        Built in: `reader`, `contributor`, `manager`, `read-only` and `all-approved`.
        ");
    })
    .await;
}
