//! A whole bot that serves its pages, a sandbox behind it, and people who write to it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use telegram_stand_in::TelegramServer;
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use url::Url;
use usher::{Bot, config::LinkConfig, error::Error, identity::LinkState, start::Core};
use usher_chat::{
    ChatAdapter, ChatHandler, Event, EventId, Input, MessageRef, Names, Person, Place, Platform, Workspace,
};
use usher_telegram::{Telegram, TelegramOptions};

use super::chromium::PATIENCE;
use crate::{crowd::Ear, ground::Ground};

/// Which kind of link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    Cloud,
    DataCenter,
    DataCenterOauth1,
}

/// The bot and what is around it.
pub struct Stage {
    /// What people link here.
    pub kind: Kind,
    /// Jira, clocks, settings.
    pub ground: Ground,
    core: Core,
    bot: Bot,
    platform: Platform,
    events: AtomicU64,
    stop: watch::Sender<bool>,
    served: JoinHandle<Result<(), Error>>,
    _telegram: TelegramServer,
}

impl Stage {
    /// Starts the bot on Telegram. Those who link to Cloud come from there, the others say that they come from Discord.
    pub async fn set(kind: Kind) -> Self {
        let platform = if kind == Kind::Cloud { Platform::TELEGRAM } else { Platform::DISCORD };
        let mut ground = Ground::lay().await;
        ground.config.workspaces = vec![Workspace::new(platform.clone(), "9")];
        if kind == Kind::DataCenter {
            ground.config.sites[1].link = LinkConfig::Oauth2 {
                client_id: "usher-corp".to_owned(),
                client_secret: "usher-corp-secret".into(),
                scopes: vec!["WRITE".to_owned()],
            };
        }
        let server = TelegramServer::start().await;
        let mut options = TelegramOptions::new(server.token().into());
        options.api_url = Some(server.api_url().parse().unwrap());
        let telegram = Telegram::new(options).unwrap();
        let core = ground.open().await;
        let (stop, _) = watch::channel(false);
        let served = tokio::spawn({
            let (core, stop, listeners) = (core.clone(), stop.clone(), ground.listeners());
            let adapters: Vec<Arc<dyn ChatAdapter>> = vec![Arc::new(telegram.clone())];
            async move { core.serve(adapters, listeners, stop).await }
        });
        // Until it knows its own name it offers no link that hands the code over.
        let known = timeout(PATIENCE, async {
            while telegram.code_link("K7Q2-9XMD").is_none() {
                tokio::task::yield_now().await;
            }
        });
        known.await.expect("the bot knows its name");
        let bot = core.bot(&[]);
        Self { kind, ground, core, bot, platform, events: AtomicU64::new(0), stop, served, _telegram: server }
    }

    /// Whose pages belong to linking here.
    pub fn hosts(&self) -> Vec<Url> {
        let jira = &self.ground.jira;
        let addresses = [self.ground.config.public_url.as_str(), jira.auth_url(), jira.dc_url()];
        addresses.iter().map(|address| address.parse().unwrap()).collect()
    }

    /// The site that is linked here.
    pub fn site(&self) -> &'static str {
        if self.kind == Kind::Cloud { "acme" } else { "corp" }
    }

    /// A person of the platform's.
    pub fn person(&self, number: u64) -> Person {
        Person::new(self.platform.clone(), (1_000_000_000 + number).to_string())
    }

    /// What the workspace of that name is called on a page.
    pub fn place(&self, workspace: &str) -> String {
        match self.kind {
            Kind::Cloud => format!("Telegram, group {workspace}"),
            _ => format!("Discord, server {workspace}"),
        }
    }

    /// Somebody writes: in a channel of the workspace of that name, or in private.
    pub async fn hears(&self, person: &Person, name: &str, workspace: Option<&str>, text: &str) -> Arc<Ear> {
        let number = self.events.fetch_add(1, Ordering::Relaxed);
        let place = match workspace {
            Some(_) => Place::channel(Workspace::new(self.platform.clone(), "9"), "eng"),
            None => Place::direct(self.platform.clone()),
        };
        let event = Event {
            id: EventId::new(format!("e{number}")),
            person: person.clone(),
            names: Names { person: name.to_owned(), place: "#eng".to_owned(), workspace: workspace.map(str::to_owned) },
            message: Some(MessageRef { place: place.clone(), id: format!("m{number}").into() }),
            input: Input::Text(text.to_owned()),
            mentions: Vec::new(),
            files: Vec::new(),
            answers: None,
            private: workspace.is_none(),
            member: None,
            place,
        };
        let ear = Arc::new(Ear::default());
        self.bot.handle(event, ear.clone()).await;
        ear
    }

    /// As whom this person may act by now.
    pub fn linked(&self, person: &Person) -> Vec<String> {
        let links = self.core.identity.links(person).unwrap_or_default();
        links.into_iter().filter(|link| link.state == LinkState::Active).map(|link| link.account_name).collect()
    }

    /// Stops the bot.
    pub async fn end(self) {
        self.stop.send_replace(true);
        drop(self.served.await);
    }
}
