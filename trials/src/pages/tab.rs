//! A tab in a profile of its own: opens, presses, reloads, goes back, and says what it shows.

use std::{fs, path::Path, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    chromium::{Chromium, PATIENCE, Wire},
    seen::Seen,
};

/// Looks at a page from within.
const LOOK: &str = include_str!("look.js");

/// One tab. Another tab shares no cookie with it.
pub struct Tab {
    wire: Arc<Wire>,
    session: String,
    profile: String,
    /// What it did and complained of.
    pub seen: Arc<Seen>,
}

impl Tab {
    /// A new one, as wide as a phone.
    ///
    /// # Errors
    /// In words.
    pub async fn open(chromium: &Chromium) -> Result<Self, String> {
        let wire = chromium.wire().clone();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let profile = text(&wire.ask(None, "Target.createBrowserContext", json!({})).await?["browserContextId"]);
        let with = json!({ "url": "about:blank", "browserContextId": profile });
        let target = text(&wire.ask(None, "Target.createTarget", with).await?["targetId"]);
        let with = json!({ "targetId": target, "flatten": true });
        let session = text(&wire.ask(None, "Target.attachToTarget", with).await?["sessionId"]);
        // A tab's first frame is called as the tab.
        let seen = Arc::new(Seen::of(&target));
        wire.listen(&session, seen.clone());
        let tab = Self { wire, session, profile, seen };
        for domain in ["Page", "Network", "Log", "Runtime", "Audits", "Inspector"] {
            tab.ask(&format!("{domain}.enable"), json!({})).await?;
        }
        tab.ask("Page.setLifecycleEventsEnabled", json!({ "enabled": true })).await?;
        tab.wide(360).await?;
        Ok(tab)
    }

    /// Opens an address.
    ///
    /// # Errors
    /// In words.
    pub async fn goes(&self, url: &str) -> Result<(), String> {
        self.through("Page.navigate", json!({ "url": url })).await
    }

    /// Loads the page again.
    ///
    /// # Errors
    /// In words.
    pub async fn reloads(&self) -> Result<(), String> {
        self.through("Page.reload", json!({})).await
    }

    /// One page back.
    ///
    /// # Errors
    /// In words.
    pub async fn goes_back(&self) -> Result<(), String> {
        let history = self.ask("Page.getNavigationHistory", json!({})).await?;
        let at = history["currentIndex"].as_u64().unwrap_or_default() as usize;
        let before = at.checked_sub(1).ok_or("There is no page to go back to.")?;
        self.through("Page.navigateToHistoryEntry", json!({ "entryId": history["entries"][before]["id"] })).await
    }

    /// Presses what leads to another page.
    ///
    /// # Errors
    /// In words.
    pub async fn follows(&self, selector: &str) -> Result<(), String> {
        let mut loads = self.seen.loads();
        let before = loads.borrow_and_update().clone();
        self.presses(selector).await?;
        match timeout(PATIENCE, loads.wait_for(|loaded| *loaded != before)).await {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("{selector} was pressed, and no page came")),
        }
    }

    /// Presses, as a finger or a mouse does, in the middle of what is meant.
    ///
    /// # Errors
    /// In words.
    pub async fn presses(&self, selector: &str) -> Result<(), String> {
        let script = format!(
            "(() => {{ const it = document.querySelector({}); if (!it) return null; \
             it.scrollIntoView({{ block: 'center' }}); const at = it.getBoundingClientRect(); \
             return [at.x + at.width / 2, at.y + at.height / 2] }})()",
            json!(selector)
        );
        let at = self.computes(&script).await?;
        let (Some(x), Some(y)) = (at[0].as_f64(), at[1].as_f64()) else {
            return Err(format!("there is no {selector} on the page"));
        };
        for kind in ["mousePressed", "mouseReleased"] {
            let with = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", with).await?;
        }
        Ok(())
    }

    /// Presses what leads to such an address, and stops the request on its way. Gives the whole address.
    ///
    /// # Errors
    /// In words.
    pub async fn stops_before(&self, pattern: &str, selector: &str) -> Result<String, String> {
        let mut holds = self.seen.holds();
        holds.mark_unchanged();
        self.ask("Fetch.enable", json!({ "patterns": [{ "urlPattern": pattern }] })).await?;
        self.presses(selector).await?;
        let held = timeout(PATIENCE, holds.wait_for(Option::is_some)).await;
        let held = held.map_err(|_| format!("no request for {pattern}"))?.map_err(|error| error.to_string())?.clone();
        let held = held.ok_or("no address")?;
        self.ask("Fetch.failRequest", json!({ "requestId": held.request, "errorReason": "Aborted" })).await?;
        self.ask("Fetch.disable", json!({})).await?;
        Ok(held.url)
    }

    /// What a script of ours comes to, beside the page's own policy.
    ///
    /// # Errors
    /// In words.
    pub async fn computes(&self, script: &str) -> Result<Value, String> {
        let with = json!({ "expression": script, "returnByValue": true });
        let said = self.ask("Runtime.evaluate", with).await?;
        match said.get("exceptionDetails") {
            Some(details) => Err(format!("a script of the trial's fails: {details}")),
            None => Ok(said["result"]["value"].clone()),
        }
    }

    /// What the page is made of and how it looks; see `look.js`.
    ///
    /// # Errors
    /// In words.
    pub async fn looks(&self) -> Result<Value, String> {
        self.computes(LOOK).await
    }

    /// So many pixels wide.
    ///
    /// # Errors
    /// In words.
    pub async fn wide(&self, width: u32) -> Result<(), String> {
        let with = json!({ "width": width, "height": 740, "deviceScaleFactor": 2, "mobile": width < 700 });
        self.ask("Emulation.setDeviceMetricsOverride", with).await.map(drop)
    }

    /// As for a person who likes it dark, or not.
    ///
    /// # Errors
    /// In words.
    pub async fn dark(&self, dark: bool) -> Result<(), String> {
        let value = if dark { "dark" } else { "light" };
        let with = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.ask("Emulation.setEmulatedMedia", with).await.map(drop)
    }

    /// Writes a picture of the whole page.
    ///
    /// # Errors
    /// In words.
    pub async fn pictures(&self, file: &Path) -> Result<(), String> {
        let with = json!({ "format": "png", "captureBeyondViewport": true });
        let said = self.ask("Page.captureScreenshot", with).await?;
        let bytes = STANDARD.decode(said["data"].as_str().unwrap_or_default()).map_err(|error| error.to_string())?;
        fs::write(file, bytes).map_err(|error| error.to_string())
    }

    /// Ends the tab and its profile.
    ///
    /// # Errors
    /// In words.
    pub async fn ends(self) -> Result<(), String> {
        self.wire.forget(&self.session);
        let with = json!({ "browserContextId": self.profile });
        self.wire.ask(None, "Target.disposeBrowserContext", with).await.map(drop)
    }

    async fn through(&self, what: &str, with: Value) -> Result<(), String> {
        let mut loads = self.seen.loads();
        let before = loads.borrow_and_update().clone();
        let said = self.ask(what, with).await?;
        if let Some(error) = said["errorText"].as_str() {
            return Err(format!("{what}: {error}"));
        }
        match timeout(PATIENCE, loads.wait_for(|loaded| *loaded != before)).await {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("{what}: no page came")),
        }
    }

    async fn ask(&self, what: &str, with: Value) -> Result<Value, String> {
        self.wire.ask(Some(&self.session), what, with).await
    }
}
