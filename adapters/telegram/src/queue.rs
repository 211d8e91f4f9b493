//! The order of work: one person's updates one after the other, different people's at the same time.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::sync::mpsc;

/// So many updates of one person may wait; what comes on top is dropped.
const PER_PERSON: usize = 32;
/// With so many people's updates in hand, no more are fetched.
const PEOPLE: usize = 2_000;
/// The pictures of an album arrive one by one, this far apart at most.
const ALBUM: Duration = Duration::from_millis(400);

/// Works on what the queue hands out.
#[async_trait]
pub(crate) trait Worker: Send + Sync + 'static {
    /// What is worked on.
    type Job: Send + 'static;
    /// The album that a job is a part of. Jobs of one album that follow each other are worked on together.
    fn album(&self, job: &Self::Job) -> Option<String>;
    /// Works on jobs: one, or those of an album. It never panics.
    async fn work(&self, jobs: Vec<Self::Job>);
    /// So many updates of a person were dropped, after those that were worked on.
    async fn dropped(&self, person: u64, count: usize);
}

/// The queue. Clones share it.
pub(crate) struct Queue<W: Worker> {
    shared: Arc<Shared<W>>,
    /// Each line at work holds a sender; when all are gone, nothing is in flight.
    working: Mutex<Option<mpsc::Sender<()>>>,
    idle: tokio::sync::Mutex<mpsc::Receiver<()>>,
}

struct Shared<W: Worker> {
    worker: Arc<W>,
    lines: Mutex<HashMap<u64, Line<W::Job>>>,
    stopping: AtomicBool,
}

struct Line<J> {
    waiting: VecDeque<J>,
    dropped: usize,
}

impl<W: Worker> Queue<W> {
    pub(crate) fn new(worker: Arc<W>) -> Self {
        let (working, idle) = mpsc::channel(1);
        let shared = Shared { worker, lines: Mutex::default(), stopping: AtomicBool::new(false) };
        Self { shared: Arc::new(shared), working: Mutex::new(Some(working)), idle: tokio::sync::Mutex::new(idle) }
    }

    /// So much is in hand that no more should be fetched.
    pub(crate) fn is_full(&self) -> bool {
        self.shared.lines.lock().len() >= PEOPLE
    }

    /// Puts a person's job behind their others. It comes back where too many wait already.
    ///
    /// # Errors
    /// The job, which will not be worked on; the person is told how many there were.
    pub(crate) fn put(&self, person: u64, job: W::Job) -> Result<(), W::Job> {
        let Some(working) = self.working.lock().clone() else { return Ok(()) };
        match self.shared.lines.lock().entry(person) {
            std::collections::hash_map::Entry::Occupied(mut line) => {
                let line = line.get_mut();
                if line.waiting.len() >= PER_PERSON {
                    line.dropped += 1;
                    return Err(job);
                }
                line.waiting.push_back(job);
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(Line { waiting: VecDeque::from([job]), dropped: 0 });
                let shared = Arc::clone(&self.shared);
                tokio::spawn(async move {
                    shared.work_off(person).await;
                    drop(working);
                });
            }
        }
        Ok(())
    }

    /// Waits until what is begun is finished. What waits is left for the next start.
    pub(crate) async fn stop(&self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.working.lock().take();
        // Nothing is ever sent: this resolves when the last line at work is gone.
        self.idle.lock().await.recv().await;
    }
}

enum Next<J> {
    Job(J),
    Dropped(usize),
    Nothing,
}

impl<W: Worker> Shared<W> {
    async fn work_off(&self, person: u64) {
        loop {
            match self.next(person) {
                Next::Nothing => return,
                Next::Dropped(count) => self.worker.dropped(person, count).await,
                Next::Job(job) => {
                    let jobs = self.with_album(person, job).await;
                    self.worker.work(jobs).await;
                }
            }
        }
    }

    fn next(&self, person: u64) -> Next<W::Job> {
        let mut lines = self.lines.lock();
        let Some(line) = lines.get_mut(&person) else { return Next::Nothing };
        if self.stopping.load(Ordering::Acquire) {
            lines.remove(&person);
            return Next::Nothing;
        }
        if let Some(job) = line.waiting.pop_front() {
            return Next::Job(job);
        }
        match std::mem::take(&mut line.dropped) {
            0 => {
                lines.remove(&person);
                Next::Nothing
            }
            count => Next::Dropped(count),
        }
    }

    /// A job with those that follow it and belong to the same album.
    async fn with_album(&self, person: u64, job: W::Job) -> Vec<W::Job> {
        let Some(album) = self.worker.album(&job) else { return vec![job] };
        let mut jobs = vec![job];
        loop {
            tokio::time::sleep(ALBUM).await;
            let before = jobs.len();
            if let Some(line) = self.lines.lock().get_mut(&person) {
                while line.waiting.front().is_some_and(|job| self.worker.album(job).as_ref() == Some(&album)) {
                    jobs.extend(line.waiting.pop_front());
                }
            }
            if jobs.len() == before {
                return jobs;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;

    /// A job: its number, and the album it is of.
    type Job = (usize, Option<&'static str>);

    struct Recorder {
        gate: Semaphore,
        seen: mpsc::UnboundedSender<String>,
    }

    #[async_trait]
    impl Worker for Recorder {
        type Job = Job;

        fn album(&self, job: &Job) -> Option<String> {
            job.1.map(str::to_owned)
        }

        async fn work(&self, jobs: Vec<Job>) {
            self.gate.acquire().await.unwrap().forget();
            let numbers: Vec<String> = jobs.iter().map(|job| job.0.to_string()).collect();
            self.seen.send(numbers.join("+")).unwrap();
        }

        async fn dropped(&self, person: u64, count: usize) {
            self.seen.send(format!("{person} lost {count}")).unwrap();
        }
    }

    fn queue(open: usize) -> (Queue<Recorder>, Arc<Recorder>, mpsc::UnboundedReceiver<String>) {
        let (seen, seen_here) = mpsc::unbounded_channel();
        let worker = Arc::new(Recorder { gate: Semaphore::new(open), seen });
        (Queue::new(worker.clone()), worker, seen_here)
    }

    #[tokio::test]
    async fn one_persons_jobs_keep_their_order() {
        let (queue, _, mut seen) = queue(100);
        for number in [1, 2, 3] {
            queue.put(7, (number, None)).unwrap();
        }
        for expected in ["1", "2", "3"] {
            assert_eq!(seen.recv().await.unwrap(), expected);
        }
    }

    #[tokio::test]
    async fn what_is_too_much_is_dropped_and_told() {
        let (queue, worker, mut seen) = queue(0);
        let refused = (0..PER_PERSON + 5).filter(|number| queue.put(7, (*number, None)).is_err()).count();
        assert!(refused >= 4, "{refused}");
        worker.gate.add_permits(100);
        let mut last = String::new();
        while !last.contains("lost") {
            last = seen.recv().await.unwrap();
        }
        assert_eq!(last, format!("7 lost {refused}"));
    }

    #[tokio::test]
    async fn another_person_does_not_wait() {
        let (queue, worker, mut seen) = queue(0);
        queue.put(7, (1, None)).unwrap();
        queue.put(8, (2, None)).unwrap();
        worker.gate.add_permits(1);
        let first = seen.recv().await.unwrap();
        worker.gate.add_permits(1);
        assert_ne!(seen.recv().await.unwrap(), first);
    }

    #[tokio::test(start_paused = true)]
    async fn an_album_is_one_piece_of_work() {
        let (queue, _, mut seen) = queue(100);
        for job in [(1, Some("a")), (2, Some("a")), (3, None)] {
            queue.put(7, job).unwrap();
        }
        assert_eq!(seen.recv().await.unwrap(), "1+2");
        assert_eq!(seen.recv().await.unwrap(), "3");
    }

    #[tokio::test]
    async fn stopping_finishes_what_is_begun_and_leaves_the_rest() {
        let (queue, worker, mut seen) = queue(0);
        queue.put(7, (1, None)).unwrap();
        queue.put(7, (2, None)).unwrap();
        tokio::task::yield_now().await;
        let stop = queue.stop();
        tokio::pin!(stop);
        assert!(futures::poll!(stop.as_mut()).is_pending());
        worker.gate.add_permits(10);
        stop.await;
        assert_eq!(seen.recv().await.unwrap(), "1");
        assert!(seen.try_recv().is_err());
    }
}
