//! A site's settings: which keys it needs depends on how people link to it.

use std::path::Path;

use secrecy::SecretString;

use super::{
    ConfigError, DATA_CENTER_SCOPES, LinkConfig, SCOPES, ServiceAccountConfig, SiteConfig,
    check::{missing, one_of, web_url},
    read::{RawServiceAccount, RawSite},
    secret::{private_file, secret},
};
use crate::ids::SiteId;

/// One site out of its raw form.
pub fn check_site(mut raw: RawSite, base: &Path) -> Result<SiteConfig, ConfigError> {
    let id: SiteId = raw.id.parse().map_err(|_| {
        ConfigError::new(format!("`{}` is not a site's id. Use lower-case letters, digits and `-`.", raw.id))
    })?;
    let url = web_url(&within("url", &id), &raw.url)?;
    let link = match (raw.kind.as_str(), raw.auth.as_deref()) {
        ("cloud", None | Some("oauth2")) => {
            let address = |name: &str, given: &Option<String>, usual: &str| {
                web_url(&within(name, &id), given.as_deref().unwrap_or(usual))
            };
            let auth_url = address("auth_url", &raw.auth_url, "https://auth.atlassian.com")?;
            let api_url = address("api_url", &raw.api_url, "https://api.atlassian.com")?;
            let (client_id, client_secret) = client(&mut raw, &id, base, "the developer console shows it")?;
            let scopes = raw.scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec());
            LinkConfig::Cloud { client_id, client_secret, scopes, auth_url, api_url }
        }
        ("data-center", None | Some("oauth1")) => oauth1(&mut raw, &id, base)?,
        ("data-center", Some("oauth2")) => {
            let (client_id, client_secret) = client(&mut raw, &id, base, "the application link in Jira shows it")?;
            LinkConfig::Oauth2 { client_id, client_secret, scopes: data_center_scopes(raw.scopes, &id)? }
        }
        ("cloud", Some(auth)) => return Err(one_of(&within("auth", &id), auth, "`oauth2` on Cloud")),
        ("data-center", Some(auth)) => return Err(one_of(&within("auth", &id), auth, "`oauth1` or `oauth2`")),
        (kind, _) => return Err(one_of(&within("kind", &id), kind, "`cloud` or `data-center`")),
    };
    let service_account =
        raw.service_account.as_mut().map(|account| service_account(account, &raw.kind, &id, base)).transpose()?;
    let token_file = raw.service_account.and_then(|account| account.token_file);
    let files = [
        ("client_secret_file", raw.client_secret_file),
        ("private_key_file", raw.private_key_file),
        ("token_file", token_file),
    ];
    let secret_files = files.into_iter().filter_map(|(name, file)| Some((name, base.join(file?)))).collect();
    let ca_file = raw.ca_file.map(|file| base.join(file));
    Ok(SiteConfig { ca_file, service_account, secret_files, ..SiteConfig::new(id, url, link) })
}

fn service_account(
    raw: &mut RawServiceAccount,
    kind: &str,
    id: &SiteId,
    base: &Path,
) -> Result<ServiceAccountConfig, ConfigError> {
    let whose = format!(" of `[site.service_account]` of site `{id}`");
    let name = |key: &str| format!("{key}`{whose}").trim_end_matches('`').to_owned();
    let token = secret("token", &whose, raw.token.take(), raw.token_file.as_deref(), base)?
        .ok_or_else(|| missing(&name("token"), "an API token on Cloud, a personal access token on Data Center"))?;
    match (kind, raw.scheme.as_deref()) {
        ("cloud", None | Some("basic")) => {
            let email = raw.email.take();
            let email = email.ok_or_else(|| missing(&name("email"), "the address of the service account"))?;
            Ok(ServiceAccountConfig::Basic { email, token })
        }
        (_, None | Some("bearer")) => Ok(ServiceAccountConfig::Bearer { token }),
        ("cloud", Some(scheme)) => Err(one_of(&name("scheme"), scheme, "`basic` or `bearer`")),
        (_, Some(scheme)) => Err(one_of(&name("scheme"), scheme, "`bearer` on Data Center")),
    }
}

/// The OAuth 2.0 client's id and secret.
fn client(raw: &mut RawSite, id: &SiteId, base: &Path, from: &str) -> Result<(String, SecretString), ConfigError> {
    let needed = |name: &str| missing(&within(name, id), from);
    let client_id = raw.client_id.take().ok_or_else(|| needed("client_id"))?;
    let file = raw.client_secret_file.as_deref();
    let found = secret("client_secret", &whose(id), raw.client_secret.take(), file, base)?;
    Ok((client_id, found.ok_or_else(|| needed("client_secret"))?))
}

fn oauth1(raw: &mut RawSite, id: &SiteId, base: &Path) -> Result<LinkConfig, ConfigError> {
    let whose = whose(id);
    let consumer_key = raw
        .consumer_key
        .take()
        .ok_or_else(|| missing(&within("consumer_key", id), "it is what the application link in Jira has"))?;
    let private_key = match (raw.private_key.take(), raw.private_key_file.as_deref()) {
        (None, Some(file)) if !base.join(file).exists() => {
            return Err(ConfigError::new(format!(
                "`private_key_file`{whose} names {}, which does not exist. `usher site keygen {id}` makes one.",
                base.join(file).display()
            )));
        }
        (None, Some(file)) => private_file(&format!("`private_key_file`{whose}"), &base.join(file))?,
        (value, file) => secret("private_key", &whose, value, file, base)?
            .ok_or_else(|| missing(&within("private_key_file", id), &format!("`usher site keygen {id}` makes one")))?,
    };
    Ok(LinkConfig::Oauth1 { consumer_key, private_key })
}

/// Jira Data Center knows four scopes, each of which includes those before it.
fn data_center_scopes(given: Option<Vec<String>>, id: &SiteId) -> Result<Vec<String>, ConfigError> {
    let Some(scopes) = given else { return Ok(DATA_CENTER_SCOPES.map(str::to_owned).to_vec()) };
    let known = ["READ", "WRITE", "ADMIN", "SYSTEM_ADMIN"];
    match scopes.iter().find(|scope| !known.contains(&scope.as_str())) {
        Some(unknown) => Err(one_of(&within("scopes", id), unknown, "`READ`, `WRITE`, `ADMIN` or `SYSTEM_ADMIN`")),
        None if scopes.is_empty() => Err(missing(&within("scopes", id), "name `READ` at least")),
        None => Ok(scopes),
    }
}

fn within(name: &str, id: &SiteId) -> String {
    format!("{name}` of site `{id}")
}

fn whose(id: &SiteId) -> String {
    format!(" of site `{id}`")
}
