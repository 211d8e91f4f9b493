//! A bot on a bench: it answers as a test says, and notes what it was told.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use telegram_stand_in::TelegramServer;
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
};
use usher_chat::{
    AdapterError, Argument, Button, ButtonStyle, ChatAdapter, ChatHandler, Command, Event, Host, Input, PassingMemory,
    Reply, Responder,
};
use usher_telegram::{Telegram, TelegramOptions};

const PATIENCE: Duration = Duration::from_secs(10);

/// What a bot does with an event.
pub type Does = Arc<dyn Fn(&Event) -> Vec<Answer> + Send + Sync>;

/// One answer.
pub enum Answer {
    Says(Reply),
    Edits(Reply),
    /// Nothing more happens, as if the program had died.
    Hangs,
}

/// A Telegram, a memory, and the bot that runs on them.
pub struct Bench {
    pub telegram: TelegramServer,
    pub memory: Arc<PassingMemory>,
    pub bot: Telegram,
    events: mpsc::UnboundedReceiver<Event>,
    stop: watch::Sender<bool>,
    runs: JoinHandle<Result<(), AdapterError>>,
}

impl Bench {
    pub async fn new(does: impl Fn(&Event) -> Vec<Answer> + Send + Sync + 'static) -> Self {
        Self::with(TelegramServer::start().await, Arc::default(), |_| {}, Arc::new(does)).await
    }

    /// On what an earlier bot left.
    pub async fn with(
        telegram: TelegramServer,
        memory: Arc<PassingMemory>,
        wish: impl FnOnce(&mut TelegramOptions),
        does: Does,
    ) -> Self {
        let mut options = TelegramOptions::new(telegram.token().into());
        options.api_url = Some(telegram.api_url().parse().unwrap());
        options.per_second = 0;
        wish(&mut options);
        let webhook = options.webhook;
        let bot = Telegram::new(options).unwrap();
        bot.publish(&commands()).await.unwrap();
        let (told, events) = mpsc::unbounded_channel();
        let (stop, stopping) = watch::channel(false);
        let host = Host::new(Arc::new(Bot { does, told }), memory.clone(), move || {
            let mut stopping = stopping.clone();
            Box::pin(async move { drop(stopping.wait_for(|stop| *stop).await) })
        });
        let running = bot.clone();
        let runs = tokio::spawn(async move { running.run(host).await });
        if webhook {
            drop(telegram.hooked().await)
        } else {
            telegram.polled().await
        }
        Self { telegram, memory, bot, events, stop, runs }
    }

    /// The next event that the handler was told.
    pub async fn event(&mut self) -> Event {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        event.expect("no event came").unwrap()
    }

    /// What the handler was told and nobody looked at.
    pub fn more(&mut self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Ends the bot as a power cut would.
    pub async fn kill(self) -> (TelegramServer, Arc<PassingMemory>) {
        self.runs.abort();
        drop(self.runs.await);
        self.telegram.left_alone().await;
        (self.telegram, self.memory)
    }

    /// Ends the bot in order, and holds what it asked against Telegram's own description.
    pub async fn end(self) {
        self.stop.send_replace(true);
        tokio::time::timeout(PATIENCE, self.runs).await.expect("it does not stop").unwrap().unwrap();
        assert_eq!(self.telegram.violations(), Vec::<String>::new());
    }
}

struct Bot {
    does: Does,
    told: mpsc::UnboundedSender<Event>,
}

#[async_trait]
impl ChatHandler for Bot {
    async fn handle(&self, event: Event, responder: Arc<dyn Responder>) {
        let answers = (self.does)(&event);
        self.told.send(event).unwrap();
        for answer in answers {
            match answer {
                Answer::Says(reply) => drop(responder.reply(reply).await.unwrap()),
                Answer::Edits(reply) => drop(responder.edit(reply).await.unwrap()),
                Answer::Hangs => std::future::pending().await,
            }
        }
    }
}

/// Says one thing to everybody.
pub fn says(reply: Reply) -> Vec<Answer> {
    vec![Answer::Says(reply)]
}

/// The words of a message.
pub fn text(event: &Event) -> &str {
    match &event.input {
        Input::Text(text) => text,
        other => panic!("no text but {other:?}"),
    }
}

pub fn button(label: &str, action: &str) -> Button {
    Button { action: action.into(), label: label.to_owned(), style: ButtonStyle::Plain }
}

pub fn commands() -> Vec<Command> {
    let command = |path: &[&str], admin: bool| Command {
        path: path.iter().map(|word| (*word).to_owned()).collect(),
        family: "Issues".to_owned(),
        summary: format!("Does {}", path.join(" ")),
        usage: path.join(" "),
        arguments: Vec::<Argument>::new(),
        admin,
    };
    vec![
        command(&["view"], false),
        command(&["comment"], false),
        command(&["connect"], false),
        command(&["admin", "allow"], true),
    ]
}
