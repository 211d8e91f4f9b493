//! New secrets on SIGHUP, while the program runs and people use it.

use std::{
    io::{BufRead, BufReader, Lines, Write},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use usher_sandbox::Secret;

use super::{
    checking::{config, set_up},
    shell::Shell,
};

/// The program, with its conversation and its log.
struct Running {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    log: Receiver<String>,
    last: Vec<Value>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Running {
    fn start(shell: &Shell) -> Self {
        let mut child = shell.start_with_log(&["run"], "info");
        let errors = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = channel();
        thread::spawn(move || errors.lines().map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut running = Self { child, input, output: BufReader::new(output).lines(), log, last: Vec::new() };
        assert_eq!(running.next()["event"], "ready");
        running
    }

    fn next(&mut self) -> Value {
        serde_json::from_str(&self.output.next().unwrap().unwrap()).unwrap()
    }

    /// What is answered to ada in her direct chat.
    fn says(&mut self, text: &str) -> String {
        writeln!(self.input, "{}", json!({ "user": "ada", "in": "dm", "say": text })).unwrap();
        self.last.clear();
        loop {
            let event = self.next();
            if event["event"] == "done" {
                return self.last.iter().filter_map(|event| event["text"].as_str()).collect::<Vec<_>>().join("\n");
            }
            self.last.push(event);
        }
    }

    /// Sends SIGHUP and waits for what the log says to it.
    fn hang_up(&self) -> String {
        let killed = Command::new("kill").args(["-HUP", &self.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        loop {
            let line = self.log.recv_timeout(Duration::from_secs(60)).unwrap();
            if let Some((_, said)) = line.split_once("the configuration was read") {
                return said.trim().to_owned();
            }
        }
    }
}

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
