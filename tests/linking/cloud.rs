//! Linking with Jira Cloud: from `connect` to the first session, and every other way it can end.

use std::time::Duration;

use usher::{
    identity::{AccountCommand, LinkState, NoSession, Resume, SiteChoice},
    ids::ProjectScope,
    replies::Deed,
    store::{attempts, credentials},
};
use usher_chat::{Names, Place, Platform};
use usher_sandbox::{Effect, Fault};

use crate::world::{Browser, World, code_of, labels, only, person, site, words};

const MINUTES: u64 = 60;

#[tokio::test]
async fn from_connect_to_the_first_session() {
    let world = World::new().await;
    let answer = world.connect("ada", "acme").await;
    insta::assert_snapshot!(words(&answer), @"Open this page and approve; it takes a minute. The link is yours alone and works for 10 minutes.");
    assert_eq!(only(&answer).links[0].label, "Open the page");
    let link = only(&answer).links[0].url.clone();
    assert!(link.starts_with(&format!("{}connect/", world.public)));

    let browser = Browser::new();
    let page = browser.get(&link).await;
    assert!(page.text.contains("ada &lt;b&gt;") && page.text.contains("Discord, server Engine &quot;Works&quot;"));
    let page = browser.approve(&link, "ada").await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert!(page.text.contains("You approved as <strong><bdi>Ada Byron</bdi></strong>"));
    let code = code_of(&page.text);
    assert!(matches!(world.identity.session(&person("ada"), &site("acme")).await, Err(NoSession::Pending)));
    let whoami = world.identity.command(&world.dm("ada"), AccountCommand::Whoami, None).await.unwrap();
    let host = "acme";
    let corp = "corp";
    assert_eq!(
        words(&whoami),
        format!("- {host}: Ada Byron, waiting for the code since 22 Nov 2026\n- {corp}: not linked")
    );
    assert_eq!(labels(only(&whoami)), ["Link acme again", "Link corp"]);

    let answer = world.dms("ada", &code.to_lowercase().replace('-', " ")).await.unwrap();
    assert_eq!(words(&answer), format!("Linked: you act on {host} as Ada Byron."));
    let session = world.identity.session(&person("ada"), &site("acme")).await.unwrap();
    assert_eq!(session.account().0, "5b10ac8d82e05b22cc7d4ef5");
    let me = session.into_client(ProjectScope::all()).users().myself().await.unwrap();
    assert_eq!(me.name, "Ada Byron");
    let whoami = world.identity.command(&world.dm("ada"), AccountCommand::Whoami, None).await.unwrap();
    assert_eq!(words(&whoami), format!("- {host}: Ada Byron, linked since 22 Nov 2026\n- {corp}: not linked"));
    assert_eq!(labels(only(&whoami)), ["Link corp"]);
    assert_eq!(world.trail(), ["begun", "pending", "activated"]);
    assert!(world.dms("ada", &code).await.is_none(), "a code is good once");
}

#[tokio::test]
async fn a_hundred_equal_codes_activate_once() {
    let world = World::new().await;
    let code = world.approved("ada", "ada").await;
    let all = futures::future::join_all((0..100).map(|_| world.dms("ada", &code))).await;
    let linked = all.iter().flatten().filter(|answer| words(answer).starts_with("Linked")).count();
    assert_eq!(linked, 1);
    assert_eq!(world.trail(), ["begun", "pending", "activated"]);
}

#[tokio::test]
async fn five_wrong_codes_end_it() {
    let world = World::new().await;
    assert!(world.dms("ada", "ZZZZ-0000").await.is_none(), "nobody waits for a code");
    let code = world.approved("ada", "ada").await;
    assert!(world.dms("ada", "DEMO-1234").await.is_none(), "an issue key is no try");
    assert!(world.dms("ada", "hello").await.is_none());
    let mut said = Vec::new();
    for _ in 0..5 {
        said.push(words(&world.dms("ada", "ZZZZ-0000").await.unwrap()));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    That is not the code for your link. 4 tries left.
    That is not the code for your link. 3 tries left.
    That is not the code for your link. 2 tries left.
    That is not the code for your link. 1 try left.
    That was the fifth wrong code, so I ended this link. Start again here:
    ");
    assert!(world.dms("ada", &code).await.is_none());
    assert!(world.store.read(credentials::all).unwrap().is_empty());
    assert_eq!(world.trail(), ["begun", "pending", "ended"]);
}

#[tokio::test]
async fn codes_and_links_last_ten_minutes() {
    let world = World::new().await;
    let link = world.link("ada", "acme").await;
    world.advance(Duration::from_secs(10 * MINUTES));
    assert_eq!(Browser::new().get(&link).await.status, 404);

    let code = world.approved("ada", "ada").await;
    world.advance(Duration::from_secs(10 * MINUTES));
    let answer = world.dms("ada", &code).await.unwrap();
    assert_eq!(words(&answer), "This code is older than 10 minutes. Start again here:");
    assert_eq!(labels(only(&answer)), ["Link acme"]);
    assert!(world.store.read(credentials::all).unwrap().is_empty());

    world.approved("grace", "grace").await;
    world.advance(Duration::from_secs(10 * MINUTES));
    world.identity.sweep().await.unwrap();
    assert!(world.store.read(credentials::all).unwrap().is_empty(), "the tokens are wiped with the attempt");
    assert!(world.store.read(|reader| attempts::by_person(reader, &person("grace"))).unwrap().is_empty());
    assert_eq!(world.trail().last().unwrap(), "expired");
}

#[tokio::test]
async fn who_comes_back_sees_the_page_again_and_nobody_else_does() {
    let world = World::new().await;
    let link = world.link("ada", "acme").await;
    let browser = Browser::new();
    assert_eq!(browser.post(&link, &[]).await.status, 303);
    assert_eq!(browser.get(&link).await.status, 200);
    assert_eq!(Browser::new().get(&link).await.status, 404);
}

#[tokio::test]
async fn a_jira_that_does_not_answer_after_the_approval_is_said_to() {
    let world = World::new().await;
    let link = world.link("ada", "acme").await;
    let browser = Browser::new();
    let callback = browser.consent(&link, "ada", "allow").await;
    let effect = Effect::Status { status: 503, body: None };
    world.sandbox.fail(Fault::once("GET", "/oauth/token/accessible-resources", effect).times(9));
    let page = browser.get(&callback).await;
    assert_eq!(page.status, 502);
    assert!(page.text.contains("did not answer. Nothing was linked."), "{}", page.text);
    assert!(world.store.read(credentials::all).unwrap().is_empty());
}

#[tokio::test]
async fn who_denies_is_told_and_can_start_again() {
    let world = World::new().await;
    let mut notices = world.identity.notices().unwrap();
    let link = world.link("ada", "acme").await;
    let browser = Browser::new();
    let callback = browser.consent(&link, "ada", "deny").await;
    let page = browser.get(&callback).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("You did not approve in"));
    let (to, draft) = notices.recv().await.unwrap();
    assert_eq!(to, person("ada"));
    assert_eq!(labels(&draft), ["Link acme"]);
    assert_eq!(world.sandbox.state().oauth2.exchanges(), 0);
    world.linked("ada", "ada").await;
    assert_eq!(world.trail(), ["begun", "ended", "begun", "pending", "activated"]);
}

#[tokio::test]
async fn linking_again_replaces_the_older_link() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let answer = world.connect("ada", "acme").await;
    assert!(words(&answer).contains("as Ada Byron. To link again, open this page"), "{}", words(&answer));
    let page = Browser::new().approve(&only(&answer).links[0].url, "grace").await;
    let before = world.identity.session(&person("ada"), &site("acme")).await.unwrap();
    assert_eq!(before.account().0, "5b10ac8d82e05b22cc7d4ef5", "the older link works until the code comes");
    world.dms("ada", &code_of(&page.text)).await.unwrap();
    let links = world.identity.links(&person("ada")).unwrap();
    assert_eq!(links.len(), 1);
    assert_eq!((links[0].account_name.as_str(), links[0].state), ("Grace Hopper", LinkState::Active));
    assert_eq!(world.trail()[3..], ["begun", "pending", "activated", "ended"]);
}

#[tokio::test]
async fn a_new_connect_ends_the_older_one() {
    let world = World::new().await;
    let first = world.link("ada", "acme").await;
    let second = world.link("ada", "acme").await;
    assert_eq!(Browser::new().get(&first).await.status, 404);
    assert_eq!(Browser::new().get(&second).await.status, 200);
    // Begun anew while the approval of the first was under way.
    let browser = Browser::new();
    let callback = browser.consent(&second, "ada", "allow").await;
    world.link("ada", "acme").await;
    assert_eq!(browser.get(&callback).await.status, 404);
    assert_eq!(world.sandbox.state().oauth2.exchanges(), 0);
}

#[tokio::test]
async fn an_approval_for_another_site_is_no_link() {
    let world = World::new().await;
    let globex = usher_sandbox::CloudId::new(usher_sandbox::oauth2::GLOBEX);
    world.sandbox.state().oauth2.behave(|behaviour| behaviour.only_site = Some(globex));
    let page = Browser::new().approve(&world.link("ada", "acme").await, "ada").await;
    assert!(page.text.contains("but not for"), "{}", page.text);
    assert!(world.identity.links(&person("ada")).unwrap().is_empty());
}

#[tokio::test]
async fn disconnect_deletes_at_once_and_says_what_is_left_to_do() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let command = AccountCommand::Disconnect(usher::identity::Disconnect::default());
    let answer = world.identity.command(&world.channel("ada"), command.clone(), None).await.unwrap();
    assert!(words(&answer).ends_with(
        "is deleted, and so is my access. Jira still lists me as allowed until you remove me there: id.atlassian.com > Connected apps."
    ));
    assert!(world.store.read(credentials::all).unwrap().is_empty());
    assert!(matches!(world.identity.session(&person("ada"), &site("acme")).await, Err(NoSession::NeverLinked)));
    assert_eq!(world.trail().last().unwrap(), "disconnected");
    // Atlassian is asked to forget the token as well, and nobody waits for that.
    let asked = async {
        while !world.sandbox.calls().iter().any(|call| call.host == "auth" && call.path == "/oauth/revoke") {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), asked).await.expect("the token is to be revoked");
    let answer = world.identity.command(&world.channel("ada"), command, None).await.unwrap();
    assert_eq!(words(&answer), "You are not linked.");
    world.linked("ada", "ada").await;
}

#[tokio::test]
async fn what_was_asked_before_comes_back_after_linking() {
    let world = World::new().await;
    let resume = Resume {
        place: Place::direct(Platform::DISCORD),
        names: Names { person: "Ada".into(), ..Names::default() },
        tool: "view".parse().unwrap(),
        args: serde_json::json!({ "key": "DEMO-1" }),
        site: Some(site("acme")),
    };
    let asker = world.channel("ada");
    let draft = world
        .identity
        .unlinked(&asker, &NoSession::NeverLinked, None, Some("show you DEMO-1"), Some(resume.clone()))
        .await
        .unwrap();
    assert_eq!(draft.text.to_plain(), "I don't know your Jira account yet. Link it once, then I'll show you DEMO-1.");
    assert_eq!(draft.offers[0].deed, Deed::Line("connect acme".into()));
    world.approved("ada", "ada").await;
    let code = world.approved("ada", "ada").await;
    assert_eq!(world.dms("ada", &code).await.unwrap().resume, Some(resume), "a second try leads there too");
    let code = world.approved("ada", "ada").await;
    assert_eq!(world.dms("ada", &code).await.unwrap().resume, None, "it comes back once");
}

#[tokio::test]
async fn sites_are_named_and_unknown_ones_refused() {
    let world = World::new().await;
    let ask = |text: Option<&str>| {
        let command = AccountCommand::connect(text.map(str::to_owned));
        let asker = world.channel("ada");
        let identity = world.identity.clone();
        async move { identity.command(&asker, command, None).await.unwrap() }
    };
    let several = ask(None).await;
    assert_eq!(words(&several), "Which Jira do you want to link?");
    assert_eq!(labels(only(&several)), ["Link acme", "Link corp"]);
    let unknown = ask(Some("http://169.254.169.254/latest")).await;
    assert!(words(&unknown).starts_with("I don't work with http://169.254.169.254/latest. I work with "));
    assert!(!ask(Some(world.sandbox.cloud_url())).await.drafts[0].links.is_empty());

    let ada = person("ada");
    let choose = |wanted| world.identity.site_for(&ada, None, wanted).unwrap();
    assert_eq!(choose(Some("corp")), SiteChoice::One(site("corp")));
    assert_eq!(choose(Some("nope")), SiteChoice::Unknown("nope".into()));
    assert_eq!(choose(None), SiteChoice::Several(vec![site("acme"), site("corp")]));
    world.linked("ada", "ada").await;
    assert_eq!(choose(None), SiteChoice::One(site("acme")));
    world.linked_dc("ada", "ada").await;
    let key = |project: &str| {
        let project = project.parse().unwrap();
        world.identity.site_for(&ada, Some(&project), None).unwrap()
    };
    let known = async {
        while key("DEMO") != SiteChoice::One(site("acme")) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), known).await.unwrap();
    assert_eq!(key("NOWHERE"), SiteChoice::Several(vec![site("acme"), site("corp")]));
}

#[tokio::test]
async fn a_year_ends_a_link() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let mut notices = world.identity.notices().unwrap();
    world.advance(Duration::from_secs(365 * 24 * 3600));
    assert!(matches!(world.identity.session(&person("ada"), &site("acme")).await, Err(NoSession::TooOld)));
    world.identity.sweep().await.unwrap();
    let (_, draft) = notices.recv().await.unwrap();
    assert!(
        draft.text.to_plain().contains("has expired (a year is Atlassian's limit). Everything you set up is kept.")
    );
    assert_eq!(labels(&draft), ["Link again"]);
    assert_eq!(world.identity.links(&person("ada")).unwrap()[0].state, LinkState::Expired);
}

#[tokio::test]
async fn an_owner_can_remove_a_link() {
    let world = World::new().await;
    world.linked("ada", "ada").await;
    let links = usher::identity::list_links(&world.store).unwrap();
    let removed = usher::identity::remove_link(&world.store, &world.audit, &*world.clock, &links[0].id).await.unwrap();
    assert_eq!(removed.unwrap().person, person("ada"));
    let again = usher::identity::remove_link(&world.store, &world.audit, &*world.clock, &links[0].id).await.unwrap();
    assert!(again.is_none());
    assert_eq!(world.trail().last().unwrap(), "ended");
}
