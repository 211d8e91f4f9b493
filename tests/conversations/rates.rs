//! How often one person may use one tool.

use std::time::Duration;

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn an_eager_script_cannot_make_a_hundred_issues() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        chat.house.jira.clear_calls();
        let mut made = 0;
        for n in 0..100 {
            let said = chat.says("ada", "eng", &format!("jira comment DEMO-4 hello {n}")).await.text();
            made += usize::from(said.contains("Comment added"));
        }
        assert_eq!(made, 60);
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await, @"(only you) `comment` is limited to 60 calls in 10 minutes for each person. You can use it again in 10 seconds.");
        // Somebody else, and something else, is not held up.
        assert!(chat.says("linus", "eng", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
        assert!(chat.says("ada", "eng", "jira view DEMO-4").await.text().contains("DEMO-4"));
        chat.later(Duration::from_secs(10));
        assert!(chat.says("ada", "eng", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
        assert!(!chat.says("ada", "eng", "jira comment DEMO-4 hello").await.text().contains("Comment added"));
    })
    .await;
}
