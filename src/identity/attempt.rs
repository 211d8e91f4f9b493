//! Linking under way: what an attempt keeps between its steps.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{
    answer::Resume,
    credential::{optional_secret, secret},
    oauth1, words,
};
use crate::{error::Error, ids::Asker, store::attempts::AttemptRow};

/// Wrong codes that an attempt bears.
pub(super) const TRIES: i64 = 5;
/// How long each step waits for the next, in seconds.
pub(super) const LIFE: i64 = 600;

/// How far an attempt is. OAuth 2.0: ticket, away, arrived, code. OAuth 1.0a: verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The connect page waits to be opened.
    Ticket,
    /// The person is at the provider's page.
    Away,
    /// They came back; their approval is being exchanged.
    Arrived,
    /// Our code waits to be sent.
    Code,
    /// Jira's verification code waits to be sent.
    Verifier,
}

impl Stage {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Away => "away",
            Self::Arrived => "arrived",
            Self::Code => "code",
            Self::Verifier => "verifier",
        }
    }

    /// Whether a stored attempt is that far.
    pub fn is(self, row: &AttemptRow) -> bool {
        row.stage == self.as_str()
    }
}

/// Names for the pages and for news to others.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Names {
    /// Who began it.
    pub person: String,
    /// Where: `Discord, server Engine Works`.
    pub place: String,
}

impl Names {
    pub fn of(asker: &Asker) -> Self {
        let person = match asker.names.person.trim() {
            "" => asker.person.to_string(),
            name => name.to_owned(),
        };
        Self { person, place: words::place(asker) }
    }

    pub fn read(row: &AttemptRow) -> Self {
        serde_json::from_value(row.names.clone()).unwrap_or(Self { person: "Somebody".into(), place: "a chat".into() })
    }

    pub fn value(&self) -> serde_json::Value {
        serde_json::json!({ "person": self.person, "place": self.place })
    }
}

/// What was asked for before.
pub(super) fn resume_of(row: &AttemptRow) -> Option<Resume> {
    row.resume.clone().and_then(|value| serde_json::from_value(value).ok())
}

pub(super) fn resume_value(resume: Option<&Resume>) -> Result<Option<serde_json::Value>, Error> {
    resume.map(serde_json::to_value).transpose().map_err(Error::internal)
}

/// The secret part of an attempt, sealed while it waits.
#[derive(Serialize, Deserialize)]
pub(super) enum Kept {
    /// Nothing yet.
    Nothing,
    /// The PKCE verifier of the one authorize address that was given out.
    Pkce(#[serde(with = "secret")] SecretString),
    /// A request token of OAuth 1.0a.
    Request {
        #[serde(with = "secret")]
        token: SecretString,
        #[serde(with = "secret")]
        secret: SecretString,
        #[serde(with = "optional_secret")]
        session: Option<SecretString>,
    },
}

impl From<oauth1::Token> for Kept {
    fn from(token: oauth1::Token) -> Self {
        Self::Request { token: token.token, secret: token.secret, session: token.session }
    }
}

/// What an attempt's envelope is bound to.
pub(super) fn aad(id: &str, person: &usher_chat::Person, site: &crate::ids::SiteId) -> Vec<u8> {
    format!("attempts|{id}|{person}|{site}").into_bytes()
}
