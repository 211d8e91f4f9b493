//! A stand-in for Telegram, many people, and a bot that repeats what it hears.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
    routing::post,
};
use secrecy::SecretString;
use telegram_stand_in::{Person, TelegramServer};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    sync::watch,
    task::JoinHandle,
    time::{Instant, MissedTickBehavior},
};
use usher::{
    keys::KeyRing,
    memory::SealedMemory,
    store::{Store, memory},
};
use usher_chat::{AdapterError, ChatAdapter, ChatHandler, Event, Host, Input, Reply, Responder};
use usher_telegram::{Telegram, TelegramOptions};

use super::measure::Samples;

/// So many people talk, in turn.
const PEOPLE: usize = 500;

/// How updates come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Polling,
    Webhook,
}

/// All that is measured.
pub struct World {
    telegram: TelegramServer,
    people: Vec<Person>,
    said: AtomicUsize,
    stop: watch::Sender<bool>,
    served: JoinHandle<Result<(), AdapterError>>,
    _folder: tempfile::TempDir,
}

impl World {
    /// Starts Telegram on a runtime of its own and the adapter on this one.
    pub async fn new(runtime: &Runtime, way: Way) -> Self {
        let telegram = runtime.spawn(TelegramServer::start()).await.expect("a task");
        let people: Vec<Person> = (0..PEOPLE).map(|number| telegram.person(&format!("person{number}"))).collect();
        people.iter().for_each(|person| drop(person.opens()));
        telegram.forget_updates();
        let (folder, store) = store();
        let pages = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = pages.local_addr().expect("its address");
        let adapter = Telegram::new(TelegramOptions {
            api_url: Some(telegram.api_url().parse().expect("an address")),
            webhook: way == Way::Webhook,
            public_url: Some(format!("http://{address}").parse().expect("an address")),
            per_second: 0,
            ..TelegramOptions::new(SecretString::from(telegram.token()))
        });
        let adapter: Arc<dyn ChatAdapter> = Arc::new(adapter.expect("an adapter"));
        let (stop, _) = watch::channel(false);
        if way == Way::Webhook {
            let router = Router::new().route("/telegram/webhook", post(hand)).with_state(adapter.clone());
            tokio::spawn(usher::web::serve(pages, router, std::future::pending()));
        }
        let stopping = stop.clone();
        let memory = SealedMemory::new(store, KeyRing::generate().expect("random bytes"), "telegram".to_owned());
        let host = Host::new(Arc::new(Repeating), Arc::new(memory), move || {
            let mut stop = stopping.subscribe();
            Box::pin(async move { drop(stop.wait_for(|stop| *stop).await) })
        });
        let served = tokio::spawn(async move { adapter.run(host).await });
        match way {
            Way::Polling => telegram.polled().await,
            Way::Webhook => drop(telegram.hooked().await),
        }
        Self { telegram, people, said: AtomicUsize::new(0), stop, served, _folder: folder }
    }

    /// Tells so many updates at that rate; how long each took to its first request.
    pub async fn told(&self, count: usize, rate: u32) -> Vec<Duration> {
        self.telegram.forget_requests();
        let mut told = HashMap::new();
        let mut tick = tokio::time::interval(Duration::from_secs(1) / rate);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        for _ in 0..count {
            tick.tick().await;
            let number = self.said.fetch_add(1, Ordering::Relaxed);
            let text = format!("say {number}");
            let person = &self.people[number % PEOPLE];
            told.insert(text.clone(), Instant::now());
            person.writes(&text);
        }
        self.telegram.answered("sendMessage", count).await;
        let sent = self.telegram.requests_of("sendMessage");
        assert_eq!(sent.len(), count, "each update is answered once");
        sent.iter().map(|request| request.at - told.remove(request.text("text")).expect("one answer each")).collect()
    }

    /// Stops the adapter.
    pub async fn end(self) {
        self.stop.send_replace(true);
        self.served.await.expect("a task").expect("it stops well");
        assert_eq!(self.telegram.violations(), Vec::<String>::new());
    }
}

/// Hands a post of Telegram's to the adapter.
async fn hand(State(adapter): State<Arc<dyn ChatAdapter>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.expect("a whole body");
    let answer = adapter.http(axum::http::Request::from_parts(parts, bytes)).await;
    answer.expect("the adapter takes posts").map(Body::from)
}

/// How long this disk takes to make one small change durable.
pub async fn commit(times: usize) -> Samples {
    let (_folder, store) = store();
    let mut samples = Samples::default();
    for number in 0..times {
        let value = number.to_le_bytes();
        samples
            .time(async { store.write(move |tx| memory::put(tx, "bench", "key", &value)).await.expect("a commit") })
            .await;
    }
    samples
}

fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on disk");
    let store = Store::open(&folder.path().join("usher.db")).expect("a database");
    (folder, store)
}

/// Repeats what it hears.
struct Repeating;

#[async_trait]
impl ChatHandler for Repeating {
    async fn handle(&self, event: Event, responder: Arc<dyn Responder>) {
        if let Input::Text(text) = event.input {
            responder.reply(Reply::private(text)).await.expect("it is sent");
        }
    }
}
