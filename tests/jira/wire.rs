//! Sending: no redirects, no second change, one renewal, limits.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicUsize, Ordering},
};

use async_trait::async_trait;
use serde_json::{Map, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use usher::{
    clock::ManualClock,
    error::JiraError,
    jira::{Auth, Body, Category, Credential, NewIssue, OperationId, Readers, Signer},
};

use super::server::{Reply, Seen, Server, Ticket, answer, cloud, corp, issue, json, key, limits, project, with_ticket};

const SCOPE: &str = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#;

fn comment() -> Body {
    Body::Adf(json!({"type": "doc", "version": 1, "content": []}))
}

fn new_issue() -> NewIssue {
    NewIssue {
        project: project("WEB"),
        kind: "1".parse().unwrap(),
        summary: "Search box loses focus".into(),
        description: None,
        fields: Map::new(),
        operation: OperationId::random(),
    }
}

#[tokio::test]
async fn an_issue_costs_one_request_and_leads_nowhere_else() {
    let elsewhere = Server::start(|_| json(200, &json!({}))).await;
    let address = elsewhere.url.clone();
    let jira = Server::start(move |_| json(200, &issue("WEB-12", &address))).await;
    let found = cloud(&jira.url).issues().get(&key("web-12")).await.unwrap();
    assert_eq!((found.summary.as_str(), found.kind.as_str()), ("Login fails", "Bug"));
    assert_eq!(found.status.category, Category::ToDo);
    assert_eq!(found.assignee.unwrap().avatar, None, "a picture over plain http is not handed on");
    assert_eq!(jira.asked(), ["GET /ex/jira/cloud-1/rest/api/3/issue/WEB-12"]);
    assert!(jira.seen()[0].query.starts_with("fields=project%2Csummary%2C"), "{}", jira.seen()[0].query);
    assert_eq!(elsewhere.asked(), [""; 0]);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Server::start(|_| json(200, &issue("WEB-12", ""))).await;
        let location = elsewhere.url.clone();
        let jira = Server::start(move |_| answer(status, &[("location", &location)], "")).await;
        let client = cloud(&jira.url);
        for error in [
            client.issues().get(&key("WEB-12")).await.unwrap_err(),
            client.comments().add(&key("WEB-12"), &comment()).await.unwrap_err(),
        ] {
            assert_eq!(error.to_string(), format!("unreadable answer: a redirect with status {status}"));
        }
        assert_eq!(jira.asked().len(), 2);
        assert_eq!(elsewhere.asked(), [""; 0], "{status}");
    }
}

#[tokio::test]
async fn an_old_token_is_renewed_once_even_for_a_change() {
    let jira = Server::start(|seen| match seen.authorization.as_str() {
        "Bearer token-1" => json(201, &json!({"id": "7", "body": {}})),
        _ => answer(401, &[], r#"{"code":401,"message":"Unauthorized"}"#),
    })
    .await;
    let client = with_ticket(&jira.url, Arc::new(Ticket { renewals: 9, renewed: AtomicI64::new(0) }));
    assert_eq!(client.comments().add(&key("WEB-1"), &comment()).await.unwrap().id.as_str(), "7");
    assert_eq!(jira.asked().len(), 2);

    let jira = Server::start(|_| answer(401, &[], "{}")).await;
    let ticket = Arc::new(Ticket { renewals: 9, renewed: AtomicI64::new(0) });
    let client = with_ticket(&jira.url, Arc::clone(&ticket) as Arc<dyn Credential>);
    assert_eq!(client.users().myself().await, Err(JiraError::Unauthorized));
    assert_eq!((jira.asked().len(), ticket.renewed.load(Ordering::SeqCst)), (2, 1));

    let jira = Server::start(|_| answer(401, &[], SCOPE)).await;
    let ticket = Arc::new(Ticket { renewals: 9, renewed: AtomicI64::new(0) });
    let client = with_ticket(&jira.url, Arc::clone(&ticket) as Arc<dyn Credential>);
    assert_eq!(client.users().myself().await, Err(JiraError::ScopeMissing { needs: &[] }));
    assert_eq!((jira.asked().len(), ticket.renewed.load(Ordering::SeqCst)), (1, 0));
}

/// Reads a whole request, then breaks the connection. Counts.
async fn breaking() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut buffer = [0; 4096];
            if stream.read(&mut buffer).await.unwrap() > 0 {
                counter.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (url, count)
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_not_sent_again() {
    let (url, count) = breaking().await;
    let error = cloud(&url).issues().create(&new_issue()).await.unwrap_err();
    assert!(matches!(error, JiraError::Unknown { .. }), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 1);

    let error = cloud(&url).users().myself().await.unwrap_err();
    assert!(matches!(error, JiraError::Away { .. }), "{error}");
    assert_eq!(count.load(Ordering::SeqCst), 3, "a read is sent again once");

    for reply in
        [|| Reply::Never, || answer(500, &[], "{}"), || answer(201, &[], "{\"id\":"), || answer(200, &[], "<html>")]
    {
        let jira = Server::start(move |_| reply()).await;
        let error = cloud(&jira.url).issues().create(&new_issue()).await.unwrap_err();
        assert!(matches!(error, JiraError::Unknown { .. }), "{error}");
        assert_eq!(jira.asked().len(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_sent_changed_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = cloud(&url).issues().create(&new_issue()).await.unwrap_err();
    let JiraError::Away { detail } = &error else { panic!("{error}") };
    assert!(detail.starts_with("not sent: ") && !detail.contains("127.0.0.1"), "{detail}");
}

#[tokio::test]
async fn a_read_is_tried_again_after_an_error_of_jiras_own() {
    let count = AtomicUsize::new(0);
    let jira = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => answer(502, &[("content-type", "text/html")], "<html>Bad gateway"),
        _ => json(200, &json!({"accountId": "a", "displayName": "Ada"})),
    })
    .await;
    assert_eq!(cloud(&jira.url).users().myself().await.unwrap().name, "Ada");

    let jira = Server::start(|_| answer(503, &[("retry-after", "30")], "")).await;
    assert_eq!(cloud(&jira.url).users().myself().await, Err(JiraError::Away { detail: "status 503".into() }));
    assert_eq!(jira.asked().len(), 1);

    let jira = Server::start(|_| answer(429, &[("retry-after", "30")], "")).await;
    let error = cloud(&jira.url).users().myself().await.unwrap_err();
    assert_eq!(error, JiraError::RateLimited { retry_after: Some(std::time::Duration::from_secs(30)) });
    assert_eq!(jira.asked().len(), 1);
}

#[tokio::test]
async fn a_page_or_a_flood_is_not_read() {
    let jira = Server::start(|_| answer(200, &[("content-type", "text/html")], "<html>Please log in")).await;
    let error = cloud(&jira.url).issues().get(&key("WEB-1")).await.unwrap_err();
    assert_eq!(error.to_string(), "unreadable answer: a page instead of JSON");

    let jira = Server::start(|_| json(200, &json!({"accountId": "x".repeat(limits().body)}))).await;
    let error = cloud(&jira.url).users().myself().await.unwrap_err();
    assert_eq!(error.to_string(), "unreadable answer: the answer is larger than 65536 bytes");

    // No length is announced, and the body has no end.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n").await;
        while stream.write_all(&[b' '; 4096]).await.is_ok() {}
    });
    let error = cloud(&url).users().myself().await.unwrap_err();
    assert_eq!(error.to_string(), "unreadable answer: the answer is larger than 65536 bytes");
}

#[derive(Debug)]
struct Signed(Arc<Signer>);

#[async_trait]
impl Credential for Signed {
    async fn authorize(&self) -> Result<Auth, JiraError> {
        Ok(Auth::OAuth1 { signer: Arc::clone(&self.0), token: "token".into(), generation: 0 })
    }

    async fn renew(&self, _stale: &Auth) -> Result<Auth, JiraError> {
        Err(JiraError::Unauthorized)
    }
}

fn signed() -> Arc<Signed> {
    let pem = include_str!("../../src/jira/fixtures/consumer-for-tests.pem").into();
    let clock = Arc::new(ManualClock::at(jiff::Timestamp::from_second(1_000_000).unwrap()));
    Arc::new(Signed(Arc::new(Signer::new("usher", &pem, clock).unwrap())))
}

fn oauth(seen: &Seen, name: &str) -> String {
    let start = seen.authorization.split_once(&format!("{name}=\"")).unwrap().1;
    start.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_refused_nonce_or_timestamp_is_signed_again_once_even_for_a_change() {
    let made = || json(201, &json!({"id": "10007", "key": "OPS-7"}));
    let count = AtomicUsize::new(0);
    let jira = Server::start(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 => answer(401, &[("www-authenticate", r#"OAuth realm="x",oauth_problem="nonce_used""#)], ""),
        _ => made(),
    })
    .await;
    corp(&jira.url, signed()).issues().create(&new_issue()).await.unwrap();
    assert_eq!(jira.asked(), ["POST /jira/rest/api/2/issue"; 2]);
    assert_ne!(oauth(&jira.seen()[0], "oauth_nonce"), oauth(&jira.seen()[1], "oauth_nonce"));

    let jira = Server::start(move |seen| match oauth(seen, "oauth_timestamp").as_str() {
        "2000" => made(),
        _ => answer(400, &[], "oauth_problem=timestamp_refused&oauth_acceptable_timestamps=1700-2300"),
    })
    .await;
    corp(&jira.url, signed()).issues().create(&new_issue()).await.unwrap();
    assert_eq!(jira.asked().len(), 2);

    let jira =
        Server::start(|_| answer(400, &[("date", "Thu, 01 Jan 1970 01:00:00 GMT")], "oauth_problem=timestamp_refused"))
            .await;
    let error = corp(&jira.url, signed()).issues().create(&new_issue()).await.unwrap_err();
    assert_eq!((error, jira.asked().len()), (JiraError::ClockSkew, 2));
    assert_eq!(oauth(&jira.seen()[1], "oauth_timestamp"), "3600");
}

#[tokio::test]
async fn a_lost_create_is_found_by_its_mark() {
    let new = new_issue();
    let mark = json!(new.operation);
    let jira = Server::start(move |seen| match seen.path.as_str() {
        "/ex/jira/cloud-1/rest/api/3/search/jql" => {
            json(200, &json!({"isLast": true, "issues": [issue("WEB-58", ""), issue("WEB-57", "")]}))
        }
        path => {
            let mut found = issue(path.rsplit_once('/').unwrap().1, "");
            if path.ends_with("WEB-57") {
                found["properties"] = json!({"usher.operation": {"id": mark}});
            }
            json(200, &found)
        }
    })
    .await;
    let client = cloud(&jira.url);
    let found = client.issues().find_by_operation(&new).await.unwrap().unwrap();
    assert_eq!(found.key, key("WEB-57"));
    assert_eq!(
        jira.seen()[0].body["jql"],
        r#"project = "WEB" AND reporter = currentUser() AND created >= "-10m" ORDER BY created DESC"#
    );
    let other = OperationId::random();
    assert_eq!(client.issues().find_by_operation(&NewIssue { operation: other, ..new.clone() }).await.unwrap(), None);
}

#[tokio::test]
async fn a_create_carries_its_mark() {
    let jira = Server::start(|_| json(201, &json!({"id": "10007", "key": "WEB-57", "self": "x"}))).await;
    let new = new_issue();
    assert_eq!(cloud(&jira.url).issues().create(&new).await.unwrap().key, key("WEB-57"));
    assert_eq!(
        jira.seen()[0].body,
        json!({
            "fields": {"project": {"key": "WEB"}, "issuetype": {"id": "1"}, "summary": "Search box loses focus"},
            "properties": [{"key": "usher.operation", "value": {"id": new.operation}}],
        })
    );
}

#[tokio::test]
async fn a_comment_says_who_may_read_it() {
    let jira = Server::start(|seen| match seen.method.as_str() {
        "GET" => json(200, &issue("WEB-1", "")),
        _ => json(201, &json!({"id": "7", "body": {}})),
    })
    .await;
    let client = cloud(&jira.url);
    let table = [
        (Readers::Everyone, json!(null), json!(null)),
        (Readers::Role("Developers".into()), json!({"type": "role", "value": "Developers"}), json!(null)),
        (Readers::Group("leads".into()), json!({"type": "group", "value": "leads"}), json!(null)),
        (Readers::Team, json!(null), json!([{"key": "sd.public.comment", "value": {"internal": true}}])),
    ];
    for (readers, visibility, properties) in table {
        client.comments().add_for(&key("WEB-1"), &comment(), &readers).await.unwrap();
        let sent = jira.seen().last().unwrap().body.clone();
        assert_eq!((&sent["visibility"], &sent["properties"]), (&visibility, &properties), "{readers:?}");
    }
}

#[tokio::test]
async fn a_comment_of_another_issue_is_not_read_through_this_one() {
    let jira = Server::start(|seen| match seen.path.rsplit('/').next().unwrap_or_default() {
        "WEB-1" => json(200, &issue("WEB-1", "")),
        number => {
            let of = if number == "8" { "10001" } else { "99999" };
            let address = format!("https://acme.example/rest/api/3/issue/{of}/comment/{number}");
            json(200, &json!({"id": number, "self": address, "body": {}}))
        }
    })
    .await;
    let client = cloud(&jira.url);
    let found = client.issues().get(&key("WEB-1")).await.unwrap();
    assert!(client.comments().get(&found, &"8".parse().unwrap()).await.is_ok());
    let other = client.comments().get(&found, &"7".parse().unwrap()).await;
    assert!(matches!(other, Err(JiraError::NotFound { .. })), "{other:?}");
}
