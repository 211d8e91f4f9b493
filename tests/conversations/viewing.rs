//! `view`: one issue, and who may see it.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_seen_does_not_exist() {
    conversation(async |chat| {
        chat.linked("linus", "acme").await;
        assert_snapshot!(chat.says("linus", "eng", "jira view DEMO-9999").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        // HR is there, and only Grace may see it. Somebody else reads the very same words.
        assert_snapshot!(chat.says("linus", "general", "jira view HR-7").await, @"(only you) HR-7 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("linus", "eng", "jira view nonsense").await, @"(only you) `nonsense` is not an issue key. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.says("linus", "eng", "jira view").await, @"(only you) `view` needs the issue's key, such as DEMO-7. Like this: `jira view DEMO-7`.");
        assert_snapshot!(chat.says("linus", "eng", "jira view DEMO-1 DEMO-2").await, @"(only you) I did not expect `DEMO-2` after `view`. Like this: `jira view DEMO-7`.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_is_a_card() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-1").await, @r"
        DEMO-1  Write a welcome page for new people · Task · To Do · Medium · Ada Byron
          | Newcomers ask the same five questions in their first hour.
          | 
          | - Where is the wiki?
          | - Who gives me access?
          | - What do I build first?
          | 
          | Reporter: Grace Hopper · Due: 25 Nov 2026 · Labels: docs, first-week
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "DEMO-5").await, @r"
        DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira demo-5").await, @r"
        DEMO-5  Order new spark plugs · Task · Done · Low · Grace Hopper
          | Reporter: Ada Byron
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        // Somebody's title that would shout or format is shown as its letters.
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-9").await, @r#"
        DEMO-9  @everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · Bug · To Do · Medium · nobody
          | @‸here
          | 
          | \# not a heading
          | 
          | \<img src=x onerror=alert(1)> {panel}not a panel{panel} \u0041 \*stars\* \~tilde\~
          | 
          | Reporter: Linus Winter
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        "#);
        chat.house.jira.clear_calls();
        assert!(chat.says("ada", "eng", "jira view DEMO-2").await.text().contains("The engine stalls"));
        assert_eq!(chat.house.calls(), ["GET issue/DEMO-2"]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_shows_the_same_card() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-1").await, @r"
        OPS-1  Mail is slow since Monday · Incident · In Progress · High · Ada Byron
          | ### What we see
          | 
          | - Queue of **12 000** mails
          | - `smtp2` is the slow one
          | 
          | ```
          | postqueue -p | tail -1
          | ```
          | 
          | Reporter: Grace Hopper
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira view OPS-3").await, @r"
        OPS-3  @everyone *stars* {color:red}red{color} <b>html</b> [~abyron] {\rtf1 x} | pipe · Bug · Open · Medium · nobody
          | > not me
          | 
          | picture.png – @‸here
          | 
          | Reporter: Linus Winter
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_snapshot!(chat.says("ada", "dm", "OPS-2").await, @r"
        (only you) OPS-2  Replace the disk in rack 4 · Task · Open · Medium · Grace Hopper
          | Reporter: Ada Byron · Due: 24 Nov 2026 · Labels: hardware
        ‹Open in Jira› [More]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_two_links_the_project_decides_the_site() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("ada", "corp").await;
        assert!(chat.says("ada", "eng", "jira view OPS-2").await.text().contains("Replace the disk"));
        assert!(chat.says("ada", "eng", "jira view DEMO-2").await.text().contains("The engine stalls"));
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-2 --site corp").await, @"(only you) DEMO-2 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira view DEMO-2 --site moon").await, @"(only you) I don't know the site `moon`. I know `acme` and `corp`.");
        assert_snapshot!(chat.says("ada", "dm", "view NOPE-2").await, @r"
        (only you) On which Jira?
        [acme] [corp]
        ");
        assert_snapshot!(chat.presses("ada", "dm", "acme").await, @"(only you) NOPE-2 does not exist, or your Jira account may not see it.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issue_for_a_few_is_never_spoken_of_in_public() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        let lines =
            ["jira view OPS-8", "jira assign OPS-8 nobody", "jira comment OPS-8 Look at this", "jira find in OPS job"];
        for line in lines {
            let said = chat.says("ada", "eng", line).await.to_string();
            assert!(said.starts_with("(only you) "), "{line}: {said}");
            assert!(!said.contains("[Show here]"), "{line}: {said}");
        }
        let said = chat.says("ada", "eng", "jira status OPS-8 in progress").await.to_string();
        assert!(said.starts_with("(only you) "), "{said}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_shows_what_hangs_on_an_issue_to_whoever_presses() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        assert!(chat.says("ada", "eng", "jira view DEMO-1").await.text().contains("[Watch] [More]"));
        assert_snapshot!(chat.presses("linus", "eng", "More").await, @r"
        (only you) DEMO-1  Write a welcome page for new people · Task · To Do · Medium · Ada Byron
          | Newcomers ask the same five questions in their first hour.
          | 
          | - Where is the wiki?
          | - Who gives me access?
          | - What do I build first?
          | 
          | Reporter: Grace Hopper · Due: 25 Nov 2026 · Labels: docs, first-week
          | 
          | **Comments**
          | 
          | *Grace Hopper, 18 Nov 2026*
          | 
          | > A page is enough, no video please.
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch]
        ");
        assert!(chat.says("ada", "eng", "jira view DEMO-3").await.text().contains("[Watch] [More]"));
        assert_snapshot!(chat.presses("linus", "eng", "More").await.text().replace(chat.house.jira.cloud_url(), "https://acme"), @r"
        (only you) DEMO-3  As a pilot I want to see the fuel level in litres · Story · In Progress · Medium · Ada Byron
          | Reporter: Grace Hopper
          | 
          | **Links**
          | 
          | - is blocked by [DEMO-2](https://acme/browse/DEMO-2) The engine stalls when the tank is half full · In Progress
          | 
          | **Comments**
          | 
          | *Ada Byron, 19 Nov 2026*
          | 
          | > Litres with one digit after the point?
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch]
        ");
    })
    .await;
}
