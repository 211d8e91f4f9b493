//! People who go on with what they do, whatever happens to the bot, and write down what they were told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use telegram_stand_in::{Person, Room, Shown};
use tokio::time::timeout;
use usher_sandbox::Sandbox;
use usher_terminal::Walker;

use super::ledger::{Create, Ledger, Linked};

/// So long somebody waits for an answer before they do something else.
const PATIENCE: Duration = Duration::from_secs(6);

/// What all of them share.
#[derive(Clone)]
pub struct Town {
    pub ledger: Arc<Mutex<Ledger>>,
    pub sandbox: Arc<Sandbox>,
    pub over: Arc<AtomicBool>,
}

/// Somebody in chat.
pub struct Somebody {
    pub town: Town,
    pub person: Person,
    pub rng: fastrand::Rng,
    /// So many things were begun.
    pub number: u64,
}

impl Somebody {
    /// As the program names them.
    pub fn id(&self) -> String {
        format!("telegram:{}", self.person.id())
    }

    fn goes_on(&self) -> bool {
        !self.town.over.load(Ordering::Relaxed)
    }

    async fn rests(&mut self) {
        tokio::time::sleep(Duration::from_millis(self.rng.u64(..20))).await;
    }

    /// Waits for an answer that means something here. Others are looked at for signs of a lost link.
    async fn hears<T>(&self, room: &Room, mut means: impl FnMut(&Shown) -> Option<T>) -> Option<T> {
        let listening = async {
            loop {
                let shown = self.person.reads_in(room).await;
                let text = shown.text();
                let mut ledger = self.town.ledger.lock();
                ledger.answers += 1;
                ledger.doubts += u64::from(text.contains("may have happened"));
                if let Some(found) = means(&shown) {
                    return found;
                }
            }
        };
        timeout(PATIENCE, listening).await.ok()
    }

    /// Creates issues and looks at them; at times Jira takes their token for over.
    pub async fn works(mut self, account: &'static str) -> Self {
        let direct = self.person.direct();
        while self.goes_on() {
            self.rests().await;
            self.number += 1;
            match self.rng.u32(..4) {
                0 => self.looks(&direct).await,
                1 => {
                    self.town.sandbox.expire_tokens(Some(account));
                    self.looks(&direct).await;
                }
                _ => self.creates(&direct).await,
            }
        }
        self
    }

    async fn creates(&mut self, direct: &Room) {
        let words = format!("leak{}x{}", self.person.id(), self.number);
        self.town.ledger.lock().creates.insert(words.clone(), Create::Asked);
        self.person.writes(&format!("/create bug in DEMO {words}"));
        let heard = self.hears(direct, |shown| {
            let text = shown.text();
            if !text.contains(&words) {
                return None;
            }
            let key =
                text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find(|word| word.starts_with("DEMO-"));
            let doubtful = text.contains("restarted") || text.contains("may have") || text.contains("did not");
            Some(match key {
                Some(key) if !doubtful => Create::Done(key.to_owned()),
                _ => Create::Doubtful,
            })
        });
        if let Some(create) = heard.await {
            self.town.ledger.lock().creates.insert(words, create);
        }
    }

    async fn looks(&mut self, direct: &Room) {
        self.person.writes("/view DEMO-1");
        let lost = self.hears(direct, |shown| {
            let text = shown.text();
            let gone = text.contains("has expired") || text.contains("don't know your Jira account");
            (gone || text.contains("DEMO-1 ")).then(|| (gone, shown.clone()))
        });
        match lost.await {
            Some((true, shown)) => self.town.ledger.lock().lost.push(format!("{}: {}", self.id(), shown.text())),
            Some((false, shown)) => {
                // What a press comes to is told by no promise: it is there to be died in.
                let buttons = shown.value()["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
                let data: Vec<&str> = buttons
                    .filter_map(|row| row.as_array())
                    .flatten()
                    .filter_map(|button| button["callback_data"].as_str())
                    .collect();
                if let Some(data) = self.rng.choice(&data) {
                    self.person.presses_data(&shown, data);
                }
            }
            None => {}
        }
    }

    /// Whether their link still works, with a token that has to be renewed first.
    pub async fn still_works(&mut self, account: &'static str) -> bool {
        self.town.sandbox.expire_tokens(Some(account));
        let direct = self.person.direct();
        self.person.writes("/view DEMO-2");
        self.hears(&direct, |shown| shown.text().contains("DEMO-2 ").then_some(())).await.is_some()
    }

    /// Links an account, deletes the link, and begins anew.
    pub async fn comes_and_goes(mut self, site: &'static str, account: &'static str) -> Self {
        let me = (self.id(), site);
        while self.goes_on() {
            self.rests().await;
            let state = {
                let mut ledger = self.town.ledger.lock();
                *ledger.turns.entry(me.clone()).or_default() += 1;
                ledger.links.insert(me.clone(), Linked::Unknown)
            };
            let ended =
                if state == Some(Linked::Yes) { self.leaves(site).await } else { self.links(site, account).await };
            if let Some(now) = ended {
                self.town.ledger.lock().links.insert(me.clone(), now);
            }
        }
        self
    }

    /// Links an account. Nothing is known where the answer did not come.
    pub async fn links(&mut self, site: &str, account: &str) -> Option<Linked> {
        let direct = self.person.direct();
        self.person.writes(&format!("/connect {site}"));
        let url = self.hears(&direct, |shown| {
            let label = if site == "acme" { "Open the page" } else { "Authorize in Jira" };
            shown.labels().iter().any(|one| one == label).then(|| shown.url(label))
        });
        let url = url.await?;
        let code = timeout(PATIENCE, Walker::new().approve(&url, account, false)).await.ok()?.ok()?;
        self.person.writes(&code);
        self.hears(&direct, |shown| shown.text().starts_with("Linked: ").then_some(Linked::Yes)).await
    }

    async fn leaves(&mut self, site: &str) -> Option<Linked> {
        let direct = self.person.direct();
        self.person.writes(&format!("/disconnect {site}"));
        self.hears(&direct, |shown| {
            let text = shown.text();
            (text.contains("is deleted") || text.contains("not linked to")).then_some(Linked::No)
        })
        .await
    }

    /// Grants one tool on one project after the other. Each rule takes the place of the one before.
    pub async fn rules(mut self, room: Room) -> Self {
        while self.goes_on() {
            self.rests().await;
            self.number += 1;
            let project = format!("T{}", self.number);
            self.person.says(&room, &format!("/jira admin allow view on {project}"));
            let told = self.hears(&room, |shown| {
                let text = shown.text();
                (text.contains(" may now use ") && text.contains(&format!("{project} "))
                    || text.contains(" may now use ") && text.trim_end_matches('.').ends_with(&project))
                .then_some(())
            });
            if told.await.is_some() {
                self.town.ledger.lock().rule = u32::try_from(self.number).unwrap_or(u32::MAX);
            }
        }
        self
    }
}
