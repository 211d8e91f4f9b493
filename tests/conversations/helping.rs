//! Help: what there is, what somebody may run here, and each command.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn help_shows_what_may_be_done_here() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("ada", "eng", "jira help").await, @r"
        (only you) **Issues**

        - `view KEY` · Show an issue
        - `find [in PROJECT] [WORDS]` · Find issues
        - `mine` · List the open issues that are assigned to you
        - `recent` · List the issues that you looked at last
        - `create [TYPE] [in PROJECT] [for WHO] [--priority PRIORITY] [--description TEXT] [--set FIELDS] [TITLE]` · Create an issue
        - `batch TYPE [in PROJECT] TITLES` · Create several issues, one from each line
        - `edit KEY [FIELD] [VALUE]` · Change a field of an issue, or several with a form
        - `clone KEY [TITLE]` · Make a copy of an issue
        - `move KEY [to PROJECT] [as TYPE]` · Move an issue to another project or type
        - `status KEY [STATUS]` · Move an issue to another status
        - `assign KEY WHO` · Give an issue to somebody
        - `comment KEY [--to ROLE] [--internal] TEXT` · Add a comment to an issue
        - `attach KEY` · Attach the files of your message to an issue
        - `attachments KEY` · List the files of an issue, and show the small ones
        - `log KEY TIME [--start WHEN] [--remaining TIME] [NOTE]` · Log time on an issue
        - `watch KEY` · Watch an issue: Jira tells you when it changes
        - `unwatch KEY` · Stop watching an issue

        **More**: `comments` `history` `transitions` `watchers` `worklogs` `children` `epic` `vote` `unvote` `unassign` `link-types` `link` `unlink` `weblink` `edit-comment` `timesheet`

        **Plan**: `boards` `sprints` `sprint` `backlog` `plan` `unplan` `rank` `create-sprint` `start-sprint` `close-sprint` `chart`

        **Projects**: `projects` `project` `types` `fields` `statuses` `priorities` `components` `versions` `create-version` `release` `unrelease` `person` `filters` `filter`

        **Service**: `queues` `queue` `request-types` `request` `sla`

        **Your account**

        - `connect [SITE]` · Link your Jira account, so that I act in your name
        - `disconnect [SITE]` · Delete your link and its access
        - `whoami` · Show which Jira accounts you are linked to
        - `activity` · Show what you did lately
        - `default [SITE PROJECT]` · Say which site and project you mean where you name none
        - `tools` · Show what you may do here

        A key alone, such as `DEMO-7`, shows that issue. `jira help all` explains them all, `jira help create` tells more about one command.
        ");
        assert!(chat.says("root", "eng", "jira help").await.text().contains("`admin …`"));
        assert_snapshot!(chat.says("ada", "eng", "jira").await.text().lines().count(), @"38");
        assert_snapshot!(chat.says("ada", "general", "jira help").await, @r"
        (only you) **Issues**

        - `view KEY` · Show an issue
        - `find [in PROJECT] [WORDS]` · Find issues
        - `mine` · List the open issues that are assigned to you
        - `recent` · List the issues that you looked at last
        - `attachments KEY` · List the files of an issue, and show the small ones

        **More**: `comments` `history` `transitions` `watchers` `worklogs` `children` `epic` `link-types` `timesheet`

        **Plan**: `boards` `sprints` `sprint` `backlog` `chart`

        **Projects**: `projects` `project` `types` `fields` `statuses` `priorities` `components` `versions` `person` `filters` `filter`

        **Service**: `queues` `queue` `request-types` `sla`

        **Your account**

        - `connect [SITE]` · Link your Jira account, so that I act in your name
        - `disconnect [SITE]` · Delete your link and its access
        - `whoami` · Show which Jira accounts you are linked to
        - `activity` · Show what you did lately
        - `default [SITE PROJECT]` · Say which site and project you mean where you name none
        - `tools` · Show what you may do here

        A key alone, such as `DEMO-7`, shows that issue. `jira help all` explains them all, `jira help chart` tells more about one command.
        ");
        assert_snapshot!(chat.says("ada", "general", "jira tools").await, @r"
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
        assert_snapshot!(chat.says("ada", "dm", "tools").await, @r"
        (only you) What you may do in direct messages:

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
        assert!(chat.says("root", "eng", "jira admin block reader").await.text().contains("Blocked: view, find"));
        assert_snapshot!(chat.says("ada", "general", "jira tools").await, @"(only you) You may run no Jira tools in #general.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn help_on_each_command() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("ada", "eng", "jira help view").await, @r"
        (only you) `jira view KEY`

        Show an issue.

        - `KEY` · The issue's key, such as DEMO-7
        - `--site SITE` · The Jira site, where you have several

        For example:

        - `jira view DEMO-7`
        - `jira DEMO-7`
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira help find").await, @r"
        (only you) `jira find [in PROJECT] [WORDS]`

        Find issues.

        - `in PROJECT` · Only in this project. Without it, in the one of `jira default`, if there is one
        - `--site SITE` · The Jira site, where you have several
        - `WORDS` · Words and filters such as status:done assignee:me updated:-7d, or JQL after jql:

        For example:

        - `jira find safari login`
        - `jira find in DEMO status:open assignee:me updated:-7d`
        - `jira find jql: assignee = currentUser() AND statusCategory != Done`
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira help create").await, @r#"
        (only you) `jira create [TYPE] [in PROJECT] [for WHO] [--priority PRIORITY] [--description TEXT] [--set FIELDS] [TITLE]`

        Create an issue.

        - `TYPE` · The type, such as bug or task. Without it, the one of your last issue there
        - `in PROJECT` · The project. Without it, the one of your last issue
        - `for WHO` · Who gets it: me, nobody, a person of this chat, or a name
        - `--priority PRIORITY` · The priority
        - `--description TEXT` · What it is about, in Markdown
        - `--set FIELDS` · More fields, such as "sprint: Sprint 3; labels: urgent"
        - `--site SITE` · The Jira site, where you have several
        - `TITLE` · The title

        For example:

        - `jira create bug in DEMO Search box loses focus`
        - `jira create task in DEMO for grace --priority high Renew the certificate`
        - `jira create story in DEMO --set "sprint: Sprint 3; labels: urgent" Show the oil pressure`
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira help status").await, @r"
        (only you) `jira status KEY [STATUS]`

        Move an issue to another status.

        - `KEY` · The issue's key, such as DEMO-7
        - `--site SITE` · The Jira site, where you have several
        - `STATUS` · Where it goes, by name or the beginning of one. Without it you are asked

        For example:

        - `jira status DEMO-7 in progress`
        - `jira status DEMO-7 done`
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira help assign").await, @r"
        (only you) `jira assign KEY WHO`

        Give an issue to somebody.

        - `KEY` · The issue's key, such as DEMO-7
        - `--site SITE` · The Jira site, where you have several
        - `WHO` · Who gets it: me, nobody, a person of this chat, or a name

        For example:

        - `jira assign DEMO-7 me`
        - `jira assign DEMO-7 grace`
        - `jira assign DEMO-7 nobody`
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira help comment").await, @r"
        (only you) `jira comment KEY [--to ROLE] [--internal] TEXT`

        Add a comment to an issue.

        - `KEY` · The issue's key, such as DEMO-7
        - `--to ROLE` · Only for people with this role, or in this group
        - `--internal` · In a service project: for the team, hidden from the customer
        - `--site SITE` · The Jira site, where you have several
        - `TEXT` · What to say. Markdown works, line breaks stay

        For example:

        - `jira comment DEMO-7 Fixed, see the new test`
        - `jira comment DEMO-7 --to Administrators The contract ends in May`
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira help log").await, @r#"
        (only you) `jira log KEY TIME [--start WHEN] [--remaining TIME] [NOTE]`

        Log time on an issue.

        - `KEY` · The issue's key, such as DEMO-7
        - `TIME` · How long, such as 1h30m, 45m or 2d (a day is 8 hours)
        - `--start WHEN` · When you began, such as 9:30 or yesterday 14:00
        - `--remaining TIME` · What is left to do, such as 2h, or same to leave the estimate as it is
        - `--site SITE` · The Jira site, where you have several
        - `NOTE` · What you did

        For example:

        - `jira log DEMO-7 1h30m fixing focus`
        - `jira log DEMO-7 2h --start "yesterday 14:00" --remaining 1h fixing focus`
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira help connect").await, @"(only you) `jira connect [SITE]` · Link your Jira account, so that I act in your name");
        assert_snapshot!(chat.says("ada", "eng", "jira help disconnect").await, @"(only you) `jira disconnect [SITE]` · Delete your link and its access");
        assert_snapshot!(chat.says("ada", "eng", "jira help whoami").await, @"(only you) `jira whoami` · Show which Jira accounts you are linked to");
        assert_snapshot!(chat.says("ada", "eng", "jira help tools").await, @"(only you) `jira tools` · Show what you may do here");
        assert_snapshot!(chat.says("ada", "eng", "jira help admin").await, @r"
        (only you) **Admin commands**

        - `admin admit` · Admit this workspace. From then on people can work here. Owners only
        - `admin dismiss` · Dismiss this workspace. Nothing works here until it is admitted again; its rules are kept. Owners only
        - `admin allow TOOL [in CHANNEL] [for WHO] [on PROJECTS] [until WHEN]` · Let people use tools: `allow contributor in #eng for @support on DEMO,WEB until friday`
        - `admin deny TOOL [in CHANNEL] [for WHO] [on PROJECTS] [until WHEN]` · Keep people from using tools. A rule that denies wins over every rule that allows
        - `admin forget TOOL [in CHANNEL] [for WHO]` · Take a rule back, whether it allows or denies
        - `admin approve TOOL` · Approve tools for this workspace, so that rules can allow them
        - `admin block TOOL` · Block tools in this workspace, whatever the rules say
        - `admin stop [TOOL]` · Stop tools in this workspace at once, whatever the rules say: `stop delete`, `stop everything`. Without words: list what is stopped
        - `admin go [TOOL]` · Start what was stopped: `go delete`. What an owner stopped, only an owner starts
        - `admin toolset [ACTION] [NAME] [TOOL]` · Make toolsets of your own: `toolset create triage view find`, then `add`, `remove`, `delete` or `show`. Rules that name a toolset follow it at once. Without words: list them
        - `admin profile [ACTION] [NAME] [WHO]` · Make profiles of your own: `profile create oncall role:@sre person:@ada`, then `add`, `remove`, `delete` or `show`. A rule names one with `for oncall`. Without words: list them
        - `admin audit [WHAT] [for WHO] [in CHANNEL] [on ISSUE] [since WHEN] [last COUNT]` · Show what was decided and changed here: `audit refused for @ada in #eng since 3d`
        - `admin notices [CHANNEL]` · Say where admins hear of requests and news: `notices here`, `notices off`
        - `admin two-person [TOOL]` · Let a tool take two people: `two-person delete`. Somebody else, of the profile `approver`, has to agree each time. `two-person off delete` ends it. Without words: list them
        - `admin default [SITE PROJECT] [in CHANNEL]` · Say which Jira site and project are meant in a channel where none is named: `default acme DEMO`, `default off`. Without words: say what is meant
        - `admin policy [CHANNEL]` · Show who may use what, in a channel or in the whole workspace
        - `admin explain PERSON TOOL [in CHANNEL] [on PROJECT]` · Say whether somebody may use a tool, why, and what would change it: `explain @linus delete in #general`
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira help unicorns").await, @"(only you) There is no help on `unicorns`. `jira help` lists what I can do.");
    })
    .await;
}
