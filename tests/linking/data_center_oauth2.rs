//! Linking with Jira Data Center over OAuth 2.0: our page, Jira's consent, and refresh tokens that are good once.

use std::time::Duration;

use usher::{
    error::JiraError,
    identity::{AccountCommand, Disconnect, LinkState, NoSession},
    ids::ProjectScope,
    store::{credentials, links},
};

use crate::world::{Browser, World, code_of, dc_app, labels, only, person, site, words};

const HOUR: Duration = Duration::from_secs(3600);

async fn works(world: &World) -> Result<String, NoSession> {
    works_with(&world.identity).await
}

async fn works_with(identity: &usher::identity::Identity) -> Result<String, NoSession> {
    let session = identity.session(&person("ada"), &site("corp")).await?;
    Ok(session.into_client(ProjectScope::all()).users().myself().await.map_err(NoSession::Jira)?.name)
}

fn generation(world: &World) -> i64 {
    world.store.read(credentials::all).unwrap().remove(0).generation
}

#[tokio::test]
async fn from_connect_to_the_first_session() {
    let world = World::with_dc_oauth2().await;
    let answer = world.connect("ada", "corp").await;
    insta::assert_snapshot!(words(&answer), @"Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.");
    let link = only(&answer).links[0].url.clone();
    let browser = Browser::new();
    let page = browser.get(&link).await;
    assert!(page.text.contains("Continue to corp"), "{}", page.text);
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("form-action 'self' {};", world.sandbox.dc_url())), "{policy}");
    let page = browser.approve(&link, "ada").await;
    assert!(page.text.contains("You approved as <strong><bdi>Ada Byron</bdi></strong>"), "{}", page.text);
    assert!(matches!(works(&world).await, Err(NoSession::Pending)));

    let answer = world.dms("ada", &code_of(&page.text)).await.unwrap();
    assert_eq!(words(&answer), "Linked: you act on corp as Ada Byron.");
    let session = world.identity.session(&person("ada"), &site("corp")).await.unwrap();
    assert_eq!(session.account().0, "abyron");
    assert_eq!(works(&world).await.unwrap(), "Ada Byron");
    let row = world.store.read(links::all).unwrap().remove(0);
    assert_eq!((row.kind.as_str(), row.scopes.as_str()), ("oauth2-data-center", "READ WRITE"));
    let whoami = world.identity.command(&world.dm("ada"), AccountCommand::Whoami, None).await.unwrap();
    assert_eq!(words(&whoami), "- acme: not linked\n- corp: Ada Byron, linked since 22 Nov 2026");
    assert_eq!(world.trail(), ["begun", "pending", "activated"]);
    let again = world.connect("ada", "corp").await;
    assert!(words(&again).contains("You are linked to corp as Ada Byron. To link again, open this page"));
}

#[tokio::test]
async fn the_code_is_exchanged_before_the_page_is_shown() {
    let world = World::with_dc_oauth2().await;
    let browser = Browser::new();
    let callback = browser.consent(&world.link("ada", "corp").await, "ada", "allow").await;
    world.advance(Duration::from_secs(9));
    assert_eq!(browser.get(&callback).await.status, 200, "Jira's own code lives ten seconds");
    assert_eq!(world.sandbox.state().dc_oauth2.exchanges(), 1);
    let late = Browser::new();
    let callback = late.consent(&world.link("grace", "corp").await, "grace", "allow").await;
    world.advance(Duration::from_secs(10));
    let page = late.get(&callback).await;
    assert_eq!(page.status, 404);
    assert!(page.text.contains("This link is no longer good"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_commands_exchange_once() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    for round in 1..=5 {
        // At four fifths of its life the token is exchanged before it is used, never beside.
        world.advance(if round % 2 == 0 { HOUR } else { Duration::from_secs(2900) });
        let all = futures::future::join_all((0..64).map(|_| works(&world))).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(world.sandbox.state().dc_oauth2.refreshes(), round);
    }
    assert_eq!((generation(&world), world.sandbox.state().dc_oauth2.reuses()), (6, 0));
}

#[tokio::test]
async fn a_token_that_jira_refuses_before_its_time_is_exchanged_once() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    world.sandbox.expire_data_center_tokens(None);
    assert_eq!(works(&world).await.unwrap(), "Ada Byron");
    assert_eq!((generation(&world), world.sandbox.state().dc_oauth2.refreshes()), (2, 1));
}

#[tokio::test]
async fn a_lost_answer_ends_the_link_honestly_and_once() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    let mut notices = world.identity.notices().unwrap();
    world.advance(HOUR);
    world.sandbox.state().dc_oauth2.behave(|behaviour| behaviour.lose_answers = 1);
    world.sandbox.clear_calls();
    let all = futures::future::join_all((0..8).map(|_| works(&world))).await;
    assert!(all.iter().all(|result| matches!(result, Err(NoSession::Expired))), "{all:?}");
    assert!(matches!(works(&world).await, Err(NoSession::Expired)));
    let asked = world.sandbox.calls().iter().filter(|call| call.path.ends_with("/token")).count();
    assert_eq!(asked, 2, "once more, and never again");
    assert!(notices.try_recv().is_err(), "who asked was told by the answer");
    assert_eq!(world.identity.links(&person("ada")).unwrap()[0].state, LinkState::Expired);
    assert_eq!(world.trail(), ["begun", "pending", "activated", "expired"]);
    world.linked_dc_oauth2("ada", "ada").await;
    works(&world).await.unwrap();
}

#[tokio::test]
async fn what_a_crash_interrupted_is_tried_once_after_the_restart() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    world.advance(HOUR);
    world.sandbox.state().dc_oauth2.behave(|behaviour| behaviour.lose_answers = 3);
    // As many answers are lost as there are tries, but the second shows already that the first arrived.
    assert!(matches!(works(&world).await, Err(NoSession::Expired)));

    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    world.advance(HOUR);
    world.sandbox.fail(
        usher_sandbox::Fault::once(
            "POST",
            "/rest/oauth2/latest/token",
            usher_sandbox::Effect::Status { status: 503, body: None },
        )
        .times(3),
    );
    assert!(matches!(works(&world).await, Err(NoSession::Jira(JiraError::Away { .. }))));
    let restarted = world.restarted(|_| {});
    restarted.resume_refreshes().await.unwrap();
    assert_eq!((generation(&world), works_with(&restarted).await.unwrap().as_str()), (2, "Ada Byron"));
}

#[tokio::test]
async fn a_restart_tells_whoever_lost_their_link_in_a_crash() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    let (id, now) = (world.store.read(credentials::all).unwrap().remove(0).link, world.now());
    // The mark is there, the answer is not: as after a crash between the two.
    world.store.write(move |tx| credentials::mark_refreshing(tx, &id, 1, now)).await.unwrap();
    world.sandbox.state().dc_oauth2.revoke(None);
    let restarted = world.restarted(|_| {});
    let mut notices = restarted.notices().unwrap();
    restarted.resume_refreshes().await.unwrap();
    let (to, draft) = notices.recv().await.unwrap();
    assert_eq!(to, person("ada"));
    assert_eq!(draft.text.to_plain(), "Your link to corp has expired. Everything you set up is kept.");
    assert_eq!(labels(&draft), ["Link again"]);
    restarted.resume_refreshes().await.unwrap();
    assert!(notices.try_recv().is_err(), "one message");
}

#[tokio::test]
async fn who_denies_is_told_and_a_withdrawn_link_expires() {
    let world = World::with_dc_oauth2().await;
    let mut notices = world.identity.notices().unwrap();
    let browser = Browser::new();
    let callback = browser.consent(&world.link("ada", "corp").await, "ada", "deny").await;
    assert!(browser.get(&callback).await.text.contains("You did not approve in corp"));
    let (to, draft) = notices.recv().await.unwrap();
    assert_eq!((to, labels(&draft)), (person("ada"), vec!["Link corp"]));
    assert_eq!(world.sandbox.state().dc_oauth2.exchanges(), 0);

    world.linked_dc_oauth2("ada", "ada").await;
    world.sandbox.revoke(Some("ada"));
    assert!(matches!(works(&world).await, Err(NoSession::Jira(JiraError::Unauthorized))));
    assert!(matches!(works(&world).await, Err(NoSession::Expired)));
    assert_eq!(world.trail()[2..], ["begun", "pending", "activated", "expired"]);
}

#[tokio::test]
async fn a_stolen_code_and_a_strange_browser_link_nobody() {
    let world = World::with_dc_oauth2().await;
    let page = Browser::new().approve(&world.link("mallory", "corp").await, "ada").await;
    assert!(page.text.contains("mallory") && page.text.contains("Ada Byron"), "the page names both");
    let answer = world.dms("ada", &code_of(&page.text)).await.unwrap();
    assert!(words(&answer).contains("started, so I ended that link"), "{}", words(&answer));
    assert_eq!(answer.notices[0].0, person("mallory"));
    assert!(world.dms("mallory", &code_of(&page.text)).await.is_none());
    assert!(world.store.read(credentials::all).unwrap().is_empty());

    let callback = Browser::new().consent(&world.link("ada", "corp").await, "linus", "allow").await;
    assert_eq!(Browser::new().get(&callback).await.status, 400);
    assert_eq!(world.sandbox.state().dc_oauth2.exchanges(), 1, "mallory's alone");
}

#[tokio::test]
async fn disconnect_says_where_jira_lists_the_app() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    let command = AccountCommand::Disconnect(Disconnect { site: Some("corp".into()) });
    let answer = world.identity.command(&world.dm("ada"), command, None).await.unwrap();
    assert!(words(&answer).ends_with("Profile > Authorized applications."), "{}", words(&answer));
    let profile = Browser::new().get(&only(&answer).links[0].url).await;
    assert!(profile.text.contains("usher-corp"), "Jira has no way to revoke it for them: {}", profile.text);
    assert!(world.store.read(credentials::all).unwrap().is_empty());
    assert!(matches!(works(&world).await, Err(NoSession::NeverLinked)));
}

#[tokio::test]
async fn a_link_that_is_not_set_up_right_is_the_admins_matter() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    let secret = |text: &str| {
        world.sandbox.state().options.write().dc_client.secret = usher_sandbox::Secret::new(text);
    };
    secret("changed");
    world.advance(HOUR);
    assert!(matches!(works(&world).await, Err(NoSession::Jira(JiraError::AppRejected { .. }))));
    let page = Browser::new().approve(&world.link("grace", "corp").await, "grace").await;
    assert!(page.text.contains("corp does not accept Usher"), "{}", page.text);
    secret("usher-corp-secret");
    works(&world).await.unwrap();

    // More than the link allows: Jira says so before anybody is asked.
    let world = World::with(|sites| sites[1].protocol = dc_app(&sites[1].url, &["READ", "ADMIN"])).await;
    let browser = Browser::new();
    let away = browser.post(&world.link("ada", "corp").await, &[]).await;
    let back = browser.get(&away.location()).await;
    let page = browser.get(&back.location()).await;
    assert!(page.text.contains("Usher is not set up for this site"), "{}", page.text);
}

#[tokio::test]
async fn a_year_ends_it_and_another_protocol_does_too() {
    let world = World::with_dc_oauth2().await;
    world.linked_dc_oauth2("ada", "ada").await;
    let other = world.restarted(|sites| sites[1] = crate::world::corp(&world.sandbox, world.clock.clone()));
    assert!(matches!(other.session(&person("ada"), &site("corp")).await, Err(NoSession::Expired)));
    world.advance(Duration::from_secs(365 * 24 * 3600));
    assert!(matches!(works(&world).await, Err(NoSession::TooOld)));
}
