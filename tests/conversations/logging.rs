//! `log`: time as people write it.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_time() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-1").await, @"(only you) `log` needs how long, such as 1h30m, 45m or 2d (a day is 8 hours). Like this: `jira log DEMO-7 1h30m fixing focus`.");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-1 fixing focus").await, @"(only you) `fixing focus` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-1 0m").await, @"(only you) `0m` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-1 -2h").await, @"(only you) `-2h` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-1 99999999999999999999h").await, @"(only you) `99999999999999999999h` is not a length of time. Write it like `1h30m`, `90m`, `1.5h` or `1d` (8 hours).");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-999 1h").await, @"(only you) DEMO-999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("linus", "eng", "jira log DEMO-1 1h").await, @"(only you) Jira did not accept this, and nothing was changed. You do not have the permission to associate a worklog to this issue.");
        assert_eq!(chat.house.issue("DEMO-1")["worklogs"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn time_is_logged_as_people_write_it() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-4 1h30m fixing focus").await, @r"
        (only you) Logged 1h 30m on DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-4 1h 15m").await, @r"
        (only you) Logged 1h 15m on DEMO-4 (2h 45m in all).
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-4 2d").await, @r"
        (only you) Logged 2d on DEMO-4 (2d 2h 45m in all).
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-4 1.5h \"a quote\"").await, @r"
        (only you) Logged 1h 30m on DEMO-4 (2d 4h 15m in all).
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira log DEMO-1 45m").await, @r"
        (only you) Logged 45m on DEMO-1 (2h 15m in all, 1h 45m left).
        ‹Open in Jira›
        ");
        let issue = chat.house.issue("DEMO-4");
        let logged: Vec<_> =
            issue["worklogs"].as_array().unwrap().iter().map(|log| json!([log["seconds"], log["text"], log["started"]])).collect();
        assert_snapshot!(json!(logged), @r#"[[5400,"fixing focus","2026-11-22T10:00:00Z"],[4500,null,"2026-11-22T10:00:00Z"],[57600,null,"2026-11-22T10:00:00Z"],[5400,"a quote","2026-11-22T10:00:00Z"]]"#);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_logs_the_same_way() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira log OPS-2 30m installed *the* disk").await, @r"
        (only you) Logged 30m on OPS-2 (1h 30m in all, 30m left).
        ‹Open in Jira›
        ");
        let issue = chat.house.issue("OPS-2");
        assert_snapshot!(issue["worklogs"].as_array().unwrap().last().unwrap(), @r#"{"id":"10025","author":"ada","seconds":1800,"started":"2026-11-22T10:00:00Z","text":"installed _the_ disk"}"#);
    })
    .await;
}
