//! Spoils texts and JSON: what a careless or hostile sender might make of them.

use serde_json::{Map, Value, json};

/// Words that mean something somewhere.
const WORDS: [&str; 58] = [
    "jira",
    "view",
    "find",
    "create",
    "bug",
    "in",
    "DEMO",
    "DEMO-1",
    "demo-99999999999999999999",
    "assign",
    "status",
    "comment",
    "log",
    "2h 30m",
    "admin",
    "allow",
    "deny",
    "toolset",
    "until",
    "tomorrow",
    "on",
    "for",
    "--",
    "-7d",
    "\"",
    "“",
    "”",
    "'",
    "@ada",
    "<@1234>",
    "me",
    "help",
    "link",
    "blocks",
    "#12",
    "raw",
    "project = DEMO AND x ~ \"y\"",
    "ORDER BY created",
    "\u{202e}evil",
    "\u{200b}",
    "\u{0}",
    "\u{1b}[31m",
    "👩‍👩‍👧‍👦",
    "ß",
    "İ",
    "\n",
    "\t",
    "{code}",
    "[a|b]",
    "**",
    "```",
    "https://jira.corp.example/browse/DEMO-1",
    "?oauth_verifier=x",
    "K7Q2-9XMD",
    "%s%n",
    "../..",
    "$(id)",
    "\u{feff}",
];

/// A line that might be meant for the bot.
pub fn line(rng: &mut fastrand::Rng) -> String {
    let mut words = Vec::new();
    for _ in 0..rng.usize(0..9) {
        words.push(word(rng));
    }
    let mut line = words.join(if rng.u32(..5) == 0 { "" } else { " " });
    if rng.u32(..3) > 0 {
        line = format!("jira {line}");
    }
    spoil(rng, &mut line);
    line
}

/// One word, or noise in its place.
pub fn word(rng: &mut fastrand::Rng) -> String {
    match rng.u32(..12) {
        0 => (0..rng.usize(..12)).map(|_| rng.char(..)).collect(),
        1 => WORDS[rng.usize(..WORDS.len())].repeat(rng.usize(1..40)),
        2 => rng.i64(..).to_string(),
        _ => WORDS[rng.usize(..WORDS.len())].to_owned(),
    }
}

/// Changes a few letters.
pub fn spoil(rng: &mut fastrand::Rng, text: &mut String) {
    for _ in 0..rng.usize(..4) {
        let at = text.char_indices().map(|(at, _)| at).nth(rng.usize(..text.len().max(1))).unwrap_or(text.len());
        match rng.u32(..5) {
            0 => text.insert(at, rng.char(..)),
            1 => text.truncate(at),
            2 => text.insert_str(at, WORDS[rng.usize(..WORDS.len())]),
            3 if at < text.len() => drop(text.remove(at)),
            _ => {
                let piece = text[at..].chars().take(8).collect::<String>();
                text.insert_str(at, &piece.repeat(rng.usize(1..30)));
            }
        }
    }
}

/// Bytes of a JSON text, spoilt in its values or in its letters.
pub fn document(rng: &mut fastrand::Rng, source: &Value) -> Vec<u8> {
    let mut value = source.clone();
    for _ in 0..rng.usize(0..4) {
        change(rng, &mut value, 0);
    }
    let mut bytes = value.to_string().into_bytes();
    if rng.u32(..4) == 0 {
        for _ in 0..rng.usize(1..6) {
            let at = rng.usize(..bytes.len().max(1)).min(bytes.len());
            match rng.u32(..4) {
                0 if at < bytes.len() => bytes[at] = rng.u8(..),
                1 if at < bytes.len() => drop(bytes.remove(at)),
                2 => bytes.truncate(at),
                _ => bytes.insert(at, rng.u8(..)),
            }
        }
    }
    bytes
}

fn change(rng: &mut fastrand::Rng, value: &mut Value, depth: u32) {
    let inner = depth < 12 && rng.u32(..8) > 0;
    match value {
        Value::Object(map) if inner && !map.is_empty() => {
            let at = rng.usize(..map.len());
            if let Some((_, value)) = map.iter_mut().nth(at) {
                return change(rng, value, depth + 1);
            }
        }
        Value::Array(list) if inner && !list.is_empty() => {
            let at = rng.usize(..list.len());
            return change(rng, &mut list[at], depth + 1);
        }
        Value::Object(map) if rng.bool() && !map.is_empty() => {
            let name = map.keys().nth(rng.usize(..map.len())).cloned().unwrap_or_default();
            map.remove(&name);
            return;
        }
        Value::Array(list) if rng.bool() && !list.is_empty() => {
            let copy = list[rng.usize(..list.len())].clone();
            return list.extend(std::iter::repeat_n(copy, rng.usize(1..50)));
        }
        Value::String(text) if rng.bool() => return spoil(rng, text),
        _ => {}
    }
    *value = odd(rng);
}

fn odd(rng: &mut fastrand::Rng) -> Value {
    match rng.u32(..12) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(rng.i64(..)),
        3 => json!(rng.f64() * 1e300),
        4 => json!(-1),
        5 => json!([]),
        6 => json!({}),
        7 => json!(word(rng).repeat(rng.usize(1..200))),
        8 => json!("0001-01-01T00:00:00.000+0000"),
        9 => {
            let mut deep = Value::Object(Map::new());
            for _ in 0..rng.usize(1..200) {
                deep = json!({ "content": [deep], "type": "paragraph" });
            }
            deep
        }
        10 => json!({ "type": "doc", "version": 1, "content": [{ "type": "text", "text": word(rng) }] }),
        _ => json!(word(rng)),
    }
}
