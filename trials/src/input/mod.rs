//! Bad input, through the real routers: lines, native commands, presses and forms; pages; Discord's interactions; Telegram's
//! updates; and whole commands whose answers from Jira were spoilt on the way.

pub mod lines;
mod mutate;
mod pages;
mod platforms;
mod road;

use std::{
    fs, panic,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::FutureExt;

use crate::trial::{Asked, Found, Trial, grouped};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "input",
    what: "spoilt lines, commands, presses and forms, requests for pages, interactions of Discord's, updates of Telegram's, and \
           whole commands to which Jira's answers come spoilt",
    stated: 1_000_000,
    unit: "inputs",
    quick: 2000,
    run: |asked| run(asked).boxed(),
};

/// How much more memory may be held at the end than after the first tenth, in MiB.
const GROWTH: u64 = 96;

static PANICS: AtomicU64 = AtomicU64::new(0);
static FIRST: Mutex<Option<String>> = Mutex::new(None);

/// What a part of the trial came to.
#[derive(Default)]
struct Part {
    done: u64,
    /// What must not be, as far as it shows in answers.
    broken: Vec<String>,
    slowest: Duration,
}

impl Part {
    fn took(&mut self, begun: Instant) {
        self.done += 1;
        self.slowest = self.slowest.max(begun.elapsed());
    }

    fn broke(&mut self, what: String) {
        if self.broken.len() < 5 {
            self.broken.push(what);
        }
    }
}

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    let before = panic::take_hook();
    PANICS.store(0, Ordering::Relaxed);
    *FIRST.lock().unwrap_or_else(PoisonError::into_inner) = None;
    panic::set_hook(Box::new(|info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        FIRST.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| info.to_string());
    }));
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    let share = |percent: u64| asked.bound * percent / 100;
    let mut early = 0;
    // Twice: what is held after the first round, a tenth, must do for the rest.
    for (round, tenths) in [(0, 1), (1, 9)] {
        let of = |percent: u64| share(percent) * tenths / 10;
        let parts = [
            ("lines and presses", lines::run(of(56).max(1), &mut rng).await),
            ("pages", pages::run(of(12).max(1), &mut rng).await),
            ("interactions", platforms::discord(of(12).max(1), &mut rng).await),
            ("updates", platforms::telegram(of(12).max(1), &mut rng).await),
            ("whole commands", road::run(of(8).max(1), &mut rng).await),
        ];
        for (name, part) in parts {
            found.done += part.done;
            if round == 1 {
                found.figure(name, format!("{}, slowest {} ms", grouped(part.done), part.slowest.as_millis()));
            }
            part.broken.into_iter().for_each(|what| found.broke(format!("{name}: {what}")));
        }
        if round == 0 {
            early = resident();
        }
    }
    panic::set_hook(before);
    let panics = PANICS.load(Ordering::Relaxed);
    if let Some(first) = FIRST.lock().unwrap_or_else(PoisonError::into_inner).take() {
        found.broke(first);
    }
    found.zero("panics", panics);
    let grown = resident().saturating_sub(early) / 1024;
    found.figure("memory held more than after a tenth", format!("{grown} MiB"));
    found.expect(grown <= GROWTH, || format!("memory grew by {grown} MiB"));
    found
}

/// Resident memory in KiB.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
