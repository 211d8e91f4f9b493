//! The Data Center token server: `/plugins/servlet/oauth/…`.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

use crate::{Caller, Clock, Options, PersonId, State};

/// Issues and checks OAuth 1.0a tokens.
#[derive(Debug)]
pub struct Provider {}

impl Provider {
    /// A token server that has issued nothing yet.
    pub fn new(_options: &Options, _clock: Clock) -> Self {
        Self {}
    }

    /// What the Data Center listener serves below `/plugins/servlet/oauth`.
    pub fn router(state: Arc<State>) -> Router {
        Router::new().with_state(state)
    }

    /// Ends the tokens of this person, or of everybody.
    pub fn revoke(&self, _person: Option<&PersonId>) {}

    /// Who signed this request (an `OAuth` Authorization header), or the answer with its `oauth_problem`.
    pub fn authenticate(&self, _state: &State, _parts: &Parts) -> Result<Caller, Response> {
        Err((StatusCode::UNAUTHORIZED, "oauth_problem=token_rejected").into_response())
    }
}
