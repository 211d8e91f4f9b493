//! Every method of the client against both sites of the sandbox.

use std::sync::Arc;

use async_trait::async_trait;
use futures::StreamExt;
use serde_json::{Map, Value, json};
use usher::{
    clock::Clock,
    error::JiraError,
    ids::{AccountId, IssueKey, ProjectKey, ProjectScope, SiteId},
    jira::{
        Auth, Body, Candidates, Category, Client, Credential, Edit, Http, Issue, Jql, NewIssue, OperationId, Page,
        Signer, Site, cloud,
    },
};
use usher_sandbox::{Effect, Fault, Options, PersonId, Sandbox, oauth2::ACME};

use super::server::{key, project};

const SCOPES: &str = "read:jira-work write:jira-work read:jira-user offline_access";

#[derive(Debug)]
struct Fixed(Auth);

#[async_trait]
impl Credential for Fixed {
    async fn authorize(&self) -> Result<Auth, JiraError> {
        Ok(self.0.clone())
    }

    async fn renew(&self, _stale: &Auth) -> Result<Auth, JiraError> {
        Err(JiraError::Unauthorized)
    }
}

/// The sandbox's time, for signatures.
#[derive(Debug)]
struct Theirs(usher_sandbox::Clock);

impl Clock for Theirs {
    fn now(&self) -> jiff::Timestamp {
        self.0.now()
    }
}

async fn start() -> Sandbox {
    Sandbox::start(Options::default()).await.unwrap()
}

fn acme(sandbox: &Sandbox, person: &str, scopes: &str) -> Client {
    let site = Site::cloud(
        "acme".parse().unwrap(),
        sandbox.cloud_url().parse().unwrap(),
        &sandbox.api_url().parse().unwrap(),
        ACME,
    );
    let auth = Auth::Bearer { token: sandbox.token_for(person, scopes).into(), generation: 1 };
    Client::new(Http::new().unwrap(), Arc::new(site), Arc::new(Fixed(auth)), AccountId(person.into()))
}

fn corp(sandbox: &Sandbox, person: &str) -> Client {
    let site = Site::data_center("corp".parse().unwrap(), sandbox.dc_url().parse().unwrap());
    let pem = include_str!("../../src/jira/fixtures/consumer-for-tests.pem").into();
    let signer = Signer::new("usher", &pem, Arc::new(Theirs(sandbox.clock().clone()))).unwrap();
    sandbox.set_consumer_key(signer.public_key());
    let access = sandbox.state().oauth1.issue_access(&PersonId::new(person), "usher");
    let auth = Auth::OAuth1 { signer: Arc::new(signer), token: access.token.into(), generation: 1 };
    Client::new(Http::new().unwrap(), Arc::new(site), Arc::new(Fixed(auth)), AccountId(person.into()))
}

/// What differs between the two sites.
struct Ground {
    client: Client,
    project: ProjectKey,
    /// A type whose fields beside these are optional.
    kind: &'static str,
    fields: Value,
    body: fn(&str) -> Body,
    /// Ada's and Grace's accounts.
    people: [&'static str; 2],
    /// A status that can be reached from the first one without a screen.
    next: &'static str,
    /// An issue, with an apostrophe, an umlaut and signs in what it is searched for.
    odd: (&'static str, &'static str),
    /// A project that Ada cannot see.
    hidden: &'static str,
}

fn paragraph(text: &str) -> Body {
    let text = json!({"type": "text", "text": text});
    Body::Adf(json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text]}]}))
}

fn ground(sandbox: &Sandbox, cloud: bool) -> Ground {
    if cloud {
        Ground {
            client: acme(sandbox, "ada", SCOPES),
            project: project("DEMO"),
            kind: "Bug",
            fields: json!({"priority": {"name": "High"}}),
            body: paragraph,
            people: ["5b10ac8d82e05b22cc7d4ef5", "5b10a2844c20165700ede21a"],
            next: "In Progress",
            odd: ("DEMO-16", "Über-pressure valve naïve"),
            hidden: "HR",
        }
    } else {
        Ground {
            client: corp(sandbox, "ada"),
            project: project("CORP"),
            kind: "Task",
            fields: json!({"duedate": "2031-01-02"}),
            body: |text| Body::Wiki(text.to_owned()),
            people: ["abyron", "ghopper"],
            next: "In Progress",
            odd: ("CORP-2", "Zürich train"),
            hidden: "SEC",
        }
    }
}

fn keys(page: &Page<Issue>) -> Vec<String> {
    page.items.iter().map(|issue| issue.key.to_string()).collect()
}

async fn new_issue(ground: &Ground, summary: &str) -> NewIssue {
    let types = ground.client.createmeta().types(&ground.project).await.unwrap();
    let kind = types.into_iter().find(|kind| kind.name == ground.kind).unwrap();
    let meta = ground.client.createmeta().fields(&ground.project, &kind.id).await.unwrap();
    let Value::Object(mut fields) = ground.fields.clone() else { panic!("fields are an object") };
    for field in meta.iter().filter(|field| field.required && field.id.starts_with("customfield_")) {
        fields.insert(field.id.clone(), "4711".into());
    }
    assert!(meta.iter().any(|field| field.id == "summary" && field.required));
    let operation = OperationId::random();
    let description = Some((ground.body)("Seen in Zürich."));
    NewIssue { project: ground.project.clone(), kind: kind.id, summary: summary.into(), description, fields, operation }
}

async fn create_edit_and_assign(ground: &Ground, sandbox: &Sandbox) -> IssueKey {
    let client = &ground.client;
    let new = new_issue(ground, "Made by the client: \"Größe\" & <b>").await;
    let made = client.issues().create(&new).await.unwrap();
    assert_eq!(made.key.project(), &ground.project);
    let found = client.issues().find_by_operation(&new).await.unwrap();
    assert_eq!(found.as_ref(), Some(&made));

    let issue = client.issues().get(&made.key).await.unwrap();
    assert_eq!((&issue.id, &issue.summary, issue.kind.as_str()), (&made.id, &new.summary, ground.kind));
    assert_eq!((issue.status.category, issue.security, issue.spent), (Category::ToDo, false, None));
    assert_eq!(issue.reporter.unwrap().account.0, ground.people[0]);
    assert_eq!(issue.description, new.description);
    assert!(issue.created.is_some() && issue.updated.is_some());

    let mut edit = Edit::default();
    edit.fields.insert("summary".into(), "Changed".into());
    edit.update.insert("labels".into(), json!([{"add": "new"}]));
    client.issues().edit(&made.key, &edit).await.unwrap();
    let issue = client.issues().get_with(&made.key, &["creator"]).await.unwrap();
    assert_eq!((issue.summary.as_str(), issue.labels.as_slice()), ("Changed", &["new".to_owned()][..]));
    assert!(issue.other["creator"].is_object());

    for (account, holder) in
        [(Some(ground.people[1]), Some("grace")), (None, None), (Some(ground.people[0]), Some("ada"))]
    {
        let account = account.map(|account| AccountId(account.into()));
        client.issues().assign(&made.key, account.as_ref()).await.unwrap();
        assert_eq!(sandbox.issue(made.key.to_string().as_str()).unwrap()["assignee"].as_str(), holder);
    }
    made.key
}

async fn comment_move_and_log(ground: &Ground, made: &IssueKey) {
    let client = &ground.client;
    let body = (ground.body)("Two\nlines");
    let body = if matches!(body, Body::Adf(_)) { (ground.body)("One line") } else { body };
    let comment = client.comments().add(made, &body).await.unwrap();
    client.comments().add(made, &body).await.unwrap();
    assert_eq!((comment.body.as_ref(), comment.restricted), (Some(&body), false));
    assert_eq!(comment.author.unwrap().name, "Ada Byron");
    let page = client.comments().list(made, 1, None).await.unwrap();
    assert_eq!((page.total, page.items.len()), (Some(2), 1));
    let rest = client.comments().list(made, 5, page.next.as_ref()).await.unwrap();
    assert_eq!((rest.items[0].id.as_str(), rest.next), (comment.id.as_str(), None));

    let ways = client.transitions().list(made).await.unwrap();
    let way = ways.iter().find(|way| way.to.name == ground.next).unwrap();
    assert_eq!(way.to.category, Category::InProgress);
    client.transitions().apply(made, &way.id, &Map::new()).await.unwrap();
    assert_eq!(client.issues().get(made).await.unwrap().status.name, ground.next);
    let ways = client.transitions().list(made).await.unwrap();
    let way = ways.iter().find(|way| way.fields.iter().any(|field| field.required)).unwrap();
    let missing = client.transitions().apply(made, &way.id, &Map::new()).await.unwrap_err();
    assert!(matches!(&missing, JiraError::Invalid { fields, .. } if fields[0].0 == "resolution"), "{missing}");
    let resolution = way.fields.iter().find(|field| field.id == "resolution").unwrap();
    let fields = Map::from_iter([("resolution".to_owned(), json!({"id": resolution.allowed[0].id}))]);
    client.transitions().apply(made, &way.id, &fields).await.unwrap();
    let issue = client.issues().get(made).await.unwrap();
    assert_eq!(issue.status.category, Category::Done);
    assert_eq!(issue.resolution.as_deref(), Some(resolution.allowed[0].name.as_str()));

    let began = issue.created.unwrap();
    let log = client.worklogs().add(made, 5400, began, Some(&(ground.body)("fixing"))).await.unwrap();
    assert_eq!((log.seconds, log.comment), (5400, Some((ground.body)("fixing"))));
    assert_eq!(log.started.map(|at| at.as_second()), Some(began.as_second()));
    assert_eq!(client.issues().get(made).await.unwrap().spent, Some(5400));
    client.worklogs().delete(made, &log.id).await.unwrap();
    assert_eq!(client.issues().get(made).await.unwrap().spent.unwrap_or(0), 0);
}

async fn look_around(ground: &Ground) {
    let client = &ground.client;
    let me = client.users().myself().await.unwrap();
    assert_eq!((me.account.0.as_str(), me.name.as_str()), (ground.people[0], "Ada Byron"));
    for to in [Candidates::Project(&ground.project), Candidates::Issue(&key(ground.odd.0))] {
        let found = client.users().search(to, "grace h").await.unwrap();
        assert_eq!(found.iter().map(|user| user.account.0.as_str()).collect::<Vec<_>>(), [ground.people[1]]);
    }
    assert_eq!(client.users().search(Candidates::Anyone, "byron").await.unwrap()[0].name, "Ada Byron");

    let projects = client.projects().list().await.unwrap();
    assert!(projects.iter().any(|one| one.key == ground.project));
    assert!(projects.iter().all(|one| one.key.as_str() != ground.hidden));
    assert!(!client.projects().get(&ground.project).await.unwrap().name.is_empty());
    let hidden = client.projects().get(&project(ground.hidden)).await.unwrap_err();
    assert!(matches!(hidden, JiraError::NotFound { .. }), "{hidden}");
    let hidden = client.issues().get(&key(&format!("{}-1", ground.hidden))).await.unwrap_err();
    assert!(matches!(hidden, JiraError::NotFound { .. }), "{hidden}");

    let page = client.search().run(&Jql::text_search(ground.odd.1), 10, None).await.unwrap();
    assert_eq!(keys(&page), [ground.odd.0]);
    let typed = format!("project = {} order by key asc", ground.project);
    let all = Jql::parse(&typed).unwrap();
    let first = client.search().run(&all, 2, None).await.unwrap();
    let second = client.search().run(&all, 2, first.next.as_ref()).await.unwrap();
    let wanted = |from: u32| vec![format!("{}-{from}", ground.project), format!("{}-{}", ground.project, from + 1)];
    assert_eq!(keys(&first), wanted(1));
    assert_eq!(keys(&second)[0], wanted(3)[0]);
    assert!(client.search().count(&all).await.unwrap() >= 3);

    // The grant names a project that this person cannot see: what they can see is found nevertheless.
    let scoped = client.scoped(ProjectScope::only([ground.project.clone(), project(ground.hidden)]));
    assert_eq!(keys(&scoped.search().run(&all, 2, None).await.unwrap()), wanted(1));
    assert!(scoped.search().count(&all).await.unwrap() >= 3);
    let except = ProjectScope { only: None, except: [ground.project.clone(), project(ground.hidden)].into() };
    assert_eq!(keys(&client.scoped(except).search().run(&all, 2, None).await.unwrap()), [""; 0]);
    let wrong = client.search().run(&Jql::parse("nonsense = 1").unwrap(), 5, None).await.unwrap_err();
    assert!(matches!(wrong, JiraError::Invalid { .. }), "{wrong}");
}

async fn lose_answers(ground: &Ground, sandbox: &Sandbox) {
    let client = &ground.client;
    let path = if matches!(client.site().kind, usher::ids::SiteKind::Cloud) {
        "/rest/api/3/issue"
    } else {
        "/rest/api/2/issue"
    };
    let new = new_issue(ground, "Its answer gets lost").await;
    sandbox.fail(Fault::once("POST", path, Effect::LostAnswer));
    let lost = client.issues().create(&new).await.unwrap_err();
    assert!(matches!(lost, JiraError::Unknown { .. }), "{lost}");
    let found = client.issues().find_by_operation(&new).await.unwrap().unwrap();
    assert_eq!(client.issues().get(&found.key).await.unwrap().summary, "Its answer gets lost");

    let new = new_issue(ground, "It never arrives").await;
    sandbox.fail(Fault::once("POST", path, Effect::Reset));
    assert!(matches!(client.issues().create(&new).await, Err(JiraError::Unknown { .. })));
    assert_eq!(client.issues().find_by_operation(&new).await.unwrap(), None);

    sandbox.fail(Fault::once("GET", "", Effect::Reset));
    assert_eq!(client.users().myself().await.unwrap().name, "Ada Byron", "a read is sent again");
    sandbox.fail(Fault::once("GET", "", Effect::Html { status: 200 }));
    assert!(matches!(client.users().myself().await, Err(JiraError::Malformed { .. })));
    sandbox.fail(Fault::once("GET", "", Effect::TooMany { retry_after: Some(0), reason: None }).times(2));
    assert!(matches!(client.users().myself().await, Err(JiraError::RateLimited { retry_after: Some(_) })));

    let mut missing = new_issue(ground, "").await;
    missing.fields.clear();
    let refused = client.issues().create(&missing).await.unwrap_err();
    assert!(matches!(&refused, JiraError::Invalid { fields, .. } if !fields.is_empty()), "{refused}");
}

#[tokio::test]
async fn every_method_works_on_both_sites() {
    for cloud in [true, false] {
        let sandbox = start().await;
        let ground = ground(&sandbox, cloud);
        look_around(&ground).await;
        let made = create_edit_and_assign(&ground, &sandbox).await;
        comment_move_and_log(&ground, &made).await;
        lose_answers(&ground, &sandbox).await;
        let scoped = Ground { client: ground.client.scoped(ProjectScope::only([ground.project.clone()])), ..ground };
        let made = create_edit_and_assign(&scoped, &sandbox).await;
        comment_move_and_log(&scoped, &made).await;
    }
}

#[tokio::test]
async fn a_moved_issue_and_a_restricted_comment_are_seen_as_such() {
    let sandbox = start().await;
    let client = acme(&sandbox, "ada", SCOPES);
    let moved = client.issues().get(&key("DEMO-7")).await.unwrap();
    assert_eq!((moved.project.as_str(), moved.key.to_string()), ("WEB", "WEB-7".to_owned()));
    let demo = client.scoped(ProjectScope::only([project("DEMO")]));
    let outside = JiraError::OutOfScope { project: project("WEB") };
    assert_eq!(demo.issues().get(&key("DEMO-7")).await, Err(outside.clone()));
    sandbox.clear_calls();
    assert_eq!(demo.comments().add(&key("DEMO-7"), &paragraph("x")).await.unwrap_err(), outside);
    assert!(sandbox.calls().iter().all(|call| call.method == "GET"));
    let both = client.scoped(ProjectScope::only([project("DEMO"), project("WEB")]));
    both.comments().add(&key("DEMO-7"), &paragraph("x")).await.unwrap();
    assert!(sandbox.calls().iter().any(|call| call.path.ends_with("/issue/WEB-7/comment")), "its present key is used");

    let comments = client.comments().list(&key("DEMO-3"), 10, None).await.unwrap();
    assert!(
        comments.items.iter().any(|comment| comment.restricted) && comments.items.iter().any(|one| !one.restricted)
    );
    assert!(client.issues().get(&key("DEMO-13")).await.unwrap().security);
    assert!(corp(&sandbox, "ada").issues().get(&key("OPS-8")).await.unwrap().security);
}

#[tokio::test]
async fn credentials_that_do_not_count_are_told_apart() {
    let sandbox = start().await;
    let narrow = acme(&sandbox, "ada", "read:jira-work");
    assert_eq!(narrow.users().myself().await, Err(JiraError::ScopeMissing { needs: &[] }));
    let dead = acme(&sandbox, "ada", SCOPES);
    let signed = corp(&sandbox, "ada");
    assert!(signed.users().myself().await.is_ok());
    sandbox.revoke(None);
    assert_eq!(dead.users().myself().await, Err(JiraError::Unauthorized));
    assert_eq!(signed.users().myself().await, Err(JiraError::Unauthorized));
    let signed = corp(&sandbox, "ada");
    sandbox.set_consumer_key(include_str!("../../src/jira/fixtures/another-public.pem"));
    assert_eq!(signed.users().myself().await, Err(JiraError::AppRejected { problem: "signature_invalid".into() }));
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_set_from_what_jira_says() {
    #[derive(Debug)]
    struct Slow(usher_sandbox::Clock);
    impl Clock for Slow {
        fn now(&self) -> jiff::Timestamp {
            self.0.now().checked_sub(jiff::SignedDuration::from_hours(2)).unwrap()
        }
    }
    let sandbox = start().await;
    let pem = include_str!("../../src/jira/fixtures/consumer-for-tests.pem").into();
    let signer = Arc::new(Signer::new("usher", &pem, Arc::new(Slow(sandbox.clock().clone()))).unwrap());
    sandbox.set_consumer_key(signer.public_key());
    let access = sandbox.state().oauth1.issue_access(&PersonId::new("ada"), "usher");
    let auth = Auth::OAuth1 { signer, token: access.token.into(), generation: 1 };
    let site = Site::data_center("corp".parse().unwrap(), sandbox.dc_url().parse().unwrap());
    let client = Client::new(Http::new().unwrap(), Arc::new(site), Arc::new(Fixed(auth)), AccountId("abyron".into()));
    assert_eq!(client.users().myself().await.unwrap().name, "Ada Byron");
    sandbox.clear_calls();
    client.comments().add(&key("OPS-1"), &Body::Wiki("in time".into())).await.unwrap();
    assert_eq!(sandbox.calls().len(), 1, "what was learnt is kept");
}

#[tokio::test]
async fn atlassian_says_which_sites_a_token_opens() {
    let sandbox = start().await;
    let (http, acme): (Http, SiteId) = (Http::new().unwrap(), "acme".parse().unwrap());
    let token = sandbox.token_for("ada", SCOPES).into();
    let gateway = sandbox.api_url().parse().unwrap();
    let sites = cloud::accessible_resources(&http, &acme, &gateway, &token).await.unwrap();
    let found = sites.iter().find(|site| site.id == ACME).unwrap();
    assert_eq!(found.url, sandbox.cloud_url());
    assert_eq!(cloud::cloud_id(&http, &acme, &sandbox.cloud_url().parse().unwrap()).await.unwrap(), ACME);
    let bad = cloud::accessible_resources(&http, &acme, &gateway, &"nonsense".into()).await;
    assert_eq!(bad, Err(JiraError::Unauthorized));
}

/// Every answer to a create is dropped on its way. What is looked for is found, so nothing is made twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_creates_without_an_answer_make_a_thousand_issues() {
    const CREATES: u32 = 1_000;
    let sandbox = start().await;
    let ground = &ground(&sandbox, true);
    let before = sandbox.keys(ground.project.as_str()).len();
    let template = &new_issue(ground, "").await;
    sandbox.fail(Fault::once("POST", "/rest/api/3/issue", Effect::LostAnswer).times(CREATES));
    let keys: Vec<IssueKey> = futures::stream::iter(0..CREATES)
        .map(|number| async move {
            let summary = format!("Unanswered {number}");
            let new = NewIssue { summary, operation: OperationId::random(), ..template.clone() };
            let lost = ground.client.issues().create(&new).await;
            assert!(matches!(lost, Err(JiraError::Unknown { .. })), "{lost:?}");
            ground.client.issues().find_by_operation(&new).await.unwrap().unwrap().key
        })
        .buffer_unordered(32)
        .collect()
        .await;
    let distinct: std::collections::BTreeSet<&IssueKey> = keys.iter().collect();
    assert_eq!((keys.len(), distinct.len()), (1_000, 1_000));
    assert_eq!(sandbox.keys(ground.project.as_str()).len(), before + 1_000);
}
