//! The Cloud token server: `/authorize` and `/oauth/token`.
use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use parking_lot::Mutex;

use crate::{Caller, Clock, Options, PersonId, Scopes, State};

/// Issues and checks Cloud tokens.
#[derive(Debug)]
pub struct Provider {
    access: Mutex<HashMap<String, Caller>>,
}

impl Provider {
    /// A token server that has issued nothing yet.
    pub fn new(_options: &Options, _clock: Clock) -> Self {
        Self { access: Mutex::default() }
    }

    /// What the auth listener serves.
    pub fn router(state: Arc<State>) -> Router {
        Router::new().with_state(state)
    }

    /// Issues an access token, good for an hour, without any page being walked.
    pub fn issue_access(&self, person: &PersonId, scopes: Scopes) -> String {
        let token = hex::encode(rand::random::<[u8; 32]>());
        self.access.lock().insert(token.clone(), Caller { person: person.clone(), scopes, cloud_id: None });
        token
    }

    /// Makes the access tokens of this person, or of everybody, expired; refresh tokens stay.
    pub fn expire_access(&self, person: Option<&PersonId>) {
        self.access.lock().retain(|_, caller| person.is_some_and(|person| *person != caller.person));
    }

    /// Ends the grants of this person, or of everybody: access and refresh tokens stop working.
    pub fn revoke(&self, person: Option<&PersonId>) {
        self.expire_access(person);
    }

    /// Who sends this request (a Bearer token), or the gateway's 401.
    pub fn authenticate(&self, _state: &State, parts: &Parts) -> Result<Caller, Response> {
        let token = parts.headers.get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer "));
        token.and_then(|token| self.access.lock().get(token).cloned()).ok_or_else(|| {
            let body = r#"{"code":401,"message":"Unauthorized"}"#;
            (StatusCode::UNAUTHORIZED, [(http::header::CONTENT_TYPE, "application/json")], body).into_response()
        })
    }
}
