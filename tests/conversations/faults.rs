//! Jira says no, is slow, is away, or answers with something else.

use std::time::Duration;

use insta::assert_snapshot;
use usher_sandbox::{Effect, Fault};

use crate::support::{Setup, conversation, conversation_with};

#[tokio::test(flavor = "multi_thread")]
async fn a_read_that_fails_changes_nothing_and_says_why() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let order = |times, effect| chat.house.jira.fail(Fault::once("GET", "issue/DEMO-5", effect).times(times));
        order(2, Effect::Status { status: 500, body: None });
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        order(2, Effect::Status { status: 503, body: None });
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        order(2, Effect::Html { status: 502 });
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        order(1, Effect::Html { status: 200 });
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme answered with something that is not Jira, perhaps a login or maintenance page. Try again in a few minutes.");
        order(2, Effect::Reset);
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        order(1, Effect::Status { status: 200, body: Some("{\"key\":".to_owned()) });
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme answered with something that is not Jira, perhaps a login or maintenance page. Try again in a few minutes.");
        order(1, Effect::TooMany { retry_after: None, reason: None });
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme asks for a pause. Try again in a minute.");
        // One hiccup is not worth a word.
        chat.house.jira.clear_faults();
        order(1, Effect::Reset);
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("Order new spark plugs"));
        order(1, Effect::TooMany { retry_after: Some(1), reason: None });
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("Order new spark plugs"));
        // Whoever is told to wait does not ask again meanwhile, and what else there is goes on.
        order(1, Effect::TooMany { retry_after: Some(600), reason: Some("jira-burst-based".to_owned()) });
        chat.house.jira.clear_calls();
        for key in ["DEMO-5", "DEMO-5", "DEMO-4"] {
            let said = chat.says("ada", "eng", &format!("jira view {key}")).await.text();
            assert_eq!(said, "(only you) acme asks for a pause. Try again in 10 minutes.");
        }
        assert_eq!(chat.house.calls().len(), 1);
        assert!(chat.says("ada", "eng", "jira find in DEMO spark plugs").await.text().contains("DEMO-5"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_created_is_said_even_if_it_cannot_be_read() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.jira.fail(Fault::once("GET", "issue/DEMO-26", Effect::Reset).times(9));
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO The box loses focus").await, @r"
        (only you) Created **DEMO-26** The box loses focus · Bug
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_eq!(chat.house.issue("DEMO-26")["summary"], "The box loses focus");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_answer_is_lost_may_have_happened() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let order = |method, path, effect| chat.house.jira.fail(Fault::once(method, path, effect));
        order("POST", "comment", Effect::LostAnswer);
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) Jira did not confirm this, so it may or may not have happened. Look at DEMO-4 before you try again.");
        order("PUT", "assignee", Effect::LostAnswer);
        assert_snapshot!(chat.says("ada", "eng", "jira assign DEMO-4 me").await, @"(only you) Jira did not confirm this, so it may or may not have happened. Look at DEMO-4 before you try again.");
        order("POST", "transitions", Effect::Reset);
        assert_snapshot!(chat.says("ada", "eng", "jira status DEMO-4 in progress").await, @"(only you) Jira did not confirm this, so it may or may not have happened. Look at DEMO-4 before you try again.");
        order("POST", "worklog", Effect::Status { status: 500, body: None });
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-4 1h").await, @"(only you) Jira did not confirm this, so it may or may not have happened. Look at DEMO-4 before you try again.");
        order("POST", "comment", Effect::Html { status: 200 });
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) Jira did not confirm this, so it may or may not have happened. Look at DEMO-4 before you try again.");
        order("POST", "comment", Effect::TooMany { retry_after: Some(5), reason: None });
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) acme asks for a pause. Try again in 5 seconds.");
        assert_snapshot!(chat.house.trail(5).join("\n"), @r"
        ada comment allow
        ada comment unknown
        ada assign allow
        ada assign unknown
        ada status allow
        ada status unknown
        ada log allow
        ada log unknown
        ada comment allow
        ada comment unknown
        ada comment allow
        ada comment failed:rate-limited
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_create_is_looked_for() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.jira.fail(Fault::once("POST", "/rest/api/3/issue", Effect::LostAnswer));
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO It was made").await, @r"
        Ada Byron created **DEMO-26** It was made · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        chat.house.jira.fail(Fault::once("POST", "/rest/api/3/issue", Effect::Reset));
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO It was not").await, @r"
        (only you) Jira did not confirm that DEMO has your bug. I looked: it is not there.
        [Try again]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Try again").await, @r"
        Ada Byron created **DEMO-27** It was not · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        // Neither made for certain nor looked for.
        chat.house.jira.fail(Fault::once("POST", "/rest/api/3/issue", Effect::Reset));
        chat.house.jira.fail(Fault::once("", "search", Effect::Status { status: 503, body: None }).times(9));
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in DEMO Who knows").await, @"(only you) Jira did not confirm this, so it may or may not have happened. Look at DEMO before you try again.");
        let made = chat.house.jira.keys("DEMO").split_off(24);
        let titles: Vec<String> = made.iter().map(|key| chat.house.issue(key)["summary"].to_string()).collect();
        assert_eq!(titles, ["\"It was made\"", "\"It was not\""]);
        assert_snapshot!(chat.house.trail(5).join("\n"), @r"
        ada create allow
        ada create done DEMO-26
        ada create allow
        ada create unknown
        ada create allow
        ada create done DEMO-27
        ada create allow
        ada create unknown
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_fails_in_the_same_words() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        let order = |method, path, effect| chat.house.jira.fail(Fault::once(method, path, effect).times(2));
        order("GET", "issue/OPS-2", Effect::Status { status: 503, body: None });
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @"(only you) corp is not answering. Nothing was changed; try again in a few minutes.");
        order("GET", "issue/OPS-2", Effect::Html { status: 200 });
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @"(only you) corp answered with something that is not Jira, perhaps a login or maintenance page. Try again in a few minutes.");
        chat.house.jira.clear_faults();
        chat.house.jira.fail(Fault::once("POST", "/rest/api/2/issue", Effect::LostAnswer));
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in OPS It was made").await, @r"
        Ada Byron created **OPS-10** It was made · Bug · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_that_takes_too_long() {
    let impatient = |setup: &mut Setup| setup.patience = Some(Duration::from_millis(700));
    conversation_with(impatient, async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.jira.fail(Fault::once("GET", "issue/DEMO-5", Effect::Slow { ms: 2_500 }).times(2));
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        chat.house.jira.fail(Fault::once("POST", "comment", Effect::Slow { ms: 2_500 }));
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) Jira did not confirm this, so it may or may not have happened. Look at DEMO-4 before you try again.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn jira_that_is_not_there() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        chat.house.jira_goes_away().await;
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-5").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-5 hello").await, @"(only you) acme is not answering. Nothing was changed; try again in a few minutes.");
        assert_snapshot!(chat.says("ada", "eng", "jira find in OPS disk").await, @"(only you) corp is not answering. Nothing was changed; try again in a few minutes.");
        assert_snapshot!(chat.says("ada", "eng", "jira connect corp").await, @"(only you) corp is not answering. Nothing was changed; try again in a few minutes.");
        assert_snapshot!(chat.says("ada", "eng", "jira whoami").await, @r"
        (only you) - acme: Ada Byron, linked since 22 Nov 2026
        - corp: Ada Byron, linked since 22 Nov 2026
        ");
        assert_eq!(chat.completes("ada", "eng", "jira view DEMO-").await, "");
        assert_eq!(chat.house.trail(0).last().unwrap(), "ada find allow");
    })
    .await;
}
