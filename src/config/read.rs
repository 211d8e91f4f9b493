//! Reads the file and the environment into a [`Config`], and checks what can be checked without asking anybody.

use std::{
    fmt, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    str::FromStr,
};

use serde::{Deserialize, Deserializer};
use toml::{Table, Value};
use url::{Host, Url};

use super::{
    Config, DiscordConfig, Forbidden, GovernanceConfig, LinkConfig, NewTools, SiteConfig, TelegramConfig,
    TerminalConfig,
    secret::{private_file, secret},
};
use crate::ids::{Access, SiteId, ToolName};

/// The scopes that the tools need. `offline_access` brings the refresh token.
const SCOPES: [&str; 4] = ["read:jira-work", "write:jira-work", "read:jira-user", "offline_access"];

/// What is wrong with a configuration: a sentence with the next step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(String);

impl ConfigError {
    /// An error in one sentence.
    pub fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    #[serde(default, deserialize_with = "text")]
    public_url: Option<String>,
    listen: Option<String>,
    ops_listen: Option<String>,
    data_dir: Option<PathBuf>,
    key_file: Option<PathBuf>,
    #[serde(default)]
    owners: Vec<String>,
    #[serde(default)]
    workspaces: Vec<String>,
    #[serde(default)]
    governance: RawGovernance,
    terminal: Option<RawTerminal>,
    discord: Option<RawDiscord>,
    telegram: Option<RawTelegram>,
    #[serde(default)]
    site: Vec<RawSite>,
    #[serde(default)]
    log: RawLog,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawGovernance {
    new_tools: Option<String>,
    #[serde(default)]
    forbid: Vec<String>,
    direct: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct RawLog {
    #[serde(default)]
    json: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerminal {
    #[serde(default)]
    jsonl: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDiscord {
    #[serde(default, deserialize_with = "text")]
    token: Option<String>,
    token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "text")]
    application_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    public_key: Option<String>,
    api_url: Option<String>,
    mode: Option<String>,
    #[serde(default)]
    message_content: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTelegram {
    #[serde(default, deserialize_with = "text")]
    token: Option<String>,
    token_file: Option<PathBuf>,
    api_url: Option<String>,
    #[serde(default)]
    webhook: bool,
    #[serde(default, deserialize_with = "text")]
    webhook_secret: Option<String>,
    webhook_secret_file: Option<PathBuf>,
    #[serde(default)]
    inline: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSite {
    id: String,
    kind: String,
    url: String,
    #[serde(default, deserialize_with = "text")]
    client_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    scopes: Option<Vec<String>>,
    auth_url: Option<String>,
    api_url: Option<String>,
    auth: Option<String>,
    #[serde(default, deserialize_with = "text")]
    consumer_key: Option<String>,
    #[serde(default, deserialize_with = "text")]
    private_key: Option<String>,
    private_key_file: Option<PathBuf>,
    ca_file: Option<PathBuf>,
}

/// Reads `path`, overlays `environment`, and checks the whole.
pub fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Config, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| {
        let shown = path.display();
        ConfigError::new(format!("{shown} cannot be read: {}. Name another file with `--config`.", error.kind()))
    })?;
    let mut table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        ConfigError::new(format!("{} line {line}: {}.", path.display(), error.message().trim_end_matches('.')))
    })?;
    overlay(&mut table, environment)?;
    let raw = Raw::deserialize(table).map_err(|error| unknown_key(&error))?;
    let base = path.parent().unwrap_or(Path::new("")).to_owned();
    check(raw, &base)
}

/// Puts `USHER_SECTION__KEY` variables over the file's keys.
fn overlay(table: &mut Table, environment: impl Iterator<Item = (String, String)>) -> Result<(), ConfigError> {
    for (name, value) in environment {
        let Some(rest) = name.strip_prefix("USHER_") else { continue };
        if rest == "LOG" {
            continue;
        }
        let parts: Vec<String> = rest.split("__").map(str::to_lowercase).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let section = match parts.as_slice() {
            [_] => &mut *table,
            ["site", id, _] => site_table(table, id).ok_or_else(|| {
                ConfigError::new(format!("{name} is set, but no site has the id `{id}`. Add it or unset the variable."))
            })?,
            [section, _] => table
                .entry((*section).to_owned())
                .or_insert_with(|| Value::Table(Table::new()))
                .as_table_mut()
                .ok_or_else(|| ConfigError::new(format!("{name} names `{section}`, which is no section.")))?,
            _ => return Err(ConfigError::new(format!("{name} names no setting. Unset it."))),
        };
        let key = parts.last().copied().unwrap_or_default().to_owned();
        section.insert(key.clone(), typed(&key, value));
    }
    Ok(())
}

fn site_table<'a>(table: &'a mut Table, id: &str) -> Option<&'a mut Table> {
    table.get_mut("site")?.as_array_mut()?.iter_mut().filter_map(Value::as_table_mut).find(|site| {
        // Variables have no `-`: `USHER_SITE__BIG_CORP__…` is the site `big-corp`.
        site.get("id").and_then(Value::as_str).is_some_and(|known| known.replace('-', "_").to_lowercase() == id)
    })
}

/// A variable is text. Where it reads as a list or as true and false it is that, except for what is secret or an id.
fn typed(key: &str, value: String) -> Value {
    let literal = key.ends_with("secret") || key.ends_with("token") || key.ends_with("key") || key.ends_with("_id");
    match format!("value = {value}").parse::<Table>().ok().and_then(|mut table| table.remove("value")) {
        Some(read @ (Value::Boolean(_) | Value::Array(_))) if !literal => read,
        _ => Value::String(value),
    }
}

/// Takes a string, or a number as a string.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    struct Text;
    impl serde::de::Visitor<'_> for Text {
        type Value = Option<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a number")
        }
        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(Some(text.to_owned()))
        }
        fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
            Ok(Some(number.to_string()))
        }
    }
    deserializer.deserialize_any(Text)
}

/// Turns serde's words on an unknown key into ours, with the nearest key that exists.
fn unknown_key(error: &toml::de::Error) -> ConfigError {
    let message = error.message();
    let mut quoted = message.split('`').skip(1).step_by(2);
    match (message.starts_with("unknown field"), quoted.next()) {
        (true, Some(unknown)) => {
            let nearest = quoted
                .map(|known| (strsim::jaro_winkler(unknown, known), known))
                .max_by(|(one, _), (other, _)| one.total_cmp(other));
            match nearest {
                Some((likeness, known)) if likeness > 0.6 => {
                    ConfigError::new(format!("`{unknown}` is not a setting. Did you mean `{known}`?"))
                }
                _ => ConfigError::new(format!("`{unknown}` is not a setting. Remove it.")),
            }
        }
        _ => ConfigError::new(format!("The configuration cannot be read: {}.", message.trim_end_matches('.'))),
    }
}

fn check(raw: Raw, base: &Path) -> Result<Config, ConfigError> {
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
            tool => tool
                .parse::<ToolName>()
                .map(Forbidden::Tool)
                .map_err(|_| one_of("forbid", tool, "a class (`destructive`) or a tool's name")),
        })
        .collect::<Result<_, _>>()?;
    let direct = raw.direct.unwrap_or_else(|| "reader".to_owned());
    match direct.as_str() {
        "reader" | "contributor" | "manager" => Ok(GovernanceConfig { new_tools, forbid, direct }),
        other => Err(one_of("direct", other, "`reader`, `contributor` or `manager`")),
    }
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

fn check_site(raw: RawSite, base: &Path) -> Result<SiteConfig, ConfigError> {
    let id: SiteId = raw.id.parse().map_err(|_| {
        ConfigError::new(format!("`{}` is not a site's id. Use lower-case letters, digits and `-`.", raw.id))
    })?;
    let within = |name: &str| format!("{name}` of site `{id}");
    let whose = format!(" of site `{id}`");
    let url = web_url(&within("url"), &raw.url)?;
    let link = match (raw.kind.as_str(), raw.auth.as_deref()) {
        ("cloud", None | Some("oauth2")) => {
            let needed = |name: &str| missing(&within(name), "from the developer console");
            LinkConfig::Cloud {
                client_id: raw.client_id.ok_or_else(|| needed("client_id"))?,
                client_secret: secret(
                    "client_secret",
                    &whose,
                    raw.client_secret,
                    raw.client_secret_file.as_deref(),
                    base,
                )?
                .ok_or_else(|| needed("client_secret"))?,
                scopes: raw.scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec()),
                auth_url: web_url(
                    &within("auth_url"),
                    raw.auth_url.as_deref().unwrap_or("https://auth.atlassian.com"),
                )?,
                api_url: web_url(&within("api_url"), raw.api_url.as_deref().unwrap_or("https://api.atlassian.com"))?,
            }
        }
        ("data-center", None | Some("oauth1")) => LinkConfig::Oauth1 {
            consumer_key: raw
                .consumer_key
                .ok_or_else(|| missing(&within("consumer_key"), "as the application link in Jira has it"))?,
            private_key: match (raw.private_key, raw.private_key_file) {
                (None, Some(file)) => private_file(&format!("`private_key_file`{whose}"), &base.join(file))?,
                (value, file) => secret("private_key", &whose, value, file.as_deref(), base)?.ok_or_else(|| {
                    missing(&within("private_key_file"), &format!("`usher site keygen {id}` makes one"))
                })?,
            },
        },
        ("data-center", Some("oauth2")) => {
            return Err(ConfigError::new(format!(
                "Site `{id}` asks for OAuth 2.0 on Data Center, which this version does not have. Set `auth = \"oauth1\"`."
            )));
        }
        ("cloud" | "data-center", Some(auth)) => return Err(one_of(&within("auth"), auth, "`oauth1` or `oauth2`")),
        (kind, _) => return Err(one_of(&within("kind"), kind, "`cloud` or `data-center`")),
    };
    Ok(SiteConfig { id, url, link, ca_file: raw.ca_file.map(|file| base.join(file)) })
}

/// An address that is `https`, or `http` on this machine.
fn web_url(name: &str, text: &str) -> Result<Url, ConfigError> {
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

fn missing(name: &str, what: &str) -> ConfigError {
    ConfigError::new(format!("`{name}` is missing: {what}."))
}

fn one_of(name: &str, given: &str, known: &str) -> ConfigError {
    ConfigError::new(format!("`{name}` is `{given}`, and can be {known}."))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const GOOD: &str = r#"
        public_url = "https://usher.example.org"
        owners = ["discord:1234"]
        workspaces = ["telegram:-1001"]
        [[site]]
        id = "acme"
        kind = "cloud"
        url = "https://acme.atlassian.net"
        client_id = 123
        client_secret = "s3cret"
    "#;

    fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usher.toml");
        fs::write(&path, text).unwrap();
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        load(&path, environment).map_err(|error| error.to_string())
    }

    #[test]
    fn a_small_file_is_enough() {
        let config = read(GOOD, &[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        let LinkConfig::Cloud { client_id, scopes, .. } = &config.sites[0].link else { panic!() };
        assert_eq!(client_id, "123");
        assert_eq!(scopes.len(), 4);
        assert!(!format!("{config:?}").contains("s3cret"));
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        use secrecy::ExposeSecret;
        let set = [
            ("USHER_SITE__ACME__CLIENT_SECRET", "12345"),
            ("USHER_LISTEN", "127.0.0.1:9000"),
            ("USHER_OWNERS", "[\"terminal:root\"]"),
            ("USHER_TERMINAL__JSONL", "true"),
            ("HOME", "/"),
        ];
        let config = read(GOOD, &set).unwrap();
        let LinkConfig::Cloud { client_secret, .. } = &config.sites[0].link else { panic!() };
        assert_eq!(client_secret.expose_secret(), "12345");
        assert_eq!(config.owners[0].to_string(), "terminal:root");
        assert_eq!(config.terminal, Some(TerminalConfig { jsonl: true }));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_sentence() {
        let mut said = Vec::new();
        let mut try_one = |text: String, set: &[(&str, &str)]| said.push(read(&text, set).unwrap_err());
        try_one(GOOD.replace("client_secret", "clinet_secret"), &[]);
        try_one(GOOD.replace("owners", "ownres"), &[]);
        try_one(GOOD.replace("https://usher", "http://usher"), &[]);
        try_one(GOOD.replace("https://acme.atlassian.net", "http://acme.atlassian.net"), &[]);
        try_one(GOOD.replace("discord:1234", "1234"), &[]);
        try_one(GOOD.replace("cloud", "server"), &[]);
        try_one(GOOD.replace("client_secret = \"s3cret\"", ""), &[]);
        try_one(GOOD.to_owned(), &[("USHER_SITE__CORP__URL", "x")]);
        try_one(GOOD.replace("client_id = 123", "client_id = 123\nclient_secret_file = \"x\""), &[]);
        try_one(GOOD.replace("client_secret = \"s3cret\"", "client_secret_file = \"/no-such-file\""), &[]);
        insta::assert_snapshot!(said.join("\n"), @r"
        `clinet_secret` is not a setting. Did you mean `client_secret`?
        `ownres` is not a setting. Did you mean `owners`?
        `public_url` must start with `https://`.
        `url` of site `acme` must start with `https://`.
        `1234` in `owners` is not an id. Write it like `discord:1234`.
        `kind` of site `acme` is `server`, and can be `cloud` or `data-center`.
        `client_secret` of site `acme` is missing: from the developer console.
        USHER_SITE__CORP__URL is set, but no site has the id `corp`. Add it or unset the variable.
        `client_secret` and `client_secret_file` of site `acme` are both set. Keep one of them.
        `client_secret_file` of site `acme` names /no-such-file, which cannot be read: entity not found.
        ");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        fs::write(&path, "s3cret\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = private_file("`token_file`", &path).unwrap_err().to_string();
        assert!(refused.contains("others can read") && refused.contains("chmod 600"), "{refused}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(private_file("`token_file`", &path).is_ok());
    }
}
