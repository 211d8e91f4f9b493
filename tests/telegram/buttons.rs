//! Buttons: whose they are, what is said to whom, where it appears.

use std::time::Duration;

use insta::assert_snapshot;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_public_button_acts_for_whoever_presses_it() {
    let world = World::new().await;
    let (ada, grace, linus) = (world.linked("ada").await, world.linked("grace").await, world.linked("linus").await);
    ada.says(&world.room, "/view DEMO-4");
    let card = ada.reads_in(&world.room).await;
    let press = grace.presses(&card, "Assign to me");
    assert_snapshot!(grace.reads_in(&world.room).await.text(), @r"
    DEMO-4  Gauge shows minus one litre after a restart · Bug · To Do · Medium · nobody

    See the picture.

    Reporter: Linus Winter · Labels: engine, gauge
    ");
    assert_snapshot!(grace.reads_in(&world.room).await.text(), @"DEMO-4 is assigned to Grace Hopper.");
    assert_eq!(press.answered().await.text, "");
    assert_eq!(world.issue("DEMO-4")["assignee"], "grace");
    // A refusal is for the presser alone: an alert, where it is short.
    let press = linus.presses(&card, "Assign to me");
    let answer = press.answered().await;
    assert_snapshot!(answer.text, @"Your Jira account may not do this to DEMO-4. You do not have permission to assign issues.");
    assert!(answer.alert);
    // Who is not linked finds the way in the direct chat.
    let mallory = world.member("mallory").await;
    mallory.presses(&card, "Assign to me");
    assert_snapshot!(mallory.reads().await, @r"
    I don't know your Jira account yet. Link it once, then I'll get back to DEMO-4.
    [Link acme]
    ");
    assert_eq!(world.issue("DEMO-4")["assignee"], "grace");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_goes_to_the_direct_chat_and_its_buttons_stay_with_its_asker() {
    let world = World::new().await;
    let (ada, grace) = (world.linked("ada").await, world.linked("grace").await);
    ada.says(&world.room, "/status DEMO-1");
    let question = ada.reads().await;
    assert_snapshot!(question, @r"
    DEMO-1 is To Do. Where does it go?
    [In Progress]
    [Ready for review]
    [Released]
    [Done]
    ");
    // Somebody else sends what the button carries.
    let data = question.data("Done");
    ada.says(&world.room, "/view DEMO-1");
    let card = ada.reads_in(&world.room).await;
    let stolen = grace.presses_data(&card, &data).answered().await;
    assert_snapshot!(stolen.text, @"This button is for somebody else. Type the command yourself.");
    assert_eq!(world.issue("DEMO-1")["status"], "To Do");
    ada.presses(&question, "Done");
    assert_snapshot!(ada.reads_in(&world.room).await, @r"
    DEMO-1: To Do -> Done.
    [Undo] ‹Open in Jira›
    ");
    assert_eq!(world.issue("DEMO-1")["status"], "Done");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_offered_is_answered_too() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/view DEMO-1");
    let card = ada.reads_in(&world.room).await;
    for forged in ["a||0123456789abcdef0123456789abcdef", "nonsense", "f|x.0|0", "m|00"] {
        let answer = ada.presses_data(&card, forged).answered().await;
        assert!(answer.alert && !answer.text.is_empty(), "{forged}: {answer:?}");
    }
    world.ground.later(Duration::from_secs(25 * 3600));
    assert_snapshot!(ada.presses(&card, "Assign to me").answered().await.text, @"This button has been used or has ended. Type the command again.");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_pressed_twice_acts_once() {
    let world = World::new().await;
    let ada = world.linked("ada").await;
    ada.says(&world.room, "/status DEMO-1 done");
    let done = ada.reads_in(&world.room).await;
    assert_snapshot!(done, @r"
    DEMO-1: To Do -> Done.
    [Undo] ‹Open in Jira›
    ");
    let (first, second) = (ada.presses(&done, "Undo"), ada.presses(&done, "Undo"));
    assert_snapshot!(ada.reads_in(&world.room).await.text(), @"DEMO-1: Done -> To Do.");
    assert_eq!(first.answered().await.text, "");
    assert_snapshot!(second.answered().await.text, @"This button has been used or has ended. Type the command again.");
    world.end().await;
}
