//! Random sequences of what three people with three browsers may do on two sites, beside the model.

use std::{collections::BTreeMap, time::Duration};

use http::Method;
use usher::identity::{AccountCommand, Disconnect, LinkState, candidate};

use super::{
    Asked, Found,
    model::{Back, Mark, Model, Number},
    tab::{Net, Tab},
};
use crate::linking::{World, person};

const SITES: [&str; 2] = ["acme", "corp"];
/// For how many seconds their codes are good.
const LIFETIMES: [u64; 2] = [300, 10];
const ACCOUNTS: [&str; 3] = ["ada", "grace", "linus"];
const NAMES: [&str; 3] = ["Ada", "Grace", "Linus"];
/// After so many sequences a fresh world begins.
const TOGETHER: u64 = 400;

/// Of a hundred actions, from which on each kind is chosen.
const STARTS: u32 = 0;
const LOOKS: u32 = 16;
const DEPARTS: u32 = 22;
const CONSENTS: u32 = 40;
const ARRIVES: u32 = 58;
const SENDS: u32 = 74;

/// What the sequences came to.
#[derive(Default)]
pub struct Told {
    pub sequences: u64,
    pub actions: u64,
    pub linked: u64,
    pub wrong: u64,
    pub different: u64,
}

pub async fn run(asked: Asked, found: &mut Found) -> Told {
    let mut told = Told::default();
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    while told.sequences < asked.bound {
        let world = World::with_dc_oauth2().await;
        let net = Net::of(&world);
        for _ in 0..TOGETHER.min(asked.bound - told.sequences) {
            let mut sequence = Sequence::new(&world, &net, told.sequences);
            let actions = rng.u64(6..=30);
            for _ in 0..actions {
                sequence.acts(&mut rng).await;
                told.actions += 1;
                let (wrong, different) = sequence.compare();
                told.wrong += wrong;
                told.different += different + u64::from(sequence.surprised);
                if wrong + different > 0 || sequence.surprised {
                    found.broke(format!(
                        "sequence {} (seed {}): {}",
                        told.sequences,
                        asked.seed,
                        sequence.log.join(", ")
                    ));
                    break;
                }
            }
            told.linked += sequence.linked;
            told.sequences += 1;
        }
    }
    told
}

struct Sequence<'w> {
    world: &'w World,
    net: &'w Net,
    number: u64,
    model: Model,
    tabs: [Tab; 3],
    /// What was given out so far: its mark in the model, who got it, itself.
    tickets: Vec<(Mark, Number, String)>,
    departures: Vec<(Mark, Number, Number, String)>,
    returns: Vec<(Back, Number, String)>,
    codes: Vec<(Mark, Number, String)>,
    /// The step that what came last leads to.
    last: u32,
    linked: u64,
    surprised: bool,
    log: Vec<String>,
}

impl<'w> Sequence<'w> {
    fn new(world: &'w World, net: &'w Net, number: u64) -> Self {
        Self {
            world,
            net,
            number,
            model: Model::default(),
            tabs: Default::default(),
            tickets: Vec::new(),
            departures: Vec::new(),
            returns: Vec::new(),
            codes: Vec::new(),
            last: STARTS,
            linked: 0,
            surprised: false,
            log: Vec::new(),
        }
    }

    /// People of this sequence alone.
    fn name(&self, who: Number) -> String {
        format!("s{}p{who}", self.number)
    }

    fn later(&mut self, seconds: u64) {
        self.model.now += seconds;
        self.world.advance(Duration::from_secs(seconds));
    }

    /// What came must be what the model says.
    fn agree<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, came: T, expected: T) {
        if came != expected {
            self.surprised = true;
            self.log.push(format!("{what} came to {came:?}, not to {expected:?}"));
        }
    }

    async fn acts(&mut self, rng: &mut fastrand::Rng) {
        self.later(1);
        let (who, site) = (rng.usize(..3), rng.usize(..2));
        // Half of the time somebody goes on with what came last: else hardly any sequence would get to its end.
        let step = if rng.bool() { self.last } else { rng.u32(..100) };
        match step {
            STARTS..LOOKS => self.starts(who, site).await,
            LOOKS..DEPARTS => self.looks(who, rng).await,
            DEPARTS..CONSENTS => self.departs(who, rng).await,
            CONSENTS..ARRIVES => self.consents(who, rng).await,
            ARRIVES..SENDS => self.arrives(who, rng).await,
            SENDS..90 => self.sends(who, rng).await,
            90..93 => self.leaves(who, site).await,
            93..96 => self.sends_nonsense(who, rng).await,
            96..98 => {
                let seconds = [5, 9, 60, 290, 599][rng.usize(..5)];
                self.log.push(format!("{seconds} s pass"));
                self.later(seconds);
            }
            _ => self.world.identity.sweep().await.unwrap(),
        }
    }

    async fn starts(&mut self, who: Number, site: Number) {
        self.log.push(format!("p{who} starts at {}", SITES[site]));
        let link = self.world.link(&self.name(who), SITES[site]).await;
        self.tickets.push((self.model.starts(who, site), who, link));
        self.last = DEPARTS;
    }

    async fn looks(&mut self, browser: Number, rng: &mut fastrand::Rng) {
        let Some((ticket, _, link)) = recent(rng, &self.tickets).cloned() else { return };
        let method = if rng.bool() { Method::GET } else { Method::HEAD };
        let page = self.tabs[browser].send(self.net, method, &link, String::new()).await;
        let expected = self.model.looks(browser, ticket);
        self.agree("a look", page.status == 200, expected);
    }

    async fn departs(&mut self, browser: Number, rng: &mut fastrand::Rng) {
        let Some((ticket, owner, link)) = recent(rng, &self.tickets).cloned() else { return };
        let browser = mostly(rng, owner, browser);
        self.log.push(format!("b{browser} opens t{ticket}"));
        let away = self.tabs[browser].post(self.net, &link, &[]).await;
        let state = self.model.departs(browser, ticket);
        self.agree("a departure", away.status == 303, state.is_some());
        if let (Some(state), Some(to)) = (state, away.location()) {
            let site = usize::from(!to.starts_with(self.world.sandbox.auth_url()));
            self.departures.push((state, site, browser, to.to_owned()));
            self.last = CONSENTS;
        }
    }

    async fn consents(&mut self, account: Number, rng: &mut fastrand::Rng) {
        let Some((state, site, owner, to)) = recent(rng, &self.departures).cloned() else { return };
        let account = mostly(rng, owner, account);
        let allow = rng.u32(..10) > 0;
        self.log.push(format!("{} answers s{state}: {allow}", ACCOUNTS[account]));
        let decision = if allow { "allow" } else { "deny" };
        let back = self.tabs[account].decide(self.net, &to, ACCOUNTS[account], decision).await;
        let Some(back_to) = back else { return self.agree("an answer", false, true) };
        let back = Back { state, site, account: allow.then_some(account), issued: self.model.now, spent: false };
        self.returns.push((back, account, back_to));
        self.last = ARRIVES;
    }

    async fn arrives(&mut self, browser: Number, rng: &mut fastrand::Rng) {
        if self.returns.is_empty() {
            return;
        }
        let at = latest(rng, self.returns.len());
        let (back, owner, url) = &mut self.returns[at];
        let browser = mostly(rng, *owner, browser);
        let swap = rng.u32(..12) == 0;
        let to = if swap { 1 - back.site } else { back.site };
        let url = url.replace(&format!("/callback/{}", SITES[back.site]), &format!("/callback/{}", SITES[to]));
        self.log.push(format!("b{browser} comes back with s{} to {}", back.state, SITES[to]));
        let page = self.tabs[browser].get(self.net, &url).await;
        let code = self.model.arrives(browser, back, to, LIFETIMES[to]);
        self.agree("an arrival", page.code().is_some(), code.is_some());
        if let (Some(mark), Some(code)) = (code, page.code()) {
            self.codes.push((mark, browser, code.to_owned()));
            self.last = SENDS;
        }
    }

    async fn sends(&mut self, who: Number, rng: &mut fastrand::Rng) {
        let Some((mark, owner, code)) = recent(rng, &self.codes).cloned() else { return };
        let (who, private) = (mostly(rng, owner, who), rng.u32(..8) > 0);
        self.log.push(format!("p{who} sends c{mark}, private: {private}"));
        self.last = STARTS;
        self.hands_in(who, &code, private).await;
        self.linked += u64::from(self.model.sends(who, Some(mark), private));
    }

    async fn sends_nonsense(&mut self, who: Number, rng: &mut fastrand::Rng) {
        self.log.push(format!("p{who} sends a wrong code"));
        self.hands_in(who, &format!("0{:03}-{:04}", rng.u32(..1000), rng.u32(..10_000)), true).await;
        self.model.sends(who, None, true);
    }

    async fn hands_in(&self, who: Number, code: &str, private: bool) {
        let name = self.name(who);
        let asker = if private { self.world.dm(&name) } else { self.world.channel(&name) };
        self.world.identity.code(&asker, candidate(code).unwrap()).await.unwrap();
    }

    async fn leaves(&mut self, who: Number, site: Number) {
        self.log.push(format!("p{who} leaves {}", SITES[site]));
        let command = AccountCommand::Disconnect(Disconnect { site: Some(SITES[site].to_owned()) });
        self.world.identity.command(&self.world.dm(&self.name(who)), command, None).await.unwrap();
        self.model.leaves(who, site);
    }

    /// How many links are wrong, and how many are missing.
    fn compare(&mut self) -> (u64, u64) {
        let mut links = BTreeMap::new();
        for who in 0..3 {
            for link in self.world.identity.links(&person(&self.name(who))).unwrap() {
                if link.state == LinkState::Active {
                    let site = SITES.iter().position(|site| link.site.as_str() == *site).unwrap();
                    let account = NAMES.iter().position(|name| link.account_name.starts_with(name)).unwrap();
                    links.insert((who, site), account);
                }
            }
        }
        let wrong = links.iter().filter(|(key, account)| self.model.links.get(key) != Some(account)).count() as u64;
        let missing = self.model.links.keys().filter(|key| !links.contains_key(key)).count() as u64;
        if wrong + missing > 0 {
            self.log.push(format!("linked are {links:?}, not {:?}", self.model.links));
        }
        (wrong, missing)
    }
}

/// Mostly whoever holds the thing goes on with it, at times another: else hardly any sequence gets to its end.
fn mostly(rng: &mut fastrand::Rng, owner: Number, other: Number) -> Number {
    if rng.u32(..4) > 0 { owner } else { other }
}

/// Mostly the newest, at times an older one.
fn latest(rng: &mut fastrand::Rng, length: usize) -> usize {
    if rng.u32(..3) > 0 { length - 1 } else { rng.usize(..length) }
}

fn recent<'a, T>(rng: &mut fastrand::Rng, from: &'a [T]) -> Option<&'a T> {
    (!from.is_empty()).then(|| &from[latest(rng, from.len())])
}
