//! What changes in the configuration after links were made: secrets, which take effect at once and keep every link, and
//! scopes, for which each person is asked once.

use super::{Identity, Protocol, SiteSetup, words};
use crate::{ids::SiteId, store::links::LinkRow};

/// The name under which it is kept who was told of which scopes, by link.
const MEMORY: &str = "identity-scopes";

/// Data Center's scopes, each of which includes those before it.
const DATA_CENTER: [&str; 4] = ["READ", "WRITE", "ADMIN", "SYSTEM_ADMIN"];

impl Identity {
    /// Takes the client secrets and private keys of sites that were read anew, and nothing else of them. Returns the sites
    /// whose secret is another now. One that changed in more than its secret keeps what it has, until the next start.
    pub fn renew_secrets(&self, newer: &[SiteSetup]) -> Vec<SiteId> {
        let mut renewed = Vec::new();
        for site in self.sites() {
            let same = newer.iter().find(|other| other.id == site.id && other.url == site.url);
            let changed = match same.map(|newer| (&site.protocol, &newer.protocol)) {
                Some((Protocol::OAuth2Cloud(old), Protocol::OAuth2Cloud(new)))
                | Some((Protocol::OAuth2DataCenter(old), Protocol::OAuth2DataCenter(new)))
                    if old.client_id == new.client_id =>
                {
                    old.client_secret.take(&new.client_secret)
                }
                Some((Protocol::OAuth1(old), Protocol::OAuth1(new))) if old.consumer_key() == new.consumer_key() => {
                    old.take_key(new)
                }
                _ => {
                    tracing::warn!(site = %site.id, "more than the secret of this site changed: restart to take it");
                    false
                }
            };
            if changed {
                renewed.push(site.id.clone());
            }
        }
        renewed
    }

    /// Where the site asks for more than it did when a link was made, its owner is told so, once for each change.
    pub(super) async fn mind_scopes(&self, link: &LinkRow, site: &SiteSetup) {
        let missing = missing_scopes(site, &link.scopes);
        if missing.is_empty() || !self.inner.asked_again.lock().insert(link.id.clone()) {
            return;
        }
        let (key, wanted) = (link.id.to_string(), missing.join(" "));
        let told = self.memory(MEMORY).read(&key);
        if told.is_ok_and(|told| told.as_deref() == Some(wanted.as_bytes())) {
            return;
        }
        // What cannot be noted is not said: else it would be said at each start.
        match self.memory(MEMORY).write(&key, wanted.as_bytes()).await {
            Ok(()) => self.tell((link.person.clone(), words::more_scopes(site, &missing))),
            Err(error) => tracing::warn!(%error, "a change of scopes could not be noted"),
        }
    }
}

/// The scopes that a site asks for and a link was made without. None where it is not known with which it was made.
pub fn missing_scopes(site: &SiteSetup, had: &str) -> Vec<String> {
    let Some(app) = site.oauth2().filter(|_| !had.is_empty()) else { return Vec::new() };
    let had: Vec<&str> = had.split(' ').collect();
    let place = |name: &str| DATA_CENTER.iter().position(|scope| *scope == name);
    let highest = match site.protocol {
        Protocol::OAuth2DataCenter(_) => had.iter().copied().filter_map(place).max(),
        _ => None,
    };
    let covered = |scope: &str| had.contains(&scope) || place(scope).is_some_and(|at| Some(at) <= highest);
    app.scopes.iter().filter(|scope| !covered(scope)).cloned().collect()
}
