//! A running adapter, a server with people, and a handler whose answers a test writes.

use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use discord_stand_in::{Channel, DiscordServer, Guild, Person, Seat, permissions};
use futures::future::BoxFuture;
use parking_lot::Mutex;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use usher_chat::{
    AdapterError, Argument, ArgumentKind, Audience, Button, ButtonStyle, ChatAdapter, ChatHandler, Command, Event,
    Host, PassingMemory, Reply, Responder,
};
use usher_discord::{Discord, DiscordOptions, Mode};

/// A Discord with a server, a channel and two members, and the adapter connected to it.
pub struct Stage {
    pub server: DiscordServer,
    pub guild: Guild,
    pub eng: Channel,
    pub ada: Person,
    pub eve: Person,
    pub discord: Discord,
    pub options: DiscordOptions,
    events: Mutex<mpsc::UnboundedReceiver<Event>>,
    stop: watch::Sender<bool>,
    memory: Arc<PassingMemory>,
    bot: Arc<Bot>,
    running: JoinHandle<Result<(), AdapterError>>,
}

type Answer = Box<dyn Fn(Event, Arc<dyn Responder>) -> BoxFuture<'static, ()> + Send + Sync>;

struct Bot {
    answer: Answer,
    events: mpsc::UnboundedSender<Event>,
}

#[async_trait]
impl ChatHandler for Bot {
    async fn handle(&self, event: Event, responder: Arc<dyn Responder>) {
        self.events.send(event.clone()).unwrap();
        (self.answer)(event, responder).await;
    }
}

/// A stage on the gateway whose bot answers every event so.
pub async fn stage<F, G>(answer: F) -> Stage
where
    F: Fn(Event, Arc<dyn Responder>) -> G + Send + Sync + 'static,
    G: Future<Output = ()> + Send + 'static,
{
    stage_with(|_, _| {}, answer).await
}

/// A stage with options of the test's own.
pub async fn stage_with<F, G>(set: impl FnOnce(&mut DiscordOptions, &Guild), answer: F) -> Stage
where
    F: Fn(Event, Arc<dyn Responder>) -> G + Send + Sync + 'static,
    G: Future<Output = ()> + Send + 'static,
{
    let server = DiscordServer::start().await;
    let guild = server.guild("Engine Works");
    guild.bot_may(permissions::MANAGE_MESSAGES);
    let eng = guild.channel("eng");
    let [ada, eve] = [("ada", "Ada Byron"), ("eve", "Eve")].map(|(name, display)| server.person(name, display));
    guild.add(&ada);
    guild.add(&eve);
    let mut options = DiscordOptions {
        token: server.token().to_owned().into(),
        application_id: server.application_id().to_string(),
        public_key: Some(server.public_key().to_owned()),
        api_url: Some(server.api_url().parse().unwrap()),
        mode: Mode::Gateway,
        message_content: false,
        dev_guild: None,
    };
    set(&mut options, &guild);
    if options.message_content {
        server.enable(discord_stand_in::MESSAGE_CONTENT);
    }
    let discord = Discord::new(options.clone()).unwrap();
    discord.publish(&commands()).await.unwrap();
    let (sender, events) = mpsc::unbounded_channel();
    let bot = Bot { answer: Box::new(move |event, responder| Box::pin(answer(event, responder))), events: sender };
    let (bot, memory) = (Arc::new(bot), Arc::new(PassingMemory::default()));
    let (stop, running) = serve(&discord, bot.clone(), memory.clone());
    if options.mode == Mode::Gateway {
        server.connected(1).await;
    }
    Stage { server, guild, eng, ada, eve, discord, options, events: Mutex::new(events), stop, memory, bot, running }
}

fn serve(
    discord: &Discord,
    bot: Arc<Bot>,
    memory: Arc<PassingMemory>,
) -> (watch::Sender<bool>, JoinHandle<Result<(), AdapterError>>) {
    let (stop, stopped) = watch::channel(false);
    let host = Host::new(bot, memory, move || {
        let mut stopped = stopped.clone();
        Box::pin(async move { drop(stopped.wait_for(|stop| *stop).await) })
    });
    let serving = discord.clone();
    (stop, tokio::spawn(async move { serving.run(host).await }))
}

impl Stage {
    /// Ada in #eng.
    pub fn ada(&self) -> Seat {
        self.ada.at(&self.eng)
    }

    /// The next event that reached the bot.
    pub async fn event(&self) -> Event {
        let wait = std::future::poll_fn(|context| self.events.lock().poll_recv(context));
        tokio::time::timeout(std::time::Duration::from_secs(40), wait).await.unwrap().unwrap()
    }

    /// Whether no further event reached the bot.
    pub fn is_quiet(&self) -> bool {
        self.events.lock().try_recv().is_err()
    }

    /// The program ends, and starts again with other options.
    pub async fn restart(&mut self, set: impl FnOnce(&mut DiscordOptions, &Guild)) {
        self.stop.send_replace(true);
        (&mut self.running).await.unwrap().unwrap();
        set(&mut self.options, &self.guild);
        self.discord = Discord::new(self.options.clone()).unwrap();
        self.discord.publish(&commands()).await.unwrap();
        (self.stop, self.running) = serve(&self.discord, self.bot.clone(), self.memory.clone());
    }

    /// Stops the adapter, and makes sure that nothing was left or broken.
    pub async fn finish(self) {
        self.stop.send_replace(true);
        self.running.await.unwrap().unwrap();
        self.server.finish();
    }
}

/// The bot's commands.
pub fn commands() -> Vec<Command> {
    let text = |name: &str, required, completes| Argument {
        name: name.to_owned(),
        help: format!("The {name}"),
        required,
        kind: ArgumentKind::Text,
        completes,
    };
    let command = |path: &[&str], family: &str, arguments: Vec<Argument>| Command {
        path: path.iter().map(|word| (*word).to_owned()).collect(),
        family: family.to_owned(),
        summary: format!("What {} does", path.join(" ")),
        usage: path.join(" "),
        arguments,
        admin: family == "Admin",
    };
    let watch = Argument { kind: ArgumentKind::Flag, ..text("watch", false, false) };
    let who = Argument { kind: ArgumentKind::Person, ..text("who", false, false) };
    let priority =
        Argument { kind: ArgumentKind::OneOf(vec!["high".into(), "low".into()]), ..text("priority", false, false) };
    vec![
        command(&["view"], "Issues", vec![text("key", true, true)]),
        command(&["create"], "Issues", vec![priority, watch, text("title", true, false), text("for", false, false)]),
        command(&["assign"], "Issues", vec![text("key", true, true), who]),
        command(&["sprint", "start"], "Plan", vec![text("board", true, true)]),
        command(&["admin", "allow"], "Admin", vec![text("tools", true, false)]),
    ]
}

/// A public answer.
pub fn public(words: &str) -> Reply {
    Reply::public(words)
}

/// A private answer.
pub fn private(words: &str) -> Reply {
    Reply::private(words)
}

/// An answer with a button.
pub fn with_button(words: &str, audience: Audience, label: &str) -> Reply {
    let button = Button { action: "0a1b".into(), label: label.to_owned(), style: ButtonStyle::Plain };
    Reply { audience, text: words.into(), buttons: vec![button], ..Reply::default() }
}
