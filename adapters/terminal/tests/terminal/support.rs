//! A bot that answers as it is told to, and a terminal in front of it.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines},
    sync::{Notify, Semaphore, watch},
    task::JoinHandle,
};
use usher_chat::{
    AdapterError, Audience, Button, Card, ChatAdapter, ChatHandler, Choice, Choices, Completing, Completion, Event,
    Fact, Field, FieldKind, File, Form, Host, Input, Link, PassingMemory, Reply, Responder,
};
use usher_terminal::{Mode, Terminal, TerminalOptions};

/// The bot.
pub struct Bot {
    pub events: Mutex<Vec<Event>>,
    /// `wait` takes one of these before it answers.
    pub gate: Semaphore,
    /// Told whenever `wait` begins to wait.
    pub waiting: Notify,
}

impl Default for Bot {
    fn default() -> Self {
        Self { events: Mutex::default(), gate: Semaphore::new(0), waiting: Notify::new() }
    }
}

fn button(id: &str, label: &str) -> Button {
    Button { action: id.into(), label: label.into(), style: usher_chat::ButtonStyle::Plain }
}

#[async_trait]
impl ChatHandler for Bot {
    async fn handle(&self, event: Event, back: Arc<dyn Responder>) {
        self.events.lock().push(event.clone());
        let text = match &event.input {
            Input::Text(text) => text.clone(),
            Input::Press { action } => format!("pressed {action}"),
            Input::Submit { form, fields } => format!("submitted {form} {fields:?}"),
            Input::Complete(Completing::Line(line)) => {
                let ways = ["view", "find"].map(|value| Completion { value: value.into(), label: String::new() });
                let ways = ways.into_iter().filter(|_| line.starts_with("jira")).collect();
                return back.complete(ways).await.unwrap();
            }
            other => format!("{other:?}"),
        };
        let replies = match text.split(' ').next().unwrap_or_default() {
            "nothing" => vec![],
            "twice" => vec![Reply::private("one"), Reply::public("two")],
            "everything" => vec![everything()],
            "panic" => panic!("as asked"),
            "wait" => {
                self.waiting.notify_one();
                self.gate.acquire().await.unwrap().forget();
                vec![Reply::public(text)]
            }
            _ => vec![Reply { audience: Audience::Everyone, ..Reply::private(text) }],
        };
        for reply in replies {
            back.reply(reply).await.unwrap();
        }
    }
}

/// A reply with something of everything.
pub fn everything() -> Reply {
    let fact = |name: &str, value: &str| Fact { name: name.into(), value: value.into() };
    let field = |name: &str, kind, required, options: &[&str]| Field {
        name: name.to_lowercase(),
        label: name.into(),
        kind,
        required,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        value: None,
        hint: None,
    };
    Reply {
        cards: vec![Card {
            key: "WEB-12".into(),
            title: "Login fails on Safari".into(),
            url: Some("https://acme.example/browse/WEB-12".into()),
            facts: vec![fact("Type", "Bug"), fact("Status", "In Progress"), fact("Assignee", "Grace")],
            ..Card::default()
        }],
        buttons: vec![button("b1", "Status"), button("b2", "Assign to me")],
        links: vec![
            Link { label: "Open in Jira".into(), url: "https://acme.example/browse/WEB-12".into() },
            Link { label: "Bad".into(), url: "javascript:alert(1)".into() },
        ],
        choices: Some(Choices {
            label: "Which one?".into(),
            entries: vec![Choice { action: "c1".into(), label: "Ready".into(), note: None }],
        }),
        form: Some(Form {
            id: "f1".into(),
            title: "One more thing".into(),
            fields: vec![
                field("Browser", FieldKind::Choice, true, &["Chrome", "Firefox"]),
                field("Why", FieldKind::Line, false, &[]),
            ],
        }),
        files: vec![File {
            name: "shot.png".into(),
            media_type: "image/png".into(),
            alt: Some("the login page".into()),
            content: vec![0; 1234].into(),
        }],
        ..Reply::private("Here it is")
    }
}

/// A terminal that is being used.
pub struct Session {
    pub bot: Arc<Bot>,
    pub terminal: Terminal,
    input: Option<DuplexStream>,
    output: Lines<BufReader<DuplexStream>>,
    stop: watch::Sender<bool>,
    running: JoinHandle<Result<(), AdapterError>>,
}

impl Session {
    pub fn start(options: TerminalOptions) -> Self {
        let (input, to_terminal) = tokio::io::duplex(64 * 1024);
        let (from_terminal, output) = tokio::io::duplex(64 * 1024);
        let terminal = Terminal::with_io(options, to_terminal, from_terminal);
        let bot = Arc::new(Bot::default());
        let (stop, stopping) = watch::channel(false);
        let handler: Arc<dyn ChatHandler> = bot.clone();
        let host = Host::new(handler, Arc::<PassingMemory>::default(), move || {
            let mut stopping = stopping.clone();
            Box::pin(async move {
                if stopping.wait_for(|stop| *stop).await.is_err() {
                    std::future::pending().await
                }
            })
        });
        let served = terminal.clone();
        let running = tokio::spawn(async move { served.run(host).await });
        Self { bot, terminal, input: Some(input), output: BufReader::new(output).lines(), stop, running }
    }

    pub fn jsonl() -> Self {
        Self::start(options(Mode::JsonLines))
    }

    pub async fn send(&mut self, line: &str) {
        self.send_bytes(format!("{line}\n").as_bytes()).await;
    }

    pub async fn send_bytes(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).await.unwrap();
    }

    pub async fn line(&mut self) -> String {
        self.output.next_line().await.unwrap().unwrap()
    }

    /// Lines up to and with the `done` of line `number`.
    pub async fn until_done(&mut self, number: u64) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line().await;
            let value: Value = serde_json::from_str(&line).unwrap();
            lines.push(line);
            if value["event"] == "done" && value["line"] == number {
                return lines;
            }
        }
    }

    pub fn close_input(&mut self) {
        self.input = None;
    }

    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Ends the input, and returns everything that was still said.
    pub async fn finish(mut self) -> (Result<(), AdapterError>, String) {
        self.close_input();
        let result = (&mut self.running).await.unwrap();
        drop(self.terminal);
        let mut rest = String::new();
        self.output.into_inner().read_to_string(&mut rest).await.unwrap();
        (result, rest)
    }

    /// Drops the reading end.
    pub async fn hang_up(self) -> Result<(), AdapterError> {
        drop(self.output);
        let _input = self.input;
        self.running.await.unwrap()
    }
}

pub fn options(mode: Mode) -> TerminalOptions {
    TerminalOptions {
        mode,
        people: vec!["ada".into(), "grace".into()],
        admins: vec!["root".into()],
        roles: BTreeMap::from([("grace".into(), vec!["dev".into()])]),
        channels: vec!["eng".into(), "general".into()],
        public_url: "http://127.0.0.1:8080".into(),
        ..TerminalOptions::default()
    }
}
