//! Every route of both listeners, with every method, odd paths and odd headers, and every status there is: each answer is guarded,
//! says nothing that was asked of it, and leads nowhere but to a configured site.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use tokio::net::TcpListener;
use usher_sandbox::{Effect, Fault};

use crate::{
    listeners::{Answer, Listeners, ask},
    world::{Browser, World, person, site},
};

/// What the public listener serves, and by which methods. `what_is_served_is_tried` compares it with the sources.
const PUBLIC: [(&str, &[&str]); 4] = [
    ("/connect/{ticket}", &["GET", "POST"]),
    ("/oauth/callback/{site}", &["GET"]),
    ("/discord/interactions", &["POST"]),
    ("/telegram/webhook", &["POST"]),
];
/// And the one for operations.
const OPERATIONS: [(&str, &[&str]); 3] = [("/healthz", &["GET"]), ("/readyz", &["GET"]), ("/metrics", &["GET"])];

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];
/// What can stand where a ticket or a site is expected.
const SEGMENTS: [&str; 10] = [
    "acme",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "%ff%fe",
    "%",
    "..%2f..%2fhealthz",
    "%2F%2Fevil.example",
    "%5C%5Cevil.example",
    "https:%2F%2Fevil.example%00",
    "%0d%0aLocation:%20https:%2F%2Fevil.example",
    "-_-",
];
const QUERIES: [&str; 4] = [
    "",
    "?state=x&code=evil.example",
    "?next=https://evil.example&redirect=//evil.example&url=%5C%5Cevil.example&state=%0d%0aLocation:%20//evil.example",
    "?error=evil.example&error=access_denied&state=x&state=y",
];
const HEADERS: [&str; 7] = [
    "",
    "X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https\r\nForwarded: host=evil.example;proto=https\r\n",
    "X-Original-URL: //evil.example\r\nX-Rewrite-URL: //evil.example\r\nX-Forwarded-Prefix: //evil.example\r\n",
    "Origin: https://evil.example\r\nReferer: https://evil.example/\r\n",
    "Sec-Fetch-Site: cross-site\r\nAccess-Control-Request-Method: POST\r\n",
    "Accept: application/evil.example;q=9, \"><script>\r\nAccept-Encoding: evil\r\nRange: bytes=0-0\r\nIf-None-Match: *\r\n",
    "Cookie: usher=../..;=;;usher;usher=evil.example\r\nX-HTTP-Method-Override: POST\r\nExpect: nothing\r\n",
];
/// Whole targets that belong to no route.
const TARGETS: [&str; 12] = [
    "/",
    "//evil.example",
    "//evil.example/connect/x",
    "/%5C%5Cevil.example",
    "/connect",
    "/connect/",
    "/connect/a/b",
    "/CONNECT/x",
    "/%2e%2e/healthz",
    "/webhooks/jira/acme",
    "/discord/interactions/",
    "http://evil.example/connect/x",
];

#[test]
fn what_is_served_is_tried() {
    let mut served = [BTreeMap::new(), BTreeMap::new()];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web");
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        let text = text.split("#[cfg(test)]").next().unwrap_or_default();
        for other in [".nest(", ".route_service(", ".nest_service(", ".fallback_service(", "on(MethodFilter"] {
            assert!(!text.contains(other), "{other} in {:?}: say how it is tried", entry.path());
        }
        for line in text.split(".route(").skip(1).filter_map(|rest| rest.lines().next()) {
            let path = line.split('"').nth(1).unwrap_or_else(|| panic!("no plain path: {line}"));
            let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "ANY"];
            let named = methods.into_iter().filter(|method| line.contains(&format!("{}(", method.to_lowercase())));
            let ours = usize::from(entry.file_name() == "ops.rs");
            assert!(served[ours].insert(path.to_owned(), named.collect::<Vec<_>>()).is_none(), "{path} twice");
        }
    }
    let table = |rows: &[(&str, &[&'static str])]| -> BTreeMap<String, Vec<&'static str>> {
        rows.iter().map(|(path, methods)| ((*path).to_owned(), methods.to_vec())).collect()
    };
    assert_eq!(served, [table(&PUBLIC), table(&OPERATIONS)], "a new route has its row in this file");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_gets_an_answer_without_its_guards() {
    let world = World::new().await;
    let listeners = Listeners::of(&world).await;
    let providers = [world.sandbox.auth_url(), world.sandbox.dc_url()].map(|url| url.trim_end_matches('/').to_owned());
    let providers = providers.each_ref().map(String::as_str);
    // Half a body, which nobody completes, takes its time. It is begun first.
    let origin = listeners.public.clone();
    let slow = tokio::spawn(async move { ask(&origin, "POST /connect/x\r\nContent-Length: 9\r\n", "half").await });
    let mut seen = BTreeSet::new();
    let mut number = 0;
    for (routes, origin) in [(&PUBLIC[..], &listeners.public), (&OPERATIONS[..], &listeners.operations)] {
        for (template, methods) in routes {
            for method in METHODS {
                for segment in SEGMENTS {
                    number += 1;
                    let path = match template.split_once('{') {
                        Some((before, _)) => format!("{before}{segment}"),
                        None => format!("{template}{}", if number % 4 == 0 { "/" } else { "" }),
                    };
                    let (query, headers) = (QUERIES[number % QUERIES.len()], HEADERS[number % HEADERS.len()]);
                    let answer = ask(origin, &format!("{method} {path}{query}\r\n{headers}"), "").await;
                    answer.guarded(&providers);
                    assert!(answer.status != 405 || !methods.contains(&method), "{}", answer.asked);
                    // Nobody is ready here.
                    assert!(answer.status < 500 || *template == "/readyz", "{} {}", answer.asked, answer.status);
                    seen.insert(answer.status);
                }
            }
        }
        for target in TARGETS {
            for method in METHODS {
                for headers in HEADERS {
                    let answer = ask(origin, &format!("{method} {target}\r\n{headers}"), "").await;
                    answer.guarded(&providers);
                    assert!(matches!(answer.status, 403..=405), "{} {}", answer.asked, answer.status);
                }
            }
        }
    }
    for status in [200, 202, 204, 400, 401, 403, 404, 429, 500, 503] {
        for path in ["/discord/interactions", "/telegram/webhook"] {
            let answer = ask(&listeners.public, &format!("POST {path}\r\nX-Wants: {status}\r\n"), "").await;
            assert_eq!(answer.status, status);
            answer.guarded(&providers);
            seen.insert(answer.status);
        }
    }
    let large = format!("POST /connect/x\r\nContent-Length: {}\r\n", 2 << 20);
    let chunks = "POST /connect/x\r\nTransfer-Encoding: chunked\r\n";
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 19, "x".repeat(1 << 19));
    for (head, body) in [(large.as_str(), String::new()), (chunks, chunk.repeat(3)), (chunks, "evil\r\n".to_owned())] {
        let answer = ask(&listeners.public, head, &body).await;
        answer.guarded(&providers);
        seen.insert(answer.status);
    }
    let slow = slow.await.unwrap();
    slow.guarded(&providers);
    seen.insert(slow.status);
    // What the ways of linking answer besides is below.
    assert_eq!(seen, BTreeSet::from([200, 202, 204, 400, 401, 403, 404, 405, 408, 413, 429, 500, 503]));
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_a_link_is_answered_with_its_guards() {
    let world = World::new().await;
    let listeners = Listeners::of(&world).await;
    let provider = world.sandbox.auth_url().trim_end_matches('/').to_owned();
    let guarded = async |browser: &Browser, method: http::Method, url: &str, status: u16| {
        let form: Option<&[(&str, &str)]> = (method == http::Method::POST).then_some(&[]);
        let page = browser.send(method, url, form, &[("sec-fetch-site", "same-origin")]).await;
        let headers = page.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        let answer = Answer { asked: url.to_owned(), status: page.status, headers: headers.collect(), body: page.text };
        answer.guarded(&[&provider]);
        assert_eq!(answer.status, status, "{url}: {}", answer.body);
        answer
    };
    let back = async |browser: &Browser, decision: &str| {
        browser.consent(&world.link("ada", "acme").await, "ada", decision).await
    };
    let (get, post) = (http::Method::GET, http::Method::POST);
    // Whoever says that they come from elsewhere, or that this is elsewhere, is sent to the provider all the same.
    for headers in HEADERS {
        let link = world.link("ada", "acme").await;
        let path = link.strip_prefix(world.public.as_str()).unwrap();
        guarded(&Browser::new(), get.clone(), &link, 200).await;
        let away = ask(&listeners.public, &format!("POST /{path}\r\n{headers}"), "").await;
        away.guarded(&[&provider]);
        let foreign = headers.contains("evil.example\r\nReferer") || headers.contains("cross-site");
        assert_eq!(away.status, if foreign { 403 } else { 303 }, "{}", away.asked);
        if !foreign {
            let to = url::Url::parse(away.header("location")).unwrap();
            let redirect = to.query_pairs().find(|(name, _)| name == "redirect_uri").unwrap().1.into_owned();
            assert_eq!(redirect, format!("{}oauth/callback/acme", world.public));
            assert!(away.header("set-cookie").ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"));
        }
    }
    let browser = Browser::new();
    let approved = back(&browser, "allow").await;
    guarded(&Browser::new(), http::Method::HEAD, &approved, 200).await;
    guarded(&browser, get.clone(), &approved, 200).await;
    guarded(&browser, get.clone(), &approved, 404).await;
    let denied = back(&browser, "deny").await;
    guarded(&browser, get.clone(), &denied, 200).await;
    let approved = back(&browser, "allow").await;
    guarded(&Browser::new(), get.clone(), &approved, 400).await;
    for effect in [
        Effect::Status { status: 503, body: None },
        Effect::Status { status: 401, body: Some(r#"{"error":"invalid_client"}"#.to_owned()) },
        Effect::Html { status: 200 },
        Effect::Reset,
    ] {
        let approved = back(&browser, "allow").await;
        world.sandbox.fail(Fault::once("POST", "/oauth/token", effect));
        guarded(&browser, get.clone(), &approved, 502).await;
        world.sandbox.clear_faults();
    }
    let database = rusqlite::Connection::open(world.store.path()).unwrap();
    // They begin anew while the answer of the provider is under way.
    let approved = back(&browser, "allow").await;
    world.sandbox.fail(Fault::once("POST", "/oauth/token", Effect::Slow { ms: 500 }));
    let replaced = async {
        let arrived = "SELECT count(*) FROM attempts WHERE stage = 'arrived'";
        while database.query_row(arrived, [], |row| row.get::<_, i64>(0)).unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        world.link("ada", "acme").await
    };
    tokio::join!(guarded(&browser, get.clone(), &approved, 409), replaced);
    // The database breaks.
    let link = world.link("ada", "acme").await;
    database.execute_batch("ALTER TABLE attempts RENAME TO gone").unwrap();
    for method in [get, post] {
        guarded(&browser, method, &link, 500).await;
    }
    assert!(world.identity.links(&person("ada")).unwrap().iter().all(|link| link.site == site("acme")));
}

#[tokio::test]
async fn behind_https_answers_say_so_and_the_cookie_is_bound_to_the_host() {
    let world = World::new().await;
    let identity = world.published("https://usher.example.org/".parse().unwrap());
    let link = world.link("ada", "acme").await;
    let router = usher::web::router(identity, Vec::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(usher::web::serve(listener, router, std::future::pending()));
    let path = link.strip_prefix(world.public.as_str()).unwrap();
    for (method, status) in [("GET", 200), ("PUT", 405), ("POST", 303)] {
        let answer = ask(&origin, &format!("{method} /{path}\r\n"), "").await;
        assert_eq!((answer.status, answer.header("strict-transport-security")), (status, "max-age=31536000"));
        let cookie = answer.header("set-cookie");
        assert_eq!(cookie.starts_with("__Host-usher="), status == 303, "{cookie}");
        assert_eq!(
            cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure"),
            status == 303,
            "{cookie}"
        );
    }
    server.abort();
}

#[tokio::test]
async fn what_is_no_request_is_turned_away_without_a_word() {
    let world = World::new().await;
    let listeners = Listeners::of(&world).await;
    let long = "x".repeat(80_000);
    for origin in [&listeners.public, &listeners.operations] {
        // None of these reaches a route: the library that reads requests says no by itself.
        for (head, status) in [
            ("GET /\r\nContent-Length: evil\r\n", 400),
            ("GET /\r\nTransfer-Encoding: evil\r\nContent-Length: 1\r\n", 400),
            ("GET /\r\nevil header\r\n", 400),
            ("GET /evil path", 400),
            (&format!("GET /{long}"), 431),
            (&format!("GET /\r\nX-Evil: {long}\r\n"), 431),
        ] {
            let answer = ask(origin, head, "").await;
            assert_eq!((answer.status, answer.body.as_str()), (status, ""), "{}", &head[..20.min(head.len())]);
            let mut names: Vec<&str> = answer.headers.keys().map(String::as_str).collect();
            names.retain(|name| !["connection", "content-length", "date"].contains(name));
            assert!(names.is_empty(), "{names:?}");
        }
    }
}
