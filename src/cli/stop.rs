//! `usher stop` and `usher go`: what must not happen any more, from this moment on.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use usher::{
    Config,
    audit::{Audit, AuditKey},
    clock::SystemClock,
    governance::{Target, stopped, switch},
    keys::KeyRing,
    tools,
};
use usher_chat::{Platform, Workspace};

use super::{ConfigPath, Problem, database, say};

/// What is meant.
#[derive(Debug, Args)]
pub struct Words {
    /// What sort of thing
    what: Option<What>,
    /// Which one: a tool, a site, a platform, or a workspace such as `discord:1234`
    name: Option<String>,
    #[command(flatten)]
    config: ConfigPath,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Every tool, everywhere
    Everything,
    /// One tool, everywhere
    Tool,
    /// Everything on one Jira site
    Site,
    /// Everything on one chat platform
    Platform,
    /// Everything in one workspace
    Workspace,
}

/// Stops something, or lists what is stopped.
pub async fn stop(words: Words) -> Result<(), Problem> {
    let config = words.config.load()?;
    let Some(what) = words.what else { return list(&config) };
    let (workspace, target) = target(&config, what, words.name.as_deref(), "stop")?;
    let shown = shown(workspace.as_ref(), &target);
    if throw(&config, workspace, target, true).await? {
        say(format_args!("Stopped: {shown}. `usher go {shown}` starts it again."))
    } else {
        say(format_args!("Nothing changed: {shown} is stopped already."))
    }
}

/// Starts something again.
pub async fn go(words: Words) -> Result<(), Problem> {
    let config = words.config.load()?;
    let Some(what) = words.what else {
        return Err(Problem::new(
            "Say what shall go on, such as `usher go tool delete`. `usher stop` lists what is stopped.",
        ));
    };
    let (workspace, target) = target(&config, what, words.name.as_deref(), "go")?;
    let shown = shown(workspace.as_ref(), &target);
    if throw(&config, workspace, target, false).await? {
        say(format_args!("Started again: {shown}."))
    } else {
        say(format_args!("Nothing changed: {shown} is not stopped."))
    }
}

async fn throw(config: &Config, workspace: Option<Workspace>, target: Target, stop: bool) -> Result<bool, Problem> {
    let keys = KeyRing::load(&config.key_file)?;
    let store = database::open(config)?;
    let audit = Audit::new(store.clone(), AuditKey::new(&keys));
    Ok(switch(&store, &audit, Arc::new(SystemClock), workspace, target, stop).await?)
}

fn list(config: &Config) -> Result<(), Problem> {
    let stopped = stopped(&database::open(config)?)?;
    if stopped.is_empty() {
        eprintln!("Nothing is stopped.");
    }
    for switch in stopped {
        let since = jiff::Timestamp::from_second(switch.since)?.strftime("%Y-%m-%d %H:%M:%S");
        let place = match (&switch.workspace, &switch.target) {
            (Some(_), Target::Everything) | (None, _) => String::new(),
            (Some(workspace), _) => format!(" in {workspace}"),
        };
        let what = match &switch.target {
            Target::Everything => shown(switch.workspace.as_ref(), &switch.target),
            target => target.to_string(),
        };
        say(format_args!("{:<40} since {since} by {}", format!("{what}{place}"), switch.by))?;
    }
    Ok(())
}

/// As it is typed behind `stop`.
fn shown(workspace: Option<&Workspace>, target: &Target) -> String {
    match workspace {
        Some(workspace) => format!("workspace {workspace}"),
        None => target.to_string(),
    }
}

/// What the words mean. What could be a slip of the pen is refused: nothing would be stopped by it.
fn target(
    config: &Config,
    what: What,
    name: Option<&str>,
    command: &str,
) -> Result<(Option<Workspace>, Target), Problem> {
    let needed = |kind: &str, example: &str| {
        name.ok_or_else(|| Problem::new(format!("Say which {kind}, such as `usher {command} {kind} {example}`.")))
    };
    let unknown = |kind: &str, name: &str, known: Vec<String>| {
        Problem::new(format!("There is no {kind} `{name}`. There is {}.", known.join(", ")))
    };
    Ok(match what {
        What::Everything if name.is_none() => (None, Target::Everything),
        What::Everything => return Err(Problem::new("`everything` takes no name.")),
        What::Tool => {
            let name = needed("tool", "delete")?;
            let known = || tools::table().names().map(str::to_owned).collect();
            let tool = tools::table().get(name).ok_or_else(|| unknown("tool", name, known()))?;
            (None, Target::Tool(tool.tool_name()))
        }
        What::Site => {
            let name = needed("site", "acme")?;
            let known = || config.sites.iter().map(|site| site.id.to_string()).collect();
            let site = config.sites.iter().find(|site| site.id.as_str() == name);
            (None, Target::Site(site.ok_or_else(|| unknown("site", name, known()))?.id.clone()))
        }
        What::Platform => {
            let name = needed("platform", "discord")?;
            let known = [Platform::DISCORD, Platform::TELEGRAM, Platform::TERMINAL];
            let platform = known.iter().find(|platform| platform.as_str() == name);
            let names = || known.iter().map(ToString::to_string).collect();
            (None, Target::Platform(platform.ok_or_else(|| unknown("platform", name, names()))?.clone()))
        }
        What::Workspace => {
            let name = needed("workspace", "discord:1234")?;
            let workspace = name.parse().map_err(|_| {
                Problem::new(format!(
                    "`{name}` is no workspace. Write its platform and its id, such as `discord:1234`."
                ))
            })?;
            (Some(workspace), Target::Everything)
        }
    })
}
