//! `/authorize`: checks an app's request to the letter, shows who asks for what, and sends the person back with a code or a no.
//!
//! A request that is not exactly right gets an error page and is never redirected anywhere.
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use maud::html;
use url::Url;

use super::Provider;
use super::grants::{Consent, GrantId, secret};
use super::token::Code;
use crate::pages::{self, Granted, Page, single_values, value};
use crate::{Options, PersonId, Scopes};

/// How long a shown page can be answered.
const PAGE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// A well-formed request that waits for its person.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub client_id: String,
    pub redirect_uri: Url,
    /// As the app wrote it, for the comparison at the token endpoint.
    pub redirect_text: String,
    pub state: Option<String>,
    pub scopes: Scopes,
    /// Whether a refresh token is asked for.
    pub offline: bool,
    pub challenge: Option<String>,
    pub at: Timestamp,
}

/// `GET /authorize`: the page. Nothing is granted by looking at it.
pub(super) async fn show(State(state): State<Arc<crate::State>>, RawQuery(query): RawQuery) -> Response {
    let now = state.clock.now();
    let asked = match read(query.unwrap_or_default().as_bytes(), &state.options.read(), now) {
        Ok(asked) => asked,
        Err(problem) => return refuse(&problem),
    };
    let page = PAGE.draw(&state, &remember(&state.oauth2, asked.clone(), now), &asked, None);
    page.into_response()
}

/// `POST /authorize`: the person's answer.
pub(super) async fn decide(State(state): State<Arc<crate::State>>, body: Bytes) -> Response {
    answer(&state, &state.oauth2, &PAGE, &body)
}

/// Keeps a request until its person answers, and names it.
pub(super) fn remember(provider: &Provider, asked: Asked, now: Timestamp) -> String {
    let id = secret();
    let mut books = provider.books.lock();
    books.asked.retain(|_, asked| now.duration_since(asked.at) < PAGE_LIFETIME);
    books.asked.insert(id.clone(), asked);
    id
}

/// A request that waits for its person.
pub(super) fn waiting(provider: &Provider, id: &str, now: Timestamp) -> Option<Asked> {
    let asked = provider.books.lock().asked.get(id).cloned();
    asked.filter(|asked| now.duration_since(asked.at) < PAGE_LIFETIME)
}

/// Takes a person's answer: inputs `request`, `person`, `decision`.
pub(super) fn answer(state: &crate::State, provider: &Provider, page: &Consenting, body: &[u8]) -> Response {
    let Ok(form) = single_values(body) else { return refuse("The form was sent with a field given twice.") };
    let id = value(&form, "request").unwrap_or_default();
    let Some(asked) = waiting(provider, id, state.clock.now()) else {
        return refuse("This page was answered before, or is older than ten minutes.");
    };
    let person = value(&form, "person").map(PersonId::new);
    match (value(&form, "decision"), person) {
        (Some("allow"), Some(person)) if may_sign_in(state, &person) => allow(provider, id, person, state.clock.now()),
        (Some("allow"), _) => {
            let mut page = page.draw(state, id, &asked, Some("Choose who you are first."));
            page.status = StatusCode::BAD_REQUEST;
            page.into_response()
        }
        (Some("deny"), _) => {
            provider.books.lock().asked.remove(id);
            let answer = [("error", "access_denied"), ("error_description", "User did not authorize the request")];
            redirect(&asked, &answer)
        }
        _ => refuse("The form was sent without an answer."),
    }
}

/// `GET /connected-apps`: what was allowed, each with a button that ends it.
pub(super) async fn connected(State(state): State<Arc<crate::State>>) -> Response {
    allowed(&state, &state.oauth2, "Connected apps", "/connected-apps")
}

/// `POST /connected-apps`: ends the grant `id`.
pub(super) async fn disconnect(State(state): State<Arc<crate::State>>, body: Bytes) -> Response {
    end(&state.oauth2, &body, "/connected-apps")
}

/// The page of what was allowed.
pub(super) fn allowed(state: &crate::State, provider: &Provider, title: &str, action: &str) -> Response {
    let listed = provider.books.lock().grants.list();
    let world = state.world.lock();
    let list: Vec<_> = listed
        .into_iter()
        .map(|one| Granted {
            id: one.id.0.to_string(),
            person: world.person(one.consent.person.as_str()).map(|person| person.name.clone()).unwrap_or_default(),
            app: one.consent.client_id,
            since: one.since.to_string(),
        })
        .collect();
    drop(world);
    pages::granted(title, action, &list).into_response()
}

/// Ends one of them, and goes back to the page.
pub(super) fn end(provider: &Provider, body: &[u8], action: &str) -> Response {
    let form = single_values(body).unwrap_or_default();
    if let Some(id) = value(&form, "id").and_then(|id| id.parse().ok()) {
        provider.books.lock().grants.end(GrantId(id));
    }
    (StatusCode::SEE_OTHER, [(header::LOCATION, action)]).into_response()
}

fn allow(provider: &Provider, id: &str, person: PersonId, now: Timestamp) -> Response {
    let mut books = provider.books.lock();
    // Taken out under the same lock as the code goes in: of two equal answers one wins.
    let Some(asked) = books.asked.remove(id) else { return refuse("This page was answered before.") };
    let cloud_id = books.behaviour.only_site.clone();
    let text = secret();
    let code = Code {
        consent: Consent {
            client_id: asked.client_id.clone(),
            person,
            scopes: asked.scopes.clone(),
            cloud_id,
            offline: asked.offline,
        },
        redirect_uri: asked.redirect_text.clone(),
        challenge: asked.challenge.clone(),
        issued: now,
        spent: None,
    };
    books.codes.insert(text.clone(), code);
    drop(books);
    redirect(&asked, &[("code", &text)])
}

fn may_sign_in(state: &crate::State, person: &PersonId) -> bool {
    state.world.lock().person(person.as_str()).is_some_and(|person| person.can_sign_in)
}

/// Checks the request as Atlassian does: the message of the first thing that is wrong.
fn read(query: &[u8], options: &Options, now: Timestamp) -> Result<Asked, String> {
    let query = single_values(query).map_err(|name| format!("The parameter {name} is given twice."))?;
    let need = |name: &str| value(&query, name).ok_or_else(|| format!("The parameter {name} is missing."));
    let client = &options.cloud_client;
    if need("client_id")? != client.id {
        return Err("No app has this client_id.".into());
    }
    let redirect_text = need("redirect_uri")?;
    if !client.redirect_uris.iter().any(|known| known == redirect_text) {
        return Err("This redirect_uri is not registered for the app. It must match to the letter.".into());
    }
    let redirect_uri = Url::parse(redirect_text).map_err(|_| "The redirect_uri is not a URL.".to_owned())?;
    if need("audience")? != "api.atlassian.com" {
        return Err("The audience must be api.atlassian.com.".into());
    }
    if need("response_type")? != "code" {
        return Err("The response_type must be code.".into());
    }
    if value(&query, "prompt").is_some_and(|prompt| prompt != "consent") {
        return Err("The prompt, where given, must be consent.".into());
    }
    let scope = need("scope")?;
    if let Some(unknown) = scope.split(' ').find(|scope| !is_scope(scope)) {
        return Err(format!("There is no scope {unknown:?}."));
    }
    let challenge = value(&query, "code_challenge").map(str::to_owned);
    match (&challenge, value(&query, "code_challenge_method")) {
        (None, None) => {}
        (Some(challenge), Some("S256")) if is_challenge(challenge) => {}
        (Some(_), Some("S256")) => return Err("The code_challenge must be 43 characters of base64url.".into()),
        _ => return Err("A code_challenge needs code_challenge_method=S256, and the other way round.".into()),
    }
    Ok(Asked {
        client_id: client.id.clone(),
        redirect_uri,
        redirect_text: redirect_text.to_owned(),
        state: value(&query, "state").map(str::to_owned),
        scopes: Scopes::parse(scope),
        offline: scope.split(' ').any(|scope| scope == "offline_access"),
        challenge,
        at: now,
    })
}

pub(super) fn is_challenge(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Classic scopes by name, granular ones by their form (`read:issue:jira`, `read:sprint:jira-software`).
fn is_scope(scope: &str) -> bool {
    if meaning(scope).is_some() {
        return true;
    }
    let parts: Vec<_> = scope.split(':').collect();
    let [verb, thing, product] = parts[..] else { return false };
    matches!(verb, "read" | "write" | "delete" | "validate" | "manage")
        && matches!(product, "jira" | "jira-software")
        && !thing.is_empty()
        && thing.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'.' | b'-' | b'_'))
}

fn meaning(scope: &str) -> Option<&'static str> {
    Some(match scope {
        "read:jira-work" => "See projects, issues, comments and worklogs",
        "write:jira-work" => "Create and change issues, comments and worklogs",
        "read:jira-user" => "See who is who in Jira",
        "read:servicedesk-request" => "See requests and queues of service projects",
        "write:servicedesk-request" => "Make and change requests",
        "manage:jira-project" => "Change project settings",
        "manage:jira-configuration" => "Administer Jira",
        "manage:jira-webhook" => "Register webhooks",
        "read:me" => "See your Atlassian profile",
        "read:account" => "See your account's details",
        "offline_access" => "Keep access while you are away",
        _ => return None,
    })
}

/// The page on which a person allows or denies.
pub(super) struct Consenting {
    /// Where its form goes.
    pub action: &'static str,
    /// What a scope means in words.
    pub meaning: fn(&str) -> Option<&'static str>,
}

const PAGE: Consenting = Consenting { action: "/authorize", meaning };

impl Consenting {
    /// Draws it for a request, perhaps with a hint at what was wrong before.
    pub fn draw(&self, state: &crate::State, id: &str, asked: &Asked, hint: Option<&str>) -> Page {
        page(self, state, id, asked, hint)
    }
}

fn page(consenting: &Consenting, state: &crate::State, id: &str, asked: &Asked, hint: Option<&str>) -> Page {
    let world = state.world.lock();
    let people: Vec<_> = world.people().iter().filter(|person| person.can_sign_in).cloned().collect();
    drop(world);
    let body = html! {
        h1 { "The app " strong { (asked.client_id) } " wants to act for you in Jira" }
        @if let Some(hint) = hint { p role="alert" id="problem" { (hint) } }
        p { "It asks for:" }
        ul {
            @for scope in asked.scopes.names() {
                li { @if let Some(meaning) = (consenting.meaning)(scope) { (meaning) " (" (scope) ")" } @else { (scope) } }
            }
        }
        form id="decision" method="post" action=(consenting.action) {
            input type="hidden" name="request" value=(id);
            (pages::person_and_decision(&people))
        }
    };
    let mut page = Page::new("Allow access", body);
    page.redirects_to = Some(asked.redirect_uri.origin().ascii_serialization());
    page
}

/// Sends the browser back to the app.
pub(super) fn redirect(asked: &Asked, answer: &[(&str, &str)]) -> Response {
    let mut to = asked.redirect_uri.clone();
    to.query_pairs_mut().extend_pairs(answer).extend_pairs(asked.state.as_deref().map(|state| ("state", state)));
    let headers = [(header::LOCATION, String::from(to)), (header::CACHE_CONTROL, "no-store".to_owned())];
    (StatusCode::FOUND, headers).into_response()
}

pub(super) fn refuse(problem: &str) -> Response {
    Page::refusal(StatusCode::BAD_REQUEST, problem, "Go back to the app and start again.").into_response()
}
