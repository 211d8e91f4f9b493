//! What is asked of Atlassian itself rather than of one Jira: which sites a token opens, and a site's cloud id.

use reqwest::{
    Method,
    header::{ACCEPT, AUTHORIZATION, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

use super::{Http, SendError, errors, site::join};
use crate::{error::JiraError, ids::SiteId};

/// A site that a token opens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Resource {
    /// Its cloud id.
    pub id: String,
    /// Its address. Compared with the configured one, never called.
    pub url: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What the token may do there.
    #[serde(default)]
    pub scopes: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tenant {
    cloud_id: String,
}

/// The sites that a token opens. `gateway` is `https://api.atlassian.com`; `site` chooses the HTTP client.
pub async fn accessible_resources(
    http: &Http,
    site: &SiteId,
    gateway: &Url,
    token: &SecretString,
) -> Result<Vec<Resource>, JiraError> {
    let mut header =
        HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())).map_err(|_| JiraError::Unauthorized)?;
    header.set_sensitive(true);
    get(http, site, join(gateway, &["oauth", "token", "accessible-resources"]), Some(header)).await
}

/// The cloud id of a site, asked without any credential.
pub async fn cloud_id(http: &Http, site: &SiteId, browse: &Url) -> Result<String, JiraError> {
    Ok(get::<Tenant>(http, site, join(browse, &["_edge", "tenant_info"]), None).await?.cloud_id)
}

/// One question that is asked once and changes nothing.
pub(super) async fn get<T: DeserializeOwned>(
    http: &Http,
    site: &SiteId,
    url: Url,
    authorization: Option<HeaderValue>,
) -> Result<T, JiraError> {
    let mut request = http.client(site).request(Method::GET, url).header(ACCEPT, "application/json");
    if let Some(header) = authorization {
        request = request.header(AUTHORIZATION, header);
    }
    let request = request.build().map_err(|_| JiraError::Malformed { detail: "the request cannot be built".into() })?;
    let raw = http.send(site, request).await.map_err(|error| match error {
        SendError::TooLarge(_) => JiraError::Malformed { detail: error.to_string() },
        _ => JiraError::Away { detail: error.to_string() },
    })?;
    if !raw.status.is_success() {
        return Err(errors::read(&raw, false).error);
    }
    serde_json::from_slice(&raw.body).map_err(|_| JiraError::Malformed { detail: "JSON of another shape".into() })
}
