//! The configured sites, and which of them a request means.

use std::{fmt, sync::Arc};

use parking_lot::RwLock;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    ids::{SiteId, SiteKind},
    jira::Signer,
};

/// One configured Jira and how people link to it.
#[derive(Debug, Clone)]
pub struct SiteSetup {
    /// Its id.
    pub id: SiteId,
    /// Where people open it.
    pub url: Url,
    /// How people link to it.
    pub protocol: Protocol,
}

/// How people link to a site.
#[derive(Debug, Clone)]
pub enum Protocol {
    /// Jira Cloud, OAuth 2.0 (3LO).
    OAuth2Cloud(OAuth2App),
    /// Jira Data Center, an incoming OAuth 2.0 link.
    OAuth2DataCenter(OAuth2App),
    /// Jira Data Center, OAuth 1.0a with a verification code.
    OAuth1(Arc<Signer>),
}

/// This program as an OAuth 2.0 client of a site.
#[derive(Debug, Clone)]
pub struct OAuth2App {
    /// The client id.
    pub client_id: String,
    /// The client secret.
    pub client_secret: ClientSecret,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
    /// Where people approve and tokens are exchanged: `https://auth.atlassian.com`; on Data Center the site itself.
    pub auth_url: Url,
    /// Where the interface is: `https://api.atlassian.com`; on Data Center the site itself.
    pub api_url: Url,
}

/// A client secret, which can be replaced while it is in use. Clones share it.
#[derive(Clone)]
pub struct ClientSecret(Arc<RwLock<SecretString>>);

impl ClientSecret {
    /// As it is now.
    pub fn current(&self) -> SecretString {
        self.0.read().clone()
    }

    /// Takes another's from now on. False: it is the same.
    pub(super) fn take(&self, other: &Self) -> bool {
        let newer = other.current();
        let mut secret = self.0.write();
        let changes = secret.expose_secret() != newer.expose_secret();
        *secret = newer;
        changes
    }
}

impl From<SecretString> for ClientSecret {
    fn from(secret: SecretString) -> Self {
        Self(Arc::new(RwLock::new(secret)))
    }
}

impl From<&str> for ClientSecret {
    fn from(secret: &str) -> Self {
        SecretString::from(secret).into()
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret")
    }
}

impl SiteSetup {
    /// Cloud or Data Center.
    pub fn kind(&self) -> SiteKind {
        match self.protocol {
            Protocol::OAuth2Cloud(_) => SiteKind::Cloud,
            Protocol::OAuth2DataCenter(_) | Protocol::OAuth1(_) => SiteKind::DataCenter,
        }
    }

    /// The site as people know it: `acme.atlassian.net`. One on this machine goes by its id, for its address says
    /// nothing.
    pub fn host(&self) -> String {
        let loopback = match self.url.host() {
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            None => true,
        };
        if loopback {
            return self.id.to_string();
        }
        let host = self.url.host_str().unwrap_or(self.id.as_str());
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{host}{port}{}", self.url.path().trim_end_matches('/'))
    }

    /// Cloud: where the interface is, whatever the site.
    pub fn gateway(&self) -> Option<&Url> {
        match &self.protocol {
            Protocol::OAuth2Cloud(app) => Some(&app.api_url),
            Protocol::OAuth2DataCenter(_) | Protocol::OAuth1(_) => None,
        }
    }

    /// An address below the site, whatever its context path.
    pub(super) fn at(&self, path: &str) -> Url {
        below(&self.url, path)
    }

    /// The site's OAuth 2.0 client, where it is linked that way.
    pub(super) fn oauth2(&self) -> Option<&OAuth2App> {
        match &self.protocol {
            Protocol::OAuth2Cloud(app) | Protocol::OAuth2DataCenter(app) => Some(app),
            Protocol::OAuth1(_) => None,
        }
    }

    /// Whether an address that a person or Atlassian wrote means this site. Only the host, the port and the start of
    /// the path count, so that the address of an issue will do.
    pub(super) fn is_at(&self, address: &str) -> bool {
        let text = address.trim();
        let with_scheme =
            if text.contains("://") { text.to_owned() } else { format!("{}://{text}", self.url.scheme()) };
        let Ok(url) = Url::parse(&with_scheme) else { return false };
        let base = self.url.path().trim_end_matches('/');
        let path = url.path();
        url.host_str() == self.url.host_str()
            && url.port_or_known_default() == self.url.port_or_known_default()
            && path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Adds a path to a base address, keeping the base's own path.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let joined = format!("{}/{}", base.path().trim_end_matches('/'), path.trim_start_matches('/'));
    url.set_path(&joined);
    url
}

/// Where a person withdraws this program's access: in words, and the address.
pub(super) fn withdrawal(site: &SiteSetup) -> (&'static str, String) {
    match &site.protocol {
        Protocol::OAuth2Cloud(_) => {
            ("id.atlassian.com > Connected apps", "https://id.atlassian.com/manage-profile/apps".to_owned())
        }
        Protocol::OAuth1(_) => (
            "Profile > Tools > View OAuth Access Tokens",
            site.at("plugins/servlet/oauth/users/access-tokens").to_string(),
        ),
        Protocol::OAuth2DataCenter(_) => {
            ("Profile > Authorized applications", site.at("secure/ViewProfile.jspa").to_string())
        }
    }
}

/// The site that somebody named, by id or by address. An address that is not configured is never called.
pub(super) fn named<'s>(sites: &'s [SiteSetup], text: &str) -> Option<&'s SiteSetup> {
    let id = text.parse::<SiteId>().ok();
    sites.iter().find(|site| Some(&site.id) == id.as_ref()).or_else(|| {
        let address = text.contains('.') || text.contains("://") || text.contains(':');
        address.then(|| sites.iter().find(|site| site.is_at(text))).flatten()
    })
}

/// Which site a request means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SiteChoice {
    /// This one.
    One(SiteId),
    /// One of these; the person must say which.
    Several(Vec<SiteId>),
    /// None: this is what was named.
    Unknown(String),
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub fn cloud(id: &str, url: &str) -> SiteSetup {
        SiteSetup {
            id: id.parse().unwrap(),
            url: url.parse().unwrap(),
            protocol: Protocol::OAuth2Cloud(OAuth2App {
                client_id: "client".into(),
                client_secret: "secret".into(),
                scopes: vec!["read:jira-work".into()],
                auth_url: "https://auth.atlassian.com".parse().unwrap(),
                api_url: "https://api.atlassian.com".parse().unwrap(),
            }),
        }
    }

    #[test]
    fn a_site_is_named_by_id_or_address() {
        let sites = [cloud("acme", "https://acme.atlassian.net"), cloud("corp", "https://corp.example/jira/")];
        let find = |text: &str| named(&sites, text).map(|site| site.id.as_str());
        for text in [
            "acme",
            "ACME",
            "acme.atlassian.net",
            "https://acme.atlassian.net/browse/WEB-1",
            "https://ACME.atlassian.net",
        ] {
            assert_eq!(find(text), Some("acme"), "{text}");
        }
        assert_eq!(find("https://corp.example/jira"), Some("corp"));
        assert_eq!(find("corp.example/jira/browse/A-1"), Some("corp"));
        for text in [
            "other",
            "https://evil.example",
            "https://corp.example/jirax",
            "https://corp.example",
            "https://acme.atlassian.net:8443",
            "https://acme.atlassian.net@evil.example/",
            "",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_keep_the_context_path() {
        let site = cloud("corp", "https://corp.example:8443/jira/");
        assert_eq!(
            site.at("plugins/servlet/oauth/authorize").as_str(),
            "https://corp.example:8443/jira/plugins/servlet/oauth/authorize"
        );
        assert_eq!(site.host(), "corp.example:8443/jira");
        for local in ["http://127.0.0.1:8090", "http://localhost/jira", "http://[::1]:1"] {
            assert_eq!(cloud("corp", local).host(), "corp", "{local}");
        }
    }
}
