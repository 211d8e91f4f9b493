//! `usher check`: one line a finding: ok, a note, or what fails and what to do.

mod sites;

use std::{path::Path, process::ExitCode, sync::Arc};

use futures::future::BoxFuture;
use usher::{
    Config,
    clock::{Clock, SystemClock},
    config::Forbidden,
    identity::{Finding, Verdict},
    keys::KeyRing,
    router::commands,
    start::{self, Listeners},
    store::{Store, StoreError, is_copy},
    tools,
};

use super::{Problem, database, sentence, serve};

/// One check: its name, and what it finds.
struct Check<'a> {
    name: String,
    run: BoxFuture<'a, Vec<Finding>>,
}

impl<'a> Check<'a> {
    /// A check with one finding.
    fn one(name: &str, run: impl Future<Output = Result<String, String>> + Send + 'a) -> Self {
        let verdict = |found| match found {
            Ok(found) => Verdict::Ok(found),
            Err(problem) => Verdict::Fails(problem),
        };
        Self { name: name.to_owned(), run: Box::pin(async move { vec![Finding::new("", verdict(run.await))] }) }
    }
}

pub async fn run(path: &Path) -> Result<ExitCode, Problem> {
    let config = match Config::load(path) {
        Ok(config) => config,
        Err(error) => {
            println!("{:<14} fails  {error}", "configuration");
            println!("1 of 1 fails");
            return Ok(ExitCode::FAILURE);
        }
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut checks = vec![
        Check::one("configuration", async { Ok(summary(path, &config)) }),
        Check { name: "key".to_owned(), run: Box::pin(async { vec![Finding::new("", key(&config, &*clock))] }) },
        Check::one("database", async { database(&config) }),
        Check::one("chat", async { chat(&config) }),
        Check::one("addresses", addresses(&config)),
    ];
    #[cfg(feature = "discord")]
    if config.discord.is_some() {
        checks.push(Check::one("discord", discord(&config)));
    }
    #[cfg(feature = "telegram")]
    if config.telegram.is_some() {
        checks.push(Check::one("telegram", telegram(&config)));
    }
    match start::sites(&config, &clock) {
        Ok((http, setups)) => {
            for (site, setup) in config.sites.iter().zip(setups) {
                let (config, clock, http) = (&config, &clock, http.clone());
                let run = async move { sites::check(config, site, &http, &setup, &**clock).await };
                checks.push(Check { name: site.id.to_string(), run: Box::pin(run) });
            }
        }
        Err(error) => checks.push(Check::one("sites", async move { Err(error.to_string()) })),
    }
    let (mut all, mut failed, mut notes) = (0, 0, 0);
    for check in checks {
        for Finding { about, verdict } in check.run.await {
            let name = format!("{} {about}", check.name);
            let (word, found) = match verdict {
                Verdict::Ok(found) => ("ok", found),
                Verdict::Note(found) => ("note", found),
                Verdict::Fails(problem) => ("fails", problem),
            };
            all += 1;
            failed += usize::from(word == "fails");
            notes += usize::from(word == "note");
            println!("{:<14} {word:<5}  {found}", name.trim_end());
        }
    }
    let noted = match notes {
        0 => String::new(),
        1 => ", 1 note".to_owned(),
        more => format!(", {more} notes"),
    };
    let result = if failed == 0 { format!("all {all} ok") } else { format!("{failed} of {all} fail") };
    println!("{result}{noted}");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn summary(path: &Path, config: &Config) -> String {
    let sites = match config.sites.len() {
        1 => "1 site".to_owned(),
        more => format!("{more} sites"),
    };
    let mut found = format!("{}, {sites}", path.display());
    let unknown = config.governance.forbid.iter().filter_map(|forbidden| match forbidden {
        Forbidden::Tool(tool) if tools::table().get(tool.as_str()).is_none() => Some(tool),
        _ => None,
    });
    for tool in unknown {
        found.push_str(&format!("; `forbid` names `{tool}`, which is no tool of this version"));
    }
    if config.owners.is_empty() {
        found.push_str("; no `owners`, so nobody can admit a workspace from a chat");
    }
    found
}

fn chat(config: &Config) -> Result<String, String> {
    let adapters = serve::adapters(config).map_err(|problem| problem.to_string())?;
    let names: Vec<String> = adapters.iter().map(|adapter| adapter.platform().to_string()).collect();
    Ok(names.join(", "))
}

#[cfg(feature = "discord")]
async fn discord(config: &Config) -> Result<String, String> {
    let discord = serve::discord(config).map_err(|problem| problem.to_string())?;
    let discord = discord.ok_or("it is not configured")?;
    told(discord.check(&commands(tools::table())).await)
}

#[cfg(feature = "telegram")]
async fn telegram(config: &Config) -> Result<String, String> {
    let telegram = serve::telegram(config).map_err(|problem| problem.to_string())?;
    let telegram = telegram.ok_or("it is not configured")?;
    told(telegram.check(&commands(tools::table())).await)
}

/// A platform's findings in one line: what is well, or else every problem.
#[cfg(any(feature = "discord", feature = "telegram"))]
fn told(findings: Vec<Result<String, String>>) -> Result<String, String> {
    let problems: Vec<&str> = findings.iter().filter_map(|one| one.as_ref().err()).map(String::as_str).collect();
    match problems.is_empty() {
        true => Ok(findings.into_iter().flatten().collect::<Vec<_>>().join(", ")),
        false => Err(problems.join(" ")),
    }
}

async fn addresses(config: &Config) -> Result<String, String> {
    let (listen, ops) = (config.listen, config.ops_listen);
    match Listeners::bind(config).await {
        Ok(_) => Ok(format!("{listen} and {ops} are free")),
        Err(_) if database::in_use(config) => Ok(format!("{listen} and {ops}, as usher runs")),
        Err(error) => Err(error.to_string()),
    }
}

fn key(config: &Config, clock: &dyn Clock) -> Verdict {
    let ring = match KeyRing::load(&config.key_file) {
        Ok(ring) => ring,
        Err(error) => return Verdict::Fails(sentence(&error.to_string())),
    };
    let count = ring.ids().count();
    let words = format!("{count} {}, active {}", if count == 1 { "key" } else { "keys" }, ring.active());
    match sites::days_old(&config.key_file, clock) {
        Some(days) if days >= 365 => {
            Verdict::Note(format!("{words}; the file {}, `usher keys rotate` adds a new key", sites::old(days)))
        }
        Some(days) => Verdict::Ok(format!("{words}; the file {}", sites::old(days))),
        None => Verdict::Ok(words),
    }
}

fn database(config: &Config) -> Result<String, String> {
    let path = database::file(config);
    if !path.exists() {
        return Ok(format!("{} will be made at the first start", path.display()));
    }
    let store = Store::open_beside(&path).map_err(|error| sentence(&error.to_string()))?;
    store.check().map_err(|error| sentence(&error.to_string()))?;
    match store.read(|reader| is_copy(reader, &path)) {
        Ok(false) => Ok(path.display().to_string()),
        Ok(true) => Err(sentence(&StoreError::Copied { path }.to_string())),
        Err(error) => Err(sentence(&error.to_string())),
    }
}
