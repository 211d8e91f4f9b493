//! Service projects: `queues`, `queue`, `request-types`, `request` and `sla`.

use insta::assert_snapshot;
use serde_json::json;

use crate::support::{Setup, conversation, conversation_with};

fn all_scopes(setup: &mut Setup) {
    setup.all_scopes = true;
    setup.rules = vec!["allow contributor in #eng on WEB,OPS"];
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_without_the_scope_is_told_which() {
    conversation(async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira queues WEB").await, @r"
        (only you) This needs the scope `read:servicedesk-request`, which your link to acme does not have. Once whoever runs Usher has added it to the site's `scopes`, link again.
        [Link again]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira sla WEB-12").await, @r"
        (only you) This needs the scope `read:servicedesk-request`, which your link to acme does not have. Once whoever runs Usher has added it to the site's `scopes`, link again.
        [Link again]
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_served() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("ada", "acme").await;
        chat.linked("linus", "acme").await;
        chat.says("root", "eng", "jira admin forget reader").await.text();
        assert_snapshot!(chat.says("ada", "eng", "jira queues DEMO").await, @r"
        (only you) `queues` is not allowed on DEMO in #eng. An admin can change that with `jira admin allow queues in #eng for person:ada on DEMO`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira request DEMO fault It is slow").await, @r"
        (only you) `request` is not allowed on DEMO in #eng. An admin can change that with `jira admin allow request in #eng for person:ada on DEMO`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira sla DEMO-1").await, @r"
        (only you) `sla` is not allowed on DEMO in #eng. An admin can change that with `jira admin allow sla in #eng for person:ada on DEMO`.
        [Ask an admin]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira queue WEB unicorns").await, @r#"
        (only you) No queue of WEB is called "unicorns". There are:
        [Open faults] [Nobody's] [Everything]
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira request WEB unicorn One, please").await, @r#"
        (only you) No kind of request in WEB is called "unicorn". There are:
        [Report a fault] [Ask a question]
        "#);
        assert_snapshot!(chat.says("ada", "eng", "jira sla WEB-4711").await, @"(only you) WEB-4711 does not exist, or your Jira account may not see it.");
        // A story is no request, and linus is no agent.
        assert_snapshot!(chat.says("ada", "eng", "jira sla WEB-5").await, @"(only you) WEB-5 is no customer's request, or you are no agent of its project.");
        assert_snapshot!(chat.says("linus", "eng", "jira queues WEB").await, @"(only you) Your Jira account may not do this to WEB. You need to be an agent of this service project.");
        assert_snapshot!(chat.says("linus", "eng", "jira sla WEB-12").await, @"(only you) Your Jira account may not do this to WEB-12. You need to be an agent of this service project.");
        // A queue that reaches beyond its project shows nothing from there.
        let said = chat.says("ada", "eng", "jira queue WEB everything").await.text();
        assert!(said.contains("WEB-3") && !said.contains("DEMO"), "{said}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_without_customers_has_no_queues() {
    conversation_with(
        |setup| {
            setup.all_scopes = true;
            setup.rules = vec!["allow contributor in #eng on DEMO"];
        },
        async |chat| {
            chat.linked("ada", "acme").await;
            assert_snapshot!(chat.says("ada", "eng", "jira queues DEMO").await, @"(only you) DEMO serves no customers that your Jira account knows of.");
            assert_snapshot!(chat.says("ada", "eng", "jira request DEMO fault It is slow").await, @"(only you) DEMO serves no customers that your Jira account knows of.");
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_are_looked_at() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira queues WEB").await, @r"
        WEB has 3 queues

        - Open faults · 5
        - Nobody's · 3
        - Everything · 26
        ‹Open in Jira› [Open faults] [Nobody's] [Everything]
        ");
        assert_snapshot!(chat.presses("ada", "eng", "Open faults").await, @r"
        5 of 5 in Open faults of WEB
        WEB-3  Images are blurred on phones · To Do · Grace Hopper
        WEB-6  Prices without tax · Ready for review · Ada Byron
        WEB-7  The order form forgets the address · To Do · Ada Byron
        WEB-12  Login fails on Safari · In Progress · Grace Hopper
        WEB-31  Safari 17: cookie dropped · To Do · nobody
        [WEB-3] [WEB-6] [WEB-7] [WEB-12] [WEB-31]
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira request-types WEB").await, @r"
        In WEB customers can ask for

        - Report a fault: Something on our pages is broken
        - Ask a question
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira sla WEB-12").await, @r"
        How long WEB-12 may take

        - Time to first response · goal 24h · missed by 50h
        - Time to resolution · goal 120h · overdue by 2h
        ‹Open in Jira›
        ");
        assert_snapshot!(chat.says("ada", "eng", "jira sla WEB-44").await, @r"
        How long WEB-44 may take

        - Time to first response · goal 24h · overdue by 242h
        - Time to resolution · goal 120h · missed by 1h
        ‹Open in Jira›
        ");
        chat.linked("grace", "corp").await;
        assert_snapshot!(chat.says("grace", "eng", "jira queue OPS open").await, @r"
        1 of 1 in Open incidents of OPS
        OPS-1  Mail is slow since Monday · In Progress · Ada Byron
        [OPS-1]
        ");
        assert_snapshot!(chat.says("grace", "eng", "jira sla OPS-1").await, @r"
        How long OPS-1 may take

        - Time to first response · goal 24h · missed by 2h
        - Time to resolution · goal 120h · 46h left
        ‹Open in Jira›
        ");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_is_asked_for() {
    conversation_with(all_scopes, async |chat| {
        chat.linked("ada", "acme").await;
        assert_snapshot!(chat.says("ada", "eng", "jira request WEB fault The cart is empty").await, @r#"
        (only you) Report a fault asks for one more thing.
        form "Report a fault in WEB": Browser* (choice: Chrome / Firefox / Safari)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Browser", "Firefox")]).await, @r"
        Ada Byron asked for **WEB-57** The cart is empty · Report a fault · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let issue = chat.house.issue("WEB-57");
        assert_eq!((&issue["type"], &issue["custom"]["Browser"]), (&json!("Bug"), &json!("Firefox")));
        assert_snapshot!(chat.says("ada", "eng", "jira request WEB question --description \"In *June*?\" When is the sale").await, @r"
        Ada Byron asked for **WEB-58** When is the sale · Ask a question · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        assert_eq!(chat.house.issue("WEB-58")["description"], "In June?");

        chat.linked("ada", "corp").await;
        assert_snapshot!(chat.says("ada", "eng", "jira request OPS down --description \"All of it\" Mail").await, @r#"
        (only you) Something is down asks for one more thing.
        form "Something is down in OPS": Impact* (choice: Low / Medium / High)
        "#);
        assert_snapshot!(chat.submits("ada", "eng", &[("Impact", "High")]).await, @r"
        Ada Byron asked for **OPS-10** Mail · Something is down · Medium
        ‹Open in Jira› [Status] [Assign to me] [Comment] [Watch] [More]
        ");
        let issue = chat.house.issue("OPS-10");
        assert_eq!((&issue["summary"], &issue["custom"]["Impact"]), (&json!("Mail"), &json!("High")));
    })
    .await;
}
