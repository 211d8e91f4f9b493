//! Counters for whoever runs Usher. Their names come from closed sets.

use std::sync::atomic::{AtomicU64, Ordering};

/// How often what happened since the start.
#[derive(Debug, Default)]
pub struct Counts {
    refresh: [AtomicU64; 7],
    step: [AtomicU64; 7],
}

/// How a refresh ended.
#[derive(Debug, Clone, Copy)]
pub(super) enum Refresh {
    Ok,
    Replayed,
    Dead,
    Doubted,
    Away,
    App,
    Unsaved,
}

/// A step of linking.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Begun,
    Approved,
    Denied,
    Activated,
    WrongCode,
    Burnt,
    Ended,
}

impl Counts {
    pub(super) fn refresh(&self, what: Refresh) {
        self.refresh[what as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn step(&self, what: Step) {
        self.step[what as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Refreshes by result.
    pub fn refreshes(&self) -> Vec<(&'static str, u64)> {
        pairs(&["ok", "replayed", "dead", "doubted", "away", "app", "unsaved"], &self.refresh)
    }

    /// Steps of linking.
    pub fn steps(&self) -> Vec<(&'static str, u64)> {
        pairs(&["begun", "approved", "denied", "activated", "wrong-code", "burnt", "ended"], &self.step)
    }
}

fn pairs(names: &[&'static str], counts: &[AtomicU64]) -> Vec<(&'static str, u64)> {
    names.iter().zip(counts).map(|(name, count)| (*name, count.load(Ordering::Relaxed))).collect()
}
