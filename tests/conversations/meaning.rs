//! What is meant where no site and no project is named.

use insta::assert_snapshot;

use crate::support::{Setup, conversation, conversation_with};

fn both(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng", "allow contributor in #general on WEB"];
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_and_a_person_have_a_default() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira find").await, @r"
        (only you) On which Jira?
        [acme] [corp]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira default").await, @"(only you) You have no default. `jira default DEMO` sets one: a site, a project or both.");
        assert_snapshot!(chat.says("ada", "eng", "jira default nowhere!").await, @"(only you) `nowhere!` is no site and no project. Sites are `acme`, `corp`; a project is written like `DEMO`.");
        assert_snapshot!(chat.says("ada", "eng", "jira default acme").await, @"(only you) Where nothing else is said, I take the site `acme` for you.");
        assert_snapshot!(chat.says("ada", "eng", "jira find").await.text().lines().next().unwrap(), @"(only you) 8 of 8 assigned to you");
        // The channel's word counts more than one's own.
        assert_snapshot!(chat.says("root", "eng", "jira admin default").await, @"(only you) There is no default in #eng. `jira admin default DEMO` sets a site, a project or both.");
        assert_snapshot!(chat.says("root", "eng", "jira admin default corp OPS").await, @"(only you) Where nothing else is said, I take the project OPS on `corp` in #eng.");
        assert_snapshot!(chat.says("ada", "eng", "jira find").await.text().lines().next().unwrap(), @"(only you) 4 of 4 assigned to you");
        assert_snapshot!(chat.says("ada", "general", "jira find").await.text().lines().next().unwrap(), @"(only you) 8 of 8 assigned to you");
        assert_snapshot!(chat.says("root", "eng", "jira admin default acme DEMO").await, @"(only you) Where nothing else is said, I take the project DEMO on `acme` in #eng.");
        assert_snapshot!(chat.says("ada", "eng", "jira create task Sweep the floor").await, @r"
        Ada Byron created **DEMO-26** Sweep the floor · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("root", "general", "jira admin default off in #eng").await, @"(only you) There is no default in #eng. `jira admin default DEMO` sets a site, a project or both.");
        assert_snapshot!(chat.says("ada", "eng", "jira default off").await, @"(only you) You have no default. `jira default DEMO` sets one: a site, a project or both.");
        // A search by words looks in the project that is meant, and says so. A query says itself where it looks.
        assert_snapshot!(chat.says("ada", "eng", "jira default acme DEMO").await, @"(only you) Where nothing else is said, I take the project DEMO on `acme` for you.");
        assert_snapshot!(chat.says("ada", "eng", "jira find safari").await.text().lines().next().unwrap(), @"(only you) Nothing found in DEMO.");
        assert_snapshot!(chat.says("ada", "eng", "jira find safari project:WEB").await.text().lines().next().unwrap(), @"(only you) 3 of 3 in WEB");
        assert_snapshot!(chat.says("ada", "eng", "jira find jql: summary ~ safari").await.text().lines().next().unwrap(), @"(only you) 2 of 2 in WEB");
        assert_snapshot!(chat.says("ada", "eng", "jira default off").await, @"(only you) You have no default. `jira default DEMO` sets one: a site, a project or both.");
        // Only admins set a channel's.
        assert_snapshot!(chat.says("ada", "eng", "jira admin default DEMO").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_project_and_type_are_meant_again() {
    conversation_with(both, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        // Nothing is known yet: it is asked.
        assert_snapshot!(chat.says("ada", "eng", "jira create in DEMO").await, @r"
        (only you) Of which type?
        menu: Epic / Story / Task / Bug
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO The pump is loud").await, @r"
        (only you) Ada Byron created **DEMO-26** The pump is loud · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create").await, @r#"
        (only you) DEMO asks for one more thing on a Bug.
        form "Bug in DEMO": Summary* (line)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Summary", "The pump is quiet")]).await, @r"
        (only you) Ada Byron created **DEMO-27** The pump is quiet · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create task The pump is green").await, @r"
        (only you) Ada Byron created **DEMO-28** The pump is green · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        // It is kept, and it is one's own.
        chat.house.restart().await;
        assert_snapshot!(chat.says("ada", "eng", "jira create").await, @r#"
        (only you) DEMO asks for one more thing on a Task.
        form "Task in DEMO": Summary* (line)
        "#);
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("grace", "eng", "jira create").await, @r"
        (only you) In which project?
        [DEMO Demo engine] [HR People] [WEB Website]
        ");
        // What is not allowed here is not meant here, and what was meant for one project says nothing about another.
        assert_snapshot!(chat.says("ada", "general", "jira create").await, @r"
        (only you) On which Jira?
        [acme] [corp]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create in WEB").await, @r"
        (only you) Of which type?
        menu: Bug / Task / Story / Epic
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create --site corp").await, @r"
        (only you) In which project?
        [CORP Company] [OPS Operations]
        ");
        // What did not work is not remembered.
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in NOPE The pump is red").await, @r"
        (only you) On which Jira?
        [acme] [corp]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira create").await, @r#"
        (only you) DEMO asks for one more thing on a Task.
        form "Task in DEMO": Summary* (line)
        "#);
        // Nor does what was meant on one site say anything about another that is meant here.
        assert_snapshot!(chat.says("ada", "eng", "jira default corp").await, @"(only you) Where nothing else is said, I take the site `corp` for you.");
        assert_snapshot!(chat.says("ada", "eng", "jira create").await, @r"
        (only you) In which project?
        [CORP Company] [OPS Operations]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira default acme").await, @"(only you) Where nothing else is said, I take the site `acme` for you.");
        assert_snapshot!(chat.says("ada", "eng", "jira create").await, @r#"
        (only you) DEMO asks for one more thing on a Task.
        form "Task in DEMO": Summary* (line)
        "#);
    })
    .await;
}
