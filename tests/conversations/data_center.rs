//! Data Center with OAuth 2.0: the same habit as on Cloud, and tokens that are good once.

use std::time::Duration;

use insta::assert_snapshot;
use usher::config::LinkConfig;
use usher_sandbox::{Effect, Fault};

use crate::support::{conversation, conversation_with};

const HOUR: Duration = Duration::from_secs(3601);

#[tokio::test(flavor = "multi_thread")]
async fn people_link_and_work_as_on_cloud() {
    conversation_with(
        |setup| setup.data_center_oauth2 = true,
        async |chat| {
            assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
            (only you) I don't know your Jira account yet. Link it once, then I'll show you OPS-2.
            [Link acme] [Link corp]
            ");
            let begun = chat.says("ada", "eng", "jira connect corp").await;
            assert_snapshot!(begun, @r"
            (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
            ‹Open the page›
            ");
            let code = chat.approves(&begun, "ada").await.unwrap();
            let linked = chat.says("ada", "dm", &code).await.text();
            assert!(linked.contains("Linked: you act on corp as Ada Byron.") && linked.contains("OPS-2"), "{linked}");
            assert_snapshot!(chat.says("ada", "eng", "jira comment OPS-2 hello").await, @r"
            Comment added to OPS-2, where the customer can read it.
            ‹Open in Jira›
            ");
            chat.later(HOUR);
            assert!(chat.says("ada", "eng", "jira view OPS-2").await.text().contains("OPS-2"));
            let refused = chat.says("grace", "dm", "connect corp").await;
            assert_snapshot!(chat.denies(&refused, "grace").await, @"Nothing was linked. You did not approve in corp. If you change your mind, send Usher connect.");
            assert_snapshot!(chat.notice("grace").await, @r"
            (only you) You did not approve in corp, so nothing was linked.
            [Link corp]
            ");
            assert_snapshot!(chat.says("ada", "dm", "disconnect corp").await, @r"
            (only you) Your link to corp is deleted, and so is my access. Jira still lists me as allowed until you remove me there: Profile > Authorized applications.
            ‹Open that page›
            ");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_whose_answer_is_lost_ends_the_link_with_one_message() {
    conversation_with(
        |setup| setup.data_center_oauth2 = true,
        async |chat| {
            chat.linked("ada", "corp").await;
            chat.later(HOUR);
            chat.house.jira.fail(Fault::once("POST", "/rest/oauth2/latest/token", Effect::LostAnswer));
            assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
            (only you) Your link to corp has expired. Everything you set up is kept.
            [Link again]
            ");
            let before = chat.house.jira.calls().len();
            assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
            (only you) Your link to corp has expired. Everything you set up is kept.
            [Link again]
            ");
            assert_eq!(chat.house.jira.calls().len(), before, "Jira is not asked again and again");
            chat.linked("ada", "corp").await;
            assert!(chat.says("ada", "eng", "jira view OPS-2").await.text().contains("OPS-2"));
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_linked_with_fewer_scopes_is_told_once_and_goes_on() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let LinkConfig::Cloud { scopes, .. } = &mut chat.house.ground.config.sites[0].link else { panic!() };
        scopes.push("manage:jira-webhook".to_owned());
        chat.house.restart().await;
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("Order new spark plugs"));
        assert_snapshot!(chat.notice("ada").await, @r"
        (only you) Usher asks for more on acme than when you linked: `manage:jira-webhook`. Link again to add it; what worked until now goes on working.
        [Link again]
        ");
        chat.house.restart().await;
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("Order new spark plugs"));
        chat.linked("ada", "acme").await;
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("Order new spark plugs"));
    })
    .await;
}
