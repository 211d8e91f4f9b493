//! `find`: words, JQL, pages, and what cannot be searched.

use insta::assert_snapshot;

use crate::support::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_searched() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira find unicorn").await, @"(only you) Nothing found.");
        assert_snapshot!(chat.says("ada", "eng", "jira find in DEMO unicorn").await, @"(only you) Nothing found in DEMO.");
        assert_snapshot!(chat.says("ada", "eng", "jira find ???").await, @"(only you) There are no words to look for. Like this: `jira find safari login`.");
        assert_snapshot!(chat.says("ada", "eng", "jira find jql: project = ").await, @"(only you) I can't read this search at its end: a value should stand there. `jira help find` shows an example.");
        assert_snapshot!(chat.says("ada", "eng", "jira find jql: project = DEMO AND (status = Done").await, @"(only you) I can't read this search at its end: AND, OR or `)` should stand there. `jira help find` shows an example.");
        assert_snapshot!(chat.says("ada", "eng", "jira find jql:").await, @"(only you) There are no words to look for. Like this: `jira find safari login`.");
        chat.house.jira.clear_calls();
        assert_snapshot!(chat.says("ada", "eng", "jira find jql: flavour = vanilla").await, @"(only you) Jira did not accept this. Field 'flavour' does not exist or you do not have permission to view it.");
        assert_snapshot!(chat.says("ada", "eng", "jira find jql: status = Melting").await, @"(only you) Jira did not accept this. The value 'Melting' does not exist for the field 'status'.");
        assert_snapshot!(chat.says("ada", "eng", "jira find in D-E-M-O safari").await, @"(only you) `D-E-M-O` is not a project key. Like this: `jira find safari login`.");
        assert_snapshot!(chat.says("ada", "eng", "jira find in NOPE safari").await, @"(only you) Jira did not accept this. The value 'NOPE' does not exist for the field 'project'.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_find_issues() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira find safari").await, @r"
        (only you) 3 of 3 in WEB
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        WEB-31  Safari 17: cookie dropped · To Do · nobody
        WEB-44  Login page jumps · Done · Ada Byron
        [WEB-12] [WEB-31] [WEB-44] [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira find in DEMO search box").await, @r"
        2 of 2 in DEMO
        DEMO-18  Search box loses focus · Ready for review · Grace Hopper
        DEMO-19  Search box shows the previous result · To Do · nobody
        [DEMO-18] [DEMO-19]
        ");
        assert_snapshot!(chat.presses("grace", "eng", "DEMO-18").await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-18.
        [Link acme]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira find DEMO-7").await, @r"
        (only you) 1 of 1 in WEB
        WEB-7  The order form forgets the address · To Do · Ada Byron
        [WEB-7] [Show here]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira find it's \"a quote").await, @"(only you) Nothing found.");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_said_finds_ones_own_open_issues() {
    conversation(async |chat| {
        chat.linked("grace", "acme").await;
        assert_snapshot!(chat.says("grace", "dm", "find").await, @r"
        (only you) 6 of 6 assigned to you
        DEMO-18  Search box loses focus · Ready for review · Grace Hopper
        DEMO-11  Preheat the oil · Ready for review · Grace Hopper
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        HR-7  Salary review 2027 · To Do · Grace Hopper
        WEB-3  Images are blurred on phones · To Do · Grace Hopper
        [DEMO-18] [DEMO-11] [WEB-12] [DEMO-2] [HR-7]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_has_pages() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let query = "jira find jql: project = DEMO AND type = Bug ORDER BY key ASC";
        assert_snapshot!(chat.says("ada", "eng", query).await, @r#"
        (only you) 7 of 7 in DEMO
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        DEMO-4  Gauge shows minus one litre after a restart · To Do · nobody
        DEMO-9  @everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · To Do · nobody
        DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
        DEMO-18  Search box loses focus · Ready for review · Grace Hopper
        DEMO-19  Search box shows the previous result · To Do · nobody
        DEMO-23  Typo in the shutdown message · Done · Ada Byron
        [DEMO-2] [DEMO-4] [DEMO-9] [DEMO-13] [DEMO-18]
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira find in DEMO").await, @r"
        (only you) The first 10 in DEMO, there are more
        DEMO-24  Prepare the demo for Thursday · In Progress · Ada Byron
        DEMO-25  Let the engine hum a tune · To Do · nobody
        DEMO-3  As a pilot I want to see the fuel level in litres · In Progress · Ada Byron
        DEMO-18  Search box loses focus · Ready for review · Grace Hopper
        DEMO-11  Preheat the oil · Ready for review · Grace Hopper
        DEMO-19  Search box shows the previous result · To Do · nobody
        DEMO-1  Write a welcome page for new people · To Do · Ada Byron
        DEMO-2  The engine stalls when the tank is half full · In Progress · Grace Hopper
        DEMO-16  Über-pressure valve: naïve café résumé ☕ 測試 · To Do · nobody
        DEMO-13  Ignition key can be copied from the log · To Do · Ada Byron
        [DEMO-24] [DEMO-25] [DEMO-3] [DEMO-18] [DEMO-11] [More]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "More").await, @r#"
        (only you, in its place) The next 10 in DEMO, there are more
        DEMO-9  @everyone **look** _here_ <b>bold</b> <script>alert(1)</script> {\rtf1\b x} [free](https://evil.example) `code` & "quotes" | pipe · To Do · nobody
        DEMO-4  Gauge shows minus one litre after a restart · To Do · nobody
        DEMO-6  Start the engine with one button · Released · Ada Byron
        DEMO-8  Ask Linus about the kernel of the pump · To Do · Gracie Lane
        DEMO-14  Borrow a freezer · Done · Ada Byron
        DEMO-15  Calibrate the thermometer · To Do · nobody
        DEMO-21  Clean up feature flags · To Do · Ada Byron
        DEMO-5  Order new spark plugs · Done · Grace Hopper
        DEMO-22  Show the oil pressure on the phone · To Do · nobody
        DEMO-17  As a mechanic I want to export the error memory · To Do · nobody
        [DEMO-9] [DEMO-4] [DEMO-6] [DEMO-8] [DEMO-14] [More] [Show here]
        "#);
        assert_snapshot!(chat.presses("ada", "eng", "More").await, @r"
        (only you, in its place) The last 4 in DEMO
        DEMO-12  Measure the choke at -20 °C · To Do · Ada Byron
        DEMO-10  Cold start · In Progress · nobody
        DEMO-20  Renew the certificate of the test bench · Done · Linus Winter
        DEMO-23  Typo in the shutdown message · Done · Ada Byron
        [DEMO-12] [DEMO-10] [DEMO-20] [DEMO-23] [Show here]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_says_how_many_there_are() {
    conversation(async |chat| {
        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira find in OPS").await, @r"
        (only you) 9 of 9 in OPS
        OPS-2  Replace the disk in rack 4 · Open · Grace Hopper
        OPS-9  Label the new cables · Reopened · nobody
        OPS-1  Mail is slow since Monday · In Progress · Ada Byron
        OPS-6  Move the wiki to the new host · In Progress · Ada Byron
        OPS-8  Password in a job's output · Open · Ada Byron
        OPS-3  @everyone *stars* {color:red}red{color} <b>html</b> [~abyron] {\rtf1 x} | pipe · Open · nobody
        OPS-4  Rotate the backup tapes · Resolved · Linus Winter
        OPS-7  Copy the attachments · Open · Gracie Lane
        OPS-5  Data centre was hot · Closed · Grace Hopper
        [OPS-2] [OPS-9] [OPS-1] [OPS-6] [OPS-8]
        ");
        let query = "jira find jql: reporter = currentUser() ORDER BY created";
        assert_snapshot!(chat.says("ada", "dm", query).await, @r"
        (only you) 6 of 6
        CORP-4  Leave the old data centre · Open · nobody
        OPS-6  Move the wiki to the new host · In Progress · Ada Byron
        OPS-7  Copy the attachments · Open · Gracie Lane
        CORP-1  Buy chairs for the new room · Open · Grace Hopper
        OPS-2  Replace the disk in rack 4 · Open · Grace Hopper
        CORP-3  The door of room 3 is stuck · Open · nobody
        [CORP-4] [OPS-6] [OPS-7] [CORP-1] [OPS-2]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_a_search() {
    for site in ["acme", "corp"] {
        conversation(async |chat| {
            chat.linked("ada", site).await;
            let key = if site == "acme" { "DEMO" } else { "OPS" };
            let mut refused = Vec::new();
            for bad in ["status:", "updated:soon", "assignee:zebedee"] {
                refused.push(chat.says("ada", "eng", &format!("jira find {bad}")).await.text());
            }
            insta::allow_duplicates! { assert_snapshot!(refused.join("\n"), @r#"
            (only you) `status:` says nothing. Like this: `jira find status:"in progress" assignee:me`.
            (only you) `soon` is no day and no time back. Like this: `updated:-7d`, `updated:today` or `updated:2026-11-30`.
            (only you) Nobody in Jira matches `zebedee`. Try a part of the name as Jira has it.
            "#); }
            let mut counts = Vec::new();
            for line in ["assignee:me", "assignee:nobody", "status:open", "status:done type:Task", "created:2020-01-01"]
            {
                let found = chat.says("ada", "eng", &format!("jira find in {key} {line}")).await;
                counts.push(found.text().lines().next().unwrap().replace("(only you) ", ""));
            }
            let counts = counts.join(" | ");
            match site {
                "acme" => assert_snapshot!(counts, @"9 of 9 in DEMO | 9 of 9 in DEMO | The first 10 in DEMO, there are more | 2 of 2 in DEMO | The first 10 in DEMO, there are more"),
                _ => assert_snapshot!(counts, @"3 of 3 in OPS | 2 of 2 in OPS | 7 of 7 in OPS | Jira did not accept this. The value 'done' does not exist for the field 'status'. | 9 of 9 in OPS"),
            }
        })
        .await;
    }
}
