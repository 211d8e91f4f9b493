//! SIGTERM: what is in flight is finished, nothing new begins, and the program ends well.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use usher_sandbox::{Effect, Fault};

use super::{
    checking::{config, set_up},
    running::Running,
};

/// What the operations listener answers. None where nobody listens any more.
fn asks(address: &str, path: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").ok()?;
    let mut said = String::new();
    stream.read_to_string(&mut said).ok()?;
    said.split(' ').nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_finishes_what_is_in_flight_and_ends_well() {
    let (sandbox, shell) = set_up().await;
    let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (listen, ops) = (free(), free());
    let mut text = config(&sandbox).replace("http://127.0.0.1:8080", &format!("http://{listen}"));
    text = text.replacen("127.0.0.1:0", &listen, 1).replacen("127.0.0.1:0", &ops, 1);
    text = text.replacen("[terminal]", "[governance]\ndirect = \"contributor\"\n[terminal]", 1);
    sandbox.add_redirect_uri(format!("http://{listen}/oauth/callback/acme"));
    shell.write("usher.toml", &text);
    let mut usher = Running::start(&shell);
    usher.says("jira connect acme");
    let page = usher.last[0]["links"][0]["url"].as_str().unwrap().to_owned();
    let code = usher_terminal::Walker::new().approve(&page, "ada", false).await.unwrap();
    assert!(usher.says(&code).starts_with("Linked: "));
    assert_eq!(asks(&ops, "/readyz"), Some(200));

    let before = sandbox.keys("DEMO");
    sandbox.fail(Fault::once("POST", "/rest/api/3/issue", Effect::Slow { ms: 3000 }));
    usher.writes("jira create task in DEMO Stop while this is under way");
    while !sandbox.faults().is_empty() {
        tokio::task::yield_now().await;
    }
    usher.signal("-TERM");
    // Whoever looks learns at once that nothing new is taken, and that the rest still works.
    while asks(&ops, "/readyz") == Some(200) {
        tokio::task::yield_now().await;
    }
    assert_eq!((asks(&ops, "/readyz"), asks(&ops, "/healthz")), (Some(503), Some(200)));
    assert_eq!(asks(&listen, "/connect/x"), None);
    assert_eq!(sandbox.keys("DEMO"), before, "Jira has not done it yet");
    usher.writes("jira create task in DEMO Too late");

    let said = usher.hears();
    assert!(said.contains("created") && said.contains("Stop while this is under way"), "{said}");
    let (rest, code) = usher.ends();
    assert_eq!((rest, code), (Vec::new(), Some(0)));
    assert_eq!(sandbox.keys("DEMO").len(), before.len() + 1);
    assert_eq!(asks(&ops, "/readyz"), None);
    assert_eq!(shell.usher(&["audit", "verify"]).code, 0);
    let listed = shell.usher(&["audit", "list", "--last", "2"]).out;
    assert!(listed.contains("create"), "{listed}");
}
