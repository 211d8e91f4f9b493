//! The whole program is killed, again and again: at moments of chance and at every named place. People go on talking to it
//! meanwhile. After each death its files are held against what people were told.

mod check;
mod ledger;
mod people;
pub(crate) mod program;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use parking_lot::Mutex;
use telegram_stand_in::{Person, TelegramServer};
use tokio::time::{sleep, timeout};
use usher_sandbox::{Options, Sandbox};

use self::{
    check::Before,
    ledger::{Ledger, Linked},
    people::{Somebody, Town},
    program::Program,
};
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
const START: Duration = Duration::from_secs(30);
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
    let places = program::failpoints();
    let mut told = Told::default();
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    while told.kills < asked.bound && found.broken.is_empty() {
        let kills = TOGETHER.min(asked.bound - told.kills);
        house(&path, kills, &places, &mut rng, &mut told, &mut found).await;
    }
    found.done = told.kills;
    let died_there: u64 = told.at.values().sum();
    found.figure("kills at a named place", grouped(died_there));
    found.figure("places where it died", format!("{} of {}", told.at.len(), places.len()));
    let never: Vec<&String> = places.iter().filter(|place| !told.at.contains_key(*place)).collect();
    if asked.bound >= TURNS * places.len() as u64 {
        found.expect(never.is_empty(), || format!("it never died at {never:?}"));
    } else if !never.is_empty() {
        eprintln!("Not reached: {never:?}");
    }
    found.figure("answers read", grouped(told.answers));
    found.figure("issues created", grouped(told.made));
    found.figure("creates acknowledged", grouped(told.done));
    found.figure("creates said to be in doubt", grouped(told.doubts));
    found.figure("lost links, tokens, grants, audit rows, creates, and duplicates", found.broken.len());
    found
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
    let folder = tempfile::tempdir().unwrap();
    let telegram = TelegramServer::start().await;
    let sandbox = Arc::new(Sandbox::start(Options::default()).await.unwrap());
    let program = Program::set_up(path, folder.path(), &sandbox, &telegram);
    let (root, room) = (telegram.person("root"), telegram.supergroup("Engine Works"));
    room.owned_by(&root);
    program.belongs_to(&format!("telegram:{}", root.id()), &format!("telegram:{}", room.id()));

    let town = Town {
        ledger: Arc::new(Mutex::new(Ledger::default())),
        sandbox: sandbox.clone(),
        over: Arc::new(AtomicBool::new(false)),
    };
    let mut child = program.start(None);
    telegram.polled().await;
    let mut somebody =
        |person: Person| Somebody { town: town.clone(), person, rng: fastrand::Rng::with_seed(rng.u64(..)), number: 0 };
    let names = ["ada", "grace", "eve", "zoe"];
    let people = names.map(|name| telegram.person(name));
    for person in &people {
        room.adds(person);
        person.opens();
    }
    let [ada, grace, eve, zoe] = people.map(&mut somebody);
    let (mut ada, mut grace) = (ada, grace);
    for (who, account) in [(&mut ada, "ada"), (&mut grace, "grace")] {
        let linked = who.links("acme", account).await;
        found.expect(linked == Some(Linked::Yes), || format!("{account} could not be linked: {}", program.log()));
        town.ledger.lock().links.insert((who.id(), "acme"), Linked::Yes);
    }
    let root = somebody(root);
    let workers = [
        tokio::spawn(ada.works("ada")),
        tokio::spawn(grace.works("grace")),
        tokio::spawn(eve.comes_and_goes("acme", "linus")),
        tokio::spawn(zoe.comes_and_goes("corp", "linus")),
        tokio::spawn(root.rules(room.clone())),
    ];

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
        for wrong in check::after_death(&program, &ledger, &mut before) {
            found.broke(format!("kill {}, at {place:?}: {wrong}", told.kills));
        }
        if !found.broken.is_empty() {
            break;
        }
    }

    child = program.start(None);
    telegram.polled().await;
    town.over.store(true, Ordering::Relaxed);
    let mut back = Vec::new();
    for worker in workers {
        back.push(worker.await.unwrap());
    }
    // Everything that waited has been dealt with before what is asked last.
    for (who, account) in back.iter_mut().take(2).zip(["ada", "grace"]) {
        let works = who.still_works(account).await;
        found.expect(works, || format!("{account}'s link does not work any more: {}", program.log()));
    }
    child.kill().await.unwrap();
    let ledger = town.ledger.lock().clone();
    ledger.lost.iter().for_each(|text| found.broke(format!("a lost link: {text}")));
    let reused = sandbox.state().oauth2.reuses();
    found.expect(reused == 0, || format!("{reused} refresh tokens were used again too late"));
    let (made, wrong) = check::after_all(&program, &ledger, &sandbox);
    wrong.into_iter().for_each(|wrong| found.broke(wrong));
    told.made += made;
    told.done += ledger.created().count() as u64;
    told.answers += ledger.answers;
    told.doubts += ledger.doubts;
}
