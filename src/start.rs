//! Builds the parts from the configuration, and serves until told to stop.

use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use url::Url;
use usher_chat::{ChatAdapter, Host};

use crate::{
    actions::Actions,
    audit::{Audit, AuditKey},
    bot::Bot,
    clock::Clock,
    config::{Config, Forbidden, LinkConfig, NewTools, RatesConfig, SiteConfig},
    error::Error,
    governance::{self, Forbid, Governance, Rate, Rates, Settings, ToolFacts},
    identity::{Identity, OAuth2App, Parts, Protocol, SiteSetup},
    jira::{self, Http, Limits, Signer},
    keys::{KeyError, KeyRing},
    memory::{self, SealedMemory},
    router::Router,
    store::{Store, StoreError, events, rates},
    tools::{self, Shelves, Table},
    web,
};

/// How often what has ended is swept away.
const SWEEP: Duration = Duration::from_secs(60);
/// The longest pause between two tries to tell admins something.
const LATEST: Duration = Duration::from_secs(60 * 60);

/// How long an event's mark is kept, in seconds. Platforms repeat within minutes.
const MARKS: i64 = 7 * 24 * 60 * 60;

/// Why nothing was started: a sentence with the next step.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The keys cannot be used.
    #[error("{0}.")]
    Keys(#[from] KeyError),
    /// The database cannot be used.
    #[error("{0}.")]
    Store(#[from] StoreError),
    /// An address cannot be listened on.
    #[error(
        "`{name}` is {address}, which cannot be listened on: {}. Stop the other program or choose another port.",
        error.kind()
    )]
    Listen {
        /// The setting.
        name: &'static str,
        /// The address.
        address: SocketAddr,
        /// Why.
        error: io::Error,
    },
    /// A site's settings cannot be used.
    #[error("Site `{site}`: {problem}.")]
    Site {
        /// Which site.
        site: String,
        /// What is wrong.
        problem: String,
    },
    /// A folder cannot be made.
    #[error("The folder {} cannot be made: {error}. Set `data_dir` to one that can.", path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A part refuses its settings.
    #[error("{0}")]
    Settings(#[from] Error),
}

/// The two listeners, bound.
#[derive(Debug)]
pub struct Listeners {
    /// For people's browsers and for platforms.
    pub public: TcpListener,
    /// For whoever operates the bot.
    pub ops: TcpListener,
}

impl Listeners {
    /// Binds what the configuration names.
    ///
    /// # Errors
    /// An address that is taken or is not this machine's.
    pub async fn bind(config: &Config) -> Result<Self, StartError> {
        Ok(Self { public: bind("listen", config.listen).await?, ops: bind("ops_listen", config.ops_listen).await? })
    }
}

async fn bind(name: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|error| StartError::Listen { name, address, error })
}

/// The parts that hold state, built from the configuration.
#[derive(Debug, Clone)]
pub struct Core {
    /// The database.
    pub store: Store,
    /// The audit.
    pub audit: Audit,
    /// The decision.
    pub governance: Governance,
    /// Links and sessions.
    pub identity: Identity,
    /// The time.
    pub clock: Arc<dyn Clock>,
    keys: KeyRing,
    table: &'static Table,
}

impl Core {
    /// Opens the keys and the database and builds what rests on them, with the tools that Usher has.
    ///
    /// # Errors
    /// Whatever keeps it from starting.
    pub async fn open(config: &Config, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let keys = KeyRing::load(&config.key_file)?;
        let folder = &config.data_dir;
        std::fs::create_dir_all(folder).map_err(|error| StartError::Folder { path: folder.clone(), error })?;
        let store = Store::open_with_keys(&folder.join("usher.db"), &keys.checks())?;
        let audit = Audit::new(store.clone(), AuditKey::new(&keys));
        let table = tools::table();
        let governance =
            Governance::new(store.clone(), audit.clone(), clock.clone(), facts(table), settings(config)).await?;
        let (http, sites) = sites(config, &clock)?;
        let public_url = config.public_url.clone();
        let parts = Parts {
            store: store.clone(),
            audit: audit.clone(),
            clock: clock.clone(),
            keys: keys.clone(),
            http,
            sites,
            public_url,
        };
        Ok(Self { store, audit, governance, identity: Identity::new(parts), clock, keys, table })
    }

    /// The bot on these platforms.
    pub fn bot(&self, adapters: &[Arc<dyn ChatAdapter>]) -> Bot {
        let actions = Actions::new(self.store.clone(), self.clock.clone());
        Bot {
            router: Router::new(self.table, actions.clone()),
            governance: self.governance.clone(),
            identity: self.identity.clone(),
            actions,
            table: self.table,
            clock: self.clock.clone(),
            shelves: Shelves::default(),
            adapters: adapters.iter().map(|adapter| (adapter.platform(), adapter.clone())).collect::<HashMap<_, _>>(),
        }
    }

    /// Serves these platforms until `stop` turns true or every platform has ended. What is in flight is finished.
    ///
    /// # Errors
    /// A platform or a listener that fails.
    pub async fn serve(
        &self,
        adapters: Vec<Arc<dyn ChatAdapter>>,
        listeners: Listeners,
        stop: watch::Sender<bool>,
    ) -> Result<(), Error> {
        self.identity.resume_refreshes().await?;
        failpoint!("start.resumed");
        let bot = self.bot(&adapters);
        let ready = Arc::new(AtomicBool::new(false));
        let ops = web::Ops { store: self.store.clone(), identity: self.identity.clone(), ready: ready.clone() };
        let pages = web::router(self.identity.clone(), adapters.clone());
        let mut servers = JoinSet::new();
        servers.spawn(web::serve(listeners.public, pages, stopped(stop.subscribe())));
        // Whoever looks is told of a stop as long as it takes.
        let (gone, _) = watch::channel(false);
        servers.spawn(web::serve(listeners.ops, web::ops(ops), stopped(gone.subscribe())));
        let mut chores = JoinSet::new();
        chores.spawn(sweep(self.clone(), bot.actions.clone()));
        chores.spawn(tell_news(bot.clone()));
        let commands = bot.router.commands();
        let mut platforms = JoinSet::new();
        for adapter in adapters {
            if let Err(error) = adapter.publish(&commands).await {
                tracing::warn!(platform = %adapter.platform(), %error, "commands could not be published");
            }
            let memory = SealedMemory::new(self.store.clone(), self.keys.clone(), adapter.platform().to_string());
            let stopping = stop.clone();
            let host =
                Host::new(Arc::new(bot.clone()), Arc::new(memory), move || Box::pin(stopped(stopping.subscribe())));
            platforms.spawn(async move { adapter.run(host).await });
        }
        chores.spawn(tell_of_waiting_tools(bot.clone()));
        chores.spawn(seal_anew(self.clone()));
        failpoint!("start.ready");
        ready.store(true, Ordering::Release);
        chores.spawn({
            let (stopping, ready) = (stopped(stop.subscribe()), ready.clone());
            async move {
                stopping.await;
                ready.store(false, Ordering::Release);
            }
        });
        let mut result = Ok(());
        while let Some(ended) = platforms.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(error)) => result = Err(Error::internal(error)),
                Err(error) => result = Err(Error::internal(error)),
            }
        }
        ready.store(false, Ordering::Release);
        stop.send_replace(true);
        gone.send_replace(true);
        while let Some(ended) = servers.join_next().await {
            if let Ok(Err(error)) = ended {
                result = Err(Error::internal(error));
            }
        }
        chores.abort_all();
        result
    }
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // A sender that is gone means the same.
    if stop.wait_for(|stop| *stop).await.is_err() {
        tracing::debug!("nobody is left to say stop");
    }
}

/// After `usher keys rotate`, what older keys have sealed is brought under the new one, beside everything else.
async fn seal_anew(core: Core) {
    match core.identity.seal_anew().await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "credentials were sealed with the active key"),
        Err(error) => tracing::warn!(%error, "older credentials could not be sealed with the active key"),
    }
    match memory::seal_anew(&core.store, &core.keys).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "what adapters keep was sealed with the active key"),
        Err(error) => tracing::warn!(%error, "what adapters keep could not be sealed with the active key"),
    }
}

async fn sweep(core: Core, actions: Actions) {
    loop {
        tokio::time::sleep(SWEEP).await;
        if let Err(error) = core.identity.sweep().await {
            tracing::warn!(%error, "ended links could not be swept away");
        }
        if let Err(error) = actions.sweep().await {
            tracing::warn!(%error, "ended buttons could not be swept away");
        }
        let before = core.clock.seconds() - MARKS;
        if let Err(error) = core.store.write(move |tx| events::forget_before(tx, before)).await {
            tracing::warn!(%error, "old marks of events could not be swept away");
        }
        let now = core.clock.now().as_millisecond();
        if let Err(error) = core.store.write(move |tx| rates::sweep(tx, now)).await {
            tracing::warn!(%error, "what people have used could not be swept away");
        }
        if let Err(error) = core.audit.close_folds(now).await {
            tracing::warn!(%error, "repeated refusals could not be counted");
        }
    }
}

/// Tells admins of tools that have begun to wait with this start. Those who cannot be reached yet are told later.
async fn tell_of_waiting_tools(bot: Bot) {
    let mut pause = Duration::from_secs(1);
    loop {
        match bot.tell_of_waiting_tools().await {
            Ok(true) => return,
            Ok(false) => tracing::debug!("some admins could not be told of the tools that wait"),
            Err(error) => tracing::warn!(%error, "admins could not be told of the tools that wait"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LATEST);
    }
}

async fn tell_news(bot: Bot) {
    let Some(mut news) = bot.identity.notices() else { return };
    while let Some((person, draft)) = news.recv().await {
        if let Err(error) = bot.tell(&person, draft).await {
            tracing::warn!(%person, %error, "news could not be told");
        }
    }
}

/// What decides, beside the process that runs the bot: for commands that read or change the policy.
///
/// # Errors
/// The database cannot be read.
pub fn governance_beside(
    config: &Config,
    store: Store,
    audit: Audit,
    clock: Arc<dyn Clock>,
) -> Result<Governance, Error> {
    Governance::beside(store, audit, clock, facts(tools::table()), settings(config))
}

/// The governance rows of the tools.
pub fn facts(table: &Table) -> Vec<ToolFacts> {
    table
        .iter()
        .map(|entry| ToolFacts {
            name: entry.tool_name(),
            access: entry.access,
            flags: entry.flags,
            summary: entry.summary(),
            digest: entry.digest(),
        })
        .collect()
}

fn settings(config: &Config) -> Settings {
    let mut forbid = Forbid::default();
    for forbidden in &config.governance.forbid {
        match forbidden {
            Forbidden::Class(class) => forbid.classes.insert(*class),
            Forbidden::Flag(flag) => forbid.flags.insert(flag.clone()),
            Forbidden::Tool(tool) => forbid.tools.insert(tool.clone()),
        };
    }
    Settings {
        owners: config.owners.clone(),
        workspaces: config.workspaces.clone(),
        new_tools: match config.governance.new_tools {
            NewTools::Read => governance::NewTools::Read,
            NewTools::All => governance::NewTools::All,
            NewTools::None => governance::NewTools::None,
        },
        forbid,
        direct: config.governance.direct.clone(),
        sites: config.sites.iter().map(|site| site.id.clone()).collect(),
        rates: {
            let rate = |rate: Option<(u32, u32)>| rate.map(|(calls, per)| Rate { calls, per });
            let RatesConfig { read, write, destructive, points: _ } = config.governance.rates;
            Rates { read: rate(read), write: rate(write), destructive: rate(destructive) }
        },
    }
}

/// The configured sites, and the HTTP clients that reach them.
///
/// # Errors
/// A certificate or a key that cannot be used.
pub fn sites(config: &Config, clock: &Arc<dyn Clock>) -> Result<(Http, Vec<SiteSetup>), StartError> {
    let limits = Limits { points: config.governance.rates.points, ..Limits::default() };
    let mut http = Http::with_limits(limits).map_err(|error| Error::internal(error.to_string()))?;
    let mut sites = Vec::new();
    for site in &config.sites {
        let refused = addresses(site).into_iter().find(|url| jira::is_refused(url));
        if let Some(url) = refused {
            let host = url.host_str().unwrap_or_default();
            let problem = format!("{host} is where a cloud tells a machine its own credentials, and no Jira is there");
            return Err(StartError::Site { site: site.id.to_string(), problem });
        }
        if let Some(file) = &site.ca_file {
            let problem = |error: String| StartError::Site { site: site.id.to_string(), problem: error };
            let pem = std::fs::read(file)
                .map_err(|error| problem(format!("`ca_file` {} cannot be read: {error}", file.display())))?;
            http = http.with_ca(site.id.clone(), &pem).map_err(|error| problem(error.to_string()))?;
        }
        sites.push(SiteSetup { id: site.id.clone(), url: site.url.clone(), protocol: protocol(site, clock)? });
    }
    Ok((http, sites))
}

/// Every address of a site that is called.
fn addresses(site: &SiteConfig) -> Vec<&Url> {
    match &site.link {
        LinkConfig::Cloud { auth_url, api_url, .. } => vec![&site.url, auth_url, api_url],
        LinkConfig::Oauth1 { .. } | LinkConfig::Oauth2 { .. } => vec![&site.url],
    }
}

fn protocol(site: &SiteConfig, clock: &Arc<dyn Clock>) -> Result<Protocol, StartError> {
    Ok(match &site.link {
        LinkConfig::Cloud { client_id, client_secret, scopes, auth_url, api_url } => Protocol::OAuth2Cloud(OAuth2App {
            client_id: client_id.clone(),
            client_secret: client_secret.clone().into(),
            scopes: scopes.clone(),
            auth_url: auth_url.clone(),
            api_url: api_url.clone(),
        }),
        LinkConfig::Oauth2 { client_id, client_secret, scopes } => Protocol::OAuth2DataCenter(OAuth2App {
            client_id: client_id.clone(),
            client_secret: client_secret.clone().into(),
            scopes: scopes.clone(),
            auth_url: site.url.clone(),
            api_url: site.url.clone(),
        }),
        LinkConfig::Oauth1 { consumer_key, private_key } => {
            let signer = Signer::new(consumer_key, private_key, clock.clone()).map_err(|error| StartError::Site {
                site: site.id.to_string(),
                problem: error.to_string().trim_end_matches('.').to_owned(),
            })?;
            Protocol::OAuth1(Arc::new(signer))
        }
    })
}

/// The redirect URL to register for a site.
pub fn redirect_url(public_url: &Url, site: &crate::ids::SiteId) -> String {
    format!("{}/oauth/callback/{site}", public_url.as_str().trim_end_matches('/'))
}
