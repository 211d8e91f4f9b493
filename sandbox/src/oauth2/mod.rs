//! The Cloud token server: `/authorize` and `/oauth/token` on the auth listener, `/oauth/token/accessible-resources` and `/me` on
//! the API listener, and the check of every Bearer token. Data Center's own is beside it.
mod authorize;
mod bearer;
mod data_center;
mod grants;
#[cfg(test)]
mod tests;
mod token;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Response;
use axum::routing::{get, post};
use http::request::Parts;
use jiff::SignedDuration;
use parking_lot::Mutex;

use crate::{Caller, Clock, CloudId, Options, PersonId, Scopes, State};

pub use bearer::{ACME, GLOBEX, Site, scope_mismatch, sites, unknown_site};

/// Issues and checks the tokens of Cloud, or of Data Center.
pub struct Provider {
    clock: Clock,
    books: Mutex<Books>,
}

/// What a test may change about the token server. The defaults are Atlassian's, for Cloud; [`Behaviour::data_center`] is Jira's own.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// How long an authorization code is good. Five minutes; ten seconds on Data Center.
    pub code_lifetime: SignedDuration,
    /// How long an exchanged pair lives on. Ten minutes; zero switches the leeway off.
    pub leeway: SignedDuration,
    /// Refresh answers carry no `refresh_token`; the old one stays good.
    pub omit_refresh_token: bool,
    /// So many answers of the token endpoint get lost: the exchange happens, then the connection is cut.
    pub lose_answers: u32,
    /// Every refresh token is refused as if it were dead, and stays as it is: a fault of the provider's own.
    pub refuse_everybody: bool,
    /// How a dead refresh token is refused.
    pub refusal: Refusal,
    /// Consents from now on cover this site only, as with a resource-level app. None: every site.
    pub only_site: Option<CloudId>,
}

/// The two ways in which Atlassian refuses a dead refresh token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refusal {
    /// 403 `invalid_grant`, as documented.
    #[default]
    InvalidGrant,
    /// 403 `unauthorized_client`, as seen in the field.
    UnauthorizedClient,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            code_lifetime: SignedDuration::from_mins(5),
            leeway: SignedDuration::from_mins(10),
            omit_refresh_token: false,
            lose_answers: 0,
            refuse_everybody: false,
            refusal: Refusal::default(),
            only_site: None,
        }
    }
}

impl Behaviour {
    /// As Jira Data Center comes: a code is good for ten seconds, and an exchanged pair is gone at once.
    pub fn data_center() -> Self {
        Self { code_lifetime: SignedDuration::from_secs(10), leeway: SignedDuration::ZERO, ..Self::default() }
    }
}

/// An access token and, with `offline_access`, its refresh token.
#[derive(Clone)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access: String,
    /// For the token endpoint.
    pub refresh: Option<String>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("oauth2::Provider")
    }
}

/// Everything the server remembers.
#[derive(Default)]
struct Books {
    behaviour: Behaviour,
    /// Authorize pages that were shown and wait for an answer.
    asked: HashMap<String, authorize::Asked>,
    codes: HashMap<String, token::Code>,
    grants: grants::Grants,
    exchanges: u64,
    refreshes: u64,
    reuses: u64,
}

impl Provider {
    /// Cloud's token server, which has issued nothing yet.
    pub fn new(_options: &Options, clock: Clock) -> Self {
        Self { clock, books: Mutex::default() }
    }

    /// Data Center's token server, which has issued nothing yet.
    pub fn data_center(clock: Clock) -> Self {
        Self { clock, books: Mutex::new(Books { behaviour: Behaviour::data_center(), ..Books::default() }) }
    }

    /// What the auth listener serves: `/authorize`, `/oauth/token`, and `/connected-apps`, where people withdraw access.
    pub fn router(state: Arc<State>) -> Router {
        Router::new()
            .route("/authorize", get(authorize::show).post(authorize::decide))
            .route("/oauth/token", post(token::answer))
            .route("/connected-apps", get(authorize::connected).post(authorize::disconnect))
            .layer(DefaultBodyLimit::max(64 * 1024))
            .with_state(state)
    }

    /// What the Data Center listener serves: `/rest/oauth2/latest/authorize` and `/token`, the page of consent, and the profile,
    /// where people withdraw access.
    pub fn data_center_router(state: Arc<State>) -> Router {
        data_center::router(state)
    }

    /// What the API listener serves besides Jira: `/oauth/token/accessible-resources` and `/me`.
    pub fn api_router(state: Arc<State>) -> Router {
        Router::new()
            .route("/oauth/token/accessible-resources", get(bearer::accessible_resources))
            .route("/me", get(bearer::me))
            .with_state(state)
    }

    /// Issues an access token, good for an hour, without any page being walked.
    pub fn issue_access(&self, person: &PersonId, scopes: Scopes) -> String {
        self.issue(person, scopes, "").access
    }

    /// Issues a pair to this client, as if the person had allowed it.
    pub fn issue(&self, person: &PersonId, scopes: Scopes, client_id: &str) -> Tokens {
        let mut books = self.books.lock();
        let offline = scopes.has("offline_access");
        let consent = grants::Consent {
            client_id: client_id.to_owned(),
            person: person.clone(),
            scopes,
            cloud_id: books.behaviour.only_site.clone(),
            offline,
        };
        let issued = books.grants.begin(consent, self.clock.now());
        Tokens { access: issued.access, refresh: issued.refresh }
    }

    /// Changes how the server behaves from now on.
    pub fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.books.lock().behaviour);
    }

    /// Makes the access tokens of this person, or of everybody, expired; refresh tokens stay.
    pub fn expire_access(&self, person: Option<&PersonId>) {
        self.books.lock().grants.expire_access(person);
    }

    /// Ends the grants of this person, or of everybody: codes, access and refresh tokens stop working.
    pub fn revoke(&self, person: Option<&PersonId>) {
        let mut books = self.books.lock();
        books.grants.end_of(person);
        books.codes.retain(|_, code| person.is_some_and(|person| *person != code.consent.person));
    }

    /// Every code and token that was ever issued: for a search through places where none may be.
    pub fn issued(&self) -> Vec<String> {
        let books = self.books.lock();
        books.codes.keys().chain(books.grants.issued()).cloned().collect()
    }

    /// How many authorization codes were exchanged.
    pub fn exchanges(&self) -> u64 {
        self.books.lock().exchanges
    }

    /// How many refresh tokens were exchanged, retries within the leeway and lost answers included.
    pub fn refreshes(&self) -> u64 {
        self.books.lock().refreshes
    }

    /// How often an exchanged refresh token came back after the leeway and ended its grant.
    pub fn reuses(&self) -> u64 {
        self.books.lock().reuses
    }

    /// Who sends this request (a Bearer token), or the gateway's 401.
    ///
    /// # Errors
    /// The answer to send, where the token is missing, unknown, expired or revoked.
    #[expect(clippy::result_large_err, reason = "the error is the answer, which is sent as it is")]
    pub fn authenticate(&self, _state: &State, parts: &Parts) -> Result<Caller, Response> {
        bearer::token(parts).and_then(|token| self.caller(token)).ok_or_else(bearer::unauthorized)
    }

    /// Whom an access token stands for, while it is good.
    pub fn caller(&self, token: &str) -> Option<Caller> {
        let books = self.books.lock();
        books.grants.caller(token, self.clock.now(), books.behaviour.leeway)
    }
}
