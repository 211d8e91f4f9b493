//! What goes wrong because a test says so: rate limits, server errors, requests that wait.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crate::state::Shared;

/// What is to happen to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    /// 429.
    Limited {
        /// How long the client has to wait.
        retry_after: Duration,
        /// Whether this holds for the whole token.
        global: bool,
    },
    /// A status of Discord's own failure, such as 502.
    Broken(u16),
    /// The answer takes this much longer.
    Slow(Duration),
}

/// Faults and holds in force.
#[derive(Debug, Default)]
pub struct Faults {
    planned: Vec<Planned>,
    holds: Vec<Arc<Held>>,
    waits: Vec<Wait>,
}

#[derive(Debug)]
struct Planned {
    requests: Requests,
    fault: Fault,
    times: usize,
}

#[derive(Debug)]
struct Wait {
    method: String,
    path: String,
    global: bool,
    told: Instant,
    until: Instant,
}

/// Which requests: a method, and a part of the path.
#[derive(Debug, Clone)]
struct Requests {
    method: String,
    part: String,
}

impl Requests {
    fn fit(&self, method: &str, path: &str) -> bool {
        self.method == method && path.contains(&self.part)
    }
}

/// Requests that wait for a test.
#[derive(Debug)]
pub struct Held {
    requests: Requests,
    arrived: AtomicUsize,
    released: AtomicBool,
}

impl Held {
    pub async fn wait(&self, shared: &Shared) {
        shared.change(|_| self.arrived.fetch_add(1, Ordering::SeqCst));
        loop {
            let changed = shared.changed.notified();
            if self.released.load(Ordering::SeqCst) {
                return;
            }
            changed.await;
        }
    }
}

impl Faults {
    /// Plans a fault for the next `times` requests of that method whose path contains `part`.
    pub fn plan(&mut self, (method, part): (&str, &str), fault: Fault, times: usize) {
        let requests = Requests { method: method.to_owned(), part: part.to_owned() };
        self.planned.push(Planned { requests, fault, times });
    }

    pub fn keep(&mut self, (method, part): (&str, &str)) -> Arc<Held> {
        let requests = Requests { method: method.to_owned(), part: part.to_owned() };
        let held = Arc::new(Held { requests, arrived: AtomicUsize::new(0), released: AtomicBool::new(false) });
        self.holds.push(held.clone());
        held
    }

    pub fn hold(&self, method: &str, path: &str) -> Option<Arc<Held>> {
        let waits = |held: &&Arc<Held>| !held.released.load(Ordering::SeqCst) && held.requests.fit(method, path);
        self.holds.iter().find(waits).cloned()
    }

    /// The fault for this request, now used up.
    pub fn next(&mut self, method: &str, path: &str) -> Option<Fault> {
        let planned = self.planned.iter_mut().find(|one| one.times > 0 && one.requests.fit(method, path))?;
        planned.times -= 1;
        if let Fault::Limited { retry_after, global } = planned.fault {
            let told = Instant::now();
            let until = told + retry_after;
            self.waits.push(Wait { method: method.to_owned(), path: path.to_owned(), global, told, until });
        }
        Some(planned.fault)
    }

    /// What to say about a request that came before it was allowed again.
    pub fn early(&self, method: &str, path: &str, at: Instant) -> Option<String> {
        let same = |wait: &&Wait| wait.global || wait.method == method && wait.path == path;
        // What was under way when the limit was told is not to blame.
        let wait = self.waits.iter().filter(same).find(|wait| wait.told < at && at < wait.until)?;
        Some(format!("{method} {path} came {:?} before its Retry-After was over", wait.until - at))
    }
}

/// Requests that a test keeps waiting.
#[derive(Debug)]
pub struct Hold {
    pub(crate) held: Arc<Held>,
    pub(crate) shared: Arc<Shared>,
}

impl Hold {
    /// Waits until one is there.
    pub async fn arrived(&self) {
        let held = self.held.clone();
        self.shared.until("a request to hold", |_| (held.arrived.load(Ordering::SeqCst) > 0).then_some(())).await;
    }

    /// Lets them, and all that follow, go on.
    pub fn release(self) {
        self.held.released.store(true, Ordering::SeqCst);
        self.shared.changed.notify_waiters();
    }
}
