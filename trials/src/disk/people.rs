//! People who go on with what they do, whatever happens to the disk, and know what they were told.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::timeout;
use usher::{Bot, audit::Head};
use usher_chat::ChatHandler;
use usher_terminal::Walker;

use super::{hall, platter::Disk};
use crate::{crowd::Ear, ground::Ground};

/// So long anything may take.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// What somebody was told of a create.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    /// Nothing, or that it may have happened.
    Doubtful,
    Done(String),
    /// That nothing happened.
    NotDone,
}

/// What all of them were told.
#[derive(Default)]
pub struct Book {
    pub creates: BTreeMap<String, Told>,
    /// The number in the last rule that root was told of.
    pub rule: u64,
    /// Whether the guest is linked, as far as they know.
    pub guest: Option<bool>,
    pub head: Option<Head>,
    pub broken: Vec<String>,
}

/// Somebody in the chat.
pub struct Somebody {
    pub name: &'static str,
    pub bot: Bot,
    pub ground: Arc<Ground>,
    pub disk: Arc<Disk>,
    pub book: Arc<Mutex<Book>>,
    pub events: Arc<AtomicU64>,
    pub rng: fastrand::Rng,
}

impl Somebody {
    fn goes_on(&self, over: &AtomicBool) -> bool {
        !over.load(Ordering::Relaxed) && !self.disk.is_off()
    }

    async fn hears(&self, text: &str) -> Arc<Ear> {
        let ear = Arc::new(Ear::default());
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        self.bot.handle(hall::event(number, self.name, text), ear.clone()).await;
        ear
    }

    pub async fn says(&self, text: &str) -> String {
        let heard = self.hears(text).await.text();
        if heard.contains("has expired") || heard.contains("don't know your Jira account") {
            self.book.lock().broken.push(format!("{} lost a link: {heard}", self.name));
        }
        heard
    }

    pub async fn works(mut self, over: Arc<AtomicBool>) {
        while self.goes_on(&over) {
            if self.rng.u32(..3) == 0 {
                self.ground.jira.expire_tokens(Some(self.name));
                self.says("jira view DEMO-1").await;
            } else {
                self.creates().await;
            }
        }
    }

    pub async fn creates(&mut self) -> Told {
        let words = format!("leak{}x{}", self.name, self.events.load(Ordering::Relaxed));
        self.book.lock().creates.insert(words.clone(), Told::Doubtful);
        let text = self.says(&format!("jira create bug in DEMO {words}")).await;
        let key = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find(|word| word.starts_with("DEMO-"));
        let doubtful = ["may have", "may or may not", "did not", "Look at Jira"].iter().any(|some| text.contains(some));
        let told = match key {
            Some(key) if !doubtful && text.contains(&words) => Told::Done(key.to_owned()),
            _ if text.contains("othing was changed") && !doubtful => Told::NotDone,
            _ => Told::Doubtful,
        };
        self.book.lock().creates.insert(words, told.clone());
        told
    }

    /// Links an account, leaves, and begins anew.
    pub async fn comes_and_goes(mut self, over: Arc<AtomicBool>) {
        while self.goes_on(&over) {
            let before = self.book.lock().guest.take();
            let now = match before {
                Some(true) => {
                    let text = self.hears("jira disconnect acme").await.text();
                    (text.contains("is deleted") || text.contains("not linked to")).then_some(false)
                }
                _ => self.links().await.then_some(true),
            };
            self.book.lock().guest = now;
        }
    }

    pub async fn links(&mut self) -> bool {
        let Some(url) = self.hears("jira connect acme").await.link() else { return false };
        let walked = timeout(PATIENCE, Walker::new().approve(&url, self.name, false)).await;
        let Ok(Ok(code)) = walked else { return false };
        self.hears(&code).await.text().starts_with("Linked: ")
    }

    /// Grants one tool on one project after the other.
    pub async fn rules(self, over: Arc<AtomicBool>) {
        while self.goes_on(&over) {
            let number = self.events.load(Ordering::Relaxed) + 1;
            let text = self.hears(&format!("jira admin allow view on T{number}")).await.text();
            if text.contains(" may now use ") && text.contains(&format!("T{number}")) {
                self.book.lock().rule = number;
            }
        }
    }
}
