//! New secrets on SIGHUP, while the program runs and people use it.

use usher_sandbox::Secret;

use super::{
    checking::{config, set_up},
    running::Running,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_secret_is_taken_on_sighup_and_a_bad_file_is_not() {
    let (sandbox, shell) = set_up().await;
    let listen = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let good = config(&sandbox).replace("http://127.0.0.1:8080", &format!("http://{listen}")).replacen(
        "127.0.0.1:0",
        &listen,
        1,
    );
    sandbox.add_redirect_uri(format!("http://{listen}/oauth/callback/acme"));
    shell.write("usher.toml", &good);
    let mut usher = Running::start(&shell);

    usher.says("jira connect acme");
    let page = usher.last[0]["links"][0]["url"].as_str().unwrap().to_owned();
    let code = usher_terminal::Walker::new().approve(&page, "ada", false).await.unwrap();
    assert!(usher.says(&code).starts_with("Linked: "));
    let shows = |usher: &mut Running| usher.says("jira view DEMO-5").contains("Order new spark plugs");
    assert!(shows(&mut usher));

    sandbox.state().options.write().cloud_client.secret = Secret::new("newer");
    sandbox.expire_tokens(None);
    assert!(!shows(&mut usher), "the old secret is no good");
    shell.write("acme.secret", "newer");
    shell.write("usher.toml", &good.replace("client_id     = \"usher-corp\"", ""));
    let said = usher.hang_up();
    assert!(said.starts_with("and not taken: `client_id` of site `new` is missing"), "{said}");
    assert!(!shows(&mut usher), "nothing of a bad configuration is taken");
    shell.write("usher.toml", &good);
    let said = usher.hang_up();
    assert!(said.contains("secrets are new") && said.contains("acme") && !said.contains("corp"), "{said}");
    assert!(shows(&mut usher));
    assert_eq!(usher.hang_up(), ": no site's secret changed");
}
