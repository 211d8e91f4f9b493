//! `usher demo`: a sandbox Jira with a Cloud site `acme` and a Data Center site `corp`, and a chat in this terminal.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::SecretString;
use tokio::{net::TcpListener, sync::watch};
use usher::{
    Config,
    clock::{Clock, SystemClock},
    config::{GovernanceConfig, LinkConfig, NewTools, RatesConfig, SCOPES, SiteConfig},
    governance::{AdminCommand, Governance},
    ids::{Asker, Reference},
    jira::Signer,
    keys::KeyRing,
    start::{Core, Listeners, redirect_url},
    tools,
};
use usher_chat::{ChatAdapter, EventId, Member, Names, Person, Place, Platform, Workspace};
use usher_sandbox::{DcConsumer, Options, Sandbox};
use usher_terminal::{Mode, Terminal, TerminalOptions};
use uuid::Uuid;

use super::{Problem, log, serve::stop_on_signal, site};

const PEOPLE: [&str; 4] = ["ada", "grace", "linus", "root"];
const OWNER: &str = "root";
/// What everyone may do in #eng: contribute on one project of each site.
const ENG: [&str; 6] = ["allow", "contributor", "in", "eng", "on", "DEMO,OPS"];

/// Runs the demo until its input ends.
pub async fn run(jsonl: bool, data: Option<PathBuf>) -> Result<(), Problem> {
    log::start(false, true);
    let kept = Folder::new(data)?;
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let listeners = Listeners { public: TcpListener::bind(any).await?, ops: TcpListener::bind(any).await? };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);

    let private_key = site::new_rsa_key(site::BITS)?;
    let signer = Signer::new("usher", &private_key, clock.clone())?;
    let sandbox = Sandbox::start(Options {
        dc_consumer: DcConsumer { public_key_pem: Some(signer.public_key()), ..DcConsumer::default() },
        ..Options::default()
    })
    .await?;
    let config = config(&kept.0, &listeners, &sandbox, private_key)?;
    for site in &config.sites {
        sandbox.add_redirect_uri(redirect_url(&config.public_url, &site.id));
    }
    if !config.key_file.exists() {
        KeyRing::create(&config.key_file)?;
    }
    let core = Core::open(&config, clock).await?;
    let home = Workspace::new(Platform::TERMINAL, "home");
    allow_eng(&core.governance, &home).await?;

    let terminal = Terminal::new(TerminalOptions {
        mode: if jsonl { Mode::JsonLines } else { Mode::Interactive },
        demo: true,
        people: PEOPLE.map(str::to_owned).to_vec(),
        admins: vec![OWNER.to_owned()],
        channels: vec!["eng".to_owned(), "general".to_owned()],
        greeting: greeting(),
        public_url: config.public_url.to_string(),
        sandbox_people: vec!["ada".to_owned(), "grace".to_owned(), "linus".to_owned()],
        ..TerminalOptions::default()
    });
    let adapters: Vec<Arc<dyn ChatAdapter>> = vec![Arc::new(terminal)];
    let (stop, _) = watch::channel(false);
    tokio::spawn(stop_on_signal(stop.clone()));
    let ended = core.serve(adapters, listeners, stop).await;
    sandbox.stop().await;
    Ok(ended?)
}

fn greeting() -> Vec<String> {
    [
        "This is Usher with a sandbox Jira: a Cloud site, acme, and a Data Center site, corp. Nothing leaves this machine.",
        "You are ada in #eng. Three things to try:",
        "  jira view DEMO-1      shows an issue, once you are linked",
        "  jira connect acme     links you; /approve walks its page for you",
        "  jira create bug in DEMO The search box loses focus",
        "Then /as linus, /in general or /in dm, and `jira help`. Ctrl-D ends the demo.",
    ]
    .map(str::to_owned)
    .to_vec()
}

fn config(
    folder: &Path,
    listeners: &Listeners,
    sandbox: &Sandbox,
    private_key: SecretString,
) -> Result<Config, Problem> {
    let (listen, ops_listen) = (listeners.public.local_addr()?, listeners.ops.local_addr()?);
    let acme = SiteConfig::new(
        "acme".parse()?,
        sandbox.cloud_url().parse()?,
        LinkConfig::Cloud {
            client_id: "usher-sandbox".to_owned(),
            client_secret: SecretString::from("usher-sandbox-secret"),
            scopes: SCOPES.into_iter().chain(tools::table().scopes()).map(str::to_owned).collect(),
            auth_url: sandbox.auth_url().parse()?,
            api_url: sandbox.api_url().parse()?,
        },
    );
    let corp = SiteConfig::new(
        "corp".parse()?,
        sandbox.dc_url().parse()?,
        LinkConfig::Oauth1 { consumer_key: "usher".to_owned(), private_key },
    );
    Ok(Config {
        public_url: format!("http://{listen}").parse()?,
        listen,
        ops_listen,
        data_dir: folder.join("data"),
        key_file: folder.join("usher.key"),
        owners: vec![Person::new(Platform::TERMINAL, OWNER)],
        workspaces: vec![Workspace::new(Platform::TERMINAL, "home")],
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
    })
}

/// Lets everyone contribute in #eng, through the same door that an admin takes.
async fn allow_eng(governance: &Governance, home: &Workspace) -> Result<(), Problem> {
    let asker = Asker {
        person: Person::new(Platform::TERMINAL, OWNER),
        place: Place::channel(home.clone(), "eng"),
        names: Names { person: OWNER.to_owned(), place: "#eng".to_owned(), workspace: Some("home".to_owned()) },
        private: true,
        event: EventId::new(Uuid::now_v7().to_string()),
        reference: Reference::random(),
    };
    let admin = Member { present: true, admin: true, roles: Vec::new() };
    let command = AdminCommand::parse(&ENG.map(str::to_owned))?;
    let permit = governance.admit_admin(&asker, &admin, &command).await;
    let permit = permit.map_err(|_| Problem::new("The demo's owner is not its owner."))?;
    governance.command(permit, command, None).await?;
    Ok(())
}

/// The folder of keys and database. One that was not asked for is removed at the end.
struct Folder(PathBuf, bool);

impl Folder {
    fn new(data: Option<PathBuf>) -> Result<Self, Problem> {
        let ours = data.is_none();
        let path = data.unwrap_or_else(|| std::env::temp_dir().join(format!("usher-demo-{}", Uuid::new_v4().simple())));
        fs::create_dir_all(&path)?;
        #[cfg(unix)]
        if ours {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
        }
        Ok(Self(path, ours))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.1
            && let Err(error) = fs::remove_dir_all(&self.0)
        {
            tracing::warn!(%error, "the demo's folder could not be removed");
        }
    }
}
