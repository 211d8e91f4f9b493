//! Limits of messages and forms that Discord's schemas do not state.

use std::collections::BTreeSet;

use serde_json::Value;

use super::refusal::{Mistake, Refusal};

/// Characters that a bot's message may have.
const CONTENT: usize = 2_000;
/// Characters that all embeds of a message may have.
const EMBEDS: usize = 6_000;
/// Bytes that a file may have.
const FILE: usize = 10 * 1024 * 1024;
const BUTTON: u64 = 2;
const LINK: u64 = 5;

/// Says no to a message beyond the limits.
pub fn message(data: &Value, files: &[usize]) -> Result<(), Refusal> {
    let mut found = Vec::new();
    if data["content"].as_str().is_some_and(|content| content.chars().count() > CONTENT) {
        found.push(Mistake::new("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length."));
    }
    embeds(data, &mut found);
    components(data, &mut found);
    if files.len() > 10 {
        found.push(Mistake::new("attachments", "BASE_TYPE_BAD_LENGTH", "Must be 10 or fewer in length."));
    }
    if files.iter().any(|bytes| *bytes > FILE) {
        return Err(Refusal::new(413, 40005, "Request entity too large"));
    }
    if found.is_empty() { Ok(()) } else { Err(Refusal::form(&found)) }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

fn embeds(data: &Value, found: &mut Vec<Mistake>) {
    let mut total = 0;
    for (index, embed) in list(data, "embeds").iter().enumerate() {
        let path = format!("embeds/{index}");
        let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
        total += length(&embed["title"])
            + length(&embed["description"])
            + length(&embed["footer"]["text"])
            + length(&embed["author"]["name"]);
        for (number, field) in list(embed, "fields").iter().enumerate() {
            total += length(&field["name"]) + length(&field["value"]);
            for part in ["name", "value"] {
                if field[part].as_str().is_none_or(|text| text.trim().is_empty()) {
                    let path = format!("{path}/fields/{number}/{part}");
                    found.push(Mistake::new(&path, "BASE_TYPE_REQUIRED", "This field is required"));
                }
            }
        }
        let shows = ["title", "description", "image", "thumbnail", "footer", "author"].map(|key| !embed[key].is_null());
        if !shows.contains(&true) && list(embed, "fields").is_empty() {
            let path = format!("{path}/description");
            found.push(Mistake::new(&path, "BASE_TYPE_REQUIRED", "This field is required"));
        }
        addresses(embed, &path, found);
    }
    if total > EMBEDS {
        let words = "Embed size exceeds maximum size of 6000";
        found.push(Mistake::new("embeds", "MAX_EMBED_SIZE_EXCEEDED", words));
    }
}

fn addresses(embed: &Value, path: &str, found: &mut Vec<Mistake>) {
    let places = [
        ("url", &embed["url"], false),
        ("thumbnail/url", &embed["thumbnail"]["url"], true),
        ("image/url", &embed["image"]["url"], true),
        ("author/url", &embed["author"]["url"], false),
        ("author/icon_url", &embed["author"]["icon_url"], true),
        ("footer/icon_url", &embed["footer"]["icon_url"], true),
    ];
    for (key, value, file) in places {
        if let Some(url) = value.as_str()
            && !web(url)
            && !(file && url.starts_with("attachment://"))
        {
            let words = format!("Scheme of {url} is not supported. Scheme must be one of ('http', 'https').");
            found.push(Mistake::new(&format!("{path}/{key}"), "URL_TYPE_INVALID_SCHEME", words));
        }
    }
}

fn web(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && !url.contains(char::is_whitespace))
}

fn components(data: &Value, found: &mut Vec<Mistake>) {
    let rows = list(data, "components");
    if rows.len() > 5 {
        found.push(Mistake::new("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."));
    }
    let mut ids = BTreeSet::new();
    for (number, row) in rows.iter().enumerate() {
        let inside = list(row, "components");
        if inside.len() > 1 && inside.iter().any(|one| one["type"].as_u64() != Some(BUTTON)) {
            let path = format!("components/{number}");
            let words = "The specified component exceeds the maximum width";
            found.push(Mistake::new(&path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", words));
        }
        for (index, one) in inside.iter().enumerate() {
            let path = format!("components/{number}/components/{index}");
            if let Some(id) = one["custom_id"].as_str()
                && !ids.insert(id.to_owned())
            {
                let path = format!("{path}/custom_id");
                found.push(Mistake::new(
                    &path,
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                ));
            }
            if one["type"].as_u64() == Some(BUTTON) { button(one, &path, found) } else { select(one, &path, found) }
        }
    }
}

fn button(one: &Value, path: &str, found: &mut Vec<Mistake>) {
    let link = one["style"].as_u64() == Some(LINK);
    let (id, url) = (one["custom_id"].as_str(), one["url"].as_str());
    if link && (url.is_none() || id.is_some()) {
        let words = "A url is required, and a custom id and url cannot both be specified";
        found.push(Mistake::new(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", words));
    }
    if link && !url.is_some_and(web) {
        let path = format!("{path}/url");
        found.push(Mistake::new(
            &path,
            "URL_TYPE_INVALID_SCHEME",
            "Scheme must be one of ('http', 'https', 'discord').",
        ));
    }
    if !link && (id.is_none() || url.is_some()) {
        found.push(Mistake::new(path, "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id required"));
    }
    if one["label"].as_str().is_none_or(|label| label.trim().is_empty()) && one["emoji"].is_null() {
        found.push(Mistake::new(path, "BUTTON_COMPONENT_LABEL_OR_EMOJI", "A button needs a label or an emoji"));
    }
}

fn select(one: &Value, path: &str, found: &mut Vec<Mistake>) {
    let options = list(one, "options");
    let values: BTreeSet<_> = options.iter().filter_map(|option| option["value"].as_str()).collect();
    if values.len() < options.len() {
        let path = format!("{path}/options");
        let words = "The specified option value is already used";
        found.push(Mistake::new(&path, "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words));
    }
    for (index, option) in options.iter().enumerate() {
        for part in ["label", "value"] {
            if option[part].as_str().is_none_or(str::is_empty) {
                let path = format!("{path}/options/{index}/{part}");
                found.push(Mistake::new(&path, "BASE_TYPE_REQUIRED", "This field is required"));
            }
        }
    }
}

/// Says no to a form beyond the limits.
pub fn modal(data: &Value) -> Result<(), Refusal> {
    let mut found = Vec::new();
    let rows = list(data, "components");
    if rows.len() > 5 {
        found.push(Mistake::new("data/components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length."));
    }
    let mut ids = BTreeSet::new();
    for (number, row) in rows.iter().enumerate() {
        let path = format!("data/components/{number}");
        if list(row, "components").len() != 1 {
            found.push(Mistake::new(&path, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "A row of a modal has one text input"));
        }
        for input in list(row, "components") {
            if !ids.insert(input["custom_id"].as_str()) {
                found.push(Mistake::new(
                    &path,
                    "COMPONENT_CUSTOM_ID_DUPLICATED",
                    "Component custom id cannot be duplicated",
                ));
            }
            if input["label"].as_str().is_none_or(|label| label.is_empty() || label.chars().count() > 45) {
                let path = format!("{path}/components/0/label");
                found.push(Mistake::new(&path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 45 in length."));
            }
            let length = input["value"].as_str().map_or(0, |value| value.chars().count()) as u64;
            if length > input["max_length"].as_u64().unwrap_or(4_000) {
                let path = format!("{path}/components/0/value");
                found.push(Mistake::new(&path, "BASE_TYPE_MAX_LENGTH", "The value is longer than may be entered."));
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Refusal::form(&found)) }
}
