//! Many people before one bot: the whole bot in this process, a sandbox behind it over HTTP, and everybody linked.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use parking_lot::Mutex;
use tokio::task::JoinHandle;
use usher::{
    Bot,
    config::{Config, LinkConfig},
    start::Core,
};
use usher_chat::{
    ChatHandler, Completion, Event, EventId, Input, MessageRef, Names, Person, Place, Platform, Reply, Responder,
    SendError, Sent,
};
use usher_terminal::Walker;

use crate::ground::Ground;

/// The people of the sandbox whose accounts they use, one after the other.
pub const ACCOUNTS: [&str; 3] = ["ada", "grace", "linus"];

/// How much each person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rates {
    /// As much as they like.
    Endless,
    /// As much as where nothing is configured.
    Usual,
}

/// Lets everybody do as much as they like.
pub fn endless(config: &mut Config) {
    let rates = &mut config.governance.rates;
    (rates.read, rates.write, rates.destructive, rates.points) = (None, None, None, None);
}

/// The bot and its people.
pub struct Crowd {
    /// Jira, clocks, settings.
    pub ground: Ground,
    /// The bot.
    pub bot: Bot,
    platform: Platform,
    _core: Core,
    pages: JoinHandle<()>,
    events: AtomicU64,
}

impl Drop for Crowd {
    fn drop(&mut self) {
        self.pages.abort();
    }
}

impl Crowd {
    /// So many people of a platform, linked to the Cloud site. Each `n` is linked to the account `n` modulo three.
    pub async fn gather(people: usize, platform: Platform, rates: Rates) -> Self {
        let mut ground = Ground::lay().await;
        ground.config.sites.truncate(1);
        ground.config.governance.direct = "manager".to_owned();
        if rates == Rates::Endless {
            endless(&mut ground.config);
        }
        if let LinkConfig::Cloud { scopes, .. } = &mut ground.config.sites[0].link {
            scopes.extend(usher::tools::table().scopes().into_iter().map(str::to_owned));
        }
        let core = ground.open().await;
        let bot = core.bot(&[]);
        let router = usher::web::router(core.identity.clone(), Vec::new());
        let listener = ground.listeners().public;
        let pages = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        let crowd = Self { ground, bot, platform, _core: core, pages, events: AtomicU64::new(0) };
        for number in 0..people {
            let url = crowd.says(number, "jira connect").await.link().expect("a link to the connect page");
            let code = Walker::new().approve(&url, ACCOUNTS[number % 3], false).await.unwrap();
            let said = crowd.says(number, &code).await.text();
            assert!(said.contains("Linked: "), "{said}");
        }
        crowd
    }

    /// Somebody says something in their direct chat, and hears the answer.
    pub async fn says(&self, who: usize, text: &str) -> Arc<Ear> {
        self.does(self.event(who, Input::Text(text.to_owned()))).await
    }

    /// An event happens.
    pub async fn does(&self, event: Event) -> Arc<Ear> {
        let ear = Arc::new(Ear::default());
        self.bot.handle(event, ear.clone()).await;
        ear
    }

    /// An event of somebody's, with a name of its own.
    pub fn event(&self, who: usize, input: Input) -> Event {
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        let place = Place::direct(self.platform.clone());
        Event {
            id: EventId::new(format!("e{number}")),
            person: Person::new(self.platform.clone(), id(who)),
            names: Names { person: format!("P{who}"), place: "direct message".to_owned(), workspace: None },
            message: Some(MessageRef { place: place.clone(), id: format!("m{number}").into() }),
            input,
            mentions: Vec::new(),
            files: Vec::new(),
            answers: None,
            private: true,
            member: None,
            place,
        }
    }
}

/// What a person is called on the platform.
pub fn id(who: usize) -> String {
    format!("{}", 1_000_000_000 + who)
}

/// What somebody hears.
#[derive(Default)]
pub struct Ear(Mutex<Vec<Reply>>);

impl Ear {
    /// Everything, as words.
    pub fn text(&self) -> String {
        self.0.lock().iter().map(usher_terminal::markdown::reply).collect::<Vec<_>>().join("\n")
    }

    /// Where the first link leads.
    pub fn link(&self) -> Option<String> {
        self.0.lock().iter().flat_map(|reply| &reply.links).next().map(|link| link.url.clone())
    }

    /// All that was heard.
    pub fn replies(&self) -> Vec<Reply> {
        self.0.lock().clone()
    }
}

#[async_trait]
impl Responder for Ear {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        self.0.lock().push(reply);
        Ok(Sent::Message(None))
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        self.reply(reply).await
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn complete(&self, _ways: Vec<Completion>) -> Result<(), SendError> {
        Ok(())
    }
}

/// What a process holds.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// Resident memory in KiB.
    pub memory: u64,
    /// Open descriptors.
    pub descriptors: usize,
    /// Tasks that are alive.
    pub tasks: usize,
}

impl Held {
    /// What this one holds now.
    pub fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Self {
            memory: line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default(),
            descriptors: fs::read_dir("/proc/self/fd").map_or(0, Iterator::count),
            tasks: tokio::runtime::Handle::current().metrics().num_alive_tasks(),
        }
    }
}

/// Times, for their percentiles.
#[derive(Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// The time that this share (0 to 1) does not exceed.
    pub fn share(&mut self, share: f64) -> Duration {
        self.0.sort_unstable();
        let at = (self.0.len() as f64 * share) as usize;
        self.0.get(at.min(self.0.len().saturating_sub(1))).copied().unwrap_or_default()
    }
}

/// `12.3 ms`.
pub fn spoken(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}
