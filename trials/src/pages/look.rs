//! What is asked of every page, and what was found.

use std::{collections::BTreeSet, env, path::PathBuf};

use serde_json::Value;
use url::Url;

use super::tab::Tab;
use crate::trial::Found;

/// What our own pages are made of, and nothing else.
const TAGS: [&str; 21] = [
    "html", "head", "meta", "title", "style", "body", "header", "main", "h1", "dl", "div", "dt", "dd", "p", "bdi",
    "strong", "form", "button", "code", "a", "br",
];

/// All that was looked at.
#[derive(Default)]
pub struct Looks {
    /// How many pages.
    pub pages: u64,
    /// How many of ours.
    pub ours: u64,
    /// Their headings, without names.
    pub headings: BTreeSet<String>,
    /// Scripts, dialogs, complaints.
    pub scripts: u64,
    /// Requests that went elsewhere.
    pub elsewhere: u64,
    /// Names that are not as they were given.
    pub names: u64,
    /// Everything about how a page is made.
    pub shape: u64,
    broken: Vec<String>,
}

/// What a page of ours should be.
pub struct Expected<'a> {
    /// Its status.
    pub status: u64,
    /// Its heading.
    pub heading: &'a str,
    /// The names on it, in their order.
    pub names: &'a [&'a str],
}

impl Looks {
    /// Hands over what must not be.
    pub fn drain(&mut self, found: &mut Found, walk: u64) {
        for what in self.broken.drain(..) {
            found.broke(format!("walk {walk}: {what}"));
        }
    }

    /// Whether something was found that is told in these words.
    pub fn said(&self, words: &str) -> bool {
        self.broken.iter().any(|what| what.contains(words))
    }

    /// Looks at a page of ours.
    ///
    /// # Errors
    /// A browser that does not do as it is told.
    pub async fn ours(&mut self, tab: &Tab, hosts: &[Url], expected: Expected<'_>) -> Result<Value, String> {
        self.ours += 1;
        let heading = expected.heading;
        for dark in [true, false] {
            tab.dark(dark).await?;
            let page = tab.looks().await?;
            self.none(&page["faint"], heading, "faint words");
        }
        let page = self.theirs(tab, hosts).await?;
        let status = tab.seen.status();
        self.shape(status == expected.status, || format!("{heading}: status {status}"));
        let shown: Vec<&str> = page["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if shown != expected.names {
            self.names += 1;
            self.broken.push(format!("{heading}: {shown:?} in place of {:?}", expected.names));
        }
        let said = format!("h1 {heading}");
        self.shape(page["headings"] == serde_json::json!([said]), || format!("{heading}: {}", page["headings"]));
        self.shape(page["landmarks"] == serde_json::json!([1, 1]), || format!("{heading}: {}", page["landmarks"]));
        self.shape(page["lang"] == "en" && page["phone"] == true, || format!("{heading}: language or phone"));
        let title = page["title"].as_str().unwrap_or_default();
        self.shape(title.len() > 8 && title.ends_with(" · Usher"), || format!("{heading}: title {title}"));
        let foreign = |tag: &&str| !TAGS.contains(tag);
        let tags: Vec<&str> =
            page["tags"].as_array().into_iter().flatten().filter_map(Value::as_str).filter(foreign).collect();
        self.shape(tags.is_empty(), || format!("{heading}: elements {tags:?}"));
        for link in page["links"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.shape(link.starts_with("https://t.me/"), || format!("{heading}: leads to {link}"));
        }
        for (what, name) in [
            ("backwards", "words that run backwards"),
            ("spilt", "names that may cover other words"),
            ("small", "too small to press"),
        ] {
            self.none(&page[what], heading, name);
        }
        self.shape(page["unnamed"] == 0, || format!("{heading}: a button without a name"));
        self.pictures(tab, heading).await?;
        Ok(page)
    }

    /// Looks at any page.
    ///
    /// # Errors
    /// A browser that does not do as it is told.
    pub async fn theirs(&mut self, tab: &Tab, hosts: &[Url]) -> Result<Value, String> {
        self.pages += 1;
        for width in [320, 1280, 360] {
            tab.wide(width).await?;
            let wider = tab.looks().await?["width"].as_f64().unwrap_or_default();
            self.shape(wider <= 0.0, || format!("{wider} pixels wider than {width}"));
        }
        let page = tab.looks().await?;
        let at = page["url"].as_str().unwrap_or_default().split('?').next().unwrap_or_default().to_owned();
        self.shape(page["referrer"] == "", || format!("{at}: referrer {}", page["referrer"]));
        if page["scripts"] != 0 || !page["ran"].is_null() {
            self.scripts += 1;
            self.broken.push(format!("{at}: {} scripts, ran: {}", page["scripts"], page["ran"]));
        }
        for complaint in tab.seen.complaints() {
            self.scripts += 1;
            self.broken.push(format!("{at}: {complaint}"));
        }
        for request in tab.seen.requests() {
            let origin = Url::parse(&request).map(|url| url.origin());
            if !origin.is_ok_and(|origin| hosts.iter().any(|host| host.origin() == origin)) {
                self.elsewhere += 1;
                self.broken.push(format!("{at}: asks for {request}"));
            }
        }
        Ok(page)
    }

    fn shape(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.shape += 1;
            self.broken.push(what());
        }
    }

    fn none(&mut self, list: &Value, heading: &str, what: &str) {
        self.shape(list.as_array().is_some_and(Vec::is_empty), || format!("{heading}: {what}: {list}"));
    }

    /// Of every page one, and of the first with its heading also dark and on a wide screen.
    async fn pictures(&mut self, tab: &Tab, heading: &str) -> Result<(), String> {
        let kind = heading.split(|sign: char| sign.is_ascii_digit()).next().unwrap_or_default().trim().to_owned();
        let first = self.headings.insert(kind.clone());
        let Some(folder) = env::var_os("PICTURES").map(PathBuf::from) else { return Ok(()) };
        let file = |what: &str| folder.join(format!("{:03} {kind} {what}.png", self.ours).replace([' ', '?'], "-"));
        tab.pictures(&file("phone")).await?;
        if first {
            tab.dark(true).await?;
            tab.pictures(&file("phone dark")).await?;
            tab.wide(1280).await?;
            tab.pictures(&file("desk dark")).await?;
            tab.dark(false).await?;
            tab.pictures(&file("desk")).await?;
            tab.wide(360).await?;
        }
        Ok(())
    }
}
