//! The program among its people, from the first start to the last look.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use parking_lot::Mutex;
use telegram_stand_in::{Person, TelegramServer};
use tokio::{process::Child, task::JoinHandle};
use usher_sandbox::{Options, Sandbox};

use super::{
    check,
    ledger::{Ledger, Linked},
    people::{Somebody, Town},
    program::Program,
};
use crate::trial::Found;

/// The program, what it talks to, and five people who go on talking to it.
pub struct Scene {
    pub telegram: TelegramServer,
    pub program: Program,
    pub town: Town,
    sandbox: Arc<Sandbox>,
    workers: [JoinHandle<Somebody>; 5],
    _folder: tempfile::TempDir,
}

/// What people did.
#[derive(Clone, Copy, Debug, Default)]
pub struct Did {
    /// Issues that are there.
    pub made: u64,
    /// Creates that were acknowledged.
    pub done: u64,
    /// Answers that were read.
    pub answers: u64,
    /// Creates that were said to be in doubt.
    pub doubts: u64,
}

impl Scene {
    /// Starts the program over an empty folder and links two people. The others come and go, and root grants.
    pub async fn begin(path: &Path, rng: &mut fastrand::Rng, found: &mut Found) -> (Self, Child) {
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
        let child = program.start(None);
        telegram.polled().await;
        let mut somebody = |person: Person| Somebody {
            town: town.clone(),
            person,
            rng: fastrand::Rng::with_seed(rng.u64(..)),
            number: 0,
        };
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
        (Self { telegram, program, town, sandbox, workers, _folder: folder }, child)
    }

    /// Starts the program once more and lets everybody come to an end. `last` looks at it while it runs.
    pub async fn end(self, found: &mut Found, last: impl AsyncFnOnce(&Program, &mut Found)) -> Did {
        let Self { telegram, program, town, sandbox, workers, _folder } = self;
        let mut child = program.start(None);
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
        last(&program, found).await;
        child.kill().await.unwrap();
        let ledger = town.ledger.lock().clone();
        ledger.lost.iter().for_each(|text| found.broke(format!("a lost link: {text}")));
        let reused = sandbox.state().oauth2.reuses();
        found.expect(reused == 0, || format!("{reused} refresh tokens were used again too late"));
        let (made, wrong) = check::after_all(&program, &ledger, &sandbox);
        wrong.into_iter().for_each(|wrong| found.broke(wrong));
        Did { made, done: ledger.created().count() as u64, answers: ledger.answers, doubts: ledger.doubts }
    }
}
