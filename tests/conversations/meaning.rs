//! What is meant where no site and no project is named.

use insta::assert_snapshot;

use crate::support::conversation;

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
        // Only admins set a channel's.
        assert_snapshot!(chat.says("ada", "eng", "jira admin default DEMO").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
    })
    .await;
}
