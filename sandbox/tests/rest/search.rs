//! Pages, tokens, counts, and the search that is gone.
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{cloud, corp, messages, sandbox};

#[tokio::test]
async fn cloud_pages_by_token_and_answers_ids_unless_asked() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let ask = async |token: Option<&str>, jql: &str| {
        let mut body = json!({"jql": jql, "maxResults": 10, "fields": ["summary"]});
        if let Some(token) = token {
            body["nextPageToken"] = token.into();
        }
        ada.post("/search/jql", body).await
    };
    let jql = "project = DEMO ORDER BY key";
    let mut keys: Vec<String> = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let (status, page) = ask(token.as_deref(), jql).await;
        assert_eq!(status, 200, "{page}");
        keys.extend(
            page["issues"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|one| one["key"].as_str().unwrap_or_default().to_owned()),
        );
        assert!(page.get("total").is_none());
        if page["isLast"] == true {
            break;
        }
        token = page["nextPageToken"].as_str().map(str::to_owned);
    }
    assert_eq!((keys.len(), keys[0].as_str(), keys[23].as_str()), (24, "DEMO-1", "DEMO-25"));
    let wrong = messages(&["The provided next page token is invalid or is expired."]);
    assert_eq!(ask(token.as_deref(), "project = WEB").await, (400, wrong.clone()));
    assert_eq!(ask(Some("garbage"), jql).await, (400, wrong.clone()));
    sandbox.advance(Duration::from_secs(8 * 86_400));
    let ada = cloud(&sandbox, "ada");
    let late = ada.post("/search/jql", json!({"jql": jql, "nextPageToken": token, "fields": ["summary"]})).await;
    assert_eq!(late, (400, wrong));

    let (_, ids) = ada.get("/search/jql?jql=project%3DDEMO&maxResults=1").await;
    let first = ids["issues"][0].as_object().expect("an object");
    assert_eq!(first.keys().collect::<Vec<_>>(), ["id"]);
    assert_eq!(
        ada.post("/search/approximate-count", json!({"jql": "project = DEMO"})).await,
        (200, json!({"count": 24}))
    );
}

#[tokio::test]
async fn cloud_wants_a_restriction_and_the_old_search_is_gone() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let unbounded =
        messages(&["Unbounded JQL queries are not allowed here. Please add a search restriction to your query."]);
    for jql in ["", "order by key desc"] {
        assert_eq!(ada.post("/search/jql", json!({"jql": jql})).await, (400, unbounded.clone()));
        assert_eq!(ada.post("/search/approximate-count", json!({"jql": jql})).await, (400, unbounded.clone()));
    }
    let (status, gone) = ada.get("/search?jql=project%3DDEMO").await;
    assert_eq!(status, 410);
    assert!(gone["errorMessages"][0].as_str().is_some_and(|text| text.contains("CHANGE-2046")));
    assert_eq!(ada.post("/search", json!({"jql": "project = DEMO"})).await.0, 410);
    assert_eq!(ada.post("/search/jql", json!({"jql": "project = DEMO", "startAt": 5})).await.0, 400);
}

#[tokio::test]
async fn data_center_pages_by_number() {
    let sandbox = sandbox().await;
    let ada = corp(&sandbox, "ada");
    let (status, page) = ada.get("/search?jql=project+%3D+OPS+ORDER+BY+key&startAt=2&maxResults=3").await;
    assert_eq!((status, &page["total"], &page["startAt"], &page["maxResults"]), (200, &json!(9), &json!(2), &json!(3)));
    let keys: Vec<&Value> = page["issues"].as_array().expect("a list").iter().map(|one| &one["key"]).collect();
    assert_eq!(keys, ["OPS-3", "OPS-4", "OPS-5"]);
    assert!(page["issues"][0]["fields"]["status"].is_object());
    assert!(page["issues"][0]["fields"].get("comment").is_none());
    assert_eq!(ada.post("/search", json!({"jql": "", "maxResults": 0})).await.1["total"], 13);
    assert_eq!(ada.get("/search/jql?jql=project%3DOPS").await.0, 404);
    let (status, beyond) = ada.get(&format!("/search?jql=project%3DOPS&startAt={}", usize::MAX)).await;
    assert_eq!((status, &beyond["issues"]), (200, &json!([])));
    assert_eq!(ada.get("/search?jql=project%3DOPS&startAt=-1").await.0, 400);
}

#[tokio::test]
async fn parse_answers_the_structure_or_the_error() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let body = json!({"queries": ["project = DEMO AND (status in (\"To Do\", Done) OR assignee is EMPTY) ORDER BY key DESC", "project ="]});
    let (status, value) = ada.post("/jql/parse?validation=strict", body).await;
    assert_eq!(status, 200);
    let parsed = &value["queries"][0]["structure"];
    assert_eq!(parsed["where"]["operator"], "and");
    assert_eq!(parsed["where"]["clauses"][1]["clauses"][0]["operand"]["values"][0]["encodedValue"], "\"To Do\"");
    assert_eq!(parsed["orderBy"]["fields"][0]["direction"], "desc");
    assert!(value["queries"][1]["errors"][0].as_str().is_some_and(|text| text.starts_with("Error in the JQL Query")));
    assert_eq!(ada.post("/jql/parse", json!({"queries": []})).await.0, 400);
}
