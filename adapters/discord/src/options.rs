//! What Discord is told when it is made.

use secrecy::SecretString;
use serenity::{
    all::{ApplicationId, GuildId},
    interactions_endpoint::Verifier,
};
use url::Url;
use usher_chat::AdapterError;

use crate::ids::snowflake;

/// How a Discord bot is set up.
#[derive(Debug, Clone)]
pub struct DiscordOptions {
    /// The bot's token.
    pub token: SecretString,
    /// The application's id, a number.
    pub application_id: String,
    /// The application's public key, 64 hexadecimal digits. Needed for interactions over HTTP.
    pub public_key: Option<String>,
    /// What stands in for `https://discord.com`.
    pub api_url: Option<Url>,
    /// How events arrive.
    pub mode: Mode,
    /// Read messages that do not mention the bot. Needs the Message Content intent.
    pub message_content: bool,
    /// Publish the commands in this server alone, where changes show at once.
    pub dev_guild: Option<String>,
}

/// How events arrive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Over a WebSocket that the bot opens. Nothing needs to reach it.
    #[default]
    Gateway,
    /// As requests to `/discord/interactions`. No plain messages arrive this way.
    Http,
}

impl DiscordOptions {
    pub(crate) fn application(&self) -> Result<ApplicationId, AdapterError> {
        let problem = "`application_id` is not an id. The developer portal shows it as a number.";
        snowflake(self.application_id.trim()).ok_or_else(|| AdapterError::Platform(problem.to_owned()))
    }

    pub(crate) fn verifier(&self) -> Result<Option<Verifier>, AdapterError> {
        let Some(key) = &self.public_key else {
            let problem =
                "`public_key` is missing: requests over HTTP are verified with it. The developer portal shows it.";
            return if self.mode == Mode::Http { Err(AdapterError::Platform(problem.to_owned())) } else { Ok(None) };
        };
        let problem = || AdapterError::Platform("`public_key` is not a key of 64 hexadecimal digits.".to_owned());
        let mut bytes = [0; 32];
        hex::decode_to_slice(key.trim(), &mut bytes).map_err(|_| problem())?;
        Verifier::try_new(bytes).map(Some).map_err(|_| problem())
    }

    pub(crate) fn guild(&self) -> Result<Option<GuildId>, AdapterError> {
        let problem = || AdapterError::Platform("`dev_guild` is not a server's id, which is a number.".to_owned());
        self.dev_guild.as_deref().map(|id| snowflake(id.trim()).ok_or_else(problem)).transpose()
    }
}
