//! Interactions over HTTP: signed by Discord, answered in the response.

use discord_stand_in::Person;
use insta::assert_snapshot;
use usher_discord::Mode;

use crate::stage::{Setup, Stage, conversation_with};

fn http(setup: &mut Setup) {
    setup.discord.mode = Mode::Http;
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_buttons_forms_and_completion_work_without_a_gateway() {
    conversation_with(http, async |stage| {
        let ada = stage.ada.at(&stage.eng);
        let asked = ada.slash("/jira view key:DEMO-5");
        assert_eq!(asked.answered().await.0, 200);
        let link = asked.reply().await;
        assert_snapshot!(stage.plain(&link), @r"
        (only you) I don't know your Jira account yet. Link it once, then I'll show you DEMO-5.
        [Link acme] [Link corp]
        ");
        let begun = ada.press(&link, "Link acme").reply().await;
        assert_snapshot!(stage.plain(&begun), @r"
        (only you) Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.
        ‹Open the page›
        [Enter code]
        ");
        // No message reaches the bot this way: the code comes with the form.
        let code = stage.approves(&begun, "ada").await.unwrap();
        let sent = ada.press(&begun, "Enter code").modal().await.submit(&[("Code", &code)]);
        assert_eq!(sent.reply().await.content(), "Linked: you act on acme as Ada Byron.");
        let card = sent.reply().await;
        assert!(card.to_string().contains("Order new spark plugs"), "{card}");
        let question = ada.press(&card, "Status").reply().await;
        let moved = ada.choose(&question, "In Progress").reply().await;
        assert_snapshot!(stage.plain(&moved), @r"
        (only you, in its place) DEMO-5: Done -> In Progress.
        [Undo] ‹Open in Jira›
        ");
        assert!(!ada.complete("/jira view key:DEMO-1").choices().await.is_empty());
        let asked = ada.slash("/jira comment key:DEMO-5 text:once");
        asked.again();
        assert!(asked.reply().await.content().contains("Comment added"));
        assert_eq!(stage.ground.jira.issue("DEMO-5").unwrap()["comments"].as_array().unwrap().len(), 1);
        assert_eq!(stage.discord.sessions(), (0, 0));
        assert!(stage.discord.requests_of("POST", "/callback").is_empty(), "the response is the answer");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_bad_signatures_are_refused_and_harm_nobody() {
    conversation_with(http, async |stage| {
        let probed = stage.discord.probe(&stage.endpoint()).await;
        assert_eq!(probed[0], (200, r#"{"type":1}"#.to_owned()));
        assert_eq!(probed[1].0, 401);
        let before = stage.trail().len();
        let refused = bad_signatures(stage, &stage.ada, 1_000).await;
        assert_eq!(refused, 1_000);
        assert_eq!(stage.trail().len(), before);
        assert!(stage.asks(&stage.ada.at(&stage.eng), "/jira whoami").await.contains("not linked"));
    })
    .await;
}

/// Posts so many interactions that Discord did not sign; how many were refused with 401.
async fn bad_signatures(stage: &Stage, who: &Person, many: usize) -> usize {
    let url = stage.endpoint();
    let id = who.id();
    let mut refused = 0;
    for number in 0..many {
        let body = format!(
            r#"{{"id":"{number}","application_id":"1","type":2,"token":"t","version":1,"user":{{"id":"{id}"}}}}"#
        );
        let good = stage.discord.sign("1", body.as_bytes());
        let signed = match number % 6 {
            0 => None,
            1 => Some((String::new(), "1")),
            2 => Some(("zz".repeat(64), "1")),
            3 => Some((good.clone(), "2")),
            4 => Some((stage.discord.sign("1", b"{}"), "1")),
            _ => Some((good[..126].to_owned(), "1")),
        };
        let signed = signed.as_ref().map(|(signature, timestamp)| (signature.as_str(), *timestamp));
        refused += usize::from(stage.discord.post(&url, &body, signed).await.0 == 401);
    }
    refused
}
