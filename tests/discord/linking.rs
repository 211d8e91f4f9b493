//! Linking an account, both ways, from a server on Discord.

use insta::assert_snapshot;

use crate::stage::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_account_is_linked_with_a_code_in_a_direct_message() {
    conversation(async |stage| {
        let ada = stage.ada.at(&stage.eng);
        let asked = ada.slash("/jira view key:DEMO-1").reply().await;
        assert!(asked.ephemeral());
        assert_snapshot!(stage.plain(&asked), @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-1.
        [Link acme] [Link corp]
        ");
        let begun = ada.press(&asked, "Link acme").reply().await;
        assert_snapshot!(stage.plain(&begun), @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        [Enter code]
        ");
        assert!(stage.grace.at(&stage.eng).sees().is_empty(), "nobody else sees a link");
        let code = stage.approves(&begun, "ada").await.unwrap();
        stage.ada.direct().say(&code.to_lowercase().replace('-', " "));
        let linked = stage.ada.direct().next().await;
        assert_snapshot!(stage.plain(&linked), @"Linked: you act on acme as Ada Byron.");
        let card = stage.ada.direct().next().await;
        assert_snapshot!(stage.plain(&card), @r"
        | DEMO-1 Write a welcome page for new people
        | Newcomers ask the same five questions in their first hour.
        | 
        | - Where is the wiki?
        | - Who gives me access?
        | - What do I build first?
        | 
        | Reporter: Grace Hopper · Due: 25 Nov 2026 · Labels: docs, first-week
        | Type: Task
        | Status: To Do
        | Priority: Medium
        | Assignee: Ada Byron
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
        assert_snapshot!(stage.asks(&ada, "/jira whoami").await, @r"
        (only you) - acme: Ada Byron, linked since 22 Nov 2026
        - corp: not linked
        [Link corp]
        ");
        assert_snapshot!(stage.trail().join("\n"), @r"
        root policy done
        ada view allow
        ada link begun
        ada link pending
        ada link activated
        ada view allow
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_center_account_is_linked_with_jiras_own_code() {
    conversation(async |stage| {
        let begun = stage.ada.at(&stage.eng).slash("/jira connect site:corp").reply().await;
        assert_snapshot!(stage.plain(&begun), @r"
        (only you) Approve in Jira, then paste the verification code it shows here, in a direct message. You need to reach corp for this step only.
        ‹Authorize in Jira› [I see no code]
        [Enter code]
        ");
        let code = stage.approves(&begun, "ada").await.unwrap();
        stage.ada.direct().say("GhX91b");
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @"That is not the code for your link. 4 tries left.");
        stage.ada.direct().say(&code);
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @"Linked: you act on corp as Ada Byron.");
        assert_snapshot!(stage.asks(&stage.ada.at(&stage.eng), "/jira view key:OPS-2").await, @r"
        | OPS-2 Replace the disk in rack 4
        | Reporter: Ada Byron · Due: 24 Nov 2026 · Labels: hardware
        | Type: Task
        | Status: Open
        | Priority: Medium
        | Assignee: Grace Hopper
        [Status] [Assign to me] [Comment] [Watch] [More]
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_others_can_read_is_burnt() {
    conversation(async |stage| {
        let ada = stage.ada.at(&stage.eng);
        let begun = ada.slash("/jira connect site:acme").reply().await;
        let code = stage.approves(&begun, "ada").await.unwrap();
        // Without Manage Messages the message stays, but the code is worth nothing any more.
        let said = ada.say(&format!("{} {code}", stage.discord.bot_mention()));
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @r"
        That code was visible to others, so I cancelled it. Start again here:
        [Link acme]
        ");
        assert!(stage.discord.stands(said));
        stage.ada.direct().say(&code);
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @r"
        I am not waiting for a code from you: codes work once, and for 10 minutes. Start again here:
        [Link acme] [Link corp]
        ");

        stage.guild.bot_may(discord_stand_in::permissions::MANAGE_MESSAGES);
        let begun = ada.slash("/jira connect site:acme").reply().await;
        let code = stage.approves(&begun, "ada").await.unwrap();
        let said = ada.say(&format!("{} {code}", stage.discord.bot_mention()));
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @r"
        That code was visible to others, so I cancelled it. Start again here:
        [Link acme]
        ");
        stage.discord.deleted(said).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_from_somebody_else_ends_the_link_and_tells_who_began() {
    conversation(async |stage| {
        let begun = stage.linus.at(&stage.eng).slash("/jira connect site:acme").reply().await;
        let code = stage.approves(&begun, "ada").await.unwrap();
        stage.ada.direct().say(&code);
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @r"
        That code belongs to a link that Linus (Discord, server Engine Works) started, so I ended that link. To link your own account, start here:
        [Link acme]
        ");
        assert_snapshot!(stage.plain(&stage.linus.direct().next().await), @r"
        Somebody else sent me the code of your link to acme, so I ended it. Open the page yourself this time:
        [Link acme]
        ");
    })
    .await;
}
