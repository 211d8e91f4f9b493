//! `usher check`: one line a check: ok, or what fails and what to do.

use std::{path::Path, process::ExitCode, sync::Arc};

use futures::future::BoxFuture;
use usher::{
    Config,
    clock::{Clock, SystemClock},
    identity::check_site,
    keys::KeyRing,
    start,
    store::Store,
};

use super::Problem;

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
    ];
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
    let mut platforms = Vec::new();
    platforms.extend(config.discord.as_ref().map(|_| "Discord"));
    platforms.extend(config.telegram.as_ref().map(|_| "Telegram"));
    platforms.extend(config.terminal.as_ref().map(|_| "terminal"));
    format!(
        "{}, {sites}, {}",
        path.display(),
        if platforms.is_empty() { "no platform".to_owned() } else { platforms.join(", ") }
    )
}

fn key(config: &Config) -> Result<String, String> {
    let ring = KeyRing::load(&config.key_file).map_err(|error| format!("{error}."))?;
    let count = ring.ids().count();
    Ok(format!("{count} {}, active {}", if count == 1 { "key" } else { "keys" }, ring.active()))
}

fn database(config: &Config) -> Result<String, String> {
    let path = config.data_dir.join("usher.db");
    if !path.exists() {
        return Ok(format!("{} will be made at the first start", path.display()));
    }
    let store = Store::open_beside(&path).map_err(|error| format!("{error}."))?;
    store.check().map_err(|error| format!("{error}."))?;
    Ok(path.display().to_string())
}
