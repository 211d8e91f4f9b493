//! The example that hosts the bot in another program runs and answers, and stays short.

use std::{fs, sync::Arc};

use async_trait::async_trait;
use parking_lot::Mutex;
use usher::keys::KeyRing;
use usher_chat::{Completion, Reply, Responder, SendError, Sent};

const CONFIG: &str = r#"
public_url = "https://usher.example.org"
[[site]]
id = "acme"
kind = "cloud"
url = "https://acme.atlassian.net"
client_id = "id"
client_secret = "secret"
"#;

#[path = "../examples/embed.rs"]
#[expect(dead_code, reason = "the example has a `main` and a way to print, which a test does not use")]
mod embed;

/// A way back that keeps what it is told.
#[derive(Default)]
struct Kept(Mutex<String>);

#[async_trait]
impl Responder for Kept {
    async fn reply(&self, reply: Reply) -> Result<Sent, SendError> {
        self.0.lock().push_str(&reply.text.to_plain());
        Ok(Sent::Message(None))
    }

    async fn edit(&self, reply: Reply) -> Result<Sent, SendError> {
        self.reply(reply).await
    }

    async fn progress(&self, _: &str) -> Result<(), SendError> {
        Ok(())
    }

    async fn complete(&self, _: Vec<Completion>) -> Result<(), SendError> {
        Ok(())
    }
}

async fn ask(line: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let config = folder.path().join("usher.toml");
    fs::write(&config, CONFIG).expect("a configuration");
    KeyRing::create(&folder.path().join("usher.key")).expect("a key file");
    let kept = Arc::new(Kept::default());
    embed::ask(&config, line.to_owned(), kept.clone()).await.expect("an answer");
    Arc::into_inner(kept).expect("the bot has answered and let go").0.into_inner()
}

#[tokio::test]
async fn another_program_can_host_the_bot() {
    let help = ask("help").await;
    assert!(help.contains("Show an issue"), "{help}");
    let unlinked = ask("jira view DEMO-1").await;
    assert!(unlinked.contains("Link it once, then I'll show you DEMO-1."), "{unlinked}");
}

#[test]
fn the_example_stays_under_sixty_lines() {
    let lines = include_str!("../examples/embed.rs").lines().count();
    assert!(lines < 60, "{lines} lines");
}
