//! Tokens, scopes, sites and the two kinds of names for people.
use reqwest::Client;
use serde_json::json;
use usher_sandbox::{Options, Sandbox};

use crate::support::{ALL, cloud, cloud_with, corp, doc, messages, sandbox};

#[tokio::test]
async fn a_missing_scope_is_the_gateways_401() {
    let sandbox = sandbox().await;
    let mismatch = json!({"code": 401, "message": "Unauthorized; scope does not match"});
    let reader = cloud_with(&sandbox, "ada", "read:jira-work");
    assert_eq!(reader.get("/issue/DEMO-1").await.0, 200);
    assert_eq!(reader.get("/myself").await, (401, mismatch.clone()));
    assert_eq!(reader.post("/issue/DEMO-1/comment", json!({"body": doc("x")})).await, (401, mismatch.clone()));
    let writer = cloud_with(&sandbox, "ada", "write:jira-work");
    assert_eq!(writer.get("/issue/DEMO-1").await, (401, mismatch.clone()));
    let mut agile = cloud(&sandbox, "ada");
    agile.base = agile.base.replace("/api/3", "/agile/1.0");
    assert_eq!(agile.get("/board").await, (401, mismatch));
    agile.token =
        sandbox.token_for("ada", "read:board-scope:jira-software read:project:jira read:sprint:jira-software");
    assert_eq!(agile.get("/board").await.1["values"][0]["location"]["projectKey"], "DEMO");
    let (_, sprints) = agile.get("/board/1/sprint?state=active").await;
    assert_eq!((&sprints["total"], &sprints["values"][0]["name"]), (&json!(1), &json!("DEMO Sprint 2")));
}

#[tokio::test]
async fn a_dead_token_is_401_and_the_site_itself_takes_none() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    sandbox.expire_tokens(Some("ada"));
    assert_eq!(ada.get("/myself").await, (401, json!({"code": 401, "message": "Unauthorized"})));
    let token = sandbox.token_for("ada", ALL);
    let direct = Client::new()
        .get(format!("{}/rest/api/3/myself", sandbox.cloud_url()))
        .bearer_auth(token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(direct.status(), 401);
    let pat = corp(&sandbox, "ada");
    sandbox.revoke(Some("ada"));
    assert_eq!(pat.get("/myself").await, (401, messages(&["Client must be authenticated to access this resource."])));
}

#[tokio::test]
async fn each_site_is_reached_by_its_own_id() {
    let sandbox = sandbox().await;
    let mut ada = cloud(&sandbox, "ada");
    let tenant = async |url: &str| {
        let answer = Client::new().get(format!("{url}/_edge/tenant_info")).send().await.expect("an answer");
        answer.json::<serde_json::Value>().await.expect("JSON")["cloudId"].as_str().expect("an id").to_owned()
    };
    assert!(ada.base.contains(&tenant(sandbox.cloud_url()).await));
    ada.base = format!("{}/ex/jira/{}/rest/api/3", sandbox.api_url(), tenant(sandbox.other_cloud_url()).await);
    assert_eq!(ada.get("/issue/LAB-1").await.0, 200);
    assert_eq!(ada.get("/issue/DEMO-1").await.0, 404);
    assert_eq!(ada.get("/serverInfo").await.1["baseUrl"], sandbox.other_cloud_url());
    ada.base = format!("{}/ex/jira/nowhere/rest/api/3", sandbox.api_url());
    assert_eq!(ada.get("/myself").await.0, 404);
}

#[tokio::test]
async fn cloud_names_people_by_account_id_and_data_center_by_name() {
    let sandbox = sandbox().await;
    let (_, me) = cloud(&sandbox, "ada").get("/myself?expand=groups").await;
    assert_eq!(me["displayName"], "Ada Byron");
    assert!(me.get("name").is_none() && me["accountId"].is_string());
    assert_eq!(me["groups"]["items"][1]["name"], "engineering");
    let ada = corp(&sandbox, "ada");
    let (_, me) = ada.get("/myself").await;
    assert_eq!((&me["name"], &me["key"]), (&json!("abyron"), &json!("JIRAUSER10100")));
    assert!(me.get("accountId").is_none());

    let found = async |path: &str| ada.get(path).await.1.as_array().map_or(0, Vec::len);
    assert_eq!(found("/user/assignable/search?project=OPS&username=gra").await, 2);
    assert_eq!(ada.get("/user/search?query=gra").await.0, 400);
    let ada = cloud(&sandbox, "ada");
    let (_, people) = ada.get("/user/assignable/search?issueKey=DEMO-1&query=gra").await;
    assert_eq!(people[0]["displayName"], "Grace Hopper");
    assert_eq!(people[1]["displayName"], "Gracie Lane");
    assert_eq!(ada.get("/user/assignable/search?issueKey=WEB-12&query=gra").await.1.as_array().map_or(0, Vec::len), 1);
    assert_eq!(ada.get("/user/search?username=gra").await.0, 400);
    assert_eq!(ada.get("/user/picker?query=byr").await.1["total"], 1);
}

#[tokio::test]
async fn permissions_are_told_for_project_and_issue() {
    let sandbox = sandbox().await;
    let linus = cloud(&sandbox, "linus");
    let (status, value) = linus.get("/mypermissions?projectKey=DEMO&permissions=EDIT_ISSUES,ADD_COMMENTS").await;
    assert_eq!(status, 200);
    assert_eq!(value["permissions"]["EDIT_ISSUES"]["havePermission"], false);
    assert_eq!(value["permissions"]["ADD_COMMENTS"]["havePermission"], true);
    assert_eq!(linus.get("/mypermissions").await.0, 400);
    assert_eq!(linus.get("/mypermissions?permissions=FLY").await, (400, messages(&["Unrecognized permission: 'FLY'"])));
    assert_eq!(linus.get("/mypermissions?projectKey=HR&permissions=EDIT_ISSUES").await.0, 404);
    assert_eq!(
        corp(&sandbox, "linus").get("/mypermissions").await.1["permissions"]["EDIT_ISSUES"]["havePermission"],
        true
    );
}

#[tokio::test]
async fn a_port_in_use_is_an_error_and_stop_frees_the_ports() {
    let first = sandbox().await;
    let port: u16 = first.auth_url().rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    assert!(Sandbox::start(Options { port: Some(port), ..Options::default() }).await.is_err());
    let url = first.control_url().to_owned();
    first.stop().await;
    assert!(Client::new().get(url).send().await.is_err());
}
