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
