//! Linking with Jira Data Center: a verification code that goes from Jira's page to a direct message.

use std::time::Duration;

use usher::{
    error::{Error, JiraError},
    identity::{AccountCommand, LinkState, NoSession, candidate},
    ids::{AccountId, ProjectScope},
    replies::Deed,
};
use usher_chat::Platform;

use crate::world::{Browser, World, labels, only, person, site, verifier_of, words};

#[tokio::test]
async fn from_connect_to_the_first_session() {
    let world = World::new().await;
    let answer = world.connect("ada", "corp").await;
    let host = "corp";
    assert_eq!(
        words(&answer),
        format!(
            "Approve in Jira, then paste the verification code it shows here, in a direct message. You need to reach {host} for this step only."
        )
    );
    assert_eq!(only(&answer).links[0].label, "Authorize in Jira");
    assert_eq!(labels(only(&answer)), ["I see no code"]);
    assert_eq!(only(&answer).offers[0].deed, Deed::Line("connect corp --no-code".into()));
    let page = Browser::new().decide_dc(&only(&answer).links[0].url, "ada", "allow").await;
    let code = verifier_of(&page.text);
    assert!(matches!(world.identity.session(&person("ada"), &site("corp")).await, Err(NoSession::NeverLinked)));
    assert!(world.dms("grace", &code).await.is_none(), "from anybody else it is talk");
    let answer = world.dms("ada", &code).await.unwrap();
    assert_eq!(words(&answer), format!("Linked: you act on {host} as Ada Byron."));
    let session = world.identity.session(&person("ada"), &site("corp")).await.unwrap();
    assert_eq!(session.account().0, "abyron");
    let me = session.into_client(ProjectScope::all()).users().myself().await.unwrap();
    assert_eq!(me.name, "Ada Byron");
    assert_eq!(world.trail(), ["begun", "activated"]);
    assert!(world.dms("ada", &code).await.is_none(), "a code is good once");
}

#[tokio::test]
async fn not_approved_yet_costs_no_try_and_five_wrong_codes_end_it() {
    let world = World::new().await;
    let link = world.link("ada", "corp").await;
    for _ in 0..7 {
        let answer = words(&world.dms("ada", "GhX91b").await.unwrap());
        assert!(answer.ends_with("says that you have not approved yet. Press Allow there, then send me the code."));
    }
    let page = Browser::new().decide_dc(&link, "ada", "allow").await;
    let mut said = Vec::new();
    for _ in 0..5 {
        said.push(words(&world.dms("ada", "GhX91b").await.unwrap()));
    }
    assert_eq!(said[0], "That is not the code for your link. 4 tries left.");
    assert_eq!(said[4], "That was the fifth wrong code, so I ended this link. Start again here:");
    assert!(world.dms("ada", &verifier_of(&page.text)).await.is_none());
    assert_eq!(world.trail(), ["begun", "ended"]);
}

#[tokio::test]
async fn without_a_code_on_the_page_the_address_will_do() {
    let world = World::new().await;
    world.sandbox.state().oauth1.behave(|behaviour| behaviour.code_in_address_bar = true);
    let older = world.link("ada", "corp").await;
    let link = world.link("ada", "corp").await;
    let command = AccountCommand::Connect(usher::identity::Connect { site: Some("corp".into()), no_code: true });
    let explained = world.identity.command(&world.dm("ada"), command, None).await.unwrap();
    assert!(words(&explained).contains("copy the whole address"), "{}", words(&explained));
    assert_eq!(only(&explained).links[0].url, link, "the request token stays the same");

    let to = Browser::new().decide_dc(&older, "ada", "allow").await.location();
    let answer = world.dms("ada", &format!("{}{to}", world.sandbox.dc_url())).await.unwrap();
    assert!(words(&answer).starts_with("That address belongs to an earlier try."));
    let to = Browser::new().decide_dc(&link, "ada", "allow").await.location();
    let answer = world.dms("ada", &format!("{}{to}", world.sandbox.dc_url())).await.unwrap();
    assert!(words(&answer).starts_with("Linked: "));
}

#[tokio::test]
async fn what_is_over_is_not_explained_but_begun_again() {
    let world = World::new().await;
    let older = world.link("ada", "corp").await;
    world.advance(Duration::from_secs(600));
    let command = AccountCommand::Connect(usher::identity::Connect { site: Some("corp".into()), no_code: true });
    let answer = world.identity.command(&world.dm("ada"), command, None).await.unwrap();
    assert!(words(&answer).starts_with("Approve in Jira"), "{}", words(&answer));
    assert_ne!(only(&answer).links[0].url, older);
}

#[tokio::test]
async fn who_denies_starts_again() {
    let world = World::new().await;
    let link = world.link("ada", "corp").await;
    Browser::new().decide_dc(&link, "ada", "deny").await;
    let answer = world.dms("ada", "GhX91b").await.unwrap();
    assert!(words(&answer).starts_with("You did not approve in "), "{}", words(&answer));
    assert!(world.dms("ada", "GhX91b").await.is_none());
    assert_eq!(world.trail(), ["begun", "ended"]);
}

#[tokio::test]
async fn a_request_lasts_ten_minutes() {
    let world = World::new().await;
    let link = world.link("ada", "corp").await;
    let page = Browser::new().decide_dc(&link, "ada", "allow").await;
    world.advance(Duration::from_secs(600));
    assert!(world.dms("ada", &verifier_of(&page.text)).await.is_none());
    world.identity.sweep().await.unwrap();
    assert_eq!(world.trail(), ["begun", "expired"]);
}

#[tokio::test]
async fn a_verification_code_that_others_could_read_is_burnt() {
    let world = World::new().await;
    let page = Browser::new().decide_dc(&world.link("ada", "corp").await, "ada", "allow").await;
    let code = verifier_of(&page.text);
    let talk = world.identity.code(&world.channel("ada"), candidate("hello").unwrap()).await.unwrap();
    assert!(talk.is_none());
    let address = format!("{}/x?oauth_verifier={code}", world.sandbox.dc_url());
    let answer = world.identity.code(&world.channel("ada"), candidate(&address).unwrap()).await.unwrap().unwrap();
    assert!(answer.burn);
    assert!(world.dms("ada", &code).await.is_none());
    assert_eq!(world.sandbox.state().oauth1.exchanges(), 0);
    assert_eq!(world.trail(), ["begun", "burnt"]);
}

#[tokio::test]
async fn a_revoked_token_expires_the_link_and_an_unknown_consumer_does_not() {
    let world = World::new().await;
    world.linked_dc("ada", "ada").await;
    let works = async || {
        let session = world.identity.session(&person("ada"), &site("corp")).await.unwrap();
        session.into_client(ProjectScope::all()).users().myself().await
    };
    let pem = world.sandbox.state().options.read().dc_consumer.public_key_pem.clone();
    world.sandbox.state().options.write().dc_consumer.public_key_pem = None;
    let refused = works().await;
    assert!(matches!(refused, Err(JiraError::AppRejected { .. })), "{refused:?}");
    let connect = AccountCommand::connect(Some("corp".into()));
    let refused = world.identity.command(&world.dm("grace"), connect, None).await;
    assert!(matches!(refused, Err(Error::Jira { error: JiraError::AppRejected { .. }, .. })), "{refused:?}");
    world.sandbox.state().options.write().dc_consumer.public_key_pem = pem;
    assert!(works().await.is_ok());

    world.sandbox.state().oauth1.revoke(None);
    assert_eq!(works().await.unwrap_err(), JiraError::Unauthorized);
    assert!(matches!(world.identity.session(&person("ada"), &site("corp")).await, Err(NoSession::Expired)));
    assert_eq!(world.identity.links(&person("ada")).unwrap()[0].state, LinkState::Expired);
    assert_eq!(world.trail(), ["begun", "activated", "expired"]);
    world.linked_dc("ada", "ada").await;
}

#[tokio::test]
async fn a_colleague_is_found_by_their_own_link() {
    let world = World::new().await;
    world.linked_dc("ada", "ada").await;
    world.linked_dc("grace", "grace").await;
    let session = world.identity.session(&person("ada"), &site("corp")).await.unwrap();
    assert_eq!(session.colleagues().account_of(&person("grace")).unwrap().0, "ghopper");
    assert_eq!(session.colleagues().account_of(&person("linus")), None);
    let grace = AccountId("ghopper".to_owned());
    assert_eq!(session.colleagues().person_of(&grace, &Platform::DISCORD), Some(person("grace")));
    assert_eq!(session.colleagues().person_of(&grace, &Platform::TELEGRAM), None);
}

#[tokio::test]
async fn disconnect_says_where_jira_lists_the_token() {
    let world = World::new().await;
    world.linked_dc("ada", "ada").await;
    let command = AccountCommand::Disconnect(usher::identity::Disconnect { site: Some("corp".into()) });
    let answer = world.identity.command(&world.dm("ada"), command, None).await.unwrap();
    assert!(words(&answer).ends_with("Profile > Tools > View OAuth Access Tokens."), "{}", words(&answer));
    let url = &only(&answer).links[0].url;
    assert_eq!(Browser::new().get(url).await.status, 200);
    assert!(matches!(world.identity.session(&person("ada"), &site("corp")).await, Err(NoSession::NeverLinked)));
}
