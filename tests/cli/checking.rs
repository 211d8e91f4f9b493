//! `usher check` against the sandbox's sites, well set up and badly.

use std::{fs, time::Duration};

use usher_sandbox::{DcConsumer, Options, Sandbox, Secret};

use super::shell::{Shell, tidy};

const YEAR: Duration = Duration::from_secs(366 * 24 * 3600);

/// A sandbox, and a shell whose configuration names its three kinds of site.
pub async fn set_up() -> (Sandbox, Shell) {
    let shell = Shell::with_key();
    let made = shell.usher(&["site", "keygen", "corp"]).out;
    let public = made.split_at(made.find("-----BEGIN PUBLIC KEY-----").unwrap()).1.to_owned();
    let sandbox = Sandbox::start(Options {
        dc_consumer: DcConsumer { public_key_pem: Some(public), ..DcConsumer::default() },
        ..Options::default()
    })
    .await
    .unwrap();
    sandbox.add_redirect_uri("http://127.0.0.1:8080/oauth/callback/new");
    shell.write("acme.secret", "usher-sandbox-secret");
    shell.write("acme.token", &sandbox.api_token_for("grace"));
    shell.write("usher.toml", &config(&sandbox));
    (sandbox, shell)
}

pub fn config(sandbox: &Sandbox) -> String {
    format!(
        r#"
public_url = "http://127.0.0.1:8080"
listen     = "127.0.0.1:0"
ops_listen = "127.0.0.1:0"
owners     = ["terminal:root"]
workspaces = ["terminal:home"]
[terminal]
jsonl = true
[[site]]
id                 = "acme"
kind               = "cloud"
url                = "{cloud}"
client_id          = "usher-sandbox"
client_secret_file = "acme.secret"
auth_url           = "{auth}"
api_url            = "{api}"
[site.service_account]
email      = "grace@engine.example"
token_file = "acme.token"
[[site]]
id               = "corp"
kind             = "data-center"
url              = "{dc}"
consumer_key     = "usher"
private_key_file = "corp.pem"
[[site]]
id            = "new"
kind          = "data-center"
url           = "{dc}"
auth          = "oauth2"
client_id     = "usher-corp"
client_secret = "usher-corp-secret"
[site.service_account]
token = "{token}"
"#,
        cloud = sandbox.cloud_url(),
        auth = sandbox.auth_url(),
        api = sandbox.api_url(),
        dc = sandbox.dc_url(),
        token = sandbox.personal_token_for("linus"),
    )
}

/// What a check says of the sites, with clocks and the database's folder left out.
fn sites(text: &str) -> String {
    let mut lines = tidy(text).lines().map(str::to_owned).collect::<Vec<_>>();
    lines.retain(|line| {
        ["acme", "corp", "new", "all"].iter().any(|name| line.starts_with(name)) || line.contains(" of ")
    });
    lines.iter_mut().for_each(|line| {
        if let Some(at) = line.find("differs by ") {
            line.replace_range(at.., "differs by …");
        }
    });
    lines.join("\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_good_set_up_is_good_in_every_line() {
    let (_sandbox, shell) = set_up().await;
    let ran = shell.usher(&["check"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    insta::assert_snapshot!(sites(&ran.out), @r"
    acme site ok acme answers
    acme clock ok differs by …
    acme gateway ok cloud id 18cd6e54-6a1b-4f0e-9c55-2f1d7a3c9b10
    acme sign-in ok callback URL to register: http://127.0.0.1:8080/oauth/callback/acme
    acme client ok client id and secret are accepted
    acme scopes ok read:jira-work write:jira-work read:jira-user offline_access
    acme account ok Grace Hopper (service account)
    acme secret ok `client_secret_file` is from today
    acme secret ok `token_file` is from today
    corp site ok corp answers
    corp clock ok differs by …
    corp link ok consumer key `usher` and its public key are known
    corp secret ok `private_key_file` is from today
    new site ok new answers
    new clock ok differs by …
    new sign-in ok redirect URL to register: http://127.0.0.1:8080/oauth/callback/new
    new client ok client id and secret are accepted
    new scopes ok READ WRITE
    new account ok Linus Winter (service account); Jira 10.3.24
    all 24 ok
    ");
    assert!(ran.out.contains("the file is from today"), "{}", ran.out);
    for secret in ["usher-sandbox-secret", "usher-corp-secret", "ATSTT"] {
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_thing_that_is_wrong_has_its_line() {
    let (sandbox, shell) = set_up().await;
    {
        let mut options = sandbox.state().options.write();
        options.cloud_client.redirect_uris.clear();
        options.cloud_client.secret = Secret::new("another");
        options.dc_client.scope = "READ".into();
    }
    sandbox.revoke(None);
    let other = Shell::new();
    other.usher(&["site", "keygen", "corp"]);
    fs::copy(other.path("corp.pem"), shell.path("corp.pem")).unwrap();
    for file in ["acme.secret", "acme.token", "usher.key"] {
        let file = fs::File::options().append(true).open(shell.path(file)).unwrap();
        file.set_modified(file.metadata().unwrap().modified().unwrap() - YEAR).unwrap();
    }
    let ran = shell.usher(&["check"]);
    assert_eq!(ran.code, 1, "{}", ran.out);
    insta::assert_snapshot!(sites(&ran.out).replace(sandbox.dc_url(), "DC"), @r"
    acme site ok acme answers
    acme clock ok differs by …
    acme gateway ok cloud id 18cd6e54-6a1b-4f0e-9c55-2f1d7a3c9b10
    acme sign-in fails the sign-in request is refused with status 400. Register http://127.0.0.1:8080/oauth/callback/acme as callback URL, the same to the letter, and check `client_id` and `scopes`.
    acme client fails client id or secret is refused (access_denied). Copy both again from the application.
    acme scopes ok read:jira-work write:jira-work read:jira-user offline_access
    acme account fails the service account's token is refused. Make a new one in admin.atlassian.com > Directory > Service accounts; if it is right, try the other `scheme`.
    acme secret note `client_secret_file` is 366 days old; make a new one, which keeps every link
    acme secret note `token_file` is 366 days old; Atlassian's API tokens last a year at most. Make a new one in time
    corp site ok corp answers
    corp clock ok differs by …
    corp link fails Jira does not accept the application link (signature_invalid). Compare consumer key and public key with what `usher site keygen corp` printed.
    corp secret ok `private_key_file` is from today
    new site ok new answers
    new clock ok differs by …
    new sign-in fails the application does not allow the scopes READ WRITE. Allow them there, or ask for fewer with `scopes`.
    new client ok client id and secret are accepted
    new scopes ok READ WRITE
    new account fails the personal access token is refused. Make a new one in Jira: Profile > Personal Access Tokens.
    6 of 24 fail, 3 notes
    ");
    assert!(ran.out.contains("`usher keys rotate` adds a new key"), "{}", ran.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_near_their_end_and_with_fewer_scopes_are_counted() {
    let (_sandbox, shell) = set_up().await;
    assert_eq!(shell.usher(&["run"]).code, 0);
    let database = rusqlite::Connection::open(shell.path("data/usher.db")).unwrap();
    let link = |person: &str, site: &str, days: i64, state: &str, scopes: &str| {
        let id = format!("00000000-0000-4000-8000-0000000000{:02}", database.total_changes());
        let sql = format!(
            "INSERT INTO links (id, person, site, kind, account, account_name, state, created, activated, expires, scopes)
             VALUES (?1, ?2, ?3, 'oauth2-cloud', 'a', 'A', ?4, 0, 0, strftime('%s', 'now') + {days} * 86400, ?5)"
        );
        database.execute(&sql, [&id, person, site, state, scopes].map(|text: &str| text.to_owned())).unwrap();
    };
    let all = "read:jira-work write:jira-work read:jira-user offline_access";
    link("terminal:ada", "acme", 10, "active", all);
    link("terminal:grace", "acme", 200, "active", "read:jira-work");
    link("terminal:linus", "acme", 300, "active", "read:jira-work");
    link("terminal:root", "acme", 300, "expired", all);
    link("terminal:ada", "new", 300, "active", "READ WRITE");
    let ran = shell.usher(&["check"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let said = sites(&ran.out).lines().filter(|line| line.contains(" links ")).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(said, @r"
    acme links note 3 active, 1 expired; 1 ends within 30 days, and its owner links again then; 2 lack a scope that `scopes` asks for, and their owners are told once
    corp links ok 0 active, 0 expired
    new links ok 1 active, 0 expired
    ");
    assert!(ran.out.ends_with("ok, 1 note\n"), "{}", ran.out);
}
