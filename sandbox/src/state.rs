//! What every part of the sandbox shares, and who a request turned out to come from.
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::calls::Calls;
use crate::faults::Faults;
use crate::world::{CloudId, PersonId, World};
use crate::{Clock, Options, oauth1, oauth2};

/// Everything that the listeners share.
#[derive(Debug)]
pub struct State {
    /// The registered clients. Locked because a program may learn its own port, and so its redirect URI, late.
    pub options: RwLock<Options>,
    /// The sandbox's time.
    pub clock: Clock,
    /// Where the sandbox listens.
    pub addresses: Addresses,
    /// People, sites, projects, issues.
    pub world: Mutex<World>,
    /// Cloud's API tokens and their owners.
    pub(crate) api_tokens: Mutex<HashMap<String, PersonId>>,
    /// Data Center's personal access tokens and their owners.
    pub(crate) personal_tokens: Mutex<HashMap<String, PersonId>>,
    /// The faults on order.
    pub(crate) faults: Faults,
    /// Who called what.
    pub(crate) calls: Calls,
    /// The Cloud token server.
    pub oauth2: oauth2::Provider,
    /// The Data Center token server for OAuth 1.0a.
    pub oauth1: oauth1::Provider,
    /// The Data Center token server for OAuth 2.0.
    pub dc_oauth2: oauth2::Provider,
}

/// The public address of each listener: scheme, host and port, with no slash at the end.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// Stands in for `https://auth.atlassian.com`.
    pub auth: String,
    /// Stands in for `https://api.atlassian.com`.
    pub api: String,
    /// The Cloud site `acme`.
    pub cloud: String,
    /// The Cloud site `globex`.
    pub other_cloud: String,
    /// The Data Center site `corp`.
    pub dc: String,
    /// The controls for tests.
    pub control: String,
}

/// Who a request comes from, as its credential says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The person who allowed this.
    pub person: PersonId,
    /// What the person allowed.
    pub scopes: Scopes,
    /// The one Cloud site that the consent covers; None covers every site of the person.
    pub cloud_id: Option<CloudId>,
}

/// What a credential may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scopes {
    /// Whatever the person may do (Data Center, but with OAuth 2.0).
    Everything,
    /// These OAuth 2.0 scopes.
    Only(Arc<BTreeSet<String>>),
}

impl Scopes {
    /// Reads a space separated list.
    pub fn parse(list: &str) -> Self {
        Self::Only(Arc::new(list.split_whitespace().map(str::to_owned).collect()))
    }

    /// Whether this scope was allowed.
    pub fn has(&self, scope: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Only(set) => set.contains(scope),
        }
    }

    /// The scopes in order; none for [`Scopes::Everything`].
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Everything => Vec::new(),
            Self::Only(set) => set.iter().map(String::as_str).collect(),
        }
    }
}

/// Put into a response's extensions by whatever found out who called, so that the record of calls can name the person.
#[derive(Clone, Debug)]
pub struct CalledBy(pub PersonId);

/// Put into a response's extensions where the request had a body of JSON.
#[derive(Clone, Debug)]
pub struct CalledWith(pub serde_json::Value);
