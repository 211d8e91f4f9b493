//! Renewing tokens against a provider that forgives nothing: each refresh token is good once, and what comes twice ends the
//! grant. Then what goes wrong on the way: callers who leave, answers that get lost or lack half, a provider that is down.

use std::time::Duration;

use futures::{FutureExt, future::join_all};
use jiff::SignedDuration;
use usher::{
    error::JiraError,
    identity::{Identity, LinkState, NoSession, list_links},
    ids::ProjectScope,
    store::credentials,
};
use usher_sandbox::{Effect, Fault};

use crate::{
    linking::{World, person, site},
    trial::{Asked, Found, Trial, grouped},
};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "refresh",
    what: "64 commands at once at each expiry, without leeway; then, a tenth as often each, callers who leave, answers that get \
           lost, answers without a refresh token; then an outage of ten minutes for twenty people",
    stated: 1000,
    unit: "expiries",
    quick: 10,
    run: |asked| run(asked).boxed(),
};

const HOUR: Duration = Duration::from_secs(3600);
/// Commands at once.
const TASKS: usize = 64;
/// A grant lives for a year of hours: after so many expiries a fresh world begins.
const TOGETHER: u64 = 4000;
/// Who is there in the outage.
const PEOPLE: usize = 20;

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    let few = asked.bound.div_ceil(10);
    let mut left = asked.bound;
    let mut storm = Count::default();
    while left > 0 {
        let now = left.min(TOGETHER);
        storm.add(expiries(now, Way::Storm, &mut rng, &mut found).await);
        left -= now;
    }
    found.done = storm.expiries;
    found.figure("expiries", grouped(storm.expiries));
    found.figure("exchanges", grouped(storm.exchanges));
    found.expect(storm.exchanges == storm.expiries, || format!("{storm:?}: one exchange for each expiry"));
    let mut all = storm;
    for (name, way) in [
        ("exchanges whose callers had left", Way::Cancelled),
        ("expiries with a lost answer", Way::Lost),
        ("expiries without a new refresh token", Way::Omitted),
        ("expiries with every answer lost, and a restart", Way::Restarted),
    ] {
        let count = expiries(few, way, &mut rng, &mut found).await;
        found.figure(name, grouped(count.expiries));
        all.add(count);
    }
    let (asked_in_outage, lost) = outage(if asked.bound < 100 { 1 } else { 3 }, &mut found).await;
    found.figure("commands in the outage", grouped(asked_in_outage));
    found.zero("reused tokens", all.reuses);
    found.zero("links lost", all.lost + lost);
    found
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Storm,
    Cancelled,
    Lost,
    Omitted,
    Restarted,
}

#[derive(Debug, Default)]
struct Count {
    expiries: u64,
    exchanges: u64,
    reuses: u64,
    lost: u64,
}

impl Count {
    fn add(&mut self, other: Self) {
        self.expiries += other.expiries;
        self.exchanges += other.exchanges;
        self.reuses += other.reuses;
        self.lost += other.lost;
    }
}

async fn works(identity: &Identity, who: &str) -> Result<(), NoSession> {
    let session = identity.session(&person(who), &site("acme")).await?;
    session.into_client(ProjectScope::all()).users().myself().await.map_err(NoSession::Jira)?;
    Ok(())
}

/// One person's token runs out so many times.
async fn expiries(times: u64, way: Way, rng: &mut fastrand::Rng, found: &mut Found) -> Count {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let provider = &world.sandbox.state().oauth2;
    if matches!(way, Way::Storm | Way::Cancelled) {
        provider.behave(|behaviour| behaviour.leeway = SignedDuration::ZERO);
    }
    let mut count = Count::default();
    for round in 1..=times {
        world.advance(HOUR);
        match way {
            Way::Storm => {
                let all = join_all((0..TASKS).map(|_| works(&world.identity, "ada"))).await;
                if let Some(problem) = all.iter().find_map(|result| result.as_ref().err()) {
                    found.broke(format!("expiry {round}: {problem:?}"));
                }
            }
            Way::Cancelled => leave(&world, rng).await,
            Way::Lost => provider.behave(|behaviour| behaviour.lose_answers = rng.u32(1..=2)),
            Way::Omitted => provider.behave(|behaviour| behaviour.omit_refresh_token = round % 2 == 0),
            Way::Restarted => {
                provider.behave(|behaviour| behaviour.lose_answers = 3);
                let away = works(&world.identity, "ada").await;
                found.expect(away.is_err(), || format!("expiry {round}: an answer out of nothing"));
                world.advance(Duration::from_secs(rng.u64(1..590)));
                let restarted = world.restarted(|_| {});
                restarted.resume_refreshes().await.unwrap();
            }
        }
        let after = works(&world.identity, "ada").await;
        found.expect(after.is_ok(), || format!("{way:?}, expiry {round}: {after:?}"));
        count.expiries += 1;
        // Each expiry makes one new generation, whatever happened on the way.
        let generation = world.store.read(credentials::all).unwrap().first().map(|row| row.generation);
        let expected = i64::try_from(round + 1).unwrap();
        found.expect(generation == Some(expected), || format!("{way:?}, expiry {round}: generation {generation:?}"));
    }
    count.exchanges = provider.refreshes();
    count.reuses = provider.reuses();
    count.lost = u64::from(active(&world) != 1);
    count
}

/// Callers begin, and leave at moments of their own.
async fn leave(world: &World, rng: &mut fastrand::Rng) {
    let mut callers = Vec::new();
    for _ in 0..8 {
        let identity = world.identity.clone();
        let patience = Duration::from_micros(rng.u64(0..4000));
        callers
            .push(tokio::spawn(async move { tokio::time::timeout(patience, works(&identity, "ada")).await.is_ok() }));
    }
    for caller in callers {
        caller.await.unwrap();
    }
}

fn active(world: &World) -> usize {
    list_links(&world.store).unwrap().iter().filter(|link| link.state == LinkState::Active).count()
}

/// Ten minutes in which the provider answers with everything but tokens. Gives how many commands were asked for, and how
/// many links are gone.
async fn outage(each: u32, found: &mut Found) -> (u64, u64) {
    let world = World::new().await;
    let names: Vec<String> = (0..PEOPLE).map(|number| format!("p{number}")).collect();
    for (name, account) in names.iter().zip(["ada", "grace", "linus"].into_iter().cycle()) {
        world.linked(name, account).await;
    }
    world.advance(HOUR);
    let body = |status: u16, body: &str| Effect::Status { status, body: Some(body.to_owned()) };
    let effects = [
        Effect::Status { status: 500, body: None },
        body(503, ""),
        body(200, ""),
        body(200, "{}"),
        body(200, "{\"access_token\":"),
        body(502, "{\"error\":\"invalid_grant\"}"),
        Effect::Html { status: 200 },
        Effect::Html { status: 503 },
        Effect::Html { status: 403 },
        Effect::TooMany { retry_after: Some(30), reason: None },
        Effect::Reset,
    ];
    let steps = effects.len() as u32 * each;
    let mut asked = 0;
    for effect in effects.iter().cycle().take(steps as usize) {
        world.sandbox.clear_faults();
        world.sandbox.fail(Fault { times: u32::MAX, ..Fault::once("POST", "/oauth/token", effect.clone()) });
        let all = join_all(names.iter().map(|name| works(&world.identity, name))).await;
        asked += all.len() as u64;
        for result in all {
            let honest = matches!(
                result,
                Err(NoSession::Jira(
                    JiraError::Away { .. } | JiraError::RateLimited { .. } | JiraError::AppRejected { .. }
                ))
            );
            found.expect(honest, || format!("in the outage, {effect:?}: {result:?}"));
        }
        world.advance(Duration::from_secs(600) / steps);
    }
    world.sandbox.clear_faults();
    let mut lost = PEOPLE as u64 - active(&world) as u64;
    for name in &names {
        let after = works(&world.identity, name).await;
        lost += u64::from(after.is_err());
        found.expect(after.is_ok(), || format!("after the outage, {name}: {after:?}"));
    }
    (asked, lost)
}
