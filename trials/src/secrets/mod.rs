//! Every secret is a canary. The program runs with its log wide open, is used in good and bad ways, and then everything that
//! it has written, shown or kept is searched.

mod needles;

use std::{fs, sync::Arc, time::Duration};

use futures::FutureExt;
use telegram_stand_in::{Person, TelegramServer};
use tokio::time::timeout;
use url::Url;
use usher_sandbox::{Effect, Fault, Options, Sandbox, Secret};

use self::needles::{Kind, Needles};
use crate::{
    crash::program::{self, Program},
    linking::{Browser, code_of, verifier_of},
    trial::{Asked, Found, Trial, grouped},
};

/// The trial.
pub const TRIAL: Trial = Trial {
    name: "secrets",
    what: "the program at trace level, through linking, commands, renewals, faults, hostile words, wrong secrets and a kill; then \
           a search for every secret, plain, in base64, hex and URL encoding, in all that it wrote, showed or kept",
    stated: 400,
    unit: "commands",
    quick: 12,
    run: |asked| run(asked).boxed(),
};

const PATIENCE: Duration = Duration::from_secs(8);

const COMMANDS: [&str; 12] = [
    "/view DEMO-1",
    "/find order",
    "/mine",
    "/comments DEMO-1",
    "/create bug in DEMO a canary",
    "/comment DEMO-2 words",
    "/view NOPE-1",
    "/find raw project = (",
    "/view \u{202e}DEMO-1 \"",
    "/whoami",
    "/activity",
    "/help",
];

async fn run(asked: Asked) -> Found {
    let mut found = Found::default();
    let path = match program::build().await {
        Ok(path) => path,
        Err(problem) => {
            found.broke(format!("the program under trial: {problem}"));
            return found;
        }
    };
    let mut rng = fastrand::Rng::with_seed(asked.seed);
    let folder = tempfile::tempdir().unwrap();
    let telegram = TelegramServer::start().await;
    let sandbox = Arc::new(Sandbox::start(Options::default()).await.unwrap());
    let client_secret = format!("CANARY-client-{:016x}", rng.u64(..));
    sandbox.state().options.write().cloud_client.secret = Secret::new(&client_secret);
    let mut program = Program::set_up(&path, folder.path(), &sandbox, &telegram);
    program.level = "trace";
    let (root, room) = (telegram.person("root"), telegram.supergroup("Engine Works"));
    room.owned_by(&root);
    program.belongs_to(&format!("telegram:{}", root.id()), &format!("telegram:{}", room.id()));

    let mut needles = Needles::default();
    needles.add("client secret", Kind::Key, &client_secret);
    needles.add("bot token", Kind::Key, &telegram.token());
    for (name, file) in [("key file", "usher.key"), ("private key", "corp.pem")] {
        let text = fs::read_to_string(folder.path().join(file)).unwrap();
        for line in text.lines().filter(|line| line.len() >= 40 && !line.contains("-----")) {
            needles.add(
                name,
                Kind::Key,
                line.rsplit([' ', ':', '"', '=']).find(|part| part.len() >= 32).unwrap_or(line),
            );
        }
    }

    let mut child = program.start(None);
    telegram.polled().await;
    let mut pages = Vec::new();
    let [ada, zoe] = ["ada", "zoe"].map(|name| {
        let person = telegram.person(name);
        room.adds(&person);
        person.opens();
        person
    });
    link(&ada, "acme", &mut needles, &mut pages).await;
    link(&zoe, "corp", &mut needles, &mut pages).await;
    // The good ones: what refuses and fails comes in between.
    for number in 0..asked.bound {
        let person = if rng.u32(..4) == 0 { &zoe } else { &ada };
        match rng.u32(..12) {
            0 => sandbox.expire_tokens(None),
            1 => sandbox.fail(Fault::once("", "/rest/", Effect::Status { status: 500, body: None })),
            2 => sandbox.fail(Fault::once("", "/rest/", Effect::Html { status: 200 })),
            3 => sandbox.fail(Fault::once("POST", "/oauth/token", Effect::LostAnswer)),
            4 => {
                let secret = if rng.bool() { "changed" } else { client_secret.as_str() };
                sandbox.state().options.write().cloud_client.secret = Secret::new(secret);
            }
            _ => {}
        }
        person.writes(COMMANDS[rng.usize(..COMMANDS.len())]);
        drop(timeout(PATIENCE, person.reads()).await);
        found.done = number + 1;
    }
    sandbox.state().options.write().cloud_client.secret = Secret::new(&client_secret);
    sandbox.clear_faults();
    for token in sandbox.state().oauth2.issued() {
        needles.add("OAuth 2.0 code or token", Kind::Key, &token);
    }
    for token in sandbox.state().oauth1.issued() {
        needles.add("OAuth 1.0a token or session", Kind::Key, &token);
    }

    let mut places: Vec<(&str, Vec<u8>, &[Kind])> = Vec::new();
    const ALL: &[Kind] = &[Kind::Key, Kind::Step];
    let ops = format!("http://127.0.0.1:{}", program.ops);
    for page in ["metrics", "healthz", "readyz"] {
        let text = reqwest::get(format!("{ops}/{page}")).await.unwrap().text().await.unwrap();
        places.push((page, text.into_bytes(), ALL));
    }
    if let Some(pid) = child.id() {
        for file in ["cmdline", "environ"] {
            places.push((file, fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default(), ALL));
        }
    }
    for words in [&["audit", "export"][..], &["links", "list"], &["keys", "status"], &["check"]] {
        places.push(("short commands", program.says(words).await, ALL));
    }
    child.kill().await.unwrap();
    let database = program.database();
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", database.display());
        places.push(("database and its log", fs::read(file).unwrap_or_default(), ALL));
    }
    let backup = folder.path().join("backup.db");
    usher::store::Store::open_beside(&database).unwrap().backup(&backup).unwrap();
    places.push(("backup", fs::read(backup).unwrap(), ALL));
    places.push(("log", fs::read(program.folder.join("log")).unwrap(), ALL));
    places.push(("pages", pages.join("\n").into_bytes(), &[Kind::Key]));
    let said: Vec<String> = telegram.requests().iter().map(|request| request.parameters.to_string()).collect();
    places.push(("replies", said.join("\n").into_bytes(), &[Kind::Key]));

    let mut hits = 0;
    let bytes: usize = places.iter().map(|(_, text, _)| text.len()).sum();
    for (place, text, kinds) in &places {
        for name in needles.found(text, kinds) {
            hits += 1;
            found.broke(format!("{name} in the {place}"));
        }
    }
    found.expect(places.iter().any(|(place, text, _)| *place == "log" && text.len() > 10_000), || {
        "the log is too short to have been wide open".to_owned()
    });
    found.figure("secrets", needles.count());
    let kinds = needles.names();
    let all = ["client secret", "bot token", "key file", "private key", "cookie", "state", "code", "ticket"];
    for name in all.into_iter().chain(["OAuth 2.0 code or token", "OAuth 1.0a token or session"]) {
        found.expect(kinds.contains(&name), || format!("no {name} was looked for"));
    }
    found.figure("places", places.len());
    found.figure("bytes searched", grouped(bytes as u64));
    found.zero("hits", hits);
    found
}

/// Links somebody by hand, so that every secret on the way is known.
async fn link(person: &Person, site: &str, needles: &mut Needles, pages: &mut Vec<String>) {
    person.writes(&format!("/connect {site}"));
    let label = if site == "acme" { "Open the page" } else { "Authorize in Jira" };
    let shown = loop {
        let shown = person.reads().await;
        if shown.labels().iter().any(|one| one == label) {
            break shown;
        }
    };
    let url = shown.url(label);
    let browser = Browser::new();
    let query = |url: &str, name: &str| {
        let url = Url::parse(url).unwrap();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
    };
    let code = if site == "acme" {
        needles.add("ticket", Kind::Step, url.rsplit('/').next().unwrap_or_default());
        pages.push(browser.get(&url).await.text);
        let away = browser.post(&url, &[]).await;
        let cookie = away.headers["set-cookie"].to_str().unwrap().to_owned();
        let cookie = cookie.split(['=', ';']).nth(1).unwrap_or_default();
        needles.add("cookie", Kind::Key, cookie);
        needles.add("state", Kind::Step, &query(&away.location(), "state"));
        needles.add("PKCE challenge", Kind::Step, &query(&away.location(), "code_challenge"));
        let back = browser.decide(&away.location(), "ada", "allow").await;
        let page = browser.get(&back).await;
        pages.push(page.text.clone());
        code_of(&page.text)
    } else {
        needles.add("request token", Kind::Step, &query(&url, "oauth_token"));
        verifier_of(&browser.decide_dc(&url, "linus", "allow").await.text)
    };
    needles.add("code", Kind::Step, &code);
    person.writes(&code);
    while !person.reads().await.text().starts_with("Linked: ") {}
}
