//! Codes by form: entered where the link was given, without a detour through the direct chat.

use crate::stage::conversation;

#[tokio::test(flavor = "multi_thread")]
async fn a_code_can_be_entered_where_the_link_was_given() {
    conversation(async |stage| {
        let ada = stage.ada.at(&stage.eng);
        for (site, wrong) in [("acme", "ZZZZ-0000"), ("corp", "GhX91b")] {
            let begun = ada.slash(&format!("/jira connect site:{site}")).reply().await;
            let code = stage.approves(&begun, "ada").await.unwrap();
            let modal = ada.press(&begun, "Enter code").modal().await;
            assert_eq!((modal.title(), modal.inputs().len()), ("Enter code", 1));
            let wrong = modal.submit(&[("Code", wrong)]).reply().await;
            assert!(wrong.ephemeral());
            assert!(wrong.content().contains("4 tries left"), "{wrong}");
            let linked = ada.press(&begun, "Enter code").modal().await.submit(&[("Code", &code)]).reply().await;
            assert!(linked.ephemeral());
            assert_eq!(linked.content(), format!("Linked: you act on {site} as Ada Byron."));
        }
        assert!(stage.grace.at(&stage.eng).sees().is_empty());
    })
    .await;
}
