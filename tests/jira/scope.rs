//! The projects of a call: checked on what was typed, and again on what Jira names.

use serde_json::{Map, Value, json};
use usher::{
    error::JiraError,
    ids::ProjectScope,
    jira::{Body, Candidates, Client, Edit, Jql, NewIssue, OperationId},
};

use super::server::{Reply, Seen, Server, answer, cloud, issue, json, key, project};

const ISSUE: &str = "/ex/jira/cloud-1/rest/api/3/issue";

fn web(url: &str) -> Client {
    cloud(url).scoped(ProjectScope::only([project("WEB")]))
}

fn outside(name: &str) -> JiraError {
    JiraError::OutOfScope { project: project(name) }
}

/// WEB-9 has moved to HR; WEB-1 is where it was; OLD is WEB's former key.
fn jira(seen: &Seen) -> Reply {
    match (seen.method.as_str(), seen.path.rsplit('/').next().unwrap_or_default()) {
        ("GET", "WEB-9") => json(200, &issue("HR-3", "")),
        ("GET", "WEB-1") => json(200, &issue("WEB-1", "")),
        ("GET", "WEB") => json(200, &json!({"key": "WEB", "name": "Web"})),
        ("GET", "transitions") => json(200, &json!({"transitions": []})),
        ("GET", "watchers" | "changelog" | "worklog" | "editmeta") => json(200, &json!({})),
        ("GET", "remotelink") => json(200, &json!([])),
        ("POST", "remotelink") => json(201, &json!({"id": 1})),
        ("GET", "comment") => json(200, &json!({"comments": [], "total": 0})),
        ("POST", "comment") => json(201, &json!({"id": "1"})),
        ("POST", "worklog") => json(201, &json!({"id": "1", "timeSpentSeconds": 60})),
        ("POST", "issue") => json(201, &json!({"id": "1", "key": "WEB-2"})),
        ("GET", "search") => json(200, &json!([])),
        ("GET", "issuetypes") => json(200, &json!({"issueTypes": [{"id": "1", "name": "Bug"}], "total": 1})),
        ("PUT" | "POST" | "DELETE", _) => answer(204, &[], ""),
        _ => answer(404, &[], "{}"),
    }
}

/// Every method that takes a key, one after the other.
async fn everything(client: &Client, typed: &str) -> Vec<JiraError> {
    let key = key(typed);
    let body = Body::Adf(json!({}));
    let none = Map::new();
    let now = jiff::Timestamp::UNIX_EPOCH;
    vec![
        client.issues().get(&key).await.map(drop),
        client.issues().edit(&key, &Edit::default()).await,
        client.issues().assign(&key, None).await,
        client.comments().list(&key, 5, None).await.map(drop),
        client.comments().add(&key, &body).await.map(drop),
        client.transitions().list(&key).await.map(drop),
        client.transitions().apply(&key, &"5".parse().unwrap(), &none).await,
        client.worklogs().add(&key, 60, now, None).await.map(drop),
        client.worklogs().delete(&key, &"7".parse().unwrap()).await,
        client.users().search(Candidates::Issue(&key), "a").await.map(drop),
        client.votes().add(&key).await,
        client.votes().remove(&key).await,
        client.watchers().list(&key).await.map(drop),
        client.changelog().list(&key, 5, None).await.map(drop),
        client.worklogs().all(&key).await.map(drop),
        client.comments().numbered(&key, 1).await.map(drop),
        client.issues().editable(&key).await.map(drop),
        client.issues().delete(&key, true).await,
        client.epics().children(&key).await.map(drop),
        client.epics().parent(&key).await.map(drop),
        client.links().web(&key).await.map(drop),
        client.links().add_web(&key, &"https://example.org".parse().unwrap(), "x").await,
        client.links().remove_web(&key, &"7".parse().unwrap()).await,
    ]
    .into_iter()
    .filter_map(Result::err)
    .collect()
}

#[tokio::test]
async fn a_key_outside_the_scope_is_never_sent() {
    let server = Server::start(jira).await;
    let client = web(&server.url);
    assert_eq!(everything(&client, "HR-3").await, vec![outside("HR"); 23]);
    let hr = project("HR");
    assert_eq!(client.projects().get(&hr).await, Err(outside("HR")));
    assert_eq!(client.createmeta().types(&hr).await, Err(outside("HR")));
    assert_eq!(client.createmeta().fields(&hr, &"1".parse().unwrap()).await, Err(outside("HR")));
    assert_eq!(client.users().search(Candidates::Project(&hr), "a").await, Err(outside("HR")));
    assert_eq!(server.asked(), [""; 0]);
}

#[tokio::test]
async fn a_moved_issue_is_neither_shown_nor_changed() {
    let server = Server::start(jira).await;
    assert_eq!(everything(&web(&server.url), "WEB-9").await, vec![outside("HR"); 23]);
    assert_eq!(server.asked(), vec![format!("GET {ISSUE}/WEB-9"); 23], "its place is asked, nothing else");
    // Who types and cannot wait asks at once, and is told nothing either. Changes are none of theirs.
    let hasty = web(&server.url).at_once();
    let key = key("WEB-9");
    assert_eq!(hasty.transitions().list(&key).await, Err(outside("HR")));
    assert_eq!(hasty.issues().editable(&key).await, Err(outside("HR")));
    assert_eq!(hasty.comments().list(&key, 5, None).await, Err(outside("HR")));
    assert_eq!(hasty.worklogs().all(&key).await, Err(outside("HR")));
    assert_eq!(hasty.users().search(Candidates::Issue(&key), "a").await, Err(outside("HR")));
    assert!(server.asked().contains(&format!("GET {ISSUE}/WEB-9/transitions")));
    assert!(hasty.issues().assign(&key, None).await.is_err());
    assert!(server.asked().iter().all(|asked| asked.starts_with("GET ")));
}

#[tokio::test]
async fn inside_the_scope_an_issue_is_placed_once_and_without_scope_never() {
    let server = Server::start(jira).await;
    assert_eq!(everything(&web(&server.url), "WEB-1").await, []);
    // Each asks for one thing, and the children of an issue take a search that was not run.
    assert_eq!(server.asked().len(), 23);

    let server = Server::start(jira).await;
    assert_eq!(everything(&cloud(&server.url), "WEB-1").await, []);
    assert_eq!(server.asked().len(), 22);
}

fn new_issue(name: &str, fields: Value) -> NewIssue {
    let Value::Object(fields) = fields else { panic!("fields are an object") };
    NewIssue {
        project: project(name),
        kind: "1".parse().unwrap(),
        summary: "x".into(),
        description: None,
        fields,
        operation: OperationId::random(),
    }
}

#[tokio::test]
async fn a_create_stays_in_its_project() {
    let renamed = |seen: &Seen| match seen.path.as_str() {
        "/ex/jira/cloud-1/rest/api/3/project/WEB" => json(200, &json!({"key": "HR"})),
        _ => jira(seen),
    };
    let server = Server::start(renamed).await;
    assert_eq!(web(&server.url).issues().create(&new_issue("WEB", json!({}))).await, Err(outside("HR")));
    assert_eq!(server.asked(), ["GET /ex/jira/cloud-1/rest/api/3/project/WEB"]);

    let server = Server::start(jira).await;
    let client = web(&server.url);
    for fields in [
        json!({"project": {"key": "HR"}}),
        json!({"Project": {"id": "10000"}}),
        json!({"issuetype": {"id": "9"}}),
        json!({"parent": {"key": "HR-1"}}),
        json!({"parent": {"id": "10001"}}),
        json!({"parent": "HR-1"}),
    ] {
        let error = client.issues().create(&new_issue("WEB", fields.clone())).await.unwrap_err();
        assert!(matches!(error, JiraError::Invalid { .. } | JiraError::OutOfScope { .. }), "{fields}: {error}");
    }
    let Value::Object(update) =
        json!({"issuelinks": [{"add": {"type": {"name": "Blocks"}, "outwardIssue": {"key": "HR-1"}}}]})
    else {
        panic!("an object")
    };
    let edit = Edit { fields: Map::new(), update };
    assert_eq!(client.issues().edit(&key("WEB-1"), &edit).await, Err(outside("HR")));
    assert_eq!(server.asked(), [""; 0]);

    let fine = new_issue("WEB", json!({"parent": {"key": "WEB-1"}, "issuelinks": null, "labels": ["HR-1"]}));
    assert_eq!(client.issues().create(&fine).await.unwrap().key, key("WEB-2"));
    client.createmeta().types(&project("WEB")).await.unwrap();
    let asked = server.asked();
    let places = asked.iter().filter(|line| line.ends_with("/project/WEB")).count();
    assert_eq!((places, asked.len()), (1, 3), "the project's place is asked once");
}

#[tokio::test]
async fn a_search_is_held_before_and_after() {
    let server = Server::start(|_| {
        let found = [issue("WEB-1", ""), issue("HR-3", ""), issue("WEB-2", "")];
        json(200, &json!({"isLast": false, "nextPageToken": "t", "issues": found}))
    })
    .await;
    let jql = Jql::parse("project = HR or text ~ x order by rank").unwrap();
    let page = web(&server.url).search().run(&jql, 500, None).await.unwrap();
    assert_eq!(page.items.iter().map(|issue| issue.key.to_string()).collect::<Vec<_>>(), ["WEB-1", "WEB-2"]);
    let body = &server.seen()[0].body;
    assert_eq!(body["jql"], r#"project in ("WEB") AND (project = "HR" OR text ~ "x") ORDER BY rank"#);
    assert_eq!(body["maxResults"], 100);
    web(&server.url).search().run(&jql, 5, page.next.as_ref()).await.unwrap();
    assert_eq!(server.seen()[1].body["nextPageToken"], "t");

    let nothing = cloud(&server.url).scoped(ProjectScope::only([]));
    assert_eq!(nothing.search().run(&jql, 5, None).await.unwrap().items, []);
    assert_eq!(nothing.search().count(&jql).await, Ok(0));
    assert_eq!(server.asked().len(), 2, "where nothing may be searched, nothing is asked");
}

#[tokio::test]
async fn a_project_that_the_person_cannot_see_does_not_spoil_the_search() {
    let server = Server::start(|seen| {
        let jql = seen.body["jql"].as_str().unwrap_or_default();
        if seen.path.ends_with("/project/search") {
            json(200, &json!({"values": [{"key": "WEB"}, {"key": "OTHER"}], "isLast": true}))
        } else if jql.contains("OPS") || jql.contains("nonsense") {
            json(400, &json!({"errorMessages": ["The value 'OPS' does not exist for the field 'project'."]}))
        } else {
            json(200, &json!({"isLast": true, "issues": [issue("WEB-1", "")]}))
        }
    })
    .await;
    let client = cloud(&server.url).scoped(ProjectScope::only([project("WEB"), project("OPS")]));
    assert_eq!(client.search().run(&Jql::text_search("x"), 5, None).await.unwrap().items.len(), 1);
    assert_eq!(server.seen()[2].body["jql"], r#"project in ("WEB") AND text ~ "x""#);

    let error = web(&server.url).search().run(&Jql::text_search("nonsense"), 5, None).await.unwrap_err();
    assert!(matches!(error, JiraError::Invalid { .. }), "a search that is really wrong stays wrong: {error}");
    let blind = cloud(&server.url).scoped(ProjectScope::only([project("OPS")]));
    assert_eq!(blind.search().run(&Jql::all(), 5, None).await.unwrap().items, []);
}

#[tokio::test]
async fn a_client_can_be_narrowed_and_never_widened() {
    let server = Server::start(jira).await;
    let client = web(&server.url).scoped(ProjectScope::all());
    assert_eq!(client.issues().get(&key("HR-3")).await.map(drop), Err(outside("HR")));
    let none = web(&server.url).scoped(ProjectScope::only([project("HR")]));
    assert_eq!(none.issues().get(&key("WEB-1")).await.map(drop), Err(outside("WEB")));
}

#[tokio::test]
async fn projects_outside_the_scope_are_not_listed() {
    let server = Server::start(|_| {
        json(200, &json!({"values": [{"key": "HR", "name": "People"}, {"key": "WEB"}], "isLast": true}))
    })
    .await;
    let listed = web(&server.url).projects().list().await.unwrap();
    assert_eq!(listed.iter().map(|project| project.key.as_str()).collect::<Vec<_>>(), ["WEB"]);
}

#[tokio::test]
async fn a_link_has_two_ends_and_both_are_held_to_the_scope() {
    let server = Server::start(|seen| match (seen.method.as_str(), seen.path.rsplit('/').next().unwrap_or_default()) {
        ("GET", "7") => {
            json(200, &json!({"id": "7", "inwardIssue": {"key": "WEB-1"}, "outwardIssue": {"key": "HR-1"}}))
        }
        _ => jira(seen),
    })
    .await;
    let client = web(&server.url);
    assert_eq!(client.links().add("Blocks", &key("WEB-1"), &key("HR-1")).await, Err(outside("HR")));
    assert_eq!(client.links().add("Blocks", &key("HR-1"), &key("WEB-1")).await, Err(outside("HR")));
    assert_eq!(server.asked(), [""; 0]);
    assert_eq!(client.links().add("Blocks", &key("WEB-1"), &key("WEB-9")).await, Err(outside("HR")));
    assert_eq!(client.links().remove(&"7".parse().unwrap()).await, Err(outside("HR")));
    assert!(server.asked().iter().all(|asked| asked.starts_with("GET ")), "{:?}", server.asked());
}

#[tokio::test]
async fn a_look_changes_nothing() {
    let server = Server::start(jira).await;
    let client = cloud(&server.url).looking();
    let narrowed = client.scoped(ProjectScope::all());
    for client in [client, narrowed] {
        let refused = everything(&client, "WEB-1").await;
        assert!(refused.iter().all(|error| matches!(error, JiraError::Forbidden { .. })), "{refused:?}");
        assert_eq!(refused.len(), 11);
        assert_eq!(client.issues().create(&new_issue("WEB", json!({}))).await.map(drop), Err(refused[0].clone()));
    }
    assert!(server.asked().iter().all(|asked| asked.starts_with("GET ")), "{:?}", server.asked());
}
