//! What proves to Jira who asks.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use reqwest::{Method, header::HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::signer::{OauthWith, Signer};
use crate::error::JiraError;

/// One person's ticket for one site. `identity` keeps it fresh.
#[async_trait]
pub trait Credential: Send + Sync + fmt::Debug {
    /// The ticket to use now.
    async fn authorize(&self) -> Result<Auth, JiraError>;

    /// A newer ticket than `stale`, which Jira has just refused. [`JiraError::Unauthorized`] where there is none.
    async fn renew(&self, stale: &Auth) -> Result<Auth, JiraError>;
}

/// A ticket.
#[derive(Clone)]
pub enum Auth {
    /// OAuth 2.0: the token itself.
    Bearer {
        /// The access token.
        token: SecretString,
        /// Which of the link's tokens it is.
        generation: i64,
    },
    /// OAuth 1.0a: each request is signed.
    OAuth1 {
        /// The application's key.
        signer: Arc<Signer>,
        /// The access token. Its secret takes no part in an RSA signature.
        token: SecretString,
        /// Which of the link's tokens it is.
        generation: i64,
    },
}

impl Auth {
    /// Which of the link's tokens it is.
    pub fn generation(&self) -> i64 {
        match self {
            Self::Bearer { generation, .. } | Self::OAuth1 { generation, .. } => *generation,
        }
    }

    /// The `Authorization` header for one request. A signature is good once.
    pub(super) fn header(&self, method: &Method, url: &Url) -> Result<HeaderValue, JiraError> {
        match self {
            Self::Bearer { token, .. } => {
                let mut header = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
                    .map_err(|_| JiraError::Unauthorized)?;
                header.set_sensitive(true);
                Ok(header)
            }
            Self::OAuth1 { signer, token, .. } => {
                signer.sign(method, url, &OauthWith { token: Some(token), ..OauthWith::default() })
            }
        }
    }
}

impl fmt::Debug for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Bearer { .. } => "Bearer",
            Self::OAuth1 { .. } => "OAuth1",
        };
        write!(f, "{kind}(generation {})", self.generation())
    }
}
