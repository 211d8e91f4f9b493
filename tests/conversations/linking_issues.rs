//! `link`, `unlink`, `weblink`: how issues stand to each other, and to pages elsewhere; on both kinds of site.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation, conversation_with};

fn on_demo(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO"];
}

#[tokio::test(flavor = "multi_thread")]
async fn both_ends_are_held_to_the_grant() {
    conversation_with(on_demo, async |chat| {
        chat.linked("ada", "acme").await;
        let said = chat.says("ada", "general", "jira link DEMO-1 blocks DEMO-2").await.text();
        assert!(said.starts_with("(only you) `link` is not allowed in #general."), "{said}");
        let before = chat.house.issue("DEMO-1")["links"].clone();
        let refused = "is not allowed on WEB in #eng.";
        for line in [
            "link DEMO-1 blocks WEB-12",
            "link WEB-12 blocks DEMO-1",
            "unlink DEMO-1 WEB-12",
            "weblink WEB-12 https://example.org",
            "unlink WEB-12 https://example.org",
        ] {
            let said = chat.says("ada", "eng", &format!("jira {line}")).await.text();
            assert!(said.contains(refused), "{line}: {said}");
        }
        // DEMO-7 is WEB-7 now.
        for line in ["link DEMO-1 blocks DEMO-7", "link DEMO-7 blocks DEMO-1", "unlink DEMO-1 DEMO-7"] {
            let said = chat.says("ada", "eng", &format!("jira {line}")).await.text();
            assert!(said.contains("WEB may not be used here") || said.contains("WEB is not among"), "{line}: {said}");
        }
        assert_eq!(chat.house.issue("DEMO-1")["links"], before);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_linked() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira link DEMO-1 blocks").await, @"(only you) The other issue's key belongs at the end. Like this: `jira link DEMO-1 blocks DEMO-9`.");
        assert_snapshot!(chat.says("ada", "eng", "jira link DEMO-1 blocks DEMO-1").await, @"(only you) DEMO-1 cannot be linked to itself.");
        assert_snapshot!(chat.says("ada", "eng", "jira link DEMO-1 blocks DEMO-9999").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira link DEMO-1 eats DEMO-2").await, @r#"
        (only you) No link is called "eats" here. How does DEMO-1 stand to DEMO-2?
        menu: blocks / is blocked by / clones / is cloned by / duplicates / is duplicated by / relates to
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira link DEMO-2 blocks DEMO-3").await, @r"
        DEMO-2 blocks DEMO-3 already.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("linus", "eng", "jira link DEMO-1 blocks DEMO-2").await, @"(only you) No Link Issue Permission for issue 'DEMO-1'");
        assert_snapshot!(chat.says("ada", "eng", "jira unlink DEMO-1 DEMO-2").await, @"(only you) DEMO-1 and DEMO-2 are not linked.");
        assert_snapshot!(chat.says("ada", "eng", "jira unlink DEMO-1 https://example.org").await, @"(only you) DEMO-1 has no link to `https://example.org`. Write the other issue's key, or the whole address of the page.");
        assert_snapshot!(chat.says("ada", "eng", "jira weblink DEMO-1 javascript:alert(1) Look").await, @"(only you) `javascript:alert(1)` is not an address. It begins with `https://` or `http://`.");
        assert_snapshot!(chat.says("ada", "eng", "jira weblink DEMO-1 plan Look").await, @"(only you) `plan` is not an address. It begins with `https://` or `http://`.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_has_a_direction_and_a_way_back() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira link DEMO-1 blocks DEMO-4").await, @r"
        DEMO-1 blocks DEMO-4 now.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.house.issue("DEMO-1")["links"], @r#"[{"type":"Blocks","to":"DEMO-4"}]"#);
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1 no longer blocks DEMO-4.
        ‹Open in Jira› [Undo]
        ");
        assert_eq!(chat.house.issue("DEMO-1")["links"], json!([]));
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        DEMO-1 blocks DEMO-4 now.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira link DEMO-1 is cloned by DEMO-4").await, @r"
        DEMO-1 is cloned by DEMO-4 now.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.house.issue("DEMO-4")["links"], @r#"[{"type":"Cloners","to":"DEMO-1"}]"#);
        assert_snapshot!(chat.says("ada", "eng", "jira unlink DEMO-4 DEMO-1").await, @r"
        (only you) DEMO-4 and DEMO-1 are linked more than once. Which link goes?
        [is blocked by DEMO-1] [clones DEMO-1]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "clones DEMO-1").await, @r"
        DEMO-4 no longer clones DEMO-1.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira link OPS-1 relates OPS-2").await, @r"
        OPS-1 relates to OPS-2 now.
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira link OPS-1 OPS-4").await, @r"
        (only you) How does OPS-1 stand to OPS-4?
        menu: blocks / is blocked by / clones / is cloned by / duplicates / is duplicated by / relates to
        ");
        assert_snapshot!(chat.completes("ada", "eng", "jira link DEMO-1 is b").await, @"is blocked by");
        assert_snapshot!(chat.completes("ada", "eng", "jira link DEMO-1 blocks DEMO-2").await, @"blocks DEMO-24 | blocks DEMO-25 | blocks DEMO-2 | blocks DEMO-21 | blocks DEMO-22 | blocks DEMO-20 | blocks DEMO-23");
        // Links to other issues stay.
        assert!(chat.says("ada", "eng", "jira link DEMO-4 blocks DEMO-2").await.text().contains("DEMO-4 blocks DEMO-2 now."));
        assert!(chat.says("ada", "eng", "jira unlink DEMO-4 DEMO-2").await.text().contains("DEMO-4 no longer blocks DEMO-2."));
        assert_snapshot!(chat.house.issue("DEMO-1")["links"], @r#"[{"type":"Blocks","to":"DEMO-4"}]"#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_linked_and_unlinked() {
    conversation(async |chat| {
        for (site, key) in [("acme", "DEMO-1"), ("corp", "OPS-2")] {
            chat.linked("ada", site).await;
            let links = || chat.house.issue(key)["webLinks"].clone();
            let said =
                chat.says("ada", "eng", &format!("jira weblink {key} https://example.org/plan?a=1 The  plan")).await;
            assert!(said.text().contains(&format!("{key} links to The plan now.")), "{said}");
            assert_eq!(links(), json!([["https://example.org/plan?a=1", "The plan"]]));
            let said = chat.presses("ada", "eng", "Undo").await.text();
            assert!(said.contains(&format!("{key} no longer links to The plan.")), "{said}");
            assert_eq!(links(), json!([]));
            let said = chat.says("ada", "eng", &format!("jira weblink {key} https://example.org")).await.text();
            assert!(said.contains("links to https://example.org/ now."), "{said}");
            let said = chat.says("ada", "eng", &format!("jira unlink {key} https://example.org")).await.text();
            assert!(said.contains("no longer links to https://example.org/."), "{said}");
        }
    })
    .await;
}
