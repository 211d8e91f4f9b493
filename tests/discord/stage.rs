//! A server on Discord with people in it, and the bot that serves it.

use std::{sync::Arc, time::Duration};

use discord_stand_in::{Channel, DiscordServer, Guild, Id, Person, Seat, Seen};
use secrecy::SecretString;
use tokio::{sync::watch, task::JoinHandle};
use usher::{
    actions::answer_to,
    audit::Filter,
    error::Error,
    start::Core,
    store::{self, projects},
};
use usher_chat::{ChatAdapter, MessageRef, Place, Platform, Workspace};
use usher_discord::{Discord, DiscordOptions, Mode};

use crate::ground::Ground;

/// No answer takes longer, unless something hangs.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a test may want otherwise.
pub struct Setup {
    /// How the adapter is set up.
    pub discord: DiscordOptions,
    /// Intents that the developer portal has switched on.
    pub portal: u64,
    /// Admin commands that root gives in #eng before the conversation, without `admin`.
    pub rules: Vec<&'static str>,
}

/// Everything that a conversation needs.
pub struct Stage {
    /// Discord.
    pub discord: DiscordServer,
    /// Jira, and what the bot stands on.
    pub ground: Ground,
    /// The admitted server.
    pub guild: Guild,
    /// Where `contributor` is allowed on DEMO and OPS.
    pub eng: Channel,
    /// Where nothing more than everywhere is allowed.
    pub general: Channel,
    /// Members of the server; root owns the bot.
    pub ada: Person,
    pub grace: Person,
    pub linus: Person,
    pub root: Person,
    options: DiscordOptions,
    running: Option<Running>,
}

struct Running {
    core: Core,
    stop: watch::Sender<bool>,
    served: JoinHandle<Result<(), Error>>,
}

/// A conversation with a bot that has just been set up.
pub async fn conversation(talk: impl AsyncFnOnce(&mut Stage)) {
    conversation_with(|_| {}, talk).await;
}

/// The same with a setup of the test's own.
pub async fn conversation_with(change: impl FnOnce(&mut Setup), talk: impl AsyncFnOnce(&mut Stage)) {
    let discord = DiscordServer::start().await;
    let mut setup =
        Setup { discord: options(&discord), portal: 0, rules: vec!["allow tools:contributor in:#eng on:DEMO,OPS"] };
    change(&mut setup);
    discord.enable(setup.portal);
    let mut stage = Stage::build(discord, setup.discord).await;
    for rule in &setup.rules {
        let said = stage.root.at(&stage.eng).slash(&format!("/jira-admin {rule}")).reply().await;
        assert!(said.content().contains(" may now use "), "{rule}: {said}");
    }
    talk(&mut stage).await;
    stage.end().await;
}

/// The adapter as an administrator would set it up.
pub fn options(discord: &DiscordServer) -> DiscordOptions {
    DiscordOptions {
        token: SecretString::from(discord.token()),
        application_id: discord.application_id().to_string(),
        public_key: Some(discord.public_key().to_owned()),
        api_url: Some(discord.api_url().parse().unwrap()),
        mode: Mode::Gateway,
        message_content: false,
        dev_guild: None,
    }
}

impl Stage {
    async fn build(discord: DiscordServer, options: DiscordOptions) -> Self {
        let mut ground = Ground::lay().await;
        let guild = discord.guild("Engine Works");
        let (eng, general) = (guild.channel("eng"), guild.channel("general"));
        let [ada, grace, linus, root] =
            [("ada", "Ada"), ("grace", "Grace"), ("linus", "Linus"), ("root", "Root")].map(|(name, display)| {
                let person = discord.person(name, display);
                guild.add(&person);
                person
            });
        // Administrators let everyone see the admin commands, so that who may use them is up to the bot.
        discord.open_command("jira-admin");
        ground.config.owners = vec![format!("discord:{}", root.id()).parse().unwrap()];
        ground.config.workspaces = vec![format!("discord:{}", guild.id()).parse().unwrap()];
        if options.mode == Mode::Http {
            discord.post_interactions_to(format!("http://{}/discord/interactions", address(&ground)));
        }
        let mut stage = Self { discord, ground, guild, eng, general, ada, grace, linus, root, options, running: None };
        stage.run().await;
        stage
    }

    async fn run(&mut self) {
        let listeners = self.ground.listeners();
        let core = self.ground.open().await;
        let (stop, _) = watch::channel(false);
        let adapter = Discord::new(self.options.clone()).unwrap();
        let adapters: Vec<Arc<dyn ChatAdapter>> = vec![Arc::new(adapter)];
        let served = tokio::spawn({
            let (core, stop) = (core.clone(), stop.clone());
            async move { core.serve(adapters, listeners, stop).await }
        });
        self.discord.published(None).await;
        if self.options.mode == Mode::Gateway {
            self.discord.connected(1).await;
        }
        self.running = Some(Running { core, stop, served });
    }

    /// The program ends and starts again over the same folder.
    pub async fn restart(&mut self) {
        self.stop().await;
        self.run().await;
    }

    async fn stop(&mut self) {
        let Running { core, stop, served } = self.running.take().expect("it is running");
        stop.send_replace(true);
        drop(core);
        tokio::time::timeout(PATIENCE, served).await.expect("it stops").unwrap().unwrap();
    }

    /// The parts that run now.
    pub fn core(&self) -> &Core {
        &self.running.as_ref().expect("it is running").core
    }

    /// Uses a slash command and reads its one answer.
    pub async fn asks(&self, seat: &Seat, line: &str) -> String {
        self.plain(&seat.slash(line).reply().await)
    }

    /// Links somebody to the sandbox account of that name, by the real way.
    pub async fn linked(&self, who: &Person, site: &str, account: &str) {
        let begun = who.at(&self.eng).slash(&format!("/jira connect site:{site}")).reply().await;
        let code = self.approves(&begun, account).await.unwrap();
        who.direct().say(&code);
        let done = who.direct().next().await;
        assert!(done.content().starts_with("Linked: "), "{done}");
        let person = format!("discord:{}", who.id()).parse().unwrap();
        let project = if site == "acme" { "DEMO" } else { "OPS" }.parse().unwrap();
        let known = || self.core().store.read(|reader| projects::sites_with_project(reader, &person, &project));
        let learnt = async {
            while !known().unwrap().iter().any(|known| known.as_str() == site) {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, learnt).await.expect("the projects are learnt");
    }

    /// Waits until the bot knows that a card stands there, which it learns after people see it.
    pub async fn remembers(&self, channel: &Channel, card: &Seen) {
        let workspace = Workspace::new(Platform::DISCORD, self.guild.id().to_string());
        let place = Place::channel(workspace, channel.id().to_string());
        let message = MessageRef { place, id: format!("{}/{}", channel.id(), card.id()).into() };
        let known = || self.core().store.read(|reader| store::actions::get(reader, &answer_to(&message)));
        let learnt = async {
            while known().unwrap().is_none() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, learnt).await.expect("the bot remembers the card");
    }

    /// The code, or the page's words, after a walk through the pages behind a reply's first link.
    pub async fn approves(&self, reply: &Seen, account: &str) -> Result<String, String> {
        usher_terminal::Walker::new().approve(&reply.url(), account, false).await
    }

    /// Where the bot takes interactions over HTTP.
    pub fn endpoint(&self) -> String {
        format!("http://{}/discord/interactions", address(&self.ground))
    }

    /// The audit's rows as `person tool verdict`, oldest first, without what the configuration did.
    pub fn trail(&self) -> Vec<String> {
        let rows = self.core().audit.list(&Filter::default()).unwrap();
        let one = |row: &usher::audit::Record| {
            let person = row.person.clone().unwrap_or_default();
            let what = row.tool.as_deref().filter(|_| row.kind != "policy").unwrap_or(&row.kind).to_owned();
            let issue = row.issue.as_deref().map(|issue| format!(" {issue}")).unwrap_or_default();
            self.named(&format!("{person} {what} {}{issue}", row.verdict)).replace("discord:", "")
        };
        rows.iter().filter(|row| row.person.is_some()).map(one).collect()
    }

    /// What somebody sees, with names in place of this run's ids and addresses.
    pub fn plain(&self, seen: &Seen) -> String {
        self.named(&seen.to_string())
    }

    /// Words with names in place of this run's ids and addresses.
    pub fn named(&self, words: &str) -> String {
        let people = [("ada", &self.ada), ("grace", &self.grace), ("linus", &self.linus), ("root", &self.root)];
        let mut names: Vec<(Id, &str)> = people.iter().map(|(name, person)| (person.id(), *name)).collect();
        names.extend([(self.eng.id(), "eng"), (self.general.id(), "general"), (self.guild.id(), "server")]);
        let mut words = words.replace('\u{200b}', "‸").replace(address(&self.ground), "usher.example.org");
        for (address, name) in
            [(self.ground.jira.cloud_url(), "https://acme"), (self.ground.jira.dc_url(), "https://corp")]
        {
            words = words.replace(address.trim_end_matches('/'), name);
        }
        for (id, name) in names {
            words = words.replace(&id.to_string(), name);
        }
        words
    }

    /// What must hold at the end of every conversation.
    async fn end(mut self) {
        let rows = self.core().audit.list(&Filter::default()).unwrap();
        for row in &rows {
            let write = row.kind == "decision" && row.verdict == "allow" && row.access.as_deref() != Some("read");
            let outcomes = rows.iter().filter(|other| other.kind == "outcome" && other.about == Some(row.seq)).count();
            assert_eq!(outcomes, usize::from(write), "outcomes of row {row:?}");
        }
        self.core().audit.verify(None).unwrap();
        self.stop().await;
        self.discord.finish();
    }
}

/// What the bot's pages are called: `127.0.0.1:port`.
fn address(ground: &Ground) -> &str {
    ground.config.public_url.as_str().trim_start_matches("http://").trim_end_matches('/')
}
