//! A small Discord for tests: REST and gateway, with its own deadlines and refusals.
//!
//! A test starts a [`DiscordServer`], builds a server with channels and people in it, points a bot at [`DiscordServer::api_url`]
//! and lets people talk: [`Seat::slash`], [`Seat::press`], [`Seat::say`]. What the bot shows is awaited with [`Asked::reply`]
//! and [`Seat::next`]. Time is this Discord's own: [`DiscordServer::advance`] moves it, nothing else does.

mod endpoint;
mod faults;
mod gateway;
mod objects;
mod people;
pub mod permissions;
mod rest;
mod state;
mod world;

use std::{sync::Arc, time::Duration};

use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

pub use faults::{Fault, Hold};
pub use gateway::{DIRECT_MESSAGES, GUILD_MEMBERS, GUILD_MESSAGES, GUILD_PRESENCES, GUILDS, MESSAGE_CONTENT};
pub use people::{Asked, Modal, Seat, Seen};
pub use rest::size as command_size;
pub use state::{Id, Request};
pub use world::{Channel, Guild, Person, Role};

use gateway::Out;
use state::{Facts, Shared, State};

/// Message flag: only one person sees it.
pub(crate) const EPHEMERAL: u64 = 1 << 6;
/// Message flag: the bot is thinking.
pub(crate) const LOADING: u64 = 1 << 7;
/// Message flag: embeds are not shown.
pub(crate) const SUPPRESS_EMBEDS: u64 = 1 << 2;

/// A running Discord. It ends when it is dropped.
#[derive(Debug)]
pub struct DiscordServer {
    shared: Arc<Shared>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for DiscordServer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl DiscordServer {
    /// Starts one with an application and its bot, and nobody else.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn start() -> Self {
        let api = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let gateway = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = |listener: &TcpListener| listener.local_addr().expect("a bound listener has an address");
        let signing_key = ed25519_dalek::SigningKey::from_bytes(&rand::random());
        let facts = Facts {
            api_url: format!("http://{}", address(&api)),
            gateway_url: format!("ws://{}", address(&gateway)),
            token: format!("MTAw.{:08x}.{:016x}", rand::random::<u32>(), rand::random::<u64>()),
            application: 1_000_000_000_000_000_001,
            bot: 1_000_000_000_000_000_001,
            public_key: hex::encode(signing_key.verifying_key().to_bytes()),
        };
        let shared = Arc::new(Shared::new(facts.clone(), signing_key, State::new(facts)));
        let router = rest::router(shared.clone());
        let tasks = vec![
            tokio::spawn(async move {
                axum::serve(axum::serve::ListenerExt::tap_io(api, no_delay), router)
                    .await
                    .expect("it serves until it is aborted")
            }),
            tokio::spawn(gateway::listen(gateway, shared.clone())),
        ];
        Self { shared, tasks }
    }

    /// `http://127.0.0.1:port`, in place of `https://discord.com`.
    pub fn api_url(&self) -> &str {
        &self.shared.facts.api_url
    }

    /// The bot's token.
    pub fn token(&self) -> &str {
        &self.shared.facts.token
    }

    /// The application's id, which is the bot's too.
    pub fn application_id(&self) -> Id {
        self.shared.facts.application
    }

    /// The key that interactions over HTTP are signed with, in hexadecimal.
    pub fn public_key(&self) -> &str {
        &self.shared.facts.public_key
    }

    /// How a message names the bot.
    pub fn bot_mention(&self) -> String {
        format!("<@{}>", self.shared.facts.bot)
    }

    /// Makes a server that the bot is in. Its owner is somebody else.
    pub fn guild(&self, name: &str) -> Guild {
        world::guild(&self.shared, name)
    }

    /// Makes somebody with an account, whose direct messages are open.
    pub fn person(&self, name: &str, display: &str) -> Person {
        world::person(&self.shared, name, display)
    }

    /// Moves this Discord's clock.
    pub fn advance(&self, by: Duration) {
        self.shared.change(|state| state.now += i64::try_from(by.as_millis()).unwrap_or(i64::MAX / 2));
    }

    /// Switches privileged intents on, as the developer portal does: [`MESSAGE_CONTENT`], [`GUILD_MEMBERS`].
    pub fn enable(&self, intents: u64) {
        self.shared.change(|state| state.privileged |= intents);
    }

    /// How many shards `gateway/bot` recommends.
    pub fn recommend_shards(&self, shards: u64) {
        self.shared.change(|state| state.shards = shards);
    }

    /// Shows a command to everyone, though the bot asked for permissions: a server's administrators can do that.
    pub fn open_command(&self, name: &str) {
        self.shared.change(|state| state.opened.insert(name.to_owned()));
    }

    /// The commands registered everywhere, or in one guild, as Discord stores them.
    pub fn commands(&self, guild: Option<&Guild>) -> Vec<Value> {
        self.shared.look().commands.get(&guild.map(Guild::id)).cloned().unwrap_or_default()
    }

    /// Waits until the bot has registered commands everywhere, or in this guild.
    pub async fn published(&self, guild: Option<&Guild>) -> Vec<Value> {
        let key = guild.map(Guild::id);
        self.shared.until("commands", |state| state.commands.get(&key).filter(|all| !all.is_empty()).cloned()).await
    }

    /// Waits until that many shards are connected.
    pub async fn connected(&self, shards: usize) {
        let live = |state: &State| state.sessions.all.values().filter(|session| session.live.is_some()).count();
        self.shared.until("the bot to connect", |state| (live(state) >= shards).then_some(())).await;
    }

    /// The intents of each session.
    pub fn intents(&self) -> Vec<u64> {
        self.shared.look().sessions.all.values().map(|session| session.intents).collect()
    }

    /// How often somebody identified, and how often resumed.
    pub fn sessions(&self) -> (usize, usize) {
        let state = self.shared.look();
        (state.sessions.identified, state.sessions.resumed)
    }

    /// Waits until somebody has resumed that often.
    pub async fn resumed(&self, times: usize) {
        self.shared.until("the bot to resume", |state| (state.sessions.resumed >= times).then_some(())).await;
    }

    /// Waits until somebody has identified that often.
    pub async fn identified(&self, times: usize) {
        self.shared.until("the bot to identify", |state| (state.sessions.identified >= times).then_some(())).await;
    }

    /// Breaks every gateway connection without a word. What happens from now on is kept for whoever resumes.
    pub fn drop_connections(&self) {
        self.to_all(|| Out::Drop);
    }

    /// Asks every connection to reconnect and resume.
    pub fn ask_to_reconnect(&self) {
        self.to_all(|| Out::Frame(r#"{"op":7,"d":null,"s":null,"t":null}"#.to_owned(), None));
    }

    /// Ends every session: nobody can resume it.
    pub fn invalidate_sessions(&self) {
        self.to_all(|| Out::Frame(r#"{"op":9,"d":false,"s":null,"t":null}"#.to_owned(), None));
        self.shared.change(|state| state.sessions.all.clear());
    }

    /// Closes every connection with one of Discord's codes.
    pub fn close_connections(&self, code: u16, reason: &'static str) {
        self.to_all(|| Out::Close(code, reason));
    }

    fn to_all(&self, out: impl Fn() -> Out) {
        self.shared.change(|state| {
            for session in state.sessions.all.values_mut() {
                let live = if matches!(out(), Out::Frame(..)) { session.live.clone() } else { session.live.take() };
                if let Some(live) = live {
                    // Whoever is gone already needs no word.
                    drop(live.send(out()));
                }
            }
        });
    }

    /// From now on interactions are posted here, signed, and no longer told over the gateway.
    pub fn post_interactions_to(&self, url: impl Into<String>) {
        let url = url.into();
        self.shared.change(|state| state.endpoint = Some(url));
    }

    /// Posts a ping as Discord does when an address is entered: status and body, once signed well and once badly.
    pub async fn probe(&self, url: &str) -> [(u16, String); 2] {
        let body = endpoint::ping(&self.shared);
        let timestamp = endpoint::timestamp();
        let good = self.sign(&timestamp, body.as_bytes());
        let bad = self.sign(&timestamp, b"another body");
        [self.post(url, &body, Some((&good, &timestamp))).await, self.post(url, &body, Some((&bad, &timestamp))).await]
    }

    /// Posts a body with signature and timestamp, or without both: status and body.
    pub async fn post(&self, url: &str, body: &str, signed: Option<(&str, &str)>) -> (u16, String) {
        endpoint::post(&self.shared, url, body.to_owned(), signed).await
    }

    /// The signature of timestamp and body, in hexadecimal.
    pub fn sign(&self, timestamp: &str, body: &[u8]) -> String {
        endpoint::sign(&self.shared, timestamp, body)
    }

    /// Plans a fault for the next `times` requests of that method whose path contains `part`.
    pub fn fail(&self, (method, part): (&str, &str), fault: Fault, times: usize) {
        self.shared.change(|state| state.faults.plan((method, part), fault, times));
    }

    /// Keeps requests of that method whose path contains `part` waiting.
    pub fn hold(&self, requests: (&str, &str)) -> Hold {
        let held = self.shared.change(|state| state.faults.keep(requests));
        Hold { held, shared: self.shared.clone() }
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.look().requests.clone()
    }

    /// Requests of that method whose path contains `part`.
    pub fn requests_of(&self, method: &str, part: &str) -> Vec<Request> {
        let mut all = self.requests();
        all.retain(|request| request.method == method && request.path.contains(part));
        all
    }

    /// Requests that count towards Discord's ban: answered with 401, 403 or 429.
    pub fn invalid_requests(&self) -> usize {
        self.requests().iter().filter(|request| matches!(request.status, 401 | 403 | 429)).count()
    }

    /// Waits until `find` finds something among the requests.
    ///
    /// # Panics
    /// When nothing came in forty seconds.
    pub async fn requested<T>(&self, what: &str, find: impl Fn(&[Request]) -> Option<T>) -> T {
        self.shared.until(what, |state| find(&state.requests)).await
    }

    /// Whether a message still stands.
    pub fn stands(&self, message: Id) -> bool {
        self.shared.look().messages.get(&message).is_some_and(|message| !message.deleted)
    }

    /// Waits until a message is deleted.
    pub async fn deleted(&self, message: Id) {
        self.shared.until("the message to be deleted", |state| state.messages[&message].deleted.then_some(())).await;
    }

    /// What the bot did that Discord lets pass and a good bot does not: mentions left open, a limit not obeyed, an address
    /// that does not exist.
    pub fn violations(&self) -> Vec<String> {
        self.shared.look().violations.clone()
    }

    /// What the bot showed and no test read.
    pub fn unread(&self) -> Vec<Seen> {
        let state = self.shared.look();
        let unread = state.outputs.iter().filter(|output| !output.read && !state.messages[&output.message].deleted);
        unread.map(|output| Seen::of(output, &state)).collect()
    }

    /// What must hold when a conversation is over: everything was read, every interaction acknowledged, nobody is left with a bot
    /// that thinks, and no rule was broken.
    ///
    /// # Panics
    /// When it does not hold.
    pub fn finish(&self) {
        let problems = self.problems();
        assert!(problems.is_empty(), "{}\n{}", problems.join("\n"), self.shared.look().report());
    }

    /// What speaks against [`DiscordServer::finish`].
    pub fn problems(&self) -> Vec<String> {
        let mut found: Vec<String> = self.unread().iter().map(|seen| format!("nobody read: {seen}")).collect();
        let state = self.shared.look();
        found.extend(state.violations.iter().cloned());
        let thinking = state.messages.values().filter(|message| rest::interactions::thinks(&state, message));
        found.extend(thinking.map(|message| format!("message {} still says that the bot is thinking", message.id)));
        let ignored = state.interactions.values().filter(|one| one.acknowledged.is_none());
        found.extend(ignored.map(|one| format!("nobody acknowledged interaction {}", one.payload["data"])));
        found
    }
}

fn no_delay(stream: &mut tokio::net::TcpStream) {
    // Without it small answers take forty milliseconds; where it fails they do.
    drop(stream.set_nodelay(true));
}
