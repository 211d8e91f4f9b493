//! What the way through the adapter costs. `cargo bench --bench telegram` lets a stand-in for Telegram tell 1,000 updates
//! a second, from many people, and prints how long it takes from an update to the first request that answers it.
//!
//! The bot behind the adapter answers at once, so this is the adapter's own time: it reads the update, makes it durable
//! (SQLite with `synchronous=FULL`, as in production), hands it over, renders the reply and asks Telegram to show it. The
//! stand-in runs in this process, on a runtime and threads of its own. Every update is answered once; how long it takes
//! never fails.

#[path = "../road/measure.rs"]
#[expect(dead_code, reason = "some of it is for what is too short to time once")]
mod measure;
mod world;

use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

use self::{
    measure::{Samples, median, short},
    world::{Way, World},
};

/// Updates a second.
const RATE: u32 = 1_000;

/// How often everything is done.
struct Sizes {
    warm_up: usize,
    updates: usize,
    rounds: usize,
}

impl Sizes {
    /// `cargo bench` says so with an argument. Without it this is a short try.
    fn wanted() -> Self {
        if std::env::args().any(|argument| argument == "--bench") {
            Self { warm_up: 500, updates: 5_000, rounds: 3 }
        } else {
            Self { warm_up: 5, updates: 100, rounds: 1 }
        }
    }
}

fn main() {
    tracing_subscriber::fmt().with_env_filter("warn").with_writer(std::io::stderr).with_target(false).init();
    let sizes = Sizes::wanted();
    let begun = Instant::now();
    let (telegram, bot) = (runtime("telegram"), runtime("bot"));
    println!("\n| {RATE} updates a second | p50 | p99 | most | answered a second |");
    println!("|---|---|---|---|---|");
    for (name, way) in [("asked for (getUpdates)", Way::Polling), ("posted (webhook)", Way::Webhook)] {
        let world = bot.block_on(World::new(&telegram, way));
        bot.block_on(world.told(sizes.warm_up, RATE));
        let (mut samples, mut rates) = (Samples::default(), Vec::new());
        for _ in 0..sizes.rounds {
            let started = Instant::now();
            for time in bot.block_on(world.told(sizes.updates, RATE)) {
                samples.add(time);
            }
            rates.push(sizes.updates as f64 / started.elapsed().as_secs_f64());
        }
        println!(
            "| {name} | {} | {} | {} | {:.0} |",
            short(samples.share(0.5)),
            short(samples.share(0.99)),
            short(samples.share(1.0)),
            median(&mut rates),
        );
        bot.block_on(world.end());
    }
    let commit = bot.block_on(world::commit(sizes.warm_up));
    println!("\nOne durable commit alone: {}. {:.0} s.", short(commit.share(0.5)), begun.elapsed().as_secs_f64());
    telegram.shutdown_timeout(Duration::from_secs(1));
}

/// As many threads as the machine has processors, under a name that a profiler shows.
fn runtime(name: &str) -> Runtime {
    Builder::new_multi_thread().thread_name(name).enable_all().build().expect("a runtime")
}
