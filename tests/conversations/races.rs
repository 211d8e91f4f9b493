//! Several things at once.

use futures::future::{join, join_all};

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_button_that_works_once_works_once_for_many_presses() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert!(chat.says("ada", "eng", "jira status DEMO-1").await.text().contains("Done"));
        let done = chat.button("eng", "Done");
        let replies = join_all((0..8).map(|_| chat.presses_on("ada", "eng", done.clone()))).await;
        let texts: Vec<String> = replies.iter().map(|reply| reply.text()).collect();
        assert_eq!(texts.iter().filter(|text| text.contains("To Do -> Done")).count(), 1, "{texts:?}");
        assert_eq!(texts.iter().filter(|text| text.contains("has been used")).count(), 7, "{texts:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_comes_twice_links_once() {
    conversation(async |chat| {
        let begun = chat.says("ada", "eng", "jira connect acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        let (one, other) = join(chat.says("ada", "dm", &code), chat.says("ada", "dm", &code)).await;
        let linked = [one.text(), other.text()].iter().filter(|text| text.contains("Linked: ")).count();
        assert_eq!(linked, 1);
        let trail = chat.house.rows();
        assert_eq!(trail.iter().filter(|row| row.kind == "link" && row.verdict == "activated").count(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_do_not_wait_for_each_other_nor_act_for_each_other() {
    conversation(async |chat| {
        for who in ["ada", "grace", "linus"] {
            chat.linked(who, "acme").await;
        }
        let chat = &*chat;
        let says = (0..60).map(async |number| {
            let who = ["ada", "grace", "linus"][number % 3];
            chat.says(who, "eng", &format!("jira comment DEMO-4 {who} {number}")).await
        });
        for reply in join_all(says).await {
            assert!(reply.text().contains("Comment added"), "{reply}");
        }
        let issue = chat.house.issue("DEMO-4");
        for comment in issue["comments"].as_array().unwrap().iter().skip(1) {
            assert!(comment["text"].as_str().unwrap().starts_with(comment["author"].as_str().unwrap()));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deny_holds_for_whoever_asks_after_its_answer() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let views = join_all((0..16).map(|_| chat.says("ada", "eng", "jira view DEMO-5")));
        let (views, denied) = join(views, chat.says("root", "eng", "jira admin deny view in #eng")).await;
        assert!(denied.text().contains("may no longer use"));
        for view in views {
            let text = view.text();
            assert!(text.starts_with("DEMO-5") || text.contains("is denied to you"), "{text}");
        }
        assert!(chat.says("ada", "eng", "jira view DEMO-5").await.text().contains("is denied to you"));
    })
    .await;
}
