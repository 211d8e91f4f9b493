//! What completions have found out lately: for each link by itself, for a short while.
//!
//! Nothing of one person is ever looked up for another, and what was found for one scope of projects serves no other.
//! A link that ends takes its shelf along, and so does a change that its person makes.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    future::Future,
    sync::Arc,
    time::Duration,
};

use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use jiff::Timestamp;
use parking_lot::Mutex;
use usher_chat::{Completion, Person};

use crate::{
    error::JiraError,
    ids::ProjectScope,
    jira::{Board, Desk},
};

/// So long it is good.
pub const LIFE: Duration = Duration::from_secs(60);
/// As many answers are kept on one shelf.
const KEPT: usize = 200;
/// As many shelves there are.
const SHELVES: usize = 2_000;

/// The shelves of all links. Clones share them.
#[derive(Clone, Default)]
pub struct Shelves(Arc<Mutex<HashMap<Owner, Held>>>);

#[derive(PartialEq, Eq, Hash)]
struct Owner {
    link: String,
    scope: String,
}

struct Held {
    person: Person,
    used: Timestamp,
    shelf: Shelf,
}

/// The shelf of one link and scope. Clones share it.
#[derive(Clone, Default)]
pub struct Shelf {
    /// How arguments may go on.
    pub(super) ways: Known<Ways>,
    /// The boards of a project, or all.
    pub(super) boards: Known<Vec<Board>>,
    /// The service desks.
    pub(super) desks: Known<Vec<Desk>>,
}

/// How an argument may go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ways {
    /// The ways.
    pub list: Vec<Completion>,
    /// These are all, so that more letters only leave some of them out.
    pub whole: bool,
}

/// What was asked, and what came of it. Who asks for the same meanwhile waits for the same answer.
pub struct Known<V: Clone>(Arc<Mutex<Kept<V>>>);

struct Kept<V: Clone> {
    values: BTreeMap<String, (Timestamp, V)>,
    flights: HashMap<String, Shared<BoxFuture<'static, Option<V>>>>,
}

impl fmt::Debug for Shelves {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelves").finish_non_exhaustive()
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

impl<V: Clone> Default for Known<V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Kept { values: BTreeMap::new(), flights: HashMap::new() })))
    }
}

impl<V: Clone> Clone for Known<V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Shelves {
    /// The shelf of a person's link, for these projects.
    pub fn of(&self, person: &Person, link: &str, scope: &ProjectScope, now: Timestamp) -> Shelf {
        let owner = Owner { link: link.to_owned(), scope: format!("{scope:?}") };
        let mut all = self.0.lock();
        all.retain(|_, held| fresh(held.used, now));
        if all.len() >= SHELVES {
            all.clear();
        }
        let held =
            all.entry(owner).or_insert_with(|| Held { person: person.clone(), used: now, shelf: Shelf::default() });
        held.used = now;
        held.shelf.clone()
    }

    /// Clears what was found for a link.
    pub fn forget_link(&self, link: &str) {
        self.0.lock().retain(|owner, _| owner.link != link);
    }

    /// Clears what was found for a person.
    pub fn forget(&self, person: &Person) {
        self.0.lock().retain(|_, held| held.person != *person);
    }
}

impl<V: Clone + Send + Sync + 'static> Known<V> {
    /// What is known.
    pub fn get(&self, key: &str, now: Timestamp) -> Option<V> {
        let held = self.0.lock();
        held.values.get(key).filter(|(since, _)| fresh(*since, now)).map(|(_, value)| value.clone())
    }

    /// What is known, or else what the answer says. It is kept also where nobody waits for it any more.
    pub async fn ask<F>(&self, key: &str, now: Timestamp, ask: impl FnOnce() -> F) -> Option<V>
    where
        F: Future<Output = Result<V, JiraError>> + Send + 'static,
    {
        if let Some(value) = self.get(key, now) {
            return Some(value);
        }
        let flight = {
            let mut held = self.0.lock();
            match held.flights.get(key) {
                Some(flight) => flight.clone(),
                None => {
                    let asked = tokio::spawn(self.clone().land(key.to_owned(), now, ask()));
                    let flight = asked.map(|ended| ended.ok().flatten()).boxed().shared();
                    held.flights.insert(key.to_owned(), flight.clone());
                    flight
                }
            }
        };
        let found = flight.await;
        if found.is_none() {
            // Also where the task has broken down.
            self.0.lock().flights.remove(key);
        }
        found
    }

    async fn land(self, key: String, now: Timestamp, asked: impl Future<Output = Result<V, JiraError>>) -> Option<V> {
        let found = asked.await;
        let mut held = self.0.lock();
        held.flights.remove(&key);
        match found {
            Ok(value) => {
                held.values.retain(|_, (since, _)| fresh(*since, now));
                if held.values.len() >= KEPT {
                    held.values.clear();
                }
                held.values.insert(key, (now, value.clone()));
                Some(value)
            }
            Err(error) => {
                tracing::debug!(%error, "no completions");
                None
            }
        }
    }
}

fn fresh(since: Timestamp, now: Timestamp) -> bool {
    now.duration_since(since).unsigned_abs() < LIFE
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::oneshot;
    use usher_chat::Platform;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[tokio::test]
    async fn one_answer_serves_all_who_ask_and_is_kept_for_a_while() {
        let (known, asked) = (Known::<u32>::default(), Arc::new(AtomicUsize::new(0)));
        let (answer, comes) = oneshot::channel();
        let ask = |value: u32| {
            let asked = Arc::clone(&asked);
            move || async move {
                asked.fetch_add(1, Ordering::Relaxed);
                Ok(value)
            }
        };
        let first = known.ask("a", at(0), || async move { Ok(comes.await.unwrap()) });
        let mut first = std::pin::pin!(first);
        assert!(futures::poll!(&mut first).is_pending());
        let second = known.ask("a", at(1), ask(9));
        let mut second = std::pin::pin!(second);
        assert!(futures::poll!(&mut second).is_pending() && known.get("a", at(1)).is_none());
        answer.send(7).unwrap();
        assert_eq!((first.await, second.await), (Some(7), Some(7)));
        assert_eq!(known.ask("a", at(59), ask(9)).await, Some(7));
        assert_eq!(asked.load(Ordering::Relaxed), 0, "nobody asked anew");
        assert_eq!(known.ask("a", at(60), ask(8)).await, Some(8));
        assert_eq!(known.ask("b", at(60), || async { Err(JiraError::Unauthorized) }).await, None);
        assert_eq!(known.ask("b", at(60), ask(3)).await, Some(3), "what failed is asked again");
    }

    #[tokio::test]
    async fn an_answer_that_nobody_waits_for_is_kept() {
        let known = Known::<u32>::default();
        let (answer, comes) = oneshot::channel();
        {
            let asking = known.ask("a", at(0), || async move { Ok(comes.await.unwrap()) });
            let mut asking = std::pin::pin!(asking);
            assert!(futures::poll!(&mut asking).is_pending());
        }
        answer.send(7).unwrap();
        assert_eq!(known.ask("a", at(1), || async { Ok(8) }).await, Some(7));
    }

    #[test]
    fn shelves_are_their_links_own() {
        let shelves = Shelves::default();
        let (ada, grace) = (Person::new(Platform::TERMINAL, "ada"), Person::new(Platform::TERMINAL, "grace"));
        let all = ProjectScope::all();
        let put = |person, link, scope: &ProjectScope| {
            let shelf = shelves.of(person, link, scope, at(0));
            shelf.desks.0.lock().values.insert("x".into(), (at(0), Vec::new()));
        };
        let has = |person, link, scope: &ProjectScope, second| {
            shelves.of(person, link, scope, at(second)).desks.get("x", at(second)).is_some()
        };
        put(&ada, "1", &all);
        assert!(has(&ada, "1", &all, 5));
        assert!(!has(&grace, "2", &all, 5));
        assert!(!has(&ada, "3", &all, 5), "a new link of the same person");
        assert!(!has(&ada, "1", &ProjectScope::only(["DEMO".parse().unwrap()]), 5));
        shelves.forget(&grace);
        assert!(has(&ada, "1", &all, 5));
        shelves.forget(&ada);
        assert!(!has(&ada, "1", &all, 5));
        put(&ada, "1", &all);
        assert!(!has(&ada, "1", &all, 60));
    }
}
