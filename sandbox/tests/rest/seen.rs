//! Who sees what: projects, security levels, comments, old keys, numeric ids.
use serde_json::{Value, json};

use crate::support::{cloud, corp, messages, sandbox};

#[tokio::test]
async fn what_a_person_may_not_see_does_not_exist() {
    let sandbox = sandbox().await;
    let (ada, grace, linus) = (cloud(&sandbox, "ada"), cloud(&sandbox, "grace"), cloud(&sandbox, "linus"));
    let none = messages(&["Issue does not exist or you do not have permission to see it."]);
    for (path, sub) in [
        ("/issue/HR-7", ""),
        ("/issue/NOPE-1", ""),
        ("/issue/DEMO-999", ""),
        ("/issue/HR-7", "/comment"),
        ("/issue/HR-7", "/transitions"),
    ] {
        assert_eq!(ada.get(&format!("{path}{sub}")).await, (404, none.clone()), "{path}{sub}");
    }
    assert_eq!(ada.post("/issue/HR-7/comment", json!({"body": crate::support::doc("x")})).await, (404, none.clone()));
    assert_eq!(grace.get("/issue/HR-7").await.0, 200);
    // A security level hides one issue of a project that can be seen.
    assert_eq!(linus.get("/issue/DEMO-13").await, (404, none.clone()));
    let (status, secret) = ada.get("/issue/DEMO-13").await;
    assert_eq!((status, &secret["fields"]["security"]["name"]), (200, &json!("Leads only")));
    assert_eq!(ada.get("/project/HR").await, (404, messages(&["No project could be found with key 'HR'."])));
    let keys: Vec<Value> = ada.get("/project/search").await.1["values"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| one["key"].clone())
        .collect();
    assert_eq!(keys, ["DEMO", "WEB"]);

    let (ada, linus) = (corp(&sandbox, "ada"), corp(&sandbox, "linus"));
    assert_eq!(ada.get("/issue/SEC-1").await, (404, messages(&["Issue Does Not Exist"])));
    assert_eq!(linus.get("/issue/SEC-1").await.0, 200);
    assert_eq!(linus.get("/issue/OPS-8").await.0, 404);
    assert_eq!(ada.get("/issue/DEMO-1").await.0, 404);
}

#[tokio::test]
async fn an_old_key_and_a_number_lead_to_the_issue_of_today() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let (status, moved) = ada.get("/issue/DEMO-7?fields=project").await;
    assert_eq!((status, &moved["key"], &moved["fields"]["project"]["key"]), (200, &json!("WEB-7"), &json!("WEB")));
    let id = moved["id"].as_str().expect("an id").to_owned();
    assert_eq!(ada.get(&format!("/issue/{id}")).await.1["key"], "WEB-7");
    assert_eq!(ada.get("/issue/web-7").await.1["key"], "WEB-7");
    // Numbers go through the same eyes.
    let hidden = sandbox.issue("HR-7").expect("an issue")["id"].as_str().expect("an id").to_owned();
    assert_eq!(ada.get(&format!("/issue/{hidden}")).await.0, 404);
}

#[tokio::test]
async fn a_restricted_comment_is_shown_to_its_readers_only() {
    let sandbox = sandbox().await;
    let seen = async |person: &str| -> Vec<String> {
        let caller = cloud(&sandbox, person);
        let list = caller.get("/issue/DEMO-3/comment").await.1;
        let inside = caller.get("/issue/DEMO-3?fields=comment").await.1;
        assert_eq!(list["comments"], inside["fields"]["comment"]["comments"]);
        assert_eq!(list["total"], list["comments"].as_array().expect("a list").len());
        let visibility = |one: &Value| one["visibility"]["value"].as_str().unwrap_or("everybody").to_owned();
        list["comments"].as_array().expect("a list").iter().map(visibility).collect()
    };
    assert_eq!(seen("ada").await, ["everybody", "engineering"]);
    assert_eq!(seen("grace").await, ["everybody", "Administrators", "engineering"]);
    assert_eq!(seen("linus").await, ["everybody"]);
}

#[tokio::test]
async fn fields_and_expands_are_answered_as_asked() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let names = |value: &Value| {
        value["fields"].as_object().map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
    };
    assert_eq!(names(&ada.get("/issue/DEMO-1?fields=summary,status").await.1), ["status", "summary"]);
    assert!(names(&ada.get("/issue/DEMO-1").await.1).contains(&"comment".to_owned()));
    assert!(!names(&ada.get("/issue/DEMO-1?fields=-comment").await.1).contains(&"comment".to_owned()));
    assert!(!names(&ada.get("/issue/DEMO-1?fields=*navigable").await.1).contains(&"comment".to_owned()));
    let (_, issue) = ada.get("/issue/DEMO-1?fields=summary&expand=transitions,names,changelog,editmeta").await;
    assert_eq!(issue["transitions"][0]["name"], "In Progress");
    assert_eq!(issue["names"]["customfield_10042"], "Browser");
    assert_eq!(issue["editmeta"]["fields"]["summary"]["required"], true);
    let (_, other) = ada.get("/issue/DEMO-2?expand=changelog&fields=id").await;
    assert_eq!(other["changelog"]["histories"][0]["items"][0]["toString"], "In Progress");
}
