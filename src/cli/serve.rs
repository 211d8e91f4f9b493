//! `usher run`: serves what the configuration names.

use std::sync::Arc;

use tokio::sync::watch;
use usher::{
    Config,
    clock::SystemClock,
    start::{Core, Listeners},
};
use usher_chat::ChatAdapter;

use super::{Problem, log};

/// Serves until it is told to stop.
pub async fn run(config: Config) -> Result<(), Problem> {
    log::start(config.log_json, false);
    let adapters = adapters(&config)?;
    let listeners = Listeners::bind(&config).await?;
    let core = Core::open(&config, Arc::new(SystemClock)).await?;
    let (stop, _) = watch::channel(false);
    tokio::spawn(stop_on_signal(stop.clone()));
    tracing::info!(public_url = %config.public_url, listen = %config.listen, "ready");
    Ok(core.serve(adapters, listeners, stop).await?)
}

/// The platforms that the configuration names.
pub fn adapters(config: &Config) -> Result<Vec<Arc<dyn ChatAdapter>>, Problem> {
    if config.discord.is_some() || config.telegram.is_some() {
        let words = "This build serves no Discord and no Telegram. Remove `[discord]` and `[telegram]`.";
        return Err(Problem::new(words));
    }
    let mut adapters: Vec<Arc<dyn ChatAdapter>> = Vec::new();
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
