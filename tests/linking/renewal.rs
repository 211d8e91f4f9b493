//! New secrets keep every link, and new scopes are asked for once.

use std::{sync::Arc, time::Duration};

use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use secrecy::SecretString;
use usher::{
    identity::{Identity, NoSession, OAuth2App, Protocol, SiteSetup},
    ids::ProjectScope,
    jira::Signer,
};

use crate::world::{World, acme, corp, dc_app, labels, person, site};

const HOUR: Duration = Duration::from_secs(3600);

async fn works(identity: &Identity, id: &str) -> Result<String, NoSession> {
    let session = identity.session(&person("ada"), &site(id)).await?;
    Ok(session.into_client(ProjectScope::all()).users().myself().await.map_err(NoSession::Jira)?.name)
}

/// What a test changes of an OAuth 2.0 client.
fn client(site: &mut SiteSetup) -> &mut OAuth2App {
    let (Protocol::OAuth2Cloud(app) | Protocol::OAuth2DataCenter(app)) = &mut site.protocol else { panic!() };
    app
}

#[tokio::test]
async fn a_new_client_secret_is_taken_while_people_work() {
    let world = World::with_dc_oauth2().await;
    world.linked("ada", "ada").await;
    world.linked_dc_oauth2("ada", "ada").await;
    let with = |cloud: &str, dc: &str| {
        let mut sites = [acme(&world.sandbox), corp(&world.sandbox, world.clock.clone())];
        sites[1].protocol = dc_app(&sites[1].url, &["READ", "WRITE"]);
        client(&mut sites[0]).client_secret = cloud.into();
        client(&mut sites[1]).client_secret = dc.into();
        sites
    };
    assert_eq!(world.identity.renew_secrets(&with("usher-sandbox-secret", "usher-corp-secret")), []);
    {
        let state = world.sandbox.state();
        let mut options = state.options.write();
        options.cloud_client.secret = usher_sandbox::Secret::new("newer");
        options.dc_client.secret = usher_sandbox::Secret::new("newest");
    }
    world.advance(HOUR);
    assert!(works(&world.identity, "acme").await.is_err() && works(&world.identity, "corp").await.is_err());
    assert_eq!(world.identity.renew_secrets(&with("newer", "newest")), [site("acme"), site("corp")]);
    assert_eq!(works(&world.identity, "acme").await.unwrap(), "Ada Byron");
    assert_eq!(works(&world.identity, "corp").await.unwrap(), "Ada Byron");
}

#[tokio::test]
async fn a_new_key_is_taken_while_people_work() {
    let world = World::new().await;
    world.linked_dc("ada", "ada").await;
    let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
    let pem = SecretString::from(key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string());
    let signer = Arc::new(Signer::new("usher", &pem, world.clock.clone()).unwrap());
    // A session that began before signs with the new key as well.
    let session = world.identity.session(&person("ada"), &site("corp")).await.unwrap();
    world.sandbox.set_consumer_key(signer.public_key());
    assert!(works(&world.identity, "corp").await.is_err());
    let newer = SiteSetup {
        id: site("corp"),
        url: world.sandbox.dc_url().parse().unwrap(),
        protocol: Protocol::OAuth1(signer),
    };
    assert_eq!(world.identity.renew_secrets(std::slice::from_ref(&newer)), [site("corp")]);
    assert_eq!(works(&world.identity, "corp").await.unwrap(), "Ada Byron");
    session.into_client(ProjectScope::all()).users().myself().await.unwrap();
    assert_eq!(world.identity.renew_secrets(&[newer]), []);
}

#[tokio::test]
async fn a_site_that_changed_in_more_keeps_what_it_has() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let changed = |change: &dyn Fn(&mut SiteSetup)| {
        let mut site = acme(&world.sandbox);
        client(&mut site).client_secret = "wrong".into();
        change(&mut site);
        world.identity.renew_secrets(&[site])
    };
    assert_eq!(changed(&|site| client(site).client_id = "another".into()), []);
    assert_eq!(changed(&|site| site.url = "http://127.0.0.1:1".parse().unwrap()), []);
    assert_eq!(changed(&|site| *site = corp(&world.sandbox, world.clock.clone())), []);
    assert_eq!(world.identity.renew_secrets(&[]), []);
    world.advance(HOUR);
    works(&world.identity, "acme").await.unwrap();
}

#[tokio::test]
async fn more_scopes_are_asked_for_once_and_the_link_goes_on() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let grown = |sites: &mut Vec<SiteSetup>, scope: &str| client(&mut sites[0]).scopes.push(scope.to_owned());
    let restarted = world.restarted(|sites| grown(sites, "manage:jira-webhook"));
    let mut notices = restarted.notices().unwrap();
    let all = futures::future::join_all((0..16).map(|_| works(&restarted, "acme"))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    let (to, draft) = notices.try_recv().unwrap();
    assert_eq!(to, person("ada"));
    insta::assert_snapshot!(draft.text.to_plain(), @"Usher asks for more on acme than when you linked: manage:jira-webhook. Link again to add it; what worked until now goes on working.");
    assert_eq!(labels(&draft), ["Link again"]);
    assert!(notices.try_recv().is_err(), "once");

    // Not again after a restart, but for another change.
    let restarted = world.restarted(|sites| grown(sites, "manage:jira-webhook"));
    let mut notices = restarted.notices().unwrap();
    works(&restarted, "acme").await.unwrap();
    assert!(notices.try_recv().is_err());
    let restarted = world.restarted(|sites| grown(sites, "read:sprint:jira-software"));
    let mut notices = restarted.notices().unwrap();
    works(&restarted, "acme").await.unwrap();
    assert!(notices.try_recv().unwrap().1.text.to_plain().contains("read:sprint:jira-software"));

    // Fewer scopes are nobody's concern.
    let restarted = world.restarted(|sites| drop(client(&mut sites[0]).scopes.pop()));
    let mut notices = restarted.notices().unwrap();
    works(&restarted, "acme").await.unwrap();
    assert!(notices.try_recv().is_err());
}

#[tokio::test]
async fn on_data_center_a_scope_includes_those_before_it() {
    let world = World::with(|sites| sites[1].protocol = dc_app(&sites[1].url, &["WRITE"])).await;
    world.linked_dc_oauth2("ada", "ada").await;
    let asks = async |scopes: &[&str]| {
        let restarted = world.restarted(|sites| sites[1].protocol = dc_app(&sites[1].url, scopes));
        let mut notices = restarted.notices().unwrap();
        works(&restarted, "corp").await.unwrap();
        notices.try_recv().ok().map(|(_, draft)| draft.text.to_plain())
    };
    assert_eq!(asks(&["READ", "WRITE"]).await, None);
    assert!(asks(&["READ", "ADMIN"]).await.unwrap().contains(": ADMIN."));
    assert_eq!(asks(&["READ", "ADMIN"]).await, None);
}
