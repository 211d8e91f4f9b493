//! New keys, backups and their way back, while people work and everything is killed now and then. Whatever is sealed opens with
//! the keys that stand, a backup holds what was acknowledged before it began, and what is put back is one or the other.

mod copies;
mod keys;

use std::{
    collections::BTreeMap,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use futures::FutureExt;
use tokio::{
    io::AsyncReadExt,
    process::Command,
    time::{sleep, timeout},
};

use self::{copies::Copies, keys::Keys};
use crate::{
    crash::{
        START,
        check::{self, Before},
        died_at, program,
        scene::Scene,
    },
    trial::{Asked, Found, Trial, grouped},
};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "rotation",
    what: "new keys on Telegram while five people create, look, renew, link, leave and grant, and after each a kill and a start; \
           with every third a backup, with every tenth a restore and an adoption; most of all that is killed at a random moment or \
           at a named place, and new keys are made by up to four at once",
    stated: 300,
    unit: "rotations",
    quick: 12,
    run: |asked| run(asked).boxed(),
};

/// So many rotations a database lives through.
const TOGETHER: u64 = 60;
/// After so many rotations for each place, each must have been reached.
const TURNS: u64 = 20;
/// Where a place is to be come by, this long is waited for it.
const PLACE: Duration = Duration::from_secs(2);
/// A short command takes no longer, unless something hangs.
const SHORT: Duration = Duration::from_secs(30);

/// What was counted.
#[derive(Default)]
struct Told {
    rotations: u64,
    kills: u64,
    at: BTreeMap<String, u64>,
    made: u64,
    rotated: u64,
    sealed: u64,
    backups: u64,
    no_backups: u64,
    restores: u64,
}

/// How a command is to end before its time.
#[derive(Clone, Debug)]
enum End {
    /// It is let be.
    Itself,
    /// When it comes by this place.
    At(String),
    /// After so long.
    After(Duration),
}

impl End {
    /// One or the other: by itself in a third of the cases.
    /// Of the places, the one where it has died least often.
    fn chosen(places: &[String], part: &str, rng: &mut fastrand::Rng, told: &Told) -> Self {
        // A start seals anew, and no short command.
        let fitting = places.iter().filter(|place| place.starts_with(part) && !place.contains("anew"));
        let least = fitting.min_by_key(|place| told.at.get(*place).copied().unwrap_or_default());
        match (rng.u32(..3), least) {
            (0, Some(place)) => Self::At(place.clone()),
            (1, _) => Self::After(Duration::from_micros(rng.u64(..60_000))),
            _ => Self::Itself,
        }
    }

    fn place(&self) -> Option<(&str, u32)> {
        match self {
            Self::At(place) => Some((place, 1)),
            _ => None,
        }
    }
}

/// What came of a short command: its words, where it ended by itself and well.
async fn ran(mut command: Command, end: &End, told: &mut Told, found: &mut Found) -> Option<String> {
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let moment = match end {
        End::After(moment) => *moment,
        _ => SHORT,
    };
    let status: Option<ExitStatus> = match timeout(moment, child.wait()).await {
        Ok(status) => status.ok(),
        Err(_) => {
            child.kill().await.unwrap();
            told.kills += 1;
            found.expect(matches!(end, End::After(_)), || format!("{command:?} hangs"));
            None
        }
    };
    let mut words = String::new();
    if let Some(mut out) = child.stdout.take() {
        drop(out.read_to_string(&mut words).await);
    }
    match (status, end) {
        (Some(status), _) if status.success() => return Some(words),
        // Nothing but an end that was asked for, or an answer that says no.
        (Some(status), End::At(place)) if status.code().is_none() => {
            told.kills += 1;
            *told.at.entry(place.clone()).or_default() += 1;
        }
        _ => {}
    }
    None
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
    let places = program::failpoints(true);
    let mut told = Told::default();
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    while told.rotations < asked.bound && found.broken.is_empty() {
        let times = TOGETHER.min(asked.bound - told.rotations);
        street(&path, times, &places, &mut rng, &mut told, &mut found).await;
    }
    found.done = told.rotations;
    found.figure("kills", grouped(told.kills));
    died_at(&told.at, &places, asked.bound >= TURNS * places.len() as u64, &mut found);
    found.figure("new keys told of", grouped(told.rotated));
    found.figure("sealed values opened", grouped(told.sealed));
    found.figure("backups told of", grouped(told.backups));
    found.figure("backups that ended before", grouped(told.no_backups));
    found.figure("restores and adoptions", grouped(told.restores));
    found.figure("issues created", grouped(told.made));
    found.figure(
        "lost keys, values that nothing opens, halves, and acknowledged rows that a backup lacks",
        found.broken.len(),
    );
    found
}

/// One database from its beginning to its end.
async fn street(
    path: &Path,
    times: u64,
    places: &[String],
    rng: &mut fastrand::Rng,
    told: &mut Told,
    found: &mut Found,
) {
    let (scene, mut child) = Scene::begin(path, rng, found).await;
    let Scene { telegram, program, town, .. } = &scene;
    let mut before = Before::default();
    let mut keys = Keys::of(program);
    let mut copies = Copies::new();
    let sealing: Vec<&String> = places.iter().filter(|place| place.contains("anew")).collect();
    for turn in 0..times {
        // While it runs, or while it is dead.
        if rng.u32(..4) > 0 {
            sleep(Duration::from_millis(rng.u64(..150))).await;
            keys.rotate(program, places, rng, told, found).await;
            if turn % 3 == 0 {
                copies.back_up(program, town, &before, places, rng, told, found).await;
            }
            sleep(Duration::from_millis(rng.u64(..100))).await;
            child.kill().await.unwrap();
        } else {
            child.kill().await.unwrap();
            drop(timeout(START, telegram.left_alone()).await);
            keys.rotate(program, places, rng, told, found).await;
            if turn % 3 == 0 {
                copies.back_up(program, town, &before, places, rng, told, found).await;
            }
        }
        told.kills += 1;
        told.rotations += 1;
        drop(timeout(START, telegram.left_alone()).await);
        look(program, &town.ledger.lock().clone(), &mut before, told, found);
        if turn % 10 == 9 {
            copies.put_back(program, places, rng, told, found).await;
        }
        if !found.broken.is_empty() {
            break;
        }
        // It starts with the new key, and may die while it seals with it.
        let place = if rng.u32(..3) == 0 { rng.choice(&sealing).copied() } else { None };
        if let Some(place) = place {
            child = program.start(Some((place, rng.u32(1..=2))));
            if let Ok(ended) = timeout(PLACE, child.wait()).await {
                let died = ended.is_ok_and(|status| status.code().is_none());
                found.expect(died, || format!("it ended by itself: {}", program.log()));
                *told.at.entry(place.clone()).or_default() += 1;
            }
            child.kill().await.unwrap();
            told.kills += 1;
            drop(timeout(START, telegram.left_alone()).await);
            look(program, &town.ledger.lock().clone(), &mut before, told, found);
        }
        child = program.start(None);
        let started = timeout(START, telegram.polled()).await;
        found.expect(started.is_ok(), || format!("it did not start: {}", program.log()));
    }
    child.kill().await.unwrap();
    drop(timeout(START, telegram.left_alone()).await);
    let did = scene.end(found, keys::under_the_active_one).await;
    told.made += did.made;
}

/// Holds the files of a dead program against what people were told, and opens all that is sealed.
fn look(
    program: &program::Program,
    ledger: &crate::crash::ledger::Ledger,
    before: &mut Before,
    told: &mut Told,
    found: &mut Found,
) {
    let turn = told.rotations;
    for wrong in check::after_death(program, ledger, before) {
        found.broke(format!("rotation {turn}: {wrong}"));
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("usher.db");
    check::copied(&program.database(), &copy);
    match keys::opens(&copy, &program.folder.join("usher.key")) {
        Ok(count) => told.sealed += count,
        Err(wrong) => found.broke(format!("rotation {turn}: {wrong}")),
    }
}
