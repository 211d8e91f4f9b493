//! What the Discord adapter takes to acknowledge. `cargo bench --bench discord` lets people use commands, press buttons and
//! type at a stand-in for Discord, 1,000 times a second each, and prints the time from the gateway's frame to the arrival of
//! the request that acknowledges it.
//!
//! The stand-in runs in this process, on a runtime and threads of its own. The bot behind the adapter answers every event
//! with a line. That everything is acknowledged and answered is checked; how long it takes never fails.

mod bot;
#[expect(dead_code, reason = "the times of this bench are taken by the stand-in")]
#[path = "../road/measure.rs"]
mod measure;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use discord_stand_in::{Asked, DiscordServer, Person, Seat, Seen};
use tokio::{
    runtime::{Builder, Runtime},
    time::{MissedTickBehavior, interval},
};

use self::{
    bot::Bot,
    measure::{Samples, short},
};

/// As in the program itself.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Interactions a second.
const PACE: u32 = 1_000;
/// People who take turns.
const PEOPLE: usize = 50;

fn main() {
    tracing_subscriber::fmt().with_env_filter("warn").with_writer(std::io::stderr).with_target(false).init();
    // `cargo bench` says so with an argument. Without it this is a short try.
    let whole = std::env::args().any(|argument| argument == "--bench");
    let (warm_up, times) = if whole { (500, 5_000) } else { (10, 50) };
    let (discord, bot) = (runtime("discord"), runtime("bot"));
    let begun = Instant::now();
    let handled = discord.block_on(async {
        let server = DiscordServer::start().await;
        let bot = Bot::start(&bot, &server).await;
        discord.spawn(measured(server, warm_up, times)).await.expect("the measuring task");
        // One more made the message with the button.
        bot.handled(3 * (warm_up + times) + 1).await
    });
    println!("\n{handled} interactions, each acknowledged once. {:.0} s.", begun.elapsed().as_secs_f64());
}

/// As many threads as the machine has processors, under a name that a profiler shows.
fn runtime(name: &str) -> Runtime {
    Builder::new_multi_thread().thread_name(name).enable_all().build().expect("a runtime")
}

async fn measured(server: DiscordServer, warm_up: usize, times: usize) {
    let guild = server.guild("Engine Works");
    let eng = guild.channel("eng");
    let seats: Vec<Seat> = (0..PEOPLE)
        .map(|number| {
            let person: Person = server.person(&format!("person{number}"), "Somebody");
            guild.add(&person);
            person.at(&eng)
        })
        .collect();
    let card: Arc<Seen> = Arc::new(seats[0].slash("/jira view key:everyone").reply().await);
    println!("\n| {PACE} a second | really a second | p50 | p99 | longest |");
    println!("|---|---|---|---|---|");
    let acts: [(&str, Act<'_>); 3] = [
        ("commands", &|seat| seat.slash("/jira view key:DEMO-1")),
        ("presses", &|seat| seat.press(&card, "Go")),
        ("completions", &|seat| seat.complete("/jira view key:DEMO-")),
    ];
    for (name, act) in acts {
        paced(&seats, warm_up, act).await;
        let begun = Instant::now();
        let samples = paced(&seats, times, act).await;
        println!(
            "| {name} | {:.0} | {} | {} | {} |",
            times as f64 / begun.elapsed().as_secs_f64(),
            short(samples.share(0.5)),
            short(samples.share(0.99)),
            short(samples.share(1.0)),
        );
    }
    assert_eq!(server.violations(), Vec::<String>::new());
}

/// What somebody does.
type Act<'a> = &'a (dyn Fn(&Seat) -> Asked + Sync);

/// Does something so often at the pace, by turns, and waits until everything was acknowledged.
async fn paced(seats: &[Seat], times: usize, act: Act<'_>) -> Samples {
    let mut tick = interval(Duration::from_secs(1) / PACE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut asked = Vec::with_capacity(times);
    for number in 0..times {
        tick.tick().await;
        asked.push(act(&seats[number % seats.len()]));
    }
    let mut samples = Samples::default();
    for one in asked {
        samples.add(one.took().await);
    }
    samples
}
