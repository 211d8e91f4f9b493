//! Everything that this Discord knows.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use bytes::Bytes;
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;
use tokio::sync::Notify;

use crate::{faults::Faults, gateway::Sessions};

/// A snowflake.
pub type Id = u64;

/// When every Discord begins, in milliseconds since 1970: 2026-11-22T10:00:00Z.
const START: i64 = 1_795_341_600_000;
/// The first second of 2015, from which snowflakes count.
const EPOCH: i64 = 1_420_070_400_000;
/// Nothing that a test waits for takes longer, unless something hangs.
const PATIENCE: Duration = Duration::from_secs(40);

/// What does not change while the server runs.
#[derive(Debug, Clone)]
pub struct Facts {
    /// `http://127.0.0.1:port`.
    pub api_url: String,
    /// `ws://127.0.0.1:port`.
    pub gateway_url: String,
    pub token: String,
    pub application: Id,
    /// The bot's own user.
    pub bot: Id,
    pub public_key: String,
}

/// The state, and the bell that rings whenever it changed.
#[derive(Debug)]
pub struct Shared {
    pub facts: Facts,
    pub signing_key: ed25519_dalek::SigningKey,
    pub http: reqwest::Client,
    state: Mutex<State>,
    pub changed: Notify,
}

impl Shared {
    pub fn new(facts: Facts, signing_key: ed25519_dalek::SigningKey, state: State) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client without settings");
        Self { facts, signing_key, http, state: Mutex::new(state), changed: Notify::new() }
    }

    /// Looks only.
    pub fn look(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    /// Changes something, and tells everyone who waits.
    pub fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let done = change(&mut self.state.lock());
        self.changed.notify_waiters();
        done
    }

    /// Waits until `find` finds something.
    ///
    /// # Panics
    /// When nothing came in forty seconds; it tells what was seen instead.
    pub async fn until<T>(&self, what: &str, mut find: impl FnMut(&mut State) -> Option<T>) -> T {
        let waited = async {
            loop {
                let changed = self.changed.notified();
                if let Some(found) = find(&mut self.state.lock()) {
                    return found;
                }
                changed.await;
            }
        };
        match tokio::time::timeout(PATIENCE, waited).await {
            Ok(found) => found,
            Err(_) => panic!("waited in vain for {what}\n{}", self.look().report()),
        }
    }
}

/// The world.
#[derive(Debug)]
pub struct State {
    pub facts: Facts,
    /// Milliseconds since 1970 by this Discord's own clock, which only [`crate::DiscordServer::advance`] moves.
    pub now: i64,
    count: u64,
    pub started: Instant,
    pub users: BTreeMap<Id, User>,
    pub guilds: BTreeMap<Id, Guild>,
    pub channels: BTreeMap<Id, Channel>,
    pub messages: BTreeMap<Id, Message>,
    pub outputs: Vec<Output>,
    /// Messages by channel and the nonce that the bot gave them.
    pub nonces: HashMap<(Id, String), Id>,
    pub interactions: BTreeMap<Id, Interaction>,
    pub tokens: HashMap<String, Id>,
    /// Commands as Discord stores them; under no guild those of everywhere.
    pub commands: HashMap<Option<Id>, Vec<Value>>,
    /// Commands that the server's administrators opened to everyone, whatever the bot said.
    pub opened: BTreeSet<String>,
    /// Files by path.
    pub files: HashMap<String, StoredFile>,
    pub requests: Vec<Request>,
    pub violations: Vec<String>,
    pub faults: Faults,
    pub sessions: Sessions,
    /// Intents that the developer portal has to switch on.
    pub privileged: u64,
    pub shards: u64,
    /// Where interactions are posted instead of coming over the gateway.
    pub endpoint: Option<String>,
}

/// Somebody with an account.
#[derive(Debug, Clone)]
pub struct User {
    pub id: Id,
    pub name: String,
    pub display: String,
    pub bot: bool,
    /// Takes direct messages.
    pub open: bool,
    pub direct: Option<Id>,
}

/// A server.
#[derive(Debug, Clone)]
pub struct Guild {
    pub id: Id,
    pub name: String,
    pub owner: Id,
    pub roles: BTreeMap<Id, Role>,
    pub members: BTreeMap<Id, Vec<Id>>,
}

/// A role.
#[derive(Debug, Clone)]
pub struct Role {
    pub id: Id,
    pub name: String,
    pub permissions: u64,
}

/// A channel, a thread or a direct chat.
#[derive(Debug, Clone)]
pub struct Channel {
    pub id: Id,
    pub guild: Option<Id>,
    pub name: String,
    /// Discord's number: 0 text, 1 direct, 11 public thread, 15 forum.
    pub kind: u8,
    pub parent: Option<Id>,
    pub recipient: Option<Id>,
    /// Role or member, permissions given, permissions taken.
    pub overwrites: Vec<(Id, u64, u64)>,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: Id,
    pub channel: Id,
    pub author: Id,
    pub content: String,
    pub embeds: Vec<Value>,
    pub components: Vec<Value>,
    pub attachments: Vec<Value>,
    pub flags: u64,
    /// Whoever alone sees it.
    pub only: Option<Id>,
    pub edited: Option<i64>,
    pub deleted: bool,
    pub interaction: Option<Id>,
    pub answers: Option<Id>,
}

/// One thing that the bot showed, as it was then.
#[derive(Debug, Clone)]
pub struct Output {
    pub message: Id,
    pub json: Value,
    pub edit: bool,
    pub interaction: Option<Id>,
    pub read: bool,
}

/// An interaction and what became of it.
#[derive(Debug, Clone)]
pub struct Interaction {
    pub id: Id,
    /// Discord's number: 1 ping, 2 command, 3 component, 4 completion, 5 modal.
    pub kind: u8,
    pub token: String,
    pub user: Id,
    pub channel: Id,
    pub born: i64,
    /// When its frame or request was written.
    pub sent: Arc<OnceLock<Instant>>,
    pub payload: Value,
    pub acknowledged: Option<(u8, Instant)>,
    /// The message that the first answer made.
    pub original: Option<Id>,
    /// The message whose component was used.
    pub message: Option<Id>,
    pub choices: Option<Vec<Value>>,
    pub modal: Option<Value>,
    /// What came back over HTTP when it was posted.
    pub answered: Option<(u16, String)>,
}

/// A file that somebody sent.
#[derive(Debug, Clone)]
pub struct StoredFile {
    pub media_type: String,
    pub content: Bytes,
}

/// A request that the bot made.
#[derive(Debug, Clone)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path below `/api/v10`, such as `/channels/12/messages`.
    pub path: String,
    /// The query, if any.
    pub query: String,
    /// The JSON body, or the JSON part of a form; null without one.
    pub body: Value,
    /// Names of the files that came along.
    pub files: Vec<String>,
    /// Since the server started.
    pub at: Duration,
    /// What was answered; 0 while it is not.
    pub status: u16,
    /// Discord's error code, where there is one.
    pub code: u64,
}

impl State {
    pub fn new(facts: Facts) -> Self {
        let bot = User {
            id: facts.bot,
            name: "usher".to_owned(),
            display: "Usher".to_owned(),
            bot: true,
            open: true,
            direct: None,
        };
        Self {
            now: START,
            count: 0,
            started: Instant::now(),
            users: BTreeMap::from([(facts.bot, bot)]),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            outputs: Vec::new(),
            nonces: HashMap::new(),
            interactions: BTreeMap::new(),
            tokens: HashMap::new(),
            commands: HashMap::new(),
            opened: BTreeSet::new(),
            files: HashMap::new(),
            requests: Vec::new(),
            violations: Vec::new(),
            faults: Faults::default(),
            sessions: Sessions::default(),
            privileged: 0,
            shards: 1,
            endpoint: None,
            facts,
        }
    }

    /// The next snowflake.
    pub fn snowflake(&mut self) -> Id {
        self.count += 1;
        (u64::try_from(self.now - EPOCH).unwrap_or_default() << 22) | (self.count & 0x3f_ffff)
    }

    /// A moment as Discord writes it.
    pub fn stamp(ms: i64) -> String {
        let (days, rest) = (ms.div_euclid(86_400_000), ms.rem_euclid(86_400_000));
        let era = days + 719_468;
        let day_of_era = era.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let (day, month) =
            (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
        let year = year_of_era + era.div_euclid(146_097) * 400 + i64::from(month <= 2);
        let (hour, minute, second) = (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}000+00:00", rest % 1_000)
    }

    /// When a snowflake was made.
    pub fn made(id: Id) -> i64 {
        i64::try_from(id >> 22).unwrap_or_default() + EPOCH
    }

    /// The guild of a channel.
    pub fn guild_of(&self, channel: Id) -> Option<Id> {
        self.channels.get(&channel).and_then(|channel| channel.guild)
    }

    /// Remembers that the bot showed a message, as it is now.
    pub fn show(&mut self, message: Id, edit: bool, interaction: Option<Id>) {
        let json = crate::objects::message(self, &self.messages[&message]);
        self.outputs.push(Output { message, json, edit, interaction, read: false });
    }

    /// What happened, for a test that failed.
    pub fn report(&self) -> String {
        let mut lines = vec!["shown and not read:".to_owned()];
        lines.extend(
            self.outputs
                .iter()
                .filter(|output| !output.read)
                .map(|output| format!("  {}", crate::people::Seen::of(output, self).to_string().replace('\n', "\n  "))),
        );
        lines.push("asked last:".to_owned());
        lines.extend(
            self.requests
                .iter()
                .rev()
                .take(12)
                .rev()
                .map(|request| format!("  {} {} -> {} {}", request.method, request.path, request.status, request.code)),
        );
        // What was refused is told with its body, which says the most about why.
        lines.extend(
            self.requests.iter().filter(|request| request.code == 50035).map(|request| request.body.to_string()),
        );
        lines.push("breaches:".to_owned());
        lines.extend(self.violations.iter().map(|violation| format!("  {violation}")));
        lines.join("\n")
    }
}
