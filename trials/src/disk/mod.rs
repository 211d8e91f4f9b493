//! A disk that loses what was not synced when the power goes, and that fails for a while, below the real store and below the
//! whole bot. What people and programs were told is held against what is left.

mod desk;
mod hall;
mod people;
mod platter;
mod town;
mod vfs;

use futures::FutureExt;

use self::{
    desk::Desk,
    platter::{Counts, Disk},
    town::Town,
};
use crate::trial::{Asked, Found, Trial, grouped};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "disk",
    what: "a layer below SQLite under four writers, and in every fourth case under the whole bot: every other time the power goes \
           and unsynced writes are lost, torn or kept as chance has it, and every other time the disk fails for a while (EIO on \
           reads, writes and syncs, ENOSPC, short writes) and then works again, without a restart",
    stated: 2000,
    unit: "power cuts and failing times",
    quick: 40,
    run: |asked| run(asked).boxed(),
};

/// So much a database lives through.
const TOGETHER: u64 = 60;

/// What stands on a disk that fails.
trait Above: Send {
    /// What it is called.
    fn name(&self) -> &'static str;
    /// Its disk.
    fn disk(&self) -> &Disk;
    /// What is wrong since this was asked last.
    fn broken(&self) -> Vec<String>;
    /// What was told.
    fn count(&self) -> desk::Count;
    /// Works until the power goes, also while the database is opened, and holds what is left against what was told.
    fn power_cut(&mut self) -> impl Future<Output = ()> + Send;
    /// Works through a time in which the disk fails, and after it without a restart.
    fn storm(&mut self) -> impl Future<Output = ()> + Send;
}

#[derive(Default)]
struct Sum {
    cuts: u64,
    storms: u64,
    counts: Counts,
    done: u64,
    failed: u64,
}

impl Sum {
    fn add(&mut self, counts: Counts, told: desk::Count) {
        self.counts.syncs += counts.syncs;
        self.counts.failures += counts.failures;
        self.counts.lost += counts.lost;
        self.done += told.done;
        self.failed += told.failed;
    }
}

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    let (mut alone, mut whole) = (Sum::default(), Sum::default());
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    while found.done < asked.bound && found.broken.is_empty() {
        let times = TOGETHER.min(asked.bound - found.done);
        let below_the_bot = times.div_ceil(4);
        let mut desk = Desk::new(rng.u64(..));
        fails(&mut desk, times - below_the_bot, &mut rng, &mut alone, &mut found).await;
        let mut town = Town::new(rng.u64(..)).await;
        fails(&mut town, below_the_bot, &mut rng, &mut whole, &mut found).await;
        found.done += times;
    }
    found.figure("power cuts", grouped(alone.cuts + whole.cuts));
    found.figure("failing times", grouped(alone.storms + whole.storms));
    found.figure("of these below the whole bot", grouped(whole.cuts + whole.storms));
    found.figure("failures", grouped(alone.counts.failures + whole.counts.failures));
    found.figure("syncs", grouped(alone.counts.syncs + whole.counts.syncs));
    found.figure("writes lost or torn", grouped(alone.counts.lost + whole.counts.lost));
    found.figure("changes told to be done", grouped(alone.done));
    found.figure("told to have failed", grouped(alone.failed));
    found.figure("creates told to be done", grouped(whole.done));
    found.figure("told otherwise", grouped(whole.failed));
    found.figure("false acknowledgements, halves, lost rows, and stores that stayed broken", found.broken.len());
    found
}

async fn fails(above: &mut impl Above, times: u64, rng: &mut fastrand::Rng, sum: &mut Sum, found: &mut Found) {
    for _ in 0..times {
        let what = if rng.bool() { "power cut" } else { "failing time" };
        if what == "power cut" {
            sum.cuts += 1;
            above.power_cut().await;
        } else {
            sum.storms += 1;
            above.storm().await;
        }
        for broken in above.broken() {
            found.broke(format!("{}, {what} {}: {broken}", above.name(), sum.cuts + sum.storms));
        }
        if !found.broken.is_empty() {
            break;
        }
    }
    sum.add(above.disk().counts(), above.count());
}
