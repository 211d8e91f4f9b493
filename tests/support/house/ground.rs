//! What every bot of the tests stands on: a sandbox, keys, a database, addresses, and two clocks that move together.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use secrecy::SecretString;
use tokio::net::TcpListener;
use usher::{
    Config,
    clock::{Clock, ManualClock},
    config::{GovernanceConfig, LinkConfig, NewTools, RatesConfig, SCOPES, SiteConfig},
    jira::Signer,
    keys::KeyRing,
    start::{Core, Listeners, StartError, redirect_url},
    store::StoreError,
};
use usher_sandbox::{DcConsumer, Options, Sandbox};

/// When every conversation begins.
const START: &str = "2026-11-22T10:00:00Z";

/// What a bot stands on, over as many runs as a test wants.
pub struct Ground {
    /// Jira.
    pub jira: Sandbox,
    /// What the bot is set to. Nobody owns it yet and no workspace is admitted.
    pub config: Config,
    /// The bot's clock.
    pub clock: Arc<ManualClock>,
    /// Held open over restarts, so that nobody else takes the addresses meanwhile.
    sockets: [std::net::TcpListener; 2],
    _folder: tempfile::TempDir,
}

impl Ground {
    /// Starts a sandbox and prepares the rest, with both sites.
    pub async fn lay() -> Self {
        let start = START.parse().unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let key = rsa_key();
        let signer = Signer::new("usher", &key, clock.clone()).unwrap();
        let jira = Sandbox::start(Options {
            clock: usher_sandbox::Clock::at(start),
            dc_consumer: DcConsumer { public_key_pem: Some(signer.public_key()), ..DcConsumer::default() },
            ..Options::default()
        })
        .await
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let sockets = [(); 2].map(|()| std::net::TcpListener::bind("127.0.0.1:0").unwrap());
        let config = config(folder.path(), &sockets, &jira, key);
        KeyRing::create(&config.key_file).unwrap();
        for site in &config.sites {
            jira.add_redirect_uri(redirect_url(&config.public_url, &site.id));
        }
        Self { jira, config, clock, sockets, _folder: folder }
    }

    /// Opens the bot's parts. What the last run still had to do in the background may hold the database for a moment.
    pub fn open(&self) -> impl Future<Output = Core> + Send + use<> {
        let (config, clock): (Config, Arc<dyn Clock>) = (self.config.clone(), self.clock.clone());
        let opened = async move {
            loop {
                match Core::open(&config, clock.clone()).await {
                    Err(StartError::Store(StoreError::InUse { .. })) => tokio::task::yield_now().await,
                    opened => return opened.unwrap(),
                }
            }
        };
        async { tokio::time::timeout(Duration::from_secs(20), opened).await.expect("the last run has let go") }
    }

    /// Listens for a run.
    pub fn listeners(&self) -> Listeners {
        let [public, ops] = &self.sockets;
        let listener = |socket: &std::net::TcpListener| {
            let socket = socket.try_clone().unwrap();
            socket.set_nonblocking(true).unwrap();
            TcpListener::from_std(socket).unwrap()
        };
        Listeners { public: listener(public), ops: listener(ops) }
    }

    /// Moves both clocks.
    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
        self.jira.advance(by);
    }
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

fn config(
    folder: &std::path::Path,
    [public, ops]: &[std::net::TcpListener; 2],
    jira: &Sandbox,
    private_key: SecretString,
) -> Config {
    let (listen, ops_listen) = (public.local_addr().unwrap(), ops.local_addr().unwrap());
    let acme = SiteConfig::new(
        "acme".parse().unwrap(),
        jira.cloud_url().parse().unwrap(),
        LinkConfig::Cloud {
            client_id: "usher-sandbox".to_owned(),
            client_secret: SecretString::from("usher-sandbox-secret"),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            auth_url: jira.auth_url().parse().unwrap(),
            api_url: jira.api_url().parse().unwrap(),
        },
    );
    let corp = SiteConfig::new(
        "corp".parse().unwrap(),
        jira.dc_url().parse().unwrap(),
        LinkConfig::Oauth1 { consumer_key: "usher".to_owned(), private_key },
    );
    Config {
        public_url: format!("http://{listen}").parse().unwrap(),
        listen,
        ops_listen,
        data_dir: folder.join("data"),
        key_file: folder.join("usher.key"),
        owners: Vec::new(),
        workspaces: Vec::new(),
        governance: GovernanceConfig {
            new_tools: NewTools::All,
            forbid: Vec::new(),
            direct: "reader".to_owned(),
            rates: RatesConfig::default(),
        },
        terminal: None,
        discord: None,
        telegram: None,
        sites: vec![acme, corp],
        log_json: false,
    }
}
