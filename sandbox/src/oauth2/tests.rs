//! The Cloud token server over HTTP: the page, the exchange, the refresh, and every refusal.
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use reqwest::{Client, Response, StatusCode, redirect};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use super::{GLOBEX, Refusal};
use crate::{CloudId, Options, PersonId, Sandbox};

const REDIRECT: &str = "http://127.0.0.1:8080/oauth/callback/acme";
const SCOPES: &str = "read:jira-work write:jira-work read:jira-user offline_access";

struct Browser {
    sandbox: Sandbox,
    http: Client,
}

impl Browser {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("free ports");
        let http = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
        Self { sandbox, http }
    }

    fn address(&self, change: &[(&str, Option<&str>)]) -> Url {
        let mut pairs = vec![
            ("audience", "api.atlassian.com"),
            ("client_id", "usher-sandbox"),
            ("scope", SCOPES),
            ("redirect_uri", REDIRECT),
            ("state", "a b&c"),
            ("response_type", "code"),
            ("prompt", "consent"),
        ];
        for (name, value) in change {
            pairs.retain(|(known, _)| known != name);
            pairs.extend(value.map(|value| (*name, value)));
        }
        Url::parse_with_params(&format!("{}/authorize", self.sandbox.auth_url()), pairs).expect("a URL")
    }

    async fn open(&self, change: &[(&str, Option<&str>)]) -> Response {
        self.http.get(self.address(change)).send().await.expect("an answer")
    }

    async fn answer(&self, page: &str, person: &str, decision: &str) -> Response {
        let form = [("request", field(page, "request")), ("person", person), ("decision", decision)];
        let address = format!("{}/authorize", self.sandbox.auth_url());
        self.http.post(address).form(&form).send().await.expect("an answer")
    }

    /// Walks the page and comes back with the parameters of the redirect.
    async fn walk(&self, change: &[(&str, Option<&str>)], person: &str, decision: &str) -> Vec<(String, String)> {
        let page = self.open(change).await.text().await.expect("text");
        let response = self.answer(&page, person, decision).await;
        assert_eq!(response.status(), StatusCode::FOUND);
        let to = Url::parse(response.headers()["location"].to_str().expect("text")).expect("a URL");
        assert!(to.as_str().starts_with(REDIRECT));
        to.query_pairs().into_owned().collect()
    }

    async fn code(&self) -> String {
        self.walk(&[], "ada", "allow").await.swap_remove(0).1
    }

    async fn token(&self, body: Value) -> (u16, Value) {
        let address = format!("{}/oauth/token", self.sandbox.auth_url());
        let response = self.http.post(address).json(&body).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }

    async fn exchange(&self, code: &str) -> (u16, Value) {
        self.token(exchange(code)).await
    }

    async fn refresh(&self, token: &Value) -> (u16, Value) {
        self.token(with_client(json!({ "grant_type": "refresh_token", "refresh_token": token }))).await
    }

    async fn get(&self, path: &str, token: &str) -> (u16, Value) {
        let address = format!("{}{path}", self.sandbox.api_url());
        let response = self.http.get(address).bearer_auth(token).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }

    async fn sites(&self, token: &Value) -> (u16, Value) {
        self.get("/oauth/token/accessible-resources", token.as_str().expect("a token")).await
    }
}

fn exchange(code: &str) -> Value {
    with_client(json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT }))
}

fn with_client(mut body: Value) -> Value {
    body["client_id"] = "usher-sandbox".into();
    body["client_secret"] = "usher-sandbox-secret".into();
    body
}

/// The value of a hidden input.
fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the input");
    rest.split_once('"').expect("a closing quote").0
}

fn error(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"].as_str().expect("an error"))
}

#[tokio::test]
async fn the_whole_road_of_a_consent() {
    let browser = Browser::new().await;
    let answer = browser.walk(&[], "ada", "allow").await;
    assert_eq!(answer[0].0, "code");
    assert_eq!(answer[1], ("state".to_owned(), "a b&c".to_owned()));

    let (status, tokens) = browser.exchange(&answer[0].1).await;
    assert_eq!((status, &tokens["expires_in"], &tokens["token_type"]), (200, &json!(3600), &json!("Bearer")));
    assert_eq!(tokens["scope"], "offline_access read:jira-user read:jira-work write:jira-work");

    let (status, sites) = browser.sites(&tokens["access_token"]).await;
    assert_eq!((status, sites.as_array().expect("a list").len()), (200, 2));
    assert_eq!(sites[0]["url"], browser.sandbox.cloud_url());
    assert_eq!(sites[0]["scopes"], json!(["read:jira-user", "read:jira-work", "write:jira-work"]));

    let (status, fresh) = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, 200);
    assert_ne!(fresh["refresh_token"], tokens["refresh_token"]);
    let provider = &browser.sandbox.state().oauth2;
    assert_eq!((provider.exchanges(), provider.refreshes(), provider.reuses()), (1, 1, 0));
}

#[tokio::test]
async fn deny_goes_back_with_an_error_and_a_page_counts_once() {
    let browser = Browser::new().await;
    let answer = browser.walk(&[], "", "deny").await;
    let names: Vec<_> = answer.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((names, answer[0].1.as_str()), (vec!["error", "error_description", "state"], "access_denied"));

    let page = browser.open(&[]).await.text().await.expect("text");
    assert_eq!(browser.answer(&page, "", "allow").await.status(), StatusCode::BAD_REQUEST, "nobody was chosen");
    assert_eq!(browser.answer(&page, "gracie", "allow").await.status(), StatusCode::BAD_REQUEST, "no such login");
    assert_eq!(browser.answer(&page, "ada", "allow").await.status(), StatusCode::FOUND);
    assert_eq!(browser.answer(&page, "ada", "allow").await.status(), StatusCode::BAD_REQUEST, "answered before");
}

#[tokio::test]
async fn a_request_that_is_not_exactly_right_is_never_redirected() {
    let browser = Browser::new().await;
    let wrong: &[(&str, Option<&str>)] = &[
        ("audience", None),
        ("audience", Some("api.example.com")),
        ("client_id", None),
        ("client_id", Some("other")),
        ("redirect_uri", None),
        ("redirect_uri", Some("http://127.0.0.1:8080/oauth/callback/acme/")),
        ("redirect_uri", Some("http://127.0.0.1:8080/oauth/callback/acme?a=1")),
        ("response_type", None),
        ("response_type", Some("token")),
        ("scope", None),
        ("scope", Some("read:jira-work read:everything")),
        ("prompt", Some("none")),
        ("code_challenge", Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")),
    ];
    for change in wrong {
        let response = browser.open(&[*change]).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{change:?}");
        assert!(!response.headers().contains_key("location"));
    }
    let twice = format!("{}&state=other", browser.address(&[]));
    let response = browser.http.get(twice).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let reflected = browser.open(&[("scope", Some("<script>"))]).await.text().await.expect("text");
    assert!(!reflected.contains("<script>"), "{reflected}");
}

#[tokio::test]
async fn the_page_lets_its_form_redirect_to_the_app_only() {
    let browser = Browser::new().await;
    let response = browser.open(&[]).await;
    let policy = response.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("form-action 'self' http://127.0.0.1:8080;"), "{policy}");
    assert!(policy.starts_with("default-src 'none';"));
    let page = response.text().await.expect("text");
    assert!(!page.contains("<script"));
    for person in ["ada", "grace", "linus"] {
        assert!(page.contains(&format!(r#"<input type="radio" name="person" value="{person}" required>"#)), "{page}");
    }
}

#[tokio::test]
async fn a_code_is_used_once_and_by_its_app() {
    let browser = Browser::new().await;
    let code = browser.code().await;
    let wrong_secret = {
        let mut body = exchange(&code);
        body["client_secret"] = "guess".into();
        body
    };
    assert_eq!(error(&browser.token(wrong_secret).await), (401, "access_denied"));
    let (status, tokens) = browser.exchange(&code).await;
    assert_eq!(status, 200, "a wrong secret costs no code");
    assert_eq!(error(&browser.exchange(&code).await), (403, "invalid_grant"));
    assert_eq!(browser.sites(&tokens["access_token"]).await.0, 401, "the second use ends what the first brought");

    let mut other_uri = exchange(&browser.code().await);
    other_uri["redirect_uri"] = "http://127.0.0.1:8080/".into();
    assert_eq!(error(&browser.token(other_uri.clone()).await), (403, "invalid_grant"));
    other_uri["redirect_uri"] = REDIRECT.into();
    assert_eq!(error(&browser.token(other_uri).await), (403, "invalid_grant"), "a failed exchange burns the code");

    let late = browser.code().await;
    browser.sandbox.advance(Duration::from_secs(300));
    assert_eq!(error(&browser.exchange(&late).await), (403, "invalid_grant"));
}

#[tokio::test]
async fn a_challenge_is_verified() {
    let browser = Browser::new().await;
    let verifier = "a verifier of at least forty-three characters";
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier));
    let change = [("code_challenge", Some(challenge.as_str())), ("code_challenge_method", Some("S256"))];
    for (sent, status) in [(Some(verifier), 200), (Some("another"), 403), (None, 403)] {
        let code = browser.walk(&change, "ada", "allow").await.swap_remove(0).1;
        let mut body = exchange(&code);
        if let Some(sent) = sent {
            body["code_verifier"] = sent.into();
        }
        assert_eq!(browser.token(body).await.0, status, "{sent:?}");
    }
    let mut unasked = exchange(&browser.code().await);
    unasked["code_verifier"] = verifier.into();
    assert_eq!(browser.token(unasked).await.0, 403);
}

#[tokio::test]
async fn only_json_is_read() {
    let browser = Browser::new().await;
    let address = format!("{}/oauth/token", browser.sandbox.auth_url());
    let form = browser.http.post(&address).form(&[("grant_type", "refresh_token")]).send().await.expect("an answer");
    assert_eq!(form.status(), StatusCode::BAD_REQUEST);
    assert_eq!(form.json::<Value>().await.expect("JSON")["error"], "invalid_request");
    assert_eq!(error(&browser.token(json!([])).await), (400, "invalid_request"));
    assert_eq!(error(&browser.token(with_client(json!({}))).await), (400, "invalid_request"));
    let password = with_client(json!({ "grant_type": "password" }));
    assert_eq!(error(&browser.token(password).await), (400, "unsupported_grant_type"));
}

#[tokio::test]
async fn a_lost_answer_is_healed_within_the_leeway_and_theft_is_noticed_after() {
    let browser = Browser::new().await;
    let (_, tokens) = browser.exchange(&browser.code().await).await;
    let provider = &browser.sandbox.state().oauth2;
    provider.behave(|behaviour| behaviour.lose_answers = 1);
    let address = format!("{}/oauth/token", browser.sandbox.auth_url());
    let body = with_client(json!({ "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"] }));
    browser.http.post(address).json(&body).send().await.expect_err("the connection is cut");
    assert_eq!(provider.refreshes(), 1, "it happened all the same");

    browser.sandbox.advance(Duration::from_secs(599));
    let (status, healed) = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(status, 200);
    browser.sandbox.advance(Duration::from_secs(1));
    let refused = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(error(&refused), (403, "invalid_grant"));
    assert_eq!(refused.1["error_description"], "Unknown or invalid refresh token.");
    assert_eq!(provider.reuses(), 1);
    assert_eq!(browser.sites(&healed["access_token"]).await.0, 401, "the family is gone");
}

#[tokio::test]
async fn the_hooks_do_what_they_say() {
    let browser = Browser::new().await;
    let provider = &browser.sandbox.state().oauth2;
    let ada = PersonId::new("ada");
    let (_, tokens) = browser.exchange(&browser.code().await).await;
    provider.expire_access(Some(&ada));
    assert_eq!(browser.sites(&tokens["access_token"]).await, (401, json!({ "code": 401, "message": "Unauthorized" })));

    provider.behave(|behaviour| behaviour.omit_refresh_token = true);
    let (_, second) = browser.refresh(&tokens["refresh_token"]).await;
    assert_eq!(second.get("refresh_token"), None);
    assert_eq!(browser.refresh(&tokens["refresh_token"]).await.0, 200, "the old one is still good");

    provider.revoke(Some(&ada));
    provider.behave(|behaviour| behaviour.refusal = Refusal::UnauthorizedClient);
    assert_eq!(error(&browser.refresh(&tokens["refresh_token"]).await), (403, "unauthorized_client"));

    provider.behave(|behaviour| behaviour.only_site = Some(CloudId::new(GLOBEX)));
    let (_, narrow) = browser.exchange(&browser.code().await).await;
    let (_, sites) = browser.sites(&narrow["access_token"]).await;
    assert_eq!((sites.as_array().expect("a list").len(), sites[0]["name"].as_str()), (1, Some("globex")));

    provider.behave(|behaviour| {
        behaviour.omit_refresh_token = false;
        behaviour.leeway = SignedDuration::ZERO;
    });
    assert_eq!(browser.refresh(&narrow["refresh_token"]).await.0, 200);
    assert_eq!(browser.refresh(&narrow["refresh_token"]).await.0, 403);
    assert_eq!(provider.reuses(), 1);
}

#[tokio::test]
async fn me_needs_its_scope_and_connected_apps_end_access() {
    let browser = Browser::new().await;
    let plain = browser.sandbox.token_for("ada", "read:jira-work");
    assert_eq!(browser.get("/me", &plain).await.0, 403);
    let token = browser.sandbox.token_for("grace", "read:me");
    let (status, me) = browser.get("/me", &token).await;
    assert_eq!((status, me["name"].as_str()), (200, Some("Grace Hopper")));
    assert_eq!(browser.get("/oauth/token/accessible-resources", &token).await.1, json!([]), "no Jira scope");

    let apps = format!("{}/connected-apps", browser.sandbox.auth_url());
    let page = browser.http.get(&apps).send().await.expect("an answer").text().await.expect("text");
    assert!(page.contains("Ada Byron") && page.contains("Grace Hopper"), "{page}");
    let form = [("id", field(&page, "id")), ("revoke", "yes")];
    let response = browser.http.post(&apps).form(&form).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/me", &plain).await.0, 401, "the first grant is over");
}
