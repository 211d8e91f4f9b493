//! Long text: documents on Cloud, wiki markup on Data Center, and never the other way round.
use serde_json::{Value, json};

use crate::support::{cloud, corp, doc, field_error, messages, sandbox};

#[tokio::test]
async fn cloud_takes_valid_documents_only() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let comment = async |body: Value| ada.post("/issue/DEMO-1/comment", json!({"body": body})).await;
    assert_eq!(comment(json!("plain")).await, (400, field_error("comment", "Comment body is not valid!")));
    assert_eq!(comment(Value::Null).await, (400, field_error("comment", "Comment body can not be empty!")));
    let invalid = [
        json!({"type": "doc", "version": 1, "content": [{"type": "text", "text": "right below doc"}]}),
        json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}]}),
        json!({"type": "doc", "content": []}),
        json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x", "marks": [{"type": "glow"}]}]}]}),
        json!({"type": "doc", "version": 1, "content": [{"type": "bulletList", "content": [{"type": "paragraph"}]}]}),
    ];
    for body in invalid {
        assert_eq!(comment(body.clone()).await, (400, messages(&["INVALID_INPUT"])), "{body}");
    }
    let empty = json!({"type": "doc", "version": 1, "content": []});
    assert_eq!(comment(empty).await, (400, field_error("comment", "Comment body can not be empty!")));
    let (status, value) = comment(doc("fine")).await;
    assert_eq!((status, &value["body"]), (201, &doc("fine")));

    let (status, value) = ada.put("/issue/DEMO-1", json!({"fields": {"description": "plain"}})).await;
    assert_eq!(status, 400);
    assert_eq!(
        value["errors"]["description"],
        "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
    );
    assert_eq!(ada.put("/issue/DEMO-1", json!({"fields": {"description": doc("new")}})).await.0, 204);
    let long = doc(&"x".repeat(32_768));
    let (_, value) = comment(long).await;
    assert_eq!(
        value["errors"]["comment"],
        "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
    );
    assert_eq!(sandbox.issue("DEMO-1").expect("an issue")["description"], "new");
}

#[tokio::test]
async fn data_center_takes_strings_only() {
    let sandbox = sandbox().await;
    let ada = corp(&sandbox, "ada");
    let (status, value) = ada.post("/issue/OPS-1/comment", json!({"body": doc("x")})).await;
    assert_eq!((status, value), (400, field_error("comment", "Operation value must be a string")));
    let (status, value) = ada.post("/issue/OPS-1/comment", json!({"body": "*bold* and {{code}}"})).await;
    assert_eq!(
        (status, &value["body"], &value["author"]["name"]),
        (201, &json!("*bold* and {{code}}"), &json!("abyron"))
    );
}

#[tokio::test]
async fn the_odd_titles_survive() {
    let sandbox = sandbox().await;
    let (_, issue) = cloud(&sandbox, "ada").get("/issue/DEMO-9").await;
    let title = issue["fields"]["summary"].as_str().expect("a title");
    for piece in ["@everyone", "**look**", "<script>", "{\\rtf1", "](https://evil.example)", "`code`", "| pipe"] {
        assert!(title.contains(piece), "{piece}");
    }
}
