//! What the road costs. `cargo bench --bench road` asks a sandbox Jira for the same issue in two ways, in turn: with one
//! bare keep-alive request, and as `jira view DEMO-1` through the whole bot. It prints both, and what lies between. A search,
//! a new issue and completions stand beside the requests that they need in the same way.
//!
//! The sandbox runs in this process, on a runtime and threads of its own. The database is a file with `synchronous=FULL`,
//! as in production. What is answered is checked, also that each view cost one request; how long it takes never fails.

mod measure;
mod process;
mod works;
mod world;

use std::time::{Duration, Instant};

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use self::{
    measure::{Samples, median, short},
    world::{Way, World},
};

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Requests in flight at once.
const MANY: usize = 64;

/// How long the sandbox takes.
const DELAYS: [(&str, Duration); 2] = [("at once", Duration::ZERO), ("after 20 ms", Duration::from_millis(20))];

/// How often everything is done. The pairs are for the two delays.
struct Sizes {
    warm_up: usize,
    alone: [usize; 2],
    together: [usize; 2],
    rounds: usize,
    starts: usize,
    /// For the three delays of the other works.
    works: [usize; 3],
}

impl Sizes {
    /// `cargo bench` says so with an argument. Without it this is a short try.
    fn wanted() -> Self {
        if std::env::args().any(|argument| argument == "--bench") {
            Self {
                warm_up: 500,
                alone: [2000, 300],
                together: [3200, 6400],
                rounds: 3,
                starts: 7,
                works: [200, 60, 10],
            }
        } else {
            Self { warm_up: 5, alone: [10, 3], together: [128, 128], rounds: 1, starts: 1, works: [2, 1, 1] }
        }
    }
}

fn main() {
    tracing_subscriber::fmt().with_env_filter("info").with_writer(std::io::stderr).with_target(false).init();
    let sizes = Sizes::wanted();
    let begun = Instant::now();
    let (jira, bot) = (runtime("sandbox"), runtime("bot"));
    let starts = sizes.starts;
    // The driver is a task of the runtime, as those of an adapter are.
    let measured = bot.block_on(async {
        let world = World::new(&jira).await;
        tokio::spawn(measured(world, sizes)).await.expect("the measuring task")
    });
    process::report(starts);
    println!(
        "\n{measured} views, each the whole card, one upstream request and one audit row. {:.0} s.",
        begun.elapsed().as_secs_f64()
    );
}

/// As many threads as the machine has processors, under a name that a profiler shows.
fn runtime(name: &str) -> Runtime {
    Builder::new_multi_thread().thread_name(name).enable_all().build().expect("a runtime")
}

async fn measured(world: World, sizes: Sizes) -> usize {
    for _ in 0..sizes.warm_up {
        world.ask(Way::Bare).await;
        world.ask(Way::View).await;
    }
    alone(&world, &sizes).await;
    together(&world, &sizes).await;
    parts(&world, sizes.warm_up).await;
    works::report(&world, &sizes).await;
    let views = sizes.warm_up + sizes.alone.iter().sum::<usize>() + sizes.rounds * sizes.together.iter().sum::<usize>();
    // One more was made to learn the request.
    assert_eq!(world.audited(), views + 1, "each view leaves one row");
    views
}

/// One request in flight: bare and through the road, in turn.
async fn alone(world: &World, sizes: &Sizes) {
    println!("\n| 1 in flight | bare p50 | bare p99 | view p50 | view p99 | p50 ratio | own time p50 | own time p99 |");
    println!("|---|---|---|---|---|---|---|---|");
    for ((name, delay), pairs) in DELAYS.into_iter().zip(sizes.alone) {
        world.sandbox.set_latency(delay);
        world.sandbox.clear_calls();
        let (mut bare, mut view) = (Samples::default(), Samples::default());
        for _ in 0..pairs {
            bare.time(world.ask(Way::Bare)).await;
            view.time(world.ask(Way::View)).await;
        }
        world.assert_calls(2 * pairs);
        // Own time: what a view takes beyond the usual bare request.
        let usual = bare.share(0.5);
        println!(
            "| {name} | {} | {} | {} | {} | {:.3} | {} | {} |",
            short(usual),
            short(bare.share(0.99)),
            short(view.share(0.5)),
            short(view.share(0.99)),
            view.share(0.5).as_secs_f64() / usual.as_secs_f64(),
            short(view.share(0.5).saturating_sub(usual)),
            short(view.share(0.99).saturating_sub(usual)),
        );
    }
}

/// Many in flight.
async fn together(world: &World, sizes: &Sizes) {
    println!("\n| {MANY} in flight | bare requests a second | views a second | ratio |");
    println!("|---|---|---|---|");
    for ((name, delay), total) in DELAYS.into_iter().zip(sizes.together) {
        world.sandbox.set_latency(delay);
        let (mut bare, mut view) = (Vec::new(), Vec::new());
        for _ in 0..sizes.rounds {
            world.sandbox.clear_calls();
            bare.push(crowd(world, Way::Bare, total).await);
            view.push(crowd(world, Way::View, total).await);
            world.assert_calls(2 * total);
        }
        let (bare, view) = (median(&mut bare), median(&mut view));
        println!("| {name} | {bare:.0} | {view:.0} | {:.2} |", view / bare);
    }
    world.sandbox.set_latency(Duration::ZERO);
}

/// How many a second, with [`MANY`] at work.
async fn crowd(world: &World, way: Way, total: usize) -> f64 {
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for _ in 0..MANY {
        let world = world.clone();
        tasks.spawn(async move {
            for _ in 0..total / MANY {
                world.ask(way).await;
            }
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended.expect("every request is answered");
    }
    total as f64 / begun.elapsed().as_secs_f64()
}

/// Two parts of the road by themselves: the decision, and what this disk takes to make one row durable.
async fn parts(world: &World, times: usize) {
    let (mut decision, mut commit) = (Samples::default(), Samples::default());
    for _ in 0..times {
        const EACH: u32 = 100;
        decision.per(EACH, || (0..EACH).for_each(|_| world.decide()));
        commit.time(world.commit()).await;
    }
    println!("\n| part | p50 | p99 |");
    println!("|---|---|---|");
    for (name, samples) in [("decision", &decision), ("one durable commit alone", &commit)] {
        println!("| {name} | {} | {} |", short(samples.share(0.5)), short(samples.share(0.99)));
    }
}
