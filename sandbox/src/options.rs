//! What a sandbox is started with: its port, its registered clients and its clock.
use std::fmt;

use crate::Clock;

/// How to start a [`crate::Sandbox`]. The defaults are fixed and documented, so that a configuration can be written for them.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The first of six consecutive loopback ports, in the order auth, api, cloud, other cloud, data center, control. None takes
    /// any free ones.
    pub port: Option<u16>,
    /// The app registered on the Cloud side.
    pub cloud_client: CloudClient,
    /// The application link on the Data Center side, with OAuth 1.0a.
    pub dc_consumer: DcConsumer,
    /// The application link on the Data Center side, with OAuth 2.0.
    pub dc_client: DcClient,
    /// Where the sandbox takes its time from.
    pub clock: Clock,
}

/// An OAuth 2.0 (3LO) app, as the developer console would hold it.
#[derive(Clone, Debug)]
pub struct CloudClient {
    /// The client id.
    pub id: String,
    /// The client secret.
    pub secret: Secret,
    /// The exact redirect URIs that `/authorize` accepts.
    pub redirect_uris: Vec<String>,
}

impl Default for CloudClient {
    fn default() -> Self {
        Self {
            id: "usher-sandbox".into(),
            secret: Secret::new("usher-sandbox-secret"),
            redirect_uris: vec!["http://127.0.0.1:8080/oauth/callback/acme".into()],
        }
    }
}

/// An incoming OAuth 2.0 application link, as Jira's administration shows it.
#[derive(Clone, Debug)]
pub struct DcClient {
    /// The client id.
    pub id: String,
    /// The client secret.
    pub secret: Secret,
    /// The exact redirect URIs.
    pub redirect_uris: Vec<String>,
    /// The most that may be asked for: `READ`, `WRITE`, `ADMIN` or `SYSTEM_ADMIN`, each with those before it.
    pub scope: String,
}

impl Default for DcClient {
    fn default() -> Self {
        Self {
            id: "usher-corp".into(),
            secret: Secret::new("usher-corp-secret"),
            redirect_uris: vec!["http://127.0.0.1:8080/oauth/callback/corp".into()],
            scope: "WRITE".into(),
        }
    }
}

/// An incoming OAuth 1.0a application link.
#[derive(Clone, Debug)]
pub struct DcConsumer {
    /// The consumer key.
    pub key: String,
    /// The name that the authorize page shows.
    pub name: String,
    /// The RSA public key (PEM, SPKI or PKCS#1) that signatures are verified with. None knows no consumer.
    pub public_key_pem: Option<String>,
}

impl Default for DcConsumer {
    fn default() -> Self {
        Self { key: "usher".into(), name: "Usher".into(), public_key_pem: None }
    }
}

/// A string that `Debug` does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The secret itself, for comparing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}
