//! What people see of the Data Center token server: the question, the verification code, and the list of what they allowed.
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use maud::html;
use url::Url;

use super::tokens::{Callback, Decision, random, verification_code};
use crate::Person;
use crate::pages::{self, Granted, Page, single_values, value};

const AUTHORIZE: &str = "/plugins/servlet/oauth/authorize";
const ACCESS_TOKENS: &str = "/plugins/servlet/oauth/users/access-tokens";
/// So many pages shown for one request token can be answered.
const PAGES: usize = 20;

/// `GET authorize?oauth_token=`: the question. Nothing is granted by looking at it.
pub(super) async fn show(State(state): State<Arc<crate::State>>, RawQuery(query): RawQuery) -> Response {
    let query = single_values(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let Some(name) = value(&query, "oauth_token") else { return refuse("The address carries no oauth_token.") };
    let app = state.options.read().dc_consumer.name.clone();
    let now = state.clock.now();
    let mut books = state.oauth1.books.lock();
    let Some(token) = books.tokens.open_request(name, now) else { return unknown() };
    match &token.decision {
        Decision::None => {}
        Decision::Allowed { verifier, .. } if value(&query, "oauth_verifier") == Some(verifier) => {
            return Page::new("Access allowed", html! { h1 { "You have successfully authorized '" (app) "'." } })
                .into_response();
        }
        Decision::Allowed { .. } | Decision::Denied => return unknown(),
    }
    let page = random();
    if token.pages.len() == PAGES {
        token.pages.remove(0);
    }
    token.pages.push(page.clone());
    let callback = token.callback.clone();
    drop(books);
    question(&state, Question { app: &app, token: name, page: &page, callback: &callback, hint: None }).into_response()
}

/// `POST authorize`: the person's answer, inputs `oauth_token`, `request`, `person`, `decision`.
pub(super) async fn decide(State(state): State<Arc<crate::State>>, body: Bytes) -> Response {
    let Ok(form) = single_values(&body) else { return refuse("The form was sent with a field given twice.") };
    let (name, page) = (value(&form, "oauth_token").unwrap_or_default(), value(&form, "request").unwrap_or_default());
    let app = state.options.read().dc_consumer.name.clone();
    let people = signing_in(&state);
    let person = value(&form, "person").and_then(|id| people.iter().find(|person| person.id.as_str() == id));
    let now = state.clock.now();
    let mut books = state.oauth1.books.lock();
    let code_in_address_bar = books.behaviour.code_in_address_bar;
    let Some(token) = books.tokens.open_request(name, now) else { return unknown() };
    if token.decision != Decision::None || !token.pages.iter().any(|known| known == page) {
        return unknown();
    }
    let callback = token.callback.clone();
    match (value(&form, "decision"), person) {
        (Some("allow"), Some(person)) => {
            let verifier = verification_code();
            token.decision = Decision::Allowed { person: person.id.clone(), verifier: verifier.clone() };
            drop(books);
            match callback {
                Callback::Address(to) => redirect(to, name, &verifier),
                Callback::OutOfBand if code_in_address_bar => {
                    see_other(&format!("{AUTHORIZE}?oauth_token={name}&oauth_verifier={verifier}"))
                }
                Callback::OutOfBand => allowed(&app, &verifier).into_response(),
            }
        }
        (Some("allow"), None) => {
            drop(books);
            let hint = Some("Choose who you are first.");
            let mut page = question(&state, Question { app: &app, token: name, page, callback: &callback, hint });
            page.status = StatusCode::BAD_REQUEST;
            page.into_response()
        }
        (Some("deny"), _) => {
            token.decision = Decision::Denied;
            drop(books);
            match callback {
                Callback::Address(to) => redirect(to, name, "denied"),
                Callback::OutOfBand => denied(&app).into_response(),
            }
        }
        _ => refuse("The form was sent without an answer."),
    }
}

/// `GET users/access-tokens`: what was allowed, each with a button that ends it.
pub(super) async fn tokens(State(state): State<Arc<crate::State>>) -> Response {
    let tokens = state.oauth1.books.lock().tokens.list();
    let app = state.options.read().dc_consumer.name.clone();
    let world = state.world.lock();
    let list: Vec<_> = tokens
        .into_iter()
        .map(|token| Granted {
            id: token.id.to_string(),
            person: world.person(token.person.as_str()).map(|person| person.name.clone()).unwrap_or_default(),
            app: app.clone(),
            since: token.issued.to_string(),
        })
        .collect();
    drop(world);
    pages::granted("OAuth access tokens", ACCESS_TOKENS, &list).into_response()
}

/// `POST users/access-tokens`: ends the token `id`.
pub(super) async fn revoke(State(state): State<Arc<crate::State>>, body: Bytes) -> Response {
    let form = single_values(&body).unwrap_or_default();
    if let Some(id) = value(&form, "id").and_then(|id| id.parse().ok()) {
        state.oauth1.books.lock().tokens.revoke_id(id);
    }
    see_other(ACCESS_TOKENS)
}

struct Question<'a> {
    app: &'a str,
    token: &'a str,
    page: &'a str,
    callback: &'a Callback,
    hint: Option<&'a str>,
}

fn question(state: &crate::State, question: Question<'_>) -> Page {
    let Question { app, token, page, callback, hint } = question;
    let body = html! {
        h1 { strong { (app) } " would like to have read and write access to your data on Jira" }
        @if let Some(hint) = hint { p role="alert" id="problem" { (hint) } }
        p { "Whatever it does there, it does in your name." }
        form id="decision" method="post" action=(AUTHORIZE) {
            input type="hidden" name="oauth_token" value=(token);
            input type="hidden" name="request" value=(page);
            (pages::person_and_decision(&signing_in(state)))
        }
    };
    let mut page = Page::new("Allow access", body);
    if let Callback::Address(to) = callback {
        page.redirects_to = Some(to.origin().ascii_serialization());
    }
    page
}

fn allowed(app: &str, verifier: &str) -> Page {
    let body = html! {
        h1 { "Access approved" }
        p {
            "You have successfully authorized '" (app) "'. Your verification code is '"
            code id="verification-code" { (verifier) } "'."
        }
        p {
            "You will need to enter this exact text when prompted. You should write this value down before closing the "
            "browser window."
        }
    };
    Page::new("Access approved", body)
}

fn denied(app: &str) -> Page {
    let body = html! {
        h1 { "Access denied" }
        p { "You have denied '" (app) "' access. Nothing was allowed." }
    };
    Page::new("Access denied", body)
}

fn signing_in(state: &crate::State) -> Vec<Person> {
    state.world.lock().people().iter().filter(|person| person.can_sign_in).cloned().collect()
}

fn redirect(mut to: Url, token: &str, verifier: &str) -> Response {
    to.query_pairs_mut().append_pair("oauth_token", token).append_pair("oauth_verifier", verifier);
    (StatusCode::FOUND, [(header::LOCATION, String::from(to))]).into_response()
}

fn see_other(to: &str) -> Response {
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

fn unknown() -> Response {
    refuse("This request for access is unknown, was answered before, or is older than ten minutes.")
}

fn refuse(problem: &str) -> Response {
    Page::refusal(StatusCode::BAD_REQUEST, problem, "Go back to the app and start again.").into_response()
}
