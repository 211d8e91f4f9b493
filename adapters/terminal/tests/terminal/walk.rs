//! Walking connect pages, against pages like those of the bot and of Jira.

use std::{net::SocketAddr, sync::Arc};

use crate::support::{Session, options};
use axum::{
    Form, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use parking_lot::Mutex;
use serde::Deserialize;
use usher_terminal::{Mode, TerminalOptions, Walker};

/// What the pages saw of the visitor.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

#[derive(Deserialize)]
struct Decision {
    #[serde(default)]
    person: String,
    #[serde(default)]
    decision: String,
    #[serde(default)]
    state: String,
}

fn cookie(headers: &HeaderMap) -> String {
    headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or("none").to_owned()
}

fn told(headers: &HeaderMap, name: &str) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("none").to_owned()
}

async fn connect() -> Response {
    let page = "<html><head><title>x</title><style>p{}</style></head><body><main><h1>Link Ada</h1>\
                <form method=post><button>Continue to Atlassian</button></form></main></body></html>";
    ([("referrer-policy", "no-referrer")], Html(page)).into_response()
}

async fn begin(State(seen): State<Seen>, headers: HeaderMap) -> Response {
    seen.0.lock().push(format!("{} {}", told(&headers, "origin"), told(&headers, "sec-fetch-site")));
    let cookies = [
        (header::SET_COOKIE, "usher=abc; Path=/; HttpOnly; SameSite=Lax"),
        (header::SET_COOKIE, "__Host-usher=def; Path=/; Secure; HttpOnly"),
    ];
    let mut response = Redirect::to("/authorize?state=s1").into_response();
    for (name, value) in cookies {
        response.headers_mut().append(name, value.parse().unwrap());
    }
    response
}

async fn authorize() -> Html<&'static str> {
    Html(
        "<body><h1>Who are you?</h1><form method=POST action='/decide'><input type=hidden name=state value=s1>\
         <label><input type=radio name=person value=ada> Ada Byron</label>\
         <label><input type=radio name=person value=grace checked> Grace Hopper</label>\
         <button name=decision value=deny>Deny</button><button name=decision value=allow>Allow</button></form>",
    )
}

async fn decide(State(seen): State<Seen>, Form(form): Form<Decision>) -> Redirect {
    seen.0.lock().push(format!("{} {} {}", form.person, form.decision, form.state));
    Redirect::to(&format!("/callback?person={}&decision={}", form.person, form.decision))
}

async fn callback(State(seen): State<Seen>, headers: HeaderMap, Query(form): Query<Decision>) -> Html<&'static str> {
    seen.0.lock().push(cookie(&headers));
    match form.decision.as_str() {
        "allow" => Html("<main><p>Almost there.</p><p>Send <code id=link-code>K7Q2-9XMD</code> to Usher.</p></main>"),
        _ => Html(
            "<main><h1>Nothing was linked</h1><p>You said <b>no</b> in Jira.</p><script>x</script>\
                   <form method=post><button>Start again</button></form></main>",
        ),
    }
}

async fn data_center() -> Html<&'static str> {
    Html(
        "<form method=post><select name=person><option value=ada>Ada</option><option value=grace>Grace</option></select>\
         <input type=hidden name=oauth_token value=t><input type=submit name=decision value=allow>\
         <input type=submit name=decision value=deny></form>",
    )
}

async fn data_center_decided(Form(form): Form<Decision>) -> Html<String> {
    Html(match form.decision.as_str() {
        "allow" => format!("<p>Your verification code is <code id='verification-code'>code{}</code></p>", form.person),
        _ => "<p>Access was denied.</p>".to_owned(),
    })
}

async fn bare() -> Html<&'static str> {
    Html("<form method=post><input name=person><button name=decision value=allow>Allow</button></form>")
}

async fn bare_decided() -> Redirect {
    Redirect::to("http://example.invalid/done?oauth_token=t&oauth_verifier=GhX91b")
}

async fn serve() -> (SocketAddr, Seen) {
    let seen = Seen::default();
    let router = Router::new()
        .route("/connect/t1", get(connect).post(begin))
        .route("/authorize", get(authorize))
        .route("/decide", axum::routing::post(decide))
        .route("/callback", get(callback))
        .route("/plugins/servlet/oauth/authorize", get(data_center).post(data_center_decided))
        .route("/bare", get(bare).post(bare_decided))
        .route("/away", get(async || Redirect::to("http://example.invalid/")))
        .route("/circle", get(async || Redirect::to("/circle")))
        .route("/gone", get(async || (StatusCode::GONE, Html("<p>This link is used up.</p>"))))
        .route("/large", get(async || Html("x".repeat(2 * 1024 * 1024))))
        .with_state(seen.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, seen)
}

#[tokio::test]
async fn the_cloud_pages_end_with_the_code() {
    let (address, seen) = serve().await;
    let url = format!("http://{address}/connect/t1");
    let code = Walker::new().approve(&url, "Ada Byron", false).await;
    assert_eq!(code.unwrap(), "K7Q2-9XMD");
    assert_eq!(*seen.0.lock(), ["null same-origin", "ada allow s1", "usher=abc; __Host-usher=def"]);
}

#[tokio::test]
async fn a_refusal_ends_with_what_the_page_says() {
    let (address, seen) = serve().await;
    let url = format!("http://{address}/connect/t1");
    let told = Walker::new().approve(&url, "grace", true).await.unwrap_err();
    assert_eq!(told, "Nothing was linked. You said no in Jira.");
    assert_eq!(seen.0.lock()[1], "grace deny s1");
    let told = Walker::new().approve(&url, "linus", false).await.unwrap_err();
    assert_eq!(told, "There is no `linus` on the page. Choose one of: ada, grace.");
}

#[tokio::test]
async fn the_data_center_pages_end_with_the_code() {
    let (address, _) = serve().await;
    let url = format!("http://{address}/plugins/servlet/oauth/authorize");
    assert_eq!(Walker::new().approve(&url, "grace", false).await.unwrap(), "codegrace");
    assert_eq!(Walker::new().approve(&url, "grace", true).await.unwrap_err(), "Access was denied.");
    // A page without a code has it in the address.
    let url = format!("http://{address}/bare");
    assert_eq!(Walker::new().approve(&url, "grace", false).await.unwrap(), "GhX91b");
}

#[tokio::test]
async fn it_stays_on_this_machine() {
    let (address, _) = serve().await;
    for (url, told) in [
        (
            "https://example.invalid/connect/x",
            "example.invalid is not on this machine. Open the link in a browser instead.",
        ),
        (
            "http://127.0.0.1.example.invalid/",
            "127.0.0.1.example.invalid is not on this machine. Open the link in a browser instead.",
        ),
        ("http://10.0.0.1/", "10.0.0.1 is not on this machine. Open the link in a browser instead."),
        ("http://[2001:db8::1]/", "[2001:db8::1] is not on this machine. Open the link in a browser instead."),
        ("http://user@example.invalid/", "example.invalid is not on this machine. Open the link in a browser instead."),
        ("file:///etc/passwd", "Only web pages can be opened."),
        ("nonsense", "This is not a link."),
        ("http://127.0.0.1:1/", "127.0.0.1:1 does not answer."),
        (
            &format!("http://{address}/away"),
            "example.invalid is not on this machine. Open the link in a browser instead.",
        ),
        (&format!("http://{address}/circle"), "The pages behind this link lead in a circle."),
        (&format!("http://{address}/gone"), "This link is used up."),
        (&format!("http://{address}/large"), "The page is too large."),
    ] {
        assert_eq!(Walker::new().approve(url, "ada", false).await.unwrap_err(), told, "{url}");
    }
}

#[tokio::test]
async fn scripts_approve_with_a_line() {
    let (address, _) = serve().await;
    let mut session = Session::start(TerminalOptions { demo: true, ..options(Mode::JsonLines) });
    session.line().await;
    session.send(&format!(r#"{{"user":"ada","approve":"http://{address}/connect/t1","as":"ada"}}"#)).await;
    assert_eq!(
        session.until_done(1).await,
        [r#"{"event":"code","user":"ada","code":"K7Q2-9XMD"}"#, r#"{"event":"done","line":1}"#]
    );
    session.send(&format!(r#"{{"user":"ada","approve":"http://{address}/gone","as":"ada","deny":true}}"#)).await;
    assert_eq!(session.until_done(2).await[0], r#"{"event":"error","line":2,"text":"This link is used up."}"#);
}

#[tokio::test]
async fn people_approve_with_a_command() {
    let (address, _) = serve().await;
    let sandbox_people = vec!["ada".to_owned(), "grace".to_owned()];
    let options = TerminalOptions { demo: true, sandbox_people, ..options(Mode::Interactive) };
    let mut session = Session::start(options);
    let link = usher_chat::Link { label: "Open the page".into(), url: format!("http://{address}/connect/t1") };
    let reply = usher_chat::Reply { links: vec![link], ..usher_chat::Reply::private("Open this page.") };
    let ada = usher_chat::Destination::Person(usher_chat::Person::new(usher_chat::Platform::TERMINAL, "ada"));
    usher_chat::ChatAdapter::send(&session.terminal, &ada, reply).await.unwrap();
    for line in ["/as linus", "/approve", "grace", "/as ada", "/approve deny"] {
        session.send(line).await;
    }
    let (_, said) = session.finish().await;
    for part in [
        format!("usher in dm (only you)\n  Open this page.\n  ‹Open the page› http://{address}/connect/t1\n"),
        "Which person of the sandbox are you: ada, grace? /cancel leaves.".to_owned(),
        "who › grace\n  The page shows the code K7Q2-9XMD.".to_owned(),
        "ada #eng › /approve deny\n  No code: Nothing was linked".to_owned(),
    ] {
        assert!(said.contains(&part), "{part}\n{said}");
    }
}
