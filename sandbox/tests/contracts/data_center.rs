//! Every operation of the Data Center site, signed, and checked against our own table.
use std::num::NonZeroU64;

use oauth1_request as oauth;
use oauth1_request::serializer::Serializer;
use oauth1_request::signature_method::rsa_sha1_09::{RsaPrivateKey, RsaSha1};
use parking_lot::Mutex;
use rsa::RsaPublicKey;
use rsa::pkcs8::{EncodePublicKey, LineEnding};
use serde_json::{Value, json};
use usher_sandbox::{Options, PersonId, Sandbox};

use crate::table::Table;
use crate::{Ask, body, fill};

/// What the tools rely on.
pub fn table() -> Table {
    Table::load(include_str!("../../../tests/contracts/jira-dc-v2.json"))
}

struct DataCenter {
    sandbox: Sandbox,
    http: reqwest::Client,
    table: Table,
    key: RsaPrivateKey,
    /// Everything that broke the contract, so that one run shows all of it.
    broken: Mutex<Vec<String>>,
}

/// The parameters of a query, to be signed.
struct Query<'a>(&'a [(&'a str, &'a str)]);

impl oauth::Request for Query<'_> {
    fn serialize<S: Serializer>(&self, mut serializer: S) -> S::Output {
        use oauth1_request::serializer::SerializerExt;
        // The names used here stand clear of `oauth_…`, so that OAuth's own parameters stay together.
        let mut pairs = self.0.to_vec();
        pairs.sort_unstable();
        let (before, after): (Vec<_>, Vec<_>) = pairs.into_iter().partition(|(name, _)| *name < "oauth");
        before.iter().for_each(|(name, value)| serializer.serialize_parameter(name, value));
        serializer.serialize_oauth_parameters();
        after.iter().for_each(|(name, value)| serializer.serialize_parameter(name, value));
        serializer.end()
    }
}

impl DataCenter {
    async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("free ports");
        let key = RsaPrivateKey::new(&mut rsa::rand_core::OsRng, 1024).expect("a key");
        sandbox.set_consumer_key(RsaPublicKey::from(&key).to_public_key_pem(LineEnding::LF).expect("PEM"));
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { sandbox, http, table: table(), key, broken: Mutex::default() }
    }

    async fn send(&self, person: &str, operation: &str, ask: Ask<'_>) -> (u16, Value) {
        let (method, path) = self.table.address(operation);
        let address = format!("{}{}", self.sandbox.dc_url(), fill(path, ask.path));
        let mut request = self.http.request(method.parse().expect("a method"), &address).query(ask.query);
        request = request.header("Authorization", self.sign(person, method, &address, ask.query));
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        if let Some((name, content)) = ask.file {
            let part = reqwest::multipart::Part::text(content.to_owned()).file_name(name.to_owned());
            let form = reqwest::multipart::Form::new().part("file", part);
            request = request.header("X-Atlassian-Token", "no-check").multipart(form);
        }
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let answer = body(response).await;
        self.broken.lock().extend(self.table.check(operation, status, answer.as_ref()).err());
        (status, answer.unwrap_or_default())
    }

    fn sign(&self, person: &str, method: &str, address: &str, query: &[(&str, &str)]) -> String {
        let access = self.sandbox.state().oauth1.issue_access(&PersonId::new(person), "usher");
        let now = self.sandbox.clock().now().as_second().unsigned_abs();
        let client = oauth::Credentials::new("usher", "");
        let mut builder = oauth::Builder::new(client, RsaSha1::new(self.key.clone()));
        builder
            .token(oauth::Credentials::new(access.token.as_str(), access.secret.as_str()))
            .timestamp(NonZeroU64::new(now));
        builder.authorize(method, address, &Query(query))
    }

    async fn ok(&self, operation: &str, ask: Ask<'_>) -> Value {
        let (status, answer) = self.send("ada", operation, ask).await;
        assert!(status < 300, "{operation}: {status} {answer}");
        answer
    }

    async fn refused(&self, operation: &str, ask: Ask<'_>, expected: u16) {
        let (status, answer) = self.send("ada", operation, ask).await;
        assert_eq!(status, expected, "{operation}: {answer}");
    }

    async fn get(&self, operation: &str, path: &[&str]) -> Value {
        self.ok(operation, Ask { path, ..Ask::default() }).await
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_operation_answers_as_the_table_says() {
    let jira = DataCenter::start().await;
    lists(&jira).await;
    people_and_searches(&jira).await;
    let key = an_issue_and_its_life(&jira).await;
    comments_and_worklogs(&jira, &key).await;
    files_links_and_properties(&jira, &key).await;
    sprints(&jira, &key).await;
    versions_and_filters(&jira).await;
    boards(&jira).await;
    requests(&jira).await;
    assert_eq!(jira.send("grace", "deleteIssue", Ask { path: &[&key], ..Ask::default() }).await.0, 204);
    assert_eq!(*jira.broken.lock(), [""; 0]);
    assert_eq!(jira.table.not_called(), [""; 0], "operations that were never called with success");
}

async fn lists(jira: &DataCenter) {
    for operation in [
        "serverInfo",
        "statuses",
        "priorities",
        "resolutions",
        "types",
        "fields",
        "linkTypes",
        "projects",
        "attachmentSettings",
        "myPermissions",
    ] {
        jira.get(operation, &[]).await;
    }
    jira.get("project", &["OPS"]).await;
    jira.get("projectStatuses", &["OPS"]).await;
    let types = jira.get("createTypes", &["OPS"]).await;
    let incident =
        types["values"].as_array().expect("a list").iter().find(|one| one["name"] == "Incident").expect("incidents");
    let fields = jira.get("createFields", &["OPS", &id(incident)]).await;
    let impact = fields["values"].as_array().expect("a list").iter().find(|one| one["name"] == "Impact");
    assert_eq!(impact.expect("the impact")["required"], true);
    jira.ok("picker", Ask { query: &[("query", "OPS-1")], ..Ask::default() }).await;
    jira.refused("project", Ask { path: &["SEC"], ..Ask::default() }, 404).await;
}

async fn people_and_searches(jira: &DataCenter) {
    let me = jira.get("myself", &[]).await;
    let name = me["name"].as_str().expect("a name");
    jira.ok("user", Ask { query: &[("username", name)], ..Ask::default() }).await;
    jira.refused("user", Ask { query: &[("username", "nobody")], ..Ask::default() }, 404).await;
    jira.ok("users", Ask { query: &[("username", "grac")], ..Ask::default() }).await;
    jira.ok("groupPicker", Ask { query: &[("query", "lead")], ..Ask::default() }).await;
    jira.ok("suggestions", Ask { query: &[("fieldName", "labels")], ..Ask::default() }).await;
    jira.ok("userPicker", Ask { query: &[("query", "grac")], ..Ask::default() }).await;
    jira.ok("assignable", Ask { query: &[("project", "OPS"), ("username", "grac")], ..Ask::default() }).await;

    let jql = "project = OPS AND text ~ \"Größe\" OR project = OPS ORDER BY created DESC";
    jira.ok("search", Ask { query: &[("jql", jql), ("maxResults", "2"), ("startAt", "1")], ..Ask::default() }).await;
    let body = json!({ "jql": "project = OPS", "startAt": 0, "maxResults": 2, "fields": ["summary"] });
    jira.ok("searchPost", Ask { body: Some(body), ..Ask::default() }).await;
    let body = json!({ "jql": "key = OPS-1", "maxResults": 1, "fields": ["status"], "expand": ["changelog"] });
    let found = jira.ok("searchPost", Ask { body: Some(body), ..Ask::default() }).await;
    let item = &found["issues"][0]["changelog"]["histories"][0]["items"][0];
    assert!(item["field"] == "status" && item["to"].is_string() && item["toString"] == "In Progress", "{item}");
    jira.refused("search", Ask { query: &[("jql", "colour = red")], ..Ask::default() }, 400).await;
}

async fn an_issue_and_its_life(jira: &DataCenter) -> String {
    jira.get("issue", &["OPS-1"]).await;
    jira.refused("issue", Ask { path: &["SEC-1"], ..Ask::default() }, 404).await;
    let fields = json!({ "project": { "key": "OPS" }, "issuetype": { "name": "Task" }, "summary": "Made by a test", "description": "*Words*" });
    let made = jira.ok("createIssue", Ask { body: Some(json!({ "fields": fields })), ..Ask::default() }).await;
    let key = made["key"].as_str().expect("a key").to_owned();
    let mut incident = fields;
    incident["issuetype"]["name"] = "Incident".into();
    jira.refused("createIssue", Ask { body: Some(json!({ "fields": incident })), ..Ask::default() }, 400).await;
    let path = &[key.as_str()];
    let edit = json!({ "fields": { "summary": "Edited by a test", "labels": ["contract"] } });
    jira.ok("editIssue", Ask { path, body: Some(edit), ..Ask::default() }).await;
    jira.get("editMeta", path).await;
    jira.ok("assign", Ask { path, body: Some(json!({ "name": "ghopper" })), ..Ask::default() }).await;
    jira.refused("assign", Ask { path, body: Some(json!({ "name": "nobody" })), ..Ask::default() }, 400).await;
    let ask = Ask { path, query: &[("expand", "transitions.fields")], ..Ask::default() };
    let transitions = jira.ok("transitions", ask).await;
    let start =
        transitions["transitions"].as_array().expect("a list").iter().find(|one| one["name"] == "Start Progress");
    let go = json!({ "transition": { "id": id(start.expect("the way to start")) } });
    jira.ok("doTransition", Ask { path, body: Some(go), ..Ask::default() }).await;
    jira.refused(
        "doTransition",
        Ask { path, body: Some(json!({ "transition": { "id": "999" } })), ..Ask::default() },
        400,
    )
    .await;
    key
}

async fn comments_and_worklogs(jira: &DataCenter, key: &str) {
    let path = &[key];
    let comment = json!({ "body": "Said by a *test*." });
    let made = id(&jira.ok("addComment", Ask { path, body: Some(comment.clone()), ..Ask::default() }).await);
    jira.refused("addComment", Ask { path, body: Some(json!({ "body": "" })), ..Ask::default() }, 400).await;
    jira.get("comments", path).await;
    jira.get("comments", &["OPS-6"]).await;
    jira.get("comment", &[key, &made]).await;
    jira.ok("editComment", Ask { path: &[key, &made], body: Some(comment), ..Ask::default() }).await;
    jira.get("deleteComment", &[key, &made]).await;
    jira.refused("comment", Ask { path: &[key, &made], ..Ask::default() }, 404).await;

    let work = json!({ "timeSpent": "1h 30m", "comment": "Done.", "started": "2026-11-20T09:00:00.000+0000" });
    let made = id(&jira.ok("addWorklog", Ask { path, body: Some(work), ..Ask::default() }).await);
    jira.refused("addWorklog", Ask { path, body: Some(json!({ "timeSpent": "a while" })), ..Ask::default() }, 400)
        .await;
    jira.get("worklogs", path).await;
    jira.get("worklog", &[key, &made]).await;
    jira.get("deleteWorklog", &[key, &made]).await;
}

async fn files_links_and_properties(jira: &DataCenter, key: &str) {
    let path = &[key];
    let files = jira.ok("attach", Ask { path, file: Some(("a.txt", "hello")), ..Ask::default() }).await;
    let file = id(&files[0]);
    jira.get("attachment", &[&file]).await;
    jira.get("attachmentContent", &[&file, "a.txt"]).await;
    jira.get("deleteAttachment", &[&file]).await;

    let page = json!({ "object": { "url": "https://example.org/spec", "title": "Spec" } });
    let page = jira.ok("addWebLink", Ask { path, body: Some(page), ..Ask::default() }).await;
    jira.get("webLinks", path).await;
    jira.get("deleteWebLink", &[key, &page["id"].to_string()]).await;

    jira.ok("watch", Ask { path, body: Some(json!("abyron")), ..Ask::default() }).await;
    jira.get("watchers", path).await;
    jira.ok("unwatch", Ask { path, query: &[("username", "abyron")], ..Ask::default() }).await;
    jira.get("vote", &["OPS-1"]).await;
    jira.get("votes", &["OPS-1"]).await;
    jira.get("unvote", &["OPS-1"]).await;

    let link =
        json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "OPS-1" } });
    jira.ok("addLink", Ask { body: Some(link.clone()), ..Ask::default() }).await;
    let mut bad = link;
    bad["outwardIssue"]["key"] = "SEC-1".into();
    jira.refused("addLink", Ask { body: Some(bad), ..Ask::default() }, 404).await;
    let issue = jira.get("issue", path).await;
    let link = id(&issue["fields"]["issuelinks"][0]);
    jira.get("link", &[&link]).await;
    jira.get("deleteLink", &[&link]).await;

    let property = &[key, "usher"];
    jira.ok("putProperty", Ask { path: property, body: Some(json!({ "marker": 1 })), ..Ask::default() }).await;
    jira.get("propertyKeys", path).await;
    jira.get("property", property).await;
    jira.get("deleteProperty", property).await;
    jira.refused("property", Ask { path: property, ..Ask::default() }, 404).await;
}

async fn sprints(jira: &DataCenter, key: &str) {
    let boards = jira.ok("boards", Ask { query: &[("projectKeyOrId", "OPS")], ..Ask::default() }).await;
    let board = boards["values"][0]["id"].to_string();
    let sprints = jira.ok("sprints", Ask { path: &[&board], query: &[("state", "active")], ..Ask::default() }).await;
    let sprint = sprints["values"][0]["id"].to_string();
    jira.get("sprint", &[&sprint]).await;
    let body = Some(json!({ "issues": [key] }));
    jira.ok("intoSprint", Ask { path: &[&sprint], body: body.clone(), ..Ask::default() }).await;
    jira.ok("intoBacklog", Ask { body, ..Ask::default() }).await;
    jira.refused("sprint", Ask { path: &["99999"], ..Ask::default() }, 404).await;
}

async fn versions_and_filters(jira: &DataCenter) {
    let versions = jira.get("versions", &["OPS"]).await;
    let version = id(&versions[0]);
    jira.get("version", &[&version]).await;
    jira.get("unresolved", &[&version]).await;
    jira.get("components", &["OPS"]).await;
    let new = json!({ "name": "9.9", "projectId": 11000, "releaseDate": "2027-01-01" });
    let (status, made) = jira.send("grace", "createVersion", Ask { body: Some(new.clone()), ..Ask::default() }).await;
    assert_eq!(status, 201);
    jira.refused("createVersion", Ask { body: Some(new), ..Ask::default() }, 404).await;
    let release = json!({ "released": true, "moveUnfixedIssuesTo": made["self"] });
    let ask = Ask { path: &[&version], body: Some(release), ..Ask::default() };
    assert_eq!(jira.send("grace", "updateVersion", ask).await.0, 200);
    jira.get("favourites", &[]).await;
    jira.get("filter", &["31001"]).await;
    jira.refused("filter", Ask { path: &["99999"], ..Ask::default() }, 400).await;
}

async fn boards(jira: &DataCenter) {
    for operation in ["board", "boardConfiguration", "boardProjects", "boardBacklog"] {
        jira.get(operation, &["6"]).await;
        jira.refused(operation, Ask { path: &["7"], ..Ask::default() }, 404).await;
    }
    let new = json!({ "name": "Made by a test", "originBoardId": 5 });
    jira.refused("createSprint", Ask { body: Some(new.clone()), ..Ask::default() }, 403).await;
    let (status, made) = jira.send("grace", "createSprint", Ask { body: Some(new), ..Ask::default() }).await;
    assert_eq!(status, 201);
    let body = Some(json!({ "goal": "Quiet nights" }));
    let ask = Ask { path: &[&made["id"].to_string()], body, ..Ask::default() };
    assert_eq!(jira.send("grace", "updateSprint", ask).await.0, 200);
    jira.get("agileIssue", &["OPS-2"]).await;
    let rank = json!({ "issues": ["OPS-9"], "rankAfterIssue": "OPS-2" });
    jira.ok("rank", Ask { body: Some(rank), ..Ask::default() }).await;
}

async fn requests(jira: &DataCenter) {
    let desks = jira.get("desks", &[]).await;
    let desk = id(&desks["values"][0]);
    jira.get("queues", &[&desk]).await;
    jira.get("requestTypes", &[&desk]).await;
    jira.get("requestFields", &[&desk, "65"]).await;
    let values = json!({ "summary": "Nothing works", "customfield_10200": { "id": "20102" } });
    let new = json!({ "serviceDeskId": desk, "requestTypeId": "65", "requestFieldValues": values });
    let made = jira.ok("createRequest", Ask { body: Some(new), ..Ask::default() }).await;
    jira.get("slas", &[made["issueKey"].as_str().expect("a key")]).await;
    jira.refused("slas", Ask { path: &["OPS-2"], ..Ask::default() }, 404).await;
}
