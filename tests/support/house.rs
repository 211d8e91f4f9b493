//! The bot as a program builds it: sandbox, keys, database, listeners, and a restart.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};
use usher::{
    Config,
    audit::{Filter, Record},
    clock::{Clock, ManualClock},
    config::{GovernanceConfig, LinkConfig, NewTools, SCOPES, SiteConfig},
    error::Error,
    identity::{Identity, Parts},
    jira::{Http, Limits, Signer},
    keys::KeyRing,
    start::{Core, Listeners, StartError, redirect_url},
    store::{StoreError, projects},
};
use usher_chat::ChatAdapter;
use usher_sandbox::{DcConsumer, Options, Sandbox};

use super::{
    people::{home, person},
    platform::TestPlatform,
};

/// When every conversation begins.
const START: &str = "2026-11-22T10:00:00Z";

/// What a test may want otherwise.
pub struct Setup {
    /// The owner's rules.
    pub governance: GovernanceConfig,
    /// Admin commands that root gives in #eng before the conversation.
    pub rules: Vec<&'static str>,
    /// Which of the sites there are.
    pub sites: Vec<&'static str>,
    /// How long Jira may take; the program's own limit where nothing stands here.
    pub patience: Option<Duration>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            governance: GovernanceConfig { new_tools: NewTools::All, forbid: Vec::new(), direct: "reader".to_owned() },
            rules: vec!["allow contributor in #eng on DEMO,OPS"],
            sites: vec!["acme", "corp"],
            patience: None,
        }
    }
}

/// Everything that a conversation needs.
pub struct House {
    /// Jira.
    pub jira: Sandbox,
    /// The chat platform.
    pub platform: TestPlatform,
    config: Config,
    clock: Arc<ManualClock>,
    patience: Option<Duration>,
    running: Option<Running>,
    /// Held open over restarts, so that nobody else takes the addresses meanwhile.
    sockets: [std::net::TcpListener; 2],
    _folder: tempfile::TempDir,
}

struct Running {
    core: Core,
    stop: watch::Sender<bool>,
    served: JoinHandle<Result<(), Error>>,
}

impl House {
    /// Starts a sandbox and the bot beside it.
    pub async fn build(setup: Setup) -> Self {
        let start = START.parse().unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let key = rsa_key();
        let signer = Signer::new("usher", &key, clock.clone()).unwrap();
        let jira = Sandbox::start(Options {
            clock: usher_sandbox::Clock::at(start),
            dc_consumer: DcConsumer { public_key_pem: Some(signer.public_key().to_owned()), ..DcConsumer::default() },
            ..Options::default()
        })
        .await
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let sockets = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        let listeners = listeners(&sockets);
        let config = config(folder.path(), &listeners, &jira, key, &setup);
        KeyRing::create(&config.key_file).unwrap();
        for site in &config.sites {
            jira.add_redirect_uri(redirect_url(&config.public_url, &site.id));
        }
        let platform = TestPlatform::default();
        platform
            .call(config.public_url.as_str().trim_start_matches("http://").trim_end_matches('/'), "usher.example.org");
        let patience = setup.patience;
        let mut house = Self { jira, platform, config, clock, patience, running: None, sockets, _folder: folder };
        house.run(listeners).await;
        house
    }

    async fn run(&mut self, listeners: Listeners) {
        let clock: Arc<dyn Clock> = self.clock.clone();
        let mut core = self.open(&clock).await;
        if let Some(total) = self.patience {
            core.identity = impatient(&core, &self.config, &clock, total);
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

    /// What the last run still had to do in the background may hold the database for a moment.
    async fn open(&self, clock: &Arc<dyn Clock>) -> Core {
        let opened = async {
            loop {
                match Core::open(&self.config, clock.clone()).await {
                    Err(StartError::Store(StoreError::InUse { .. })) => tokio::task::yield_now().await,
                    opened => return opened.unwrap(),
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), opened).await.expect("the last run has let go")
    }

    /// The program ends and starts again over the same folder.
    pub async fn restart(&mut self) {
        self.stop().await;
        let listeners = listeners(&self.sockets);
        self.run(listeners).await;
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
        std::mem::replace(&mut self.jira, elsewhere).stop().await;
    }

    /// The parts that run now.
    pub fn core(&self) -> &Core {
        &self.running.as_ref().expect("it is running").core
    }

    /// Moves both clocks.
    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
        self.jira.advance(by);
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

    /// The audit's rows as `person tool verdict`, oldest first, from that row on.
    pub fn trail(&self, from: usize) -> Vec<String> {
        self.rows()
            .iter()
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

/// One key for all conversations: to make one takes seconds.
fn rsa_key() -> SecretString {
    static KEY: OnceLock<String> = OnceLock::new();
    let pem = KEY.get_or_init(|| {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
    });
    SecretString::from(pem.as_str())
}

fn listeners([public, ops]: &[std::net::TcpListener; 2]) -> Listeners {
    let listener = |socket: &std::net::TcpListener| {
        let socket = socket.try_clone().unwrap();
        socket.set_nonblocking(true).unwrap();
        TcpListener::from_std(socket).unwrap()
    };
    Listeners { public: listener(public), ops: listener(ops) }
}

fn config(
    folder: &std::path::Path,
    listeners: &Listeners,
    jira: &Sandbox,
    private_key: SecretString,
    setup: &Setup,
) -> Config {
    let (listen, ops_listen) = (listeners.public.local_addr().unwrap(), listeners.ops.local_addr().unwrap());
    let acme = SiteConfig {
        id: "acme".parse().unwrap(),
        url: jira.cloud_url().parse().unwrap(),
        link: LinkConfig::Cloud {
            client_id: "usher-sandbox".to_owned(),
            client_secret: SecretString::from("usher-sandbox-secret"),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            auth_url: jira.auth_url().parse().unwrap(),
            api_url: jira.api_url().parse().unwrap(),
        },
        ca_file: None,
    };
    let corp = SiteConfig {
        id: "corp".parse().unwrap(),
        url: jira.dc_url().parse().unwrap(),
        link: LinkConfig::Oauth1 { consumer_key: "usher".to_owned(), private_key },
        ca_file: None,
    };
    let mut sites = vec![acme, corp];
    sites.retain(|site| setup.sites.contains(&site.id.as_str()));
    Config {
        public_url: format!("http://{listen}").parse().unwrap(),
        listen,
        ops_listen,
        data_dir: folder.join("data"),
        key_file: folder.join("usher.key"),
        owners: vec![person("root")],
        workspaces: vec![home()],
        governance: setup.governance.clone(),
        terminal: None,
        discord: None,
        telegram: None,
        sites,
        log_json: false,
    }
}
