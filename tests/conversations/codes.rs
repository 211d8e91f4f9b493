//! Codes in the wrong hands, in the wrong place, mistyped, late.

use std::time::Duration;

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_right_code_from_somebody_else_ends_the_link() {
    conversation(async |chat| {
        let begun = chat.says("mallory", "eng", "jira connect acme").await;
        // Ada was sent Mallory's page, approved there, and was told to hand over the code.
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) That code belongs to a link that Mallory (Test, workspace Engine Works) started, so I ended that link. To link your own account, start here:
        [Link acme]
        ");
        assert_snapshot!(chat.notice("mallory").await, @r"
        (only you) Somebody else sent me the code of your link to acme, so I ended it. Open the page yourself this time:
        [Link acme]
        ");
        assert_snapshot!(chat.says("mallory", "dm", &code).await, @r"
        (only you) I am not waiting for a code from you: codes work once, and for 10 minutes. Start again here:
        [Link acme] [Link corp]
        ");
        assert_snapshot!(chat.says("mallory", "dm", "whoami").await, @r"
        (only you) - acme: not linked
        - corp: not linked
        [Link acme] [Link corp]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_others_can_read_is_burnt_and_its_message_deleted() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "eng", &code).await, @r"
        (only you) That code was visible to others, so I cancelled it. Start again here:
        [Link acme]
        ");
        assert_eq!(chat.house.platform.deleted(), ["test:home/eng"]);
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) I am not waiting for a code from you: codes work once, and for 10 minutes. Start again here:
        [Link acme] [Link corp]
        ");

        let begun = chat.presses("ada", "eng", "Link acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("grace", "general", &format!("jira {code}")).await, @"(only you) That code was visible to others, so I cancelled it.");
        assert_snapshot!(chat.notice("ada").await, @r"
        (only you) That code was visible to others, so I cancelled it. Start again here:
        [Link acme]
        ");
        assert_eq!(chat.house.platform.deleted(), ["test:home/eng", "test:home/general"]);

        let begun = chat.says("ada", "eng", "jira connect corp").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "eng", &code).await, @r"
        (only you) That code was visible to others, so I cancelled it. Start again here:
        [Link corp]
        ");
        assert_snapshot!(chat.says("ada", "dm", "whoami").await, @r"
        (only you) - acme: not linked
        - corp: not linked
        [Link acme] [Link corp]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fifth_wrong_code_ends_the_link() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        // Talk, commands and keys cost no try.
        assert!(chat.says("ada", "dm", "hello there").await.is_empty());
        assert!(chat.says("ada", "dm", "help").await.text().contains("connect"));
        assert_snapshot!(chat.says("ada", "dm", "ZZZZ-0000").await, @"(only you) That is not the code for your link. 4 tries left.");
        assert_snapshot!(chat.says("ada", "dm", "ZZZZ-0001").await, @"(only you) That is not the code for your link. 3 tries left.");
        assert_snapshot!(chat.says("ada", "dm", "ZZZZ-0002").await, @"(only you) That is not the code for your link. 2 tries left.");
        assert_snapshot!(chat.says("ada", "dm", "ZZZZ-0003").await, @"(only you) That is not the code for your link. 1 try left.");
        assert_snapshot!(chat.says("ada", "dm", "ZZZZ-0004").await, @r"
        (only you) That was the fifth wrong code, so I ended this link. Start again here:
        [Link acme]
        ");
        assert!(chat.says("ada", "dm", &code).await.text().contains("not waiting for a code"));
        assert_snapshot!(chat.says("ada", "dm", "whoami").await, @r"
        (only you) - acme: not linked
        - corp: not linked
        [Link acme] [Link corp]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_for_ten_minutes() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        chat.later(Duration::from_secs(601));
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) This code is older than 10 minutes. Start again here:
        [Link acme]
        ");

        // Swept away or not, the answer helps.
        let begun = chat.presses("ada", "dm", "Link acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        chat.later(Duration::from_secs(601));
        chat.house.core().identity.sweep().await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) I am not waiting for a code from you: codes work once, and for 10 minutes. Start again here:
        [Link acme] [Link corp]
        ");
        for talk in ["well-done", "good luck", "DEMO-1234x", "1234"] {
            assert!(chat.says("ada", "dm", talk).await.is_empty(), "{talk}");
        }

        let begun = chat.presses("ada", "dm", "Link acme").await;
        chat.later(Duration::from_secs(601));
        assert_snapshot!(chat.approves(&begun, "ada").await.unwrap_err(), @"This link is no longer good. It was used already, or is older than 10 minutes. Send Usher connect for a new one.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_verification_code_before_the_approval_costs_no_try() {
    conversation(async |chat| {
        let begun = chat.says("ada", "dm", "connect corp").await;
        assert_snapshot!(chat.says("ada", "dm", "GhX91b").await, @"(only you) corp says that you have not approved yet. Press Allow there, then send me the code.");
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", "GhX91b").await, @"(only you) That is not the code for your link. 4 tries left.");
        assert_snapshot!(chat.says("ada", "dm", &code).await, @"(only you) Linked: you act on corp as Ada Byron.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_may_come_through_the_form() {
    conversation(async |chat| {
        let offer = chat.says("ada", "eng", "jira connect acme").await;
        let code = chat.approves(&offer, "ada").await.unwrap();
        assert_snapshot!(chat.submits("ada", "eng", &[("Code", "no code at all")]).await, @"(only you) I wait for no such code. `jira connect` starts again.");
        assert_snapshot!(chat.submits("ada", "eng", &[("Code", "2222-2222")]).await, @"(only you) That is not the code for your link. 4 tries left.");
        let linked = chat.submits("ada", "eng", &[("Code", &code)]).await;
        assert!(linked.text().contains("Linked: you act on acme as Ada Byron."), "{linked}");
        assert_snapshot!(chat.submits("ada", "eng", &[("Code", "no code at all")]).await, @"(only you) I wait for no such code. `jira connect` starts again.");
    })
    .await;
}
