//! What a trial is, and which there are.

use futures::future::BoxFuture;

use crate::{crash, disk, faults, hijack, input, load, mutants, pages, refresh, rotation, secrets};

/// An attack that can be repeated.
pub struct Trial {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it does.
    pub what: &'static str,
    /// How far it goes where nothing is said.
    pub stated: u64,
    /// Of what.
    pub unit: &'static str,
    /// How far the crate's own tests go.
    pub quick: u64,
    /// Does it.
    pub run: fn(Asked) -> BoxFuture<'static, Found>,
}

/// How a trial is to be done.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    /// The same seed does the same.
    pub seed: u64,
    /// How far to go, in the trial's unit.
    pub bound: u64,
}

/// What a trial found.
#[derive(Debug, Default)]
pub struct Found {
    /// How far it went.
    pub done: u64,
    /// What it counted.
    pub figures: Vec<(&'static str, String)>,
    /// What must not be. Empty, or the trial has failed.
    pub broken: Vec<String>,
}

/// So many findings are kept; the rest is counted.
const KEPT: usize = 20;

impl Found {
    /// Notes a figure.
    pub fn figure(&mut self, name: &'static str, value: impl ToString) {
        self.figures.push((name, value.to_string()));
    }

    /// Notes what must not be.
    pub fn broke(&mut self, what: impl Into<String>) {
        if self.broken.len() < KEPT {
            self.broken.push(what.into());
        }
    }

    /// Notes what must not be, where it is so.
    pub fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.broke(what());
        }
    }

    /// Notes a count that must be zero.
    pub fn zero(&mut self, name: &'static str, count: u64) {
        self.figure(name, grouped(count));
        self.expect(count == 0, || format!("{name}: {count}"));
    }
}

/// `100,000`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// All of them, in the order of the table.
pub static TRIALS: &[Trial] = &[
    hijack::TRIAL,
    refresh::TRIAL,
    crash::TRIAL,
    disk::TRIAL,
    rotation::TRIAL,
    input::TRIAL,
    secrets::TRIAL,
    faults::TRIAL,
    load::TRIAL,
    pages::TRIAL,
    mutants::TRIAL,
];

/// The trial of that name.
pub fn named(name: &str) -> Option<&'static Trial> {
    TRIALS.iter().find(|trial| trial.name == name)
}
