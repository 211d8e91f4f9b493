//! Linking accounts: both ways, in private or not, with a chat that is open or not.

use insta::assert_snapshot;
use telegram_stand_in::Person;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn cloud_is_linked_in_the_direct_chat() {
    let world = World::new().await;
    let ada = world.member("ada").await;
    ada.says(&world.room, "/view DEMO-5");
    let offer = ada.reads().await;
    assert_snapshot!(offer, @r"
    I don't know your Jira account yet. Link it once, then I'll show you DEMO-5.
    [Link acme] [Link corp]
    ");
    assert_snapshot!(world.room.shows(), @r"
    Root: /jira admin allow contributor on DEMO,OPS
    Ada: /view DEMO-5
    ");
    let press = ada.presses(&offer, "Link acme");
    let begun = ada.reads().await;
    assert_snapshot!(begun, @r"
    Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
    ‹Open the page›
    ");
    assert_eq!(press.answered().await.text, "");
    let code = world.approves(&begun, "ada").await;
    ada.writes(&code);
    assert_snapshot!(ada.reads().await, @"Linked: you act on acme as Ada Byron.");
    assert_snapshot!(ada.reads().await, @r"
    DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper

    Reporter: Ada Byron
    [Status] [Assign to me] [Comment]
    [Watch] [More] ‹Open in Jira›
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_is_linked_with_its_verification_code() {
    let world = World::new().await;
    let ada = world.member("ada").await;
    ada.writes("/connect corp");
    let begun = ada.reads().await;
    assert_snapshot!(begun, @r"
    Approve in Jira, then paste the verification code it shows here, in a direct message. You need to reach corp for this step only.
    ‹Authorize in Jira›
    [I see no code]
    ");
    let code = world.approves(&begun, "ada").await;
    ada.writes(&code);
    assert_snapshot!(ada.reads().await, @"Linked: you act on corp as Ada Byron.");
    ada.writes("/whoami");
    assert_snapshot!(ada.reads().await, @r"
    • acme: not linked
    • corp: Ada Byron, linked since 22 Nov 2026
    [Link acme]
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_opened_the_chat_finds_a_link_to_it() {
    let world = World::new().await;
    let (ada, mallory) = (world.telegram.person("ada"), world.member("mallory").await);
    world.room.adds(&ada);
    ada.says(&world.room, "/connect acme");
    let pointer = ada.reads_in(&world.room).await;
    assert_snapshot!(pointer, @r"
    Ada, there is an answer for you alone. Open our direct chat and press Start.
    ‹Open Usher›
    ");
    let link = pointer.first_url();
    // The link opens the chat for anybody, and gives nothing to anybody else.
    mallory.follows(&link);
    let said = mallory.reads().await;
    assert!(said.labels().iter().all(|label| label != "Open the page"), "{said}");
    ada.follows(&link);
    let begun = ada.reads().await;
    assert_snapshot!(begun, @r"
    Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
    ‹Open the page›
    ");
    assert_snapshot!(ada.reads().await, @"Send me the code here. In the group I see only commands and replies to me, so I could not delete a code that you write there.");
    let code = world.approves(&begun, "ada").await;
    ada.writes(&code);
    assert_snapshot!(ada.reads().await, @"Linked: you act on acme as Ada Byron.");
    // Blocked, it is as if the chat had never been opened.
    ada.blocks();
    ada.says(&world.room, "/whoami");
    let pointer = ada.reads_in(&world.room).await;
    ada.unblocks();
    ada.follows(&pointer.first_url());
    assert_snapshot!(ada.reads().await, @r"
    • acme: Ada Byron, linked since 22 Nov 2026
    • corp: not linked
    [Link corp]
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_links_in_a_group_hears_once_that_a_code_is_not_safe_there() {
    let world = World::new().await;
    let ada = world.member("ada").await;
    let links = async |person: &Person| {
        person.says(&world.room, "/connect acme");
        assert!(person.reads().await.text().starts_with("Open this page"));
    };
    links(&ada).await;
    assert_snapshot!(ada.reads().await, @"Send me the code here. In the group I see only commands and replies to me, so I could not delete a code that you write there.");
    links(&ada).await;
    links(&ada).await;
    // A bot that administers the group is sent everything, whatever its privacy mode.
    world.room.promotes_bot(&world.root);
    let grace = world.member("grace").await;
    links(&grace).await;
    links(&grace).await;
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_in_the_group_is_burnt_and_its_message_deleted_where_the_bot_may() {
    let world = World::new().await;
    world.telegram.privacy(false);
    let ada = world.member("ada").await;
    ada.writes("/connect acme");
    let code = world.approves(&ada.reads().await, "ada").await;
    let pasted = ada.says(&world.room, &code);
    let burnt = ada.reads().await;
    assert_snapshot!(burnt, @r"
    That code was visible to others, so I cancelled it. Start again here:
    [Link acme]
    ");
    assert!(pasted.now().is_some(), "a bot that is no administrator deletes nothing");

    world.room.promotes_bot(&world.root);
    ada.presses(&burnt, "Link acme");
    let code = world.approves(&ada.reads().await, "ada").await;
    let pasted = ada.says(&world.room, &code);
    let burnt = ada.reads().await;
    assert!(burnt.text().contains("visible to others"), "{burnt}");
    world.telegram.requested("deleteMessage", |request| request.parameters["message_id"] == pasted.id()).await;
    assert_eq!(pasted.now(), None);
    ada.writes(&code);
    assert_snapshot!(ada.reads().await, @r"
    I am not waiting for a code from you: codes work once, and for 10 minutes. Start again here:
    [Link acme] [Link corp]
    ");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_offers_one_tap_instead_of_typing() {
    let world = World::new().await;
    let ada = world.member("ada").await;
    ada.writes("/connect acme");
    let begun = ada.reads().await;
    // What stands behind the page's link is the code as a start parameter.
    ada.starts(&world.approves(&begun, "ada").await);
    assert_snapshot!(ada.reads().await, @"Linked: you act on acme as Ada Byron.");
    world.end().await;
}
