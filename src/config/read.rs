//! Reads the file and the environment into a [`Config`].

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Deserializer};
use toml::Table;

use super::{Config, check::check, environment::overlay, secret::why_unreadable};

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
pub(super) struct Raw {
    #[serde(default, deserialize_with = "text")]
    pub public_url: Option<String>,
    pub listen: Option<String>,
    pub ops_listen: Option<String>,
    pub data_dir: Option<PathBuf>,
    pub key_file: Option<PathBuf>,
    #[serde(default)]
    pub owners: Vec<String>,
    #[serde(default)]
    pub workspaces: Vec<String>,
    #[serde(default)]
    pub governance: RawGovernance,
    pub terminal: Option<RawTerminal>,
    pub discord: Option<RawDiscord>,
    pub telegram: Option<RawTelegram>,
    #[serde(default)]
    pub site: Vec<RawSite>,
    #[serde(default)]
    pub log: RawLog,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGovernance {
    pub new_tools: Option<String>,
    #[serde(default)]
    pub forbid: Vec<String>,
    pub direct: Option<String>,
    pub rate_read: Option<String>,
    pub rate_write: Option<String>,
    pub rate_destructive: Option<String>,
    pub rate_points: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLog {
    #[serde(default)]
    pub json: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTerminal {
    #[serde(default)]
    pub jsonl: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDiscord {
    #[serde(default, deserialize_with = "text")]
    pub token: Option<String>,
    pub token_file: Option<PathBuf>,
    #[serde(default, deserialize_with = "text")]
    pub application_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub public_key: Option<String>,
    pub api_url: Option<String>,
    pub mode: Option<String>,
    #[serde(default)]
    pub message_content: bool,
    #[serde(default, deserialize_with = "text")]
    pub dev_guild: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawTelegram {
    #[serde(default, deserialize_with = "text")]
    pub token: Option<String>,
    pub token_file: Option<PathBuf>,
    pub api_url: Option<String>,
    #[serde(default)]
    pub webhook: bool,
    #[serde(default, deserialize_with = "text")]
    pub webhook_secret: Option<String>,
    pub webhook_secret_file: Option<PathBuf>,
    #[serde(default)]
    pub inline: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSite {
    pub id: String,
    pub kind: String,
    pub url: String,
    #[serde(default, deserialize_with = "text")]
    pub client_id: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub client_secret: Option<String>,
    pub client_secret_file: Option<PathBuf>,
    pub scopes: Option<Vec<String>>,
    pub auth_url: Option<String>,
    pub api_url: Option<String>,
    pub auth: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub consumer_key: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub private_key: Option<String>,
    pub private_key_file: Option<PathBuf>,
    pub ca_file: Option<PathBuf>,
    pub service_account: Option<RawServiceAccount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawServiceAccount {
    pub email: Option<String>,
    pub scheme: Option<String>,
    #[serde(default, deserialize_with = "text")]
    pub token: Option<String>,
    pub token_file: Option<PathBuf>,
}

/// Reads `path`, overlays `environment`, and checks the whole.
pub fn load(path: &Path, environment: impl Iterator<Item = (String, String)>) -> Result<Config, ConfigError> {
    let text = fs::read_to_string(path).map_err(|error| {
        let shown = path.display();
        let why = why_unreadable(error.kind());
        ConfigError::new(format!("The configuration is {shown}, {why}. Name another file with `--config`."))
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
