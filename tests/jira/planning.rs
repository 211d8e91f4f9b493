//! Boards, sprints, versions and service desks: numbers that carry no project, held to the projects of a call.

use serde_json::json;
use usher::{
    error::JiraError,
    ids::ProjectScope,
    jira::{Client, NewVersion},
};

use super::server::{Reply, Seen, Server, answer, cloud, issue, json, key, project};

fn web(url: &str) -> Client {
    cloud(url).scoped(ProjectScope::only([project("WEB")]))
}

fn outside(name: &str) -> JiraError {
    JiraError::OutOfScope { project: project(name) }
}

/// Board 1 is in WEB and has sprint 11, board 2 is in HR and has sprint 12, board 3 is in nobody's project, board 4 is in WEB
/// and over HR, and has sprint 14. WEB has version 21.
fn jira(seen: &Seen) -> Reply {
    let path = seen.path.split("/rest/").nth(1).unwrap_or_default();
    let board = |id: u64, home: serde_json::Value| {
        json(200, &json!({"id": id, "name": "B", "type": "scrum", "location": home}))
    };
    match (seen.method.as_str(), path) {
        ("GET", "agile/1.0/board/1") => board(1, json!({"projectKey": "WEB"})),
        ("GET", "agile/1.0/board/2") => board(2, json!({"projectKey": "HR"})),
        ("GET", "agile/1.0/board/3") => board(3, json!({"userId": 5})),
        ("GET", "agile/1.0/board/4") => board(4, json!({"projectKey": "WEB"})),
        ("GET", "agile/1.0/board/1/project") => json(200, &json!({"values": [{"key": "WEB"}], "isLast": true})),
        ("GET", "agile/1.0/board/4/project") => {
            json(200, &json!({"values": [{"key": "HR"}, {"key": "WEB"}], "isLast": true}))
        }
        ("GET", "agile/1.0/sprint/14") => {
            json(200, &json!({"id": 14, "name": "S", "state": "future", "originBoardId": 4}))
        }
        ("GET", "agile/1.0/sprint/11") => {
            json(200, &json!({"id": 11, "name": "S", "state": "future", "originBoardId": 1}))
        }
        ("GET", "agile/1.0/sprint/12") => {
            json(200, &json!({"id": 12, "name": "S", "state": "future", "originBoardId": 2}))
        }
        ("PUT", "agile/1.0/issue/rank") => {
            json(207, &json!({"entries": [{"status": 503, "errors": ["Try again later."]}]}))
        }
        ("GET", "api/3/issue/WEB-1") => json(200, &issue("WEB-1", "")),
        ("GET", "api/3/issue/WEB-2") => json(200, &issue("WEB-2", "")),
        ("GET", "api/3/project/WEB") => json(200, &json!({"id": "7", "key": "WEB", "name": "Web"})),
        ("GET", "api/3/project/WEB/versions") => json(200, &json!([{"id": "21", "name": "2.1", "self": "x"}])),
        ("GET", "servicedeskapi/servicedesk") => {
            let desks = json!([{"id": "5", "projectKey": "HR"}]);
            json(200, &json!({"isLastPage": true, "values": desks}))
        }
        ("POST", "agile/1.0/sprint/11/issue") => {
            answer(401, &[], r#"{"code":401,"message":"Unauthorized; scope does not match"}"#)
        }
        _ => answer(404, &[], "{}"),
    }
}

#[tokio::test]
async fn what_names_another_project_is_never_sent() {
    let server = Server::start(jira).await;
    let client = web(&server.url);
    let (hr, far, near) = (project("HR"), key("HR-3"), key("WEB-1"));
    let new = NewVersion { name: "1", description: None, date: None };
    let (sprint, version) = ("11".parse().unwrap(), "21".parse().unwrap());
    let refused = [
        client.projects().details(&hr).await.map(drop),
        client.projects().statuses(&hr).await.map(drop),
        client.projects().components(&hr).await.map(drop),
        client.versions().list(&hr).await.map(drop),
        client.versions().create(&hr, &new).await.map(drop),
        client.versions().release(&hr, &version, jiff::civil::date(2026, 1, 1), None).await,
        client.boards().list(Some(&hr)).await.map(drop),
        client.boards().rank(&far, true, &near).await,
        client.sprints().of_issue(&far).await.map(drop),
        client.sprints().add(&sprint, std::slice::from_ref(&far)).await,
        client.sprints().remove(std::slice::from_ref(&far)).await,
        client.desks().of(&hr).await.map(drop),
        client.desks().slas(&far).await.map(drop),
    ];
    assert_eq!(refused, [(); 13].map(|()| Err(outside("HR"))));
    assert_eq!(server.asked(), [""; 0]);
}

#[tokio::test]
async fn a_number_is_looked_up_before_anything_is_done_with_it() {
    let server = Server::start(jira).await;
    let client = web(&server.url);
    let (sprints, far) = (client.sprints(), "12".parse().unwrap());
    let now = jiff::Timestamp::UNIX_EPOCH;
    assert_eq!(client.boards().get(&"2".parse().unwrap()).await, Err(outside("HR")));
    assert!(matches!(client.boards().get(&"3".parse().unwrap()).await, Err(JiraError::NotFound { .. })));
    // What is asked for by name must be there; what is merely allowed need not be.
    assert!(matches!(client.boards().list(Some(&project("WEB"))).await, Err(JiraError::NotFound { .. })));
    assert_eq!(client.boards().list(None).await, Ok(Vec::new()));
    assert_eq!(sprints.get(&far).await.map(drop), Err(outside("HR")));
    assert_eq!(sprints.start(&far, now, now).await, Err(outside("HR")));
    assert_eq!(sprints.close(&far).await, Err(outside("HR")));
    assert_eq!(sprints.add(&far, &[key("WEB-1")]).await, Err(outside("HR")));
    // Its board is in WEB, and over HR as well.
    let shared = "14".parse().unwrap();
    assert!(sprints.get(&shared).await.is_ok());
    assert_eq!(sprints.add(&shared, &[key("WEB-1")]).await, Err(outside("HR")));
    assert_eq!(sprints.start(&shared, now, now).await, Err(outside("HR")));
    // A version of some other project, and a desk that is not that of the project.
    let (near, unknown) = (project("WEB"), "22".parse().unwrap());
    let released = client.versions().release(&near, &unknown, jiff::civil::date(2026, 1, 1), None).await;
    assert!(matches!(released, Err(JiraError::NotFound { .. })));
    assert_eq!(client.desks().of(&project("WEB")).await, Ok(None));
    assert!(server.asked().iter().all(|asked| asked.starts_with("GET ")), "{:?}", server.asked());
    // The board that is nobody's is seen where every project may be.
    assert!(cloud(&server.url).boards().get(&"3".parse().unwrap()).await.is_ok());
}

#[tokio::test]
async fn what_jira_could_not_do_is_no_success() {
    let server = Server::start(jira).await;
    let client = web(&server.url);
    let ranked = client.boards().rank(&key("WEB-1"), false, &key("WEB-2")).await;
    assert_eq!(ranked, Err(JiraError::Conflict { messages: vec!["Try again later.".to_owned()] }));
    let planned = client.sprints().add(&"11".parse().unwrap(), &[key("WEB-1")]).await;
    assert_eq!(planned, Err(JiraError::ScopeMissing { needs: &["write:sprint:jira-software"] }));
}
