//! The configuration: a TOML file, overlaid with the environment.
//!
//! Every key can also come from the environment (`USHER_TELEGRAM__TOKEN`, a site's as `USHER_SITE__ACME__CLIENT_SECRET`).
//! Every secret has a `*_file` twin. Whatever is wrong is said in one sentence with the next step.

mod check;
mod environment;
mod read;
mod secret;
mod site;
#[cfg(test)]
mod tests;

use std::{net::SocketAddr, path::PathBuf};

use secrecy::SecretString;
use url::Url;
use usher_chat::{Person, Workspace};

use crate::ids::{Access, SiteId, ToolName};

pub use read::ConfigError;

/// The scopes that the tools need on Jira Cloud. `offline_access` brings the refresh token.
pub const SCOPES: [&str; 4] = ["read:jira-work", "write:jira-work", "read:jira-user", "offline_access"];

/// The scopes that the tools need on Jira Data Center with OAuth 2.0.
pub const DATA_CENTER_SCOPES: [&str; 2] = ["READ", "WRITE"];

/// Everything that an operator can set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where people's browsers reach the connect pages.
    pub public_url: Url,
    /// Where the public listener binds.
    pub listen: SocketAddr,
    /// Where the operations listener binds.
    pub ops_listen: SocketAddr,
    /// The folder of the database.
    pub data_dir: PathBuf,
    /// The file with the keys that seal tokens.
    pub key_file: PathBuf,
    /// People who may do everything, on every workspace.
    pub owners: Vec<Person>,
    /// Workspaces admitted from the start.
    pub workspaces: Vec<Workspace>,
    /// What may be done at all.
    pub governance: GovernanceConfig,
    /// The chat in the terminal, or JSON Lines.
    pub terminal: Option<TerminalConfig>,
    /// Discord.
    pub discord: Option<DiscordConfig>,
    /// Telegram.
    pub telegram: Option<TelegramConfig>,
    /// Jira sites.
    pub sites: Vec<SiteConfig>,
    /// Logs as JSON, one object a line.
    pub log_json: bool,
}

/// The owner's rules.
#[derive(Debug, Clone)]
pub struct GovernanceConfig {
    /// What happens to a tool that a workspace has not reviewed.
    pub new_tools: NewTools,
    /// Classes and tools that are forbidden everywhere.
    pub forbid: Vec<Forbidden>,
    /// The toolset of direct messages.
    pub direct: String,
    /// How often one person may use one tool.
    pub rates: RatesConfig,
}

/// How often one person may use one tool, by the tool's class: so many calls within so many seconds, or without limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RatesConfig {
    /// Tools that only look.
    pub read: Option<(u32, u32)>,
    /// Tools that add or change.
    pub write: Option<(u32, u32)>,
    /// Tools that remove.
    pub destructive: Option<(u32, u32)>,
    /// So many of Cloud's points within so many seconds, whatever the tool.
    pub points: Option<(u32, u32)>,
}

impl RatesConfig {
    /// As often as they like.
    pub const NONE: Self = Self { read: None, write: None, destructive: None, points: None };
}

impl Default for RatesConfig {
    fn default() -> Self {
        Self {
            read: Some((300, 60)),
            write: Some((60, 600)),
            destructive: Some((20, 600)),
            points: Some((10_000, 3_600)),
        }
    }
}

/// What happens to a tool that a workspace has not reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewTools {
    /// Tools that only look are approved, others wait.
    Read,
    /// Every tool is approved.
    All,
    /// Every tool waits.
    None,
}

/// A class or a tool that is forbidden everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forbidden {
    /// Every tool of the class.
    Class(Access),
    /// Every tool with this flag: `bulk`, `egress` or `customer-visible`.
    Flag(String),
    /// This tool.
    Tool(ToolName),
}

/// `[terminal]`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TerminalConfig {
    /// Speak JSON Lines.
    pub jsonl: bool,
}

/// `[discord]`
#[derive(Debug, Clone)]
pub struct DiscordConfig {
    /// The bot's token.
    pub token: SecretString,
    /// The application's id.
    pub application_id: String,
    /// The application's public key, for requests over HTTP.
    pub public_key: Option<String>,
    /// What stands in for `https://discord.com`.
    pub api_url: Option<Url>,
    /// `gateway` or `http`.
    pub mode: String,
    /// Read messages that do not mention the bot.
    pub message_content: bool,
    /// The one server that gets the commands while they are being worked on.
    pub dev_guild: Option<String>,
}

/// `[telegram]`
#[derive(Debug, Clone)]
pub struct TelegramConfig {
    /// The bot's token.
    pub token: SecretString,
    /// What stands in for `https://api.telegram.org`.
    pub api_url: Option<Url>,
    /// Take updates over HTTP.
    pub webhook: bool,
    /// The secret that Telegram sends along.
    pub webhook_secret: Option<SecretString>,
    /// Answer inline queries.
    pub inline: bool,
}

/// `[[site]]`
#[derive(Debug, Clone)]
pub struct SiteConfig {
    /// Its id.
    pub id: SiteId,
    /// Its address.
    pub url: Url,
    /// How people link.
    pub link: LinkConfig,
    /// A root certificate of the company's own, for this site alone.
    pub ca_file: Option<PathBuf>,
    /// `[site.service_account]`
    pub service_account: Option<ServiceAccountConfig>,
    /// The files that the site's secrets stand in, by the key that names each.
    pub secret_files: Vec<(&'static str, PathBuf)>,
}

impl SiteConfig {
    /// A site with nothing but what it must have.
    pub fn new(id: SiteId, url: Url, link: LinkConfig) -> Self {
        Self { id, url, link, ca_file: None, service_account: None, secret_files: Vec::new() }
    }
}

/// `[site.service_account]`: an account of the organisation's own. It never acts for anybody.
#[derive(Debug, Clone)]
pub enum ServiceAccountConfig {
    /// Cloud: `Authorization: Basic`.
    Basic {
        /// The account's email address.
        email: String,
        /// Its API token.
        token: SecretString,
    },
    /// Cloud, where set so, and Data Center: `Authorization: Bearer`.
    Bearer {
        /// The API token, or the personal access token.
        token: SecretString,
    },
}

/// How people link on a site.
#[derive(Debug, Clone)]
pub enum LinkConfig {
    /// Jira Cloud, OAuth 2.0 (3LO).
    Cloud {
        /// From the developer console.
        client_id: String,
        /// From the developer console.
        client_secret: SecretString,
        /// The scopes that are asked for.
        scopes: Vec<String>,
        /// `https://auth.atlassian.com`, or what stands in for it.
        auth_url: Url,
        /// `https://api.atlassian.com`, or what stands in for it.
        api_url: Url,
    },
    /// Jira Data Center, OAuth 2.0 (an incoming link).
    Oauth2 {
        /// From the application link.
        client_id: String,
        /// From the application link.
        client_secret: SecretString,
        /// The scopes that are asked for.
        scopes: Vec<String>,
    },
    /// Jira Data Center, OAuth 1.0a with a verification code.
    Oauth1 {
        /// The consumer key of the application link.
        consumer_key: String,
        /// The RSA key in PEM.
        private_key: SecretString,
    },
}

impl Config {
    /// Reads a configuration file and the environment.
    ///
    /// # Errors
    /// One sentence on the first thing that is wrong, with the next step.
    pub fn load(path: &std::path::Path) -> Result<Self, ConfigError> {
        read::load(path, std::env::vars())
    }
}
