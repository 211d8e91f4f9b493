//! The bot as a program builds it: sandbox, keys, database, listeners, and a restart.

mod ground;

use std::{sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle};
use usher::{
    Config,
    audit::{Filter, Record},
    clock::Clock,
    config::{DATA_CENTER_SCOPES, GovernanceConfig, LinkConfig, NewTools, RatesConfig},
    error::Error,
    identity::{Identity, Parts},
    jira::{Http, Limits},
    keys::KeyRing,
    start::Core,
    store::projects,
    tools,
};
use usher_chat::ChatAdapter;
use usher_sandbox::{Options, Sandbox};

use self::ground::Ground;
use super::{
    contract,
    people::{home, person},
    platform::TestPlatform,
};

/// What a test may want otherwise.
pub struct Setup {
    /// The owner's rules.
    pub governance: GovernanceConfig,
    /// Admin commands that root gives in #eng before the conversation.
    pub rules: Vec<&'static str>,
    /// Which of the sites there are.
    pub sites: Vec<&'static str>,
    /// Whether people link to the Data Center site with OAuth 2.0.
    pub data_center_oauth2: bool,
    /// Whether people grant what single tools need as well.
    pub all_scopes: bool,
    /// How long Jira may take; the program's own limit where nothing stands here.
    pub patience: Option<Duration>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            governance: GovernanceConfig {
                new_tools: NewTools::All,
                forbid: Vec::new(),
                direct: "reader".to_owned(),
                rates: RatesConfig::default(),
            },
            rules: vec!["allow contributor in #eng on DEMO,OPS"],
            sites: vec!["acme", "corp"],
            data_center_oauth2: false,
            all_scopes: false,
            patience: None,
        }
    }
}

/// Everything that a conversation needs.
pub struct House {
    /// Jira, and what the bot stands on.
    pub ground: Ground,
    /// The chat platform.
    pub platform: TestPlatform,
    patience: Option<Duration>,
    running: Option<Running>,
}

/// Jira and the clocks are the house's too.
impl std::ops::Deref for House {
    type Target = Ground;

    fn deref(&self) -> &Ground {
        &self.ground
    }
}

struct Running {
    core: Core,
    stop: watch::Sender<bool>,
    served: JoinHandle<Result<(), Error>>,
}

impl House {
    /// Starts a sandbox and the bot beside it.
    pub async fn build(setup: Setup) -> Self {
        let mut ground = Ground::lay().await;
        ground.config.owners = vec![person("root")];
        ground.config.workspaces = vec![home()];
        ground.config.governance = setup.governance;
        if setup.data_center_oauth2 {
            ground.config.sites[1].link = LinkConfig::Oauth2 {
                client_id: "usher-corp".to_owned(),
                client_secret: "usher-corp-secret".into(),
                scopes: DATA_CENTER_SCOPES.map(str::to_owned).to_vec(),
            };
        }
        if let (true, LinkConfig::Cloud { scopes, .. }) = (setup.all_scopes, &mut ground.config.sites[0].link) {
            scopes.extend(tools::table().scopes().into_iter().map(str::to_owned));
        }
        ground.config.sites.retain(|site| setup.sites.contains(&site.id.as_str()));
        let platform = TestPlatform::default();
        let pages = ground.config.public_url.as_str().trim_start_matches("http://").trim_end_matches('/');
        platform.call(pages, "usher.example.org");
        let mut house = Self { ground, platform, patience: setup.patience, running: None };
        house.run().await;
        house
    }

    async fn run(&mut self) {
        let listeners = self.ground.listeners();
        let mut core = self.ground.open().await;
        if let Some(total) = self.patience {
            let clock: Arc<dyn Clock> = self.ground.clock.clone();
            core.identity = impatient(&core, &self.ground.config, &clock, total);
        }
        let (stop, _) = watch::channel(false);
        let adapters: Vec<Arc<dyn ChatAdapter>> = vec![Arc::new(self.platform.clone())];
        let served = tokio::spawn({
            let (core, stop) = (core.clone(), stop.clone());
            async move { core.serve(adapters, listeners, stop).await }
        });
        self.platform.ready().await;
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
        served.await.unwrap().unwrap();
    }

    /// From now on nobody listens where Jira was.
    pub async fn jira_goes_away(&mut self) {
        let elsewhere = Sandbox::start(Options::default()).await.unwrap();
        std::mem::replace(&mut self.ground.jira, elsewhere).stop().await;
    }

    /// The parts that run now.
    pub fn core(&self) -> &Core {
        &self.running.as_ref().expect("it is running").core
    }

    /// Waits until the projects that a new link reaches are known.
    pub async fn learns(&self, who: &str, site: &str) {
        let project = if site == "acme" { "DEMO" } else { "OPS" }.parse().unwrap();
        let known = || self.core().store.read(|reader| projects::sites_with_project(reader, &person(who), &project));
        while !known().unwrap().iter().any(|known| known.as_str() == site) {
            tokio::task::yield_now().await;
        }
    }

    /// An issue as the sandbox has it.
    pub fn issue(&self, key: &str) -> serde_json::Value {
        self.jira.issue(key).unwrap_or_else(|| panic!("no issue {key}"))
    }

    /// What was asked of Jira since the calls were cleared, as `GET issue/DEMO-1`.
    pub fn calls(&self) -> Vec<String> {
        let calls = self.jira.calls().into_iter().filter(|call| matches!(call.host, "api" | "dc"));
        let short =
            |path: &str| path.split_once("/rest/api/").map_or_else(|| path.to_owned(), |(_, p)| p[2..].to_owned());
        calls.map(|call| format!("{} {}", call.method, short(&call.path))).collect()
    }

    /// The audit's rows as `person tool verdict`, oldest first, from that row on. What was reviewed by itself at the
    /// start has a row for each tool there is, and does not count.
    pub fn trail(&self, from: usize) -> Vec<String> {
        let by_itself = |row: &Record| row.kind == "policy" && row.person.is_none();
        self.rows()
            .iter()
            .filter(|row| !by_itself(row))
            .skip(from)
            .map(|row| {
                let who = row.person.as_deref().and_then(|person| person.split_once(':')).map_or("-", |(_, name)| name);
                let what = row.tool.as_deref().filter(|_| row.kind != "policy").unwrap_or(&row.kind);
                let issue = row.issue.as_deref().map(|issue| format!(" {issue}")).unwrap_or_default();
                format!("{who} {what} {}{issue}", row.verdict)
            })
            .collect()
    }

    /// All rows of the audit.
    pub fn rows(&self) -> Vec<Record> {
        self.core().audit.list(&Filter::default()).unwrap()
    }

    /// What must hold at the end of every conversation.
    pub async fn end(mut self) {
        let unread = self.platform.unread();
        assert!(unread.is_empty(), "nobody read this:\n{unread}");
        let rows = self.rows();
        for row in &rows {
            let write = row.kind == "decision" && row.verdict == "allow" && row.access.as_deref() != Some("read");
            let outcomes = rows.iter().filter(|other| other.kind == "outcome" && other.about == Some(row.seq)).count();
            assert_eq!(outcomes, usize::from(write), "outcomes of row {row:?}");
        }
        self.core().audit.verify(None).unwrap();
        let broken = contract::broken(&self.jira.calls());
        assert!(broken.is_empty(), "Jira has no such requests: {broken:#?}");
        self.stop().await;
    }
}

/// An identity whose Jira clients give up sooner.
fn impatient(core: &Core, config: &Config, clock: &Arc<dyn Clock>, total: Duration) -> Identity {
    let (_, sites) = usher::start::sites(config, clock).unwrap();
    Identity::new(Parts {
        store: core.store.clone(),
        audit: core.audit.clone(),
        clock: clock.clone(),
        keys: KeyRing::load(&config.key_file).unwrap(),
        http: Http::with_limits(Limits { total, ..Limits::default() }).unwrap(),
        sites,
        public_url: config.public_url.clone(),
    })
}
