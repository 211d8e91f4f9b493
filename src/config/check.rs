//! Checks what can be checked of a configuration without asking anybody.

use std::{net::SocketAddr, path::Path, str::FromStr};

use url::{Host, Url};

use super::{
    Config, ConfigError, DiscordConfig, Forbidden, GovernanceConfig, NewTools, RatesConfig, SiteConfig, TelegramConfig,
    TerminalConfig,
    read::{Raw, RawDiscord, RawGovernance, RawTelegram},
    secret::secret,
    site::check_site,
};
use crate::ids::{Access, Flags, ToolName};

/// A configuration out of its raw form. Relative paths start at `base`.
pub fn check(raw: Raw, base: &Path) -> Result<Config, ConfigError> {
    let public_url = match &raw.public_url {
        Some(url) => web_url("public_url", url)?,
        None => return Err(missing("public_url", "the address under which browsers reach Usher")),
    };
    let mut sites: Vec<SiteConfig> = Vec::new();
    for site in raw.site {
        let site = check_site(site, base)?;
        if sites.iter().any(|other| other.id == site.id) {
            return Err(ConfigError::new(format!("Two sites have the id `{}`. Rename one.", site.id)));
        }
        sites.push(site);
    }
    if sites.is_empty() {
        return Err(ConfigError::new("No Jira site is configured. Add a `[[site]]`."));
    }
    let discord = raw.discord.map(|raw| check_discord(raw, base)).transpose()?;
    let telegram = raw.telegram.map(|raw| check_telegram(raw, base)).transpose()?;
    Ok(Config {
        public_url,
        listen: address("listen", raw.listen.as_deref().unwrap_or("127.0.0.1:8080"))?,
        ops_listen: address("ops_listen", raw.ops_listen.as_deref().unwrap_or("127.0.0.1:8081"))?,
        data_dir: base.join(raw.data_dir.unwrap_or_else(|| "data".into())),
        key_file: base.join(raw.key_file.unwrap_or_else(|| "usher.key".into())),
        owners: ids("owners", &raw.owners)?,
        workspaces: ids("workspaces", &raw.workspaces)?,
        governance: check_governance(raw.governance)?,
        terminal: raw.terminal.map(|raw| TerminalConfig { jsonl: raw.jsonl }),
        discord,
        telegram,
        sites,
        log_json: raw.log.json,
    })
}

fn check_governance(raw: RawGovernance) -> Result<GovernanceConfig, ConfigError> {
    let new_tools = match raw.new_tools.as_deref() {
        None | Some("read") => NewTools::Read,
        Some("all") => NewTools::All,
        Some("none") => NewTools::None,
        Some(other) => return Err(one_of("new_tools", other, "`read`, `all` or `none`")),
    };
    let forbid = raw
        .forbid
        .iter()
        .map(|word| match word.as_str() {
            "read" => Ok(Forbidden::Class(Access::Read)),
            "write" => Ok(Forbidden::Class(Access::Write)),
            "destructive" => Ok(Forbidden::Class(Access::Destructive)),
            flag if Flags::NAMES.contains(&flag) => Ok(Forbidden::Flag(flag.to_owned())),
            tool => tool
                .parse::<ToolName>()
                .map(Forbidden::Tool)
                .map_err(|_| one_of("forbid", tool, "a class (`destructive`), a flag (`egress`) or a tool's name")),
        })
        .collect::<Result<_, _>>()?;
    let direct = raw.direct.unwrap_or_else(|| "reader".to_owned());
    let limits = RatesConfig::default();
    let rates = RatesConfig {
        read: rate("rate_read", raw.rate_read, limits.read)?,
        write: rate("rate_write", raw.rate_write, limits.write)?,
        destructive: rate("rate_destructive", raw.rate_destructive, limits.destructive)?,
        points: rate("rate_points", raw.rate_points, limits.points)?,
    };
    match direct.as_str() {
        "reader" | "contributor" | "manager" => Ok(GovernanceConfig { new_tools, forbid, direct, rates }),
        other => Err(one_of("direct", other, "`reader`, `contributor` or `manager`")),
    }
}

/// `60/10m`: so many calls within so long. `none`: as many as they like.
fn rate(
    name: &'static str,
    word: Option<String>,
    default: Option<(u32, u32)>,
) -> Result<Option<(u32, u32)>, ConfigError> {
    let Some(word) = word else { return Ok(default) };
    if word == "none" {
        return Ok(None);
    }
    let read = || {
        let (calls, per) = word.split_once('/')?;
        let unit = per.chars().next_back()?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => return None,
        };
        let count: u32 = per.strip_suffix(unit)?.parse().ok()?;
        let per = count.checked_mul(seconds).filter(|per| (1..=86_400).contains(per))?;
        Some((calls.parse().ok().filter(|calls| (1..=100_000).contains(calls))?, per))
    };
    read().map(Some).ok_or_else(|| one_of(name, &word, "calls and a time, such as `60/10m`, or `none`"))
}

fn check_discord(raw: RawDiscord, base: &Path) -> Result<DiscordConfig, ConfigError> {
    let mode = raw.mode.unwrap_or_else(|| "gateway".to_owned());
    if !matches!(mode.as_str(), "gateway" | "http") {
        return Err(one_of("mode", &mode, "`gateway` or `http`"));
    }
    Ok(DiscordConfig {
        token: secret("token", " of `[discord]`", raw.token, raw.token_file.as_deref(), base)?
            .ok_or_else(|| missing("token", "the Discord bot's token"))?,
        application_id: raw.application_id.ok_or_else(|| missing("application_id", "the Discord application's id"))?,
        public_key: raw.public_key,
        api_url: raw.api_url.map(|url| web_url("api_url", &url)).transpose()?,
        mode,
        message_content: raw.message_content,
        dev_guild: raw.dev_guild,
    })
}

fn check_telegram(raw: RawTelegram, base: &Path) -> Result<TelegramConfig, ConfigError> {
    Ok(TelegramConfig {
        token: secret("token", " of `[telegram]`", raw.token, raw.token_file.as_deref(), base)?
            .ok_or_else(|| missing("token", "the Telegram bot's token"))?,
        api_url: raw.api_url.map(|url| web_url("api_url", &url)).transpose()?,
        webhook: raw.webhook,
        webhook_secret: secret(
            "webhook_secret",
            " of `[telegram]`",
            raw.webhook_secret,
            raw.webhook_secret_file.as_deref(),
            base,
        )?,
        inline: raw.inline,
    })
}

/// An address that is `https`, or `http` on this machine.
pub(super) fn web_url(name: &str, text: &str) -> Result<Url, ConfigError> {
    let url: Url = text.parse().map_err(|_| {
        ConfigError::new(format!("`{name}` is not an address. Write it like `https://usher.example.org`."))
    })?;
    let loopback = match url.host() {
        Some(Host::Domain(host)) => host == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() || url.fragment().is_some() {
        return Err(ConfigError::new(format!("`{name}` holds more than an address. Leave scheme, host and path.")));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if loopback => Ok(url),
        _ => Err(ConfigError::new(format!("`{name}` must start with `https://`."))),
    }
}

fn address(name: &str, text: &str) -> Result<SocketAddr, ConfigError> {
    text.parse().map_err(|_| {
        ConfigError::new(format!("`{name}` is not an address to listen on. Write it like `127.0.0.1:8080`."))
    })
}

fn ids<T: FromStr>(name: &str, texts: &[String]) -> Result<Vec<T>, ConfigError> {
    texts
        .iter()
        .map(|text| {
            text.parse().map_err(|_| {
                ConfigError::new(format!("`{text}` in `{name}` is not an id. Write it like `discord:1234`."))
            })
        })
        .collect()
}

pub(super) fn missing(name: &str, what: &str) -> ConfigError {
    ConfigError::new(format!("`{name}` is missing: {what}."))
}

pub(super) fn one_of(name: &str, given: &str, known: &str) -> ConfigError {
    ConfigError::new(format!("`{name}` is `{given}`, and can be {known}."))
}
