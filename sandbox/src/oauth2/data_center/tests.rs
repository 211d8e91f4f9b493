//! Data Center's provider over HTTP: the page, the exchange, the refresh, and every refusal.
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{Client, Response, redirect};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{Options, Sandbox};

const REDIRECT: &str = "http://127.0.0.1:8080/oauth/callback/corp";
const VERIFIER: &str = "a verifier of at least forty-three characters";

struct App {
    sandbox: Sandbox,
    http: Client,
}

impl App {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("free ports");
        let http = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
        Self { sandbox, http }
    }

    async fn open(&self, change: &[(&str, Option<&str>)]) -> Response {
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER));
        let mut pairs = vec![
            ("client_id", "usher-corp"),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("state", "a b&c"),
            ("scope", "READ WRITE"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in change {
            pairs.retain(|(known, _)| known != name);
            pairs.extend(value.map(|value| (*name, value)));
        }
        let address = format!("{}/rest/oauth2/latest/authorize", self.sandbox.dc_url());
        self.http.get(Url::parse_with_params(&address, pairs).expect("a URL")).send().await.expect("an answer")
    }

    /// Walks the page; what the browser brings back.
    async fn walk(&self, change: &[(&str, Option<&str>)], person: &str, decision: &str) -> Vec<(String, String)> {
        let opened = self.open(change).await;
        let page = format!("{}{}", self.sandbox.dc_url(), location(&opened));
        let text = self.http.get(&page).send().await.expect("an answer").text().await.expect("text");
        let request =
            text.split_once("name=\"request\" value=\"").expect("a form").1.split_once('"').expect("its end").0;
        let form = [("request", request), ("person", person), ("decision", decision)];
        let target = page.split_once('?').expect("a query").0;
        brought(&self.http.post(target).form(&form).send().await.expect("an answer"))
    }

    async fn code(&self) -> String {
        self.walk(&[], "ada", "allow").await.swap_remove(0).1
    }

    async fn token(&self, form: &[(&str, &str)], change: &[(&str, Option<&str>)]) -> (u16, Value) {
        let mut form = form.to_vec();
        form.extend([("client_id", "usher-corp"), ("client_secret", "usher-corp-secret"), ("redirect_uri", REDIRECT)]);
        for (name, value) in change {
            form.retain(|(known, _)| known != name);
            form.extend(value.map(|value| (*name, value)));
        }
        let address = format!("{}/rest/oauth2/latest/token", self.sandbox.dc_url());
        let response = self.http.post(address).form(&form).send().await.expect("an answer");
        (response.status().as_u16(), response.json().await.expect("JSON"))
    }

    async fn exchange(&self, code: &str, change: &[(&str, Option<&str>)]) -> (u16, Value) {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)], change).await
    }

    async fn refresh(&self, token: &Value, change: &[(&str, Option<&str>)]) -> (u16, Value) {
        let token = token.as_str().expect("a refresh token");
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)], change).await
    }

    async fn ask(&self, post: bool, path: &str, token: &Value) -> u16 {
        let address = format!("{}/rest/api/2/{path}", self.sandbox.dc_url());
        let request =
            if post { self.http.post(address).json(&json!({ "body": "hello" })) } else { self.http.get(address) };
        let token = token.as_str().expect("a token");
        request.bearer_auth(token).send().await.expect("an answer").status().as_u16()
    }
}

fn location(response: &Response) -> String {
    response.headers()["location"].to_str().expect("text").to_owned()
}

fn brought(response: &Response) -> Vec<(String, String)> {
    let to = Url::parse(&location(response)).expect("a URL");
    assert!(to.as_str().starts_with(REDIRECT), "{to}");
    to.query_pairs().into_owned().collect()
}

fn error(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1["error"].as_str().expect("an error"))
}

#[tokio::test]
async fn the_whole_road_of_a_consent() {
    let app = App::new().await;
    let answer = app.walk(&[], "ada", "allow").await;
    assert_eq!((answer[0].0.as_str(), &answer[1]), ("code", &("state".to_owned(), "a b&c".to_owned())));
    let (status, tokens) = app.exchange(&answer[0].1, &[]).await;
    assert_eq!((status, &tokens["token_type"], &tokens["expires_in"]), (200, &json!("bearer"), &json!(3600)));
    assert_eq!(tokens.get("scope"), None);
    assert_eq!(app.ask(false, "myself", &tokens["access_token"]).await, 200);
    assert_eq!(app.ask(true, "issue/OPS-2/comment", &tokens["access_token"]).await, 201);

    let (status, fresh) = app.refresh(&tokens["refresh_token"], &[]).await;
    assert_eq!(status, 200);
    assert_eq!(app.ask(false, "myself", &tokens["access_token"]).await, 401, "the older pair is gone at once");
    assert_eq!(app.ask(false, "myself", &fresh["access_token"]).await, 200);
    assert_eq!(error(&app.refresh(&tokens["refresh_token"], &[]).await), (400, "invalid_grant"));
    assert_eq!(app.sandbox.state().dc_oauth2.reuses(), 1);
    assert_eq!(app.ask(false, "myself", &fresh["access_token"]).await, 401, "a token that comes back ends the grant");
}

#[tokio::test]
async fn what_is_wrong_goes_back_to_the_app_where_that_is_known() {
    let app = App::new().await;
    for change in [
        ("client_id", None),
        ("client_id", Some("other")),
        ("redirect_uri", None),
        ("redirect_uri", Some("http://127.0.0.1:8080/oauth/callback/corp/")),
    ] {
        let response = app.open(&[change]).await;
        assert_eq!(response.status(), 400, "{change:?}");
        assert!(!response.headers().contains_key("location"));
    }
    for (change, wanted) in [
        (("response_type", Some("token")), "unsupported_response_type"),
        (("scope", None), "invalid_scope"),
        (("scope", Some("read:jira-work")), "invalid_scope"),
        (("scope", Some("ADMIN")), "invalid_scope"),
        (("code_challenge", None), "invalid_request"),
        (("code_challenge", Some("short")), "invalid_request"),
        (("code_challenge_method", None), "invalid_request"),
        (("code_challenge_method", Some("plain")), "invalid_request"),
    ] {
        let back = brought(&app.open(&[change]).await);
        assert_eq!(back[0], ("error".to_owned(), wanted.to_owned()), "{change:?}");
        assert_eq!(back.last().expect("a state").0, "state");
    }
    let denied = app.walk(&[], "", "deny").await;
    assert_eq!(denied[0], ("error".to_owned(), "access_denied".to_owned()));
}

#[tokio::test]
async fn a_code_is_good_once_for_ten_seconds_and_for_its_verifier() {
    let app = App::new().await;
    let code = app.code().await;
    assert_eq!(error(&app.exchange(&code, &[("client_secret", Some("guess"))]).await), (401, "invalid_client"));
    assert_eq!(error(&app.exchange(&code, &[("client_id", Some("other"))]).await), (401, "invalid_client"));
    let (status, tokens) = app.exchange(&code, &[]).await;
    assert_eq!(status, 200);
    assert_eq!(error(&app.exchange(&code, &[]).await), (400, "invalid_grant"));
    assert_eq!(app.ask(false, "myself", &tokens["access_token"]).await, 401, "the second use ends the grant");
    for change in [
        ("code_verifier", None),
        ("code_verifier", Some("another verifier of more than forty-three characters")),
        ("redirect_uri", Some("http://127.0.0.1:8080/")),
        ("redirect_uri", None),
    ] {
        let code = app.code().await;
        assert_eq!(error(&app.exchange(&code, &[change]).await), (400, "invalid_grant"), "{change:?}");
    }
    let late = app.code().await;
    app.sandbox.advance(Duration::from_secs(10));
    assert_eq!(error(&app.exchange(&late, &[]).await), (400, "invalid_grant"));
}

#[tokio::test]
async fn a_refresh_names_the_address_and_only_forms_are_read() {
    let app = App::new().await;
    let (_, tokens) = app.exchange(&app.code().await, &[]).await;
    let refused = app.refresh(&tokens["refresh_token"], &[("redirect_uri", None)]).await;
    assert_eq!(refused, (400, json!({ "error": "invalid_grant", "error_description": "" })));
    assert_eq!(app.refresh(&tokens["refresh_token"], &[]).await.0, 200);
    let address = format!("{}/rest/oauth2/latest/token", app.sandbox.dc_url());
    let json = json!({ "grant_type": "refresh_token" });
    assert_eq!(app.http.post(address).json(&json).send().await.expect("an answer").status(), 500);
    let password = app.token(&[("grant_type", "password")], &[]).await;
    assert_eq!(error(&password), (400, "unsupported_grant_type"));
}

#[tokio::test]
async fn scopes_hold_and_the_profile_withdraws() {
    let app = App::new().await;
    let code = app.walk(&[("scope", Some("READ"))], "ada", "allow").await.swap_remove(0).1;
    let (_, tokens) = app.exchange(&code, &[]).await;
    assert_eq!(app.ask(false, "issue/OPS-2", &tokens["access_token"]).await, 200);
    assert_eq!(app.ask(true, "issue/OPS-2/comment", &tokens["access_token"]).await, 403);
    let profile = format!("{}/secure/ViewProfile.jspa", app.sandbox.dc_url());
    let page = app.http.get(&profile).send().await.expect("an answer").text().await.expect("text");
    let id = page.split_once("name=\"id\" value=\"").expect("a grant").1.split_once('"').expect("its end").0;
    app.http.post(&profile).form(&[("id", id), ("revoke", "yes")]).send().await.expect("an answer");
    assert_eq!(app.ask(false, "issue/OPS-2", &tokens["access_token"]).await, 401);
    assert_eq!(error(&app.refresh(&tokens["refresh_token"], &[]).await), (400, "invalid_grant"));
}
