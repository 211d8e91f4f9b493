//! The machine's own Chromium, without a window, spoken to in its DevTools protocol over one WebSocket on loopback.

use std::{
    collections::HashMap,
    env, iter,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::{SinkExt, StreamExt};
use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::{mpsc, oneshot},
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use super::seen::Seen;

/// How it is called where nobody says.
const NAMES: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// What anything in it may take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A browser with an empty profile. It ends with this value.
pub struct Chromium {
    child: Child,
    wire: Arc<Wire>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts it. Names are looked up nowhere: it reaches 127.0.0.1 and nothing else.
    ///
    /// # Errors
    /// In words: there is none, or it does not start.
    pub async fn start() -> Result<Self, String> {
        let program = find()?;
        let profile = tempfile::tempdir().map_err(|error| format!("There is no place for a profile: {error}."))?;
        let mut child = Command::new(&program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--lang=en-US", "--remote-debugging-port=0"])
            .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| format!("{} does not start: {error}.", program.display()))?;
        let mut lines = BufReader::new(child.stderr.take().ok_or("It has no standard error.")?).lines();
        let address = timeout(PATIENCE, async {
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some(address) = line.strip_prefix("DevTools listening on ") {
                    return Some(address.to_owned());
                }
            }
            None
        });
        let address = address.await.ok().flatten();
        let address = address.ok_or_else(|| format!("{} says no address to speak to it.", program.display()))?;
        // Whatever else it says must go somewhere, or it would wait for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, wire: Wire::open(&address).await?, _profile: profile })
    }

    /// Its end of the line.
    pub fn wire(&self) -> &Arc<Wire> {
        &self.wire
    }

    /// Which Chromium this is, such as `Chrome/148.0.7778.167`.
    ///
    /// # Errors
    /// In words.
    pub async fn version(&self) -> Result<String, String> {
        let said = self.wire.ask(None, "Browser.getVersion", json!({})).await?;
        Ok(said["product"].as_str().unwrap_or_default().to_owned())
    }

    /// Closes it, and waits until it is gone.
    pub async fn end(mut self) {
        // It may go before it has answered.
        let _ = self.wire.ask(None, "Browser.close", json!({})).await;
        if timeout(PATIENCE, self.child.wait()).await.is_err() {
            drop(self.child.kill().await);
        }
    }
}

/// The one that the environment names in `CHROMIUM`, or the first of the usual names on the path.
fn find() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("CHROMIUM") {
        return Ok(named.into());
    }
    let folders: Vec<PathBuf> = env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let places = NAMES.iter().flat_map(|name| folders.iter().zip(iter::repeat(name)));
    places.map(|(folder, name)| folder.join(name)).find(|file| file.is_file()).ok_or_else(|| {
        format!(
            "No Chromium is on this machine: install one, or name it with `CHROMIUM`. Looked for {}.",
            NAMES.join(", ")
        )
    })
}

/// The connection: questions with numbers, answers to them, and what is told without being asked.
pub struct Wire {
    out: mpsc::UnboundedSender<String>,
    number: AtomicU64,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Result<Value, String>>>>,
    tabs: Mutex<HashMap<String, Arc<Seen>>>,
}

impl Wire {
    async fn open(address: &str) -> Result<Arc<Self>, String> {
        let (socket, _) = tokio_tungstenite::connect_async(address).await.map_err(|error| error.to_string())?;
        let (mut sink, mut stream) = socket.split();
        let (out, mut queue) = mpsc::unbounded_channel::<String>();
        let wire = Arc::new(Self { out, number: AtomicU64::new(1), waiting: Mutex::default(), tabs: Mutex::default() });
        tokio::spawn(async move {
            while let Some(text) = queue.recv().await {
                if sink.send(Message::Text(text)).await.is_err() {
                    return;
                }
            }
        });
        let reader = Arc::downgrade(&wire);
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Some(wire) = reader.upgrade() else { return };
                if let Ok(value) = message.to_text().map_or(Ok(Value::Null), serde_json::from_str) {
                    wire.take(&value);
                }
            }
            if let Some(wire) = reader.upgrade() {
                wire.waiting.lock().clear();
            }
        });
        Ok(wire)
    }

    fn take(&self, value: &Value) {
        if let Some(number) = value["id"].as_u64() {
            let Some(asker) = self.waiting.lock().remove(&number) else { return };
            let answer = match value["error"]["message"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(value["result"].clone()),
            };
            // Whoever asked may have given up.
            drop(asker.send(answer));
            return;
        }
        let (Some(session), Some(what)) = (value["sessionId"].as_str(), value["method"].as_str()) else { return };
        let Some(seen) = self.tabs.lock().get(session).cloned() else { return };
        seen.note(what, &value["params"]);
        if what == "Page.javascriptDialogOpening" {
            // A page stands still behind a dialog. Nobody waits for this answer.
            self.send(0, Some(session), "Page.handleJavaScriptDialog", &json!({ "accept": true }));
        }
    }

    /// From now on this collects what is told of a tab.
    pub fn listen(&self, session: &str, seen: Arc<Seen>) {
        self.tabs.lock().insert(session.to_owned(), seen);
    }

    /// And no longer.
    pub fn forget(&self, session: &str) {
        self.tabs.lock().remove(session);
    }

    /// Asks the browser, or one of its tabs.
    ///
    /// # Errors
    /// What it says against it.
    pub async fn ask(&self, session: Option<&str>, what: &str, with: Value) -> Result<Value, String> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let (asker, answer) = oneshot::channel();
        self.waiting.lock().insert(number, asker);
        self.send(number, session, what, &with);
        match timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => answer.map_err(|error| format!("{what}: {error}")),
            Ok(Err(_)) => Err(format!("{what}: Chromium is gone")),
            Err(_) => Err(format!("{what}: no answer in time")),
        }
    }

    fn send(&self, number: u64, session: Option<&str>, what: &str, with: &Value) {
        let mut message = json!({ "id": number, "method": what, "params": with });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        // A connection that is gone shows where an answer is waited for.
        drop(self.out.send(message.to_string()));
    }
}
