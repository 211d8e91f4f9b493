//! OAuth 1.0a with Jira Data Center: request token, access token, and what each `oauth_problem` means.
//!
//! Sources: developer.atlassian.com "OAuth for REST APIs" (Data Center), RFC 5849. Signatures are RSA-SHA1; an RSA
//! signature takes no part of the token's secret, which is kept all the same.

use std::{collections::HashMap, fmt};

use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::sites::SiteSetup;
use crate::{
    error::JiraError,
    jira::{Http, OauthWith, Raw, Signer, oauth_problem},
};

/// A token of either kind with its secret.
#[derive(Clone)]
pub(super) struct Token {
    pub token: SecretString,
    pub secret: SecretString,
    /// With it an access token could be renewed.
    pub session: Option<SecretString>,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// Why Jira gave no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    /// The person has not pressed Allow yet.
    #[error("not approved yet")]
    NotApproved,
    /// The person pressed Deny.
    #[error("denied")]
    Denied,
    /// The code is wrong, or the request token is gone: Jira does not say which.
    #[error("the code is not accepted: {0}")]
    Rejected(String),
    /// The request token is older than ten minutes.
    #[error("the request token has expired")]
    Expired,
    /// Unknown consumer key, wrong signature. An administrator's matter.
    #[error("the application link is not accepted: {0}")]
    App(String),
    /// This machine's clock and Jira's differ by more than five minutes.
    #[error("clocks differ")]
    Clock,
    /// Nothing came back, or nothing of use.
    #[error("away: {0}")]
    Away(String),
}

/// Asks for a request token whose code the person will read from the page (`oauth_callback=oob`).
pub(super) async fn request_token(http: &Http, site: &SiteSetup, signer: &Signer) -> Result<Token, Problem> {
    let with = OauthWith { callback: Some("oob"), ..OauthWith::default() };
    let fields = call(http, site, signer, "request-token", &with).await?;
    if fields.get("oauth_callback_confirmed").map(String::as_str) != Some("true") {
        return Err(Problem::App("oauth_callback_confirmed is missing".into()));
    }
    token(fields)
}

/// Exchanges an approved request token and its verification code for an access token.
pub(super) async fn access_token(
    http: &Http,
    site: &SiteSetup,
    signer: &Signer,
    request: &Token,
    verifier: &str,
) -> Result<Token, Problem> {
    let with = OauthWith { token: Some(&request.token), verifier: Some(verifier), ..OauthWith::default() };
    token(call(http, site, signer, "access-token", &with).await?)
}

/// Whether an access token is over for good, as Jira itself says. Anything but its clear word counts as no.
pub(super) async fn is_over(
    http: &Http,
    site: &SiteSetup,
    signer: &Signer,
    access: &SecretString,
) -> Result<bool, Problem> {
    let with = OauthWith { token: Some(access), ..OauthWith::default() };
    let raw = send(http, site, signer, Method::GET, &site.at("rest/api/2/myself"), &with).await?;
    if raw.status.is_success() {
        return Ok(false);
    }
    match oauth_problem(&raw.headers, &raw.body).map(|found| meaning(&found.problem)) {
        Some(Problem::Rejected(_) | Problem::Expired | Problem::Denied) => Ok(true),
        Some(problem) => Err(problem),
        None => Err(Problem::Away(format!("status {} without a reason", raw.status.as_u16()))),
    }
}

/// Where the person approves.
pub(super) fn authorize(site: &SiteSetup, request: &Token) -> Url {
    let mut url = site.at("plugins/servlet/oauth/authorize");
    url.query_pairs_mut().append_pair("oauth_token", request.token.expose_secret());
    url
}

async fn call(
    http: &Http,
    site: &SiteSetup,
    signer: &Signer,
    endpoint: &str,
    with: &OauthWith<'_>,
) -> Result<HashMap<String, String>, Problem> {
    let url = site.at(&format!("plugins/servlet/oauth/{endpoint}"));
    // A used nonce and a clock that is off are the two problems that signing again cures, once.
    for last in [false, true] {
        let raw = send(http, site, signer, Method::POST, &url, with).await?;
        let problem = oauth_problem(&raw.headers, &raw.body);
        match problem {
            None if raw.status.is_success() => return Ok(form_urlencoded::parse(&raw.body).into_owned().collect()),
            None => return Err(Problem::Away(format!("status {} without a reason", raw.status.as_u16()))),
            Some(found) if !last && found.problem == "nonce_used" => {}
            Some(found) if !last && found.problem == "timestamp_refused" && signer.learn(&raw.headers, &found) => {}
            Some(found) => return Err(meaning(&found.problem)),
        }
    }
    Err(Problem::Away("every signature is refused".into()))
}

async fn send(
    http: &Http,
    site: &SiteSetup,
    signer: &Signer,
    method: Method,
    url: &Url,
    with: &OauthWith<'_>,
) -> Result<Raw, Problem> {
    let unusable = |_: JiraError| Problem::App("the request cannot be signed".into());
    let header = signer.sign(&method, url, with).map_err(unusable)?;
    let request =
        http.client(&site.id).request(method.clone(), url.clone()).header(http::header::AUTHORIZATION, header);
    // A POST without a body says so; some servers ask for it.
    let request = if method == Method::POST { request.header(http::header::CONTENT_LENGTH, 0) } else { request };
    let request = request.build().map_err(|_| Problem::App("the request cannot be built".into()))?;
    http.send(&site.id, request).await.map_err(|error| Problem::Away(error.to_string()))
}

fn token(mut fields: HashMap<String, String>) -> Result<Token, Problem> {
    let mut take = |name: &str| fields.remove(name).filter(|value| !value.is_empty()).map(SecretString::from);
    match (take("oauth_token"), take("oauth_token_secret")) {
        (Some(token), Some(secret)) => Ok(Token { token, secret, session: take("oauth_session_handle") }),
        _ => Err(Problem::Away("the answer holds no token".into())),
    }
}

fn meaning(problem: &str) -> Problem {
    match problem {
        "permission_unknown" => Problem::NotApproved,
        "permission_denied" => Problem::Denied,
        "token_expired" => Problem::Expired,
        "token_rejected" | "token_used" | "token_revoked" | "additional_authorization_required" => {
            Problem::Rejected(problem.to_owned())
        }
        "timestamp_refused" => Problem::Clock,
        "user_refused" | "consumer_key_refused" => Problem::Away(problem.to_owned()),
        other => Problem::App(other.chars().take(60).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_have_meanings() {
        assert_eq!(meaning("permission_unknown"), Problem::NotApproved);
        assert_eq!(meaning("consumer_key_unknown"), Problem::App("consumer_key_unknown".into()));
        assert_eq!(meaning("timestamp_refused"), Problem::Clock);
    }
}
