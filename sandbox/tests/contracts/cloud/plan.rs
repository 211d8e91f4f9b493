//! Versions, filters, boards and sprints of the Cloud site.
use serde_json::json;

use super::{Cloud, id};
use crate::Ask;

pub async fn versions_and_filters(cloud: &Cloud) {
    let versions = cloud.get("getProjectVersions", &["DEMO"]).await;
    let version = id(&versions[2]);
    cloud.get("getVersion", &[&version]).await;
    cloud.get("getVersionUnresolvedIssues", &[&version]).await;
    cloud.get("getProjectComponents", &["DEMO"]).await;
    let new = json!({ "name": "9.9", "projectId": 10000, "releaseDate": "2027-01-01" });
    let (status, made) = cloud.send("grace", "createVersion", Ask { body: Some(new.clone()), ..Ask::default() }).await;
    assert_eq!(status, 201);
    cloud.refused("grace", "createVersion", Ask { body: Some(new.clone()), ..Ask::default() }, 400).await;
    cloud.refused("ada", "createVersion", Ask { body: Some(new), ..Ask::default() }, 404).await;
    let release = json!({ "released": true, "moveUnfixedIssuesTo": made["self"] });
    let ask = Ask { path: &[&version], body: Some(release), ..Ask::default() };
    assert_eq!(cloud.send("grace", "updateVersion", ask).await.0, 200);
    for operation in ["getMyFilters", "getFavouriteFilters"] {
        cloud.get(operation, &[]).await;
    }
    cloud.get("getFilter", &["30001"]).await;
    cloud.refused("ada", "getFilter", Ask { path: &["30004"], ..Ask::default() }, 400).await;
}

pub async fn boards(cloud: &Cloud) {
    for operation in ["getBoard", "getConfiguration", "getProjects", "getBacklog"] {
        cloud.get(operation, &["1"]).await;
        cloud.refused("ada", operation, Ask { path: &["4"], ..Ask::default() }, 404).await;
    }
    let ask = Ask { path: &["3"], query: &[("maxResults", "3"), ("jql", "project = DEMO")], ..Ask::default() };
    let first = cloud.ok("getBacklog", ask).await;
    let token = first["nextPageToken"].as_str().expect("a second page");
    let query = &[("maxResults", "3"), ("jql", "project = DEMO"), ("nextPageToken", token)];
    let second = cloud.ok("getBacklog", Ask { path: &["3"], query, ..Ask::default() }).await;
    assert_ne!(first["issues"][0]["key"], second["issues"][0]["key"]);

    let new = json!({ "name": "Made by a test", "originBoardId": 1 });
    cloud.refused("ada", "createSprint", Ask { body: Some(new.clone()), ..Ask::default() }, 403).await;
    let (status, made) = cloud.send("grace", "createSprint", Ask { body: Some(new), ..Ask::default() }).await;
    assert_eq!(status, 201);
    let sprint = made["id"].to_string();
    let update = async |body| {
        cloud
            .send("grace", "partiallyUpdateSprint", Ask { path: &[&sprint], body: Some(body), ..Ask::default() })
            .await
            .0
    };
    assert_eq!(update(json!({ "state": "active" })).await, 400, "without dates");
    let dates =
        json!({ "startDate": "2026-12-01T08:00:00.000Z", "endDate": "2026-12-14T08:00:00.000Z", "state": "active" });
    assert_eq!(update(dates).await, 200);
    assert_eq!(update(json!({ "state": "future" })).await, 400);
    assert_eq!(update(json!({ "state": "closed" })).await, 200);

    cloud.get("getAgileIssue", &["DEMO-1"]).await;
    let rank = json!({ "issues": ["DEMO-16"], "rankBeforeIssue": "DEMO-8" });
    cloud.ok("rankIssues", Ask { body: Some(rank), ..Ask::default() }).await;
}

pub async fn requests(cloud: &Cloud) {
    let ask = async |person: &str, operation: &str, ask: Ask<'_>| {
        let (status, answer) = cloud.send_unchecked(cloud.fields.address(operation), person, &ask).await;
        cloud.note(cloud.fields.check(operation, status, answer.as_ref()));
        (status, answer.unwrap_or_default())
    };
    let (_, desks) = ask("ada", "desks", Ask::default()).await;
    let desk = id(&desks["values"][0]);
    for operation in ["queues", "requestTypes"] {
        assert_eq!(ask("ada", operation, Ask { path: &[&desk], ..Ask::default() }).await.0, 200);
        assert_eq!(ask("ada", operation, Ask { path: &["999"], ..Ask::default() }).await.0, 404);
    }
    assert_eq!(ask("linus", "queues", Ask { path: &[&desk], ..Ask::default() }).await.0, 403, "linus is no agent");
    assert_eq!(ask("ada", "requestFields", Ask { path: &[&desk, "61"], ..Ask::default() }).await.0, 200);
    let mut new = json!({ "serviceDeskId": desk, "requestTypeId": "62", "requestFieldValues": { "summary": "Why?", "description": "Plain *words*" } });
    let (status, made) = ask("ada", "createRequest", Ask { body: Some(new.clone()), ..Ask::default() }).await;
    assert_eq!(status, 201, "{made}");
    let key = made["issueKey"].as_str().expect("a key");
    assert_eq!(ask("ada", "slas", Ask { path: &[key], ..Ask::default() }).await.0, 200);
    assert_eq!(ask("ada", "slas", Ask { path: &["DEMO-1"], ..Ask::default() }).await.0, 404, "no request");
    new["requestTypeId"] = "61".into();
    assert_eq!(
        ask("ada", "createRequest", Ask { body: Some(new), ..Ask::default() }).await.0,
        400,
        "without its browser"
    );
}
