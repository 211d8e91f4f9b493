//! The whole bot over the disk: people create, look with tokens that have to be renewed, link, leave and grant, and know what
//! they were told.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{task::JoinHandle, time::timeout};
use usher::{
    Bot,
    audit::Filter,
    ids::SiteId,
    start::{Core, StartError},
    store::{StoreError, credentials, grants, links, links::LinkState},
};
use usher_sandbox::Sandbox;

use super::{
    Above,
    desk::Count,
    hall::{self, Hall, ROOT},
    people::{Book, PATIENCE, Somebody, Told},
    platter::{Disk, Storm},
};
use crate::{crowd::endless, ground::Ground};

/// Who works all the time.
const WORKERS: [&str; 2] = ["ada", "grace"];
/// Who comes and goes.
const GUEST: &str = "linus";

/// The bot, Jira, and what people were told.
pub struct Town {
    ground: Arc<Ground>,
    disk: Arc<Disk>,
    book: Arc<Mutex<Book>>,
    rng: fastrand::Rng,
    events: Arc<AtomicU64>,
    up: Option<Up>,
}

/// The bot while it runs.
struct Up {
    core: Core,
    bot: Bot,
    pages: JoinHandle<()>,
}

impl Drop for Town {
    fn drop(&mut self) {
        self.disk.remove();
    }
}

impl Town {
    /// Two who are linked, one who is not, and root.
    pub async fn new(seed: u64) -> Self {
        let mut ground = Ground::lay().await;
        ground.config.sites.truncate(1);
        ground.config.owners = vec![hall::person(ROOT)];
        ground.config.workspaces = vec![hall::workspace()];
        ground.config.governance.direct = "contributor".to_owned();
        endless(&mut ground.config);
        let mut rng = fastrand::Rng::with_seed(seed);
        std::fs::create_dir_all(&ground.config.data_dir).unwrap();
        let disk = Disk::below(&ground.config.data_dir, rng.u64(..));
        ground.config.data_dir = ground.config.data_dir.canonicalize().unwrap();
        let (ground, events) = (Arc::new(ground), Arc::new(AtomicU64::new(0)));
        let mut town = Self { ground, disk, book: Arc::default(), rng, events, up: None };
        town.open().await;
        for name in WORKERS {
            let mut somebody = town.somebody(name);
            assert!(somebody.links().await, "{name} is linked");
        }
        town
    }
}

impl Above for Town {
    fn name(&self) -> &'static str {
        "bot"
    }

    fn disk(&self) -> &Disk {
        &self.disk
    }

    fn broken(&self) -> Vec<String> {
        std::mem::take(&mut self.book.lock().broken)
    }

    fn count(&self) -> Count {
        let book = self.book.lock();
        let done = book.creates.values().filter(|told| matches!(told, Told::Done(_))).count() as u64;
        Count { done, failed: book.creates.len() as u64 - done }
    }

    async fn power_cut(&mut self) {
        let acts = if self.rng.u32(..4) == 0 { self.rng.u64(..40) } else { self.rng.u64(..400) };
        self.disk.cut_in(acts);
        if self.rng.u32(..3) == 0 {
            self.close().await;
            self.open().await;
        }
        if self.up.is_some() {
            let workers = self.begin(&Arc::default());
            self.disk.goes_off().await;
            self.end(workers).await;
        }
        self.close().await;
        self.disk.comes_back();
        self.open().await;
        self.look();
        self.works_again("a power cut").await;
    }

    async fn storm(&mut self) {
        let failures = self.rng.u32(1..20);
        let storm = Storm::chosen(&mut self.rng);
        let over = Arc::new(AtomicBool::new(false));
        let workers = self.begin(&over);
        tokio::time::sleep(Duration::from_millis(self.rng.u64(..40))).await;
        self.disk.storm(Some((storm, failures)));
        tokio::time::sleep(Duration::from_millis(self.rng.u64(20..150))).await;
        over.store(true, Ordering::Relaxed);
        self.end(workers).await;
        self.disk.storm(None);
        self.works_again(&format!("{storm:?}, {failures}")).await;
        self.look();
    }
}

impl Town {
    fn somebody(&mut self, name: &'static str) -> Somebody {
        let bot = self.up.as_ref().expect("it runs").bot.clone();
        let rng = fastrand::Rng::with_seed(self.rng.u64(..));
        let (ground, disk, book) = (self.ground.clone(), self.disk.clone(), self.book.clone());
        Somebody { name, bot, ground, disk, book, events: self.events.clone(), rng }
    }

    fn begin(&mut self, over: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
        let mut workers: Vec<_> =
            WORKERS.map(|name| tokio::spawn(self.somebody(name).works(over.clone()))).into_iter().collect();
        workers.push(tokio::spawn(self.somebody(GUEST).comes_and_goes(over.clone())));
        workers.push(tokio::spawn(self.somebody(ROOT).rules(over.clone())));
        workers
    }

    async fn end(&self, workers: Vec<JoinHandle<()>>) {
        for worker in workers {
            match timeout(PATIENCE, worker).await {
                Ok(Ok(())) => {}
                problem => self.book.lock().broken.push(format!("somebody did not come to an end: {problem:?}")),
            }
        }
    }

    /// Everybody who was linked still is, with a token that has to be renewed, and can create.
    async fn works_again(&mut self, after: &str) {
        if self.up.is_none() {
            return;
        }
        for name in WORKERS {
            let mut somebody = self.somebody(name);
            self.ground.jira.expire_tokens(Some(name));
            let mut heard = Vec::new();
            // What Jira has said to others may ask everybody for a moment's pause.
            for _ in 0..3 {
                heard.push(somebody.says("jira view DEMO-2").await);
            }
            let created = somebody.creates().await;
            if !heard.last().is_some_and(|text| text.contains("DEMO-2")) || !matches!(created, Told::Done(_)) {
                let words = format!("after {after} {name} heard {heard:?}, and of a create {created:?}");
                self.book.lock().broken.push(words);
            }
        }
    }

    async fn open(&mut self) {
        let core = loop {
            match Core::open(&self.ground.config, self.ground.clock.clone()).await {
                Ok(core) => break core,
                // What the last run still had to do in the background may hold the database for a moment.
                Err(StartError::Store(StoreError::InUse { .. })) => tokio::task::yield_now().await,
                Err(_) if self.disk.is_off() => return,
                Err(error) => return self.book.lock().broken.push(format!("it does not open: {error}")),
            }
        };
        if let Err(error) = core.identity.resume_refreshes().await
            && !self.disk.is_off()
        {
            self.book.lock().broken.push(format!("renewals were not resumed: {error}"));
        }
        let bot = core.bot(&[Arc::new(Hall)]);
        let router = usher::web::router(core.identity.clone(), Vec::new());
        let listener = self.ground.listeners().public;
        let pages = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        self.up = Some(Up { core, bot, pages });
    }

    async fn close(&mut self) {
        if let Some(Up { core, bot, pages }) = self.up.take() {
            pages.abort();
            drop(pages.await);
            drop((core, bot));
        }
        if timeout(PATIENCE, self.disk.left_alone()).await.is_err() {
            self.book.lock().broken.push("it does not close".to_owned());
        }
    }

    /// Holds what is there against what was told.
    fn look(&self) {
        let Some(up) = &self.up else { return };
        let mut book = self.book.lock();
        let Book { creates, rule, guest, head, broken } = &mut *book;
        if let Err(problem) = super::desk::sound(up.core.store.path()) {
            broken.push(problem);
        }
        match up.core.audit.verify(head.as_ref()) {
            Ok(verified) => *head = Some(verified.head),
            Err(error) => broken.push(error.to_string()),
        }
        match links_and_rules(&up.core, *rule, *guest) {
            Ok(wrong) => broken.extend(wrong),
            Err(error) => broken.push(format!("it cannot be read: {error}")),
        }
        match created(&up.core, creates, &self.ground.jira) {
            Ok(wrong) => broken.extend(wrong),
            Err(error) => broken.push(format!("the audit cannot be read: {error}")),
        }
        let reuses = self.ground.jira.state().oauth2.reuses();
        if reuses > 0 {
            broken.push(format!("{reuses} refresh tokens were used again too late"));
        }
    }
}

fn links_and_rules(core: &Core, rule: u64, guest: Option<bool>) -> Result<Vec<String>, StoreError> {
    let mut wrong = Vec::new();
    let site: SiteId = "acme".parse().map_err(|_| StoreError::NotFound)?;
    let told = WORKERS.map(|name| (name, Some(true))).into_iter().chain([(GUEST, guest)]);
    for (name, linked) in told {
        let there = core.store.read(|reader| {
            let link = links::get(reader, &hall::person(name), &site)?.filter(|link| link.state == LinkState::Active);
            link.map_or(Ok(false), |link| Ok(credentials::get(reader, &link.id)?.is_some()))
        })?;
        if linked.is_some_and(|linked| linked != there) {
            wrong.push(format!("{name} was told to be linked: {linked:?}; there is a link: {there}"));
        }
    }
    let number = core.store.read(grants::all)?.iter().filter(|grant| grant.tools.contains("view")).find_map(|grant| {
        grant.projects.iter().flatten().find_map(|project| project.as_str().strip_prefix('T')?.parse::<u64>().ok())
    });
    if rule > number.unwrap_or_default() {
        wrong.push(format!("the rule on T{rule} was told of, there is one on {number:?}"));
    }
    Ok(wrong)
}

fn created(core: &Core, creates: &BTreeMap<String, Told>, jira: &Sandbox) -> Result<Vec<String>, StoreError> {
    let mut wrong = Vec::new();
    let mut titles: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for key in jira.keys("DEMO") {
        let title = jira.issue(&key).and_then(|issue| Some(issue["summary"].as_str()?.to_owned()));
        titles.entry(title.unwrap_or_default()).or_default().push(key);
    }
    let create = Filter { tool: Some("create".to_owned()), ..Filter::default() };
    let outcomes = core.audit.list(&Filter { kind: Some("outcome".to_owned()), ..create.clone() })?;
    let allowed =
        core.audit.list(&Filter { kind: Some("decision".to_owned()), verdict: Some("allow".to_owned()), ..create })?;
    let mut made = 0;
    for (words, told) in creates {
        let keys = titles.get(words).map(Vec::as_slice).unwrap_or_default();
        made += keys.len();
        let true_words = match told {
            Told::Done(key) => keys == [key.as_str()],
            Told::NotDone => keys.is_empty(),
            Told::Doubtful => true,
        };
        if keys.len() > 1 || !true_words {
            wrong.push(format!("{words} was told to be {told:?}, Jira has {keys:?}"));
        }
        if let Told::Done(key) = told
            && outcomes.iter().filter(|row| row.verdict == "done" && row.issue.as_ref() == Some(key)).count() != 1
        {
            wrong.push(format!("{words} was told to be {key}, and not one row says so"));
        }
    }
    if made > allowed.len() {
        wrong.push(format!("{made} issues were made, and {} rows allow it", allowed.len()));
    }
    Ok(wrong)
}
