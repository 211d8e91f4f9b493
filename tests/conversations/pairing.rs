//! Tools that take two people.

use std::time::Duration;

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_agrees_and_it_runs_as_the_one_who_asked() {
    conversation(async |chat| {
        for who in ["ada", "grace", "linus"] {
            chat.linked(who, "acme").await;
        }
        assert_snapshot!(chat.says("root", "eng", "jira admin two-person").await, @"(only you) No tool takes two people here. `jira admin two-person delete` changes that.");
        assert_snapshot!(chat.says("root", "eng", "jira admin two-person comment").await, @"(only you) From now on `comment` runs here only once somebody else of the profile `approver` agrees. Nobody is in it yet: `jira admin profile create approver person:@ada` changes that.");
        assert_snapshot!(chat.says("root", "eng", "jira admin profile create approver person:@grace person:@ada").await, @"(only you) `approver` is now @ada, @grace.");
        assert_snapshot!(chat.says("root", "eng", "jira admin two-person").await, @"(only you) These take two people here: `comment`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin explain @ada comment").await, @"(only you) Yes, once a second person agrees: @ada may use `comment` in #eng, through `allow contributor in #eng for everyone on DEMO,OPS`. Customers may see what it writes.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 ship it").await, @r"
        (only you) `comment` takes two people here. Somebody of the profile `approver` has to agree within 15 minutes; everyone in the channel will see what you ask for.
        [Ask a second person] [Not now]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Ask a second person").await, @"(only you, in its place) Asked. You hear from me when somebody answers.");
        assert_snapshot!(chat.notice_in("eng").await, @r"
        @ada asks for a second person on `acme`: `comment DEMO-4 ship it`. Somebody of the profile `approver` can agree within 15 minutes.

        - **key**: DEMO-4
        - **text**: ship it
        [Agree] [Decline]
        ");
        // Neither whoever asked, nor somebody outside the profile.
        assert_snapshot!(chat.presses("ada", "eng", "Agree").await, @"(only you) This takes somebody else: you asked for it yourself.");
        assert_snapshot!(chat.presses("linus", "eng", "Agree").await, @"(only you) This takes somebody of the profile `approver` here.");
        assert_snapshot!(chat.presses("grace", "eng", "Agree").await, @"(in its place) @grace agreed: @ada, `comment DEMO-4 ship it`.");
        assert_snapshot!(chat.notice("ada").await, @r"
        (only you) A second person agreed to `comment DEMO-4 ship it`. It can be done within 15 minutes.
        [Do it now] [Not now]
        ");
        // Other words are another call.
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 ship it now").await, @r"
        (only you) `comment` takes two people here. Somebody of the profile `approver` has to agree within 15 minutes; everyone in the channel will see what you ask for.
        [Ask a second person] [Not now]
        ");
        assert_snapshot!(chat.presses("ada", "dm", "Do it now").await, @r"
        (only you, in its place) Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        let row = chat.house.rows().into_iter().rfind(|row| row.verdict == "allow").unwrap();
        assert!(row.person.as_deref() == Some("test:ada") && row.detail.contains("test:grace"), "{row:?}");
        // Once.
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 ship it").await, @r"
        (only you) `comment` takes two people here. Somebody of the profile `approver` has to agree within 15 minutes; everyone in the channel will see what you ask for.
        [Ask a second person] [Not now]
        ");
        assert_snapshot!(chat.says("root", "eng", "jira admin two-person off comment").await, @"(only you) `comment` takes but one person again.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 ship it").await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_account_is_needed_and_time_runs_out() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert!(!chat.says("root", "eng", "jira admin two-person comment").await.text().is_empty());
        assert!(!chat.says("root", "eng", "jira admin profile create approver person:@grace").await.text().is_empty());
        assert!(!chat.says("ada", "eng", "jira comment DEMO-4 ship it").await.text().is_empty());
        assert!(!chat.presses("ada", "eng", "Ask a second person").await.text().is_empty());
        assert!(chat.notice_in("eng").await.text().contains("[Agree]"));
        // Linked to nothing, nobody knows who Grace is in Jira; linked to the same account, she is no second one.
        assert_snapshot!(chat.presses("grace", "eng", "Agree").await, @"(only you) This takes a second Jira account. Type `jira connect acme`, and link one that is not theirs.");
        chat.linked_as("grace", "acme", "ada").await;
        assert!(chat.notice("ada").await.text().contains("was just linked by Grace"));
        assert_snapshot!(chat.presses("grace", "eng", "Agree").await, @"(only you) This takes a second Jira account. Type `jira connect acme`, and link one that is not theirs.");
        assert!(!chat.says("grace", "dm", "disconnect").await.text().is_empty());
        chat.linked("grace", "acme").await;
        chat.later(Duration::from_secs(15 * 60 + 1));
        assert_snapshot!(chat.presses("grace", "eng", "Agree").await, @"(in its place) This has been answered, or has ended.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_person_may_decline() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        assert!(!chat.says("root", "eng", "jira admin two-person status").await.text().is_empty());
        assert!(!chat.says("root", "eng", "jira admin profile create approver person:@grace").await.text().is_empty());
        assert!(!chat.says("ada", "eng", "jira status DEMO-4 done").await.text().is_empty());
        assert!(!chat.presses("ada", "eng", "Ask a second person").await.text().is_empty());
        assert!(chat.notice_in("eng").await.text().contains("[Agree]"));
        assert_snapshot!(chat.presses("grace", "eng", "Decline").await, @"(in its place) @grace declined: @ada, `status DEMO-4 done`.");
        assert_snapshot!(chat.notice("ada").await, @"(only you) A second person declined `status DEMO-4 done`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin two-person off").await, @"(only you) Which tool? Like this: `jira admin two-person off delete`.");
        assert_snapshot!(chat.says("root", "eng", "jira admin two-person nothing").await, @"(only you) I don't know a tool or toolset `nothing`. The toolsets are `reader`, `contributor`, `manager`, `read-only` and `all-approved`.");
    })
    .await;
}
