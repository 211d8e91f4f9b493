//! So many commands and presses a second, whoever waits for whom: what comes in does not wait for what goes on. Discord's own
//! adapter takes the interactions, signed, and acknowledges them; the whole bot works behind it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use discord_stand_in::DiscordServer;
use futures::FutureExt;
use http::Request;
use parking_lot::Mutex;
use serde_json::{Value, json};
use tokio::{
    sync::watch,
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval, timeout},
};
use usher_chat::{ChatAdapter, ChatHandler, Event, Host, PassingMemory, Platform, Responder};
use usher_discord::{Discord, DiscordOptions, Mode, rendered};

use crate::{
    crowd::{Crowd, Ear, Rates, Times, id, spoken},
    trial::{Asked, Found, Trial, grouped},
};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "load",
    what: "100 commands and 200 presses a second through Discord's adapter and the whole bot; then one person floods with 100 \
           more; then Jira stalls for a twentieth of the time, at most 30 s",
    stated: 600,
    unit: "seconds",
    quick: 4,
    run: |asked| run(asked).boxed(),
};

/// Each of them stays below what one person may ask for in a minute.
const PEOPLE: usize = 150;
const COMMANDS: u32 = 100;
const PRESSES: u32 = 200;
/// What an acknowledgement may take, for 99 of 100.
const ACKNOWLEDGED: Duration = Duration::from_millis(50);
/// What a command may take beside a bare request, for 99 of 100.
const OWN: Duration = Duration::from_millis(10);
/// The longest that Jira stalls.
const STALL: Duration = Duration::from_secs(30);

/// Hands events to the bot, and keeps what it says.
struct Line {
    crowd: Arc<Crowd>,
    begun: Mutex<HashMap<String, Instant>>,
    took: Mutex<Vec<Took>>,
    heard: Mutex<Option<Arc<Ear>>>,
}

/// An event that has ended.
struct Took {
    id: String,
    time: Duration,
    /// The person had asked for too much.
    limited: bool,
}

#[async_trait]
impl ChatHandler for Line {
    async fn handle(&self, event: Event, _responder: Arc<dyn Responder>) {
        let (id, begun) = (event.id.to_string(), Instant::now());
        let ear = self.crowd.does(event).await;
        let since = self.begun.lock().remove(&id).unwrap_or(begun);
        let time = since.elapsed();
        self.took.lock().push(Took { id, time, limited: ear.text().contains(" is limited to ") });
        *self.heard.lock() = Some(ear);
    }
}

/// Discord and the bot on it.
struct Stage {
    server: DiscordServer,
    discord: Discord,
    line: Arc<Line>,
    /// What a press on each person's card carries.
    buttons: Vec<String>,
    /// For bare requests.
    token: String,
    number: std::sync::atomic::AtomicU64,
}

/// What a phase came to.
#[derive(Default)]
struct Phase {
    acknowledged: Times,
    all: Times,
    own: Times,
    others: Times,
    limited: u64,
    others_limited: u64,
    lost: u64,
    sent: u64,
}

async fn run(asked: Asked) -> Found {
    let stage = Arc::new(Stage::set().await);
    tokio::select! {
        found = phases(&stage, asked) => found,
        never = time_passes(&stage) => never,
    }
}

/// The clocks of the bot and of Jira go as fast as that on the wall.
async fn time_passes(stage: &Stage) -> ! {
    let mut before = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        stage.line.crowd.ground.later(before.elapsed());
        before = Instant::now();
    }
}

async fn phases(stage: &Arc<Stage>, asked: Asked) -> Found {
    let mut found = Found::default();
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    let seconds = |share: f64| Duration::from_secs_f64((asked.bound as f64 * share).max(1.0));
    let mut usual = stage.phase(seconds(0.75), None, &mut rng).await;
    let mut flood = stage.phase(seconds(0.2), Some(0), &mut rng).await;
    let stall = seconds(0.05).min(STALL);
    stage.line.crowd.ground.jira.set_latency(stall);
    let mut stalled = stage.phase(stall, None, &mut rng).await;
    stage.line.crowd.ground.jira.set_latency(Duration::ZERO);
    found.done = asked.bound;
    let lost = usual.lost + flood.lost + stalled.lost;

    found.figure("events", grouped(usual.sent + flood.sent + stalled.sent));
    found.figure("acknowledgement p99", spoken(usual.acknowledged.share(0.99)));
    found.figure("p99.9", spoken(usual.acknowledged.share(0.999)));
    found.figure("p99 while Jira stalls", spoken(stalled.acknowledged.share(0.99)));
    found.figure("a command beside a bare request p50", spoken(usual.own.share(0.5)));
    found.figure("p99", spoken(usual.own.share(0.99)));
    found.figure("answers p99", spoken(usual.all.share(0.99)));
    found.figure("answers of others p99 while one floods", spoken(flood.others.share(0.99)));
    found.figure("answers that need no Jira p99 while it stalls", spoken(stalled.others.share(0.99)));
    found.figure("refused to the one who floods", grouped(flood.limited));
    found.zero("refused to others", usual.others_limited + flood.others_limited + stalled.others_limited);
    found.zero("events without an end", lost);
    // Times of a program that was not built for speed say nothing.
    if !cfg!(debug_assertions) {
        for (name, times) in [("usual", &mut usual.acknowledged), ("stalled", &mut stalled.acknowledged)] {
            let time = times.share(0.99);
            found.expect(time <= ACKNOWLEDGED, || format!("acknowledgement ({name}) takes {}", spoken(time)));
        }
        let own = usual.own.share(0.99);
        found.expect(own <= OWN, || format!("own time is {}", spoken(own)));
        let (before, during) = (usual.all.share(0.99), flood.others.share(0.99));
        found.expect(during <= before * 2 + OWN, || {
            format!("others wait {} in place of {}", spoken(during), spoken(before))
        });
    }
    found
}

impl Stage {
    async fn set() -> Self {
        let crowd = Arc::new(Crowd::gather(PEOPLE, Platform::DISCORD, Rates::Usual).await);
        let server = DiscordServer::start().await;
        let discord = Discord::new(DiscordOptions {
            token: server.token().to_owned().into(),
            application_id: server.application_id().to_string(),
            public_key: Some(server.public_key().to_owned()),
            api_url: Some(server.api_url().parse().unwrap()),
            mode: Mode::Http,
            message_content: false,
            dev_guild: None,
        })
        .unwrap();
        let line = Arc::new(Line {
            crowd: crowd.clone(),
            begun: Mutex::default(),
            took: Mutex::default(),
            heard: Mutex::default(),
        });
        let (handler, serving) = (line.clone(), discord.clone());
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(async move {
            let _stop = stop;
            let host = Host::new(handler, Arc::<PassingMemory>::default(), move || {
                let mut stopped = stopped.clone();
                Box::pin(async move { drop(stopped.wait_for(|stop| *stop).await) })
            });
            serving.run(host).await
        });
        let mut buttons = Vec::new();
        for who in 0..PEOPLE {
            let ear = crowd.says(who, "jira view DEMO-5").await;
            let reply = ear.replies().pop().expect("a card");
            let message = rendered(&reply).unwrap().pop().expect("a message");
            buttons.push(press_of(&message).unwrap_or_else(|| panic!("no button: {message}")));
        }
        // The adapter takes a moment until it serves.
        let token = crowd.ground.jira.token_for("ada", "read:jira-work read:jira-user");
        let stage = Self { server, discord, line, buttons, token, number: 1.into() };
        while stage.post(&stage.command(0, "whoami", &[]).1).await.is_none() {
            tokio::task::yield_now().await;
        }
        stage.line.took.lock().clear();
        stage
    }

    /// So much time of load. `flooder` sends as many commands again.
    async fn phase(self: &Arc<Self>, time: Duration, flooder: Option<usize>, rng: &mut fastrand::Rng) -> Phase {
        let phase = Arc::new(Mutex::new(Phase::default()));
        let mut tasks = JoinSet::new();
        let mut ticks = interval(Duration::from_secs(1) / COMMANDS);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let end = Instant::now() + time;
        let mut of: HashMap<String, (usize, bool, bool)> = HashMap::new();
        let mut number = 0_u64;
        while Instant::now() < end {
            ticks.tick().await;
            number += 1;
            let mut batch = Vec::new();
            let who = rng.usize(1..PEOPLE);
            // Every tenth needs no Jira.
            match number.is_multiple_of(10) {
                true => batch.push((self.command(who, "whoami", &[]), (who, false, true))),
                false => batch.push((self.command(who, "view", &[("key", "DEMO-5")]), (who, true, false))),
            }
            for _ in 0..PRESSES / COMMANDS {
                let who = rng.usize(1..PEOPLE);
                batch.push((self.press(who), (who, false, false)));
            }
            if let Some(flooder) = flooder {
                batch.push((self.command(flooder, "view", &[("key", "DEMO-5")]), (flooder, false, false)));
            }
            for ((id, body), about) in batch {
                of.insert(id.clone(), about);
                phase.lock().sent += 1;
                let (stage, phase) = (self.clone(), phase.clone());
                // A bare request at the same moment tells how long Jira takes now.
                let bare = about.1 && number % 5 == 1 && flooder.is_none();
                tasks.spawn(async move {
                    let begun = Instant::now();
                    stage.line.begun.lock().insert(id.clone(), begun);
                    if stage.post(&body).await.is_some() {
                        phase.lock().acknowledged.add(begun.elapsed());
                    }
                    if bare { stage.bare().await.map(|bare| (id, bare)) } else { None }
                });
            }
        }
        let mut bare = HashMap::new();
        while let Some(ended) = tasks.join_next().await {
            bare.extend(ended.unwrap());
        }
        let done = async {
            while !self.line.begun.lock().is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        drop(timeout(STALL * 3, done).await);
        let mut phase = std::mem::take(&mut *phase.lock());
        phase.lost = self.line.begun.lock().drain().count() as u64;
        for Took { id, time, limited } in self.line.took.lock().drain(..) {
            let Some((who, _, apart)) = of.get(&id) else { continue };
            phase.all.add(time);
            if *apart || flooder.is_some_and(|flooder| flooder != *who) {
                phase.others.add(time);
            }
            match flooder == Some(*who) {
                true => phase.limited += u64::from(limited),
                false => phase.others_limited += u64::from(limited),
            }
            if let Some(bare) = bare.get(&id) {
                phase.own.add(time.saturating_sub(*bare));
            }
        }
        phase
    }

    async fn post(&self, body: &str) -> Option<()> {
        let request = Request::post("/discord/interactions")
            .header("x-signature-ed25519", self.server.sign("1", body.as_bytes()))
            .header("x-signature-timestamp", "1")
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap();
        self.discord.http(request).await.filter(|answer| answer.status().is_success()).map(|_| ())
    }

    /// A request for the same issue, as short as it can be.
    async fn bare(&self) -> Option<Duration> {
        let jira = &self.line.crowd.ground.jira;
        let url = format!("{}/ex/jira/{}/rest/api/3/issue/DEMO-5", jira.api_url(), usher_sandbox::oauth2::ACME);
        let begun = Instant::now();
        let answer = client().get(url).bearer_auth(&self.token).send().await.ok()?;
        answer.bytes().await.ok()?;
        Some(begun.elapsed())
    }

    fn command(&self, who: usize, name: &str, options: &[(&str, &str)]) -> (String, String) {
        let options: Vec<Value> =
            options.iter().map(|(name, value)| json!({ "name": name, "type": 3, "value": value })).collect();
        let data = json!({ "id": "5", "name": "jira", "type": 1, "options": [{ "name": name, "type": 1, "options": options }] });
        self.interaction(who, 2, data, None)
    }

    fn press(&self, who: usize) -> (String, String) {
        let message = json!({
            "id": "77", "channel_id": "9", "content": "", "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": null,
            "tts": false, "mention_everyone": false, "mentions": [], "mention_roles": [], "attachments": [], "embeds": [],
            "pinned": false, "type": 0, "components": [],
            "author": { "id": "1", "username": "usher", "discriminator": "0", "avatar": null, "bot": true }
        });
        let data = json!({ "custom_id": self.buttons[who], "component_type": 2 });
        self.interaction(who, 3, data, Some(message))
    }

    fn interaction(&self, who: usize, kind: u32, data: Value, message: Option<Value>) -> (String, String) {
        let number = 10_000_000 + self.number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let mut body = json!({
            "id": number.to_string(), "application_id": self.server.application_id().to_string(), "type": kind, "token": "t",
            "version": 1, "channel_id": "9", "channel": { "id": "9", "type": 1 }, "locale": "en-US", "app_permissions": "8",
            "entitlements": [], "authorizing_integration_owners": {}, "attachment_size_limit": 10_485_760, "context": 1,
            "user": { "id": id(who), "username": format!("p{who}"), "discriminator": "0", "avatar": null }, "data": data
        });
        if let Some(message) = message {
            body["message"] = message;
        }
        (number.to_string(), body.to_string())
    }
}

fn client() -> &'static reqwest::Client {
    static CLIENT: std::sync::LazyLock<reqwest::Client> =
        std::sync::LazyLock::new(|| reqwest::Client::builder().no_proxy().build().unwrap());
    &CLIENT
}

/// What the button that only looks carries.
fn press_of(message: &Value) -> Option<String> {
    let rows = message["components"].as_array()?;
    let mut buttons = rows.iter().filter_map(|row| row["components"].as_array()).flatten();
    let more = buttons.find(|button| button["label"] == "More")?;
    more["custom_id"].as_str().map(str::to_owned)
}
