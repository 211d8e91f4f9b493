//! Menus of messages and people, and answers to cards.

use discord_stand_in::{Seat, Seen};
use insta::assert_snapshot;

use crate::stage::conversation;

/// Opens the form behind a question's one button, and sends it with its one input filled.
async fn filled(seat: &Seat, question: &Seen, value: &str) -> Seen {
    let [button] = question.buttons().try_into().unwrap();
    let modal = seat.press(question, &button).modal().await;
    let [(label, ..)] = modal.inputs().try_into().unwrap();
    modal.submit(&[(&label, value)]).reply().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_an_issue() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let said = stage.grace.at(&stage.eng).say("Search box loses focus\nSteps: open the page, type.");
        let ada = stage.ada.at(&stage.eng);
        let which = ada.message_menu("Create Jira issue", said).reply().await;
        assert!(which.ephemeral());
        assert_snapshot!(stage.plain(&which), @r"
        (only you) In which project?
        [DEMO Demo engine]
        ");
        let kind = ada.press(&which, "DEMO Demo engine").reply().await;
        assert_snapshot!(stage.plain(&kind), @r"
        (only you, in its place) ‸
        Of which type?: Epic / Story / Task / Bug
        ");
        let made = ada.choose(&kind, "Task").reply().await;
        assert!(stage.plain(&made).starts_with("Ada Byron created **DEMO-26** Search box loses focus"), "{made}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_a_comment_and_a_person_gets_an_issue() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        stage.linked(&stage.grace, "acme", "grace").await;
        let said = stage.grace.at(&stage.eng).say("Fixed in `main`");
        let ada = stage.ada.at(&stage.eng);
        let question = ada.message_menu("Add as Jira comment", said).reply().await;
        assert_snapshot!(stage.plain(&question), @r"
        (only you) One thing is missing.
        [Comment]
        ");
        assert_snapshot!(stage.plain(&filled(&ada, &question, "demo-4").await), @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        let question = ada.person_menu("Assign an issue", &stage.grace).reply().await;
        assert_snapshot!(stage.plain(&filled(&ada, &question, "DEMO-4").await), @r"
        DEMO-4 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_card_may_become_a_comment() {
    conversation(async |stage| {
        stage.linked(&stage.ada, "acme", "ada").await;
        let ada = stage.ada.at(&stage.eng);
        let card = ada.slash("/jira view key:DEMO-4").reply().await;
        stage.remembers(&stage.eng, &card).await;
        // To answer names the bot, so that it may read the words.
        ada.answer(&card, "Fixed in `main`, see the new test.");
        let offered = stage.ada.direct().next().await;
        assert_snapshot!(stage.plain(&offered), @r"
        Add this as a comment to DEMO-4?
        [Add comment] [Not now]
        ");
        // The button stands in the direct chat and belongs to the channel.
        assert_eq!(stage.ada.direct().press(&offered, "Add comment").acknowledged().await, 6);
        assert_snapshot!(stage.plain(&ada.next().await), @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_eq!(stage.ground.jira.issue("DEMO-4").unwrap()["comments"].as_array().unwrap().len(), 2);
        // A command that answers the card needs no key.
        ada.answer(&card, "jira status in progress");
        assert_snapshot!(stage.plain(&ada.next().await), @r"
        DEMO-4: To Do -> In Progress.
        [Undo] ‹Open in Jira›
        ");
    })
    .await;
}
