//! Renewing tokens: once, durably, and never at the price of a link.

use std::time::Duration;

use jiff::SignedDuration;
use usher::{
    error::JiraError,
    identity::{AccountCommand, Disconnect, LinkState, NoSession, candidate},
    ids::ProjectScope,
    store::credentials::{self, CredentialRow},
};
use usher_sandbox::oauth2::Refusal;

use crate::world::{World, person, site, words};

const HOUR: Duration = Duration::from_secs(3600);

async fn works(world: &World) -> Result<String, NoSession> {
    let session = world.identity.session(&person("ada"), &site("acme")).await?;
    Ok(session.into_client(ProjectScope::all()).users().myself().await.map_err(NoSession::Jira)?.name)
}

fn row(world: &World) -> CredentialRow {
    world.store.read(credentials::all).unwrap().remove(0)
}

fn refreshes(world: &World) -> u64 {
    world.sandbox.state().oauth2.refreshes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_commands_exchange_once() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.leeway = SignedDuration::ZERO);
    for round in 1..=5 {
        world.advance(HOUR);
        let all = futures::future::join_all((0..64).map(|_| works(&world))).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(refreshes(&world), round);
        assert_eq!(row(&world).generation, i64::try_from(round).unwrap() + 1);
    }
    assert_eq!(world.sandbox.state().oauth2.reuses(), 0);
}

#[tokio::test]
async fn a_token_that_jira_refuses_is_renewed_once() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let session = world.identity.session(&person("ada"), &site("acme")).await.unwrap();
    let client = session.into_client(ProjectScope::all());
    world.sandbox.state().oauth2.expire_access(None);
    let users = futures::future::join_all((0..16).map(|_| async { client.users().myself().await })).await;
    assert!(users.iter().all(Result::is_ok), "{users:?}");
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn at_four_fifths_of_its_life_a_token_is_renewed_meanwhile() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.advance(Duration::from_secs(2879));
    works(&world).await.unwrap();
    assert_eq!((refreshes(&world), row(&world).generation), (0, 1));
    world.advance(Duration::from_secs(2));
    works(&world).await.unwrap();
    let renewed = async {
        while row(&world).generation == 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), renewed).await.unwrap();
    works(&world).await.unwrap();
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_token() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.advance(HOUR);
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.lose_answers = 1);
    assert_eq!(works(&world).await.unwrap(), "Ada Byron");
    assert_eq!((refreshes(&world), row(&world).generation), (2, 2));
    assert_eq!(row(&world).refreshing_since, None);
}

#[tokio::test]
async fn an_outage_loses_no_link_and_a_restart_takes_up_what_it_interrupted() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.advance(HOUR);
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.lose_answers = 3);
    let away = works(&world).await;
    assert!(matches!(away, Err(NoSession::Jira(JiraError::Away { .. }))), "{away:?}");
    assert_eq!(row(&world).refreshing_since, Some(world.now()), "the mark stands");
    assert_eq!(world.identity.links(&person("ada")).unwrap()[0].state, LinkState::Active);

    world.advance(Duration::from_secs(300));
    let restarted = world.restarted(|_| {});
    restarted.resume_refreshes().await.unwrap();
    assert_eq!((row(&world).generation, row(&world).refreshing_since), (2, None));
    let session = restarted.session(&person("ada"), &site("acme")).await.unwrap();
    session.into_client(ProjectScope::all()).users().myself().await.unwrap();
    assert_eq!(world.sandbox.state().oauth2.reuses(), 0);
}

#[tokio::test]
async fn a_dead_grant_expires_the_link_once() {
    for refusal in [Refusal::InvalidGrant, Refusal::UnauthorizedClient] {
        let world = World::new().await;
        world.linked("ada", "ada").await;
        world.sandbox.state().oauth2.behave(|behaviour| behaviour.refusal = refusal);
        world.sandbox.state().oauth2.revoke(None);
        world.advance(HOUR);
        let all = futures::future::join_all((0..8).map(|_| works(&world))).await;
        assert!(all.iter().all(|result| matches!(result, Err(NoSession::Expired))), "{all:?}");
        assert_eq!(world.identity.links(&person("ada")).unwrap()[0].state, LinkState::Expired);
        assert_eq!(world.trail(), ["begun", "pending", "activated", "expired"]);
        world.linked("ada", "ada").await;
        works(&world).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_waits_for_a_background_refresh_so_its_news_is_sent() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.lose_answers = 3);
    world.advance(HOUR);
    works(&world).await.unwrap_err();
    world.sandbox.state().oauth2.revoke(None);
    let restarted = world.restarted(|_| {});
    let mut notices = restarted.notices().unwrap();
    restarted.resume_refreshes().await.unwrap();
    let (to, draft) = notices.recv().await.unwrap();
    assert_eq!(to, person("ada"));
    assert!(draft.text.to_plain().ends_with("has expired. Everything you set up is kept."));
    assert_eq!(world.identity.links(&person("ada")).unwrap()[0].state, LinkState::Expired);
}

#[tokio::test]
async fn a_grant_that_dies_beside_a_command_is_told_by_its_answer_alone() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let mut notices = world.identity.notices().unwrap();
    // Old enough to be renewed beside the command, and not yet over.
    world.advance(Duration::from_secs(2900));
    world.sandbox.state().oauth2.revoke(None);
    let refused = works(&world).await;
    assert!(matches!(refused, Err(NoSession::Jira(JiraError::Unauthorized))), "{refused:?}");
    let expired = async {
        while world.identity.links(&person("ada")).unwrap()[0].state != LinkState::Expired {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), expired).await.unwrap();
    assert!(matches!(works(&world).await, Err(NoSession::Expired)));
    assert!(notices.try_recv().is_err(), "one message");
    assert_eq!(world.trail(), ["begun", "pending", "activated", "expired"]);
}

#[tokio::test]
async fn a_wrong_client_secret_is_no_reason_to_link_again() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.sandbox.state().options.write().cloud_client.secret = usher_sandbox::Secret::new("changed");
    world.advance(HOUR);
    let refused = works(&world).await;
    assert!(matches!(&refused, Err(NoSession::Jira(JiraError::AppRejected { .. }))), "{refused:?}");
    assert_eq!(world.identity.links(&person("ada")).unwrap()[0].state, LinkState::Active);
    assert_eq!(row(&world).refreshing_since, None);
    world.sandbox.state().options.write().cloud_client.secret = usher_sandbox::Secret::new("usher-sandbox-secret");
    works(&world).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_says_to_everybody_that_it_is_over_ends_few_links() {
    const PEOPLE: [&str; 8] = ["p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8"];
    let world = World::new().await;
    for name in PEOPLE {
        world.linked(name, "ada").await;
    }
    world.advance(HOUR);
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.refuse_everybody = true);
    let mut kept = Vec::new();
    for name in PEOPLE {
        match world.identity.session(&person(name), &site("acme")).await {
            Err(NoSession::Expired) => {}
            Err(NoSession::Jira(JiraError::Doubted)) => kept.push(name),
            other => panic!("{name}: {other:?}"),
        }
    }
    assert_eq!((kept.as_slice(), world.identity.doubted_sites()), (&PEOPLE[4..], 1));

    world.sandbox.state().oauth2.behave(|behaviour| behaviour.refuse_everybody = false);
    for name in kept {
        world.identity.session(&person(name), &site("acme")).await.unwrap();
    }
    assert_eq!(world.sandbox.state().oauth2.reuses(), 0);
}

#[tokio::test]
async fn after_a_rotation_credentials_are_sealed_with_the_new_key() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.linked_dc("ada", "ada").await;
    let newer = world.keys.rotated().unwrap();
    assert_eq!(world.restarted_with(newer.clone(), |_| {}).seal_anew().await.unwrap(), 2);
    let last = world.restarted_with(newer.without("k1").unwrap(), |_| {});
    assert_eq!(last.seal_anew().await.unwrap(), 0);
    for name in ["acme", "corp"] {
        let session = last.session(&person("ada"), &site(name)).await.unwrap();
        session.into_client(ProjectScope::all()).users().myself().await.unwrap();
    }
}

#[tokio::test]
async fn a_code_outlives_new_keys() {
    let world = World::new().await;
    let code = world.approved("ada", "ada").await;
    let restarted = world.restarted_with(world.keys.rotated().unwrap(), |_| {});
    let answer = restarted.code(&world.dm("ada"), candidate(&code).unwrap()).await.unwrap().unwrap();
    assert!(words(&answer).starts_with("Linked: "), "{}", words(&answer));
    restarted.session(&person("ada"), &site("acme")).await.unwrap();
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_keeps_the_old_one() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.omit_refresh_token = true);
    for _ in 0..3 {
        world.advance(HOUR);
        works(&world).await.unwrap();
    }
    assert_eq!(row(&world).generation, 4);
}

#[tokio::test]
async fn disconnect_beats_a_refresh_in_flight() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.advance(HOUR);
    // The first answer is lost, so the flight waits before it asks again.
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.lose_answers = 1);
    let disconnect = async {
        while refreshes(&world) == 0 {
            tokio::task::yield_now().await;
        }
        let command = AccountCommand::Disconnect(Disconnect::default());
        world.identity.command(&world.dm("ada"), command, None).await.unwrap();
    };
    let (result, ()) = futures::join!(works(&world), disconnect);
    assert!(matches!(result, Err(NoSession::Expired)), "{result:?}");
    assert!(world.store.read(credentials::all).unwrap().is_empty(), "a refresh brings no row back");
    assert!(matches!(works(&world).await, Err(NoSession::NeverLinked)));
}

#[tokio::test]
async fn a_cancelled_command_cancels_no_refresh() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.advance(HOUR);
    let identity = world.identity.clone();
    let waiting = tokio::spawn(async move { identity.session(&person("ada"), &site("acme")).await.is_ok() });
    while refreshes(&world) == 0 {
        tokio::task::yield_now().await;
    }
    waiting.abort();
    let stored = async {
        while row(&world).generation == 1 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), stored).await.unwrap();
    works(&world).await.unwrap();
    assert_eq!(refreshes(&world), 1);
}

#[tokio::test]
async fn a_link_is_good_for_the_address_it_was_made_with() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let moved = world.restarted(|sites| sites[0].url = "http://127.0.0.1:9".parse().unwrap());
    assert!(matches!(moved.session(&person("ada"), &site("acme")).await, Err(NoSession::Expired)));
    let gone = world.restarted(|sites| drop(sites.remove(0)));
    assert!(matches!(gone.session(&person("ada"), &site("acme")).await, Err(NoSession::NoSite)));
    assert!(works(&world).await.is_ok());
}

#[tokio::test]
async fn a_credential_opens_in_its_own_row_alone() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.linked("grace", "grace").await;
    let mine = world.identity.links(&person("ada")).unwrap()[0].id.clone();
    let rows = world.store.read(credentials::all).unwrap();
    let (own, other): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.link.to_string() == mine);
    let (link, stolen) = (own[0].link.clone(), other[0].sealed.clone());
    assert!(world.store.write(move |tx| credentials::reseal(tx, &link, 1, &stolen)).await.unwrap());
    assert!(matches!(works(&world).await, Err(NoSession::Internal(_))));
}
