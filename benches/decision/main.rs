//! What a decision costs where there is much to decide about: `cargo bench --bench decision` fills a database with 10,000
//! channels in 10 workspaces, 1,000 grants in each, and 100,000 links, and asks about random people, places and tools.
//!
//! It times the pure function alone, the same behind the look whether the policy has changed since (which `usher stop`
//! relies on), and a refusal with its words. How long it takes never fails.

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use usher::{
    audit::{Audit, AuditKey},
    clock::{Clock, SystemClock},
    governance::{Governance, Membership, NewTools, Question, Settings, Verdict, decide},
    ids::{AccountId, ProjectKey, SiteId, ToolName},
    keys::KeyRing,
    start::facts,
    store::{
        Store, StoreError, Tx,
        grants::{self, Effect, GrantRow},
        links::{self, LinkId, LinkKind, LinkRow, LinkState},
    },
    tools,
};
use usher_chat::{ChannelId, Member, Person, Place, Platform, RoleId, Workspace};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much there is.
struct Sizes {
    workspaces: usize,
    channels: usize,
    grants: usize,
    links: usize,
    questions: usize,
}

impl Sizes {
    /// `cargo bench` says so with an argument. Without it this is a short try.
    fn wanted() -> Self {
        let whole = Self { workspaces: 10, channels: 1_000, grants: 1_000, links: 100_000, questions: 100_000 };
        if std::env::args().any(|argument| argument == "--bench") {
            whole
        } else {
            Self { links: 1_000, questions: 2_000, ..whole }
        }
    }
}

fn main() {
    let sizes = Sizes::wanted();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder on disk");
    let store = Store::open(&folder.path().join("usher.db")).expect("a database");
    let audit = Audit::new(store.clone(), AuditKey::new(&KeyRing::generate().expect("keys")));
    let settings = Settings {
        workspaces: (0..sizes.workspaces).map(workspace).collect(),
        new_tools: NewTools::All,
        direct: "reader".to_owned(),
        ..Settings::default()
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // The first start admits the workspaces, the second reads what was put into them.
    let start =
        || Governance::new(store.clone(), audit.clone(), clock.clone(), facts(tools::table()), settings.clone());
    runtime.block_on(start()).expect("governance");
    let (workspaces, channels, many, linked) = (sizes.workspaces, sizes.channels, sizes.grants, sizes.links);
    let filled = store.submit(move |tx| {
        (0..workspaces).try_for_each(|workspace| fill(tx, workspace, channels, many))?;
        (0..linked).try_for_each(|n| link(tx, n))
    });
    filled.wait().expect("a full database");
    let begun = Instant::now();
    let governance = runtime.block_on(start()).expect("governance");
    println!("read at start: {:.0} ms", begun.elapsed().as_secs_f64() * 1e3);

    let mut random = StdRng::seed_from_u64(1);
    let asked: Vec<Asked> = (0..sizes.questions).map(|_| Asked::any(&mut random, &sizes)).collect();
    let snapshot = governance.snapshot();
    let mut allowed = 0;
    let pure = time(&asked, |asked| {
        let verdict = decide(&snapshot, black_box(&asked.question(clock.seconds())));
        allowed += usize::from(matches!(verdict, Verdict::Allow(_)));
    });
    let fresh = time(&asked, |asked| {
        black_box(governance.may(&asked.person, &asked.place, &asked.member, &asked.tool));
    });
    println!(
        "{} channels, {} grants in each of {} workspaces, {} links; {} of {} allowed",
        sizes.workspaces * sizes.channels,
        sizes.grants,
        sizes.workspaces,
        sizes.links,
        allowed,
        asked.len()
    );
    report("the decision", pure);
    report("with the look whether the policy changed", fresh);
}

/// One question with all that it borrows.
struct Asked {
    person: Person,
    place: Place,
    member: Membership,
    tool: ToolName,
    site: SiteId,
    projects: Vec<ProjectKey>,
}

impl Asked {
    fn any(random: &mut StdRng, sizes: &Sizes) -> Self {
        let tools: Vec<&str> = tools::table().names().collect();
        let roles = (0..3).map(|_| RoleId::new(format!("role{}", random.random_range(0..50)))).collect();
        let channel = ChannelId::from(format!("c{}", random.random_range(0..sizes.channels)));
        Self {
            person: person(random.random_range(0..sizes.links)),
            place: Place::channel(workspace(random.random_range(0..sizes.workspaces)), channel),
            member: Member { present: true, admin: false, roles }.into(),
            tool: tools[random.random_range(0..tools.len())].parse().expect("a name"),
            site: "acme".parse().expect("a site"),
            projects: vec![project(random.random_range(0..20))],
        }
    }

    fn question(&self, now: i64) -> Question<'_> {
        Question {
            person: &self.person,
            place: &self.place,
            member: &self.member,
            tool: &self.tool,
            site: Some(&self.site),
            projects: &self.projects,
            confirmed: true,
            once: false,
            second: false,
            now,
        }
    }
}

fn time(asked: &[Asked], mut ask: impl FnMut(&Asked)) -> Vec<Duration> {
    let once = |one| {
        let begun = Instant::now();
        ask(one);
        begun.elapsed()
    };
    let mut times: Vec<Duration> = asked.iter().map(once).collect();
    times.sort_unstable();
    times
}

fn report(what: &str, times: Vec<Duration>) {
    let share = |share: f64| {
        let at = ((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1));
        times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1e6)
    };
    println!(
        "{what}: median {:.2} µs, 99 of 100 within {:.2} µs, at most {:.0} µs",
        share(0.5),
        share(0.99),
        share(1.0)
    );
}

fn workspace(n: usize) -> Workspace {
    Workspace::new(Platform::TERMINAL, format!("w{n}"))
}

fn person(n: usize) -> Person {
    Person::new(Platform::TERMINAL, format!("p{n}"))
}

fn project(n: usize) -> ProjectKey {
    format!("P{n}").parse().expect("a key")
}

/// Rules of every kind: one in a hundred for the whole workspace, one in ten that denies.
fn fill(tx: &Tx<'_>, at: usize, channels: usize, grants: usize) -> Result<(), StoreError> {
    let tools = ["reader", "contributor", "manager", "view", "create", "comment", "status"];
    for n in 0..grants {
        let row = GrantRow {
            id: format!("{at}-{n}"),
            effect: if n % 10 == 3 { Effect::Deny } else { Effect::Allow },
            tools: tools[n % tools.len()].to_owned(),
            profile: match n % 3 {
                0 if n % 100 != 7 => "everyone".to_owned(),
                2 => format!("person:{}", person(n)),
                _ => format!("role:role{}", n % 50),
            },
            workspace: workspace(at),
            channel: (n % 100 != 7).then(|| ChannelId::from(format!("c{}", (n * 7) % channels))),
            projects: (n % 2 == 0).then(|| vec![project(n % 20), project((n + 1) % 20)]),
            until: (n % 5 == 0).then_some(4_000_000_000),
            by: person(0),
            at: 0,
        };
        grants::add(tx, &row)?;
    }
    Ok(())
}

fn link(tx: &Tx<'_>, n: usize) -> Result<(), StoreError> {
    let row = LinkRow {
        id: LinkId::fresh(),
        person: person(n),
        site: "acme".parse().map_err(|_| StoreError::NotFound)?,
        kind: LinkKind::OAuth2Cloud,
        account: AccountId(format!("a{n}")),
        account_name: format!("Person {n}"),
        state: LinkState::Pending,
        created: 0,
        activated: None,
        expires: 4_000_000_000,
        scopes: String::new(),
    };
    links::insert(tx, &row)
}
