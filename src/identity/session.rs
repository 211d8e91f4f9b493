//! A session: acting in Jira as one person, on one site. Only identity makes one.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use parking_lot::Mutex;
use usher_chat::{Person, Platform};

use super::{
    Identity, NoSession, Protocol, SiteSetup,
    arrive::{auth_of, jira_site},
    refresh::{Held, Wanted},
};
use crate::{
    error::JiraError,
    ids::{AccountId, ProjectKey, ProjectScope, SiteId},
    jira::{self, Auth, Client},
    store::{
        credentials,
        links::{self, LinkRow, LinkState},
        projects,
    },
};

/// The right to act in Jira as one person on one site.
///
/// Only [`Identity::session`] makes one:
///
/// ```compile_fail,E0451
/// fn other(session: usher::identity::Session, client: usher::jira::Client) -> usher::identity::Session {
///     usher::identity::Session { client, ..session }
/// }
/// ```
pub struct Session {
    identity: Identity,
    link: LinkRow,
    client: Client,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("person", &self.link.person)
            .field("site", &self.link.site)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// Who acts.
    pub fn person(&self) -> &Person {
        &self.link.person
    }

    /// Where.
    pub fn site(&self) -> &SiteId {
        &self.link.site
    }

    /// As which account.
    pub fn account(&self) -> &AccountId {
        &self.link.account
    }

    /// The id of the link, which no other link of anybody's ever has.
    pub fn link(&self) -> String {
        self.link.id.to_string()
    }

    /// The projects that the link was seen to reach. Which of them may be seen now, Jira says.
    pub fn reached(&self) -> Vec<ProjectKey> {
        let found = self.identity.inner.store.read(|reader| projects::of_link(reader, &self.link.id));
        found.inspect_err(|error| tracing::warn!(%error, "the projects of a link cannot be read")).unwrap_or_default()
    }

    /// The client, held to these projects.
    pub fn into_client(self, scope: ProjectScope) -> Client {
        self.client.scoped(scope)
    }

    /// Who other people of the chat are on the same site.
    pub fn colleagues(&self) -> Colleagues {
        Colleagues { identity: self.identity.clone(), site: self.link.site.clone() }
    }
}

/// Who people of the chat are on one site.
#[derive(Debug, Clone)]
pub struct Colleagues {
    identity: Identity,
    site: SiteId,
}

impl Colleagues {
    /// The account of somebody who is linked there.
    pub fn account_of(&self, person: &Person) -> Option<AccountId> {
        let link = self.identity.inner.store.read(|reader| links::get(reader, person, &self.site)).ok()??;
        self.works(&link).then_some(link.account)
    }

    /// The person of a platform who is linked there as this account.
    pub fn person_of(&self, account: &AccountId, platform: &Platform) -> Option<Person> {
        let found = self.identity.inner.store.read(|reader| links::of_account(reader, &self.site, account)).ok()?;
        let mut people = found.into_iter().filter(|link| link.person.platform == *platform && self.works(link));
        people.next().map(|link| link.person)
    }

    fn works(&self, link: &LinkRow) -> bool {
        link.state == LinkState::Active && link.expires > self.identity.now()
    }
}

impl Identity {
    /// A session as this person on this site. Renews the token first where it is over; where it is merely old, that is
    /// done meanwhile.
    ///
    /// # Errors
    /// Why there is none.
    pub async fn session(&self, person: &Person, site: &SiteId) -> Result<Session, NoSession> {
        let site = self.site(site).ok_or(NoSession::NoSite)?;
        let found = self.inner.store.read(|reader| {
            let Some(link) = links::get(reader, person, &site.id)? else { return Ok(None) };
            let row = credentials::get(reader, &link.id)?;
            Ok(Some((link, row)))
        });
        let (link, row) = found.map_err(|error| NoSession::Internal(error.into()))?.ok_or(NoSession::NeverLinked)?;
        match link.state {
            LinkState::Pending => return Err(NoSession::Pending),
            LinkState::Expired => return Err(NoSession::Expired),
            LinkState::Active if link.expires <= self.now() => return Err(NoSession::TooOld),
            LinkState::Active => {}
        }
        let row = row.ok_or(NoSession::Expired)?;
        let credential = self.open_credential(&link, row.generation, &row.sealed).map_err(NoSession::Internal)?;
        // A link is good for the address and the protocol with which it was made.
        let jira_site = jira_site(site, &credential).filter(|_| credential.url() == site.url.as_str());
        let jira_site = jira_site.ok_or(NoSession::Expired)?;
        let mut held = Held { generation: row.generation, credential };
        self.mind_scopes(&link, site).await;
        let now = self.now();
        // Data Center takes the older pair away at once, so nobody may be left working with it: they wait for the new one.
        let waits = matches!(site.protocol, Protocol::OAuth2DataCenter(_));
        if held.credential.pair().is_some_and(|pair| if waits { pair.is_due(now) } else { pair.is_over(now) }) {
            held = self.refreshed(&link, held.generation, Wanted::Waiting).await.map_err(|error| match error {
                JiraError::Unauthorized => NoSession::Expired,
                error => NoSession::Jira(error),
            })?;
        } else if held.credential.pair().is_some_and(|pair| pair.is_due(now)) {
            self.refresh_soon(&link, held.generation);
        }
        let ticket =
            LinkCredential { identity: self.clone(), site: site.clone(), link: link.clone(), held: Mutex::new(held) };
        let client = Client::new(self.inner.http.clone(), Arc::new(jira_site), Arc::new(ticket), link.account.clone());
        Ok(Session { identity: self.clone(), link, client })
    }
}

/// A link's tokens, as the client takes them.
struct LinkCredential {
    identity: Identity,
    site: SiteSetup,
    link: LinkRow,
    held: Mutex<Held>,
}

impl fmt::Debug for LinkCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LinkCredential").field("link", &self.link.id).finish_non_exhaustive()
    }
}

impl LinkCredential {
    fn auth(&self) -> Result<Auth, JiraError> {
        let held = self.held.lock();
        auth_of(&self.site, &held.credential, held.generation).ok_or(JiraError::Unauthorized)
    }
}

#[async_trait]
impl jira::Credential for LinkCredential {
    async fn authorize(&self) -> Result<Auth, JiraError> {
        let now = self.identity.now();
        let over = {
            let held = self.held.lock();
            held.credential.pair().is_some_and(|pair| pair.is_over(now)).then_some(held.generation)
        };
        if let Some(generation) = over {
            let newer = self.identity.refreshed(&self.link, generation, Wanted::Waiting).await?;
            *self.held.lock() = newer;
        }
        self.auth()
    }

    async fn renew(&self, stale: &Auth) -> Result<Auth, JiraError> {
        let current = self.identity.reread(&self.link)?;
        let newer = if current.generation > stale.generation() {
            current
        } else {
            self.identity.refreshed(&self.link, stale.generation(), Wanted::Waiting).await?
        };
        *self.held.lock() = newer;
        self.auth()
    }
}
