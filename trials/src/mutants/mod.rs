//! Changes to the source that some test should notice: every one in the files that can say no, and a sample of the rest.
//! `cargo mutants` says which there are; all of them are built at once, and woken one by one.

pub mod list;
mod tree;
mod weave;

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::FutureExt;
use parking_lot::Mutex;

use self::{list::Mutant, tree::Tree};
use crate::trial::{Asked, Found, Trial, grouped};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "mutants",
    what: "every change of `cargo mutants` to the files that can say no (decision, permits, codes, envelope, project scope), \
           and a sample of the rest of the library, each against the tests",
    stated: 200,
    unit: "changes of the rest",
    quick: 0,
    run: |asked| run(asked).boxed(),
};

/// Of a hundred changes to the rest, so many are to be noticed.
const SAMPLE: usize = 90;

/// How one change went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Went {
    /// Tests of its own part of the library noticed.
    Near,
    /// Other tests noticed.
    Far,
    /// None did.
    Unnoticed,
}

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    match attempt(asked, &mut found).await {
        Ok(()) => {}
        Err(problem) => found.broke(problem),
    }
    found
}

async fn attempt(asked: Asked, found: &mut Found) -> Result<(), String> {
    let sample = usize::try_from(asked.bound).unwrap_or(usize::MAX);
    let mutants = list::list(asked.seed, sample).await?;
    let tree = Arc::new(Tree::grow(&target()?, &mutants).await?);
    eprintln!("mutants: {} of {} compile", mutants.len() - tree.unviable.len(), mutants.len());
    let patience = Arc::new(asleep(&tree).await?);
    let viable = mutants.iter().filter(|mutant| !tree.unviable.contains(&mutant.number)).cloned();
    let waiting = Arc::new(Mutex::new(viable.collect::<VecDeque<_>>()));
    let went = Arc::new(Mutex::new(Vec::new()));
    let mut workers = tokio::task::JoinSet::new();
    // One more than there are cores: tests wait as well as work.
    for _ in 0..=std::thread::available_parallelism().map_or(1, usize::from) {
        let (tree, waiting, went, patience) = (tree.clone(), waiting.clone(), went.clone(), patience.clone());
        workers.spawn(async move {
            loop {
                let Some(mutant) = waiting.lock().pop_front() else { return };
                let how = try_one(&tree, &mutant, &patience).await;
                if how == Went::Unnoticed {
                    eprintln!("mutants: unnoticed: {}", mutant.name);
                }
                let mut went = went.lock();
                went.push((mutant, how));
                if went.len().is_multiple_of(25) {
                    eprintln!("mutants: {} tried", went.len());
                }
            }
        });
    }
    workers.join_all().await;
    let went = std::mem::take(&mut *went.lock());
    let count = |guards: bool, how: &[Went]| {
        went.iter().filter(|(mutant, went)| mutant.guards() == guards && how.contains(went)).count()
    };
    let listed = |guards: bool| mutants.iter().filter(|mutant| mutant.guards() == guards).count();
    let tried = |guards: bool| count(guards, &[Went::Near, Went::Far, Went::Unnoticed]);
    let noticed = |guards: bool| count(guards, &[Went::Near, Went::Far]);
    found.done = asked.bound;
    found.figure("of files that can say no", grouped(listed(true) as u64));
    found.figure("of these not to be compiled", listed(true) - tried(true));
    found.figure("noticed by tests beside them", count(true, &[Went::Near]));
    found.figure("by others", count(true, &[Went::Far]));
    found.zero("by none", count(true, &[Went::Unnoticed]) as u64);
    found.figure("of the rest", grouped(listed(false) as u64));
    found.figure("of these not to be compiled", listed(false) - tried(false));
    found.figure("noticed", noticed(false));
    found.expect(noticed(false) * 100 >= tried(false) * SAMPLE, || {
        format!("{} of {} changes to the rest are noticed", noticed(false), tried(false))
    });
    let mut names: Vec<String> =
        went.iter().filter(|(_, went)| *went == Went::Unnoticed).map(|(mutant, _)| mutant.name.clone()).collect();
    names.sort();
    if !names.is_empty() {
        found.figure("noticed by none", names.join("; ").replace('|', "\\|").replace('<', "&lt;"));
    }
    Ok(())
}

/// The folder in which this program was built.
fn target() -> Result<PathBuf, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let profile = own.ancestors().find(|folder| folder.ends_with("debug") || folder.ends_with("release"));
    Ok(profile.and_then(|folder| folder.parent()).ok_or("this program is in a strange place")?.to_owned())
}

/// How long each program may take: some times as long as with nothing awake.
async fn asleep(tree: &Tree) -> Result<Vec<Duration>, String> {
    let mut patience = Vec::new();
    for (name, program) in &tree.programs {
        let begun = Instant::now();
        if !tree.passes(program, 0, None, Duration::from_secs(900)).await {
            return Err(format!("the tests of {name} fail without any change"));
        }
        patience.push(begun.elapsed() * 4 + Duration::from_secs(20));
    }
    Ok(patience)
}

async fn try_one(tree: &Tree, mutant: &Mutant, patience: &[Duration]) -> Went {
    let (near, likely) = (near(&mutant.file), likely(&mutant.file));
    let mut programs: Vec<_> = tree.programs.iter().zip(patience).collect();
    if let Some(((_, program), patience)) = programs.first()
        && !tree.passes(program, mutant.number, Some(&near), **patience).await
    {
        return Went::Near;
    }
    programs.sort_by_key(|((name, _), _)| name != likely);
    for ((_, program), patience) in programs {
        if !tree.passes(program, mutant.number, None, *patience).await {
            return Went::Far;
        }
    }
    Went::Unnoticed
}

/// The tests that are most likely to notice a change in a file, where those beside it do not.
fn likely(file: &str) -> &'static str {
    match file.split('/').nth(1) {
        Some("identity" | "web" | "keys.rs") => "linking",
        Some("jira") => "jira",
        Some("store" | "governance" | "config") => "usher",
        _ => "conversations",
    }
}

/// How the names of the tests beside a file begin.
fn near(file: &str) -> String {
    let path = file.strip_prefix("src/").unwrap_or(file).trim_end_matches(".rs");
    format!("{}::", path.split('/').next().unwrap_or(path))
}
