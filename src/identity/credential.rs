//! What a link keeps to act with: one enum, serialised and sealed.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zeroize::Zeroizing;

/// A credential. It leaves this module only sealed.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum Credential {
    /// Jira Cloud, OAuth 2.0 (3LO).
    #[serde(rename = "oauth2-cloud")]
    OAuth2Cloud {
        /// Which site of Atlassian's gateway.
        cloud_id: String,
        /// The site's address when the link was made. A link is good for this address alone.
        url: String,
        #[serde(flatten)]
        pair: Pair,
    },
    /// Jira Data Center, OAuth 2.0.
    #[serde(rename = "oauth2-data-center")]
    OAuth2DataCenter {
        url: String,
        #[serde(flatten)]
        pair: Pair,
    },
    /// Jira Data Center, OAuth 1.0a.
    #[serde(rename = "oauth1")]
    OAuth1 {
        url: String,
        #[serde(with = "secret")]
        token: SecretString,
        #[serde(with = "secret")]
        secret: SecretString,
        #[serde(with = "optional_secret")]
        session: Option<SecretString>,
    },
}

/// An access token and the refresh token that renews it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Pair {
    #[serde(with = "secret")]
    pub access: SecretString,
    #[serde(with = "optional_secret")]
    pub refresh: Option<SecretString>,
    /// When the access token was received, in seconds since 1970.
    pub received: i64,
    /// Its life in seconds.
    pub life: i64,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

impl Credential {
    /// The kind's name, as it stands in the links table.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OAuth2Cloud { .. } => "oauth2-cloud",
            Self::OAuth2DataCenter { .. } => "oauth2-data-center",
            Self::OAuth1 { .. } => "oauth1",
        }
    }

    /// The site's address when the link was made.
    pub fn url(&self) -> &str {
        match self {
            Self::OAuth2Cloud { url, .. } | Self::OAuth2DataCenter { url, .. } | Self::OAuth1 { url, .. } => url,
        }
    }

    /// The tokens of OAuth 2.0.
    pub fn pair(&self) -> Option<&Pair> {
        match self {
            Self::OAuth2Cloud { pair, .. } | Self::OAuth2DataCenter { pair, .. } => Some(pair),
            Self::OAuth1 { .. } => None,
        }
    }

    /// The same credential with new tokens.
    pub fn with_pair(&self, new: Pair) -> Self {
        let mut credential = self.clone();
        match &mut credential {
            Self::OAuth2Cloud { pair, .. } | Self::OAuth2DataCenter { pair, .. } => *pair = new,
            Self::OAuth1 { .. } => {}
        }
        credential
    }
}

impl Pair {
    /// At 80 % of its life a token is renewed.
    pub fn is_due(&self, now: i64) -> bool {
        now >= self.received.saturating_add(self.life.saturating_mul(4) / 5)
    }

    /// Whether a request sent now might arrive too late.
    pub fn is_over(&self, now: i64) -> bool {
        const MARGIN: i64 = 30;
        now >= self.received.saturating_add(self.life).saturating_sub(MARGIN)
    }
}

/// Serialises something secret. The bytes are wiped when dropped.
pub(super) fn to_bytes(value: &impl Serialize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(serde_json::to_vec(value).expect("invariant: our own types serialise"))
}

/// Reads what [`to_bytes`] wrote.
pub(super) fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(bytes)
}

pub(super) mod secret {
    use super::*;

    pub fn serialize<S: serde::Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose_secret())
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
        String::deserialize(from).map(SecretString::from)
    }
}

pub(super) mod optional_secret {
    use super::*;

    pub fn serialize<S: serde::Serializer>(secret: &Option<SecretString>, to: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => to.serialize_some(secret.expose_secret()),
            None => to.serialize_none(),
        }
    }

    pub fn deserialize<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<SecretString>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(SecretString::from))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> Pair {
        Pair { access: "at".into(), refresh: Some("rt".into()), received: 1000, life: 3600 }
    }

    #[test]
    fn a_credential_reads_back_and_shows_nothing() {
        let credential =
            Credential::OAuth2Cloud { cloud_id: "c".into(), url: "https://acme.atlassian.net/".into(), pair: pair() };
        assert_eq!(format!("{credential:?}"), "oauth2-cloud");
        let back: Credential = from_bytes(&to_bytes(&credential)).unwrap();
        assert_eq!(back.pair().unwrap().access.expose_secret(), "at");
        assert_eq!(back.kind(), "oauth2-cloud");
    }

    #[test]
    fn a_token_is_due_at_four_fifths_of_its_life() {
        assert!(!pair().is_due(1000 + 2879) && pair().is_due(1000 + 2880));
        assert!(!pair().is_over(1000 + 3569) && pair().is_over(1000 + 3570));
    }
}
