//! Telegram with a bot in it: rooms, people, their links, and a bot that stops, dies and starts again.

use std::{sync::Arc, time::Duration};

use secrecy::SecretString;
use telegram_stand_in::{Person, Room, Shown, TelegramServer};
use tokio::{runtime::Runtime, sync::watch, task::JoinHandle};
use usher::{
    audit::{Filter, Record},
    error::Error,
    start::Core,
    store::projects,
};
use usher_chat::{ChatAdapter, Workspace};
use usher_telegram::{Telegram, TelegramOptions};
use usher_terminal::Walker;

use crate::ground::Ground;

/// Nothing takes longer, unless something hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// The secret of the webhook.
pub const SECRET: &str = "open-sesame";

/// What a test may want otherwise.
pub struct Wishes {
    /// Updates come to the bot's own address.
    pub webhook: bool,
    /// It answers inline queries.
    pub inline: bool,
    /// It sends as slowly as Telegram wants it.
    pub limits: bool,
    /// Admin commands that root gives in the room before the conversation.
    pub rules: Vec<&'static str>,
}

/// A conversation on Telegram. The bot is in one admitted room; root owns the bot and nobody is linked.
pub struct World {
    pub telegram: TelegramServer,
    pub ground: Ground,
    pub room: Room,
    pub root: Person,
    wishes: Wishes,
    running: Option<Running>,
}

/// A bot on a runtime of its own, which can end in the middle of anything.
struct Running {
    runtime: Runtime,
    core: Core,
    stop: watch::Sender<bool>,
    served: JoinHandle<Result<(), Error>>,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(wish: impl FnOnce(&mut Wishes)) -> Self {
        let mut wishes =
            Wishes { webhook: false, inline: false, limits: false, rules: vec!["allow contributor on DEMO,OPS"] };
        wish(&mut wishes);
        let telegram = TelegramServer::start().await;
        telegram.inline(wishes.inline, true);
        let (root, room) = (telegram.person("root"), telegram.supergroup("Engine Works"));
        room.owned_by(&root);
        let mut ground = Ground::lay().await;
        ground.config.owners = vec![format!("telegram:{}", root.id()).parse().unwrap()];
        ground.config.workspaces = vec![workspace(&room)];
        if wishes.inline {
            ground.config.workspaces.push("telegram:inline".parse().unwrap());
        }
        let rules = wishes.rules.clone();
        let mut world = Self { telegram, ground, room, root, wishes, running: None };
        world.start().await;
        welcome(&world.root).await;
        for rule in rules {
            world.root.says(&world.room, &format!("/jira admin {rule}"));
            let said = world.root.reads().await.text();
            assert!(said.contains(" may now use "), "{rule}: {said}");
        }
        world
    }

    /// Somebody with an open direct chat who is in the room.
    pub async fn member(&self, name: &str) -> Person {
        let person = self.telegram.person(name);
        self.room.adds(&person);
        welcome(&person).await;
        person
    }

    /// The same, linked to the sandbox person of that name by the real way.
    pub async fn linked(&self, name: &str) -> Person {
        let person = self.member(name).await;
        self.links(&person, "acme", name).await;
        person
    }

    /// Links somebody to a sandbox person's account by the real way.
    pub async fn links(&self, person: &Person, site: &str, account: &str) {
        person.writes(&format!("/connect {site}"));
        let code = self.approves(&person.reads().await, account).await;
        person.writes(&code);
        let said = person.reads().await.text();
        assert!(said.starts_with("Linked: "), "{said}");
        let project = if site == "acme" { "DEMO" } else { "OPS" }.parse().unwrap();
        let who = chat_person(person);
        let learnt = async {
            let known = || self.core().store.read(|reader| projects::sites_with_project(reader, &who, &project));
            while !known().unwrap().iter().any(|known| known.as_str() == site) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, learnt).await.expect("the projects are learnt");
    }

    /// The code, after a walk through the pages behind the message's first link.
    pub async fn approves(&self, message: &Shown, account: &str) -> String {
        Walker::new().approve(&message.first_url(), account, false).await.unwrap()
    }

    /// The bot starts, and hears of updates when this returns.
    pub async fn start(&mut self) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let listeners = {
            let _here = runtime.enter();
            self.ground.listeners()
        };
        let core = runtime.spawn(self.ground.open()).await.unwrap();
        let telegram = Telegram::new(TelegramOptions {
            api_url: Some(self.telegram.api_url().parse().unwrap()),
            webhook: self.wishes.webhook,
            webhook_secret: self.wishes.webhook.then(|| SecretString::from(SECRET)),
            public_url: Some(self.ground.config.public_url.clone()),
            inline: self.wishes.inline,
            per_second: if self.wishes.limits { 30 } else { 0 },
            ..TelegramOptions::new(SecretString::from(self.telegram.token()))
        });
        let adapters: Vec<Arc<dyn ChatAdapter>> = vec![Arc::new(telegram.unwrap())];
        let (stop, _) = watch::channel(false);
        let served = runtime.spawn({
            let (core, stop) = (core.clone(), stop.clone());
            async move { core.serve(adapters, listeners, stop).await }
        });
        self.running = Some(Running { runtime, core, stop, served });
        if self.wishes.webhook {
            self.telegram.hooked().await;
        } else {
            self.telegram.polled().await;
        }
    }

    /// The bot is told to stop, and does.
    pub async fn stop(&mut self) {
        let Running { runtime, core, stop, served } = self.running.take().expect("it is running");
        stop.send_replace(true);
        drop(core);
        let ended = tokio::time::timeout(PATIENCE, served).await.expect("the bot stops");
        ended.unwrap().unwrap();
        runtime.shutdown_background();
        self.telegram.left_alone().await;
    }

    /// The bot is gone in the middle of whatever it did.
    pub async fn kill(&mut self) {
        let Running { runtime, .. } = self.running.take().expect("it is running");
        runtime.shutdown_background();
        self.telegram.left_alone().await;
    }

    /// The parts that run now.
    pub fn core(&self) -> &Core {
        &self.running.as_ref().expect("it is running").core
    }

    /// An issue as the sandbox has it.
    pub fn issue(&self, key: &str) -> serde_json::Value {
        self.ground.jira.issue(key).unwrap_or_else(|| panic!("no issue {key}"))
    }

    /// All rows of the audit.
    pub fn rows(&self) -> Vec<Record> {
        self.core().audit.list(&Filter::default()).unwrap()
    }

    /// From its next start on the bot asks for updates.
    pub fn polls(&mut self) {
        self.wishes.webhook = false;
    }

    /// The end of a conversation in which not everything was read, and a run may have died.
    pub async fn stop_for_good(mut self) {
        self.core().audit.verify(None).unwrap();
        self.stop().await;
        assert_eq!(self.telegram.violations(), Vec::<String>::new(), "what Telegram's description does not allow");
    }

    /// What must hold at the end of every conversation.
    pub async fn end(mut self) {
        let rows = self.rows();
        for row in &rows {
            let write = row.kind == "decision" && row.verdict == "allow" && row.access.as_deref() != Some("read");
            let outcomes = rows.iter().filter(|other| other.kind == "outcome" && other.about == Some(row.seq)).count();
            assert_eq!(outcomes, usize::from(write), "outcomes of row {row:?}");
        }
        self.core().audit.verify(None).unwrap();
        self.stop().await;
        let unread: Vec<String> = self.telegram.unread().iter().map(ToString::to_string).collect();
        assert!(unread.is_empty(), "nobody read this:\n{}", unread.join("\n\n"));
        assert_eq!(self.telegram.violations(), Vec::<String>::new(), "what Telegram's description does not allow");
        let token = self.telegram.token();
        let told = self.telegram.requests().into_iter().find(|request| request.parameters.to_string().contains(&token));
        assert!(told.is_none(), "the token was told: {told:?}");
    }
}

/// A room as the bot names its workspace.
pub fn workspace(room: &Room) -> Workspace {
    format!("telegram:{}", room.id()).parse().unwrap()
}

/// A person as the bot names them.
pub fn chat_person(person: &Person) -> usher_chat::Person {
    format!("telegram:{}", person.id()).parse().unwrap()
}

/// Opens the direct chat and reads what the bot says of itself, which takes more than one message.
async fn welcome(person: &Person) {
    person.opens();
    while !person.reads().await.text().contains("tells more about one command") {}
}
