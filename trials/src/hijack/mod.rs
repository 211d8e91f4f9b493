//! Can somebody be linked to an account that is not theirs? All sixteen ways in which two people can share the four steps
//! of linking, random sequences of what they may do beside a model of what must come of it, and guesses at codes.

mod guesses;
mod model;
mod sequences;
mod sixteen;
mod tab;

use futures::FutureExt;

use crate::trial::{Asked, Found, Trial, grouped};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "hijack",
    what: "who starts, opens, consents and sends, in all sixteen combinations of two people on three kinds of link; random \
           sequences beside a model; one guess at a code for every ten sequences",
    stated: 100_000,
    unit: "sequences",
    quick: 60,
    run: |asked| run(asked).boxed(),
};

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    sixteen::run(&mut found).await;
    let told = sequences::run(asked, &mut found).await;
    found.done = told.sequences;
    found.figure("actions", grouped(told.actions));
    found.figure("links made as the model says", grouped(told.linked));
    found.zero("wrong links", told.wrong);
    found.zero("other differences from the model", told.different);
    guesses::run(asked.seed, asked.bound.div_ceil(10), &mut found).await;
    found
}
