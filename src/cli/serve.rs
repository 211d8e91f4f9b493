//! `usher run`: serves what the configuration names.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use tokio::sync::watch;
use usher::{
    Config,
    clock::SystemClock,
    start::{self, Core, Listeners},
};
use usher_chat::ChatAdapter;

use super::{Problem, log};

/// Serves until it is told to stop. `path` is where the configuration came from.
pub async fn run(path: PathBuf, config: Config) -> Result<(), Problem> {
    log::start(config.log_json, false);
    let adapters = adapters(&config)?;
    let listeners = Listeners::bind(&config).await?;
    let core = Core::open(&config, Arc::new(SystemClock)).await?;
    #[cfg(unix)]
    tokio::spawn(renew_on_signal(path, core.clone())?);
    #[cfg(not(unix))]
    drop(path);
    let (stop, _) = watch::channel(false);
    tokio::spawn(stop_on_signal(stop.clone()));
    tracing::info!(public_url = %config.public_url, listen = %config.listen, "ready");
    Ok(core.serve(adapters, listeners, stop).await?)
}

/// Reads the configuration anew at each SIGHUP.
#[cfg(unix)]
fn renew_on_signal(path: PathBuf, core: Core) -> Result<impl Future<Output = ()>, Problem> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(async move {
        while hangups.recv().await.is_some() {
            match renew(&path, &core) {
                Ok(sites) if sites.is_empty() => tracing::info!("the configuration was read: no site's secret changed"),
                Ok(sites) => tracing::info!(?sites, "the configuration was read: these sites' secrets are new"),
                Err(problem) => tracing::error!("the configuration was read and not taken: {problem}"),
            }
        }
    })
}

/// Takes the sites' secrets out of the configuration, if all of it is good. What else changed waits for the next start.
#[cfg(unix)]
fn renew(path: &Path, core: &Core) -> Result<Vec<String>, Problem> {
    let config = Config::load(path)?;
    adapters(&config)?;
    let (_, sites) = start::sites(&config, &core.clock)?;
    Ok(core.identity.renew_secrets(&sites).iter().map(ToString::to_string).collect())
}

/// The platforms that the configuration names.
pub fn adapters(config: &Config) -> Result<Vec<Arc<dyn ChatAdapter>>, Problem> {
    let mut adapters: Vec<Arc<dyn ChatAdapter>> = Vec::new();
    #[cfg(feature = "discord")]
    adapters.extend(discord(config)?.map(|discord| Arc::new(discord) as Arc<dyn ChatAdapter>));
    #[cfg(not(feature = "discord"))]
    if config.discord.is_some() {
        return Err(Problem::new("This build serves no Discord. Remove `[discord]`."));
    }
    #[cfg(feature = "telegram")]
    adapters.extend(telegram(config)?.map(|telegram| Arc::new(telegram) as Arc<dyn ChatAdapter>));
    #[cfg(not(feature = "telegram"))]
    if config.telegram.is_some() {
        return Err(Problem::new("This build serves no Telegram. Remove `[telegram]`."));
    }
    #[cfg(feature = "terminal")]
    if let Some(terminal) = config.terminal {
        use usher_terminal::{Mode, Terminal, TerminalOptions};
        let owners = config.owners.iter().filter(|owner| owner.platform == usher_chat::Platform::TERMINAL);
        adapters.push(Arc::new(Terminal::new(TerminalOptions {
            mode: if terminal.jsonl { Mode::JsonLines } else { Mode::Interactive },
            admins: owners.map(|owner| owner.user.to_string()).collect(),
            public_url: config.public_url.to_string(),
            greeting: vec!["Type `jira help`. Ctrl-D ends the chat.".to_owned()],
            ..TerminalOptions::default()
        })));
    }
    if adapters.is_empty() {
        return Err(Problem::new("No chat platform is configured. Add a section such as `[terminal]`."));
    }
    Ok(adapters)
}

/// Discord, if the configuration names it.
#[cfg(feature = "discord")]
pub fn discord(config: &Config) -> Result<Option<usher_discord::Discord>, Problem> {
    use usher_discord::{Discord, DiscordOptions, Mode};
    let Some(section) = &config.discord else { return Ok(None) };
    let discord = Discord::new(DiscordOptions {
        token: section.token.clone(),
        application_id: section.application_id.clone(),
        public_key: section.public_key.clone(),
        api_url: section.api_url.clone(),
        mode: if section.mode == "http" { Mode::Http } else { Mode::Gateway },
        message_content: section.message_content,
        dev_guild: section.dev_guild.clone(),
    });
    discord.map(Some).map_err(|error| Problem::new(error.to_string()))
}

/// Telegram, if the configuration names it.
#[cfg(feature = "telegram")]
pub fn telegram(config: &Config) -> Result<Option<usher_telegram::Telegram>, Problem> {
    use usher_telegram::{Telegram, TelegramOptions};
    let Some(section) = &config.telegram else { return Ok(None) };
    let telegram = Telegram::new(TelegramOptions {
        api_url: section.api_url.clone(),
        webhook: section.webhook,
        webhook_secret: section.webhook_secret.clone(),
        public_url: Some(config.public_url.clone()),
        inline: section.inline,
        ..TelegramOptions::new(section.token.clone())
    });
    telegram.map(Some).map_err(|error| Problem::new(error.to_string()))
}

/// Turns `stop` true on the signals that end a service.
pub async fn stop_on_signal(stop: watch::Sender<bool>) {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminated) => {
                tokio::select! {
                    result = interrupted => drop(result),
                    _ = terminated.recv() => {}
                }
            }
            Err(_) => drop(interrupted.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupted.await);
    stop.send_replace(true);
}

#[cfg(all(test, feature = "discord"))]
mod tests {
    use usher::{router::commands, tools};
    use usher_discord::{LARGEST_COMMAND, command_sizes};

    #[test]
    fn every_family_fits_into_a_command_of_discords() {
        let sizes = command_sizes(&commands(tools::table()));
        assert!(sizes.iter().any(|(name, _)| name == "jira"), "{sizes:?}");
        for (name, size) in sizes {
            assert!(size <= LARGEST_COMMAND, "/{name} has {size} characters");
        }
    }
}
