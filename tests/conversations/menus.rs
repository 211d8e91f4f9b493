//! Menus of messages and people, and answers to cards.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_an_issue() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let said = "Search box loses focus\nSteps: open the page, type.";
        assert_snapshot!(chat.uses_on_message("ada", "eng", "Create Jira issue", said).await, @r"
        (only you) In which project?
        [DEMO Demo engine]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "DEMO Demo engine").await, @r"
        (only you, in its place) Of which type?
        menu: Epic / Story / Task / Bug
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Task").await, @r"
        Ada Byron created **DEMO-26** Search box loses focus · Task · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_eq!(chat.house.issue("DEMO-26")["summary"], "Search box loses focus");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_becomes_a_comment() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.uses_on_message("ada", "eng", "Add as Jira comment", "Fixed in `main`").await, @r#"
        (only you) One thing is missing.
        form "Comment": Key* (line) <- The issue's key, such as DEMO-7
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Key", "no key")]).await, @"(only you) `no key` is not an issue key. Like this: `jira comment DEMO-7 Fixed, see the new test`.");
        let again = chat.uses_on_message("ada", "eng", "Add as Jira comment", "Fixed in `main`").await;
        assert!(again.text().contains("One thing is missing."));
        assert_snapshot!(chat.submits("ada", "eng", &[("Key", "demo-4")]).await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        assert_eq!(chat.house.issue("DEMO-4")["comments"][1]["text"], "Fixed in main");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_gets_an_issue() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.uses_on_person("ada", "eng", "Assign an issue", "grace").await, @r#"
        (only you) One thing is missing.
        form "Assign": Key* (line) <- The issue's key, such as DEMO-7
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Key", "DEMO-4")]).await, @r"
        DEMO-4 is assigned to Grace Hopper.
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_card_may_become_a_comment() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("DEMO-4"));
        assert_snapshot!(chat.answers("grace", "eng", "Fixed in main, see the new test").await, @r"
        (only you) Add this as a comment to DEMO-4?
        [Add comment] [Not now]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Add comment").await, @"(only you) This button is for somebody else. Type the command yourself.");
        assert_snapshot!(chat.presses("grace", "eng", "Add comment").await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        // An answer to anything else is talk.
        assert_snapshot!(chat.answers("grace", "eng", "good").await, @"");
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("DEMO-4"));
        assert!(chat.answers("ada", "eng", "jira whoami").await.text().contains("acme: Ada Byron"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_lacks_words_asks_for_them() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("grace", "acme").await;
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("DEMO-4"));
        assert_snapshot!(chat.presses("grace", "eng", "Comment").await, @r#"
        (only you) One thing is missing.
        form "Comment": Text* (paragraph) <- What to say. Markdown works, line breaks stay
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Text", "hello")]).await, @"(only you) This button is for somebody else. Type the command yourself.");
        assert_snapshot!(chat.submits("grace", "eng", &[("Text", "Fixed --site corp\nin `main`")]).await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        let comment = &chat.house.issue("DEMO-4")["comments"][1];
        assert_eq!((&comment["text"], &comment["author"]), (&"Fixed --site corp\nin main".into(), &"grace".into()));
    })
    .await;
}
