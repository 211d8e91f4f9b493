//! A bot that answers every event with a line, and the adapter before it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use discord_stand_in::DiscordServer;
use secrecy::SecretString;
use tokio::{runtime::Runtime, sync::Notify, task::JoinHandle};
use usher_chat::{
    Argument, ArgumentKind, Button, ButtonStyle, ChatAdapter, ChatHandler, Command, Completion, Event, Host, Input,
    PassingMemory, Reply, Responder,
};
use usher_discord::{Discord, DiscordOptions, Mode};

/// No answer takes longer, unless something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// The adapter at work.
pub struct Bot {
    line: Arc<Line>,
    served: JoinHandle<()>,
}

impl Drop for Bot {
    fn drop(&mut self) {
        self.served.abort();
    }
}

impl Bot {
    /// Connects it, on a runtime of its own.
    pub async fn start(runtime: &Runtime, server: &DiscordServer) -> Self {
        let adapter = Discord::new(DiscordOptions {
            token: SecretString::from(server.token()),
            application_id: server.application_id().to_string(),
            public_key: None,
            api_url: Some(server.api_url().parse().expect("an address")),
            mode: Mode::Gateway,
            message_content: false,
            dev_guild: None,
        })
        .expect("good options");
        let line = Arc::new(Line::default());
        let handler = line.clone();
        let served = runtime.spawn(async move {
            adapter.publish(&[view()]).await.expect("a command");
            let host = Host::new(handler, Arc::<PassingMemory>::default(), || Box::pin(std::future::pending()));
            adapter.run(host).await.expect("it serves until it is aborted");
        });
        server.published(None).await;
        server.connected(1).await;
        Self { line, served }
    }

    /// Waits until so many events were answered, and returns how many were.
    pub async fn handled(&self, many: usize) -> usize {
        let answered = async {
            loop {
                let told = self.line.told.notified();
                let answered = self.line.answered.load(Ordering::Relaxed);
                if answered >= many {
                    return answered;
                }
                told.await;
            }
        };
        tokio::time::timeout(PATIENCE, answered).await.expect("every event is answered")
    }
}

fn view() -> Command {
    let key = Argument {
        name: "key".to_owned(),
        help: "The issue".to_owned(),
        required: true,
        kind: ArgumentKind::Text,
        completes: true,
    };
    Command {
        path: vec!["view".to_owned()],
        family: "Issues".to_owned(),
        summary: "Show an issue".to_owned(),
        usage: "view KEY".to_owned(),
        arguments: vec![key],
        admin: false,
    }
}

/// Answers with a line.
#[derive(Default)]
struct Line {
    answered: AtomicUsize,
    told: Notify,
}

#[async_trait]
impl ChatHandler for Line {
    async fn handle(&self, event: Event, responder: Arc<dyn Responder>) {
        let button = Button { action: "go".into(), label: "Go".to_owned(), style: ButtonStyle::Plain };
        match event.input {
            Input::Complete(_) => {
                let way = Completion { value: "DEMO-1".to_owned(), label: "DEMO-1 Write a welcome page".to_owned() };
                responder.complete(vec![way]).await.expect("a completion");
            }
            Input::Press { .. } => {
                responder.reply(Reply::private("Pressed.")).await.expect("a reply");
            }
            Input::Slash(slash) if slash.options.values().any(|value| value == "everyone") => {
                let reply = Reply { buttons: vec![button], ..Reply::public("Press it.") };
                responder.reply(reply).await.expect("a reply");
            }
            _ => {
                responder.reply(Reply::private("Seen.")).await.expect("a reply");
            }
        }
        self.answered.fetch_add(1, Ordering::Relaxed);
        self.told.notify_waiters();
    }
}
