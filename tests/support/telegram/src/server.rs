//! The server itself: where it listens, what it is set to, what it was asked.

use std::sync::Arc;

use axum::serve::ListenerExt;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    deliver,
    faults::Effect,
    hub::Hub,
    people::Person,
    requests::Request,
    rooms::Room,
    shown::{Message, Shown},
    wire,
    world::{Human, Kind, Standing, World},
};

/// The bot's token. Only a test's server takes it.
const TOKEN: &str = "7000000001:AAE-stand-in_token-of-no-real-bot000";

/// People's ids are larger than 32 bits, as newer accounts' are.
const FIRST_PERSON: i64 = 5_000_000_000;
const FIRST_GROUP: i64 = -4_000_000_000;
const FIRST_SUPERGROUP: i64 = -1_002_000_000_000;

/// A running stand-in for Telegram. Clones share it; it stops with the last one.
#[derive(Clone)]
pub struct TelegramServer(Arc<Running>);

struct Running {
    hub: Arc<Hub>,
    url: String,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Running {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl std::fmt::Debug for TelegramServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("TelegramServer").field(&self.0.url).finish()
    }
}

impl TelegramServer {
    /// Starts it on a free port, with a bot and nobody else.
    pub async fn start() -> Self {
        let hub = Arc::new(Hub::new(World::new(TOKEN.to_owned())));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("it listens"));
        // Small streamed answers would wait for each other.
        let listener = listener.tap_io(|stream| drop(stream.set_nodelay(true)));
        let router = wire::router(hub.clone());
        let served = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!("the stand-in for Telegram stopped: {error}");
            }
        });
        let delivered = tokio::spawn(deliver::deliver(hub.clone()));
        Self(Arc::new(Running { hub, url, tasks: [served, delivered] }))
    }

    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.0.hub
    }

    /// Stands in for `https://api.telegram.org`: `http://127.0.0.1:port`.
    pub fn api_url(&self) -> &str {
        &self.0.url
    }

    /// The bot's token.
    pub fn token(&self) -> String {
        self.hub().look(|world| world.bot.token.clone())
    }

    /// The bot's user name: `usherbot`.
    pub fn username(&self) -> String {
        self.hub().look(|world| world.bot.username.clone())
    }

    /// The bot gets another token; the old one is refused from now on.
    pub fn revoke_token(&self) {
        self.hub().change(|world| world.bot.token.push('x'));
    }

    /// Whether the bot sees only what is meant for it in groups. It does, unless told otherwise.
    pub fn privacy(&self, on: bool) {
        self.hub().change(|world| world.bot.privacy = on);
    }

    /// Whether the bot answers inline queries, and hears which result was chosen. Neither, unless told otherwise.
    pub fn inline(&self, on: bool, feedback: bool) {
        self.hub().change(|world| (world.bot.inline, world.bot.inline_feedback) = (on, feedback));
    }

    /// Keeps Telegram's limits on how much a bot sends: 20 a minute in a group, about one a second in a direct chat, 30 a
    /// second in all.
    pub fn keep_limits(&self) {
        self.hub().change(|world| world.limits.kept = true);
    }

    /// The next `times` requests of `method` (`*` for any) meet this.
    pub fn fault(&self, method: &str, times: usize, effect: Effect) {
        self.hub().change(|world| world.faults.add(method, times, effect));
    }

    /// Nothing goes wrong any more.
    pub fn clear_faults(&self) {
        self.hub().change(|world| world.faults.clear());
    }

    /// Somebody with an account, whose direct chat with the bot is not open yet.
    pub fn person(&self, name: &str) -> Person {
        let id = self.hub().change(|world| {
            let id = FIRST_PERSON + world.number();
            let mut letters = name.chars();
            let first_name = letters.next().map(|first| first.to_uppercase().chain(letters).collect());
            let human = Human {
                first_name: first_name.unwrap_or_default(),
                username: Some(name.to_owned()),
                language: "en".to_owned(),
                opened: false,
                blocked: false,
            };
            world.people.insert(id, human);
            world.add_chat(id, Kind::Private, name);
            id
        });
        Person { server: self.clone(), id }
    }

    /// A small group with the bot in it.
    pub fn group(&self, title: &str) -> Room {
        self.room(FIRST_GROUP, Kind::Group, title, Standing::Member)
    }

    /// A supergroup with the bot in it.
    pub fn supergroup(&self, title: &str) -> Room {
        self.room(FIRST_SUPERGROUP, Kind::Supergroup { forum: false }, title, Standing::Member)
    }

    /// A supergroup with topics and the bot in it.
    pub fn forum(&self, title: &str) -> Room {
        self.room(FIRST_SUPERGROUP, Kind::Supergroup { forum: true }, title, Standing::Member)
    }

    /// A channel that the bot administers.
    pub fn channel(&self, title: &str) -> Room {
        self.room(FIRST_SUPERGROUP, Kind::Channel, title, Standing::Admin { anonymous: false })
    }

    fn room(&self, first: i64, kind: Kind, title: &str, bot: Standing) -> Room {
        let id = self.hub().change(|world| {
            let id = first - world.number();
            world.add_chat(id, kind, title);
            let bot_id = world.bot.id;
            world.chat(id).members.insert(bot_id, bot);
            id
        });
        Room { server: self.clone(), id, thread: None }
    }

    /// A fresh id for a supergroup.
    pub(crate) fn supergroup_id(world: &mut World) -> i64 {
        FIRST_SUPERGROUP - world.number()
    }

    /// What the bot did against Telegram's description: unknown methods and parameters, wrong types, missing values. Also
    /// where the stand-in itself broke it.
    pub fn violations(&self) -> Vec<String> {
        self.hub().look(|world| world.violations.clone())
    }

    /// Everything that the bot asked.
    pub fn requests(&self) -> Vec<Request> {
        self.hub().look(|world| world.requests.clone())
    }

    /// What the bot asked of one method.
    pub fn requests_of(&self, method: &str) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.method == method).collect()
    }

    /// Forgets what was asked.
    pub fn forget_requests(&self) {
        // Their places stay, for those that are still to be answered.
        self.hub().change(|world| world.requests.iter_mut().for_each(|request| request.method.clear()));
    }

    /// Waits until so many requests of `method` were answered, those that are forgotten left out.
    pub async fn answered(&self, method: &str, count: usize) {
        let answered = |world: &mut World| {
            let asked = world.requests.iter().filter(|request| request.method == method);
            (asked.filter(|request| request.answer.is_some()).count() >= count).then_some(())
        };
        self.hub().until(|| format!("the bot did not ask {count} times for {method}"), answered).await;
    }

    /// Waits for a request of `method` that fits, also one of before.
    pub async fn requested(&self, method: &str, fits: impl Fn(&Request) -> bool) -> Request {
        let what = || format!("the bot did not ask for {method} as awaited");
        let found = |world: &mut World| {
            let mut asked =
                world.requests.iter().filter(|request| request.method == method && request.answer.is_some());
            asked.find(|request| fits(request)).cloned()
        };
        self.hub().until(what, found).await
    }

    /// Waits until the bot polls.
    pub async fn polled(&self) {
        self.hub()
            .until(|| "the bot does not poll".to_owned(), |world| (world.updates.polling > 0).then_some(()))
            .await;
    }

    /// Waits until nobody polls.
    pub async fn left_alone(&self) {
        let alone = |world: &mut World| (world.updates.polling == 0).then_some(());
        self.hub().until(|| "the bot still polls".to_owned(), alone).await;
    }

    /// Waits until a webhook is set; its address.
    pub async fn hooked(&self) -> String {
        let url = |world: &mut World| world.updates.webhook.as_ref().map(|webhook| webhook.url.clone());
        self.hub().until(|| "the bot sets no webhook".to_owned(), url).await
    }

    /// Waits until the bot has confirmed every update.
    pub async fn confirmed(&self) {
        let confirmed = |world: &mut World| world.updates.pending.is_empty().then_some(());
        self.hub().until(|| "the bot does not confirm its updates".to_owned(), confirmed).await;
    }

    /// Updates that the bot has not confirmed.
    pub fn unconfirmed(&self) -> Vec<Value> {
        self.hub().look(|world| world.updates.pending.iter().map(|(_, update)| update.clone()).collect())
    }

    /// Forgets what the bot was to be told.
    pub fn forget_updates(&self) {
        self.hub().change(|world| world.updates.pending.clear());
    }

    /// Tells an update that a test made itself. Its id.
    pub fn tells(&self, kind: &str, what: Value) -> Option<i64> {
        self.hub().change(|world| world.tell(kind, what))
    }

    /// The last update.
    pub fn last_update(&self) -> Value {
        self.hub().look(|world| world.updates.last.clone()).expect("something happened")
    }

    /// Tells an update again under its own number, as happens when a confirmation was lost.
    pub fn tells_again(&self, update: Value) {
        self.hub().change(|world| {
            let id = update["update_id"].as_i64().unwrap_or_default();
            world.updates.pending.push_front((id, update));
        });
    }

    /// Somebody posts an update to an address as if they were Telegram, with this secret or none.
    pub async fn posts(&self, url: &str, secret: Option<&str>, update: &Value) -> StatusCode {
        let client = reqwest::Client::new();
        deliver::post(&client, url, secret, update).await.expect("the address answers")
    }

    /// The commands that the bot published for a scope (`default`, `all_private_chats`, `chat:-100…`) and language, as
    /// `name - description`.
    pub fn commands(&self, scope: &str, language: &str) -> Vec<String> {
        self.hub().look(|world| {
            let commands = world.commands.get(&(scope.to_owned(), language.to_owned())).into_iter().flatten();
            let line = |command: &Value| {
                let part = |name: &str| command[name].as_str().unwrap_or_default().to_owned();
                format!("{} - {}", part("command"), part("description"))
            };
            commands.map(line).collect()
        })
    }

    /// Another program polls with the same token, once.
    pub async fn polls_besides(&self) -> Result<Value, crate::Refusal> {
        self.hub().poll(&json!({ "timeout": 0 })).await
    }

    /// What the bot showed and nobody read.
    pub fn unread(&self) -> Vec<Shown> {
        self.hub().look(|world| {
            let chats = world.chats.values();
            let unread = chats
                .flat_map(|chat| chat.log.iter().filter(|change| !change.read).map(move |change| (chat.id, change)));
            unread.map(|(chat, change)| Shown::new(self, Message::new(self, chat, change.message), change)).collect()
        })
    }
}
