//! Discord's REST API, version 10: records every request, may refuse it as a test says, and answers it.

mod body;
mod channels;
mod commands;
mod guilds;
pub mod interactions;
mod limits;
mod messages;
mod refusal;
mod schemas;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Request as HttpRequest, State as Extract},
    http::{HeaderValue, Response, StatusCode, header},
};
use serde_json::{Value, json};

pub use body::Payload;
pub use channels::open_direct;
pub use commands::{kind_of, size};
pub use guilds::application;
pub use refusal::Refusal;

use crate::{
    faults::Fault,
    state::{Request, Shared, State},
};

/// Status and body, or a refusal.
pub type Answer = Result<(u16, Value), Refusal>;

/// One request, read.
#[derive(Debug)]
pub struct Call {
    pub method: String,
    pub query: String,
    pub payload: Payload,
    pub arrived: Instant,
}

impl Call {
    /// A value of the query.
    pub fn asked(&self, key: &str) -> Option<&str> {
        self.query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value)
    }
}

/// The whole API and the files.
pub fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(serve).layer(DefaultBodyLimit::disable()).with_state(shared)
}

async fn serve(Extract(shared): Extract<Arc<Shared>>, request: HttpRequest) -> Response<Body> {
    let arrived = Instant::now();
    let whole = request.uri().path().to_owned();
    if let Some(path) = whole.strip_prefix("/attachments/") {
        return file(&shared, path);
    }
    let Some(path) = whole.strip_prefix("/api/v10") else {
        return respond(404, &json!({"message": "404: Not Found", "code": 0}));
    };
    let method = request.method().to_string();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let token = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let payload = body::read(request).await;
    let record = Request {
        method: method.clone(),
        path: path.to_owned(),
        query: query.clone(),
        body: payload.json.clone(),
        files: payload.files.iter().map(|file| file.name.clone()).collect(),
        at: shared.look().started.elapsed(),
        status: 0,
        code: 0,
    };
    let number = shared.change(|state| {
        state.requests.push(record);
        state.requests.len() - 1
    });
    let held = shared.look().faults.hold(&method, path);
    if let Some(held) = held {
        held.wait(&shared).await;
    }
    let fault = shared.change(|state| state.faults.next(&method, path));
    if let Some(Fault::Slow(by)) = fault {
        tokio::time::sleep(by).await;
    }
    let call = Call { method, query, payload, arrived };
    shared.change(|state| {
        let early = state.faults.early(&call.method, path, arrived);
        state.violations.extend(early);
        let mut retry = None;
        let answer = match fault {
            Some(Fault::Limited { retry_after, global }) => {
                retry = Some((retry_after, global));
                let seconds = retry_after.as_secs_f64();
                let body = json!({"message": "You are being rate limited.", "retry_after": seconds, "global": global});
                Ok((429, body))
            }
            Some(Fault::Broken(status)) => Ok((status, json!({"message": "upstream failed", "code": 0}))),
            _ if open(path) || token.as_deref() == Some(&format!("Bot {}", state.facts.token)) => {
                route(state, path, &call)
            }
            _ => Err(Refusal::new(401, 0, "401: Unauthorized")),
        };
        let (status, body) = answer.unwrap_or_else(|refusal| (refusal.status, refusal.body()));
        let record = &mut state.requests[number];
        record.status = status;
        record.code = body["code"].as_u64().unwrap_or_default();
        let mut response = respond(status, &body);
        limits_of(path, retry, &mut response);
        response
    })
}

/// What a token in the path opens.
fn open(path: &str) -> bool {
    path.starts_with("/interactions/") || path.starts_with("/webhooks/")
}

fn respond(status: u16, body: &Value) -> Response<Body> {
    let mut response = Response::new(if status == 204 { Body::empty() } else { Body::from(body.to_string()) });
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn limits_of(path: &str, retry: Option<(std::time::Duration, bool)>, response: &mut Response<Body>) {
    let bucket: String = path.split('/').take(3).collect::<Vec<_>>().join("-");
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    };
    set("x-ratelimit-bucket", format!("bucket{bucket}"));
    set("x-ratelimit-limit", "1000".to_owned());
    match retry {
        Some((after, global)) => {
            set("x-ratelimit-remaining", "0".to_owned());
            set("x-ratelimit-reset-after", format!("{:.3}", after.as_secs_f64()));
            set("retry-after", after.as_secs_f64().ceil().to_string());
            set("x-ratelimit-scope", if global { "global" } else { "user" }.to_owned());
            if global {
                set("x-ratelimit-global", "true".to_owned());
            }
        }
        None => {
            set("x-ratelimit-remaining", "999".to_owned());
            set("x-ratelimit-reset-after", "1.000".to_owned());
        }
    }
}

fn file(shared: &Shared, path: &str) -> Response<Body> {
    let Some(file) = shared.look().files.get(path).cloned() else {
        return respond(404, &json!({"message": "404: Not Found"}));
    };
    let mut response = Response::new(Body::from(file.content));
    if let Ok(kind) = HeaderValue::from_str(&file.media_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
    }
    response
}

fn route(state: &mut State, path: &str, call: &Call) -> Answer {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let facts = state.facts.clone();
    let (application, bot) = (facts.application.to_string(), facts.bot);
    match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["gateway"]) => Ok((200, json!({"url": facts.gateway_url}))),
        ("GET", ["gateway", "bot"]) => {
            let starts = json!({"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1});
            Ok((200, json!({"url": facts.gateway_url, "shards": state.shards, "session_start_limit": starts})))
        }
        ("GET", ["applications" | "oauth2", "@me"] | ["oauth2", "applications", "@me"]) => {
            Ok((200, guilds::application(state)))
        }
        ("GET", ["users", "@me"]) => Ok((200, guilds::current_user(state))),
        ("GET", ["users", "@me", "guilds"]) => Ok((200, guilds::current_guilds(state))),
        ("GET", ["users", id]) => guilds::user(state, id),
        ("POST", ["users", "@me", "channels"]) => channels::direct(state, call),
        ("GET", ["applications", app, "commands"]) if *app == application => {
            Ok((200, json!(state.commands.get(&None).cloned().unwrap_or_default())))
        }
        ("PUT", ["applications", app, "commands"]) if *app == application => {
            commands::overwrite(state, None, "bulk_set_application_commands", &call.payload.json)
        }
        ("GET", ["applications", app, "guilds", guild, "commands"]) if *app == application => {
            let guild = guilds::joined(state, guild)?;
            Ok((200, json!(state.commands.get(&Some(guild)).cloned().unwrap_or_default())))
        }
        ("PUT", ["applications", app, "guilds", guild, "commands"]) if *app == application => {
            let guild = guilds::joined(state, guild)?;
            commands::overwrite(state, Some(guild), "bulk_set_guild_application_commands", &call.payload.json)
        }
        ("POST", ["interactions", id, token, "callback"]) => interactions::callback(state, id, token, call),
        ("POST", ["webhooks", app, token]) if *app == application => interactions::follow_up(state, token, call),
        ("GET", ["webhooks", app, token, "messages", id]) if *app == application => interactions::get(state, token, id),
        ("PATCH", ["webhooks", app, token, "messages", id]) if *app == application => {
            interactions::edit(state, token, id, call)
        }
        ("DELETE", ["webhooks", app, token, "messages", id]) if *app == application => {
            interactions::delete(state, token, id)
        }
        ("GET", ["channels", id]) => channels::get(state, id),
        ("POST", ["channels", id, "typing"]) => channels::typing(state, id),
        ("GET", ["channels", id, "messages", message]) => channels::message(state, id, message),
        ("POST", ["channels", id, "messages"]) => channels::send(state, id, call),
        ("PATCH", ["channels", id, "messages", message]) => channels::edit(state, id, message, call),
        ("DELETE", ["channels", id, "messages", message]) => channels::delete(state, id, message),
        ("GET", ["guilds", id]) => guilds::get(state, id),
        ("GET", ["guilds", id, "roles"]) => guilds::roles(state, id),
        ("GET", ["guilds", id, "channels"]) => guilds::channels(state, id),
        ("GET", ["guilds", id, "members"]) => guilds::members(state, id, call),
        ("GET", ["guilds", id, "members", "search"]) => guilds::search(state, id, call),
        ("GET", ["guilds", id, "members", "@me"]) => guilds::member(state, id, &bot.to_string()),
        ("GET", ["guilds", id, "members", who]) => guilds::member(state, id, who),
        _ => {
            state.violations.push(format!("{} {path} is nothing that this Discord knows", call.method));
            Err(Refusal::new(404, 0, "404: Not Found"))
        }
    }
}
