//! The browser's half of linking with OAuth 2.0: the connect page, the departure to the provider, the arrival back.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use subtle::ConstantTimeEq;

use super::{
    Approved, Arrival, ConnectPage, Departure, Identity, PageError, Protocol, SiteSetup,
    attempt::{Kept, LIFE, Names, Stage, TRIES},
    codes,
    counts::Step,
    credential::{Credential, Pair},
    oauth2::{self, TokenError, Tokens},
    record,
    record::Change,
    words,
};
use crate::{
    error::JiraError,
    ids::AccountId,
    jira::{self, Auth, Client, User},
    store::{
        attempts::{self, AttemptRow},
        credentials,
        links::{self, LinkId, LinkKind, LinkRow, LinkState},
    },
};

/// A link ends after this many seconds: 365 days, Atlassian's own limit.
pub(super) const YEAR: i64 = 365 * 24 * 3600;
const LONGEST_PARAMETER: usize = 4096;

impl Identity {
    /// What the connect page shows. Reads, and changes nothing.
    ///
    /// # Errors
    /// [`PageError::Gone`] where the ticket is not good in this browser.
    pub fn connect_page(&self, ticket: &str, cookie: Option<&str>) -> Result<ConnectPage, PageError> {
        let row = self.ticket(ticket, cookie)?;
        let site = self.site(&row.site).ok_or(PageError::Gone)?;
        let app = site.oauth2().ok_or(PageError::Gone)?;
        let names = Names::read(&row);
        let provider = match site.protocol {
            Protocol::OAuth2Cloud(_) => "Atlassian".to_owned(),
            _ => site.host(),
        };
        let authorize = app.auth_url.clone();
        Ok(ConnectPage { person: names.person, place: names.place, site: site.host(), provider, authorize })
    }

    /// Uses a ticket up: binds this browser to it and says where the person approves. The same browser may do it again.
    ///
    /// # Errors
    /// [`PageError::Gone`] where the ticket is not good in this browser.
    pub async fn depart(&self, ticket: &str, cookie: Option<&str>) -> Result<Departure, PageError> {
        let mut row = self.ticket(ticket, cookie)?;
        let before = (row.stage.clone(), row.cookie_hash.clone());
        let site = self.site(&row.site).ok_or(PageError::Gone)?;
        let state = codes::fresh_secret::<32>();
        let cookie = codes::fresh_secret::<32>();
        let (authorize, verifier) =
            oauth2::authorize(site, &self.redirect_url(&site.id), &state).ok_or(PageError::Gone)?;
        row.stage = Stage::Away.as_str().to_owned();
        row.state_hash = Some(codes::hash_secret("state", &state));
        row.cookie_hash = Some(codes::hash_secret("cookie", &cookie));
        row.sealed = self.seal_attempt(&row, &Kept::Pkce(verifier));
        row.expires = self.now().saturating_add(LIFE);
        let updated = self
            .inner
            .store
            .write(move |tx| {
                // Of several browsers that press at once, one wins.
                match attempts::get(tx, &row.id)? {
                    Some(found) if (&found.stage, &found.cookie_hash) == (&before.0, &before.1) => {
                        attempts::update(tx, &row).map(|()| true)
                    }
                    _ => Ok(false),
                }
            })
            .await?;
        failpoint!("link.departed");
        if updated { Ok(Departure { authorize, cookie }) } else { Err(PageError::Gone) }
    }

    /// Takes the browser back in: the state is used up first, then the approval is exchanged, the site and the account
    /// are looked up, and the link is stored as pending. What comes back is the page with the code.
    ///
    /// # Errors
    /// What the page should say instead.
    pub async fn arrive(&self, site: &str, arrival: Arrival) -> Result<Approved, PageError> {
        let row = self.welcome(site, &arrival).await?;
        let site = self.site(&row.site).ok_or(PageError::Gone)?;
        match self.approve(&row, site, arrival).await {
            Ok(page) => Ok(page),
            Err(error) => {
                if !matches!(error, PageError::Replaced) {
                    self.give_up(&row, site, &error).await?;
                }
                Err(error)
            }
        }
    }

    fn ticket(&self, ticket: &str, cookie: Option<&str>) -> Result<AttemptRow, PageError> {
        if ticket.len() > 64 {
            return Err(PageError::Gone);
        }
        let hash = codes::hash_secret("ticket", ticket);
        let row = self.inner.store.read(|reader| attempts::by_ticket(reader, &hash))?.ok_or(PageError::Gone)?;
        let fresh = row.expires > self.now();
        let mine = Stage::Ticket.is(&row) || (Stage::Away.is(&row) && same_cookie(&row, cookie));
        if fresh && mine { Ok(row) } else { Err(PageError::Gone) }
    }

    /// Uses the state up and checks that it belongs to this browser and this site.
    async fn welcome(&self, site: &str, arrival: &Arrival) -> Result<AttemptRow, PageError> {
        let state = arrival.state.as_deref().filter(|state| state.len() <= 128).ok_or(PageError::Gone)?;
        let hash = codes::hash_secret("state", state);
        let cookie = arrival.cookie.clone();
        let site = site.to_owned();
        let now = self.now();
        self.inner
            .store
            .write(move |tx| {
                let Some(mut row) = attempts::take_by_state(tx, &hash)? else { return Ok(Err(PageError::Gone)) };
                if row.site.as_str() != site || row.expires <= now || !Stage::Away.is(&row) {
                    return Ok(Err(PageError::Gone));
                }
                if !same_cookie(&row, cookie.as_deref()) {
                    return Ok(Err(PageError::OtherBrowser));
                }
                row.stage = Stage::Arrived.as_str().to_owned();
                row.ticket_hash = None;
                row.state_hash = None;
                row.cookie_hash = None;
                attempts::update(tx, &row)?;
                Ok(Ok(row))
            })
            .await?
    }

    async fn approve(&self, row: &AttemptRow, site: &SiteSetup, arrival: Arrival) -> Result<Approved, PageError> {
        let host = site.host();
        match (&arrival.error, &arrival.code) {
            (Some(error), _) if error == "access_denied" => return Err(PageError::Denied { site: host }),
            (Some(error), _) => {
                let error: String = error.chars().filter(char::is_ascii_graphic).take(60).collect();
                tracing::warn!(site = %site.id, %error, "the provider sent somebody back with an error");
                return Err(PageError::App { site: host });
            }
            (None, None) => return Err(PageError::Gone),
            (None, Some(code)) if code.len() > LONGEST_PARAMETER => return Err(PageError::Gone),
            (None, Some(_)) => {}
        }
        failpoint!("link.state-used");
        let Kept::Pkce(verifier) = self.open_attempt(row)? else { return Err(PageError::Gone) };
        let received = self.now();
        let http = &self.inner.http;
        let code = arrival.code.unwrap_or_default();
        let redirect = self.redirect_url(&site.id);
        let tokens = oauth2::exchange(http, site, &redirect, code, &verifier).await;
        let tokens = tokens.map_err(|error| self.no_tokens(site, error))?;
        failpoint!("link.exchanged");
        let scopes = site.oauth2().map(|app| app.scopes.join(" ")).unwrap_or_default();
        let credential = self.credential(site, tokens, received).await?;
        let client = self.unlinked_client(site, &credential).ok_or(PageError::Gone)?;
        let user = client.users().myself().await.map_err(|error| self.no_account(site, error))?;
        failpoint!("link.account-known");
        self.store_pending(row, site, Found { credential, scopes, user }).await
    }

    fn no_tokens(&self, site: &SiteSetup, error: TokenError) -> PageError {
        tracing::warn!(site = %site.id, %error, "an approval could not be exchanged");
        let site = site.host();
        match error {
            TokenError::Dead(_) => PageError::Gone,
            TokenError::App(_) | TokenError::Refused(_) => PageError::App { site },
            TokenError::Away(_) | TokenError::RateLimited(_) => PageError::Away { site },
        }
    }

    fn no_account(&self, site: &SiteSetup, error: JiraError) -> PageError {
        tracing::warn!(site = %site.id, %error, "an approved account could not be looked up");
        // Only there does a person choose which sites their approval covers.
        let cloud = matches!(site.protocol, Protocol::OAuth2Cloud(_));
        let site = site.host();
        match error {
            JiraError::Away { .. } | JiraError::RateLimited { .. } | JiraError::Malformed { .. } => {
                PageError::Away { site }
            }
            JiraError::ScopeMissing { .. } | JiraError::Unauthorized if cloud => PageError::NotGranted { site },
            _ => PageError::App { site },
        }
    }

    /// Makes the credential. On Cloud the site is the one among the granted ones that has the configured address.
    async fn credential(&self, site: &SiteSetup, tokens: Tokens, received: i64) -> Result<Credential, PageError> {
        let url = site.url.to_string();
        let host = site.host();
        let pair = Pair { access: tokens.access, refresh: tokens.refresh, received, life: tokens.life };
        match &site.protocol {
            Protocol::OAuth2Cloud(app) => {
                let granted =
                    jira::cloud::accessible_resources(&self.inner.http, &site.id, &app.api_url, &pair.access).await;
                let granted = granted.map_err(|error| self.no_account(site, error))?;
                // A site is listed once for each product.
                let covers = |scopes: &[String]| scopes.iter().any(|scope| scope.contains("jira"));
                let found = granted.into_iter().find(|found| site.is_at(&found.url) && covers(&found.scopes));
                let cloud_id = found.ok_or(PageError::NotGranted { site: host })?.id;
                Ok(Credential::OAuth2Cloud { cloud_id, url, pair })
            }
            _ => Ok(Credential::OAuth2DataCenter { url, pair }),
        }
    }

    async fn store_pending(&self, row: &AttemptRow, site: &SiteSetup, found: Found) -> Result<Approved, PageError> {
        let now = self.now();
        let code = codes::fresh_code();
        let link = LinkRow {
            id: LinkId::fresh(),
            person: row.person.clone(),
            site: site.id.clone(),
            kind: match found.credential {
                Credential::OAuth2Cloud { .. } => LinkKind::OAuth2Cloud,
                Credential::OAuth2DataCenter { .. } => LinkKind::OAuth2DataCenter,
                Credential::OAuth1 { .. } => LinkKind::OAuth1,
            },
            account: found.user.account.clone(),
            account_name: found.user.name.clone(),
            state: LinkState::Pending,
            created: now,
            activated: None,
            expires: now.saturating_add(YEAR),
            scopes: found.scopes,
        };
        let sealed = self.seal_credential(&link, 1, &found.credential);
        let mut next = row.clone();
        next.stage = Stage::Code.as_str().to_owned();
        next.link = Some(link.id.clone());
        next.code_hash = Some(self.hash_code(&code));
        next.tries = TRIES;
        next.sealed = self.seal_attempt(&next, &Kept::Nothing);
        next.expires = now.saturating_add(LIFE);
        let audit = self.inner.audit.clone();
        let pending = record::row(&*self.inner.clock, Change::Pending, &link.person, &link.site, "");
        let pending = record::about(pending, &link);
        let id = link.id.clone();
        let stored = self
            .inner
            .store
            .write(move |tx| {
                if attempts::get(tx, &next.id)?.is_none_or(|found| !Stage::Arrived.is(&found)) {
                    return Ok(false);
                }
                links::insert(tx, &link)?;
                credentials::put(tx, &link.id, &sealed)?;
                attempts::update(tx, &next)?;
                audit.append(tx, pending)?;
                Ok(true)
            })
            .await?;
        if !stored {
            return Err(PageError::Replaced);
        }
        failpoint!("link.pending");
        self.inner.counts.step(Step::Approved);
        self.learn_projects(id, site, &found.credential, &found.user.account).await;
        failpoint!("link.projects-asked");
        let names = Names::read(row);
        Ok(Approved {
            person: names.person,
            place: names.place,
            account: found.user.name,
            site: site.host(),
            code: codes::spell(&code),
            platform: row.person.platform.clone(),
        })
    }

    /// Ends an attempt that came back without an approval that can be used, and tells whoever began it if they said no.
    async fn give_up(&self, row: &AttemptRow, site: &SiteSetup, error: &PageError) -> Result<(), PageError> {
        let why = match error {
            PageError::Denied { .. } => "denied",
            PageError::NotGranted { .. } => "site not granted",
            PageError::Away { .. } => "away",
            PageError::App { .. } => "app not accepted",
            _ => "failed",
        };
        let audit = self.inner.audit.clone();
        let ended = record::row(&*self.inner.clock, Change::Ended, &row.person, &row.site, why);
        let id = row.id.clone();
        self.inner
            .store
            .write(move |tx| {
                if attempts::delete(tx, &id)? {
                    audit.append(tx, ended)?;
                }
                Ok(())
            })
            .await?;
        if let PageError::Denied { .. } = error {
            self.inner.counts.step(Step::Denied);
            self.tell((row.person.clone(), words::denied(site)));
        }
        Ok(())
    }

    /// A client with tokens that no link holds yet.
    pub(super) fn unlinked_client(&self, site: &SiteSetup, credential: &Credential) -> Option<Client> {
        let auth = auth_of(site, credential, 1)?;
        let jira_site = Arc::new(jira_site(site, credential)?);
        let account = AccountId(String::new());
        Some(Client::new(self.inner.http.clone(), jira_site, Arc::new(Fixed(auth)), account))
    }
}

struct Found {
    credential: Credential,
    scopes: String,
    user: User,
}

/// Tokens that are used once or twice and never renewed.
#[derive(Debug)]
struct Fixed(Auth);

#[async_trait]
impl jira::Credential for Fixed {
    async fn authorize(&self) -> Result<Auth, JiraError> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _stale: &Auth) -> Result<Auth, JiraError> {
        Err(JiraError::Unauthorized)
    }
}

/// The site as the client asks it.
pub(super) fn jira_site(site: &SiteSetup, credential: &Credential) -> Option<jira::Site> {
    match (&site.protocol, credential) {
        (Protocol::OAuth2Cloud(app), Credential::OAuth2Cloud { cloud_id, .. }) => {
            Some(jira::Site::cloud(site.id.clone(), site.url.clone(), &app.api_url, cloud_id))
        }
        (Protocol::OAuth2DataCenter(_), Credential::OAuth2DataCenter { .. })
        | (Protocol::OAuth1(_), Credential::OAuth1 { .. }) => {
            Some(jira::Site::data_center(site.id.clone(), site.url.clone()))
        }
        // The site's protocol was changed since: the link is of no use.
        _ => None,
    }
}

/// The ticket that a credential gives for requests.
pub(super) fn auth_of(site: &SiteSetup, credential: &Credential, generation: i64) -> Option<Auth> {
    match (credential, &site.protocol) {
        (Credential::OAuth1 { token, .. }, Protocol::OAuth1(signer)) => {
            Some(Auth::OAuth1 { signer: Arc::clone(signer), token: token.clone(), generation })
        }
        (Credential::OAuth1 { .. }, _) => None,
        (_, _) => credential.pair().map(|pair| Auth::Bearer { token: SecretString::clone(&pair.access), generation }),
    }
}

fn same_cookie(row: &AttemptRow, cookie: Option<&str>) -> bool {
    let (Some(hash), Some(cookie)) = (&row.cookie_hash, cookie) else { return false };
    bool::from(hash.as_bytes().ct_eq(codes::hash_secret("cookie", cookie).as_bytes()))
}
