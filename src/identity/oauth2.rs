//! OAuth 2.0 with Atlassian: the authorize address, the exchange, the refresh, and what each refusal means.
//!
//! Sources: atlassian.com "OAuth 2.0 (3LO) apps" and "Refresh tokens" (Cloud: JSON bodies, rotating refresh tokens);
//! "Jira OAuth 2.0 provider API" (Data Center: form bodies, `redirect_uri` repeated on refresh).

use std::{fmt, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, TokenResponse, TokenUrl,
    basic::{BasicClient, BasicErrorResponse, BasicErrorResponseType, BasicTokenResponse},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::sites::{OAuth2App, Protocol, SiteSetup, below};
use crate::jira::Http;

/// How long one call to a token endpoint may take.
const DEADLINE: Duration = Duration::from_secs(15);

/// What an exchange or a refresh brought.
pub(super) struct Tokens {
    pub access: SecretString,
    /// Atlassian leaves it out at times; then the old one goes on.
    pub refresh: Option<SecretString>,
    /// The access token's life in seconds.
    pub life: i64,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens")
    }
}

/// Why a token endpoint gave no tokens. Texts are the provider's own error words, never a body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TokenError {
    /// The grant is over: `invalid_grant`, `unauthorized_client`. Only the person can mend it.
    #[error("the grant is over: {0}")]
    Dead(String),
    /// The app itself is refused: wrong secret, unknown client. An administrator's matter; every link stays.
    #[error("the app is not accepted: {0}")]
    App(String),
    /// The request was wrong. Ours.
    #[error("the token request was refused: {0}")]
    Refused(String),
    /// Nothing came back, or nothing of use: the same token may be tried again.
    #[error("the token server is away: {0}")]
    Away(String),
    /// Too many requests.
    #[error("the token server is rate limiting")]
    RateLimited(Option<Duration>),
}

/// The address at which a person approves, and the PKCE verifier that belongs to it.
pub(super) fn authorize(site: &SiteSetup, redirect: &Url, state: &str) -> Option<(Url, SecretString)> {
    let app = site.oauth2()?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let client = Client::new(site, app, redirect);
    let mut request = client
        .basic
        .authorize_url(|| CsrfToken::new(state.to_owned()))
        .add_scopes(app.scopes.iter().cloned().map(Scope::new))
        .set_pkce_challenge(challenge);
    if let Protocol::OAuth2Cloud(_) = site.protocol {
        request = request.add_extra_param("audience", "api.atlassian.com").add_extra_param("prompt", "consent");
    }
    let (mut url, _) = request.url();
    // Atlassian's examples separate scopes by `%20`; a `+` is read as a space by most servers, not by all.
    let query = url.query().map(|query| query.replace('+', "%20"));
    url.set_query(query.as_deref());
    Some((url, SecretString::from(verifier.secret().as_str())))
}

/// Exchanges an authorization code.
pub(super) async fn exchange(
    http: &Http,
    site: &SiteSetup,
    redirect: &Url,
    code: String,
    verifier: &SecretString,
) -> Result<Tokens, TokenError> {
    let client = Client::of(site, redirect)?;
    let sender = Sender { http, site, json: client.json };
    let request = client
        .basic
        .exchange_code(AuthorizationCode::new(code))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()));
    finish(request.request_async(&sender)).await
}

/// Exchanges a refresh token for a new pair.
pub(super) async fn refresh(
    http: &Http,
    site: &SiteSetup,
    redirect: &Url,
    token: &SecretString,
) -> Result<Tokens, TokenError> {
    let client = Client::of(site, redirect)?;
    let sender = Sender { http, site, json: client.json };
    let token = RefreshToken::new(token.expose_secret().to_owned());
    let mut request = client.basic.exchange_refresh_token(&token);
    if let Protocol::OAuth2DataCenter(_) = site.protocol {
        request = request.add_extra_param("redirect_uri", redirect.as_str().to_owned());
    }
    finish(request.request_async(&sender)).await
}

/// Asks the provider to forget a refresh token. Atlassian documents no such endpoint for 3LO apps, so nothing is
/// concluded from the answer.
pub(super) async fn revoke(http: &Http, site: &SiteSetup, token: &SecretString) {
    let Protocol::OAuth2Cloud(app) = &site.protocol else { return };
    let fields = serde_json::json!({
        "client_id": app.client_id,
        "client_secret": app.client_secret.current().expose_secret(),
        "token": token.expose_secret(),
    });
    let post = http.client(&site.id).post(below(&app.auth_url, "oauth/revoke")).json(&fields);
    let Ok(request) = post.timeout(Duration::from_secs(3)).build() else { return };
    match http.send(&site.id, request).await {
        Ok(answer) => tracing::debug!(site = %site.id, status = answer.status.as_u16(), "tried to revoke a token"),
        Err(error) => tracing::debug!(site = %site.id, %error, "tried to revoke a token"),
    }
}

type Basic = BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>;

struct Client {
    basic: Basic,
    json: bool,
}

impl Client {
    fn of(site: &SiteSetup, redirect: &Url) -> Result<Self, TokenError> {
        let app = site.oauth2().ok_or_else(|| TokenError::App("the site does not use OAuth 2.0".into()))?;
        Ok(Self::new(site, app, redirect))
    }

    fn new(site: &SiteSetup, app: &OAuth2App, redirect: &Url) -> Self {
        let json = matches!(site.protocol, Protocol::OAuth2Cloud(_));
        let (authorize, token) = match site.protocol {
            Protocol::OAuth2Cloud(_) => ("authorize", "oauth/token"),
            _ => ("rest/oauth2/latest/authorize", "rest/oauth2/latest/token"),
        };
        let basic = BasicClient::new(ClientId::new(app.client_id.clone()))
            .set_client_secret(ClientSecret::new(app.client_secret.current().expose_secret().to_owned()))
            .set_auth_type(AuthType::RequestBody)
            .set_auth_uri(AuthUrl::from_url(below(&app.auth_url, authorize)))
            .set_token_uri(TokenUrl::from_url(below(&app.auth_url, token)))
            .set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
        Self { basic, json }
    }
}

/// Sends the crate's form-encoded requests, as JSON where the provider wants that.
struct Sender<'c> {
    http: &'c Http,
    site: &'c SiteSetup,
    json: bool,
}

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("{0}")]
    Network(#[from] crate::jira::SendError),
    #[error("the request cannot be built")]
    Unbuilt,
    #[error("status {0}")]
    Status(u16),
    #[error("too many requests")]
    RateLimited(Option<Duration>),
}

impl<'c> AsyncHttpClient<'c> for Sender<'_> {
    type Error = SendError;
    type Future = BoxFuture<'c, Result<HttpResponse, SendError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        async move {
            let (parts, form) = request.into_parts();
            let client = self.http.client(&self.site.id);
            let post = client.post(parts.uri.to_string()).header(http::header::ACCEPT, "application/json");
            let post = if self.json {
                let fields: serde_json::Map<String, serde_json::Value> = form_urlencoded::parse(&form)
                    .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
                    .collect();
                post.json(&fields)
            } else {
                post.header(http::header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
            };
            let request = post.build().map_err(|_| SendError::Unbuilt)?;
            let answer = self.http.send(&self.site.id, request).await?;
            if answer.status == http::StatusCode::TOO_MANY_REQUESTS {
                return Err(SendError::RateLimited(retry_after(&answer.headers)));
            }
            if answer.status.is_server_error() || answer.status.is_redirection() {
                return Err(SendError::Status(answer.status.as_u16()));
            }
            let mut response = http::Response::new(with_token_type(answer.body.to_vec()));
            // The crate knows one good status.
            *response.status_mut() = if answer.status.is_success() { http::StatusCode::OK } else { answer.status };
            Ok(response)
        }
        .boxed()
    }
}

/// Atlassian's documented answer has no `token_type`, which the crate insists on.
fn with_token_type(body: Vec<u8>) -> Vec<u8> {
    match serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&body) {
        Ok(mut fields) if fields.contains_key("access_token") => {
            fields.entry("token_type").or_insert_with(|| "bearer".into());
            // Data Center sends its own additions and may send an empty scope; neither is used.
            serde_json::to_vec(&fields).unwrap_or(body)
        }
        _ => body,
    }
}

fn retry_after(headers: &http::HeaderMap) -> Option<Duration> {
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

type Answered = Result<BasicTokenResponse, RequestTokenError<SendError, BasicErrorResponse>>;

async fn finish(answer: impl Future<Output = Answered>) -> Result<Tokens, TokenError> {
    let answer = match tokio::time::timeout(DEADLINE, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(meaning(error)),
        Err(_) => return Err(TokenError::Away("no answer within 15 seconds".into())),
    };
    let life = answer.expires_in().map_or(3600, |life| i64::try_from(life.as_secs()).unwrap_or(i64::MAX / 4));
    Ok(Tokens {
        access: SecretString::from(answer.access_token().secret().as_str()),
        refresh: answer.refresh_token().map(|token| SecretString::from(token.secret().as_str())),
        life,
    })
}

fn meaning(error: RequestTokenError<SendError, BasicErrorResponse>) -> TokenError {
    match error {
        RequestTokenError::ServerResponse(answer) => {
            let word = answer.error().as_ref().chars().take(60).collect::<String>();
            match answer.error() {
                BasicErrorResponseType::InvalidGrant | BasicErrorResponseType::UnauthorizedClient => {
                    TokenError::Dead(word)
                }
                BasicErrorResponseType::InvalidClient => TokenError::App(word),
                // Atlassian answers `access_denied` to a wrong client secret.
                BasicErrorResponseType::Extension(other) if other == "access_denied" => TokenError::App(word),
                BasicErrorResponseType::Extension(other)
                    if other == "temporarily_unavailable" || other == "server_error" =>
                {
                    TokenError::Away(word)
                }
                _ => TokenError::Refused(word),
            }
        }
        RequestTokenError::Request(SendError::RateLimited(after)) => TokenError::RateLimited(after),
        RequestTokenError::Request(error) => TokenError::Away(error.to_string()),
        RequestTokenError::Parse(..) => TokenError::Away("the answer is not JSON of a token".into()),
        RequestTokenError::Other(_) => TokenError::Away("the answer is empty".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    fn site(protocol: fn(OAuth2App) -> Protocol) -> SiteSetup {
        SiteSetup {
            id: "acme".parse().unwrap(),
            url: "https://acme.atlassian.net".parse().unwrap(),
            protocol: protocol(OAuth2App {
                client_id: "client".into(),
                client_secret: "secret".into(),
                scopes: vec!["read:jira-work".into(), "offline_access".into()],
                auth_url: "https://auth.atlassian.com".parse().unwrap(),
                api_url: "https://api.atlassian.com".parse().unwrap(),
            }),
        }
    }

    #[test]
    fn the_authorize_address_has_every_parameter() {
        let redirect = "https://usher.example.org/oauth/callback/acme".parse().unwrap();
        let (url, verifier) = authorize(&site(Protocol::OAuth2Cloud), &redirect, "the-state").unwrap();
        assert_eq!(&url[..url::Position::AfterPath], "https://auth.atlassian.com/authorize");
        assert!(url.query().unwrap().contains("scope=read%3Ajira-work%20offline_access"));
        let pairs: HashMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs["audience"], "api.atlassian.com");
        assert_eq!(pairs["client_id"], "client");
        assert_eq!(pairs["redirect_uri"], redirect.as_str());
        assert_eq!(pairs["state"], "the-state");
        assert_eq!(pairs["response_type"], "code");
        assert_eq!(pairs["prompt"], "consent");
        assert_eq!(pairs["code_challenge_method"], "S256");
        assert!(verifier.expose_secret().len() >= 43 && !url.as_str().contains(verifier.expose_secret()));
    }

    #[test]
    fn data_center_has_addresses_of_its_own() {
        let redirect = "https://usher.example.org/oauth/callback/acme".parse().unwrap();
        let mut site = site(Protocol::OAuth2DataCenter);
        if let Protocol::OAuth2DataCenter(app) = &mut site.protocol {
            app.auth_url = "https://jira.example/jira".parse().unwrap();
        }
        let (url, _) = authorize(&site, &redirect, "s").unwrap();
        assert_eq!(&url[..url::Position::AfterPath], "https://jira.example/jira/rest/oauth2/latest/authorize");
        assert!(url.query_pairs().all(|(name, _)| name != "audience"));
    }

    #[test]
    fn an_answer_without_a_token_type_will_do() {
        let body = with_token_type(br#"{"access_token":"a","expires_in":3600}"#.to_vec());
        assert!(String::from_utf8(body).unwrap().contains("bearer"));
        assert_eq!(with_token_type(b"<html>".to_vec()), b"<html>");
    }
}
