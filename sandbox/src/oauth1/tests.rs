//! The Data Center token server over HTTP, driven by a signer that is not ours (`oauth1-request`).
use std::sync::LazyLock;
use std::time::Duration;

use oauth::signature_method::rsa_sha1_09::{RsaPrivateKey, RsaSha1};
use oauth1_request as oauth;
use reqwest::{Client, Response, StatusCode, redirect};
use rsa::RsaPublicKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use url::Url;

use crate::{Options, PersonId, Sandbox};

/// Short keys are made quickly; length is not what is tested here.
static KEY: LazyLock<RsaPrivateKey> = LazyLock::new(new_key);

fn new_key() -> RsaPrivateKey {
    RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).expect("a key")
}

fn pem(key: &RsaPrivateKey) -> String {
    RsaPublicKey::from(key).to_public_key_pem(LineEnding::LF).expect("PEM")
}

struct Client1 {
    sandbox: Sandbox,
    http: Client,
}

/// What is signed with; the tests change single parts of it.
#[derive(Clone, Default)]
struct Signed<'a> {
    key: Option<&'a RsaPrivateKey>,
    consumer: Option<&'a str>,
    token: Option<&'a str>,
    verifier: Option<&'a str>,
    callback: Option<&'a str>,
    nonce: Option<&'a str>,
    timestamp: Option<i64>,
}

const OAUTH: [&str; 8] = [
    "oauth_callback",
    "oauth_consumer_key",
    "oauth_nonce",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_token",
    "oauth_verifier",
    "oauth_version",
];

/// Parameters besides OAuth's own.
#[derive(Clone, Copy, Default)]
struct Extra<'a>(&'a [(&'a str, &'a str)]);

impl oauth::Request for Extra<'_> {
    fn serialize<S: oauth::serializer::Serializer>(&self, mut serializer: S) -> S::Output {
        let mut pairs: Vec<_> = self.0.to_vec();
        pairs.extend(OAUTH.map(|name| (name, "")));
        pairs.sort_unstable();
        for (name, value) in pairs {
            match name {
                "oauth_callback" => serializer.serialize_oauth_callback(),
                "oauth_consumer_key" => serializer.serialize_oauth_consumer_key(),
                "oauth_nonce" => serializer.serialize_oauth_nonce(),
                "oauth_signature_method" => serializer.serialize_oauth_signature_method(),
                "oauth_timestamp" => serializer.serialize_oauth_timestamp(),
                "oauth_token" => serializer.serialize_oauth_token(),
                "oauth_verifier" => serializer.serialize_oauth_verifier(),
                "oauth_version" => serializer.serialize_oauth_version(),
                _ => serializer.serialize_parameter(name, value),
            }
        }
        serializer.end()
    }
}

impl Client1 {
    async fn new() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("free ports");
        sandbox.set_consumer_key(pem(&KEY));
        let http = Client::builder().redirect(redirect::Policy::none()).build().expect("a client");
        Self { sandbox, http }
    }

    fn now(&self) -> i64 {
        self.sandbox.clock().now().as_second()
    }

    fn header(&self, method: &str, address: &str, signed: &Signed<'_>, extra: Extra<'_>) -> String {
        let key = signed.key.unwrap_or(&KEY).clone();
        let client = oauth::Credentials::new(signed.consumer.unwrap_or("usher"), "");
        let token = signed.token.map(|token| oauth::Credentials::new(token, ""));
        let mut builder = oauth::Builder::new(client, RsaSha1::new(key));
        builder.token(token);
        if let Some(verifier) = signed.verifier {
            builder.verifier(verifier);
        }
        if let Some(callback) = signed.callback {
            builder.callback(callback);
        }
        if let Some(nonce) = signed.nonce {
            builder.nonce(nonce);
        }
        let timestamp = signed.timestamp.unwrap_or_else(|| self.now());
        builder.timestamp(std::num::NonZeroU64::new(timestamp.unsigned_abs()));
        builder.authorize(method, address, &extra)
    }

    async fn post(&self, path: &str, signed: &Signed<'_>) -> (u16, String) {
        let address = format!("{}/plugins/servlet/oauth/{path}", self.sandbox.dc_url());
        let header = self.header("POST", &address, signed, Extra::default());
        let response = self.http.post(address).header("Authorization", header).send().await.expect("an answer");
        (response.status().as_u16(), response.text().await.expect("text"))
    }

    async fn request_token(&self) -> String {
        let (status, body) = self.post("request-token", &Signed { callback: Some("oob"), ..Signed::default() }).await;
        assert_eq!(status, 200, "{body}");
        get(&body, "oauth_token")
    }

    async fn page(&self, token: &str) -> String {
        let address = format!("{}/plugins/servlet/oauth/authorize?oauth_token={token}", self.sandbox.dc_url());
        self.http.get(address).send().await.expect("an answer").text().await.expect("text")
    }

    async fn answer(&self, page: &str, person: &str, decision: &str) -> Response {
        let form = [
            ("oauth_token", field(page, "oauth_token")),
            ("request", field(page, "request")),
            ("person", person),
            ("decision", decision),
        ];
        let address = format!("{}/plugins/servlet/oauth/authorize", self.sandbox.dc_url());
        self.http.post(address).form(&form).send().await.expect("an answer")
    }

    /// A request token that ada has allowed, and its verification code.
    async fn allowed(&self) -> (String, String) {
        let token = self.request_token().await;
        let page = self.answer(&self.page(&token).await, "ada", "allow").await.text().await.expect("text");
        let (_, rest) = page.split_once("<code id=\"verification-code\">").expect("the code");
        let code = rest.split_once('<').expect("its end").0.to_owned();
        assert!(code.len() == 6 && code.chars().all(|c| c.is_ascii_alphanumeric()), "{code}");
        (token, code)
    }

    async fn exchange(&self, token: &str, verifier: Option<&str>) -> (u16, String) {
        self.post("access-token", &Signed { token: Some(token), verifier, ..Signed::default() }).await
    }

    /// What `authenticate` says to a signed request: the person, or the problem.
    fn who(&self, method: &str, path: &str, signed: &Signed<'_>, extra: Extra<'_>) -> Result<PersonId, String> {
        let address = format!("{}{}", self.sandbox.dc_url(), path.split('?').next().unwrap_or_default());
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .header("Authorization", self.header(method, &address, signed, extra))
            .body(())
            .expect("a request");
        self.judge(&request.into_parts().0)
    }

    fn judge(&self, parts: &http::request::Parts) -> Result<PersonId, String> {
        let state = self.sandbox.state();
        state.oauth1.authenticate(state, parts).map(|caller| caller.person).map_err(|response| {
            let challenge = response.headers()["www-authenticate"].to_str().expect("text");
            let (_, problem) = challenge.split_once("oauth_problem=\"").unwrap_or(("", "none\""));
            problem.split_once('"').expect("a closing quote").0.to_owned()
        })
    }
}

fn get(body: &str, name: &str) -> String {
    let value = url::form_urlencoded::parse(body.as_bytes()).find(|(known, _)| known == name);
    value.unwrap_or_else(|| panic!("{name} in {body}")).1.into_owned()
}

fn field<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("the input");
    rest.split_once('"').expect("a closing quote").0
}

fn problem(answer: &(u16, String)) -> (u16, String) {
    (answer.0, get(&answer.1, "oauth_problem"))
}

#[tokio::test]
async fn the_whole_road_with_a_verification_code() {
    let client = Client1::new().await;
    let (token, code) = client.allowed().await;
    let (status, body) = client.exchange(&token, Some(&code)).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(get(&body, "oauth_expires_in"), "157680000");
    assert_eq!(get(&body, "oauth_authorization_expires_in"), "160272000");
    let access = get(&body, "oauth_token");

    let signed = Signed { token: Some(&access), ..Signed::default() };
    assert_eq!(client.who("GET", "/rest/api/2/myself", &signed, Extra::default()), Ok(PersonId::new("ada")));
    let again = client.exchange(&token, Some(&code)).await;
    assert_eq!(problem(&again), (401, "token_rejected".into()), "a request token is used once");
    assert_eq!(client.sandbox.state().oauth1.exchanges(), 1);
}

#[tokio::test]
async fn the_query_and_text_beyond_ascii_are_signed() {
    let client = Client1::new().await;
    let token = client.sandbox.state().oauth1.issue_access(&PersonId::new("ada"), "usher").token;
    let signed = Signed { token: Some(&token), ..Signed::default() };
    let jql = "summary ~ \"Größe ☃ + 1\" AND a=b&c";
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("jql", jql)
        .append_pair("fields", "*all")
        .append_pair("fields", "-comment")
        .finish();
    let extra = Extra(&[("fields", "*all"), ("fields", "-comment"), ("jql", jql)]);
    let path = format!("/rest/api/2/search?{query}");
    assert_eq!(client.who("GET", &path, &signed, extra), Ok(PersonId::new("ada")));
    assert_eq!(client.who("GET", &path, &signed, Extra::default()), Err("signature_invalid".into()));
    assert_eq!(client.who("GET", "/rest/api/2/search", &signed, extra), Err("signature_invalid".into()));
}

#[tokio::test]
async fn access_token_problems_come_in_jiras_order() {
    let client = Client1::new().await;
    let unknown = client.exchange("nonsense", Some("x")).await;
    assert_eq!(problem(&unknown), (401, "token_rejected".into()));
    let absent = client.post("access-token", &Signed::default()).await;
    assert_eq!(problem(&absent), (400, "parameter_absent".into()));
    assert_eq!(get(&absent.1, "oauth_parameters_absent"), "oauth_token");

    let waiting = client.request_token().await;
    let other_key = new_key();
    let badly_signed = Signed { token: Some(&waiting), key: Some(&other_key), ..Signed::default() };
    let early = client.post("access-token", &badly_signed).await;
    assert_eq!(problem(&early), (401, "permission_unknown".into()), "said before the signature is looked at");

    let refused = client.request_token().await;
    client.answer(&client.page(&refused).await, "", "deny").await;
    assert_eq!(problem(&client.exchange(&refused, Some("x")).await), (401, "permission_denied".into()));

    let (token, code) = client.allowed().await;
    let foreign = Signed { token: Some(&token), consumer: Some("other"), ..Signed::default() };
    assert_eq!(problem(&client.post("access-token", &foreign).await), (401, "token_rejected".into()));
    let absent = client.exchange(&token, None).await;
    assert_eq!(problem(&absent), (400, "parameter_absent".into()));
    assert_eq!(get(&absent.1, "oauth_parameters_absent"), "oauth_verifier");
    assert_eq!(problem(&client.exchange(&token, Some("wrong1")).await), (401, "token_rejected".into()));
    let badly_signed =
        Signed { token: Some(&token), verifier: Some(&code), key: Some(&other_key), ..Signed::default() };
    assert_eq!(problem(&client.post("access-token", &badly_signed).await), (401, "signature_invalid".into()));
    client.sandbox.advance(Duration::from_secs(601));
    assert_eq!(problem(&client.exchange(&token, Some(&code)).await), (401, "token_expired".into()));
}

#[tokio::test]
async fn request_token_problems() {
    let client = Client1::new().await;
    let sent = async |signed: Signed<'static>| problem(&client.post("request-token", &signed).await);
    let base = Signed { callback: Some("oob"), ..Signed::default() };
    assert_eq!(sent(Signed { consumer: Some("other"), ..base.clone() }).await, (401, "consumer_key_unknown".into()));
    assert_eq!(sent(Signed::default()).await, (400, "parameter_absent".into()));
    let rejected = client.post("request-token", &Signed { callback: Some("usher:back"), ..Signed::default() }).await;
    assert_eq!(problem(&rejected), (400, "parameter_rejected".into()));
    assert_eq!(get(&rejected.1, "oauth_parameters_rejected"), "oauth_callback");

    let late = client.post("request-token", &Signed { timestamp: Some(client.now() - 302), ..base.clone() }).await;
    assert_eq!(problem(&late), (400, "timestamp_refused".into()));
    let range = get(&late.1, "oauth_acceptable_timestamps");
    let (from, to) = range.split_once('-').expect("a range");
    assert_eq!(to.parse::<i64>().expect("a number") - from.parse::<i64>().expect("a number"), 600);

    assert_eq!(
        client
            .post("request-token", &Signed { nonce: Some("n1"), timestamp: Some(client.now()), ..base.clone() })
            .await
            .0,
        200
    );
    let at = client.now();
    let twice = Signed { nonce: Some("n2"), timestamp: Some(at), ..base.clone() };
    assert_eq!(client.post("request-token", &twice).await.0, 200);
    assert_eq!(problem(&client.post("request-token", &twice).await), (401, "nonce_used".into()));

    let address = format!("{}/plugins/servlet/oauth/request-token", client.sandbox.dc_url());
    let mut hmac = oauth::Builder::new(oauth::Credentials::new("usher", "secret"), oauth::HMAC_SHA1);
    hmac.token(None::<oauth::Credentials<&str>>).callback("oob");
    let hmac = hmac.post(&address, &());
    let response = client.http.post(address).header("Authorization", hmac).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let challenge = response.headers()["www-authenticate"].to_str().expect("text").to_owned();
    assert!(challenge.contains("oauth_problem=\"signature_method_rejected\""), "{challenge}");
    assert_eq!(response.headers()["content-type"], "application/x-www-form-urlencoded;charset=UTF-8");
}

#[tokio::test]
async fn requests_with_a_dead_token_or_a_replay_are_refused() {
    let client = Client1::new().await;
    let provider = &client.sandbox.state().oauth1;
    let ada = PersonId::new("ada");
    let token = provider.issue_access(&ada, "usher").token;
    let signed = Signed { token: Some(&token), ..Signed::default() };
    let who = |signed: &Signed<'_>| client.who("GET", "/rest/api/2/myself", signed, Extra::default());
    let at = client.now();
    let replay = Signed { nonce: Some("once"), timestamp: Some(at), ..signed.clone() };
    assert_eq!(who(&replay), Ok(ada.clone()));
    assert_eq!(who(&replay), Err("nonce_used".into()));
    assert_eq!(who(&Signed { consumer: Some("other"), ..signed.clone() }), Err("token_rejected".into()));
    let waiting = client.request_token().await;
    assert_eq!(who(&Signed { token: Some(&waiting), ..signed.clone() }), Err("token_rejected".into()));
    let unsigned = http::Request::builder().uri("/rest/api/2/myself").body(()).expect("a request");
    assert_eq!(client.judge(&unsigned.into_parts().0), Err("none".into()));
    let in_query = http::Request::builder().uri(format!("/rest/api/2/myself?oauth_token={token}")).body(());
    assert_eq!(client.judge(&in_query.expect("a request").into_parts().0), Err("none".into()));

    provider.expire_access(Some(&ada));
    assert_eq!(who(&signed), Err("token_expired".into()));
    provider.revoke(Some(&ada));
    assert_eq!(who(&signed), Err("token_rejected".into()));
}

#[tokio::test]
async fn an_access_token_is_renewed_by_its_session() {
    let client = Client1::new().await;
    let provider = &client.sandbox.state().oauth1;
    let access = provider.issue_access(&PersonId::new("grace"), "usher");
    let renew = |handle: &'static str| {
        let address =
            format!("{}/plugins/servlet/oauth/access-token?oauth_session_handle={handle}", client.sandbox.dc_url());
        let base = address.split('?').next().expect("an address").to_owned();
        (address, base)
    };
    let (address, base) = renew("wrong");
    let signed = Signed { token: Some(&access.token), ..Signed::default() };
    let header = client.header("POST", &base, &signed, Extra(&[("oauth_session_handle", "wrong")]));
    let response = client.http.post(address).header("Authorization", header).send().await.expect("an answer");
    assert_eq!(get(&response.text().await.expect("text"), "oauth_problem"), "token_rejected");

    let handle = access.session_handle.as_str();
    let header = client.header("POST", &base, &signed, Extra(&[("oauth_session_handle", handle)]));
    let form = [("oauth_session_handle", handle)];
    let response = client.http.post(&base).header("Authorization", header).form(&form).send().await.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "a form body is signed as well");
    let fresh = get(&response.text().await.expect("text"), "oauth_token");
    let who = |token: &str| {
        client.who("GET", "/rest/api/2/myself", &Signed { token: Some(token), ..Signed::default() }, Extra::default())
    };
    assert_eq!(who(&fresh), Ok(PersonId::new("grace")));
    assert_eq!(who(&access.token), Err("token_rejected".into()), "the old one is gone");
    assert_eq!(provider.renewals(), 1);
}

#[tokio::test]
async fn the_pages_of_data_center() {
    let client = Client1::new().await;
    let token = client.request_token().await;
    let page = client.page(&token).await;
    let nobody = client.answer(&page, "", "allow").await;
    assert_eq!(nobody.status(), StatusCode::BAD_REQUEST);
    assert!(nobody.text().await.expect("text").contains("Choose who you are first."));
    let forged = page.replace(field(&page, "request"), "guess");
    assert_eq!(client.answer(&forged, "ada", "allow").await.status(), StatusCode::BAD_REQUEST);

    client.sandbox.state().oauth1.behave(|behaviour| behaviour.code_in_address_bar = true);
    let response = client.answer(&page, "ada", "allow").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let to = response.headers()["location"].to_str().expect("text").to_owned();
    let verifier = to.split_once("&oauth_verifier=").expect("the code").1;
    let address = format!("{}{to}", client.sandbox.dc_url());
    let shown = client.http.get(address).send().await.expect("an answer").text().await.expect("text");
    assert!(shown.contains("You have successfully authorized 'Usher'") && !shown.contains(verifier), "{shown}");
    assert_eq!(client.exchange(&token, Some(verifier)).await.0, 200);

    let list = format!("{}/plugins/servlet/oauth/users/access-tokens", client.sandbox.dc_url());
    let page = client.http.get(&list).send().await.expect("an answer").text().await.expect("text");
    assert!(page.contains("Ada Byron"), "{page}");
    client.http.post(&list).form(&[("id", field(&page, "id")), ("revoke", "yes")]).send().await.expect("an answer");
    let page = client.http.get(&list).send().await.expect("an answer").text().await.expect("text");
    assert!(page.contains("No app has access."), "{page}");
}

#[tokio::test]
async fn a_callback_address_gets_the_verifier() {
    let client = Client1::new().await;
    for (decision, expected) in [("allow", None), ("deny", Some("denied"))] {
        let signed = Signed { callback: Some("http://127.0.0.1:9/back?a=1"), ..Signed::default() };
        let (_, body) = client.post("request-token", &signed).await;
        let token = get(&body, "oauth_token");
        let response = client.answer(&client.page(&token).await, "linus", decision).await;
        let to = Url::parse(response.headers()["location"].to_str().expect("text")).expect("a URL");
        let verifier = get(to.query().expect("a query"), "oauth_verifier");
        assert_eq!(get(to.query().expect("a query"), "oauth_token"), token);
        assert!(expected.is_none_or(|expected| verifier == expected), "{verifier}");
    }
}
