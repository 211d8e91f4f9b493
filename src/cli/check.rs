//! `usher check`: one line a check: ok, or what fails and what to do.

use std::{path::Path, process::ExitCode, sync::Arc};

use futures::future::BoxFuture;
use usher::{
    Config,
    clock::{Clock, SystemClock},
    config::Forbidden,
    identity::check_site,
    keys::KeyRing,
    router::commands,
    start::{self, Listeners},
    store::Store,
    tools,
};

use super::{Problem, database, sentence, serve};

/// One check: its name, and what it finds.
struct Check<'a> {
    name: String,
    run: BoxFuture<'a, Result<String, String>>,
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
        Check { name: "configuration".to_owned(), run: Box::pin(async { Ok(summary(path, &config)) }) },
        Check { name: "key".to_owned(), run: Box::pin(async { key(&config) }) },
        Check { name: "database".to_owned(), run: Box::pin(async { database(&config) }) },
        Check { name: "chat".to_owned(), run: Box::pin(async { chat(&config) }) },
        Check { name: "addresses".to_owned(), run: Box::pin(addresses(&config)) },
    ];
    #[cfg(feature = "discord")]
    if config.discord.is_some() {
        checks.push(Check { name: "discord".to_owned(), run: Box::pin(discord(&config)) });
    }
    #[cfg(feature = "telegram")]
    if config.telegram.is_some() {
        checks.push(Check { name: "telegram".to_owned(), run: Box::pin(telegram(&config)) });
    }
    for site in &config.sites {
        let (config, clock) = (&config, &clock);
        checks.push(Check {
            name: site.id.to_string(),
            run: Box::pin(async move {
                let (http, sites) = start::sites(config, clock).map_err(|error| error.to_string())?;
                let setup = sites.iter().find(|setup| setup.id == site.id).ok_or("it is not configured")?;
                let found = check_site(&http, setup, clock.as_ref()).await?;
                Ok(match setup.kind() {
                    usher::ids::SiteKind::Cloud => format!(
                        "{found}; redirect URL to register: {}",
                        start::redirect_url(&config.public_url, &site.id)
                    ),
                    usher::ids::SiteKind::DataCenter => found,
                })
            }),
        });
    }
    let all = checks.len();
    let mut failed = 0;
    for check in checks {
        match check.run.await {
            Ok(found) => println!("{:<14} ok     {found}", check.name),
            Err(problem) => {
                failed += 1;
                println!("{:<14} fails  {problem}", check.name);
            }
        }
    }
    println!("{}", if failed == 0 { format!("all {all} ok") } else { format!("{failed} of {all} fail") });
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

fn key(config: &Config) -> Result<String, String> {
    let ring = KeyRing::load(&config.key_file).map_err(|error| sentence(&error.to_string()))?;
    let count = ring.ids().count();
    Ok(format!("{count} {}, active {}", if count == 1 { "key" } else { "keys" }, ring.active()))
}

fn database(config: &Config) -> Result<String, String> {
    let path = database::file(config);
    if !path.exists() {
        return Ok(format!("{} will be made at the first start", path.display()));
    }
    let store = Store::open_beside(&path).map_err(|error| sentence(&error.to_string()))?;
    store.check().map_err(|error| sentence(&error.to_string()))?;
    Ok(path.display().to_string())
}
