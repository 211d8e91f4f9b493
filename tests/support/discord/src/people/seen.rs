//! A message of the bot as a person sees it.

use std::fmt;

use serde_json::Value;

use crate::{
    EPHEMERAL, LOADING,
    state::{Id, Output, State},
};

/// A message of the bot.
#[derive(Debug, Clone)]
pub struct Seen {
    pub(crate) message: Id,
    /// It took the place of what stood there.
    pub edited: bool,
    /// The message as Discord's API shows it.
    pub json: Value,
}

impl Seen {
    pub(crate) fn of(output: &Output, _: &State) -> Self {
        Self { message: output.message, edited: output.edit, json: output.json.clone() }
    }

    pub(crate) fn now(message: Id, state: &State) -> Self {
        let one = &state.messages[&message];
        Self { message, edited: one.edited.is_some(), json: crate::objects::message(state, one) }
    }

    /// Its id.
    pub fn id(&self) -> Id {
        self.message
    }

    /// Only one person sees it.
    pub fn ephemeral(&self) -> bool {
        self.flags() & EPHEMERAL != 0
    }

    /// It only says that the bot is thinking.
    pub fn thinking(&self) -> bool {
        self.flags() & LOADING != 0
    }

    fn flags(&self) -> u64 {
        self.json["flags"].as_u64().unwrap_or_default()
    }

    /// Its words, embeds aside.
    pub fn content(&self) -> &str {
        self.json["content"].as_str().unwrap_or_default()
    }

    /// Its embeds.
    pub fn embeds(&self) -> &[Value] {
        list(&self.json, "embeds")
    }

    /// Its files: name and address.
    pub fn files(&self) -> Vec<(String, String)> {
        let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
        list(&self.json, "attachments").iter().map(|one| (text(one, "filename"), text(one, "url"))).collect()
    }

    /// The labels of its buttons, links left out.
    pub fn buttons(&self) -> Vec<String> {
        self.components().filter(|one| one["custom_id"].is_string() && one["type"] == 2).map(label).collect()
    }

    /// The addresses behind its link buttons, by label.
    pub fn links(&self) -> Vec<(String, String)> {
        let links = self.components().filter(|one| one["url"].is_string());
        links.map(|one| (label(one), one["url"].as_str().unwrap_or_default().to_owned())).collect()
    }

    /// The address of the first link button.
    ///
    /// # Panics
    /// When there is none.
    pub fn url(&self) -> String {
        self.links().into_iter().next().unwrap_or_else(|| panic!("no link in {self}")).1
    }

    pub(crate) fn components(&self) -> impl Iterator<Item = &Value> {
        list(&self.json, "components").iter().flat_map(|row| list(row, "components"))
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn label(component: &Value) -> String {
    component["label"].as_str().unwrap_or_default().to_owned()
}

/// As text: `(only you)` before what is ephemeral, `[…]` around buttons, `‹…›` around links, menus with their entries.
impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = vec![self.content().to_owned()];
        parts.extend(self.embeds().iter().map(embed));
        parts.extend(self.files().into_iter().map(|(name, _)| format!("file {name}")));
        parts.extend(list(&self.json, "components").iter().map(row));
        parts.retain(|part| !part.is_empty());
        let lead = match (self.ephemeral(), self.edited) {
            (true, false) => "(only you) ",
            (true, true) => "(only you, in its place) ",
            (false, true) => "(in its place) ",
            (false, false) => "",
        };
        write!(f, "{lead}{}", parts.join("\n"))
    }
}

fn embed(embed: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut lines = vec![text(&embed["author"]["name"]), text(&embed["title"]), text(&embed["description"])];
    lines.extend(
        list(embed, "fields").iter().map(|field| format!("{}: {}", text(&field["name"]), text(&field["value"]))),
    );
    lines.push(text(&embed["footer"]["text"]));
    let said: Vec<String> = lines
        .iter()
        .filter(|line| !line.is_empty())
        .flat_map(|line| line.lines())
        .map(|line| format!("| {line}"))
        .collect();
    said.join("\n")
}

fn row(row: &Value) -> String {
    let shown = list(row, "components").iter().map(|one| match one["type"].as_u64() {
        Some(2) if one["url"].is_string() => format!("‹{}›", label(one)),
        Some(2) if one["disabled"] == true => format!("[{}, off]", label(one)),
        Some(2) => format!("[{}]", label(one)),
        _ => {
            let entries = list(one, "options").iter().map(label).collect::<Vec<_>>().join(" / ");
            format!("{}: {entries}", one["placeholder"].as_str().unwrap_or_default())
        }
    });
    shown.collect::<Vec<_>>().join(" ")
}
