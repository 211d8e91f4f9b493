//! HTTP: `/bot<token>/<method>` with JSON or a form, and `/file/bot<token>/<path>`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request as HttpRequest, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::{
    contract,
    faults::Effect,
    hub::Hub,
    methods,
    refusal::Refusal,
    requests::{Request, Upload},
};

/// What a bot may send at once.
const MOST_BYTES: usize = 60 * 1024 * 1024;

pub fn router(hub: Arc<Hub>) -> Router {
    Router::new().fallback(serve).layer(DefaultBodyLimit::max(MOST_BYTES)).with_state(hub)
}

async fn serve(State(hub): State<Arc<Hub>>, request: HttpRequest) -> Response {
    let path = request.uri().path().to_owned();
    let token = hub.look(|world| world.bot.token.clone());
    if let Some(rest) = path.strip_prefix("/file/bot") {
        return file(&hub, rest, &token);
    }
    let Some((given, name)) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')) else {
        return refused(&Refusal::not_found());
    };
    if given != token {
        return refused(&Refusal::unauthorized());
    }
    let Some(method) = contract::method(name) else {
        hub.change(|world| world.violations.push(format!("there is no method {name} here")));
        return refused(&Refusal::not_found());
    };
    match read(request).await {
        Ok((sent, files)) => answer(&hub, method, contract::typed(method, sent), files).await,
        Err(why) => refused(&Refusal::bad(why)),
    }
}

/// Parameters and files of a body.
async fn read(request: HttpRequest) -> Result<(Map<String, Value>, BTreeMap<String, Upload>), String> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("multipart/form-data") {
        return form(request).await;
    }
    let is_json = kind.starts_with("application/json");
    let body = axum::body::to_bytes(request.into_body(), MOST_BYTES).await.map_err(|error| error.to_string())?;
    if body.is_empty() {
        return Ok(Default::default());
    }
    if !is_json {
        return Err("wrong content type".to_owned());
    }
    match serde_json::from_slice(&body) {
        Ok(Value::Object(sent)) => {
            let sent = sent.into_iter().filter(|(_, value)| !value.is_null());
            Ok((sent.collect(), BTreeMap::new()))
        }
        Ok(Value::Null) => Ok(Default::default()),
        _ => Err("can't parse JSON object".to_owned()),
    }
}

async fn form(request: HttpRequest) -> Result<(Map<String, Value>, BTreeMap<String, Upload>), String> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|error| error.to_string())?;
    let (mut sent, mut files) = (Map::new(), BTreeMap::new());
    while let Some(part) = parts.next_field().await.map_err(|error| error.to_string())? {
        let name = part.name().unwrap_or_default().to_owned();
        let file = part.file_name().map(str::to_owned);
        let media_type = part.content_type().map(str::to_owned);
        let content = part.bytes().await.map_err(|error| error.to_string())?;
        match file {
            Some(file) => {
                if matches!(name.as_str(), "photo" | "document") {
                    sent.insert(name.clone(), json!(format!("attach://{name}")));
                }
                files.insert(name, Upload { name: file, media_type, content });
            }
            None => {
                let text = String::from_utf8(content.to_vec()).map_err(|_| "strings must be encoded in UTF-8")?;
                sent.insert(name, Value::String(text));
            }
        }
    }
    Ok((sent, files))
}

async fn answer(hub: &Arc<Hub>, method: &'static str, parameters: Value, files: BTreeMap<String, Upload>) -> Response {
    let at = tokio::time::Instant::now();
    let complaints = contract::request(method, &parameters);
    let (number, effect) = hub.change(|world| {
        for complaint in complaints {
            world.violations.push(format!("{method}: {complaint}: {parameters}"));
        }
        let request = Request {
            method: method.to_owned(),
            parameters: parameters.clone(),
            files: files.clone(),
            answer: None,
            at,
        };
        world.requests.push(request);
        (world.requests.len() - 1, world.faults.meet(method))
    });
    let done = |code: u16, words: String| {
        hub.change(|world| world.requests[number].answer = Some((code, words)));
    };
    let mut late = None;
    match effect {
        Some(Effect::Broken(code)) => {
            done(code, "broken".to_owned());
            let status = StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY);
            return (status, [(header::CONTENT_TYPE, "text/html")], "<html><h1>Bad Gateway</h1></html>")
                .into_response();
        }
        Some(Effect::TooMany(seconds)) => {
            let refusal = Refusal::too_many(seconds);
            done(refusal.code, refusal.description.clone());
            return refused(&refusal);
        }
        Some(Effect::Refused(code, sentence)) => {
            let refusal = Refusal { code, description: sentence.to_owned(), parameters: None };
            done(code, refusal.description.clone());
            return refused(&refusal);
        }
        Some(Effect::Held(hold)) => hold.wait().await,
        Some(effect) => late = Some(effect),
        None => {}
    }
    let result = match method {
        "getUpdates" => hub.poll(&parameters).await,
        _ => hub.change(|world| methods::call(world, method, &parameters, &files)),
    };
    match late {
        Some(Effect::Late(delay)) => tokio::time::sleep(delay).await,
        Some(Effect::Lost) => {
            done(0, "lost".to_owned());
            return broken_off();
        }
        _ => {}
    }
    match result {
        Ok(result) => {
            let complaints = contract::answer(method, &result);
            hub.change(|world| {
                let told =
                    complaints.iter().map(|complaint| format!("the stand-in's own answer to {method}: {complaint}"));
                world.violations.extend(told);
                world.requests[number].answer = Some((200, String::new()));
            });
            axum::Json(json!({ "ok": true, "result": result })).into_response()
        }
        Err(refusal) => {
            done(refusal.code, refusal.description.clone());
            refused(&refusal)
        }
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.code).unwrap_or(StatusCode::BAD_REQUEST);
    (status, axum::Json(refusal.body())).into_response()
}

/// An answer whose body breaks off, which a client takes for a lost connection.
fn broken_off() -> Response {
    let pieces = futures::stream::iter([Ok(Bytes::from_static(b"{\"ok\":")), Err(std::io::Error::other("lost"))]);
    Response::new(Body::from_stream(pieces))
}

fn file(hub: &Hub, rest: &str, token: &str) -> Response {
    let found = rest.split_once('/').filter(|(given, _)| *given == token).and_then(|(_, path)| {
        hub.look(|world| world.files.values().find(|file| file.path == path).map(|file| file.content.clone()))
    });
    match found {
        Some(content) => ([(header::CONTENT_TYPE, "application/octet-stream")], content).into_response(),
        None => refused(&Refusal::not_found()),
    }
}
