//! A sandbox, an identity with its pages, a browser, and two clocks that move together.

use std::{
    collections::HashMap,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use parking_lot::Mutex;
use rsa::pkcs8::{EncodePrivateKey, LineEnding};
use secrecy::SecretString;
use tokio::{net::TcpListener, task::JoinHandle};
use url::Url;
use usher::{
    audit::{Audit, AuditKey},
    clock::{Clock, ManualClock},
    identity::{AccountCommand, Answer, Identity, OAuth2App, Parts, Protocol, SiteSetup, candidate},
    ids::{Asker, Reference, SiteId},
    jira::{Http, Signer},
    keys::KeyRing,
    replies::Draft,
    store::Store,
};
use usher_chat::{EventId, Names, Person, Place, Platform, Workspace};
use usher_sandbox::{Options, Sandbox};

pub struct World {
    pub sandbox: Sandbox,
    pub identity: Identity,
    pub store: Store,
    pub audit: Audit,
    pub clock: Arc<ManualClock>,
    pub public: Url,
    pub keys: KeyRing,
    sites: Vec<SiteSetup>,
    events: AtomicU32,
    server: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A world whose sites a test has its own wishes about.
    pub async fn with(change: impl FnOnce(&mut Vec<SiteSetup>)) -> Self {
        let start: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let sandbox =
            Sandbox::start(Options { clock: usher_sandbox::Clock::at(start), ..Options::default() }).await.unwrap();
        let clock = Arc::new(ManualClock::at(start));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let public: Url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let keys = KeyRing::generate().unwrap();
        let store = Store::open(&folder.path().join("usher.db")).unwrap();
        let audit = Audit::new(store.clone(), AuditKey::new(&keys));
        let mut sites = vec![acme(&sandbox), corp(&sandbox, clock.clone())];
        change(&mut sites);
        for site in &sites {
            sandbox.add_redirect_uri(format!("{public}oauth/callback/{}", site.id));
        }
        let parts = Parts {
            store: store.clone(),
            audit: audit.clone(),
            clock: clock.clone(),
            keys: keys.clone(),
            http: Http::new().unwrap(),
            sites: sites.clone(),
            public_url: public.clone(),
        };
        let identity = Identity::new(parts);
        let router = usher::web::router(identity.clone(), Vec::new());
        let server = tokio::spawn(async move {
            usher::web::serve(listener, router, std::future::pending()).await.unwrap();
        });
        let events = AtomicU32::new(0);
        Self { sandbox, identity, store, audit, clock, public, keys, sites, events, server, _folder: folder }
    }

    /// A world whose Data Center site is linked with OAuth 2.0.
    pub async fn with_dc_oauth2() -> Self {
        Self::with(|sites| sites[1].protocol = dc_app(&sites[1].url, &["READ", "WRITE"])).await
    }

    /// Another identity over the same database, as after a restart with another configuration.
    pub fn restarted(&self, change: impl FnOnce(&mut Vec<SiteSetup>)) -> Identity {
        self.restarted_with(self.keys.clone(), change)
    }

    /// The same with another key file.
    pub fn restarted_with(&self, keys: KeyRing, change: impl FnOnce(&mut Vec<SiteSetup>)) -> Identity {
        let mut sites = self.sites.clone();
        change(&mut sites);
        self.again(keys, sites, self.public.clone())
    }

    /// The same, as people reach it at another address.
    pub fn published(&self, public_url: Url) -> Identity {
        self.again(self.keys.clone(), self.sites.clone(), public_url)
    }

    fn again(&self, keys: KeyRing, sites: Vec<SiteSetup>, public_url: Url) -> Identity {
        Identity::new(Parts {
            store: self.store.clone(),
            audit: self.audit.clone(),
            clock: self.clock.clone(),
            keys,
            http: Http::new().unwrap(),
            sites,
            public_url,
        })
    }

    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.sandbox.advance(by);
    }

    pub fn now(&self) -> i64 {
        self.clock.seconds()
    }

    fn asker(&self, name: &str, place: Place, private: bool) -> Asker {
        let event = self.events.fetch_add(1, Ordering::Relaxed);
        Asker {
            person: person(name),
            place,
            names: Names {
                person: format!("{name} <b>"),
                place: "#eng".into(),
                workspace: Some("Engine \"Works\"".into()),
            },
            private,
            event: EventId::new(format!("e{event}")),
            reference: Reference::random(),
        }
    }

    /// Somebody in a direct message.
    pub fn dm(&self, name: &str) -> Asker {
        self.asker(name, Place::direct(Platform::DISCORD), true)
    }

    /// Somebody in a channel.
    pub fn channel(&self, name: &str) -> Asker {
        self.asker(name, Place::channel(Workspace::new(Platform::DISCORD, "5678"), "eng"), false)
    }

    pub async fn connect(&self, name: &str, site: &str) -> Answer {
        let command = AccountCommand::connect(Some(site.to_owned()));
        self.identity.command(&self.channel(name), command, None).await.unwrap()
    }

    /// The address of the connect page.
    pub async fn link(&self, name: &str, site: &str) -> String {
        only(&self.connect(name, site).await).links[0].url.clone()
    }

    /// What a private message leads to.
    pub async fn dms(&self, name: &str, text: &str) -> Option<Answer> {
        self.identity.code(&self.dm(name), candidate(text)?).await.unwrap()
    }

    /// A person who is linked to `acme` as a person of the sandbox.
    pub async fn linked(&self, name: &str, account: &str) {
        let code = self.approved(name, account).await;
        let answer = self.dms(name, &code).await.unwrap();
        assert!(words(&answer).starts_with("Linked: "), "{}", words(&answer));
    }

    /// The code that a person sees after they approved as a person of the sandbox.
    pub async fn approved(&self, name: &str, account: &str) -> String {
        let page = Browser::new().approve(&self.link(name, "acme").await, account).await;
        code_of(&page.text)
    }

    /// A person who is linked to `corp` with OAuth 2.0 as a person of the sandbox.
    pub async fn linked_dc_oauth2(&self, name: &str, account: &str) {
        let page = Browser::new().approve(&self.link(name, "corp").await, account).await;
        let answer = self.dms(name, &code_of(&page.text)).await.unwrap();
        assert!(words(&answer).starts_with("Linked: "), "{}", words(&answer));
    }

    /// A person who is linked to `corp` as a person of the sandbox.
    pub async fn linked_dc(&self, name: &str, account: &str) {
        let link = self.link(name, "corp").await;
        let page = Browser::new().decide_dc(&link, account, "allow").await;
        let answer = self.dms(name, &verifier_of(&page.text)).await.unwrap();
        assert!(words(&answer).starts_with("Linked: "), "{}", words(&answer));
    }

    /// The audit's words about links, oldest first.
    pub fn trail(&self) -> Vec<String> {
        let rows = self.audit.list(&usher::audit::Filter::default()).unwrap();
        self.audit.verify(None).unwrap();
        rows.into_iter().map(|row| row.verdict).collect()
    }
}

pub fn acme(sandbox: &Sandbox) -> SiteSetup {
    SiteSetup {
        id: site("acme"),
        url: sandbox.cloud_url().parse().unwrap(),
        protocol: Protocol::OAuth2Cloud(OAuth2App {
            client_id: "usher-sandbox".into(),
            client_secret: "usher-sandbox-secret".into(),
            scopes: ["read:jira-work", "write:jira-work", "read:jira-user", "offline_access"].map(Into::into).to_vec(),
            auth_url: sandbox.auth_url().parse().unwrap(),
            api_url: sandbox.api_url().parse().unwrap(),
        }),
    }
}

/// The Data Center site, with a key that is made once for all tests.
pub fn corp(sandbox: &Sandbox, clock: Arc<dyn Clock>) -> SiteSetup {
    static KEY: OnceLock<String> = OnceLock::new();
    let pem = KEY.get_or_init(|| {
        let key = rsa::RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 2048).unwrap();
        key.to_pkcs8_pem(LineEnding::LF).unwrap().to_string()
    });
    let signer = Signer::new("usher", &SecretString::from(pem.as_str()), clock).unwrap();
    sandbox.set_consumer_key(signer.public_key());
    SiteSetup { id: site("corp"), url: sandbox.dc_url().parse().unwrap(), protocol: Protocol::OAuth1(Arc::new(signer)) }
}

/// The sandbox's OAuth 2.0 link on Data Center.
pub fn dc_app(url: &Url, scopes: &[&str]) -> Protocol {
    Protocol::OAuth2DataCenter(OAuth2App {
        client_id: "usher-corp".into(),
        client_secret: "usher-corp-secret".into(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
        auth_url: url.clone(),
        api_url: url.clone(),
    })
}

pub fn site(id: &str) -> SiteId {
    id.parse().unwrap()
}

pub fn person(name: &str) -> Person {
    Person::new(Platform::DISCORD, name)
}

pub fn only(answer: &Answer) -> &Draft {
    let [only] = &answer.drafts[..] else { panic!("not one reply: {answer:?}") };
    only
}

pub fn words(answer: &Answer) -> String {
    only(answer).text.to_plain()
}

pub fn labels(draft: &Draft) -> Vec<&str> {
    draft.offers.iter().map(|offer| offer.label.as_str()).collect()
}

pub fn code_of(page: &str) -> String {
    let rest = page.split_once("<code id=\"link-code\">").unwrap_or_else(|| panic!("no code on the page: {page}")).1;
    rest.split_once('<').unwrap().0.to_owned()
}

/// The verification code that Data Center shows.
pub fn verifier_of(page: &str) -> String {
    let rest = page.split_once("<code id=\"verification-code\">").unwrap_or_else(|| panic!("no code: {page}")).1;
    rest.split_once('<').unwrap().0.to_owned()
}

/// A page as a browser gets it.
pub struct Page {
    pub status: u16,
    pub text: String,
    pub headers: http::HeaderMap,
}

impl Page {
    pub fn location(&self) -> String {
        self.headers[http::header::LOCATION].to_str().unwrap().to_owned()
    }
}

/// A browser with cookies and without scripts. It follows no redirect by itself.
#[derive(Default)]
pub struct Browser {
    cookies: Mutex<HashMap<(String, String), String>>,
}

impl Browser {
    pub fn new() -> Self {
        Self::default()
    }

    pub async fn get(&self, url: &str) -> Page {
        self.send(http::Method::GET, url, None, &[]).await
    }

    pub async fn post(&self, url: &str, form: &[(&str, &str)]) -> Page {
        let origin = Url::parse(url).unwrap().origin().ascii_serialization();
        self.send(http::Method::POST, url, Some(form), &[("origin", &origin), ("sec-fetch-site", "same-origin")]).await
    }

    pub async fn send(
        &self,
        method: http::Method,
        url: &str,
        form: Option<&[(&str, &str)]>,
        headers: &[(&str, &str)],
    ) -> Page {
        let origin = Url::parse(url).unwrap().origin().ascii_serialization();
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap();
        let mut request = client.request(method, url);
        let cookies: Vec<String> = self
            .cookies
            .lock()
            .iter()
            .filter(|((of, _), _)| *of == origin)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(form) = form {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .body(form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish());
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split_once(';').unwrap().0.split_once('=').unwrap();
            self.cookies.lock().insert((origin.clone(), name.to_owned()), value.to_owned());
        }
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Page { status, text: answer.text().await.unwrap(), headers }
    }

    /// Opens a connect page, presses its button and answers the provider. Returns the callback's address, unopened.
    pub async fn consent(&self, link: &str, account: &str, decision: &str) -> String {
        assert_eq!(self.get(link).await.status, 200);
        let away = self.post(link, &[]).await;
        assert_eq!(away.status, 303, "{}", away.text);
        self.decide(&away.location(), account, decision).await
    }

    pub async fn decide(&self, authorize: &str, account: &str, decision: &str) -> String {
        let mut target = Url::parse(authorize).unwrap();
        let mut page = self.get(authorize).await;
        if page.status == 302 {
            target = target.join(&page.location()).unwrap();
            page = self.get(target.as_str()).await;
        }
        assert_eq!(page.status, 200, "{}", page.text);
        let request =
            page.text.split_once("name=\"request\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
        let form = [("request", request.as_str()), ("person", account), ("decision", decision)];
        let back = self.post(&target[..url::Position::AfterPath], &form).await;
        assert_eq!(back.status, 302, "{}", back.text);
        back.location()
    }

    /// Answers Data Center's question; returns the page that shows the verification code.
    pub async fn decide_dc(&self, authorize: &str, account: &str, decision: &str) -> Page {
        let page = self.get(authorize).await;
        let field = |name: &str| {
            let rest = page.text.split_once(&format!("name=\"{name}\" value=\"")).unwrap().1;
            rest.split_once('"').unwrap().0.to_owned()
        };
        let (token, request) = (field("oauth_token"), field("request"));
        let form = [
            ("oauth_token", token.as_str()),
            ("request", request.as_str()),
            ("person", account),
            ("decision", decision),
        ];
        self.post(&Url::parse(authorize).unwrap()[..url::Position::AfterPath], &form).await
    }

    /// The whole way to the page with the code.
    pub async fn approve(&self, link: &str, account: &str) -> Page {
        let callback = self.consent(link, account, "allow").await;
        self.get(&callback).await
    }
}
