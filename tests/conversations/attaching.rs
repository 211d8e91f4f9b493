//! `attach` and `attachments`: files from the chat to Jira, and back.

use insta::assert_snapshot;
use serde_json::{Value, json};
use usher_chat::{Event, IncomingFile, Input};

use crate::support::{Chat, Setup, conversation, conversation_with, place};

fn attached(chat: &Chat, key: &str) -> Vec<Value> {
    let files = chat.house.issue(key)["attachments"].as_array().unwrap().clone();
    let new = files.iter().filter(|file| !file["name"].as_str().unwrap().starts_with("gauge"));
    new.map(|file| json!([file["name"], file["bytes"]])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_attached_is_refused_before_jira_gets_anything() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let platform = chat.house.platform.clone();
        let note = platform.file("note.txt", b"some words");
        assert_snapshot!(chat.says("ada", "eng", "jira attach DEMO-4").await, @"(only you) Send the file along with the command, in one message: `jira attach DEMO-4`.");
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-9999", std::slice::from_ref(&note)).await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.sends("ada", "general", "jira attach DEMO-4", std::slice::from_ref(&note)).await, @r"
        (only you) `attach` is not allowed in #general. Allowed here: view, find, mine, recent, attachments, comments, … `jira tools` lists all 34. An admin can change that with `jira admin allow attach in #general for person:ada`.
        [Ask an admin]
        ");
        let many = vec![note.clone(); 11];
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &many).await, @"(only you) That is 11 files, and 10 at a time is the most that I attach. Send them in several messages.");
        let film = IncomingFile { name: "film.mkv".into(), bytes: Some(30_000_000), ..note.clone() };
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &[note.clone(), film]).await, @"(only you) film.mkv has 30 MB, and 25 MB is the most that I attach. Nothing was attached.");
        let scan = IncomingFile { name: "scan.tiff".into(), bytes: Some(6_000_000), ..note.clone() };
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &[scan]).await, @"(only you) scan.tiff has 6 MB, and 5.2 MB is the most that this Jira takes. Nothing was attached.");
        let unknown = IncomingFile { bytes: None, ..platform.file("scan.tiff", &vec![1; 6_000_000]) };
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &[unknown]).await, @"(only you) scan.tiff is larger than this Jira takes. Nothing was attached.");
        let cut = IncomingFile { name: "cut.log".into(), bytes: Some(500), ..note.clone() };
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &[cut]).await, @"(only you) cut.log could not be read from this chat, and nothing was attached. Send it again in a minute.");
        platform.forgets_files();
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &[note]).await, @"(only you) note.txt is not there any more. Send it again along with the command.");
        assert_eq!(attached(chat, "DEMO-4"), [] as [Value; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_message_are_attached() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let platform = chat.house.platform.clone();
        let note = platform.file("../../note \"é\".txt", b"some words");
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &[note]).await, @r#"
        Attached note "é".txt to DEMO-4.
        ‹Open in Jira›
        "#);
        assert_eq!(attached(chat, "DEMO-4"), [json!(["note \"é\".txt", 10])]);
        let files = ["a.txt", "b.txt", "c.txt"].map(|name| platform.file(name, name.as_bytes()));
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &files).await, @r"
        Attached a.txt, b.txt and c.txt to DEMO-4.
        ‹Open in Jira›
        ");
        let gone = IncomingFile { handle: "gone".into(), ..platform.file("gone.txt", b"x") };
        let files = [platform.file("d.txt", b"d"), gone, platform.file("e.txt", b"e")];
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &files).await, @r"
        Attached d.txt to DEMO-4, but not gone.txt and e.txt: gone.txt could not be read from this chat.
        ‹Open in Jira›
        ");
        assert_eq!(attached(chat, "DEMO-4").len(), 5);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_wait_for_whoever_links_first() {
    conversation(async |chat| {
        let note = chat.house.platform.file("note.txt", b"some words");
        assert_snapshot!(chat.sends("ada", "eng", "jira attach DEMO-4", &[note]).await, @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll get back to DEMO-4.
        [Link acme] [Link corp]
        ");
        let begun = chat.presses("ada", "eng", "Link acme").await;
        let code = chat.approves(&begun, "ada").await.unwrap();
        assert_snapshot!(chat.says("ada", "dm", &code).await, @r"
        (only you) Linked: you act on acme as Ada Byron.

        (only you) You asked for `attach DEMO-4` before. Do it now?
        [Go on] [Not now]
        ");
        assert_eq!(attached(chat, "DEMO-4"), [] as [Value; 0]);
        assert_snapshot!(chat.presses("ada", "dm", "Go on").await, @r"
        (only you) Attached note.txt to DEMO-4.
        ‹Open in Jira›
        ");
        assert_eq!(attached(chat, "DEMO-4"), [json!(["note.txt", 10])]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_card_with_a_file_may_be_attached() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let note = chat.house.platform.file("note.txt", b"some words");
        let answer = |text: &str| Event {
            files: vec![note.clone()],
            answers: Some(chat.house.platform.newest(&place("eng"))),
            ..chat.event("ada", "eng", Input::Text(text.to_owned()))
        };
        chat.says("ada", "eng", "jira view DEMO-4").await.text();
        let (alone, with_words, command) = (answer(""), answer("see the note"), answer("jira attach"));
        assert_snapshot!(chat.does(with_words).await, @r"
        (only you) Add this as a comment to DEMO-4, or attach note.txt?
        [Add comment] [Attach] [Not now]
        ");
        assert_snapshot!(chat.does(alone).await, @r"
        (only you) Attach note.txt to DEMO-4?
        [Attach] [Not now]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Attach").await, @r"
        Attached note.txt to DEMO-4.
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.does(command).await, @r"
        Attached note.txt to DEMO-4.
        ‹Open in Jira›
        ");
        assert_eq!(attached(chat, "DEMO-4").len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_an_issue_come_into_the_chat() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        let platform = chat.house.platform.clone();
        platform.call(chat.house.jira.cloud_url(), "https://acme.example");
        assert_snapshot!(chat.says("ada", "eng", "jira attachments DEMO-9999").await, @"(only you) DEMO-9999 does not exist, or your Jira account may not see it.");
        assert_snapshot!(chat.says("ada", "eng", "jira attachments DEMO-4").await, @r"
        Files of DEMO-4

        - [gauge.png](https://acme.example/secure/attachment/10013/gauge.png) · 67 bytes · Linus Winter
        - [gauge.log](https://acme.example/secure/attachment/10014/gauge.log) · 37 bytes · Linus Winter
        file gauge.png, 67 bytes
        file gauge.log, 37 bytes
        ‹Open in Jira›
        ");
        let plot = IncomingFile { media_type: Some("image/png".into()), ..platform.file("plot.png", b"\x89PNG...") };
        chat.sends("ada", "eng", "jira attach DEMO-4", &[plot]).await.text();
        assert_snapshot!(chat.says("ada", "eng", "jira attachments DEMO-4").await, @r"
        Files of DEMO-4

        - [plot.png](https://acme.example/secure/attachment/10070/plot.png) · 7 bytes · Ada Byron
        - [gauge.png](https://acme.example/secure/attachment/10013/gauge.png) · 67 bytes · Linus Winter
        - [gauge.log](https://acme.example/secure/attachment/10014/gauge.log) · 37 bytes · Linus Winter
        file plot.png, 7 bytes
        file gauge.png, 67 bytes
        file gauge.log, 37 bytes
        ‹Open in Jira›
        ");
        let large = platform.file("large.bin", &vec![7; 5_000_001]);
        chat.sends("ada", "eng", "jira attach DEMO-4", &[large]).await.text();
        assert_snapshot!(chat.says("ada", "general", "jira attachments DEMO-4").await, @r"
        (only you) Files of DEMO-4

        - [plot.png](https://acme.example/secure/attachment/10070/plot.png) · 7 bytes · Ada Byron
        - [large.bin](https://acme.example/secure/attachment/10071/large.bin) · 5 MB · Ada Byron
        - [gauge.png](https://acme.example/secure/attachment/10013/gauge.png) · 67 bytes · Linus Winter
        - [gauge.log](https://acme.example/secure/attachment/10014/gauge.log) · 37 bytes · Linus Winter

        Here are the newest of up to 5 MB, 4 at most; open the rest in Jira.
        file plot.png, 7 bytes
        file gauge.png, 67 bytes
        file gauge.log, 37 bytes
        ‹Open in Jira› [Show here]
        ");
    })
    .await;
}

fn corp_too(setup: &mut Setup) {
    setup.rules = vec!["allow contributor in #eng on DEMO,CORP"];
}

#[tokio::test(flavor = "multi_thread")]
async fn data_center_takes_and_gives_files_too() {
    conversation_with(corp_too, async |chat| {
        chat.linked("ada", "corp").await;
        let platform = chat.house.platform.clone();
        platform.call(chat.house.jira.dc_url(), "https://corp.example");
        let note = platform.file("a note.txt", b"some words");
        assert_snapshot!(chat.sends("ada", "eng", "jira attach CORP-1", &[note]).await, @r"
        Attached a note.txt to CORP-1.
        ‹Open in Jira›
        ");
        assert!(attached(chat, "CORP-1").contains(&json!(["a note.txt", 10])));
        assert_snapshot!(chat.says("ada", "eng", "jira attachments CORP-1").await, @r"
        Files of CORP-1

        - [a note.txt](https://corp.example/secure/attachment/10025/a%20note.txt) · 10 bytes · Ada Byron
        file a note.txt, 10 bytes
        ‹Open in Jira›
        ");
        let unknown = IncomingFile { bytes: None, ..platform.file("scan.tiff", &vec![1; 6_000_000]) };
        assert_snapshot!(chat.sends("ada", "eng", "jira attach CORP-1", &[unknown]).await, @"(only you) Jira did not take scan.tiff. It is too large, or your Jira account may not attach files to CORP-1.");
    })
    .await;
}
