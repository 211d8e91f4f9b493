//! Creating and editing: screens, required fields, who may.
use serde_json::{Value, json};

use crate::support::{cloud, corp, doc, field_error, messages, sandbox};

fn bug(more: Value) -> Value {
    let mut fields =
        json!({"project": {"key": "WEB"}, "issuetype": {"name": "Bug"}, "summary": "Search box loses focus"});
    if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
        fields.extend(more);
    }
    json!({"fields": fields})
}

#[tokio::test]
async fn a_bug_in_web_needs_its_browser() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let (_, types) = ada.get("/issue/createmeta/WEB/issuetypes").await;
    let id = types["issueTypes"][0]["id"].as_str().expect("an id");
    let (_, meta) = ada.get(&format!("/issue/createmeta/WEB/issuetypes/{id}")).await;
    let browser = meta["fields"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["name"] == "Browser")
        .expect("the field")
        .clone();
    assert_eq!((&browser["required"], &browser["schema"]["type"]), (&json!(true), &json!("option")));
    let values: Vec<&Value> =
        browser["allowedValues"].as_array().expect("a list").iter().map(|one| &one["value"]).collect();
    assert_eq!(values, ["Chrome", "Firefox", "Safari"]);
    let field = browser["fieldId"].as_str().expect("an id");

    assert_eq!(ada.post("/issue", bug(json!({}))).await, (400, field_error(field, "Browser is required.")));
    let (status, wrong) = ada.post("/issue", bug(json!({field: {"value": "Lynx"}}))).await;
    assert_eq!(status, 400);
    assert!(wrong["errors"][field].as_str().expect("a text").contains("10100[Chrome]"), "{wrong}");
    let (status, created) = ada
        .post(
            "/issue",
            bug(json!({field: {"value": "Firefox"}, "priority": {"name": "High"}, "description": doc("When typing.")})),
        )
        .await;
    assert_eq!((status, &created["key"]), (201, &json!("WEB-57")));
    let issue = sandbox.issue("WEB-57").expect("the issue");
    assert_eq!(
        (&issue["custom"]["Browser"], &issue["reporter"], &issue["status"]),
        (&json!("Firefox"), &json!("ada"), &json!("To Do"))
    );
}

#[tokio::test]
async fn all_errors_come_together_by_field() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let fields = json!({
        "project": {"key": "DEMO"}, "issuetype": {"name": "Task"}, "summary": "two\nlines", "labels": ["a b"], "priority": {"name": "Urgent"},
        "duedate": "tomorrow", "assignee": {"name": "abyron"}, "colour": "red", "customfield_10042": {"value": "Chrome"},
        "customfield_10016": "three",
    });
    let (status, value) = ada.post("/issue", json!({"fields": fields})).await;
    assert_eq!(status, 400);
    assert_eq!(
        value["errors"],
        json!({
            "summary": "The summary is invalid because it contains newline characters.",
            "labels": "The label 'a b' contains spaces which is invalid.",
            "priority": "The priority selected is invalid.",
            "duedate": "Error parsing date string: tomorrow",
            "assignee": "expected an object containing a 'accountId' property",
            "colour": "Field 'colour' cannot be set. It is not on the appropriate screen, or unknown.",
            "customfield_10042": "Field 'customfield_10042' cannot be set. It is not on the appropriate screen, or unknown.",
            "customfield_10016": "Operation value must be a number",
        })
    );
    assert_eq!(
        ada.post("/issue", json!({"fields": {"summary": "x"}})).await,
        (400, field_error("project", "Specify a valid project ID or key"))
    );
    let no_type = json!({"fields": {"project": {"key": "DEMO"}, "summary": "x"}});
    assert_eq!(ada.post("/issue", no_type).await, (400, field_error("issuetype", "Specify an issue type")));
    let no_title = json!({"fields": {"project": {"key": "DEMO"}, "issuetype": {"name": "Task"}}});
    assert_eq!(
        ada.post("/issue", no_title).await,
        (400, field_error("summary", "You must specify a summary of the issue."))
    );
    assert_eq!(ada.post("/issue", json!({"fieldz": {}})).await, (400, messages(&["Unrecognized field \"fieldz\""])));
    assert_eq!(sandbox.keys("DEMO").last().map(String::as_str), Some("DEMO-25"));
}

#[tokio::test]
async fn who_may_not_create_or_edit_is_told_so() {
    let sandbox = sandbox().await;
    let linus = cloud(&sandbox, "linus");
    let demo = json!({"fields": {"project": {"key": "DEMO"}, "issuetype": {"name": "Task"}, "summary": "x"}});
    assert_eq!(
        linus.post("/issue", demo).await,
        (403, messages(&["You do not have permission to create issues in this project."]))
    );
    let hidden = json!({"fields": {"project": {"key": "HR"}, "issuetype": {"name": "Task"}, "summary": "x"}});
    assert_eq!(linus.post("/issue", hidden).await, (400, field_error("project", "Specify a valid project ID or key")));
    assert_eq!(linus.get("/issue/createmeta/DEMO/issuetypes").await.0, 400);
    let edit = json!({"fields": {"summary": "x"}});
    assert_eq!(
        linus.put("/issue/DEMO-1", edit).await,
        (400, messages(&["You do not have permission to edit issues in this project."]))
    );
    assert_eq!(linus.get("/issue/DEMO-1/editmeta").await, (200, json!({"fields": {}})));
    assert_eq!(linus.delete("/issue/DEMO-1").await.0, 403);
    assert_eq!(linus.put("/issue/DEMO-1/assignee", json!({"accountId": null})).await.0, 403);
    assert_eq!(linus.get("/issue/DEMO-1/transitions").await.1["transitions"], json!([]));
    assert_eq!(linus.post("/issue/DEMO-1/worklog", json!({"timeSpent": "1h"})).await.0, 400);

    let linus = corp(&sandbox, "linus");
    let ops = json!({"fields": {"project": {"key": "OPS"}, "issuetype": {"name": "Task"}, "summary": "x"}});
    assert_eq!(
        linus.post("/issue", ops).await,
        (400, field_error("project", "You do not have permission to create issues in this project."))
    );
    assert_eq!(linus.put("/issue/OPS-1/assignee", json!({"name": "lwinter"})).await.0, 401);
    assert_eq!(linus.post("/issue/OPS-1/worklog", json!({"timeSpent": "1h"})).await.0, 403);
}

#[tokio::test]
async fn data_center_has_its_own_required_fields_and_pages() {
    let sandbox = sandbox().await;
    let ada = corp(&sandbox, "ada");
    let (_, types) = ada.get("/issue/createmeta/CORP/issuetypes").await;
    assert_eq!((&types["isLast"], &types["values"][0]["name"]), (&json!(true), &json!("Task")));
    let (status, value) = ada
        .post(
            "/issue",
            json!({"fields": {"project": {"key": "CORP"}, "issuetype": {"name": "Task"}, "summary": "Chairs"}}),
        )
        .await;
    assert_eq!(
        (status, &value["errors"]),
        (400, &json!({"duedate": "Due Date is required.", "customfield_10202": "Cost centre is required."}))
    );
    let whole = json!({"fields": {
        "project": {"key": "CORP"}, "issuetype": {"name": "Task"}, "summary": "Chairs", "duedate": "2026-12-01", "customfield_10202": "4711",
        "assignee": {"name": "ghopper"}, "description": "h1. Chairs",
    }});
    assert_eq!(ada.post("/issue", whole).await.1["key"], "CORP-5");
    assert_eq!(ada.get("/issue/CORP-5").await.1["fields"]["assignee"]["name"], "ghopper");
    assert_eq!(ada.get("/issue/createmeta").await.0, 404);
}

#[tokio::test]
async fn edits_set_add_and_remove() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let body =
        json!({"fields": {"summary": "New title"}, "update": {"labels": [{"add": "fresh"}, {"remove": "docs"}]}});
    assert_eq!(ada.put("/issue/DEMO-1", body).await, (204, Value::Null));
    let issue = sandbox.issue("DEMO-1").expect("an issue");
    assert_eq!((&issue["summary"], &issue["labels"]), (&json!("New title"), &json!(["first-week", "fresh"])));
    let (_, history) = ada.get("/issue/DEMO-1/changelog").await;
    assert_eq!(history["values"][0]["items"][0]["toString"], "New title");
    let both = json!({"fields": {"labels": ["a"]}, "update": {"labels": [{"add": "b"}]}});
    assert_eq!(ada.put("/issue/DEMO-1", both).await.0, 400);
    assert_eq!(
        ada.put("/issue/WEB-12", json!({"fields": {"customfield_10042": null}})).await,
        (400, field_error("customfield_10042", "Browser is required."))
    );
    let returned = ada.put("/issue/DEMO-1?returnIssue=true", json!({"fields": {"duedate": null}})).await;
    assert_eq!((returned.0, &returned.1["fields"]["duedate"]), (200, &Value::Null));
}

#[tokio::test]
async fn properties_mark_an_operation() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let body = json!({
        "fields": {"project": {"key": "DEMO"}, "issuetype": {"name": "Task"}, "summary": "x"},
        "properties": [{"key": "usher.operation", "value": {"id": "abc"}}],
    });
    let (status, created) = ada.post("/issue", body).await;
    assert_eq!(status, 201, "{created}");
    let path = format!("/issue/{}/properties", created["key"].as_str().expect("a key"));
    assert_eq!(
        ada.get(&format!("{path}/usher.operation")).await.1,
        json!({"key": "usher.operation", "value": {"id": "abc"}})
    );
    assert_eq!(ada.put(&format!("{path}/usher.operation"), json!("other")).await.0, 200);
    assert_eq!(ada.put(&format!("{path}/second"), json!(2)).await.0, 201);
    assert_eq!(ada.get(&path).await.1["keys"][1]["key"], "usher.operation");
    assert_eq!(ada.delete(&format!("{path}/second")).await.0, 204);
    assert_eq!(ada.get(&format!("{path}/second")).await.0, 404);
    assert_eq!(cloud(&sandbox, "linus").put("/issue/DEMO-1/properties/x", json!(1)).await.0, 403);
}

#[tokio::test]
async fn a_body_has_to_be_json() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let send = async |kind: &str, body: &str| {
        let request = ada.request(reqwest::Method::POST, "/issue").header("content-type", kind).body(body.to_owned());
        request.send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(send("application/json", "{\"fields\":").await, 400);
    assert_eq!(send("text/plain", "{}").await, 415);
    assert_eq!(send("application/json", &format!("\"{}\"", "x".repeat(11 << 20))).await, 413);
    assert_eq!(ada.call(reqwest::Method::PATCH, "/issue/DEMO-1", None).await.0, 405);
    assert_eq!(ada.get("/no/such/thing").await.0, 404);
    assert_eq!(ada.get("/issue/..%2Fmyself").await.0, 404);
}
