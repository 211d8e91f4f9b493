//! Remembers a few things for a short while.

use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
    time::Duration,
};

use tokio::time::Instant;

/// Things by key. Each lives a while after it was noted; with too many, the oldest go.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    life: Duration,
    most: usize,
    things: HashMap<K, (Instant, V)>,
    /// When what was noted, oldest first. What was noted again stands here several times.
    noted: VecDeque<(Instant, K)>,
}

impl<K: Hash + Eq + Clone, V> Recent<K, V> {
    /// At most so many things, for so long.
    pub(crate) fn new(most: usize, life: Duration) -> Self {
        Self { life, most, things: HashMap::new(), noted: VecDeque::new() }
    }

    /// Notes a thing, in place of the one before.
    pub(crate) fn note(&mut self, key: K, value: V) {
        let now = Instant::now();
        self.things.insert(key.clone(), (now, value));
        self.noted.push_back((now, key));
        while let Some((when, key)) = self.noted.front() {
            if self.noted.len() <= self.most && now < *when + self.life {
                break;
            }
            if self.things.get(key).is_some_and(|(noted, _)| noted == when) {
                self.things.remove(key);
            }
            self.noted.pop_front();
        }
    }

    /// What was noted last, if it still lives.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.things.get(key).filter(|(when, _)| Instant::now() < *when + self.life).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn things_end_and_make_room() {
        let mut recent = Recent::new(3, Duration::from_secs(60));
        recent.note("a", 1);
        tokio::time::advance(Duration::from_secs(30)).await;
        recent.note("a", 2);
        recent.note("b", 3);
        tokio::time::advance(Duration::from_secs(45)).await;
        assert_eq!((recent.get(&"a"), recent.get(&"b")), (Some(&2), Some(&3)), "noted again, it lives on");
        for thing in ["c", "d", "e"] {
            recent.note(thing, 4);
        }
        assert_eq!((recent.get(&"a"), recent.get(&"c")), (None, Some(&4)), "only so many");
        tokio::time::advance(Duration::from_secs(61)).await;
        assert_eq!(recent.get(&"e"), None);
        recent.note("f", 5);
        assert_eq!((recent.things.len(), recent.noted.len()), (1, 1), "nothing is left of the others");
    }
}
