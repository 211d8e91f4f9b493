//! Everyday work: transitions, assignment, comments, worklogs, watching, files, links.
use serde_json::{Value, json};

use crate::support::{Caller, cloud, corp, doc, field_error, messages, sandbox};

async fn go(caller: &Caller, key: &str, body: Value) -> (u16, Value) {
    caller.post(&format!("/issue/{key}/transitions"), body).await
}

#[tokio::test]
async fn transitions_follow_the_workflow_and_its_screens() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let (_, list) = ada.get("/issue/DEMO-1/transitions?expand=transitions.fields").await;
    let names: Vec<&Value> =
        list["transitions"].as_array().expect("a list").iter().map(|one| &one["to"]["name"]).collect();
    assert_eq!(names, ["In Progress", "Ready for review", "Released", "Done"]);
    let released = &list["transitions"][2];
    assert_eq!((&released["hasScreen"], &released["fields"]["resolution"]["required"]), (&json!(true), &json!(true)));
    assert_eq!(released["fields"]["resolution"]["allowedValues"][0]["name"], "Done");

    assert_eq!(
        go(&ada, "DEMO-1", json!({"transition": {"id": 21}})).await,
        (400, messages(&["The transition id must be a string."]))
    );
    assert_eq!(go(&ada, "DEMO-1", json!({})).await.0, 400);
    assert_eq!(
        go(&ada, "DEMO-1", json!({"transition": {"id": "99"}})).await,
        (400, messages(&["Transition id '99' is not valid for this issue."]))
    );
    assert_eq!(go(&ada, "DEMO-1", json!({"transition": {"id": "21"}})).await, (204, Value::Null));
    assert_eq!(sandbox.issue("DEMO-1").expect("an issue")["status"], "In Progress");
    // It is there already.
    assert_eq!(go(&ada, "DEMO-1", json!({"transition": {"id": "21"}})).await.0, 400);
    assert_eq!(
        go(&ada, "DEMO-1", json!({"transition": {"id": "41"}})).await,
        (400, field_error("resolution", "Resolution is required."))
    );
    let off_screen = json!({"transition": {"id": "21"}, "fields": {"summary": "x"}});
    assert_eq!(go(&ada, "DEMO-2", off_screen.clone()).await.0, 400);
    let whole = json!({"transition": {"id": "41"}, "fields": {"resolution": {"name": "Won't Do"}}, "update": {"comment": [{"add": {"body": doc("Shipped")}}]}});
    assert_eq!(go(&ada, "DEMO-1", whole).await.0, 204);
    let issue = sandbox.issue("DEMO-1").expect("an issue");
    assert_eq!(
        (&issue["status"], &issue["resolution"], &issue["comments"][1]["text"]),
        (&json!("Released"), &json!("Won't Do"), &json!("Shipped"))
    );
    // Back again: the resolution goes.
    assert_eq!(go(&ada, "DEMO-1", json!({"transition": {"id": "21"}})).await.0, 204);
    assert_eq!(sandbox.issue("DEMO-1").expect("an issue")["resolution"], Value::Null);
    assert_eq!(go(&cloud(&sandbox, "linus"), "DEMO-1", json!({"transition": {"id": "51"}})).await.0, 400);
}

#[tokio::test]
async fn data_center_transitions_are_verbs() {
    let sandbox = sandbox().await;
    let ada = corp(&sandbox, "ada");
    let (_, list) = ada.get("/issue/OPS-2/transitions").await;
    let names: Vec<&Value> = list["transitions"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["Start Progress", "Resolve Issue", "Close Issue"]);
    assert_eq!(
        go(&ada, "OPS-2", json!({"transition": {"id": "5"}, "fields": {"resolution": {"id": "10000"}}})).await.0,
        204
    );
    assert_eq!(sandbox.issue("OPS-2").expect("an issue")["status"], "Resolved");
}

#[tokio::test]
async fn assignment_by_the_sites_own_names() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let id =
        |person: &str| sandbox.state().world.lock().person(person).map(|one| one.account_id.clone()).expect("a person");
    let assign = async |body: Value| ada.put("/issue/DEMO-4/assignee", body).await;
    assert_eq!(assign(json!({"accountId": id("grace")})).await, (204, Value::Null));
    assert_eq!(sandbox.issue("DEMO-4").expect("an issue")["assignee"], "grace");
    let (status, value) = assign(json!({"accountId": id("linus")})).await;
    assert_eq!(
        (status, value["errors"]["assignee"].as_str().is_some_and(|text| text.ends_with("cannot be assigned issues."))),
        (400, true)
    );
    assert_eq!(
        assign(json!({"accountId": "nobody"})).await,
        (400, field_error("assignee", "User 'nobody' does not exist."))
    );
    assert_eq!(assign(json!({"name": "ghopper"})).await.0, 400);
    assert_eq!(assign(json!({"accountId": id("grace"), "name": "ghopper"})).await.0, 400);
    assert_eq!(assign(json!({"accountId": null})).await.0, 204);
    assert_eq!(sandbox.issue("DEMO-4").expect("an issue")["assignee"], Value::Null);
    assert_eq!(assign(json!({"accountId": "-1"})).await.0, 204);
    assert_eq!(sandbox.issue("DEMO-4").expect("an issue")["assignee"], "grace");
    let ada = corp(&sandbox, "ada");
    assert_eq!(ada.put("/issue/OPS-3/assignee", json!({"accountId": id("ada")})).await.0, 400);
    assert_eq!(ada.put("/issue/OPS-3/assignee", json!({"name": "abyron"})).await.0, 204);
}

#[tokio::test]
async fn comments_are_written_changed_and_deleted_by_their_author() {
    let sandbox = sandbox().await;
    let (ada, linus) = (cloud(&sandbox, "ada"), cloud(&sandbox, "linus"));
    let (status, comment) = linus.post("/issue/DEMO-1/comment", json!({"body": doc("Me too")})).await;
    assert_eq!(status, 201);
    let path = format!("/issue/DEMO-1/comment/{}", comment["id"].as_str().expect("an id"));
    assert_eq!(ada.put(&path, json!({"body": doc("changed")})).await.0, 400);
    assert_eq!(
        ada.delete(&path).await,
        (400, messages(&["Ada Byron, you do not have the permission to delete this comment."]))
    );
    assert_eq!(cloud(&sandbox, "grace").put(&path, json!({"body": doc("changed")})).await.0, 200);
    assert_eq!(cloud(&sandbox, "grace").delete(&path).await.0, 204);
    assert_eq!(linus.get(&path).await.0, 404);
    let to = |kind: &str, name: &str| json!({"body": doc("hush"), "visibility": {"type": kind, "value": name}});
    assert_eq!(ada.post("/issue/DEMO-1/comment", to("role", "Administrators")).await.0, 400);
    assert_eq!(ada.post("/issue/DEMO-1/comment", to("planet", "Mars")).await.0, 400);
    let (status, comment) = ada.post("/issue/DEMO-1/comment", to("group", "engineering")).await;
    assert_eq!((status, &comment["visibility"]["type"]), (201, &json!("group")));
    assert_eq!(linus.get(&format!("/issue/DEMO-1/comment/{}", comment["id"].as_str().expect("an id"))).await.0, 404);
    sandbox.permit("DEMO", "linus", usher_sandbox::world::Permission::Comment, false);
    let refused = linus.post("/issue/DEMO-1/comment", json!({"body": doc("x")})).await;
    assert_eq!(refused, (400, messages(&["Linus Winter, you do not have the permission to comment on this issue."])));
}

#[tokio::test]
async fn time_is_logged_and_the_estimate_follows() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let left = || sandbox.issue("DEMO-1").expect("an issue")["remainingEstimate"].clone();
    assert_eq!(left(), 9_000);
    let (status, log) = ada
        .post(
            "/issue/DEMO-1/worklog",
            json!({"timeSpent": "1h 30m", "comment": doc("Focus"), "started": "2026-11-18T08:00:00.000+0000"}),
        )
        .await;
    assert_eq!(
        (status, &log["timeSpentSeconds"], &log["timeSpent"], &log["started"]),
        (201, &json!(5_400), &json!("1h 30m"), &json!("2026-11-18T08:00:00.000+0000"))
    );
    assert_eq!(left(), 3_600);
    assert_eq!(
        ada.post("/issue/DEMO-1/worklog?adjustEstimate=new&newEstimate=2h", json!({"timeSpentSeconds": 600})).await.0,
        201
    );
    assert_eq!(left(), 7_200);
    assert_eq!(ada.post("/issue/DEMO-1/worklog?adjustEstimate=leave", json!({"timeSpentSeconds": 600})).await.0, 201);
    assert_eq!(left(), 7_200);
    let path = format!("/issue/DEMO-1/worklog/{}", log["id"].as_str().expect("an id"));
    assert_eq!(ada.delete(&path).await.0, 204);
    assert_eq!(left(), 12_600);
    for (path, body) in [
        ("/issue/DEMO-1/worklog?adjustEstimate=new", json!({"timeSpent": "1h"})),
        ("/issue/DEMO-1/worklog?adjustEstimate=maybe", json!({"timeSpent": "1h"})),
        ("/issue/DEMO-1/worklog", json!({"timeSpent": "soon"})),
        ("/issue/DEMO-1/worklog", json!({"timeSpentSeconds": 0})),
        ("/issue/DEMO-1/worklog", json!({"timeSpentSeconds": u64::MAX})),
        ("/issue/DEMO-1/worklog", json!({})),
        ("/issue/DEMO-1/worklog", json!({"timeSpent": "1h", "started": "2026-11-18T08:00:00Z"})),
        ("/issue/DEMO-1/worklog", json!({"timeSpent": "1h", "comment": "plain"})),
    ] {
        assert_eq!(ada.post(path, body.clone()).await.0, 400, "{path} {body}");
    }
}

#[tokio::test]
async fn watching_voting_linking() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let linus = sandbox.state().world.lock().person("linus").map(|one| one.account_id.clone()).expect("a person");
    assert_eq!(ada.call(reqwest::Method::POST, "/issue/DEMO-2/watchers", None).await.0, 204);
    assert_eq!(ada.post("/issue/DEMO-2/watchers", json!(linus)).await.0, 403);
    assert_eq!(cloud(&sandbox, "grace").post("/issue/DEMO-2/watchers", json!(linus)).await.0, 204);
    assert_eq!(ada.get("/issue/DEMO-2/watchers").await.1["watchCount"], 2);
    assert_eq!(ada.delete("/issue/DEMO-2/watchers").await.0, 400);
    assert_eq!(
        ada.call(reqwest::Method::POST, "/issue/DEMO-2/votes", None).await,
        (404, messages(&["You cannot vote for an issue you have reported."]))
    );
    assert_eq!(ada.call(reqwest::Method::POST, "/issue/DEMO-4/votes", None).await.0, 204);
    assert_eq!(ada.get("/issue/DEMO-4/votes").await.1["votes"], 1);

    let link = |kind: &str, from: &str, to: &str| json!({"type": {"name": kind}, "inwardIssue": {"key": from}, "outwardIssue": {"key": to}});
    assert_eq!(ada.post("/issueLink", link("Blocks", "DEMO-1", "DEMO-4")).await, (201, Value::Null));
    let (_, issue) = ada.get("/issue/DEMO-1?fields=issuelinks").await;
    assert_eq!(issue["fields"]["issuelinks"][0]["outwardIssue"]["key"], "DEMO-4");
    assert_eq!(
        ada.get("/issue/DEMO-4?fields=issuelinks").await.1["fields"]["issuelinks"][0]["type"]["inward"],
        "is blocked by"
    );
    assert_eq!(
        ada.post("/issueLink", link("Befriends", "DEMO-1", "DEMO-4")).await,
        (404, messages(&["No issue link type with name 'Befriends' found."]))
    );
    assert_eq!(ada.post("/issueLink", link("Blocks", "DEMO-1", "HR-7")).await.0, 404);
    // Two who differ in what they see see different links.
    assert_eq!(cloud(&sandbox, "grace").post("/issueLink", link("Relates", "DEMO-1", "HR-7")).await.0, 201);
    assert_eq!(
        ada.get("/issue/DEMO-1?fields=issuelinks").await.1["fields"]["issuelinks"].as_array().map_or(0, Vec::len),
        1
    );
}

#[tokio::test]
async fn files_come_and_go() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let form = || {
        let part = reqwest::multipart::Part::bytes(b"hello".to_vec())
            .file_name("a \"b\".txt")
            .mime_str("text/plain")
            .expect("a type");
        reqwest::multipart::Form::new().part("file", part)
    };
    let request = || ada.request(reqwest::Method::POST, "/issue/DEMO-1/attachments").multipart(form());
    assert_eq!(request().send().await.expect("an answer").status(), 403);
    let added: Value =
        request().header("X-Atlassian-Token", "no-check").send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!((&added[0]["filename"], &added[0]["size"]), (&json!("a \"b\".txt"), &json!(5)));
    let content = ada
        .http
        .get(added[0]["content"].as_str().expect("an address"))
        .bearer_auth(&ada.token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(content.headers()["content-type"], "text/plain");
    assert_eq!(content.text().await.expect("a body"), "hello");
    let path = format!("/attachment/{}", added[0]["id"].as_str().expect("an id"));
    assert_eq!(cloud(&sandbox, "linus").delete(&path).await.0, 403);
    assert_eq!(ada.delete(&path).await.0, 204);
    assert_eq!(ada.get(&path).await.0, 404);

    let ada = corp(&sandbox, "ada");
    let request = ada
        .request(reqwest::Method::POST, "/issue/OPS-1/attachments")
        .header("X-Atlassian-Token", "no-check")
        .multipart(form());
    let added: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    let content = ada
        .http
        .get(added[0]["content"].as_str().expect("an address"))
        .bearer_auth(&ada.token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(content.text().await.expect("a body"), "hello");
}
