//! Native commands: the same requests, with options by name.

use insta::assert_snapshot;
use usher_chat::Command;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn tools_take_their_options_by_name() {
    conversation(async |chat| {
        assert_snapshot!(chat.slashes("ada", "eng", "view", &[("key", "DEMO-5")]).await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-5.
        [Link acme] [Link corp]
        ");
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.slashes("ada", "eng", "view", &[("key", "DEMO-5")]).await, @r"
        DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.slashes("ada", "eng", "view", &[]).await, @"(only you) `view` needs the issue's key, such as DEMO-7. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.slashes("ada", "eng", "view", &[("key", "--help")]).await, @"(only you) `--help` is not an issue key. Like this: `jira view DEMO-7`.");
        let words = [("project", "DEMO"), ("words", "search \"box\" --project=WEB")];
        assert_snapshot!(chat.slashes("ada", "eng", "find", &words).await, @"(only you) Nothing found in DEMO.");
        let create =
            [("type", "bug"), ("project", "demo"), ("summary", "for whom in DEMO"), ("assignee", "grace hopper")];
        assert_snapshot!(chat.slashes("ada", "eng", "create", &create).await, @r"
        Ada Byron created **DEMO-26** for whom in DEMO · Bug · Medium · Grace Hopper
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let comment = [("key", "DEMO-4"), ("text", "--site corp \"quoted\"")];
        assert!(chat.slashes("ada", "eng", "comment", &comment).await.text().starts_with("Comment added"));
        assert_eq!(chat.house.issue("DEMO-4")["comments"][1]["text"], "--site corp \"quoted\"");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn other_commands_do_too() {
    conversation(async |chat| {
        assert_snapshot!(chat.slashes("ada", "eng", "connect", &[("site", "acme")]).await, @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        ");
        assert_snapshot!(chat.slashes("ada", "eng", "whoami", &[]).await, @r"
        (only you) - acme: not linked
        - corp: not linked
        [Link acme] [Link corp]
        ");
        assert_snapshot!(chat.slashes("ada", "general", "tools", &[]).await, @r"
        (only you) What you may do in #general:

        - `view KEY` · Show an issue
        - `find [in PROJECT] [WORDS]` · Find issues
        - `mine` · List the open issues that are assigned to you
        - `recent` · List the issues that you looked at last
        - `attachments KEY` · List the files of an issue, and show the small ones
        - `comments KEY` · Read the comments of an issue
        - `history KEY` · Show what was changed on an issue
        - `transitions KEY` · Show to which statuses an issue can go
        - `watchers KEY` · Show who watches an issue
        - `worklogs KEY` · Show the time logged on an issue
        - `children KEY` · List the parts of an issue: its subtasks, or the issues of an epic
        - `epic KEY` · Show the epic or parent of an issue, with its progress
        - `link-types` · List how issues can be linked
        - `timesheet [WEEK]` · Show the time that you logged this week, day by day
        - `boards [in PROJECT] [WORDS]` · List boards
        - `sprints BOARD` · List the sprints of a board
        - `sprint [BOARD]` · Show how far the running sprint of a board has come
        - `backlog BOARD` · List what nobody has planned yet on a board, by rank
        - `chart KIND [in PROJECT] [--days NUMBER] [--sprint SPRINT] [WORDS]` · Draw a chart of issues or sprints
        - `projects [WORDS]` · List projects
        - `project PROJECT` · Show a project: what it is for, who leads it, its types
        - `types [PROJECT]` · List the types that issues of a project may have
        - `fields [PROJECT] [TYPE]` · List what creating an issue asks for
        - `statuses PROJECT` · List the statuses that issues of a project go through
        - `priorities` · List the priorities, the most urgent first
        - `components PROJECT` · List the components of a project
        - `versions PROJECT` · List the versions of a project, with their dates
        - `person NAME` · Find a person in Jira
        - `filters [WORDS]` · List your saved filters
        - `filter NAME` · Show what a saved filter finds
        - `queues PROJECT` · List the queues of a service project
        - `queue PROJECT NAME` · Show the issues of a queue
        - `request-types PROJECT` · List what customers of a service project can ask for
        - `sla KEY` · Show how long a customer's request may take
        ");
        let rule = [("tools", "comment log"), ("in", "#general"), ("on", "DEMO, WEB"), ("for", "person:ada")];
        assert_snapshot!(chat.slashes("ada", "eng", "admin allow", &rule).await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        assert_snapshot!(chat.slashes("root", "eng", "admin allow", &rule).await, @"(only you) @ada may now use 2 tools on DEMO, WEB in #general.");
        assert_snapshot!(chat.slashes("root", "eng", "admin policy", &[("channel", "#general")]).await, @r"
        (only you) | #general (66 tools) | everyone | @ada |
        | --- | --- | --- |
        | view find mine recent attachments comments history transitions watchers worklogs children epic link-types timesheet boards sprints sprint backlog chart projects project types fields statuses priorities components versions person filters filter queues queue request-types sla | yes | yes |
        | create batch edit clone move status assign attach watch unwatch delete vote unvote unassign link unlink weblink edit-comment delete-comment unlog plan unplan rank create-sprint start-sprint close-sprint create-version release unrelease request | - | - |
        | comment log | - | DEMO, WEB |

        Touches many issues at once: batch, plan, unplan, close-sprint, release.

        Carries something out of Jira: attachments.

        Customers may see what it writes: comment, attach, edit-comment, request.
        ");
        assert_snapshot!(chat.slashes("root", "eng", "admin allow", &[("in", "#general")]).await, @"(only you) I cannot read `admin allow`. `jira help admin` lists them, like this: `jira admin allow contributor in #eng`.");
        assert_snapshot!(chat.slashes("root", "eng", "admin", &[]).await, @"(only you) I cannot read that admin command. `jira help admin` lists them, like this: `jira admin allow contributor in #eng`.");
        assert_snapshot!(chat.slashes("ada", "eng", "fly", &[("to", "the \"moon\"")]).await, @"(only you) I don't know `fly`. `jira help` lists what I can do.");
    })
    .await;
}

#[test]
fn what_is_no_tool_is_in_the_menus_too() {
    let table = usher::tools::table();
    let said = |command: &Command| {
        let arguments = command.arguments.iter().map(|argument| argument.name.as_str());
        std::iter::once(command.usage.as_str()).chain(arguments).collect::<Vec<_>>().join(" · ")
    };
    let own: Vec<String> = usher::router::commands(table).iter().skip(table.iter().count()).map(said).collect();
    assert_snapshot!(own.join("\n"), @r"
    connect [SITE] · site
    disconnect [SITE] · site
    whoami
    activity
    default [SITE PROJECT] · words
    tools
    help [TOPIC] · topic
    admin admit
    admin dismiss
    admin allow TOOL [in CHANNEL] [for WHO] [on PROJECTS] [until WHEN] · tools · in · for · on · until
    admin deny TOOL [in CHANNEL] [for WHO] [on PROJECTS] [until WHEN] · tools · in · for · on · until
    admin forget TOOL [in CHANNEL] [for WHO] · tools · in · for
    admin approve TOOL · tools
    admin block TOOL · tools
    admin stop [TOOL] · tools
    admin go [TOOL] · tools
    admin toolset [ACTION] [NAME] [TOOL] · action · name · tools
    admin profile [ACTION] [NAME] [WHO] · action · name · people
    admin audit [WHAT] [for WHO] [in CHANNEL] [on ISSUE] [since WHEN] [last COUNT] · what · for · in · on · since · last
    admin notices [CHANNEL] · channel
    admin two-person [TOOL] · tools
    admin default [SITE PROJECT] [in CHANNEL] · words · in
    admin policy [CHANNEL] · channel
    admin explain PERSON TOOL [in CHANNEL] [on PROJECT] · person · tool · in · on
    ");
}
