//! What people see, as text: `(only you)` before what is private, `[…]` around buttons, `‹…›` around links.

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
};

use usher_chat::{Audience, Card, Field, Form, Reply};
use usher_terminal::markdown;

use super::platform::{Shown, TestPlatform};

/// The replies to one event. To show them is to have read them.
#[must_use = "a reply that nobody reads fails the test"]
pub struct Replies {
    shown: Vec<Arc<Shown>>,
    platform: TestPlatform,
}

impl Replies {
    pub fn new(shown: Vec<Arc<Shown>>, platform: TestPlatform) -> Self {
        Self { shown, platform }
    }

    /// All of them as text.
    pub fn text(&self) -> String {
        self.to_string()
    }

    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// The address of the first link.
    pub fn url(&self) -> String {
        let links = self.shown.iter().flat_map(|shown| &shown.reply.links).map(|link| link.url.clone());
        self.read();
        links.into_iter().next().unwrap_or_else(|| panic!("no link in {self}"))
    }

    fn read(&self) {
        self.shown.iter().for_each(|shown| shown.read.store(true, Ordering::Relaxed));
    }
}

impl fmt::Display for Replies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.read();
        let all: Vec<String> = self.shown.iter().map(|shown| one(shown)).collect();
        f.write_str(&self.platform.plain(&all.join("\n\n")))
    }
}

fn one(shown: &Shown) -> String {
    let Shown { reply, edit, .. } = shown;
    let mut parts = vec![markdown::text(&reply.text)];
    parts.extend(reply.cards.iter().map(card));
    // As in the terminal: a code is simply typed.
    parts.extend(reply.form.iter().filter(|form| !form.is_code()).map(form));
    if let Some(choices) = &reply.choices {
        let entries: Vec<&str> = choices.entries.iter().map(|entry| entry.label.as_str()).collect();
        parts.push(format!("{}\nmenu: {}", choices.label, entries.join(" / ")));
    }
    parts.extend(reply.files.iter().map(|file| format!("file {}, {} bytes", file.name, file.content.len())));
    parts.push(controls(reply));
    parts.retain(|part| !part.is_empty());
    let lead = match (reply.audience, edit) {
        (Audience::OnlyAsker, false) => "(only you) ",
        (Audience::OnlyAsker, true) => "(only you, in its place) ",
        (Audience::Everyone, false) => "",
        (Audience::Everyone, true) => "(in its place) ",
    };
    format!("{lead}{}", parts.join("\n"))
}

fn card(card: &Card) -> String {
    let mut line = format!("{}  {}", card.key, card.title);
    let mut more = Vec::new();
    for fact in &card.facts {
        match fact.name.as_str() {
            "Type" | "Status" | "Priority" | "Assignee" => {
                line.push_str(" · ");
                line.push_str(&fact.value);
            }
            name => more.push(format!("{name}: {}", fact.value)),
        }
    }
    let mut lines = vec![line];
    lines.extend((!more.is_empty()).then(|| format!("    {}", more.join(" · "))));
    lines.extend(markdown::text(&card.body).lines().map(|line| format!("  | {line}")));
    lines.join("\n")
}

fn form(form: &Form) -> String {
    let fields: Vec<String> = form.fields.iter().map(field).collect();
    format!("form \"{}\": {}", form.title, fields.join(", "))
}

fn field(field: &Field) -> String {
    let mut words = format!("{}{}", field.label, if field.required { "*" } else { "" });
    match field.options.as_slice() {
        [] => words.push_str(&format!(" ({})", field.kind.as_str())),
        options => words.push_str(&format!(" ({}: {})", field.kind.as_str(), options.join(" / "))),
    }
    if let Some(hint) = &field.hint {
        words.push_str(&format!(" <- {hint}"));
    }
    words
}

fn controls(reply: &Reply) -> String {
    let links = reply.links.iter().map(|link| format!("‹{}›", link.label));
    let buttons = reply.buttons.iter().map(|button| format!("[{}]", button.label));
    links.chain(buttons).collect::<Vec<_>>().join(" ")
}
