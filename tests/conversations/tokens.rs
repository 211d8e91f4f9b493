//! Tokens while people work: renewed once for all, or ended with one message.

use std::time::Duration;

use futures::future::join_all;
use insta::assert_snapshot;
use usher_sandbox::{Effect, Fault};

use crate::support::{Chat, conversation};

const HOUR: Duration = Duration::from_secs(3601);

fn exchanges(chat: &Chat) -> usize {
    chat.house.jira.calls().iter().filter(|call| call.path == "/oauth/token").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_renewed_while_its_owner_works() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        for hours in 1..=3 {
            chat.later(HOUR);
            assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("Order new spark plugs"));
            assert!(chat.says("ada", "eng", "jira view DEMO-1").await.text().contains("welcome page"));
            assert_eq!(exchanges(chat), 1 + hours);
        }
        // Revoked before its time, as far as we know: one refusal, one renewal, the command goes through.
        chat.house.jira.expire_tokens(Some("ada"));
        assert!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
        assert_eq!(exchanges(chat), 5);
        assert_eq!(chat.house.issue("DEMO-4")["comments"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_commands_at_once_renew_once() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let before = exchanges(chat);
        chat.later(HOUR);
        let says = (0..64).map(|_| chat.says("ada", "eng", "jira view DEMO-5"));
        for reply in join_all(says).await {
            assert!(reply.text().contains("Order new spark plugs"), "{reply}");
        }
        assert_eq!(exchanges(chat), before + 1);

        chat.house.jira.expire_tokens(Some("ada"));
        let says = (0..64).map(|_| chat.says("ada", "eng", "jira view DEMO-5"));
        for reply in join_all(says).await {
            assert!(reply.text().contains("Order new spark plugs"), "{reply}");
        }
        assert_eq!(exchanges(chat), before + 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_was_withdrawn_ends_with_one_message() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.jira.revoke(Some("ada"));
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @r"
        (only you) acme does not accept your link any more. Everything you set up is kept.
        [Link again]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @r"
        (only you) Your link to acme has expired. Everything you set up is kept.
        [Link again]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-5 hello").await, @r"
        (only you) Your link to acme has expired. Everything you set up is kept.
        [Link again]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira whoami").await, @r"
        (only you) - acme: Ada Byron, expired
        - corp: not linked
        [Link acme again] [Link corp]
        ");
        let begun = chat.presses("ada", "eng", "Link again").await;
        assert_snapshot!(begun, @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        ");
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) Linked: you act on acme as Ada Byron.

        (only you) You asked for `comment DEMO-5 hello` before. Do it now?
        [Go on] [Not now]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_center_token_that_was_withdrawn_ends_the_same_way() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        chat.house.jira.revoke(Some("ada"));
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
        (only you) corp does not accept your link any more. Everything you set up is kept.
        [Link again]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
        (only you) Your link to corp has expired. Everything you set up is kept.
        [Link again]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_after_a_year() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        chat.later(Duration::from_secs(366 * 24 * 3600));
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
        (only you) Your link to corp has expired (a year is the limit). Everything you set up is kept.
        [Link again]
        ");
        chat.house.core().identity.sweep().await.unwrap();
        assert_snapshot!(chat.notice("ada").await, @r"
        (only you) Your link to corp has expired (a year is the limit). Everything you set up is kept.
        [Link again]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
        (only you) Your link to corp has expired. Everything you set up is kept.
        [Link again]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_ends_no_link() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.later(HOUR);
        chat.house.jira.fail(Fault::once("POST", "/oauth/token", Effect::Status { status: 503, body: None }).times(9));
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        chat.house.jira.clear_faults();
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("Order new spark plugs"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_whose_answer_is_lost_is_done_again() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.later(HOUR);
        chat.house.jira.fail(Fault::once("POST", "/oauth/token", Effect::LostAnswer));
        let first = chat.says("ada", "eng", "jira view DEMO-5").await.text();
        let second = chat.says("ada", "eng", "jira view DEMO-5").await.text();
        assert!(second.contains("Order new spark plugs"), "{first}\n{second}");
    })
    .await;
}
