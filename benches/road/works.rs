//! What people do besides: a search read to its end, a new issue, and letters completed while they are typed. Each beside
//! the bare requests that it needs, in the order in which it needs them.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Sizes,
    measure::{Samples, short},
    world::{Bare, World},
};

/// As long as Jira takes.
const DELAYS: [(&str, Duration); 3] = [
    ("at once", Duration::ZERO),
    ("after 20 ms", Duration::from_millis(20)),
    ("after 200 ms", Duration::from_millis(200)),
];
/// A search finds so many.
const FOUND: usize = 50;
/// So many stand on a page.
const PAGE: usize = 10;
const FIELDS: [&str; 9] =
    ["project", "summary", "issuetype", "status", "priority", "resolution", "assignee", "updated", "security"];
const TYPED: &str = "jira status DEMO-1 ";

#[derive(Debug, Clone, Copy)]
enum Work {
    Find,
    Create,
    Cold,
    Warm,
}

impl Work {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Find, "`find` of 50, five pages"),
        (Self::Create, "`create`"),
        (Self::Cold, "completion, nothing known"),
        (Self::Warm, "completion, known"),
    ];
}

/// Measures them and prints the table.
pub async fn report(world: &World, sizes: &Sizes) {
    world.fill(FOUND).await;
    println!("\n| beside bare requests | Jira answers | requests | bare p50 | p50 | p99 | p50 ratio |");
    println!("|---|---|---|---|---|---|---|");
    // Creating changes what a search finds, so that it comes last.
    for work in [0, 2, 3, 1].map(|at| Work::ALL[at]) {
        let needed = learned(world, work.0).await;
        for ((name, delay), times) in DELAYS.into_iter().zip(sizes.works) {
            world.sandbox.set_latency(delay);
            let (mut bare, mut whole) = (Samples::default(), Samples::default());
            for _ in 0..times {
                bare.time(replay(world, work.0, &needed)).await;
                if matches!(work.0, Work::Cold) {
                    world.forget();
                }
                world.sandbox.clear_calls();
                whole.time(run(world, work.0)).await;
                let made = world.sandbox.calls().len();
                let expected = if matches!(work.0, Work::Warm) { 0 } else { needed.len() };
                assert_eq!(made, expected, "{}: {:?}", work.1, world.sandbox.calls());
            }
            let (usual, own) = (bare.share(0.5), whole.share(0.5));
            println!(
                "| {} | {name} | {} | {} | {} | {} | {:.3} |",
                work.1,
                if matches!(work.0, Work::Warm) { 0 } else { needed.len() },
                short(usual),
                short(own),
                short(whole.share(0.99)),
                own.as_secs_f64() / usual.as_secs_f64(),
            );
        }
        world.sandbox.set_latency(Duration::ZERO);
    }
}

async fn run(world: &World, work: Work) {
    match work {
        Work::Find => world.find_all(FOUND, PAGE).await,
        Work::Create => world.create().await,
        Work::Cold | Work::Warm => {
            let ways = world.complete(TYPED).await;
            assert!(ways.len() >= 3, "{ways:?}");
        }
    }
}

/// The requests that something needs, as the sandbox saw them.
async fn learned(world: &World, work: Work) -> Vec<Bare> {
    world.forget();
    world.sandbox.clear_calls();
    run(world, work).await;
    let calls = world.sandbox.calls();
    assert!(calls.iter().all(|call| call.status.is_some_and(|status| status < 300)), "{calls:?}");
    calls.into_iter().map(|call| Bare { method: call.method, path: call.path, query: call.query }).collect()
}

/// The same requests with nothing around them: those of a completion at once, others one after the other.
async fn replay(world: &World, work: Work, needed: &[Bare]) {
    match work {
        Work::Cold | Work::Warm => {
            futures::future::join_all(needed.iter().map(|bare| world.send(bare, None))).await;
        }
        Work::Create => {
            for bare in needed {
                let fields = json!({"project": {"key": "DEMO"}, "issuetype": {"name": "Task"}, "summary": "Bare"});
                let body = (bare.method == "POST").then(|| json!({ "fields": fields }));
                world.send(bare, body).await;
            }
        }
        Work::Find => {
            let mut next = Value::Null;
            for bare in needed {
                let jql = "project = \"DEMO\" ORDER BY updated DESC";
                let mut body = json!({"jql": jql, "fields": FIELDS, "maxResults": PAGE});
                if !next.is_null() {
                    body["nextPageToken"] = next;
                }
                let mut answer = world.send(bare, Some(body)).await;
                assert_eq!(answer["issues"].as_array().map(Vec::len), Some(PAGE));
                next = answer["nextPageToken"].take();
            }
        }
    }
}
