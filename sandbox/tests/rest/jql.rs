//! The JQL grid: what is found, and what is refused with which words.
use crate::support::{cloud, corp, sandbox};

#[tokio::test]
async fn queries_find_what_jira_would_find() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    let grace = sandbox.state().world.lock().person("grace").map(|one| one.account_id.clone()).expect("a person");
    let cases: Vec<(String, &str)> = [
        ("key = DEMO-1", "DEMO-1"),
        ("issuekey in (DEMO-1, DEMO-2) order by key", "DEMO-1 DEMO-2"),
        ("key = DEMO-7", "WEB-7"),
        ("text ~ \"safari login\" order by key", "WEB-12 WEB-31 WEB-44"),
        ("summary ~ safari order by key", "WEB-12 WEB-31"),
        ("summary ~ \"search box\" AND summary !~ focus", "DEMO-19"),
        ("comment ~ 41.3", "DEMO-3"),
        ("comment ~ \"customer has not paid\"", ""),
        ("project = WEB and status = \"in progress\"", "WEB-12"),
        ("project = Website and statusCategory = done order by key", "WEB-1 WEB-2 WEB-44"),
        ("project = DEMO and type = Epic", "DEMO-10"),
        ("parent = DEMO-10 order by key", "DEMO-11 DEMO-12"),
        ("issuetype in (Sub-task) order by created, key desc", "DEMO-15 DEMO-14"),
        ("project = DEMO and priority > High", "DEMO-13"),
        ("project = DEMO and priority in (Highest, Lowest) order by priority desc, key", "DEMO-13 DEMO-8 DEMO-23"),
        ("labels = docs order by key", "DEMO-1 DEMO-23"),
        ("labels in (docs, login) and labels != first-week order by key", "DEMO-23 WEB-12"),
        ("project = DEMO and assignee = currentUser() and sprint in openSprints() and resolution is empty order by key", "DEMO-1 DEMO-3 DEMO-24"),
        ("sprint = \"DEMO Sprint 3\" order by key", "DEMO-21 DEMO-22"),
        ("project = WEB and assignee is EMPTY order by key", "WEB-4 WEB-5 WEB-31"),
        ("project = WEB and reporter = currentUser() and not resolution = Unresolved order by key", "WEB-1"),
        ("created >= -1d order by key", "DEMO-25"),
        ("created >= startOfDay() order by key", "DEMO-25"),
        ("project = DEMO and updated < -40d order by key", "DEMO-23"),
        ("due < now() and resolution is empty", "DEMO-12"),
        ("duedate = \"2026-11-19\"", "DEMO-24"),
        ("cf[10042] = Safari and resolution = empty order by key", "WEB-3 WEB-12 WEB-31"),
        ("Browser = Firefox", "WEB-6"),
        ("\"Story point estimate\" >= 3 order by key", "DEMO-1 DEMO-2"),
        ("\"Browser[Dropdown]\" in (Chrome)", "WEB-7"),
        ("Reviewer = currentUser()", "DEMO-11"),
        ("level = \"Leads only\"", "DEMO-13"),
        ("not (project = DEMO or project = WEB)", ""),
        ("(project = DEMO) && (labels = fun || labels = unicode) order by key", "DEMO-16 DEMO-25"),
        ("project = DEMO and text ~ \"caf*\"", "DEMO-16"),
        ("project = DEMO and summary ~ caf\u{e9}", "DEMO-16"),
        ("watcher = currentUser() and project = DEMO and reporter != currentUser()", "DEMO-25"),
    ]
    .map(|(jql, keys)| (jql.to_owned(), keys))
    .into();
    let mut wrong = Vec::new();
    for (jql, keys) in cases {
        let found = ada.find(&jql).await.map(|keys| keys.join(" "));
        if found.as_deref() != Ok(keys) {
            wrong.push(format!("{jql}: {found:?} instead of {keys}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let hers = ada.find(&format!("assignee = \"{grace}\" and project = DEMO order by key")).await;
    assert_eq!(hers.map(|keys| keys.join(" ")), Ok("DEMO-2 DEMO-5 DEMO-11 DEMO-18".into()));
    // The same question by others finds what they may see.
    assert_eq!(cloud(&sandbox, "linus").find("labels = security").await, Ok(vec![]));
    let party = cloud(&sandbox, "grace").find("project = HR and text ~ party").await;
    assert_eq!(party, Ok(vec!["HR-1".to_owned()]));
    assert_eq!(corp(&sandbox, "ada").find("assignee = abyron and project = CORP").await, Ok(vec!["CORP-2".to_owned()]));
}

#[tokio::test]
async fn what_is_wrong_is_said_in_jiras_words() {
    let sandbox = sandbox().await;
    let ada = cloud(&sandbox, "ada");
    for (jql, expected) in [
        ("colour = red", "Field 'colour' does not exist or you do not have permission to view it."),
        ("project = HR", "The value 'HR' does not exist for the field 'project'."),
        ("status = Sleeping", "The value 'Sleeping' does not exist for the field 'status'."),
        ("key = HR-7", "An issue with key 'HR-7' does not exist for field 'key'."),
        ("assignee = abyron", "The value 'abyron' does not exist for the field 'assignee'."),
        ("status ~ open", "The operator '~' is not supported by the 'status' field."),
        ("summary = x", "The operator '=' is not supported by the 'summary' field."),
        ("assignee = weather()", "Unable to find JQL function 'weather()'."),
        (
            "created > yesterday",
            "Date value 'yesterday' for field 'created' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.",
        ),
        ("project = DEMO order by colour", "Field 'colour' does not exist or you do not have permission to view it."),
        ("project = DEMO order by labels", "Not able to sort using field 'labels'."),
        ("Browser = Lynx", "The option 'Lynx' for field 'Browser' does not exist."),
        (
            "project DEMO",
            "Error in the JQL Query: Expecting operator. The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT' but got 'DEMO'. (line 1, character 9)",
        ),
        (
            "project = DEMO status = Done",
            "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 16)",
        ),
        ("(project = DEMO", "Error in the JQL Query: Expecting ')' before the end of the query."),
        (
            "summary ~ \"open",
            "Error in the JQL Query: The quoted string 'open' has not been completed; it needs a closing \". (line 1, character 11)",
        ),
        (
            "project = DEMO and\nsummary ~ a*",
            "Error in the JQL Query: The character '*' is a reserved JQL character. You must enclose it in a string or use the escape '\\u002a' instead. (line 2, character 12)",
        ),
        ("project in DEMO", "Error in the JQL Query: Expecting '(' but got 'DEMO'. (line 1, character 12)"),
        (
            "status was Done",
            "Error in the JQL Query: History searches with 'was' and 'changed' are not supported by this sandbox.",
        ),
        (
            "and = 1",
            "Error in the JQL Query: 'and' is a reserved JQL word. You must surround it in quotation marks to use it in a query. (line 1, character 1)",
        ),
        ("assignee is grace", "Error in the JQL Query: The operator 'is' only takes EMPTY or NULL."),
    ] {
        assert_eq!(ada.find(jql).await, Err(vec![expected.to_owned()]), "{jql}");
    }
    let deep = format!("{}project = DEMO{}", "(".repeat(5_000), ")".repeat(5_000));
    assert_eq!(
        ada.find(&deep).await,
        Err(vec!["Error in the JQL Query: The query has too many levels of brackets.".to_owned()])
    );
    // Two mistakes are told together.
    let both = ada.find("colour = red or taste = sweet").await.expect_err("two mistakes");
    assert_eq!(both.len(), 2);
}
