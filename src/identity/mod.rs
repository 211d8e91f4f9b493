//! Who a chat person is in Jira: linking, the tokens that come of it, and sessions that act with them.
//!
//! A link ties a person to an account on a site. It is made in two ways, and both end with a code that the same person
//! sends in private: whoever approved in Jira and whoever asked in chat must be one and the same.

mod answer;
mod arrive;
mod attempt;
mod brake;
mod check;
mod codes;
mod commands;
mod confirm;
mod connect;
mod counts;
mod credential;
mod ending;
mod groups;
mod links;
mod oauth1;
mod oauth2;
mod page;
mod reach;
mod record;
mod refresh;
mod rekey;
mod renewal;
mod session;
mod sites;
mod words;

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use parking_lot::Mutex;
use tokio::sync::mpsc;
use url::Url;
use zeroize::Zeroizing;

pub use answer::{Answer, LinkView, NoSession, Notice, Resume};
pub use check::{Finding, Verdict, check_site};
pub use codes::{Candidate, candidate};
pub use commands::{AccountCommand, Connect, Disconnect};
pub use counts::Counts;
pub use ending::remove_link;
pub use links::list_links;
pub use page::{Approved, Arrival, ConnectPage, Departure, PageError};
pub use renewal::missing_scopes;
pub use session::{Colleagues, Session};
pub use sites::{ClientSecret, OAuth2App, Protocol, SiteChoice, SiteSetup};
pub use words::platform_name;

pub use crate::store::links::LinkState;
use crate::{
    audit::Audit,
    clock::Clock,
    error::Error,
    ids::SiteId,
    jira::Http,
    keys::KeyRing,
    memory::SealedMemory,
    store::{
        Store, StoreError,
        attempts::{self, AttemptRow},
        links::{LinkId, LinkRow},
    },
};

/// What the hashes of codes are for.
const CODE: &str = "link code";

/// What identity is built from.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Where link events are recorded.
    pub audit: Audit,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The keys that seal.
    pub keys: KeyRing,
    /// The HTTP clients, one for each site that needs its own.
    pub http: Http,
    /// The configured sites, in the order in which they are offered.
    pub sites: Vec<SiteSetup>,
    /// Where the pages are reached from outside.
    pub public_url: Url,
}

/// Chat people and their Jira accounts. Clones share one state.
#[derive(Clone)]
pub struct Identity {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    audit: Audit,
    clock: Arc<dyn Clock>,
    keys: KeyRing,
    http: Http,
    sites: Vec<SiteSetup>,
    public_url: Url,
    counts: Counts,
    brake: brake::Brake,
    groups: groups::Groups,
    flights: Mutex<HashMap<LinkId, refresh::Flight>>,
    unsaved: Mutex<HashMap<LinkId, refresh::Unsaved>>,
    asked_again: Mutex<HashSet<LinkId>>,
    news: mpsc::UnboundedSender<Notice>,
    reader: Mutex<Option<mpsc::UnboundedReceiver<Notice>>>,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("public_url", &self.inner.public_url.as_str()).finish_non_exhaustive()
    }
}

impl Identity {
    /// Puts the parts together. Nothing is called.
    pub fn new(parts: Parts) -> Self {
        let (news, reader) = mpsc::unbounded_channel();
        Self {
            inner: Arc::new(Inner {
                store: parts.store,
                audit: parts.audit,
                clock: parts.clock,
                keys: parts.keys,
                http: parts.http,
                sites: parts.sites,
                public_url: parts.public_url,
                counts: Counts::default(),
                brake: brake::Brake::default(),
                groups: groups::Groups::default(),
                flights: Mutex::default(),
                unsaved: Mutex::default(),
                asked_again: Mutex::default(),
                news,
                reader: Mutex::new(Some(reader)),
            }),
        }
    }

    /// Where the pages are reached from outside.
    pub fn public_url(&self) -> &Url {
        &self.inner.public_url
    }

    /// The configured sites.
    pub fn sites(&self) -> &[SiteSetup] {
        &self.inner.sites
    }

    /// One of them.
    pub fn site(&self, id: &SiteId) -> Option<&SiteSetup> {
        self.inner.sites.iter().find(|site| site.id == *id)
    }

    /// The redirect URL to register for a site.
    pub fn redirect_url(&self, site: &SiteId) -> Url {
        sites::below(&self.inner.public_url, &format!("oauth/callback/{site}"))
    }

    /// News for people that no answer carries: a denial on a page, a link that died in a refresh. Whoever asks first
    /// gets the queue, and sends what comes.
    pub fn notices(&self) -> Option<mpsc::UnboundedReceiver<Notice>> {
        self.inner.reader.lock().take()
    }

    /// Counters since the start.
    pub fn counts(&self) -> &Counts {
        &self.inner.counts
    }

    /// What is kept under this name.
    fn memory(&self, name: &str) -> SealedMemory {
        SealedMemory::new(self.inner.store.clone(), self.inner.keys.clone(), name.to_owned())
    }

    fn now(&self) -> i64 {
        self.inner.clock.seconds()
    }

    fn tell(&self, notice: Notice) {
        if self.inner.news.send(notice).is_err() {
            tracing::warn!("nobody takes the news of links");
        }
    }

    fn known_site(&self, id: &SiteId) -> Result<&SiteSetup, Error> {
        self.site(id).ok_or_else(|| Error::user(format!("The site {id} is not set up any more.")))
    }

    fn seal_attempt(&self, row: &AttemptRow, kept: &attempt::Kept) -> Vec<u8> {
        self.inner.keys.seal(&credential::to_bytes(kept), &attempt::aad(&row.id, &row.person, &row.site))
    }

    fn open_attempt(&self, row: &AttemptRow) -> Result<attempt::Kept, Error> {
        let plain = self.inner.keys.open(&row.sealed, &attempt::aad(&row.id, &row.person, &row.site));
        credential::from_bytes(&plain.map_err(Error::internal)?).map_err(Error::internal)
    }

    fn seal_credential(&self, link: &LinkRow, generation: i64, credential: &credential::Credential) -> Vec<u8> {
        self.inner.keys.seal(&credential::to_bytes(credential), &credential_aad(link, generation))
    }

    fn open_credential(&self, link: &LinkRow, generation: i64, sealed: &[u8]) -> Result<credential::Credential, Error> {
        let plain: Zeroizing<Vec<u8>> =
            self.inner.keys.open(sealed, &credential_aad(link, generation)).map_err(Error::internal)?;
        credential::from_bytes(&plain).map_err(Error::internal)
    }

    /// The attempts that wait for a code. They may have been made before new keys came.
    fn by_code(&self, code: &str) -> Result<Vec<AttemptRow>, StoreError> {
        let hashes: Vec<String> = self.inner.keys.macs(CODE, code.as_bytes()).map(hex::encode).collect();
        self.inner.store.read(|reader| {
            let rows = hashes.iter().map(|hash| attempts::by_code(reader, hash));
            Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        })
    }

    fn hash_code(&self, code: &str) -> String {
        hex::encode(self.inner.keys.mac(CODE, code.as_bytes()))
    }
}

/// What a credential's envelope is bound to: no row's envelope opens in another, nor an old generation in a new one.
fn credential_aad(link: &LinkRow, generation: i64) -> Vec<u8> {
    format!("credentials|{}|{generation}|{}|{}", link.id, link.person, link.site).into_bytes()
}
