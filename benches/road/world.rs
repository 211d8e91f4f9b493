//! A sandbox Jira, a bot with its database on disk, and a person who is linked.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use async_trait::async_trait;
use parking_lot::Mutex;
use reqwest::header::{ACCEPT, AUTHORIZATION};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime::Runtime};
use usher::{
    Bot, Config,
    audit::Filter,
    clock::SystemClock,
    config::{GovernanceConfig, LinkConfig, NewTools, RatesConfig, SiteConfig},
    governance::{AdminCommand, Question, Snapshot, Verdict, decide},
    ids::{Asker, ProjectKey, Reference, ToolName},
    keys::KeyRing,
    start::{Core, redirect_url},
    store::memory,
};
use usher_chat::{
    Audience, ChatHandler, Completing, Completion, Event, EventId, Input, Member, Names, Person, Place, Platform,
    Reply, Responder, SendError, Sent, Workspace,
};
use usher_sandbox::{Options, Sandbox};
use usher_terminal::Walker;

const KEY: &str = "DEMO-1";
const PERSON: &str = "ada";
const SCOPES: [&str; 4] = ["read:jira-work", "write:jira-work", "read:jira-user", "offline_access"];

/// How the issue is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// One request, nothing else.
    Bare,
    /// The whole road.
    View,
}

/// A request with nothing around it.
#[derive(Debug)]
pub struct Bare {
    pub method: String,
    pub path: String,
    pub query: String,
}

/// All that is measured. Clones share it.
#[derive(Clone)]
pub struct World {
    pub sandbox: Arc<Sandbox>,
    core: Core,
    bot: Arc<Bot>,
    bare: reqwest::Client,
    /// The request that a view sends, as the sandbox saw it.
    url: String,
    path: String,
    token: String,
    title: String,
    snapshot: Arc<Snapshot>,
    events: Arc<AtomicU64>,
    _folder: Arc<tempfile::TempDir>,
}

impl World {
    /// Starts the sandbox on a runtime of its own and the bot on this one, and links a person.
    pub async fn new(jira: &Runtime) -> Self {
        let sandbox = jira.spawn(Sandbox::start(Options::default())).await.expect("a task").expect("a sandbox");
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on disk");
        let pages = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("a port");
        let listen = pages.local_addr().expect("its address");
        let config = Config {
            public_url: format!("http://{listen}").parse().expect("an address"),
            listen,
            ops_listen: listen,
            data_dir: folder.path().join("data"),
            key_file: folder.path().join("usher.key"),
            owners: vec![person()],
            workspaces: vec![home()],
            governance: GovernanceConfig {
                new_tools: NewTools::All,
                forbid: Vec::new(),
                direct: "reader".to_owned(),
                rates: RatesConfig::NONE,
            },
            terminal: None,
            discord: None,
            telegram: None,
            sites: vec![acme(&sandbox)],
            log_json: false,
        };
        sandbox.add_redirect_uri(redirect_url(&config.public_url, &config.sites[0].id));
        KeyRing::create(&config.key_file).expect("a key file");
        let core = Core::open(&config, Arc::new(SystemClock)).await.expect("the bot's parts");
        let router = usher::web::router(core.identity.clone(), Vec::new());
        tokio::spawn(usher::web::serve(pages, router, std::future::pending()));
        let mut world = Self {
            bot: Arc::new(core.bot(&[])),
            bare: reqwest::Client::builder().no_proxy().build().expect("a client"),
            url: String::new(),
            path: String::new(),
            token: sandbox.token_for(PERSON, &SCOPES.join(" ")),
            title: String::new(),
            snapshot: core.governance.snapshot(),
            events: Arc::default(),
            _folder: Arc::new(folder),
            sandbox: Arc::new(sandbox),
            core,
        };
        world.link().await;
        world.allow().await;
        world.learn().await;
        world
    }

    /// Asks for the issue once, and checks what comes.
    pub async fn ask(&self, way: Way) {
        match way {
            Way::Bare => {
                let request = self.bare.get(&self.url).header(AUTHORIZATION, format!("Bearer {}", self.token));
                let answer = request.header(ACCEPT, "application/json").send().await.expect("an answer");
                assert!(answer.status().is_success(), "{}", answer.status());
                assert!(answer.bytes().await.expect("its body").len() > 1000);
            }
            Way::View => {
                let reply = self.say(eng(), &format!("jira view {KEY}")).await;
                let card = reply.cards.first().unwrap_or_else(|| panic!("no card: {reply:?}"));
                assert_eq!((card.key.as_str(), &card.title), (KEY, &self.title));
                assert_eq!((reply.audience, reply.buttons.len()), (Audience::Everyone, 5), "{reply:?}");
            }
        }
    }

    /// Sends a request as it stands.
    pub async fn send(&self, bare: &Bare, body: Option<Value>) -> Value {
        let question = if bare.query.is_empty() { "" } else { "?" };
        let url = format!("{}{}{question}{}", self.sandbox.api_url(), bare.path, bare.query);
        let method = bare.method.parse().expect("a method");
        let mut request = self.bare.request(method, url).header(AUTHORIZATION, format!("Bearer {}", self.token));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.header(ACCEPT, "application/json").send().await.expect("an answer");
        assert!(answer.status().is_success(), "{bare:?}: {}", answer.status());
        let bytes = answer.bytes().await.expect("its body");
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Adds issues to DEMO until there are so many that a viewer may see.
    pub async fn fill(&self, wanted: usize) {
        let search = Bare {
            method: "POST".to_owned(),
            path: self
                .path
                .split("/issue/")
                .next()
                .map(|api| format!("{api}/search/approximate-count"))
                .expect("an api"),
            query: String::new(),
        };
        let counted = self.send(&search, Some(json!({ "jql": "project = DEMO" }))).await;
        let there = counted["count"].as_u64().expect("a count") as usize;
        for number in there..wanted {
            self.sandbox.add_issue("DEMO", "grace", &format!("Number {number}")).expect("an issue");
        }
    }

    /// Finds all issues of DEMO, page by page.
    pub async fn find_all(&self, found: usize, page: usize) {
        let mut reply = self.say(eng(), "jira find in DEMO").await;
        for _ in 1..found / page {
            assert_eq!(reply.cards.len(), page, "{reply:?}");
            let more = reply.buttons.iter().find(|button| button.label == "More");
            let action = more.unwrap_or_else(|| panic!("no more: {reply:?}")).action.clone();
            reply = self.happens(eng(), Input::Press { action }).await;
        }
        assert_eq!(reply.cards.len(), page, "{reply:?}");
        assert!(reply.buttons.iter().all(|button| button.label != "More"), "{reply:?}");
    }

    /// Creates an issue.
    pub async fn create(&self) {
        let number = self.events.load(Ordering::Relaxed);
        let reply = self.say(eng(), &format!("jira create task in DEMO Measured {number}")).await;
        assert!(reply.text.to_plain().contains("created DEMO-"), "{reply:?}");
    }

    /// How a line may go on.
    pub async fn complete(&self, line: &str) -> Vec<Completion> {
        let replies = self.tell(eng(), Input::Complete(Completing::Line(line.to_owned()))).await;
        std::mem::take(&mut *replies.ways.lock())
    }

    /// Nothing that completions have found is known any more.
    pub fn forget(&self) {
        self.bot.shelves.forget(&person());
    }

    /// The sandbox saw so many requests, all of them the one.
    pub fn assert_calls(&self, expected: usize) {
        let calls = self.sandbox.calls();
        assert_eq!(calls.len(), expected, "one request for each");
        assert!(calls.iter().all(|call| call.path == self.path && call.status == Some(200)));
    }

    /// How many views the audit knows.
    pub fn audited(&self) -> usize {
        self.core.audit.verify(None).expect("an unbroken chain");
        let views = Filter { tool: Some("view".to_owned()), verdict: Some("allow".to_owned()), ..Filter::default() };
        self.core.audit.list(&views).expect("the rows").len()
    }

    /// Decides about a view, by the pure function alone.
    pub fn decide(&self) {
        let (person, place, member) = (person(), eng(), member());
        let tool: ToolName = "view".parse().expect("a name");
        let projects: [ProjectKey; 1] = ["DEMO".parse().expect("a key")];
        let question = Question {
            person: &person,
            place: &place,
            member: &member.into(),
            tool: &tool,
            site: None,
            projects: &projects,
            confirmed: false,
            once: false,
            second: false,
            now: 1_800_000_000,
        };
        let verdict = decide(&self.snapshot, std::hint::black_box(&question));
        assert!(matches!(verdict, Verdict::Allow(_)), "{verdict:?}");
    }

    /// One small change, made durable. Its value is new each time: SQLite does not sync a change that changes nothing.
    pub async fn commit(&self) {
        let value = rand::random::<u64>().to_le_bytes();
        self.core.store.write(move |tx| memory::put(tx, "bench", "key", &value)).await.expect("a commit");
    }

    /// Says something and takes the one reply.
    async fn say(&self, place: Place, text: &str) -> Reply {
        self.happens(place, Input::Text(text.to_owned())).await
    }

    async fn happens(&self, place: Place, input: Input) -> Reply {
        let replies = self.tell(place, input).await;
        let mut replies = std::mem::take(&mut *replies.said.lock());
        assert_eq!(replies.len(), 1, "{replies:?}");
        replies.remove(0)
    }

    async fn tell(&self, place: Place, input: Input) -> Arc<Replies> {
        let private = place.is_direct();
        let event = Event {
            id: EventId::new(self.events.fetch_add(1, Ordering::Relaxed).to_string()),
            person: person(),
            place,
            names: Names { person: PERSON.to_owned(), place: "#eng".to_owned(), workspace: Some("home".to_owned()) },
            input,
            mentions: Vec::new(),
            files: Vec::new(),
            answers: None,
            message: None,
            private,
            member: Some(member()),
        };
        let replies = Arc::new(Replies::default());
        self.bot.handle(event, replies.clone()).await;
        replies
    }

    async fn link(&self) {
        let direct = || Place::direct(Platform::TERMINAL);
        let offer = self.say(direct(), "connect acme").await;
        let link = offer.links.first().unwrap_or_else(|| panic!("no link: {offer:?}"));
        let code = Walker::new().approve(&link.url, PERSON, false).await.expect("a code");
        let linked = self.say(direct(), &code).await;
        assert!(linked.text.to_plain().contains("Linked"), "{linked:?}");
    }

    /// Everyone may contribute to the project in the channel, so that a card is public and has its buttons.
    async fn allow(&mut self) {
        let asker = Asker {
            person: person(),
            place: eng(),
            names: Names::default(),
            private: true,
            event: EventId::new("allow"),
            reference: Reference::random(),
        };
        let words = ["allow", "contributor", "in", "eng", "on", "DEMO"].map(str::to_owned);
        let command = AdminCommand::parse(&words).expect("a command");
        let admin = Member { admin: true, ..member() };
        let permit = self.core.governance.admit_admin(&asker, &admin, &command).await.expect("an owner");
        self.core.governance.command(permit, command, None).await.expect("a grant");
        self.snapshot = self.core.governance.snapshot();
    }

    /// Learns from a first view what the bare request must be.
    async fn learn(&mut self) {
        self.sandbox.clear_calls();
        let reply = self.say(eng(), &format!("jira view {KEY}")).await;
        self.title = reply.cards.first().unwrap_or_else(|| panic!("no card: {reply:?}")).title.clone();
        let calls = self.sandbox.calls();
        let [call] = calls.as_slice() else { panic!("not one request: {calls:?}") };
        self.url = format!("{}{}?{}", self.sandbox.api_url(), call.path, call.query);
        self.path.clone_from(&call.path);
    }
}

fn person() -> Person {
    Person::new(Platform::TERMINAL, PERSON)
}

fn home() -> Workspace {
    Workspace::new(Platform::TERMINAL, "home")
}

fn eng() -> Place {
    Place::channel(home(), "eng")
}

fn member() -> Member {
    Member { present: true, ..Member::default() }
}

fn acme(sandbox: &Sandbox) -> SiteConfig {
    SiteConfig::new(
        "acme".parse().expect("an id"),
        sandbox.cloud_url().parse().expect("an address"),
        LinkConfig::Cloud {
            client_id: "usher-sandbox".to_owned(),
            client_secret: SecretString::from("usher-sandbox-secret"),
            scopes: SCOPES.map(str::to_owned).to_vec(),
            auth_url: sandbox.auth_url().parse().expect("an address"),
            api_url: sandbox.api_url().parse().expect("an address"),
        },
    )
}

/// Keeps what is answered.
#[derive(Default)]
struct Replies {
    said: Mutex<Vec<Reply>>,
    ways: Mutex<Vec<Completion>>,
}

#[async_trait]
impl Responder for Replies {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        self.said.lock().push(reply);
        Ok(Sent::Message(None))
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        self.reply(reply).await
    }

    async fn progress(&self, _what: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn complete(&self, ways: Vec<Completion>) -> Result<(), SendError> {
        *self.ways.lock() = ways;
        Ok(())
    }
}
