//! Faults on order, and the record of calls.
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use usher_sandbox::{Effect, Fault};

use crate::support::{cloud, doc, sandbox};

#[tokio::test]
async fn refusals_on_order_hit_the_next_matching_requests_only() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let busy = Effect::TooMany { retry_after: Some(7), reason: Some("jira-burst-based".into()) };
    sandbox.fail(Fault::once("GET", "/issue/", busy).times(2));
    assert_eq!(ada.get("/myself").await.0, 200);
    let answer = ada.request(reqwest::Method::GET, "/issue/DEMO-1").send().await.expect("an answer");
    assert_eq!(answer.status(), 429);
    assert_eq!(
        (&answer.headers()["retry-after"], &answer.headers()["ratelimit-reason"]),
        (&"7".parse().unwrap(), &"jira-burst-based".parse().unwrap())
    );
    assert_eq!(ada.get("/issue/DEMO-1").await.0, 429);
    assert_eq!(ada.get("/issue/DEMO-1").await.0, 200);
    sandbox.fail(Fault::once("", "", Effect::Status { status: 503, body: None }));
    assert_eq!(ada.get("/issue/DEMO-1").await.0, 503);
    sandbox.fail(Fault::once("", "", Effect::Html { status: 200 }));
    let (status, page) = ada.get("/issue/DEMO-1").await;
    assert!(status == 200 && page.as_str().is_some_and(|page| page.starts_with("<!doctype html>")));
}

#[tokio::test]
async fn a_reset_does_nothing_and_a_lost_answer_did_everything() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let comments = || sandbox.issue("DEMO-1").expect("an issue")["comments"].as_array().map_or(0, Vec::len);
    let before = comments();
    let send =
        || ada.request(reqwest::Method::POST, "/issue/DEMO-1/comment").json(&json!({"body": doc("once")})).send();
    sandbox.fail(Fault::once("POST", "/comment", Effect::Reset));
    assert!(send().await.is_err());
    assert_eq!(comments(), before);
    sandbox.fail(Fault::once("POST", "/comment", Effect::LostAnswer));
    assert!(send().await.is_err());
    assert_eq!(comments(), before + 1);
    assert_eq!(send().await.expect("an answer").status(), 201);
    let calls = sandbox.calls();
    let statuses: Vec<_> = calls.iter().map(|call| (call.status, call.person.as_deref())).collect();
    assert_eq!(statuses, [(None, None), (None, Some("ada")), (Some(201), Some("ada"))]);
}

#[tokio::test]
async fn answers_can_be_slow() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    sandbox.set_latency(Duration::from_millis(30));
    sandbox.fail(Fault::once("", "", Effect::Slow { ms: 30 }));
    let begin = Instant::now();
    assert_eq!(ada.get("/myself").await.0, 200);
    assert!(begin.elapsed() >= Duration::from_millis(60));
}

#[tokio::test]
async fn the_record_says_who_called_what() {
    let sandbox = sandbox().await;
    let (ada, linus) = (cloud(&sandbox, "ada"), cloud(&sandbox, "linus"));
    ada.request(reqwest::Method::GET, "/issue/DEMO-1?fields=summary")
        .header("user-agent", "usher/0")
        .send()
        .await
        .expect("an answer");
    linus.get("/issue/HR-7").await;
    let calls = sandbox.calls();
    let first = &calls[0];
    assert_eq!(
        (first.host, first.person.as_deref(), first.method.as_str(), first.query.as_str()),
        ("api", Some("ada"), "GET", "fields=summary")
    );
    assert!(first.path.ends_with("/rest/api/3/issue/DEMO-1"));
    assert_eq!((first.status, first.user_agent.as_str()), (Some(200), "usher/0"));
    assert_eq!((calls[1].status, calls[1].person.as_deref()), (Some(404), Some("linus")));
    sandbox.clear_calls();
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn the_controls_work_over_http() {
    let sandbox = sandbox().await;
    let http = Client::new();
    let url = |path: &str| format!("{}{path}", sandbox.control_url());
    let post = async |path: &str, body: Value| {
        let answer = http.post(url(path)).json(&body).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    };
    let fault = json!({"effect": "too-many", "retry_after": 1, "reason": null, "method": "GET", "path": "/myself"});
    assert_eq!(post("/faults", fault).await.0, 204);
    let ada = cloud(&sandbox, "ada");
    assert_eq!(ada.get("/myself").await.0, 429);
    assert_eq!(post("/faults", json!({"effect": "explode"})).await.0, 422);
    assert_eq!(
        post("/issues", json!({"project": "DEMO", "reporter": "ada", "summary": "By control"})).await,
        (200, "{\"key\":\"DEMO-26\"}".into())
    );
    assert_eq!(post("/issues/DEMO-26/move", json!({"project": "WEB"})).await.1, "{\"key\":\"WEB-57\"}");
    assert_eq!(ada.get("/issue/DEMO-26").await.1["key"], "WEB-57");
    assert_eq!(post("/projects/HR/role", json!({"person": "ada", "role": "Viewers"})).await.0, 204);
    assert_eq!(ada.get("/issue/HR-7").await.0, 200);
    assert_eq!(
        post("/projects/HR/permit", json!({"person": "ada", "permission": "BROWSE_PROJECTS", "on": false})).await.0,
        204
    );
    assert_eq!(ada.get("/issue/HR-7").await.0, 404);
    assert_eq!(post("/clock/advance", json!({"seconds": 3_700})).await.0, 204);
    assert_eq!(ada.get("/myself").await.0, 401);
    let issue: Value = http.get(url("/issues/WEB-57")).send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!(issue["summary"], "By control");
}
