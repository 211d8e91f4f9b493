//! The program ends and starts again over the same folder.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn links_rules_and_buttons_survive() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert!(chat.says("root", "eng", "jira admin allow comment in #general").await.text().contains("may now use"));
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("[Assign to me] [Comment]"));
        let rows = chat.house.rows().len();
        chat.house.restart().await;
        assert_eq!(chat.house.rows().len(), rows, "to start changes nothing");
        assert_snapshot!(chat.presses("ada", "eng", "Assign to me").await, @r"
        DEMO-4 is assigned to Ada Byron.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "general", "jira comment DEMO-4 back again").await, @r"
        (only you) Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comment OPS-2 back again").await, @r"
        Comment added to OPS-2.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira whoami").await, @r"
        (only you) - acme: Ada Byron, linked since 22 Nov 2026
        - corp: Ada Byron, linked since 22 Nov 2026
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linking_goes_on_where_it_was() {
    conversation(async |chat| {
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("[Link acme]"));
        chat.house.restart().await;
        let begun = chat.presses("ada", "eng", "Link acme").await;
        begun.text();
        chat.house.restart().await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        chat.house.restart().await;
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) Linked: you act on acme as Ada Byron.

        (only you) DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}
