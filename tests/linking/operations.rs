//! The operations listener: health that is real, and metrics that name nobody.

use std::{collections::BTreeSet, time::Duration};

use usher::ids::ProjectScope;

use crate::{
    listeners::{Listeners, ask},
    world::{Browser, World, person, site},
};

#[tokio::test]
async fn health_turns_with_what_is_real() {
    let world = World::new().await;
    let listeners = Listeners::of(&world).await;
    let health = async || ask(&listeners.operations, "GET /healthz\r\n", "").await;
    assert_eq!((health().await.status, health().await.body.as_str()), (200, "ok\n"));
    // A disk that is full, or a file that was taken away: nothing is written any more.
    let database = rusqlite::Connection::open(world.store.path()).unwrap();
    let full = "CREATE TRIGGER full BEFORE INSERT ON meta BEGIN SELECT RAISE(ABORT, 'full'); END;
                CREATE TRIGGER full_too BEFORE UPDATE ON meta BEGIN SELECT RAISE(ABORT, 'full'); END";
    database.execute_batch(full).unwrap();
    let sick = health().await;
    assert_eq!((sick.status, sick.body.as_str()), (503, "the database does not work\n"));
    sick.guarded(&[]);
    database.execute_batch("DROP TRIGGER full; DROP TRIGGER full_too").unwrap();
    assert_eq!(health().await.status, 200);
}

#[tokio::test]
async fn labels_of_metrics_come_from_closed_sets_whatever_people_are_called() {
    let world = World::new().await;
    let listeners = Listeners::of(&world).await;
    let scrape = async || ask(&listeners.operations, "GET /metrics\r\n", "").await.body;
    let series = |text: &str| -> BTreeSet<String> {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(|line| Some(line.rsplit_once(' ')?.0.to_owned())).collect()
    };
    let before = series(&scrape().await);
    let browser = Browser::new();
    for name in ["a\"} 1\nevil{x=\"", "<script>", "\u{202e}", "{state=\"active\"} 9", &"x".repeat(4000)] {
        world.sandbox.rename("ada", name);
        world.linked(name, "ada").await;
        world.dms(name, "AAAA-1234").await;
        browser.get(&format!("{}oauth/callback/{}?error=evil&state=evil", world.public, "evil%22%7D")).await;
    }
    let text = scrape().await;
    assert!(text.contains("usher_links{state=\"active\"} 5\n"), "{text}");
    assert_eq!(series(&text), before, "nothing that happens makes a new series");
    for line in text.lines() {
        let plain = line.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        assert!(plain && line.len() < 120 && !line.contains("evil"), "{line}");
    }
    for one in &before {
        let value = one.split_once("=\"").map_or("none", |(_, rest)| rest.trim_end_matches("\"}"));
        let plain = value.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_');
        assert!(one.starts_with("usher_") && plain && value.len() < 20, "{one}");
    }
}

#[tokio::test]
async fn tokens_that_could_not_be_stored_are_no_good_health() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let listeners = Listeners::of(&world).await;
    let health = async || ask(&listeners.operations, "GET /healthz\r\n", "").await;
    let works = async || {
        let session = world.identity.session(&person("ada"), &site("acme")).await.map_err(drop)?;
        session.into_client(ProjectScope::all()).users().myself().await.map(drop).map_err(drop)
    };
    let database = rusqlite::Connection::open(world.store.path()).unwrap();
    let full = "CREATE TRIGGER full BEFORE UPDATE OF sealed ON credentials BEGIN SELECT RAISE(ABORT, 'full'); END";
    database.execute_batch(full).unwrap();
    world.advance(Duration::from_secs(3600));
    assert_eq!(works().await, Err(()));
    let sick = health().await;
    assert_eq!((sick.status, sick.body.as_str()), (503, "renewed tokens could not be stored\n"));
    database.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(works().await, Ok(()));
    assert_eq!(health().await.status, 200);
    assert_eq!(world.sandbox.state().oauth2.reuses(), 0);
}
