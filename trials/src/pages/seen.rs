//! What a tab has done and complained of, as the browser tells it.

use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::watch;

/// All of one tab.
pub struct Seen {
    frame: String,
    told: Mutex<Told>,
    /// The document that was loaded last.
    loaded: watch::Sender<String>,
    held: watch::Sender<Option<Held>>,
}

/// A request that was stopped on its way.
#[derive(Clone)]
pub struct Held {
    /// The browser's name for it.
    pub request: String,
    /// Where it goes.
    pub url: String,
}

#[derive(Default)]
struct Told {
    requests: Vec<String>,
    complaints: Vec<String>,
    status: u64,
}

impl Seen {
    /// Of the tab with this main frame.
    pub fn of(frame: &str) -> Self {
        Self {
            frame: frame.to_owned(),
            told: Mutex::default(),
            loaded: watch::Sender::new(String::new()),
            held: watch::Sender::new(None),
        }
    }

    /// Takes what the browser tells.
    pub fn note(&self, what: &str, with: &Value) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut told = self.told.lock();
        match what {
            "Network.requestWillBeSent" => told.requests.push(text(&with["request"]["url"])),
            "Network.responseReceived" if with["type"] == "Document" && with["frameId"] == *self.frame => {
                told.status = with["response"]["status"].as_u64().unwrap_or_default();
            }
            // That an address answered 404 is the page's business.
            "Log.entryAdded" if with["entry"]["source"] != "network" => {
                told.complaints.push(format!("log: {}", text(&with["entry"]["text"])));
            }
            "Audits.issueAdded" => told.complaints.push(format!("issue: {}", with["issue"])),
            "Runtime.consoleAPICalled" => told.complaints.push(format!("console: {}", with["args"])),
            "Runtime.exceptionThrown" => told.complaints.push(format!("exception: {}", with["exceptionDetails"])),
            "Page.javascriptDialogOpening" => told.complaints.push(format!("dialog: {}", with["message"])),
            "Page.windowOpen" => told.complaints.push(format!("window: {}", with["url"])),
            "Page.downloadWillBegin" => told.complaints.push(format!("download: {}", with["url"])),
            "Inspector.targetCrashed" => told.complaints.push("crash".to_owned()),
            "Fetch.requestPaused" => {
                let held = Held { request: text(&with["requestId"]), url: text(&with["request"]["url"]) };
                self.held.send_replace(Some(held));
            }
            "Page.lifecycleEvent" if with["name"] == "load" && with["frameId"] == *self.frame => {
                self.loaded.send_replace(text(&with["loaderId"]));
            }
            // A page that comes out of the browser's memory is not loaded again.
            "Page.frameNavigated" if with["type"] == "BackForwardCacheRestore" => {
                self.loaded.send_replace(text(&with["frame"]["loaderId"]));
            }
            _ => {}
        }
    }

    /// Tells when another document is there.
    pub fn loads(&self) -> watch::Receiver<String> {
        self.loaded.subscribe()
    }

    /// Tells when a request was stopped on its way.
    pub fn holds(&self) -> watch::Receiver<Option<Held>> {
        self.held.subscribe()
    }

    /// What the last page was answered with.
    pub fn status(&self) -> u64 {
        self.told.lock().status
    }

    /// What was requested since this was asked last.
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().requests)
    }

    /// What was complained of since this was asked last.
    pub fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut self.told.lock().complaints)
    }
}
