//! The controls over HTTP, for tests in other languages and for curl.
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::world::{Permission, Role};
use crate::{Fault, PersonId, Scopes, State};

/// What `GET /` answers.
const HELP: &str = "\
GET    /                         this page
GET    /addresses                where everything listens
GET    /people                   who there is
GET    /calls                    who called what      DELETE forgets it
GET    /faults                   faults on order      DELETE takes them and the latency back
POST   /faults                   {\"effect\":\"too-many\",\"retry_after\":2,\"reason\":\"jira-burst-based\",\"method\":\"GET\",\"path\":\"/issue/\",\"times\":1}
                                 effects: too-many, status (status, body), html (status), reset, lost-answer, slow (ms)
POST   /latency                  {\"ms\":20}
POST   /clock/advance            {\"seconds\":3600}
POST   /tokens                   {\"person\":\"ada\",\"scopes\":\"read:jira-work\"}  -> a Cloud access token; without scopes a Data Center one
POST   /tokens/expire            {\"person\":\"ada\"} or {}
POST   /tokens/revoke            {\"person\":\"ada\"} or {}
GET    /issues/{key}             the issue as plain JSON   DELETE deletes it
POST   /issues                   {\"project\":\"DEMO\",\"reporter\":\"ada\",\"summary\":\"...\"}
POST   /issues/{key}/move        {\"project\":\"WEB\"}
POST   /issues/{key}/status      {\"status\":\"Done\"}
GET    /projects/{key}/issues    the keys
POST   /projects/{key}/role      {\"person\":\"linus\",\"role\":\"Developers\"}, role null takes the person out
POST   /projects/{key}/permit    {\"person\":\"linus\",\"permission\":\"EDIT_ISSUES\",\"on\":true}
";

type S = Shared<Arc<State>>;

pub(crate) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/", get(async || HELP))
        .route("/addresses", get(addresses))
        .route("/people", get(people))
        .route("/calls", get(async |Shared(state): S| Json(state.calls.all())).delete(clear_calls))
        .route("/faults", get(async |Shared(state): S| Json(state.faults.list())).post(add_fault).delete(clear_faults))
        .route("/latency", post(latency))
        .route("/clock/advance", post(advance))
        .route("/tokens", post(token))
        .route("/tokens/expire", post(expire))
        .route("/tokens/revoke", post(revoke))
        .route("/issues", post(add_issue))
        .route("/issues/{key}", get(issue).merge(delete(delete_issue)))
        .route("/issues/{key}/move", post(move_issue))
        .route("/issues/{key}/status", post(set_status))
        .route("/projects/{key}/issues", get(keys))
        .route("/projects/{key}/role", post(set_role))
        .route("/projects/{key}/permit", post(permit))
        .with_state(state)
}

fn done(ok: bool) -> Response {
    if ok { StatusCode::NO_CONTENT } else { StatusCode::NOT_FOUND }.into_response()
}

fn found(value: Option<Value>) -> Response {
    value.map_or_else(|| StatusCode::NOT_FOUND.into_response(), |value| Json(value).into_response())
}

async fn addresses(Shared(state): S) -> Json<Value> {
    let at = &state.addresses;
    Json(json!({
        "auth": at.auth, "api": at.api, "cloud": at.cloud, "other_cloud": at.other_cloud, "dc": at.dc, "control": at.control,
    }))
}

async fn people(Shared(state): S) -> Json<Value> {
    let world = state.world.lock();
    let people = world.people().iter().map(|one| {
        json!({
            "id": one.id.as_str(), "name": one.name, "email": one.email, "accountId": one.account_id, "dcName": one.dc_name,
            "canSignIn": one.can_sign_in,
        })
    });
    Json(people.collect())
}

async fn clear_calls(Shared(state): S) -> StatusCode {
    state.calls.clear();
    StatusCode::NO_CONTENT
}

async fn add_fault(Shared(state): S, Json(fault): Json<Fault>) -> StatusCode {
    state.faults.add(fault);
    StatusCode::NO_CONTENT
}

async fn clear_faults(Shared(state): S) -> StatusCode {
    state.faults.clear();
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Latency {
    ms: u64,
}

async fn latency(Shared(state): S, Json(latency): Json<Latency>) -> StatusCode {
    state.faults.set_latency(Duration::from_millis(latency.ms));
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Advance {
    seconds: u64,
}

async fn advance(Shared(state): S, Json(advance): Json<Advance>) -> StatusCode {
    state.clock.advance(Duration::from_secs(advance.seconds));
    StatusCode::NO_CONTENT
}

#[derive(Deserialize)]
struct Whose {
    person: Option<String>,
    scopes: Option<String>,
}

async fn token(Shared(state): S, Json(whose): Json<Whose>) -> Response {
    let person = whose.person.unwrap_or_default();
    if state.world.lock().person(&person).is_none() {
        return StatusCode::NOT_FOUND.into_response();
    }
    let person = PersonId::new(person);
    let token = match whose.scopes {
        Some(scopes) => state.oauth2.issue_access(&person, Scopes::parse(&scopes)),
        None => {
            let token = hex::encode(rand::random::<[u8; 20]>());
            state.personal_tokens.lock().insert(token.clone(), person);
            token
        }
    };
    Json(json!({"access_token": token})).into_response()
}

async fn expire(Shared(state): S, Json(whose): Json<Whose>) -> StatusCode {
    state.oauth2.expire_access(whose.person.map(PersonId::new).as_ref());
    StatusCode::NO_CONTENT
}

async fn revoke(Shared(state): S, Json(whose): Json<Whose>) -> StatusCode {
    super::revoke(&state, whose.person.as_deref());
    StatusCode::NO_CONTENT
}

async fn issue(Shared(state): S, Path(key): Path<String>) -> Response {
    found(super::find_issue(&state.world.lock(), &key))
}

async fn delete_issue(Shared(state): S, Path(key): Path<String>) -> Response {
    done(super::delete_issue(&mut state.world.lock(), &key))
}

#[derive(Deserialize)]
struct NewIssue {
    project: String,
    reporter: String,
    summary: String,
}

async fn add_issue(Shared(state): S, Json(new): Json<NewIssue>) -> Response {
    let now = state.clock.now();
    let key = super::add_issue(&mut state.world.lock(), &new.project, &new.reporter, &new.summary, now);
    found(key.map(|key| json!({"key": key})))
}

#[derive(Deserialize)]
struct Move {
    project: String,
}

async fn move_issue(Shared(state): S, Path(key): Path<String>, Json(to): Json<Move>) -> Response {
    let key = super::move_issue(&mut state.world.lock(), &key, &to.project);
    found(key.map(|key| json!({"key": key})))
}

#[derive(Deserialize)]
struct NewStatus {
    status: String,
}

async fn set_status(Shared(state): S, Path(key): Path<String>, Json(new): Json<NewStatus>) -> Response {
    done(super::set_status(&mut state.world.lock(), &key, &new.status))
}

async fn keys(Shared(state): S, Path(key): Path<String>) -> Json<Vec<String>> {
    Json(super::keys(&state.world.lock(), &key))
}

#[derive(Deserialize)]
struct NewRole {
    person: String,
    role: Option<String>,
}

async fn set_role(Shared(state): S, Path(key): Path<String>, Json(new): Json<NewRole>) -> Response {
    let role = match new.role.as_deref().map(Role::named) {
        Some(None) => return StatusCode::BAD_REQUEST.into_response(),
        Some(role) => role,
        None => None,
    };
    done(super::set_role(&mut state.world.lock(), &key, &new.person, role))
}

#[derive(Deserialize)]
struct Permit {
    person: String,
    permission: String,
    on: bool,
}

async fn permit(Shared(state): S, Path(key): Path<String>, Json(new): Json<Permit>) -> Response {
    let Some(permission) = Permission::with_key(&new.permission) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    done(super::permit(&mut state.world.lock(), &key, &new.person, permission, new.on))
}
