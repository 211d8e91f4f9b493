//! `comment`: Markdown as people type it, in the form that each Jira keeps.

use insta::assert_snapshot;

use crate::support::conversation;

const WORDS: &str = "jira comment KEY Fixed in `main`, **see** the _new_ test:\n\n- first\n- second\n\n```rust\nfn main() {}\n```\n-7d --force it's \"done\"";

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_commented() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1").await, @"(only you) `comment` needs what to say. Markdown works, line breaks stay. Like this: `jira comment DEMO-7 Fixed, see the new test`.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1 \"\"").await, @"(only you) A comment needs words. Like this: `jira comment DEMO-1 Fixed`.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment Fixed it").await, @"(only you) `Fixed` is not an issue key. Like this: `jira comment DEMO-7 Fixed, see the new test`.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-999 Fixed it").await, @"(only you) DEMO-999 does not exist, or your Jira account may not see it.");
        assert!(chat.house.jira.permit("DEMO", "linus", usher_sandbox::world::Permission::Comment, false));
        assert_snapshot!(chat.says("linus", "eng", "jira comment DEMO-1 Fixed it").await, @"(only you) Jira did not accept this, and nothing was changed. Linus Winter, you do not have the permission to comment on this issue.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cloud_gets_a_document() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", &WORDS.replace("KEY", "DEMO-4")).await, @r"
        Comment added to DEMO-4.
        ‹Open in Jira›
        ");
        let issue = chat.house.issue("DEMO-4");
        let comment = issue["comments"].as_array().unwrap().last().unwrap();
        assert_eq!(comment["author"], "ada");
        assert_snapshot!(comment["body"], @r#"{"type":"doc","version":1,"content":[{"type":"paragraph","content":[{"type":"text","text":"Fixed in "},{"type":"text","text":"main","marks":[{"type":"code"}]},{"type":"text","text":", "},{"type":"text","text":"see","marks":[{"type":"strong"}]},{"type":"text","text":" the "},{"type":"text","text":"new","marks":[{"type":"em"}]},{"type":"text","text":" test:"}]},{"type":"bulletList","content":[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"first"}]}]},{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"second"}]}]}]},{"type":"codeBlock","attrs":{"language":"rust"},"content":[{"type":"text","text":"fn main() {}"}]},{"type":"paragraph","content":[{"type":"text","text":"-7d --force it's \"done\""}]}]}"#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_gets_wiki_markup() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", &WORDS.replace("KEY", "OPS-2")).await, @r"
        Comment added to OPS-2, where the customer can read it.
        ‹Open in Jira›
        ");
        let issue = chat.house.issue("OPS-2");
        let comment = issue["comments"].as_array().unwrap().last().unwrap();
        assert_snapshot!(comment["body"].as_str().unwrap(), @r#"
        Fixed in {{main}}, *see* the _new_ test:

        * first
        * second

        {noformat}
        fn main() {}
        {noformat}

        \-7d \-\-force it's "done"
        "#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_the_chat_are_named_in_jira_and_the_other_way_round() {
    conversation(async |chat| {
        for (site, key) in [("acme", "DEMO-4"), ("corp", "OPS-2")] {
            chat.linked("ada", site).await;
            chat.linked("grace", site).await;
            let last = || chat.house.issue(key)["comments"].as_array().unwrap().last().unwrap().clone();
            // Grace is linked here and Linus is not. Within code nobody is meant.
            let line = format!("jira comment {key} **@grace**, ask @linus or `@grace` --site {site}");
            assert!(chat.says("ada", "eng", &line).await.text().starts_with("Comment added"));
            let body = last()["body"].clone();
            let document = serde_json::json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [
                {"type": "mention", "attrs": {"id": "5b10a2844c20165700ede21a", "text": "@grace"}},
                {"type": "text", "text": ", ask @linus or "},
                {"type": "text", "text": "@grace", "marks": [{"type": "code"}]},
                {"type": "text", "text": " --site acme"},
            ]}]});
            match site {
                "acme" => assert_eq!(body, document),
                _ => assert_snapshot!(body.as_str().unwrap(), @r#"*[~ghopper]*, ask @linus or {{@grace}} \-\-site corp"#),
            }
            // On the way back Grace is a person of this chat, and Linus has the name that Jira has for him.
            let line = format!("jira comment {key} see above");
            assert!(chat.says("grace", "eng", &line).await.text().starts_with("Comment added"));
            let said = chat.says("ada", "eng", &format!("jira comments {key}")).await;
            let name = if site == "acme" { "@grace" } else { "@Grace Hopper" };
            assert!(said.text().contains(name), "{said}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_named_in_jira_has_a_name_here() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        chat.linked("grace", "corp").await;
        assert!(chat.house.jira.describe("OPS-2", "Ask [~lwinter], [~ghopper] or [~nobody.there]."));
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
        OPS-2  Replace the disk in rack 4 · Task · Open · Medium · Grace Hopper
          | Ask @‸Linus Winter, @Grace Hopper or @‸somebody.
          | 
          | Reporter: Ada Byron · Due: 24 Nov 2026 · Labels: hardware
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert!(chat.says("grace", "eng", "jira disconnect corp").await.text().contains("corp"));
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-2").await, @r"
        OPS-2  Replace the disk in rack 4 · Task · Open · Medium · Grace Hopper
          | Ask @‸Linus Winter, @‸Grace Hopper or @‸somebody.
          | 
          | Reporter: Ada Byron · Due: 24 Nov 2026 · Labels: hardware
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
    })
    .await;
}
