//! An account of the organisation's own, for what concerns no person: whether a site can be reached, and what it is.
//!
//! On Cloud it is a service account's API token, which Atlassian takes at its gateway alone; on Data Center it is a personal
//! access token.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use url::Url;

use super::{Http, Site, User, cloud};
use crate::{error::JiraError, ids::SiteId};

/// How a service account proves itself.
#[derive(Debug, Clone)]
pub enum ServiceLogin {
    /// `Authorization: Basic`, with the account's address and an API token.
    Basic {
        /// The account's email address.
        email: String,
        /// The API token.
        token: SecretString,
    },
    /// `Authorization: Bearer`, with an API token or a personal access token.
    Bearer {
        /// The token.
        token: SecretString,
    },
}

/// A service account on one site.
///
/// It reads what a site says of itself and of this account, and cannot act for anybody: it is no [`Credential`], so no
/// [`Client`] can be made of it, and so no session and no call.
///
/// ```compile_fail,E0277
/// use std::sync::Arc;
/// use usher::{ids::AccountId, jira::{Client, Http, ServiceAccount, Site}};
/// fn act(account: ServiceAccount, http: Http, site: Site) -> Client {
///     Client::new(http, Arc::new(site), Arc::new(account), AccountId("x".to_owned()))
/// }
/// ```
///
/// ```compile_fail,E0277
/// fn act(account: usher::jira::ServiceAccount) -> usher::identity::Session {
///     account.into()
/// }
/// ```
///
/// [`Credential`]: super::Credential
/// [`Client`]: super::Client
pub struct ServiceAccount {
    http: Http,
    site: Site,
    authorization: HeaderValue,
}

/// What a site says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    /// Its version, such as `10.3.24`.
    pub version: String,
    /// `Cloud` or `Server`.
    pub deployment_type: Option<String>,
}

impl ServiceAccount {
    /// On the Cloud site at `browse`. Its cloud id is asked for, and from then on everything goes through `gateway`.
    ///
    /// # Errors
    /// A site that does not say its cloud id.
    pub async fn cloud(
        http: Http,
        id: SiteId,
        browse: Url,
        gateway: &Url,
        login: &ServiceLogin,
    ) -> Result<Self, JiraError> {
        let authorization = login.header()?;
        let cloud_id = cloud::cloud_id(&http, &id, &browse).await?;
        Ok(Self { http, site: Site::cloud(id, browse, gateway, &cloud_id), authorization })
    }

    /// On the Data Center site at `base`.
    ///
    /// # Errors
    /// A token that cannot stand in a header.
    pub fn data_center(http: Http, id: SiteId, base: Url, login: &ServiceLogin) -> Result<Self, JiraError> {
        Ok(Self { http, site: Site::data_center(id, base), authorization: login.header()? })
    }

    /// Who it is. Jira may take a bad token for nobody at all, so this is the one question that shows whether it is good.
    pub async fn myself(&self) -> Result<User, JiraError> {
        let answer: Value = self.get(&["myself"]).await?;
        User::read(&answer).ok_or_else(|| JiraError::Malformed { detail: "an account without its id".into() })
    }

    /// What the site says of itself.
    pub async fn server_info(&self) -> Result<ServerInfo, JiraError> {
        self.get(&["serverInfo"]).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, JiraError> {
        let authorization = Some(self.authorization.clone());
        cloud::get(&self.http, &self.site.id, self.site.rest(path), authorization).await
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccount").field("site", &self.site.id).finish_non_exhaustive()
    }
}

impl ServiceLogin {
    fn header(&self) -> Result<HeaderValue, JiraError> {
        let text = match self {
            Self::Basic { email, token } => {
                format!("Basic {}", STANDARD.encode(format!("{email}:{}", token.expose_secret())))
            }
            Self::Bearer { token } => format!("Bearer {}", token.expose_secret()),
        };
        let mut header = HeaderValue::from_str(&text).map_err(|_| JiraError::Unauthorized)?;
        header.set_sensitive(true);
        Ok(header)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_a_header_that_shows_nothing() {
        let basic = ServiceLogin::Basic { email: "bot@corp.example".into(), token: "t0ken".into() };
        let header = basic.header().unwrap();
        assert_eq!(header.as_bytes(), b"Basic Ym90QGNvcnAuZXhhbXBsZTp0MGtlbg==");
        assert!(header.is_sensitive() && !format!("{basic:?}").contains("t0ken"));
        let bearer = ServiceLogin::Bearer { token: "t0ken".into() };
        assert_eq!(bearer.header().unwrap().as_bytes(), b"Bearer t0ken");
        assert_eq!(ServiceLogin::Bearer { token: "a\nb".into() }.header().unwrap_err(), JiraError::Unauthorized);
    }
}
