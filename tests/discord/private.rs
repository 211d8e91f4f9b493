//! Who sees what, and whose button it is.

use insta::assert_snapshot;

use crate::stage::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_button_acts_for_whoever_presses_it_or_not_at_all() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let card = stage.ada.at(&stage.eng).slash("/jira view key:DEMO-4").reply().await;
        // Grace is not linked: the button asks her to, and nobody else sees that.
        let asked = stage.grace.at(&stage.eng).press(&card, "Assign to me").reply().await;
        assert!(asked.ephemeral());
        assert_snapshot!(stage.plain(&asked), @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll get back to DEMO-4.
        [Link acme]
        ");
        stage.linked(&stage.grace, "acme", "grace").await;
        let offered = stage.grace.direct().next().await;
        assert_snapshot!(stage.plain(&offered), @r"
        You asked for `assign DEMO-4 me` before. Do it now?
        [Go on] [Not now]
        ");
        let declined = stage.grace.direct().press(&offered, "Not now").reply().await;
        assert_snapshot!(stage.plain(&declined), @"(in its place) Nothing was changed.");
        let done = stage.grace.at(&stage.eng).press(&card, "Assign to me").reply().await;
        assert_snapshot!(stage.plain(&done), @r"
        DEMO-4 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
        assert_eq!(stage.ground.jira.issue("DEMO-4").unwrap()["assignee"], "grace");

        let moved = stage.ada.at(&stage.eng).slash("/jira status key:DEMO-4 to:in progress").reply().await;
        let refused = stage.grace.at(&stage.eng).press(&moved, "Undo").reply().await;
        assert!(refused.ephemeral());
        assert_snapshot!(stage.plain(&refused), @"(only you) This button is for somebody else. Type the command yourself.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_plain_message_comes_as_a_direct_message() {
    conversation(async |stage| {
        let said = format!("{} view DEMO-1", stage.discord.bot_mention());
        stage.ada.at(&stage.eng).say(&said);
        let asked = stage.ada.direct().next().await;
        assert_snapshot!(stage.plain(&asked), @r"
        I don't know your Jira account yet. Link it once, then I'll show you DEMO-1.
        [Link acme] [Link corp]
        ");
        assert!(stage.ada.at(&stage.eng).sees().is_empty(), "the channel stays clean");
        // A press in the direct chat still belongs to the channel.
        let begun = stage.ada.direct().press(&asked, "Link acme").reply().await;
        let code = stage.approves(&begun, "ada").await.unwrap();
        stage.ada.direct().say(&code);
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @"Linked: you act on acme as Ada Byron.");
        assert_snapshot!(stage.plain(&stage.ada.direct().next().await), @r"
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
        stage.ada.at(&stage.eng).say(&said);
        let card = stage.ada.at(&stage.eng).next().await;
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
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closed_direct_messages_leave_a_line_that_only_the_asker_can_open() {
    conversation(async |stage| {
        stage.ada.takes_direct_messages(false);
        let ada = stage.ada.at(&stage.eng);
        ada.say(&format!("{} view DEMO-1", stage.discord.bot_mention()));
        let line = ada.next().await;
        assert!(!line.ephemeral());
        assert_snapshot!(stage.plain(&line), @r"
        <@ada>, here is an answer that only you can open.
        [Show me]
        ");
        let refused = stage.grace.at(&stage.eng).press(&line, "Show me").reply().await;
        assert!(refused.ephemeral());
        assert_snapshot!(stage.plain(&refused), @"(only you) This answer is for somebody else.");
        let opened = ada.press(&line, "Show me").reply().await;
        assert!(opened.ephemeral());
        assert_snapshot!(stage.plain(&opened), @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-1.
        [Link acme] [Link corp]
        ");
        stage.discord.deleted(line.id()).await;
        // Its buttons work as they would have in the direct chat.
        let begun = ada.press(&opened, "Link acme").reply().await;
        assert_snapshot!(stage.plain(&begun), @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        [Enter code]
        ");
    })
    .await;
}
