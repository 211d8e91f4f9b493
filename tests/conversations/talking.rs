//! `edit-comment`, `delete-comment`, `comment --to`, and time: `log --start`, `unlog`, `timesheet`; on both kinds of site.

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::{Setup, conversation, conversation_with};

fn manager(setup: &mut Setup) {
    setup.rules = vec!["allow manager in #eng on DEMO,OPS"];
}

#[tokio::test(flavor = "multi_thread")]
async fn which_comment_and_whose() {
    conversation_with(manager, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        let said = chat.says("linus", "general", "jira edit-comment DEMO-3 1 Hm").await.text();
        assert!(said.starts_with("(only you) `edit-comment` is not allowed in #general."), "{said}");
        assert_snapshot!(chat.says("ada", "eng", "jira edit-comment DEMO-25 last Hm").await, @"(only you) You have not commented on DEMO-25.");
        assert_snapshot!(chat.says("ada", "eng", "jira edit-comment DEMO-25 1 Hm").await, @"(only you) DEMO-25 has no comments.");
        assert_snapshot!(chat.says("ada", "eng", "jira edit-comment DEMO-2 2 Hm").await, @"(only you) DEMO-2 has one comment only.");
        assert_snapshot!(chat.says("ada", "eng", "jira edit-comment DEMO-2 first Hm").await, @"(only you) `first` does not name a comment. Write the number that the list shows, or `last` for your own newest.");
        assert_snapshot!(chat.says("ada", "eng", "jira edit-comment DEMO-2 1 Hm").await, @"(only you) Jira did not accept this, and nothing was changed. Ada Byron, you do not have the permission to edit this comment.");
        assert_snapshot!(chat.says("ada", "eng", "jira edit-comment DEMO-2 99999 Hm").await, @"(only you) That comment is not on DEMO-2, or your Jira account may not see it.");
        // A comment of another issue is not reached through this one.
        let other = chat.house.issue("WEB-12")["comments"][0]["id"].as_str().unwrap().to_owned();
        let said = chat.says("ada", "eng", &format!("jira edit-comment DEMO-2 id:{other} Hm")).await.text();
        assert_eq!(said, "(only you) That comment is not on DEMO-2, or your Jira account may not see it.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_comment_is_changed_and_deleted() {
    conversation_with(manager, async |chat| {
        for (site, key) in [("acme", "DEMO-4"), ("corp", "OPS-2")] {
            chat.linked("ada", site).await;
            let texts = || {
                let issue = chat.house.issue(key);
                issue["comments"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect::<Vec<_>>()
            };
            let before = texts();
            drop(chat.says("ada", "eng", &format!("jira comment {key} Once")).await.text());
            let said = chat.says("ada", "eng", &format!("jira edit-comment {key} last Twice")).await.text();
            assert!(said.contains(&format!("Comment on {key} changed.")), "{said}");
            assert_eq!(texts().last().unwrap(), "Twice");
            drop(chat.says("ada", "eng", &format!("jira comments {key}")).await.text());
            let asked = chat.presses("ada", "eng", &format!("Edit {}", texts().len())).await.text();
            assert!(asked.contains("form \"Edit-comment\": Text*"), "{asked}");
            let said = chat.submits("ada", "eng", &[("Text", "Three times")]).await.text();
            assert!(said.contains("changed."), "{said}");
            assert_eq!(texts().last().unwrap(), "Three times");
            let asked = chat.says("ada", "eng", &format!("jira delete-comment {key} last")).await.text();
            assert!(asked.starts_with("(only you) This cannot be taken back: delete-comment"), "{asked}");
            assert_eq!(texts().len(), before.len() + 1);
            let said = chat.presses("ada", "eng", "Yes, go on").await.text();
            assert!(said.contains(&format!("Ada Byron's comment on {key} is deleted.")), "{said}");
            assert_eq!(texts(), before);
        }
        assert_snapshot!(chat.completes("ada", "eng", "jira edit-comment DEMO-3 ").await, @"last | 2 | 1");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn some_comments_are_for_few() {
    conversation_with(manager, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1 --to Pilots Hm").await, @"(only you) Jira knows no role or group `Pilots` to which you belong, so nothing was added. Write its name as Jira has it, such as `--to Developers`.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1 --to Administrators Hm").await, @"(only you) Jira knows no role or group `Administrators` to which you belong, so nothing was added. Write its name as Jira has it, such as `--to Developers`.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1 --internal Hm").await, @"(only you) DEMO is no service project, so Jira keeps no internal comments there. `--to` and a role or a group say who may read it.");
        assert_eq!(chat.house.issue("DEMO-1")["comments"].as_array().unwrap().len(), 1);
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1 --to Developers For us").await, @r"
        (only you) Comment added to DEMO-1, for Developers only.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comment OPS-2 --to engineering For us").await, @r"
        (only you) Comment added to OPS-2, for engineering only.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1 --to group:Developers Hm").await, @"(only you) Jira knows no role or group `group:Developers` to which you belong, so nothing was added. Write its name as Jira has it, such as `--to Developers`.");
        assert_snapshot!(chat.says("ada", "eng", "jira comment DEMO-1 --to role:Developers For us again").await, @r"
        (only you) Comment added to DEMO-1, for Developers only.
        ‹Open in Jira›
        ");
        let readers =
            |key: &str| chat.house.issue(key)["comments"].as_array().unwrap().last().unwrap()["visibility"].clone();
        assert_eq!((readers("DEMO-1"), readers("OPS-2")), (json!("role:Developers"), json!("group:engineering")));
    })
    .await;
}

fn logs(issue: &Value) -> String {
    let logs = issue["worklogs"].as_array().unwrap().iter();
    logs.map(|log| format!("{} {}", log["seconds"], log["started"].as_str().unwrap())).collect::<Vec<_>>().join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn time_has_a_beginning_and_is_taken_back() {
    conversation_with(manager, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-12 1h --start soon").await, @"(only you) `soon` is not a moment. Write it like `9:30`, `yesterday 14:00` or `2026-11-20 9:00`.");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-12 1h --remaining much").await, @"(only you) `much` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-12 1h --start \"yesterday 14:00\" --remaining 2h measured").await, @r"
        (only you) Logged 1h on DEMO-12 (2h left).
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Undo").await, @r"
        (only you) This cannot be taken back: unlog DEMO-12. It is 1h of 21 Nov 2026, logged by Ada Byron. Go on?
        [Yes, go on] [Not now]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Yes, go on").await, @r"
        (only you, in its place) 1h taken back from DEMO-12.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-12 30m --start 9:30 --remaining same").await, @r"
        (only you) Logged 30m on DEMO-12 (3h left).
        ‹Open in Jira› [Undo]
        ");
        assert_snapshot!(logs(&chat.house.issue("DEMO-12")), @"1800 2026-11-22T09:30:00Z");
        assert_snapshot!(chat.says("ada", "eng", "jira unlog DEMO-25 last").await, @r"
        (only you) This cannot be taken back: unlog DEMO-25. Go on?
        [Yes, go on] [Not now]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Yes, go on").await, @"(only you) You have logged no time on DEMO-25.");
        assert_snapshot!(chat.says("ada", "eng", "jira unlog OPS-2 1").await, @r"
        (only you) This cannot be taken back: unlog OPS-2. It is 1h of 21 Nov 2026, logged by Grace Hopper. Go on?
        [Yes, go on] [Not now]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Yes, go on").await, @"(only you) Grace Hopper logged that. Only your own time can be taken back here. `jira worklogs OPS-2` shows what is whose.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_of_ones_own_time() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira timesheet --site acme").await, @r"
        (only you) Your time, 16 Nov to 22 Nov 2026: 2h

        | Issue | Fri 20 | Sun 22 | Total |
        | --- | --- | --- | --- |
        | DEMO-1 Write a welcome page for new p… | 1h 30m |  | 1h 30m |
        | DEMO-24 Prepare the demo for Thursday |  | 30m | 30m |
        | Total | 1h 30m | 30m | 2h |
        [Week before]
        ");
        drop(chat.says("ada", "eng", "jira log DEMO-1 2h --start \"friday 9:00\"").await.text());
        drop(chat.says("ada", "eng", "jira log DEMO-4 45m --start yesterday").await.text());
        drop(chat.says("ada", "eng", "jira log DEMO-4 15m --start \"yesterday 16:00\"").await.text());
        assert_snapshot!(chat.says("ada", "eng", "jira timesheet --site acme").await, @r"
        (only you) Your time, 16 Nov to 22 Nov 2026: 5h

        | Issue | Fri 20 | Sat 21 | Sun 22 | Total |
        | --- | --- | --- | --- | --- |
        | DEMO-1 Write a welcome page for new p… | 3h 30m |  |  | 3h 30m |
        | DEMO-4 Gauge shows minus one litre af… |  | 1h |  | 1h |
        | DEMO-24 Prepare the demo for Thursday |  |  | 30m | 30m |
        | Total | 3h 30m | 1h | 30m | 5h |
        [Week before]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Week before").await, @r"
        (only you, in its place) You logged no time from 9 Nov to 15 Nov 2026.
        [Week before] [Week after]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira timesheet someday --site acme").await, @"(only you) `someday` is no week. Write `last`, or a day in it such as `2026-11-16`.");
        drop(chat.says("ada", "eng", "jira log OPS-2 1h --start 2026-11-10").await.text());
        assert_snapshot!(chat.says("ada", "eng", "jira timesheet 2026-11-12 --site corp").await, @r"
        (only you) Your time, 9 Nov to 15 Nov 2026: 1h

        | Issue | Tue 10 | Total |
        | --- | --- | --- |
        | OPS-2 Replace the disk in rack 4 | 1h | 1h |
        | Total | 1h | 1h |
        [Week before] [Week after]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_internal_comment_stays_with_the_team() {
    conversation(async |chat| {
        for (site, key) in [("acme", "WEB-4"), ("corp", "OPS-2")] {
            chat.linked("ada", site).await;
            chat.says("root", "eng", "jira admin allow contributor in #eng on WEB,OPS").await.text();
            let said =
                chat.says("ada", "eng", &format!("jira comment {key} --internal The customer owes us money")).await;
            assert!(
                said.text().contains(&format!("Internal comment added to {key}. The customer cannot read it.")),
                "{said}"
            );
            let comment = chat.house.issue(key)["comments"].as_array().unwrap().last().unwrap().clone();
            assert_eq!(comment["text"], "The customer owes us money");
            let said = chat.says("ada", "eng", &format!("jira comments {key}")).await.text();
            assert!(said.starts_with("(only you)") && said.contains("for a few"), "{said}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_comment_is_changed_back() {
    conversation(async |chat| {
        for (site, key) in [("acme", "DEMO-4"), ("corp", "OPS-2")] {
            chat.linked("ada", site).await;
            let last = || chat.house.issue(key)["comments"].as_array().unwrap().last().unwrap()["body"].clone();
            chat.says("ada", "eng", &format!("jira comment {key} **Fixed** in `main`")).await.text();
            let before = last();
            let said = chat.says("ada", "eng", &format!("jira edit-comment {key} last Not fixed")).await;
            assert!(said.text().contains(&format!("Comment on {key} changed.")), "{said}");
            assert_ne!(last(), before);
            let said = chat.presses("ada", "eng", "Undo").await;
            assert!(said.text().contains(&format!("Comment on {key} changed.")), "{said}");
            assert_eq!(last(), before);
        }
    })
    .await;
}
