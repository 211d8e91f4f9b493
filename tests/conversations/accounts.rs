//! Linking an account, both ways, and ending the link.

use std::time::Duration;

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_account_is_linked_with_the_code_of_our_page() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        assert_snapshot!(begun, @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        ");
        let code = chat.approves(&begun, "ada").await.unwrap();
        let read_aloud = code.to_lowercase().replace('-', " ");
        assert_snapshot!(chat.says("ada", "dm", &read_aloud).await, @"(only you) Linked: you act on acme as Ada Byron.");
        assert_snapshot!(chat.says("ada", "eng", "jira whoami").await, @r"
        (only you) - acme: Ada Byron, linked since 22 Nov 2026
        - corp: not linked
        [Link corp]
        ");
        assert_snapshot!(chat.house.trail(1).join("\n"), @r"
        root policy done
        ada link begun
        ada link pending
        ada link activated
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_center_account_is_linked_with_jiras_own_code() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect corp").await;
        assert_snapshot!(begun, @r"
        (only you) Approve in Jira, then paste the verification code it shows here, in a direct message. You need to reach corp for this step only.
        ‹Authorize in Jira› [I see no code]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "I see no code").await, @r"
        (only you) When Jira shows no code after you allowed it, copy the whole address from your browser's address bar and send it to me here, in a direct message. The code stands in it, after `oauth_verifier=`.
        ‹Authorize in Jira›
        ");
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @"(only you) Linked: you act on corp as Ada Byron.");
        assert_snapshot!(chat.says("ada", "dm", "whoami").await, @r"
        (only you) - acme: not linked
        - corp: Ada Byron, linked since 22 Nov 2026
        [Link acme]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_of_a_page_without_a_code_will_do() {
    conversation(async |chat| {
        let begun = chat.says("ada", "dm", "connect corp").await;
        let token = begun.url().rsplit_once("oauth_token=").unwrap().1.to_owned();
        let code = chat.approves(&begun, "ada").await.unwrap();
        let older = format!("https://jira.corp.example/x?oauth_token=older&oauth_verifier={code}");
        assert_snapshot!(chat.says("ada", "dm", &older).await, @r"
        (only you) That address belongs to an earlier try. Use the newest link that I sent you for corp.
        [Link corp]
        ");
        let pasted = format!("https://jira.corp.example/x?oauth_token={token}&oauth_verifier={code}");
        assert_snapshot!(chat.says("ada", "dm", &pasted).await, @"(only you) Linked: you act on corp as Ada Byron.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_goes_by_its_name_or_its_address() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("ada", "eng", "jira connect").await, @r"
        (only you) Which Jira do you want to link?
        [Link acme] [Link corp]
        ");
        assert!(chat.presses("ada", "eng", "Link corp").await.text().contains("Authorize in Jira"));
        let address = format!("jira connect {}/browse/DEMO-1", chat.house.jira.cloud_url());
        assert!(chat.says("ada", "eng", &address).await.text().contains("Open the page"));
        chat.house.jira.clear_calls();
        assert_snapshot!(chat.says("ada", "eng", "jira connect https://evil.example").await, @r"
        (only you) I don't work with `https://evil.example`. I work with acme and corp.
        [Link acme] [Link corp]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira connect acme corp").await, @"(only you) I cannot read that `connect`. Name one site, like this: `jira connect SITE`.");
        assert_eq!(chat.house.jira.calls(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn saying_no_in_the_browser_links_nothing() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        assert_snapshot!(chat.denies(&begun, "ada").await, @"Nothing was linked. You did not approve in acme. If you change your mind, send Usher connect.");
        assert_snapshot!(chat.notice("ada").await, @r"
        (only you) You did not approve in acme, so nothing was linked.
        [Link acme]
        ");
        let begun = chat.says("ada", "eng", "jira connect corp").await;
        assert_snapshot!(chat.denies(&begun, "ada").await, @"Access denied. You have denied 'Usher' access. Nothing was allowed.");
        assert_snapshot!(chat.says("ada", "dm", "whoami").await, @r"
        (only you) - acme: not linked
        - corp: not linked
        [Link acme] [Link corp]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn linking_again_replaces_the_link() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.later(Duration::from_secs(3 * 24 * 3600));
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        assert_snapshot!(begun, @r"
        (only you) You are linked to acme as Ada Byron. To link again, open this page and approve. It is yours alone and works for 10 minutes.
        ‹Open the page›
        ");
        // Until the new code comes, the old link works.
        assert!(chat.says("ada", "eng", "jira view DEMO-1").await.text().contains("Write a welcome page"));
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @"(only you) Linked: you act on acme as Ada Byron.");
        assert_snapshot!(chat.says("ada", "dm", "whoami").await, @r"
        (only you) - acme: Ada Byron, linked since 25 Nov 2026
        - corp: not linked
        [Link corp]
        ");
        assert!(chat.says("ada", "eng", "jira view DEMO-1").await.text().contains("Write a welcome page"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_deletes_at_once_and_says_what_is_left_to_do() {
    conversation(async |chat| {
        assert_snapshot!(chat.says("ada", "eng", "jira disconnect").await, @r"
        (only you) You are not linked.
        [Link acme] [Link corp]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira disconnect corp").await, @r"
        (only you) You are not linked to corp.
        [Link corp]
        ");
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira disconnect").await, @r"
        (only you) Which link do you want to delete?
        [Disconnect acme] [Disconnect corp]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Disconnect acme").await, @r"
        (only you) Your link to acme is deleted, and so is my access. Jira still lists me as allowed until you remove me there: id.atlassian.com > Connected apps.
        ‹Open that page›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira disconnect corp").await, @r"
        (only you) Your link to corp is deleted, and so is my access. Jira still lists me as allowed until you remove me there: Profile > Tools > View OAuth Access Tokens.
        ‹Open that page›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira whoami").await, @r"
        (only you) - acme: not linked
        - corp: not linked
        [Link acme] [Link corp]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-1").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-1.
        [Link acme] [Link corp]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_two_people_link_is_told_to_its_first_owner() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked_as("mallory", "acme", "ada").await;
        assert_snapshot!(chat.notice("ada").await, @r"
        (only you) Your Jira account Ada Byron on acme was just linked by Mallory (Test, direct message) as well.
        [This was not me]
        ");
        assert_snapshot!(chat.presses("ada", "dm", "This was not me").await, @"(only you) That link is ended. If you did not approve it yourself, change your password for acme as well.");
        assert_snapshot!(chat.notice("mallory").await, @r"
        (only you) Your link to acme as Ada Byron was ended by the person to whom that account was linked before.
        [Link acme]
        ");
        assert_snapshot!(chat.says("mallory", "eng", "jira whoami").await, @r"
        (only you) - acme: not linked
        - corp: not linked
        [Link acme] [Link corp]
        ");
        assert_snapshot!(chat.presses("ada", "dm", "This was not me").await, @"(only you) That link has ended already.");
    })
    .await;
}
