//! Whole commands, from the event to the reply, while a proxy spoils what Jira answers.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};

use axum::{body::Body, extract::Request, response::Response};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};
use usher::config::LinkConfig;
use usher_chat::{ChatHandler, Input};
use usher_terminal::Walker;

use super::{Part, lines, mutate};
use crate::{crowd::Ear, ground::Ground};

/// After so many commands everything begins anew, so that the database stays small.
const TOGETHER: u64 = 4000;

const COMMANDS: [&str; 26] = [
    "jira view DEMO-1",
    "jira find order",
    "jira mine",
    "jira recent",
    "jira comments DEMO-1",
    "jira history DEMO-1",
    "jira attachments DEMO-1",
    "jira status DEMO-2 in progress",
    "jira assign DEMO-2 grace",
    "jira comment DEMO-2 words",
    "jira create bug in DEMO words",
    "jira edit DEMO-2 summary words",
    "jira log DEMO-2 1h",
    "jira watch DEMO-2",
    "jira worklogs DEMO-1",
    "jira watchers DEMO-1",
    "jira links DEMO-1",
    "jira children DEMO-1",
    "jira boards",
    "jira sprints",
    "jira backlog",
    "jira versions DEMO",
    "jira components DEMO",
    "jira projects",
    "jira project DEMO",
    "jira filters",
];

pub async fn run(inputs: u64, rng: &mut fastrand::Rng) -> Part {
    let mut part = Part::default();
    while part.done < inputs {
        let until = inputs.min(part.done + TOGETHER);
        together(until, rng, &mut part).await;
    }
    part
}

async fn together(until: u64, rng: &mut fastrand::Rng, part: &mut Part) {
    let mut ground = Ground::lay().await;
    let proxy = Proxy::start(ground.jira.api_url().to_owned(), rng.u64(..)).await;
    ground.config.sites.truncate(1);
    ground.config.governance.direct = "manager".to_owned();
    ground.config.governance.rates = Default::default();
    ground.config.workspaces = vec![usher_chat::Workspace::new(usher_chat::Platform::new("test"), "home")];
    if let LinkConfig::Cloud { api_url, scopes, .. } = &mut ground.config.sites[0].link {
        *api_url = proxy.url.parse().unwrap();
        scopes.extend(usher::tools::table().scopes().into_iter().map(str::to_owned));
    }
    let core = ground.open().await;
    let bot = core.bot(&[]);
    let pages = serve(usher::web::router(core.identity.clone(), Vec::new()), ground.listeners().public);
    let mut number = part.done;
    let mut say = async |text: String| {
        let ear = Arc::new(Ear::default());
        number += 1;
        // What one may use of each tool is given back with time.
        ground.later(std::time::Duration::from_millis(200));
        bot.handle(lines::event(number, lines::place(true), Input::Text(text)), ear.clone()).await;
        ear.replies().iter().map(|reply| format!("{reply:?}")).collect::<Vec<_>>()
    };
    let asked = say("jira connect".to_owned()).await.join("");
    let at = asked.find("http://").unwrap();
    let url: String = asked[at..].chars().take_while(|c| *c != '"').collect();
    let code = Walker::new().approve(&url, "ada", false).await.unwrap();
    assert!(say(code).await.join("").contains("Linked: "));
    proxy.spoils.store(true, Ordering::Relaxed);
    while part.done < until {
        let mut line = COMMANDS[rng.usize(..COMMANDS.len())].to_owned();
        if rng.u32(..4) == 0 {
            mutate::spoil(rng, &mut line);
        }
        let begun = Instant::now();
        let said = say(line.clone()).await.join("");
        part.took(begun);
        if said.contains("broke on our side") {
            part.broke(format!("{line:?}: {said}"));
        }
    }
    proxy.task.abort();
    pages.abort();
}

fn serve(router: axum::Router, listener: TcpListener) -> JoinHandle<()> {
    tokio::spawn(async move { drop(axum::serve(listener, router).await) })
}

/// Stands before the sandbox's gateway. Once told to, it spoils half of what comes back.
struct Proxy {
    url: String,
    spoils: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Proxy {
    async fn start(target: String, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let spoils = Arc::new(AtomicBool::new(false));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let count = Arc::new(AtomicU64::new(seed));
        let pass = {
            let spoils = spoils.clone();
            move |request: Request| {
                let (client, target, spoils) = (client.clone(), target.clone(), spoils.clone());
                let seed = count.fetch_add(1, Ordering::Relaxed);
                async move { pass(&client, &target, request, spoils.load(Ordering::Relaxed).then_some(seed)).await }
            }
        };
        let task = serve(axum::Router::new().fallback(pass), listener);
        Self { url, spoils, task }
    }
}

async fn pass(client: &reqwest::Client, target: &str, request: Request, seed: Option<u64>) -> Response {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 22).await.unwrap();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
    let mut headers = head.headers;
    headers.remove(http::header::HOST);
    headers.remove(http::header::CONTENT_LENGTH);
    let asked = client.request(head.method, format!("{target}{path}")).headers(headers).body(body);
    let Ok(answer) = asked.send().await else {
        return Response::builder().status(502).body(Body::empty()).unwrap();
    };
    let (mut status, kind) = (answer.status().as_u16(), answer.headers().get(http::header::CONTENT_TYPE).cloned());
    let mut body = answer.bytes().await.unwrap_or_default().to_vec();
    let mut rng = fastrand::Rng::with_seed(seed.unwrap_or_default());
    if seed.is_some() && rng.bool() {
        if let Ok(value) = serde_json::from_slice::<Value>(&body) {
            body = mutate::document(&mut rng, &value);
        }
        if rng.u32(..10) == 0 {
            status = [200, 201, 204, 304, 400, 403, 404, 409, 418, 429, 500, 503][rng.usize(..12)];
        }
    }
    let mut response = Response::builder().status(status);
    if let Some(kind) = kind {
        response = response.header(http::header::CONTENT_TYPE, kind);
    }
    response.body(Body::from(body)).unwrap()
}
