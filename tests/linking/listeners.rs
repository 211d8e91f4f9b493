//! Both listeners, spoken to with bytes as they are, and what must be true of any answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicBool},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use usher::web::{Ops, ops};
use usher_chat::Platform;

use crate::{parrot::Parrot, world::World};

/// An answer as it came.
pub struct Answer {
    /// What it answers.
    pub asked: String,
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// Sends bytes as they are: a client would make good addresses of bad ones.
pub async fn ask(origin: &str, head: &str, body: &str) -> Answer {
    let mut stream = TcpStream::connect(origin.trim_start_matches("http://")).await.unwrap();
    let (line, rest) = head.split_once("\r\n").unwrap_or((head, ""));
    let host = if rest.contains("evil") { "evil.example" } else { "127.0.0.1" };
    let text = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{rest}\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut said = Vec::new();
    stream.read_to_end(&mut said).await.unwrap();
    let said = String::from_utf8_lossy(&said).into_owned();
    let (head, body) = said.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{line}: {said:?}"));
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok()).unwrap();
    let mut headers = BTreeMap::new();
    for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
        let before = headers.insert(name.to_lowercase(), value.to_owned());
        assert!(before.is_none() || name.eq_ignore_ascii_case("vary"), "{line}: two headers {name}");
    }
    Answer { asked: format!("{line} {rest:?}"), status, headers, body: body.to_owned() }
}

impl Answer {
    /// A header, or nothing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }

    /// What must be true of any answer. `providers` are the origins to which a browser may be sent.
    pub fn guarded(&self, providers: &[&str]) {
        let asked = format!("{} -> {}", self.asked, self.status);
        let policy = self.header("content-security-policy");
        let mut parts: BTreeMap<&str, &str> = policy.split("; ").filter_map(|part| part.split_once(' ')).collect();
        let forms = parts.remove("form-action").unwrap_or_default();
        let style = parts.remove("style-src").unwrap_or_default();
        assert!(style.starts_with("'sha256-") && !style.contains(' '), "{asked}: {policy}");
        let forms: Vec<&str> = forms.split(' ').collect();
        assert!(forms[0] == "'self'" && forms[1..].iter().all(|form| providers.contains(form)), "{asked}: {policy}");
        let rest = BTreeMap::from([("default-src", "'none'"), ("frame-ancestors", "'none'"), ("base-uri", "'none'")]);
        assert_eq!(parts, rest, "{asked}");
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("x-robots-tag", "noindex, nofollow"),
        ] {
            assert_eq!(self.header(name), value, "{asked}: {name}");
        }
        for name in
            ["server", "x-powered-by", "via", "access-control-allow-origin", "refresh", "link", "content-location"]
        {
            assert_eq!(self.header(name), "", "{asked}: {name}");
        }
        assert!(!format!("{:?}", self.headers).contains("evil"), "{asked}: {:?}", self.headers);
        assert!(!self.body.contains("evil") && !self.body.contains("<script"), "{asked}: {}", self.body);
        match self.header("location") {
            "" => assert!(!(300..400).contains(&self.status), "{asked}"),
            to => {
                assert_eq!(self.status, 303, "{asked}");
                let origin = url::Url::parse(to).unwrap().origin().ascii_serialization();
                assert!(providers.contains(&origin.as_str()), "{asked}: leads to {to}");
            }
        }
    }
}

/// Both listeners, with platforms that answer as they are told.
pub struct Listeners {
    pub public: String,
    pub operations: String,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Drop for Listeners {
    fn drop(&mut self) {
        self.tasks.iter().for_each(tokio::task::JoinHandle::abort);
    }
}

impl Listeners {
    /// Of this world, not ready yet.
    pub async fn of(world: &World) -> Self {
        let ready = Arc::new(AtomicBool::new(false));
        let parts = Ops { store: world.store.clone(), identity: world.identity.clone(), ready };
        let platforms = [Platform::DISCORD, Platform::TELEGRAM].map(Parrot::of).to_vec();
        let routers = [usher::web::router(world.identity.clone(), platforms), ops(parts)];
        let (mut origins, mut tasks) = (Vec::new(), Vec::new());
        for router in routers {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            origins.push(format!("http://{}", listener.local_addr().unwrap()));
            tasks.push(tokio::spawn(async move {
                usher::web::serve(listener, router, std::future::pending()).await.unwrap();
            }));
        }
        let operations = origins.pop().unwrap();
        Self { public: origins.pop().unwrap(), operations, tasks }
    }
}
