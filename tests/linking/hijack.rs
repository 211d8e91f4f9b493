//! What somebody else may try with a link, a state, a cookie or a code. None of it links anybody.

use usher::{identity::candidate, replies::Deed, store::credentials};

use crate::world::{Browser, World, code_of, labels, only, person, words};

#[tokio::test]
async fn a_link_sent_to_a_victim_ends_when_the_victim_sends_the_code() {
    let world = World::new().await;
    let link = world.link("mallory", "acme").await;
    let page = Browser::new().approve(&link, "ada").await;
    assert!(page.text.contains("mallory") && page.text.contains("Ada Byron"), "the page names both");
    let answer = world.dms("ada", &code_of(&page.text)).await.unwrap();
    assert!(
        words(&answer)
            .contains("a link that mallory <b> (Discord, server Engine \"Works\") started, so I ended that link")
    );
    assert_eq!(answer.notices[0].0, person("mallory"));
    assert!(world.dms("mallory", &code_of(&page.text)).await.is_none());
    assert!(usher::identity::list_links(&world.store).unwrap().is_empty());
    assert!(world.store.read(credentials::all).unwrap().is_empty());
    assert_eq!(world.trail(), ["begun", "pending", "ended"]);
    // The audit says who ended it, where that is not whose link it was.
    let rows = world.audit.list(&usher::audit::Filter::default()).unwrap();
    let by = format!(r#""by":"{}""#, person("ada"));
    assert!(!rows[0].detail.to_string().contains(r#""by""#), "{:?}", rows[0]);
    assert!(rows[2].detail.to_string().contains(&by), "{:?}", rows[2]);
}

#[tokio::test]
async fn the_cookie_of_another_browser_is_refused_before_anything_is_exchanged() {
    let world = World::new().await;
    let (victim, attacker) = (Browser::new(), Browser::new());
    let callback = attacker.consent(&world.link("ada", "acme").await, "linus", "allow").await;
    let page = victim.get(&callback).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("This did not start here"));
    // The state is used up: not even the right browser can go on with it.
    assert_eq!(attacker.get(&callback).await.status, 404);
    // A browser with a cookie of its own, from a link of its own.
    let mine = victim.consent(&world.link("grace", "acme").await, "grace", "allow").await;
    let theirs = attacker.consent(&world.link("ada", "acme").await, "linus", "allow").await;
    assert_eq!(victim.get(&theirs).await.status, 400);
    assert_eq!(victim.get(&mine).await.status, 200);
    assert_eq!(world.sandbox.state().oauth2.exchanges(), 1);
}

#[tokio::test]
async fn a_state_is_good_once_and_for_its_own_site() {
    let world = World::with(|sites| {
        let mut twin = sites[0].clone();
        twin.id = "twin".parse().unwrap();
        sites.push(twin);
    })
    .await;
    let browser = Browser::new();
    let callback = browser.consent(&world.link("ada", "acme").await, "ada", "allow").await;
    let elsewhere = callback.replace("/oauth/callback/acme", "/oauth/callback/twin");
    assert_eq!(browser.get(&elsewhere).await.status, 404);
    assert_eq!(world.sandbox.state().oauth2.exchanges(), 0);

    let callback = browser.consent(&world.link("ada", "acme").await, "ada", "allow").await;
    let head = browser.send(http::Method::HEAD, &callback, None, &[]).await;
    assert_eq!(head.status, 200, "a robot that only looks uses nothing up");
    let browsers = futures::future::join_all((0..20).map(|_| browser.get(&callback))).await;
    let good = browsers.iter().filter(|page| page.status == 200).count();
    assert_eq!(good, 1);
    assert_eq!(world.sandbox.state().oauth2.exchanges(), 1);
    for nonsense in ["", "?", "?state=x", "?state=x&code=y", "?code=y", "?error=access_denied", "?state=a&state=b"] {
        let page = browser.get(&format!("{}oauth/callback/acme{nonsense}", world.public)).await;
        assert_eq!(page.status, 404, "{nonsense}");
    }
    assert_eq!(world.sandbox.state().oauth2.exchanges(), 1);
}

#[tokio::test]
async fn a_ticket_belongs_to_the_first_browser_that_presses() {
    let world = World::new().await;
    let link = world.link("ada", "acme").await;
    let robot = Browser::new();
    for _ in 0..20 {
        assert_eq!(robot.get(&link).await.status, 200);
    }
    assert_eq!(robot.send(http::Method::HEAD, &link, None, &[]).await.status, 200);
    let browser = Browser::new();
    let first = browser.post(&link, &[]).await;
    assert_eq!(first.status, 303);
    assert_eq!(Browser::new().post(&link, &[]).await.status, 404);
    assert_eq!(Browser::new().get(&link).await.status, 404);
    let again = browser.post(&link, &[]).await;
    assert_eq!(again.status, 303, "going back in the same browser");
    let old = browser.decide(&first.location(), "ada", "allow").await;
    assert_eq!(browser.get(&old).await.status, 404, "the older state is gone");
    let new = browser.decide(&again.location(), "ada", "allow").await;
    assert_eq!(browser.get(&new).await.status, 200);
    assert_eq!(browser.post(&link, &[]).await.status, 404);
}

#[tokio::test]
async fn another_page_cannot_press_the_button() {
    let world = World::new().await;
    let link = world.link("ada", "acme").await;
    let browser = Browser::new();
    for headers in [
        [("origin", "https://evil.example"), ("accept", "*/*")],
        [("origin", "null"), ("accept", "*/*")],
        [("sec-fetch-site", "cross-site"), ("origin", world.public.as_str())],
        [("sec-fetch-site", "none"), ("origin", "null")],
    ] {
        let page = browser.send(http::Method::POST, &link, Some(&[]), &headers).await;
        assert_eq!(page.status, 403, "{headers:?}");
    }
    let page =
        browser.send(http::Method::POST, &link, Some(&[]), &[("sec-fetch-site", "same-origin"), ("origin", "null")]);
    assert_eq!(page.await.status, 303, "what browsers send under no-referrer");
}

#[tokio::test]
async fn a_code_that_others_could_read_is_burnt() {
    let world = World::new().await;
    let code = world.approved("ada", "ada").await;
    let talk = world.identity.code(&world.channel("ada"), candidate("ZZZZ-0000").unwrap()).await.unwrap();
    assert!(talk.is_none(), "in a channel, what is no code is talk");
    let answer = world.identity.code(&world.channel("ada"), candidate(&code).unwrap()).await.unwrap().unwrap();
    assert!(answer.burn);
    assert_eq!(words(&answer), "That code was visible to others, so I cancelled it. Start again here:");
    assert_eq!(labels(only(&answer)), ["Link acme"]);
    assert!(world.dms("ada", &code).await.is_none());
    assert!(world.store.read(credentials::all).unwrap().is_empty());
    assert_eq!(world.trail(), ["begun", "pending", "burnt"]);

    let code = world.approved("ada", "ada").await;
    let answer = world.identity.code(&world.channel("grace"), candidate(&code).unwrap()).await.unwrap().unwrap();
    assert!(answer.burn);
    assert_eq!(answer.notices[0].0, person("ada"));
}

#[tokio::test]
async fn the_earlier_owner_of_an_account_is_told_and_can_end_the_newer_link() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    world.advance(std::time::Duration::from_secs(60));
    let code = world.approved("mallory", "ada").await;
    let answer = world.dms("mallory", &code).await.unwrap();
    let [(to, draft)] = &answer.notices[..] else { panic!("not one notice") };
    assert_eq!(*to, person("ada"));
    assert!(draft.text.to_plain().starts_with("Your Jira account Ada Byron on "), "{}", draft.text.to_plain());
    let Deed::NotMe(newer) = &draft.offers[0].deed else { panic!("{:?}", draft.offers) };
    assert_eq!(labels(draft), ["This was not me"]);

    let refused = world.identity.not_me(&world.dm("grace"), newer).await.unwrap();
    assert_eq!(words(&refused), "Only the person to whom that account was linked before can end this link.");
    let own = world.identity.links(&person("ada")).unwrap()[0].id.clone();
    world.identity.not_me(&world.dm("mallory"), &own).await.unwrap();
    assert_eq!(world.identity.links(&person("ada")).unwrap().len(), 1, "the newer cannot end the older");

    let ended = world.identity.not_me(&world.dm("ada"), newer).await.unwrap();
    assert!(words(&ended).starts_with("That link is ended."));
    assert_eq!(ended.notices[0].0, person("mallory"));
    assert!(world.identity.links(&person("mallory")).unwrap().is_empty());
    let again = world.identity.not_me(&world.dm("ada"), newer).await.unwrap();
    assert_eq!(words(&again), "That link has ended already.");
}

#[tokio::test]
async fn a_stolen_database_holds_no_secret_of_linking() {
    let world = World::new().await;
    let link = world.link("ada", "acme").await;
    let browser = Browser::new();
    let away = browser.post(&link, &[]).await;
    let cookie = away.headers["set-cookie"].to_str().unwrap();
    let cookie = cookie.strip_prefix("usher=").unwrap().split_once(';').unwrap().0.to_owned();
    let callback = browser.decide(&away.location(), "ada", "allow").await;
    let code = code_of(&browser.get(&callback).await.text);
    let state = url::Url::parse(&callback).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let ticket = link.rsplit_once('/').unwrap().1.to_owned();
    // Sandbox tokens are random; that they are sealed shows in that nothing names them.
    let mut bytes = Vec::new();
    for suffix in ["", "-wal"] {
        bytes.extend(std::fs::read(format!("{}{suffix}", world.store.path().display())).unwrap_or_default());
    }
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("5b10ac8d82e05b22cc7d4ef5"), "the account is there, so this looks at the right files");
    for secret in [&ticket, &state, &cookie, &code, &code.replace('-', "")] {
        assert!(!holds(secret), "{secret}");
    }
    for name in ["access_token", "\"access\"", "\"refresh\"", "oauth2-cloud\",\"cloud_id"] {
        assert!(!holds(name), "{name}");
    }
}
