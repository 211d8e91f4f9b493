//! Every answer of the public listener, whatever its route and status, carries the same headers; nothing is reflected.

use std::sync::{Arc, atomic::AtomicBool};

use usher::web::{Ops, ops};

use crate::world::{Browser, Page, World};

fn guarded(page: &Page) {
    let header = |name: &str| page.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default();
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.ends_with("; frame-ancestors 'none'; base-uri 'none'") && policy.contains("form-action 'self'"));
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("referrer-policy"), "no-referrer");
    assert_eq!(header("x-frame-options"), "DENY");
    assert_eq!(header("strict-transport-security"), "", "only where the address is https");
    assert!(!page.text.contains("<script"), "{}", page.text);
}

#[tokio::test]
async fn every_answer_is_guarded_and_reflects_nothing() {
    let world = World::new().await;
    let browser = Browser::new();
    let nasty = "%3Cscript%3Ealert(1)%3C/script%3E";
    let link = world.link("ada", "acme").await;
    let large = "x".repeat(2 << 20);
    let pages = [
        (200, browser.get(&link).await),
        (404, browser.get(&format!("{}connect/{nasty}", world.public)).await),
        (404, browser.post(&format!("{}connect/{nasty}", world.public), &[]).await),
        (404, browser.get(&format!("{}oauth/callback/{nasty}?state={nasty}&error={nasty}", world.public)).await),
        (404, browser.get(&format!("{}oauth/callback/acme?error={nasty}", world.public)).await),
        (404, browser.get(&format!("{}{nasty}", world.public)).await),
        (404, browser.get(world.public.as_str()).await),
        (404, browser.post(&format!("{}discord/interactions", world.public), &[]).await),
        (404, browser.post(&format!("{}telegram/webhook", world.public), &[]).await),
        (404, browser.post(&format!("{}webhooks/jira/acme", world.public), &[]).await),
        (405, browser.get(&format!("{}telegram/webhook", world.public)).await),
        (405, browser.send(http::Method::DELETE, &link, None, &[]).await),
        (413, browser.post(&link, &[("a", &large)]).await),
        (403, browser.send(http::Method::POST, &link, Some(&[]), &[("origin", "https://evil.example")]).await),
        (400, browser.get(&format!("{}connect/%ff%fe", world.public)).await),
        (303, browser.post(&link, &[]).await),
    ];
    for (status, page) in &pages {
        assert_eq!(page.status, *status, "{}", page.text);
        guarded(page);
    }
}

#[tokio::test]
async fn the_form_may_lead_to_the_provider_and_nowhere_else() {
    let world = World::new().await;
    let link = world.link("ada", "acme").await;
    let browser = Browser::new();
    let page = browser.get(&link).await;
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains(&format!("form-action 'self' {};", world.sandbox.auth_url())), "{policy}");
    let away = browser.post(&link, &[]).await;
    assert!(away.location().starts_with(world.sandbox.auth_url()));
    let cookie = away.headers["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("usher=") && cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax; Max-Age=600"),
        "{cookie}"
    );
}

#[tokio::test]
async fn operations_look_at_what_is_real() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let ready = Arc::new(AtomicBool::new(false));
    let parts = Ops { store: world.store.clone(), identity: world.identity.clone(), ready: ready.clone() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(usher::web::serve(listener, ops(parts), std::future::pending()));
    let browser = Browser::new();
    assert_eq!(browser.get(&format!("{url}/healthz")).await.status, 200);
    assert_eq!(browser.get(&format!("{url}/readyz")).await.status, 503);
    ready.store(true, std::sync::atomic::Ordering::Release);
    assert_eq!(browser.get(&format!("{url}/readyz")).await.status, 200);
    let metrics = browser.get(&format!("{url}/metrics")).await.text;
    assert!(metrics.contains("usher_links{state=\"active\"} 1\n"), "{metrics}");
    assert!(metrics.contains("usher_link_events_total{step=\"activated\"} 1\n"));
    assert!(!metrics.contains("ada"));
    server.abort();
}
