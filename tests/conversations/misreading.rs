//! What cannot be read: one sentence, the next step, and nothing changed.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_slip_of_the_pen_is_one_press_away() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira vew DEMO-5").await, @r"
        (only you) I don't know `vew`. Did you mean `view DEMO-5`?
        [Yes]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Yes").await, @r"
        (only you) DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More] [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira asign DEMO-4 me").await, @r"
        (only you) I don't know `asign`. Did you mean `assign DEMO-4 me`?
        [Yes]
        ");
        assert_snapshot!(chat.presses("grace", "eng", "Yes").await, @"(only you) This button is for somebody else. Type the command yourself.");
        assert_snapshot!(chat.presses("ada", "eng", "Yes").await, @r"
        DEMO-4 is assigned to Ada Byron.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira conect acme").await, @r"
        (only you) I don't know `conect`. Did you mean `connect acme`?
        [Yes]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira zebra DEMO-4").await, @"(only you) I don't know `zebra`. `jira help` lists what I can do.");
        assert_snapshot!(chat.says("ada", "dm", "vew DEMO-5").await, @r"
        (only you) I don't know `vew`. Did you mean `view DEMO-5`?
        [Yes]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_that_no_command_takes() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.jira.clear_calls();
        assert_snapshot!(chat.says("ada", "eng", "jira view ../../secrets").await, @"(only you) `../../secrets` is not an issue key. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-0").await, @"(only you) `DEMO-0` is not an issue key. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-99999999999999999999").await, @"(only you) `DEMO-99999999999999999999` is not an issue key. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.says("ada", "eng", "jira view `DEMO-1`").await, @"(only you) DEMO-1 is not an issue key. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-1 --loud").await, @"(only you) I did not expect `--loud` after `view`. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.says("ada", "eng", "jira whoami please").await, @"(only you) I cannot read that `whoami`. It takes no more words: `jira whoami`.");
        assert_snapshot!(chat.says("ada", "eng", "jira create bug in").await, @r"
        (only you) In which project?
        [DEMO Demo engine]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn too_much_and_too_strange() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.house.jira.clear_calls();
        let long = format!("jira comment DEMO-4 {}", "a".repeat(100_000));
        assert_snapshot!(chat.says("ada", "eng", &long).await, @"(only you) That is 100015 characters, and 32767 is the most that Jira takes. Shorten it or attach it as a file.");
        assert!(chat.says("ada", "eng", &"a ".repeat(50_000)).await.is_empty());
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 bell\u{7} and null\u{0}").await, @"(only you) Your message holds control characters, which Jira does not take. Type it again without them.");
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-1\u{1b}[31m").await, @"(only you) Your message holds control characters, which Jira does not take. Type it again without them.");
        assert_eq!(chat.house.calls(), [""; 0]);
        // As much as Jira takes is taken.
        let most = format!("jira comment DEMO-4 {}", "a".repeat(30_000));
        assert_snapshot!(chat.says("ada", "eng", &most).await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-4")["comments"][1]["text"].as_str().unwrap().len(), 30_000);
    })
    .await;
}
