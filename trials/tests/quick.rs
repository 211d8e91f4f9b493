//! Every trial in a form that takes seconds. What is long is `usher-trials <trial>`, and so is `pages`: it needs a Chromium, which
//! these tests do not.

use usher_trials::{Asked, trial};

async fn holds(name: &str) {
    let trial = trial::named(name).unwrap();
    let found = (trial.run)(Asked { seed: 1, bound: trial.quick }).await;
    assert!(found.broken.is_empty(), "{name}: {:#?}", found.broken);
    assert!(found.done >= trial.quick, "{name} did {} of {}", found.done, trial.quick);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_linked_to_an_account_that_they_did_not_approve_themselves() {
    holds("hijack").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_expiries_exchanges_each_token_once() {
    holds("refresh").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_disk_forgets_was_told_to_nobody() {
    holds("disk").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_on_both_sides_are_told_honestly() {
    holds("faults").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_is_acknowledged_and_answered_under_load() {
    holds("load").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_input_breaks_anything() {
    holds("input").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "builds the program once more, with failpoints; `.ci/run` does it as a step of its own"]
async fn a_killed_program_keeps_what_it_acknowledged() {
    holds("crash").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "builds the program once more, with failpoints; `.ci/run` does it as a step of its own"]
async fn no_key_is_lost_and_a_copy_is_whole() {
    holds("rotation").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "builds the program once more, with failpoints; `.ci/run` does it as a step of its own"]
async fn no_secret_is_written_shown_or_kept_in_the_open() {
    holds("secrets").await;
}
