//! The way from the app's request to the person's answer.
//!
//! A request of an unknown client, or for an unknown address, gets an error page and is never redirected anywhere. What else is
//! wrong goes back to the app as an error.
use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};
use jiff::Timestamp;
use url::Url;

use super::super::authorize::{Asked, Consenting, answer, is_challenge, redirect, refuse, remember, waiting};
use super::within;
use crate::pages::{single_values, value};
use crate::{Options, Scopes};

const PAGE: Consenting = Consenting { action: "/plugins/servlet/oauth2/consent", meaning };

/// Why a request goes no further.
enum Wrong {
    /// Not even its sender is certain.
    Page(String),
    /// The app is told: `error`, and a sentence.
    Back(Box<Asked>, &'static str, &'static str),
}

/// `GET /rest/oauth2/latest/authorize`: checks the request and leads to the page.
pub(super) async fn begin(State(state): State<Arc<crate::State>>, RawQuery(query): RawQuery) -> Response {
    let now = state.clock.now();
    let asked = read(query.unwrap_or_default().as_bytes(), &state.options.read(), now);
    match asked {
        Ok(asked) => {
            let id = remember(&state.dc_oauth2, asked, now);
            (StatusCode::FOUND, [(header::LOCATION, format!("{}?request={id}", PAGE.action))]).into_response()
        }
        Err(Wrong::Page(problem)) => refuse(&problem),
        Err(Wrong::Back(asked, error, description)) => {
            redirect(&asked, &[("error", error), ("error_description", description)])
        }
    }
}

/// `GET /plugins/servlet/oauth2/consent`: the page. Nothing is granted by looking at it.
pub(super) async fn show(State(state): State<Arc<crate::State>>, RawQuery(query): RawQuery) -> Response {
    let query = single_values(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let id = value(&query, "request").unwrap_or_default();
    match waiting(&state.dc_oauth2, id, state.clock.now()) {
        Some(asked) => PAGE.draw(&state, id, &asked, None).into_response(),
        None => refuse("This page was answered before, or is older than ten minutes."),
    }
}

/// `POST /plugins/servlet/oauth2/consent`: the person's answer.
pub(super) async fn decide(State(state): State<Arc<crate::State>>, body: Bytes) -> Response {
    answer(&state, &state.dc_oauth2, &PAGE, &body)
}

fn read(query: &[u8], options: &Options, now: Timestamp) -> Result<Asked, Wrong> {
    let page = |problem: &str| Wrong::Page(problem.to_owned());
    let query = single_values(query).map_err(|name| Wrong::Page(format!("The parameter {name} is given twice.")))?;
    let client = &options.dc_client;
    if value(&query, "client_id") != Some(&client.id) {
        return Err(page("No application link has this client_id."));
    }
    let redirect_text = value(&query, "redirect_uri").unwrap_or_default();
    if !client.redirect_uris.iter().any(|known| known == redirect_text) {
        return Err(page("This redirect_uri is not the one of the application link. It must match to the letter."));
    }
    let redirect_uri = Url::parse(redirect_text).map_err(|_| page("The redirect_uri is not a URL."))?;
    let scopes = value(&query, "scope").and_then(|list| within(list, &client.scope));
    let challenge = value(&query, "code_challenge").map(str::to_owned);
    let asked = Asked {
        client_id: client.id.clone(),
        redirect_uri,
        redirect_text: redirect_text.to_owned(),
        state: value(&query, "state").map(str::to_owned),
        scopes: Scopes::parse(&scopes.as_deref().unwrap_or_default().join(" ")),
        offline: true,
        challenge,
        at: now,
    };
    let back = |error, description| Err(Wrong::Back(Box::new(asked.clone()), error, description));
    if value(&query, "response_type") != Some("code") {
        return back("unsupported_response_type", "The response_type must be code.");
    }
    if scopes.is_none() {
        return back("invalid_scope", "The scope is unknown, or more than the application link allows.");
    }
    let challenged = asked.challenge.as_deref().is_some_and(is_challenge);
    if !challenged || value(&query, "code_challenge_method") != Some("S256") {
        return back("invalid_request", "A code_challenge with code_challenge_method=S256 is needed.");
    }
    Ok(asked)
}

fn meaning(scope: &str) -> Option<&'static str> {
    Some(match scope {
        "READ" => "View projects and issues",
        "WRITE" => "Create and change issues, comments and worklogs",
        "ADMIN" => "Administer Jira, without its system settings",
        "SYSTEM_ADMIN" => "Administer Jira",
        _ => return None,
    })
}
