//! An hour of token life in minutes, two hundred people, and faults on both sides: Jira drops, refuses, stalls and breaks off;
//! the chat platform tells events twice and out of order. Every answer is held against what Jira then has.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::FutureExt;
use parking_lot::Mutex;
use usher_chat::{Input, Platform};
use usher_sandbox::{Effect, Fault};

use crate::{
    crowd::{ACCOUNTS, Crowd, Held, Rates},
    trial::{Asked, Found, Trial, grouped},
};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "faults",
    what: "200 people (a twentieth of the commands where those are fewer) create, comment and look, each a moment after the last answer, with 5 % faults of Jira's \
           (drop, 5xx, 429, truncated, stalled, reset, lost answer) and 5 % of the chat's (told twice, out of order), while time passes thirty times as \
           fast",
    stated: 60_000,
    unit: "commands",
    quick: 120,
    run: |asked| run(asked).boxed(),
};

/// In how many of a hundred commands each side has a fault.
const PERCENT: u32 = 5;
/// At least so many of a thousand answers are right or honest.
const HONEST: u64 = 999;
/// And so many are right: who refuses everything is honest and of no use. Of a few answers chance says more.
const RIGHT: u64 = 900;
const FEW: u64 = 2_000;
/// The longest time that somebody thinks before the next command, in milliseconds.
const THINKS: u64 = 1_200;

/// What somebody was told of a change.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    Done,
    NotDone,
    Doubtful,
}

#[derive(Default)]
struct Book {
    /// By the words that only this change bears: whose account, what they were told.
    creates: BTreeMap<String, (&'static str, Told)>,
    comments: BTreeMap<String, (&'static str, Told)>,
    right: u64,
    honest: u64,
    /// How often what was said in place of it.
    refused: BTreeMap<String, u64>,
    neither: Vec<String>,
}

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    let people = usize::try_from(asked.bound / 20).unwrap_or(usize::MAX).clamp(3, 200);
    let crowd = Arc::new(Crowd::gather(people, Platform::new("test"), Rates::Endless).await);
    let book = Arc::new(Mutex::new(Book::default()));
    let left = Arc::new(AtomicU64::new(asked.bound));
    let over = Arc::new(AtomicBool::new(false));
    let clock = tokio::spawn(time_passes(crowd.clone(), over.clone()));
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    let begin = |until: u64, rng: &mut fastrand::Rng| {
        let mut workers = tokio::task::JoinSet::new();
        for who in 0..people {
            let rng = fastrand::Rng::with_seed(rng.u64(..));
            workers.spawn(works(crowd.clone(), who, rng, book.clone(), left.clone(), until));
        }
        workers
    };
    // After the first third, everything that is held once is held.
    begin(asked.bound - asked.bound / 3, &mut rng).join_all().await;
    let early = Held::now();
    begin(0, &mut rng).join_all().await;
    over.store(true, Ordering::Relaxed);
    clock.await.unwrap();
    crowd.ground.jira.clear_faults();
    let late = settled(early).await;

    found.done = asked.bound;
    let mut book = std::mem::take(&mut *book.lock());
    let (wrong_person, duplicates, lies) = look(&crowd, &book);
    book.neither.truncate(3);
    let answers = asked.bound;
    let good = book.right + book.honest;
    found.figure("people", people);
    found.figure("right answers", grouped(book.right));
    found.figure("honest refusals and doubts", grouped(book.honest));
    found.expect(good * 1000 >= answers * HONEST, || {
        format!("{good} of {answers} answers are good: {:?}", book.neither)
    });
    found.expect(answers < FEW || book.right * 1000 >= answers * RIGHT, || {
        format!("only {} of {answers} answers are right, as against {:?}", book.right, book.refused)
    });
    found.figure("renewals", crowd.ground.jira.state().oauth2.refreshes());
    found.zero("reused tokens", crowd.ground.jira.state().oauth2.reuses());
    found.zero("effects for the wrong person", wrong_person.len() as u64);
    found.zero("duplicates", duplicates.len() as u64);
    found.zero("answers that were not true", lies.len() as u64);
    wrong_person.into_iter().chain(duplicates).chain(lies).take(5).for_each(|what| found.broke(what));
    found.figure("memory", format!("{} to {} MiB", early.memory / 1024, late.memory / 1024));
    found.figure("descriptors", format!("{} to {}", early.descriptors, late.descriptors));
    found.figure("tasks", format!("{} to {}", early.tasks, late.tasks));
    found.expect(late.memory < early.memory + (96 << 10), || format!("memory: {early:?}, then {late:?}"));
    // Connections are kept for a while, on both ends, as many as were in use at once.
    let flat = |early: usize, late: usize| late <= early + early / 4 + 40;
    found.expect(flat(early.descriptors, late.descriptors), || format!("descriptors: {early:?}, then {late:?}"));
    found.expect(flat(early.tasks, late.tasks), || format!("tasks: {early:?}, then {late:?}"));
    found
}

/// What is held once the last connections have gone, or at the end of patience.
async fn settled(early: Held) -> Held {
    for _ in 0..50 {
        let now = Held::now();
        if now.tasks <= early.tasks + 10 {
            return now;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Held::now()
}

/// Thirty times as fast as it does: a token lives for two minutes. Faster, and what waits for a moment before it tries again
/// would wait for longer than the provider forgives.
async fn time_passes(crowd: Arc<Crowd>, over: Arc<AtomicBool>) {
    while !over.load(Ordering::Relaxed) {
        crowd.ground.later(Duration::from_secs(3));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn works(
    crowd: Arc<Crowd>,
    who: usize,
    mut rng: fastrand::Rng,
    book: Arc<Mutex<Book>>,
    left: Arc<AtomicU64>,
    until: u64,
) {
    let account = ACCOUNTS[who % 3];
    loop {
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| (left > until).then(|| left - 1));
        let Ok(number) = taken else { return };
        tokio::time::sleep(Duration::from_millis(rng.u64(..THINKS))).await;
        if rng.u32(..100) < PERCENT {
            crowd.ground.jira.fail(fault(&mut rng));
        }
        let words = format!("w{who}x{number}");
        // The sandbox takes ten thousand issues in a project.
        let kind = [0, 1, 1, 2, 2, 2, 2, 2][rng.usize(..8)];
        let line = match kind {
            0 => format!("jira create bug in DEMO {words}"),
            1 => format!("jira comment DEMO-3 {words}"),
            _ => "jira view DEMO-5".to_owned(),
        };
        let event = crowd.event(who, Input::Text(line.clone()));
        let text = match rng.u32(..100) {
            // Told twice at once, or once more when it is over.
            0..3 => {
                let (one, two) = tokio::join!(crowd.does(event.clone()), crowd.does(event));
                format!("{}{}", one.text(), two.text())
            }
            3..PERCENT => {
                let first = crowd.does(event.clone()).await.text();
                let again = crowd.does(event).await.text();
                if kind < 2 { format!("{first}{again}") } else { first }
            }
            _ => crowd.does(event).await.text(),
        };
        let told = told(&text);
        let right = match kind {
            0 => told == Told::Done && text.contains(&words),
            1 => told == Told::Done && text.contains("omment added"),
            _ => text.contains("DEMO-5") && text.contains("Order new spark plugs"),
        };
        let mut book = book.lock();
        match kind {
            0 => drop(book.creates.insert(words, (account, if right { Told::Done } else { no_success(told) }))),
            1 => drop(book.comments.insert(words, (account, if right { Told::Done } else { no_success(told) }))),
            _ => {}
        }
        if right {
            book.right += 1;
        } else if told != Told::Done && !text.trim().is_empty() && !text.contains("broke on our side") {
            book.honest += 1;
            *book.refused.entry(text.chars().filter(|c| !c.is_ascii_digit()).take(60).collect()).or_default() += 1;
        } else {
            book.neither.push(format!("{line}: {text:?}"));
        }
    }
}

fn no_success(told: Told) -> Told {
    if told == Told::Done { Told::Doubtful } else { told }
}

/// What words mean. What says nothing of a failure says that it is done.
fn told(text: &str) -> Told {
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    if has(&["may or may not", "may have happened", "did not confirm", "without an answer"]) {
        Told::Doubtful
    } else if has(&["is not answering", "asks for a pause", "othing was changed", "is not Jira", "Try again"]) {
        Told::NotDone
    } else {
        Told::Done
    }
}

fn fault(rng: &mut fastrand::Rng) -> Fault {
    let effect = match rng.u32(..10) {
        0 => Effect::Reset,
        1 | 2 => Effect::LostAnswer,
        3 => Effect::Truncated,
        4 => Effect::Status { status: [500, 502, 503, 504][rng.usize(..4)], body: None },
        5 => Effect::Status { status: 503, body: Some(String::new()) },
        6 => Effect::Html { status: [200, 502][rng.usize(..2)] },
        7 => Effect::TooMany { retry_after: Some(1), reason: None },
        8 => Effect::Slow { ms: 3000 },
        _ => Effect::Slow { ms: 400 },
    };
    let path = if rng.u32(..6) == 0 { "/oauth/token" } else { "/rest/" };
    Fault::once("", path, effect)
}

/// Holds what people were told against what Jira has: effects for the wrong person, duplicates, and untrue answers.
fn look(crowd: &Crowd, book: &Book) -> (Vec<String>, Vec<String>, Vec<String>) {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in crowd.ground.jira.keys("DEMO") {
        let issue = crowd.ground.jira.issue(&key).unwrap();
        let summary = issue["summary"].as_str().unwrap_or_default().to_owned();
        found.entry(summary).or_default().push(issue["reporter"].as_str().unwrap_or_default().to_owned());
        for comment in issue["comments"].as_array().into_iter().flatten() {
            let words = comment["text"].as_str().unwrap_or_default().trim().to_owned();
            found.entry(words).or_default().push(comment["author"].as_str().unwrap_or_default().to_owned());
        }
    }
    let (mut wrong, mut twice, mut lies) = (Vec::new(), Vec::new(), Vec::new());
    for (words, (account, told)) in book.creates.iter().chain(&book.comments) {
        let by = found.get(words).map(Vec::as_slice).unwrap_or_default();
        if by.iter().any(|one| one != account) {
            wrong.push(format!("{words} of {account} was done by {by:?}"));
        }
        if by.len() > 1 {
            twice.push(format!("{words} is there {} times", by.len()));
        }
        let untrue = match told {
            Told::Done => by.is_empty(),
            Told::NotDone => !by.is_empty(),
            Told::Doubtful => false,
        };
        if untrue {
            lies.push(format!("{words} was told to be {told:?}, and is there {} times", by.len()));
        }
    }
    (wrong, twice, lies)
}
