//! Samples of time and what they come to.

use std::time::{Duration, Instant};

/// How long something took, each time.
#[derive(Debug, Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Does something and remembers how long it took.
    pub async fn time(&mut self, work: impl Future<Output = ()>) {
        let begun = Instant::now();
        work.await;
        self.0.push(begun.elapsed());
    }

    /// The same for something that is done `count` times at once because it is too short to time. Remembers its share.
    pub fn per(&mut self, count: u32, work: impl FnOnce()) {
        let begun = Instant::now();
        work();
        self.0.push(begun.elapsed() / count);
    }

    /// Remembers a time that was taken elsewhere.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time within which this share of them was done: 0.5 is the median.
    pub fn share(&self, share: f64) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() as f64 * share).ceil() as usize;
        sorted.get(at.clamp(1, sorted.len().max(1)) - 1).copied().unwrap_or_default()
    }
}

/// The one in the middle.
pub fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}

/// A time as people read it.
pub fn short(time: Duration) -> String {
    let micros = time.as_secs_f64() * 1e6;
    match micros {
        ..10.0 => format!("{micros:.2} µs"),
        ..1000.0 => format!("{micros:.0} µs"),
        _ => format!("{:.2} ms", micros / 1000.0),
    }
}
