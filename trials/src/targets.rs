//! What a fuzzer feeds: one function for each reader and writer, which must hold for any bytes. `fuzz/` runs them without
//! end; a test replays its corpus.

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    sync::{Arc, LazyLock},
};

use http::Request;
use tower::ServiceExt;
use usher::{
    Config,
    actions::Actions,
    audit::{Audit, AuditKey},
    clock::SystemClock,
    identity::{Identity, Parts, candidate},
    ids::{IssueKey, ProjectKey, ProjectScope},
    jira::{Http, jql::Jql},
    keys::{KeyRing, key_of},
    router::Router,
    store::Store,
    text, tools,
};
use usher_chat::{Input, Reply, Text};

use crate::input::lines;

/// One of them.
pub struct Target {
    /// The name of its file in `fuzz/fuzz_targets` and of its folder in `fuzz/corpus`.
    pub name: &'static str,
    /// Takes any bytes. Panics where something does not hold.
    pub run: fn(&[u8]),
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "line", run: line },
    Target { name: "code", run: code },
    Target { name: "jql", run: jql },
    Target { name: "issue_key", run: issue_key },
    Target { name: "adf", run: adf },
    Target { name: "wiki", run: wiki },
    Target { name: "render_terminal", run: render_terminal },
    Target { name: "render_discord", run: render_discord },
    Target { name: "render_telegram", run: render_telegram },
    Target { name: "callback", run: callback },
    Target { name: "envelope", run: envelope },
    Target { name: "config", run: config },
];

/// Runs the target of that name.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    (target.unwrap_or_else(|| panic!("there is no target {name}")).run)(data);
}

struct Parlour {
    router: Router,
    pages: axum::Router,
    keys: KeyRing,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
}

/// What some of them need, made once.
static PARLOUR: LazyLock<Parlour> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("usher.db")).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let keys = KeyRing::generate().unwrap();
    let clock = Arc::new(SystemClock);
    let identity = Identity::new(Parts {
        store: store.clone(),
        audit: Audit::new(store.clone(), AuditKey::new(&keys)),
        clock: clock.clone(),
        keys: keys.clone(),
        http: Http::new().unwrap(),
        sites: Vec::new(),
        public_url: "http://127.0.0.1:8080".parse().unwrap(),
    });
    let router = Router::new(tools::table(), Actions::new(store, clock));
    Parlour { router, pages: usher::web::router(identity, Vec::new()), keys, runtime, folder }
});

/// A command line becomes a request.
fn line(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    for direct in [false, true] {
        let event = lines::event(0, lines::place(direct), Input::Text(text.clone()));
        PARLOUR.runtime.block_on(PARLOUR.router.route(&event)).unwrap();
    }
}

/// A text may be a code.
fn code(data: &[u8]) {
    drop(candidate(&String::from_utf8_lossy(data)));
}

/// A query is read, held to its projects, and reads the same after it was printed.
fn jql(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let searched = Jql::text_search(&text).to_string();
    Jql::parse(&searched).unwrap_or_else(|error| panic!("{searched}: {error:?}"));
    let Ok(parsed) = Jql::parse(&text) else { return };
    let printed = parsed.to_string();
    assert_eq!(Jql::parse(&printed).unwrap().to_string(), printed, "{text}");
    let scope = ProjectScope::only(["DEMO".parse::<ProjectKey>().unwrap()]);
    if let Some(held) = parsed.without_order().restrict(&scope) {
        let held = held.to_string();
        assert!(Jql::parse(&held).is_ok() && held.contains("DEMO"), "{held}");
    }
}

/// A key is what Jira calls one, and nothing else.
fn issue_key(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Ok(key) = text.parse::<IssueKey>() else { return };
    let printed = key.to_string();
    let good = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-' || c == '_';
    assert!(printed.len() <= 255 && printed.chars().all(good), "{printed:?}");
    assert_eq!(printed.parse::<IssueKey>().unwrap(), key);
}

/// Any JSON is read as a document, and what is written of it is one.
fn adf(data: &[u8]) {
    let Ok(value) = serde_json::from_slice(data) else { return };
    let read = text::from_adf(&value);
    let written = text::to_adf(&read);
    assert_eq!(written["type"], "doc");
    drop(text::from_adf(&written));
}

/// Any wiki markup is read, and what is written of it is read again.
fn wiki(data: &[u8]) {
    let read = text::from_wiki(&String::from_utf8_lossy(data));
    drop(text::from_wiki(&text::to_wiki(&read)));
}

/// A tree out of any bytes: the first says in which language the rest is read.
fn tree(data: &[u8]) -> Text {
    let (first, rest) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    let words = String::from_utf8_lossy(rest);
    match first % 4 {
        0 => text::from_wiki(&words),
        1 => text::from_markdown(&words),
        2 => serde_json::from_slice(rest).map(|value| text::from_adf(&value)).unwrap_or_default(),
        _ => Text::plain(words),
    }
}

fn render_terminal(data: &[u8]) {
    let shown = usher_terminal::markdown::reply(&Reply::private(tree(data)));
    let control = shown.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(control, None, "{shown:?}");
}

fn render_discord(data: &[u8]) {
    let Ok(messages) = usher_discord::rendered(&Reply::private(tree(data))) else { return };
    for message in messages {
        let content = message["content"].as_str().unwrap_or_default();
        assert!(content.chars().count() <= 2000, "{} characters", content.chars().count());
        for call in ["@everyone", "@here", "<@", "<#"] {
            // In fixed width it is only looked at; nothing that may be called is allowed besides.
            assert!(!content.contains(call) || message["allowed_mentions"]["parse"] == serde_json::json!([]));
        }
    }
}

fn render_telegram(data: &[u8]) {
    for message in usher_telegram::rendered(&Reply::private(tree(data))) {
        let open = message.matches('<').count();
        assert_eq!(open, message.matches('>').count(), "{message}");
        assert!(!message.contains("<script") && !message.contains("<img"), "{message}");
    }
}

/// The query of a callback, to a page that knows nobody.
fn callback(data: &[u8]) {
    let query = percent_encoding::percent_encode(data, percent_encoding::CONTROLS).to_string();
    for uri in [format!("/oauth/callback/acme?{query}"), format!("/connect/{query}"), format!("/{query}")] {
        let Ok(request) = Request::get(uri).body(axum::body::Body::empty()) else { continue };
        let answer = PARLOUR.runtime.block_on(PARLOUR.pages.clone().oneshot(request)).unwrap();
        assert!(!answer.status().is_server_error(), "{}", answer.status());
    }
}

/// Nothing opens but what was sealed, in its place.
fn envelope(data: &[u8]) {
    assert!(key_of(data).is_none_or(|id| !id.is_empty()));
    assert!(PARLOUR.keys.open(data, b"row").is_err());
    let sealed = PARLOUR.keys.seal(data, b"row");
    assert_eq!(PARLOUR.keys.open(&sealed, b"row").unwrap().as_slice(), data);
    assert!(PARLOUR.keys.open(&sealed, b"other row").is_err());
}

/// A configuration is taken or refused with a sentence.
fn config(data: &[u8]) {
    let path = PARLOUR.folder.path().join("usher.toml");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600).open(&path).unwrap().write_all(data).unwrap();
    if let Err(error) = Config::load(&path) {
        assert!(!error.to_string().is_empty());
    }
}
