//! Renewing tokens: one writer per link, and no token is used before it is stored.
//!
//! Commit a marker, call the provider, commit the new pair with a compare-and-set on the link's generation, then use it.
//! The flight runs as a task of its own: a request that is cancelled cancels no refresh. Where the answer is lost, the
//! same token is sent again: Atlassian honours it for ten minutes. Data Center honours it only where the first request
//! never arrived; else it says that the grant is over, and so the link is.

use std::{fmt, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, Shared},
    stream,
};

use super::{
    Identity, Protocol, SiteSetup,
    connect::jira_error,
    counts::Refresh,
    credential::{Credential, Pair},
    oauth1,
    oauth2::{self, TokenError, Tokens},
    record,
    record::Change,
    words,
};
use crate::{
    error::{Error, JiraError},
    store::{
        StoreError,
        credentials::{self, CredentialRow},
        links::{self, LinkId, LinkRow, LinkState},
    },
};

/// For how long the provider still takes a token that was exchanged, in seconds.
const LEEWAY: i64 = 600;
/// How many interrupted refreshes are taken up at once after a start.
const AT_ONCE: usize = 8;

/// A credential as it is stored now.
#[derive(Clone)]
pub(super) struct Held {
    pub generation: i64,
    pub credential: Credential,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({}, {:?})", self.generation, self.credential)
    }
}

/// A refresh under way. Everybody who needs its result shares it.
pub(super) type Flight = Shared<BoxFuture<'static, Result<Held, JiraError>>>;

/// A new pair that the database would not take yet.
pub(super) struct Unsaved {
    generation: i64,
    credential: Credential,
}

/// Who wants a refresh: somebody who will be told by an answer, or nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    Waiting,
    Background,
}

/// Removes a flight when it ends, however it ends.
struct Landing {
    identity: Identity,
    link: LinkId,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.identity.inner.flights.lock().remove(&self.link);
    }
}

impl Identity {
    /// Takes up the refreshes that the last stop interrupted, oldest first, with the tokens that they were begun with.
    /// To be called once, before anything else uses the links.
    ///
    /// # Errors
    /// A database that fails.
    pub async fn resume_refreshes(&self) -> Result<(), Error> {
        let now = self.now();
        let interrupted = self.inner.store.read(|reader| {
            let mut found = Vec::new();
            for row in credentials::refreshing(reader)? {
                let fresh = row.refreshing_since.is_some_and(|since| now <= since.saturating_add(LEEWAY));
                if let Some(link) = links::by_id(reader, &row.link)?.filter(|link| link.state == LinkState::Active)
                    && fresh
                {
                    found.push((link, row.generation));
                }
            }
            Ok(found)
        })?;
        stream::iter(interrupted)
            .for_each_concurrent(AT_ONCE, async |(link, generation)| {
                match self.refreshed(&link, generation, Wanted::Background).await {
                    Ok(_) => self.inner.counts.refresh(Refresh::Replayed),
                    Err(error) => {
                        tracing::warn!(link = %link.id, %error, "an interrupted refresh could not be resumed")
                    }
                }
            })
            .await;
        Ok(())
    }

    /// Whether a renewed pair waits for the database.
    pub fn has_unsaved_tokens(&self) -> bool {
        !self.inner.unsaved.lock().is_empty()
    }

    /// A newer credential than generation `stale`.
    pub(super) async fn refreshed(&self, link: &LinkRow, stale: i64, wanted: Wanted) -> Result<Held, JiraError> {
        self.flight(link, stale, wanted).await
    }

    /// Starts a refresh beside a command that goes on with the older token. If the link turns out to be over, that command
    /// says so where Jira refuses the token, and else the next: a notice besides would be a second message.
    pub(super) fn refresh_soon(&self, link: &LinkRow, stale: i64) {
        drop(self.flight(link, stale, Wanted::Waiting));
    }

    fn flight(&self, link: &LinkRow, stale: i64, wanted: Wanted) -> Flight {
        let mut flights = self.inner.flights.lock();
        if let Some(flight) = flights.get(&link.id) {
            return flight.clone();
        }
        let landing = Landing { identity: self.clone(), link: link.id.clone() };
        let (identity, row) = (self.clone(), link.clone());
        // Spawned while the map is locked: the landing cannot come before the entry.
        let task = tokio::spawn(async move {
            let _landing = landing;
            identity.refresh(&row, stale, wanted).await
        });
        let ended = || JiraError::Away { detail: "the refresh was cut off".into() };
        let flight = task.map(move |end| end.unwrap_or_else(|_| Err(ended()))).boxed().shared();
        flights.insert(link.id.clone(), flight.clone());
        flight
    }

    async fn refresh(&self, link: &LinkRow, stale: i64, wanted: Wanted) -> Result<Held, JiraError> {
        let site = self.site(&link.site).ok_or(JiraError::Unauthorized)?;
        self.save_unsaved(link).await?;
        let row = self.row(link)?;
        let credential = self.open(link, &row)?;
        if row.generation != stale {
            return Ok(Held { generation: row.generation, credential });
        }
        let Some(pair) = credential.pair() else {
            return self.check_oauth1(link, site, &row, credential, wanted).await;
        };
        let Some(token) = pair.refresh.clone() else {
            self.expire(link, row.generation, "no refresh token", wanted).await?;
            return Err(JiraError::Unauthorized);
        };
        failpoint!("refresh.begun");
        let (id, generation, now) = (link.id.clone(), row.generation, self.now());
        let marked = self.inner.store.write(move |tx| credentials::mark_refreshing(tx, &id, generation, now)).await;
        if !marked.map_err(database)? {
            return self.reread(link);
        }
        failpoint!("refresh.marked");
        let redirect = self.redirect_url(&site.id);
        let received = self.now();
        let send = || oauth2::refresh(&self.inner.http, site, &redirect, &token);
        let again =
            ExponentialBuilder::default().with_min_delay(Duration::from_millis(300)).with_jitter().with_max_times(2);
        let answer = send.retry(again).when(|error| matches!(error, TokenError::Away(_))).await;
        match answer {
            Ok(tokens) => {
                failpoint!("refresh.answered");
                let new = renewed(&credential, tokens, received);
                self.keep(link, generation, new).await
            }
            Err(error) => self.failed(link, generation, error, wanted).await,
        }
    }

    async fn failed(
        &self,
        link: &LinkRow,
        generation: i64,
        error: TokenError,
        wanted: Wanted,
    ) -> Result<Held, JiraError> {
        tracing::warn!(link = %link.id, site = %link.site, %error, "a token could not be renewed");
        match error {
            TokenError::Dead(word) => {
                // Somebody else may have been faster: then that pair counts.
                if let Ok(held) = self.reread(link)
                    && held.generation != generation
                {
                    return Ok(held);
                }
                self.believed(link)?;
                self.expire(link, generation, &word, wanted).await?;
                Err(JiraError::Unauthorized)
            }
            TokenError::App(problem) => {
                self.inner.counts.refresh(Refresh::App);
                self.unmark(link, generation).await;
                Err(JiraError::AppRejected { problem })
            }
            TokenError::Refused(detail) => {
                self.inner.counts.refresh(Refresh::App);
                self.unmark(link, generation).await;
                Err(JiraError::AppRejected { problem: detail })
            }
            TokenError::Away(detail) => {
                self.inner.counts.refresh(Refresh::Away);
                Err(JiraError::Away { detail })
            }
            TokenError::RateLimited(retry_after) => {
                self.inner.counts.refresh(Refresh::Away);
                Err(JiraError::RateLimited { retry_after })
            }
        }
    }

    /// Whether a clear word of the provider's is to end this link. It is not where too many hear it at once: then the link
    /// stays as it is, and the same token is tried again.
    fn believed(&self, link: &LinkRow) -> Result<(), JiraError> {
        let active = self.inner.store.read(|reader| links::active_on(reader, &link.site)).map_err(database)?;
        let believed = self.inner.brake.believes(&link.site, &link.id, active, self.now());
        self.inner.counts.refresh(if believed { Refresh::Dead } else { Refresh::Doubted });
        if believed { Ok(()) } else { Err(JiraError::Doubted) }
    }

    /// How many sites say to so many people at once that their links are over that it is not believed.
    pub fn doubted_sites(&self) -> usize {
        self.inner.brake.doubted(self.now())
    }

    /// Stores a new pair, and only then hands it out.
    async fn keep(&self, link: &LinkRow, generation: i64, credential: Credential) -> Result<Held, JiraError> {
        let write = || self.replace(link, generation, &credential);
        let again = ExponentialBuilder::default().with_min_delay(Duration::from_millis(50)).with_max_times(5);
        match write.retry(again).when(|error| !matches!(error, StoreError::Closed)).await {
            Ok(true) => {
                failpoint!("refresh.kept");
                self.inner.counts.refresh(Refresh::Ok);
                Ok(Held { generation: generation + 1, credential })
            }
            Ok(false) => {
                // Disconnected or linked again meanwhile: what came is of no use.
                self.revoke(link, Some(credential));
                self.reread(link)
            }
            Err(error) => {
                tracing::error!(link = %link.id, %error, "a renewed token could not be stored; it is kept in memory");
                self.inner.counts.refresh(Refresh::Unsaved);
                self.inner.unsaved.lock().insert(link.id.clone(), Unsaved { generation, credential });
                Err(database(error))
            }
        }
    }

    async fn save_unsaved(&self, link: &LinkRow) -> Result<(), JiraError> {
        let Some(unsaved) = self.inner.unsaved.lock().remove(&link.id) else { return Ok(()) };
        match self.replace(link, unsaved.generation, &unsaved.credential).await {
            Ok(_) => Ok(()),
            Err(error) => {
                self.inner.unsaved.lock().insert(link.id.clone(), unsaved);
                Err(database(error))
            }
        }
    }

    async fn replace(&self, link: &LinkRow, generation: i64, credential: &Credential) -> Result<bool, StoreError> {
        failpoint!("refresh.before-keep");
        let sealed = self.seal_credential(link, generation + 1, credential);
        let id = link.id.clone();
        self.inner.store.write(move |tx| credentials::replace(tx, &id, generation, &sealed)).await
    }

    async fn unmark(&self, link: &LinkRow, generation: i64) {
        let id = link.id.clone();
        let unmarked = self.inner.store.write(move |tx| credentials::unmark_refreshing(tx, &id, generation)).await;
        if let Err(error) = unmarked {
            tracing::warn!(%error, "a refresh's mark could not be taken back");
        }
    }

    /// Ends a link whose credential is dead, unless a newer one has come meanwhile. The person is told once: by the
    /// answer to what they asked, or by a notice where nobody waits.
    async fn expire(&self, link: &LinkRow, generation: i64, why: &str, wanted: Wanted) -> Result<(), JiraError> {
        let audit = self.inner.audit.clone();
        let row = record::row(&*self.inner.clock, Change::Expired, &link.person, &link.site, why);
        let row = record::about(row, link);
        let id = link.id.clone();
        let expired = self
            .inner
            .store
            .write(move |tx| {
                let current = credentials::get(tx, &id)?.is_some_and(|found| found.generation == generation);
                let active = links::by_id(tx, &id)?.is_some_and(|found| found.state == LinkState::Active);
                if !current || !active {
                    return Ok(false);
                }
                credentials::unmark_refreshing(tx, &id, generation)?;
                links::set_state(tx, &id, LinkState::Expired)?;
                audit.append(tx, row)?;
                Ok(true)
            })
            .await
            .map_err(database)?;
        if let Some(site) = self.site(&link.site)
            && expired
            && wanted == Wanted::Background
        {
            self.tell((link.person.clone(), words::expired(site, false)));
        }
        Ok(())
    }

    /// Data Center's OAuth 1.0a tokens live for years and are not renewed. Jira refused one: it is over only if Jira says
    /// so clearly, when asked who it belongs to.
    async fn check_oauth1(
        &self,
        link: &LinkRow,
        site: &SiteSetup,
        row: &CredentialRow,
        credential: Credential,
        wanted: Wanted,
    ) -> Result<Held, JiraError> {
        let (Protocol::OAuth1(signer), Credential::OAuth1 { token, .. }) = (&site.protocol, &credential) else {
            return Err(JiraError::Unauthorized);
        };
        if oauth1::is_over(&self.inner.http, site, signer, token).await.map_err(jira_error)? {
            self.believed(link)?;
            self.expire(link, row.generation, "token rejected", wanted).await?;
            return Err(JiraError::Unauthorized);
        }
        Ok(Held { generation: row.generation, credential })
    }

    /// What is stored now.
    pub(super) fn reread(&self, link: &LinkRow) -> Result<Held, JiraError> {
        let row = self.row(link)?;
        Ok(Held { generation: row.generation, credential: self.open(link, &row)? })
    }

    fn row(&self, link: &LinkRow) -> Result<CredentialRow, JiraError> {
        let row = self.inner.store.read(|reader| credentials::get(reader, &link.id)).map_err(database)?;
        row.ok_or(JiraError::Unauthorized)
    }

    fn open(&self, link: &LinkRow, row: &CredentialRow) -> Result<Credential, JiraError> {
        self.open_credential(link, row.generation, &row.sealed).map_err(|error| {
            tracing::error!(link = %link.id, %error, "a credential cannot be opened");
            JiraError::Away { detail: "a credential cannot be opened".into() }
        })
    }
}

fn renewed(old: &Credential, tokens: Tokens, received: i64) -> Credential {
    let refresh = tokens.refresh.or_else(|| old.pair().and_then(|pair| pair.refresh.clone()));
    old.with_pair(Pair { access: tokens.access, refresh, received, life: tokens.life })
}

fn database(error: StoreError) -> JiraError {
    tracing::error!(%error, "the database failed while a token was in use");
    JiraError::Away { detail: "the database failed".into() }
}
