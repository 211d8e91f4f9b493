//! The whole program is killed, again and again: at moments of chance and at every named place. People go on talking to it
//! meanwhile. After each death its files are held against what people were told.

pub(crate) mod check;
pub(crate) mod ledger;
pub(crate) mod people;
pub(crate) mod program;
pub(crate) mod scene;

use std::{collections::BTreeMap, path::Path, time::Duration};

use futures::FutureExt;
use tokio::time::{sleep, timeout};

use self::{check::Before, scene::Scene};
use crate::trial::{Asked, Found, Trial, grouped};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "crash",
    what: "kills of the whole process on Telegram, at random moments and, every other time, at a named place, while five people \
           create, look, renew, link, leave and grant; after each death the files are held against what they were told",
    stated: 2000,
    unit: "kills",
    quick: 12,
    run: |asked| run(asked).boxed(),
};

/// After so many kills for each place, each must have been reached.
const TURNS: u64 = 24;
/// So many kills a database lives through.
const TOGETHER: u64 = 150;
/// A start takes no longer, unless something hangs.
pub(crate) const START: Duration = Duration::from_secs(30);
/// Where a place is to be come by, this long is waited for it.
const PLACE: Duration = Duration::from_secs(4);

#[derive(Default)]
struct Told {
    kills: u64,
    at: BTreeMap<String, u64>,
    missed: u64,
    made: u64,
    done: u64,
    answers: u64,
    doubts: u64,
}

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    let path = match program::build().await {
        Ok(path) => path,
        Err(problem) => {
            found.broke(format!("the program under trial: {problem}"));
            return found;
        }
    };
    let places = program::failpoints(false);
    let mut told = Told::default();
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    while told.kills < asked.bound && found.broken.is_empty() {
        let kills = TOGETHER.min(asked.bound - told.kills);
        house(&path, kills, &places, &mut rng, &mut told, &mut found).await;
    }
    found.done = told.kills;
    let died_there: u64 = told.at.values().sum();
    found.figure("kills at a named place", grouped(died_there));
    died_at(&told.at, &places, asked.bound >= TURNS * places.len() as u64, &mut found);
    found.figure("answers read", grouped(told.answers));
    found.figure("issues created", grouped(told.made));
    found.figure("creates acknowledged", grouped(told.done));
    found.figure("creates said to be in doubt", grouped(told.doubts));
    found.figure("lost links, tokens, grants, audit rows, creates, and duplicates", found.broken.len());
    found
}

/// Notes at how many of the places the program has died. After a run that is long enough, it must be all of them.
pub(crate) fn died_at(at: &BTreeMap<String, u64>, places: &[String], long: bool, found: &mut Found) {
    found.figure("places where it died", format!("{} of {}", at.len(), places.len()));
    let never: Vec<&String> = places.iter().filter(|place| !at.contains_key(*place)).collect();
    if long {
        found.expect(never.is_empty(), || format!("it never died at {never:?}"));
    } else if !never.is_empty() {
        eprintln!("Not reached: {never:?}");
    }
}

/// One database from its beginning to its end.
async fn house(
    path: &Path,
    kills: u64,
    places: &[String],
    rng: &mut fastrand::Rng,
    told: &mut Told,
    found: &mut Found,
) {
    let (scene, mut child) = Scene::begin(path, rng, found).await;
    let Scene { telegram, program, town, .. } = &scene;
    let mut before = Before::default();
    for kill in 0..kills {
        let place =
            (kill % 2 == 0).then(|| &places[usize::try_from((told.kills / 2) % places.len() as u64).unwrap_or(0)]);
        // The first one has been running without a place to die at.
        if kill > 0 {
            child =
                program.start(place.map(|place| (place.as_str(), if rng.u32(..3) > 0 { 1 } else { rng.u32(2..=4) })));
        }
        let patience = if place.is_some() { PLACE } else { Duration::from_micros(rng.u64(..400_000)) };
        let lives = async {
            let started = timeout(START, telegram.polled()).await;
            sleep(patience).await;
            started.is_ok()
        };
        // A moment of chance may also be one before it is up.
        let early = place.is_none() && rng.u32(..4) == 0;
        let early = async {
            match early {
                true => sleep(Duration::from_micros(rng.u64(..150_000))).await,
                false => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = child.wait() => match place {
                Some(place) => *told.at.entry(place.clone()).or_default() += 1,
                None => found.broke(format!("it ended by itself: {}", program.log())),
            },
            started = lives => {
                told.missed += u64::from(place.is_some());
                found.expect(started, || format!("it did not start: {}", program.log()));
            }
            () = early => {}
        }
        child.kill().await.unwrap();
        drop(timeout(START, telegram.left_alone()).await);
        told.kills += 1;
        let ledger = town.ledger.lock().clone();
        for wrong in check::after_death(program, &ledger, &mut before) {
            found.broke(format!("kill {}, at {place:?}: {wrong}", told.kills));
        }
        if !found.broken.is_empty() {
            break;
        }
    }

    let did = scene.end(found, async |_, _| {}).await;
    told.made += did.made;
    told.done += did.done;
    told.answers += did.answers;
    told.doubts += did.doubts;
}
