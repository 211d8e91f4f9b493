//! Every operation of the Cloud site, checked against the published schemas and our own table of what they leave open.
mod plan;

use parking_lot::Mutex;
use serde_json::{Value, json};
use usher_sandbox::{Options, Sandbox};

use crate::spec::{Spec, check_error};
use crate::table::Table;
use crate::{Ask, body, fill};

const SCOPES: &str = "read:jira-work write:jira-work read:jira-user read:board-scope:jira-software read:project:jira \
                      read:sprint:jira-software write:sprint:jira-software write:board-scope:jira-software \
                      manage:jira-project \
                      read:issue-details:jira read:board-scope.admin:jira-software read:issue:jira-software write:issue:jira-software \
                      read:servicedesk-request write:servicedesk-request";

/// What the tools rely on where the published schemas say nothing.
pub fn fields() -> Table {
    Table::load(include_str!("../../../tests/contracts/jira-cloud-fields.json"))
}

struct Cloud {
    sandbox: Sandbox,
    http: reqwest::Client,
    spec: Spec,
    fields: Table,
    base: String,
    /// Everything that broke a contract, so that one run shows all of it.
    broken: Mutex<Vec<String>>,
}

impl Cloud {
    async fn start() -> Self {
        let sandbox = Sandbox::start(Options::default()).await.expect("free ports");
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        let token = sandbox.token_for("ada", SCOPES);
        let address = format!("{}/oauth/token/accessible-resources", sandbox.api_url());
        let sites = http.get(address).bearer_auth(token).send().await.expect("an answer");
        let sites: Value = sites.json().await.expect("JSON");
        let acme = sites.as_array().expect("a list").iter().find(|site| site["name"] == "acme").expect("acme");
        let base = format!("{}/ex/jira/{}", sandbox.api_url(), acme["id"].as_str().expect("an id"));
        Self { spec: Spec::load(), fields: fields(), sandbox, http, base, broken: Mutex::default() }
    }

    /// Sends it as this person and checks the answer against both contracts.
    async fn send(&self, person: &str, operation: &str, ask: Ask<'_>) -> (u16, Value) {
        let (status, answer) = self.send_unchecked(self.spec.address(operation), person, &ask).await;
        if let Some(body) = ask.body.as_ref().filter(|_| status < 300) {
            self.note(self.spec.check_request(operation, body));
        }
        self.note(self.spec.check_answer(operation, status, answer.as_ref()));
        if status < 300 && self.fields.has(operation) {
            self.note(self.fields.check(operation, status, answer.as_ref()));
        }
        (status, answer.unwrap_or_default())
    }

    fn note(&self, checked: Result<(), String>) {
        self.broken.lock().extend(checked.err());
    }

    async fn send_unchecked(&self, (method, path): (&str, &str), person: &str, ask: &Ask<'_>) -> (u16, Option<Value>) {
        let address = format!("{}{}", self.base, fill(path, ask.path));
        let method = method.parse::<http::Method>().expect("a method");
        let mut request = self.http.request(method, address).query(ask.query);
        if !person.is_empty() {
            request = request.bearer_auth(self.sandbox.token_for(person, SCOPES));
        }
        if let Some(body) = &ask.body {
            request = request.json(body);
        }
        if let Some((name, content)) = ask.file {
            let part = reqwest::multipart::Part::text(content.to_owned()).file_name(name.to_owned());
            let form = reqwest::multipart::Form::new().part("file", part);
            request = request.header("X-Atlassian-Token", "no-check").multipart(form);
        }
        let response = request.send().await.expect("an answer");
        (response.status().as_u16(), body(response).await)
    }

    /// As ada, with this outcome.
    async fn ok(&self, operation: &str, ask: Ask<'_>) -> Value {
        let (status, answer) = self.send("ada", operation, ask).await;
        assert!(status < 400, "{operation}: {status} {answer}");
        answer
    }

    async fn refused(&self, person: &str, operation: &str, ask: Ask<'_>, expected: u16) -> Value {
        let (status, answer) = self.send(person, operation, ask).await;
        assert_eq!(status, expected, "{operation}: {answer}");
        answer
    }

    async fn get(&self, operation: &str, path: &[&str]) -> Value {
        self.ok(operation, Ask { path, ..Ask::default() }).await
    }
}

fn text(words: &str) -> Value {
    json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": [{ "type": "text", "text": words }] }] })
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn every_operation_answers_as_published() {
    let cloud = Cloud::start().await;
    lists(&cloud).await;
    people(&cloud).await;
    searches(&cloud).await;
    let key = an_issue_and_its_life(&cloud).await;
    comments_and_worklogs(&cloud, &key).await;
    files_links_and_properties(&cloud, &key).await;
    sprints(&cloud, &key).await;
    plan::versions_and_filters(&cloud).await;
    plan::boards(&cloud).await;
    plan::requests(&cloud).await;
    assert_eq!(cloud.send("grace", "deleteIssue", Ask { path: &[&key], ..Ask::default() }).await.0, 204);
    assert_eq!(*cloud.broken.lock(), [""; 0]);
    assert_eq!(cloud.spec.not_called(), [""; 0], "operations that were never called with success");
    assert_eq!(cloud.fields.not_called(), [""; 0]);
}

async fn lists(cloud: &Cloud) {
    for operation in [
        "getServerInfo",
        "getStatuses",
        "getPriorities",
        "searchPriorities",
        "getResolutions",
        "getIssueAllTypes",
        "getFields",
        "getAllLabels",
        "getIssueLinkTypes",
        "searchProjects",
        "getAllProjects",
        "getAttachmentMeta",
    ] {
        cloud.get(operation, &[]).await;
    }
    cloud
        .ok("getMyPermissions", Ask { query: &[("permissions", "BROWSE_PROJECTS,CREATE_ISSUES")], ..Ask::default() })
        .await;
    cloud.get("getProject", &["DEMO"]).await;
    cloud.get("getAllStatuses", &["DEMO"]).await;
    let types = cloud.get("getCreateIssueMetaIssueTypes", &["WEB"]).await;
    let bug = types["issueTypes"].as_array().expect("a list").iter().find(|one| one["name"] == "Bug").expect("bugs");
    let fields = cloud.get("getCreateIssueMetaIssueTypeId", &["WEB", &id(bug)]).await;
    let browser = fields["fields"].as_array().expect("a list").iter().find(|one| one["name"] == "Browser");
    assert_eq!(browser.expect("the browser")["required"], true);
    cloud.ok("getIssuePickerResource", Ask { query: &[("query", "DEMO-1")], ..Ask::default() }).await;
    cloud.refused("ada", "getProject", Ask { path: &["HR"], ..Ask::default() }, 404).await;
}

async fn people(cloud: &Cloud) {
    let me = cloud.get("getCurrentUser", &[]).await;
    let account = me["accountId"].as_str().expect("an account id");
    for operation in ["getUser", "getUserGroups"] {
        cloud.ok(operation, Ask { query: &[("accountId", account)], ..Ask::default() }).await;
    }
    for operation in ["findUsers", "findUsersForPicker"] {
        cloud.ok(operation, Ask { query: &[("query", "grac")], ..Ask::default() }).await;
    }
    let groups = cloud.ok("findGroups", Ask { query: &[("query", "lead")], ..Ask::default() }).await;
    assert_eq!(groups["groups"][0]["name"], "leads");
    let ask = Ask { query: &[("fieldName", "cf[10001]"), ("fieldValue", "shop")], ..Ask::default() };
    let teams = cloud.ok("getFieldAutoCompleteForQueryString", ask).await;
    assert_eq!(teams["results"][0]["displayName"], "<b>Shop</b>");
    let ask = Ask { query: &[("project", "DEMO"), ("query", "grac")], ..Ask::default() };
    assert_eq!(cloud.ok("findAssignableUsers", ask).await.as_array().map(Vec::len), Some(2));
    cloud.refused("ada", "findAssignableUsers", Ask { query: &[("project", "NOPE")], ..Ask::default() }, 404).await;
    cloud.refused("", "getCurrentUser", Ask::default(), 401).await;
}

async fn searches(cloud: &Cloud) {
    let jql = "project = DEMO AND statusCategory != Done ORDER BY created DESC";
    let first = json!({ "jql": jql, "maxResults": 2, "fields": ["summary", "status"] });
    let page =
        cloud.ok("searchAndReconsileIssuesUsingJqlPost", Ask { body: Some(first.clone()), ..Ask::default() }).await;
    let token = page["nextPageToken"].as_str().expect("a second page");
    let mut second = first;
    second["nextPageToken"] = token.into();
    cloud.ok("searchAndReconsileIssuesUsingJqlPost", Ask { body: Some(second), ..Ask::default() }).await;
    cloud.ok("searchAndReconsileIssuesUsingJql", Ask { query: &[("jql", jql)], ..Ask::default() }).await;
    cloud.ok("countIssues", Ask { body: Some(json!({ "jql": "project = DEMO" })), ..Ask::default() }).await;
    for queries in [json!({ "queries": [jql] }), json!({ "queries": ["project = "] })] {
        cloud
            .ok("parseJqlQueries", Ask { query: &[("validation", "strict")], body: Some(queries), ..Ask::default() })
            .await;
    }
    let unbounded = json!({ "jql": "order by key desc" });
    for bad in [unbounded, json!({ "jql": "colour = red" }), json!({ "jql": "project = DEMO AND (" })] {
        cloud
            .refused("ada", "searchAndReconsileIssuesUsingJqlPost", Ask { body: Some(bad), ..Ask::default() }, 400)
            .await;
    }
    for (operation, ask) in [
        ("oldSearch", Ask { query: &[("jql", jql)], ..Ask::default() }),
        ("oldSearchPost", Ask { body: Some(json!({ "jql": jql })), ..Ask::default() }),
    ] {
        let (status, answer) = cloud.send_unchecked(cloud.fields.address(operation), "ada", &ask).await;
        cloud.note(cloud.fields.check(operation, status, answer.as_ref()));
    }
}

async fn an_issue_and_its_life(cloud: &Cloud) -> String {
    cloud.get("getIssue", &["DEMO-1"]).await;
    cloud.refused("ada", "getIssue", Ask { path: &["HR-7"], ..Ask::default() }, 404).await;
    cloud.refused("", "getIssue", Ask { path: &["DEMO-1"], ..Ask::default() }, 401).await;
    let fields = json!({ "project": { "key": "DEMO" }, "issuetype": { "name": "Task" }, "summary": "Made by a test", "description": text("Words.") });
    let made = cloud.ok("createIssue", Ask { body: Some(json!({ "fields": fields })), ..Ask::default() }).await;
    let key = made["key"].as_str().expect("a key").to_owned();
    let mut plain = fields.clone();
    plain["description"] = "plain text".into();
    let mut nameless = fields;
    nameless["summary"] = "".into();
    for bad in [plain, nameless] {
        cloud.refused("ada", "createIssue", Ask { body: Some(json!({ "fields": bad })), ..Ask::default() }, 400).await;
    }
    let path = &[key.as_str()];
    let edit = json!({ "fields": { "summary": "Edited by a test", "labels": ["contract"] } });
    cloud.ok("editIssue", Ask { path, body: Some(edit), ..Ask::default() }).await;
    let bad = json!({ "fields": { "no_such_field": 1 } });
    cloud.refused("ada", "editIssue", Ask { path, body: Some(bad), ..Ask::default() }, 400).await;
    cloud.get("getEditIssueMeta", path).await;

    let me = cloud.get("getCurrentUser", &[]).await;
    let assignee = json!({ "accountId": me["accountId"] });
    cloud.ok("assignIssue", Ask { path, body: Some(assignee), ..Ask::default() }).await;
    let nobody = json!({ "accountId": "no-such-account" });
    let (status, _) = cloud.send("ada", "assignIssue", Ask { path, body: Some(nobody), ..Ask::default() }).await;
    assert!(status >= 400);

    let ask = Ask { path, query: &[("expand", "transitions.fields")], ..Ask::default() };
    let transitions = cloud.ok("getTransitions", ask).await;
    let go = json!({ "transition": { "id": id(&transitions["transitions"][0]) } });
    cloud.ok("doTransition", Ask { path, body: Some(go), ..Ask::default() }).await;
    let bad = json!({ "transition": { "id": "99999" } });
    cloud.refused("ada", "doTransition", Ask { path, body: Some(bad), ..Ask::default() }, 400).await;
    cloud.get("getChangeLogs", path).await;
    let ask = Ask {
        path,
        query: &[("expand", "changelog,names,schema,transitions,editmeta,renderedFields")],
        ..Ask::default()
    };
    cloud.ok("getIssue", ask).await;
    key
}

async fn comments_and_worklogs(cloud: &Cloud, key: &str) {
    let path = &[key];
    let comment = json!({ "body": text("Said by a test.") });
    let made = id(&cloud.ok("addComment", Ask { path, body: Some(comment.clone()), ..Ask::default() }).await);
    let plain = json!({ "body": "plain text" });
    cloud.refused("ada", "addComment", Ask { path, body: Some(plain), ..Ask::default() }, 400).await;
    cloud.get("getComments", path).await;
    // One with a comment that only some may read.
    cloud.get("getComments", &["DEMO-3"]).await;
    cloud.get("getComment", &[key, &made]).await;
    cloud.ok("updateComment", Ask { path: &[key, &made], body: Some(comment), ..Ask::default() }).await;
    cloud.get("deleteComment", &[key, &made]).await;
    cloud.refused("ada", "getComment", Ask { path: &[key, &made], ..Ask::default() }, 404).await;

    let work = json!({ "timeSpentSeconds": 5400, "comment": text("Done."), "started": "2026-11-20T09:00:00.000+0000" });
    let made = id(&cloud.ok("addWorklog", Ask { path, body: Some(work), ..Ask::default() }).await);
    let none = json!({ "timeSpent": "a while" });
    cloud.refused("ada", "addWorklog", Ask { path, body: Some(none), ..Ask::default() }, 400).await;
    cloud.get("getIssueWorklog", path).await;
    cloud.get("getWorklog", &[key, &made]).await;
    cloud.get("deleteWorklog", &[key, &made]).await;
}

async fn files_links_and_properties(cloud: &Cloud, key: &str) {
    let path = &[key];
    let files = cloud.ok("addAttachment", Ask { path, file: Some(("a.txt", "hello")), ..Ask::default() }).await;
    let file = id(&files[0]);
    cloud.get("getAttachment", &[&file]).await;
    let content = cloud.spec.address("getAttachmentContent");
    let (status, answer) = cloud.send_unchecked(content, "ada", &Ask { path: &[&file], ..Ask::default() }).await;
    cloud.note(cloud.spec.check_answer("getAttachmentContent", status, answer.as_ref()));
    let ask = Ask { path: &[&file], query: &[("redirect", "false")], ..Ask::default() };
    assert_eq!(cloud.send("ada", "getAttachmentContent", ask).await.0, 200);
    cloud.get("removeAttachment", &[&file]).await;

    cloud.ok("addWatcher", Ask { path, ..Ask::default() }).await;
    cloud.get("getIssueWatchers", path).await;
    let me = cloud.get("getCurrentUser", &[]).await;
    let account = me["accountId"].as_str().expect("an account id");
    cloud.ok("removeWatcher", Ask { path, query: &[("accountId", account)], ..Ask::default() }).await;
    cloud.get("addVote", &["DEMO-3"]).await;
    cloud.get("getVotes", &["DEMO-3"]).await;
    cloud.get("removeVote", &["DEMO-3"]).await;

    let link =
        json!({ "type": { "name": "Blocks" }, "inwardIssue": { "key": key }, "outwardIssue": { "key": "DEMO-2" } });
    cloud.ok("linkIssues", Ask { body: Some(link.clone()), ..Ask::default() }).await;
    let mut bad = link;
    bad["outwardIssue"]["key"] = "HR-7".into();
    cloud.refused("ada", "linkIssues", Ask { body: Some(bad), ..Ask::default() }, 404).await;
    let issue = cloud.get("getIssue", path).await;
    let link = id(&issue["fields"]["issuelinks"][0]);
    cloud.get("getIssueLink", &[&link]).await;
    cloud.get("deleteIssueLink", &[&link]).await;

    let page = json!({ "object": { "url": "https://example.org/spec", "title": "Spec" } });
    let page = cloud.ok("createOrUpdateRemoteIssueLink", Ask { path, body: Some(page), ..Ask::default() }).await;
    cloud.get("getRemoteIssueLinks", path).await;
    cloud.get("deleteRemoteIssueLinkById", &[key, &page["id"].to_string()]).await;

    let kind = issue["fields"]["issuetype"]["id"].as_str().expect("an id");
    let defaults = json!({
        "inferClassificationDefaults": true, "inferFieldDefaults": true, "inferStatusDefaults": true,
        "inferSubtaskTypeDefault": true, "issueIdsOrKeys": [key],
    });
    let target = format!("{},{kind}", issue["fields"]["project"]["key"].as_str().expect("a key"));
    let body = json!({ "sendBulkNotification": false, "targetToSourcesMapping": { target: defaults } });
    let task = cloud.ok("submitBulkMove", Ask { body: Some(body), ..Ask::default() }).await;
    cloud.get("getBulkOperationProgress", &[task["taskId"].as_str().expect("a task")]).await;

    let property = &[key, "usher"];
    let put = cloud.spec.address("setIssueProperty");
    let ask = Ask { path: property, body: Some(json!({ "marker": 1 })), ..Ask::default() };
    let (status, answer) = cloud.send_unchecked(put, "ada", &ask).await;
    cloud.note(cloud.spec.check_answer("setIssueProperty", status, answer.as_ref()));
    cloud.get("getIssuePropertyKeys", path).await;
    cloud.get("getIssueProperty", property).await;
    cloud.get("deleteIssueProperty", property).await;
    cloud.refused("ada", "getIssueProperty", Ask { path: property, ..Ask::default() }, 404).await;
}

async fn sprints(cloud: &Cloud, key: &str) {
    let boards = cloud.ok("getAllBoards", Ask { query: &[("projectKeyOrId", "DEMO")], ..Ask::default() }).await;
    let board = boards["values"][0]["id"].to_string();
    let ask = Ask { path: &[&board], query: &[("state", "active")], ..Ask::default() };
    let sprints = cloud.ok("getAllSprints", ask).await;
    let sprint = sprints["values"][0]["id"].to_string();
    cloud.get("getSprint", &[&sprint]).await;
    let body = Some(json!({ "issues": [key] }));
    cloud.ok("moveIssuesToSprintAndRank", Ask { path: &[&sprint], body: body.clone(), ..Ask::default() }).await;
    cloud.ok("moveIssuesToBacklog", Ask { body, ..Ask::default() }).await;
    let ask = |body: Value| Ask { body: Some(body), ..Ask::default() };
    // The issue's own field is named by its id; one that ada may not see is left out.
    let both = json!({ "issueIdsOrKeys": [key, "HR-1"], "fieldIds": ["customfield_10020"], "maxResults": 1 });
    let found = cloud.ok("getBulkChangelogs", ask(both.clone())).await;
    let item = &found["issueChangeLogs"][0]["changeHistories"][0]["items"][0];
    assert!(item["field"] == "Sprint" && item["to"] == sprint.as_str(), "{found}");
    let mut next = both;
    next["nextPageToken"] = found["nextPageToken"].clone();
    let found = cloud.ok("getBulkChangelogs", ask(next)).await;
    assert!(found["nextPageToken"].is_null(), "{found}");
    cloud.refused("ada", "getBulkChangelogs", ask(json!({ "issueIdsOrKeys": ["DEMO-1"], "maxResults": 0 })), 400).await;
    cloud.refused("ada", "getSprint", Ask { path: &["99999"], ..Ask::default() }, 404).await;
}

#[tokio::test]
async fn a_missing_scope_is_refused_for_every_operation_that_needs_one() {
    let cloud = Cloud::start().await;
    let token = cloud.sandbox.token_for("ada", "read:me");
    for (method, template) in cloud.spec.addresses().filter(|(_, path)| !path.ends_with("/serverInfo")) {
        let parameters = template.matches('{').count();
        let path = fill(template, &["1"; 4][..parameters]);
        let request = cloud.http.request(method.parse().expect("a method"), format!("{}{path}", cloud.base));
        let response = request.bearer_auth(&token).send().await.expect("an answer");
        let status = response.status().as_u16();
        let answer = body(response).await;
        assert_eq!(status, 401, "{method} {path}: {answer:?}");
        assert_eq!(check_error(answer.as_ref()), Ok(()));
        assert_eq!(answer.expect("a body")["message"], "Unauthorized; scope does not match");
    }
}
