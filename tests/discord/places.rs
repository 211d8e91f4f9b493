//! Servers, channels, threads, forum posts, direct chats, and who belongs there.

use insta::assert_snapshot;

use crate::stage::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_nobody_admitted_gets_one_sentence() {
    conversation(async |stage| {
        let own = stage.discord.guild("Mallory's own");
        let lobby = own.channel("lobby");
        let mallory = stage.discord.person("mallory", "Mallory");
        own.add_admin(&mallory);
        assert_snapshot!(stage.asks(&mallory.at(&lobby), "/jira view key:DEMO-1").await, @"(only you) Usher is not set up here. An owner can admit it with `jira admin admit`.");
        assert_snapshot!(stage.asks(&mallory.at(&lobby), "/jira-admin allow tools:manager").await, @"(only you) Usher is not set up here. An owner can admit it with `jira admin admit`.");
        assert_snapshot!(stage.asks(&mallory.at(&lobby), "/jira-admin admit").await, @"(only you) Usher is not set up here. An owner can admit it with `jira admin admit`.");
        mallory.at(&lobby).say(&format!("{} connect acme", stage.discord.bot_mention()));
        let told = mallory.direct().next().await;
        assert_snapshot!(stage.plain(&told), @"Usher is not set up here. An owner can admit it with `jira admin admit`.");
        assert!(stage.ground.jira.calls().is_empty());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_and_forum_posts_inherit_what_their_channel_allows() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let thread = stage.eng.thread("release");
        assert_snapshot!(stage.asks(&stage.ada.at(&thread), "/jira comment key:DEMO-4 text:from a thread").await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        let forum = stage.guild.forum("ideas");
        let post = forum.thread("Dark mode");
        assert_snapshot!(stage.asks(&stage.ada.at(&post), "/jira comment key:DEMO-4 text:from a post").await.replace(&forum.id().to_string(), "ideas"), @r"
        (only you) `comment` is not allowed in #ideas. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow comment in here for person:ada`.
        [Ask an admin]
        ");
        let rule = format!("/jira-admin allow tools:comment in:{} on:DEMO", forum.mention());
        assert!(stage.asks(&stage.root.at(&stage.eng), &rule).await.contains("may now use"));
        assert_snapshot!(stage.asks(&stage.ada.at(&post), "/jira comment key:DEMO-4 text:from a post").await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_are_looked_at_anew_each_time() {
    conversation(async |stage| {
        let linus = stage.linus.at(&stage.eng);
        let rule = "/jira-admin deny tools:log in:#eng";
        assert_snapshot!(stage.asks(&linus, rule).await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
        let role = stage.guild.role("leads", discord_stand_in::permissions::MANAGE_GUILD);
        stage.guild.give(&stage.linus, &role);
        assert_snapshot!(stage.asks(&linus, rule).await, @"(only you) Everyone may no longer use `log` in #eng.");
        stage.guild.take(&stage.linus, &role);
        assert_snapshot!(stage.asks(&linus, "/jira-admin forget tools:log in:#eng").await, @"(only you) Only admins of this workspace and Usher's owners can do that.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_role_may_do_ends_with_the_role() {
    conversation(async |stage| {
        stage.linked(&stage.linus, "acme", "linus").await;
        let linus = stage.linus.at(&stage.general);
        let oncall = stage.guild.role("oncall", 0);
        let rule = format!("/jira-admin allow tools:comment in:#general for:{} on:DEMO", oncall.mention());
        assert_snapshot!(stage.asks(&stage.root.at(&stage.general), &rule).await.replace(&oncall.id().to_string(), "oncall"), @"(only you) <@&oncall> may now use `comment` on DEMO in #general.");
        let comment = "/jira comment key:DEMO-4 text:hello";
        assert!(stage.asks(&linus, comment).await.contains("not allowed"));
        stage.guild.give(&stage.linus, &oncall);
        assert_snapshot!(stage.asks(&linus, comment).await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        oncall.delete();
        assert!(stage.asks(&linus, comment).await.contains("not allowed"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_messages_need_no_word_and_no_slash() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        stage.ada.direct().say("DEMO-5");
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @r"
        | DEMO-5 Order new spark plugs
        | Reporter: Ada Byron
        | Type: Task
        | Status: Done
        | Priority: Low
        | Assignee: Grace Hopper
        [More] ‹Open in Jira›
        ");
        assert_snapshot!(stage.asks(&stage.ada.direct(), "/jira view key:DEMO-5").await, @r"
        | DEMO-5 Order new spark plugs
        | Reporter: Ada Byron
        | Type: Task
        | Status: Done
        | Priority: Low
        | Assignee: Grace Hopper
        [More] ‹Open in Jira›
        ");
        assert_snapshot!(stage.asks(&stage.ada.direct(), "/jira comment key:DEMO-5 text:hello").await, @"`comment` is not allowed in direct messages. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_left_is_nobody_here_and_a_server_without_the_bot_hears_nothing() {
    conversation(async |stage| {
        stage.guild.remove(&stage.linus);
        stage.root.at(&stage.eng).say("@usher jira admin explain @linus view");
        assert_snapshot!(stage.plain(&stage.root.direct().next().await), @"No: <@linus> is not in this workspace.");
        let hidden = stage.guild.channel("hidden");
        hidden.hide_from_bot();
        // Commands work where the bot cannot read or write, for their answers need no permission.
        assert!(stage.asks(&stage.ada.at(&hidden), "/jira whoami").await.contains("not linked"));
        stage.guild.remove_bot();
        stage.root.direct().say("whoami");
        let refused = stage.discord.requested("a refusal", |requests| {
            requests.iter().find(|request| request.code == 50278).map(|request| request.path.clone())
        });
        assert!(refused.await.ends_with("/messages"));
    })
    .await;
}
