//! The inline nodes of ADF and their marks, both ways.

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::{Map, Value, json};
use usher_chat::tree::{Inline, Media, Mentioned, Tint};

use super::{
    super::inline::{clean, hex, is_picture, linkable, media_name, push, push_lines},
    read::{attr, card, children, extension, media, name, words},
};

/// Whether a node stands within a line.
pub(super) fn is_inline(node: &Value) -> bool {
    matches!(
        name(node),
        "text"
            | "mention"
            | "emoji"
            | "date"
            | "status"
            | "hardBreak"
            | "inlineCard"
            | "mediaInline"
            | "placeholder"
            | "inlineExtension"
    )
}

/// Reads the children of a paragraph or heading.
pub(super) fn inlines(nodes: &[Value], depth: usize) -> Vec<Inline> {
    let mut line = Vec::new();
    for node in nodes {
        match (is_inline(node), depth.checked_sub(1)) {
            (false, Some(depth)) if !children(node).is_empty() => {
                inlines(children(node), depth).into_iter().for_each(|inline| push(&mut line, inline));
            }
            (false, _) => push_lines(&mut line, &words(node)),
            (true, _) => inline(node, &mut line),
        }
    }
    line
}

/// Reads one inline node.
pub(super) fn inline(node: &Value, line: &mut Vec<Inline>) {
    let inline = match name(node) {
        "text" => return text(node, line),
        "hardBreak" => Inline::Break,
        "mention" => {
            let name = attr(node, "text").unwrap_or_default();
            let name = name.strip_prefix('@').unwrap_or(name).to_owned();
            match attr(node, "id") {
                Some(id) => Inline::Mention { who: Mentioned::Account(id.to_owned()), name },
                None => Inline::text(format!("@{name}")),
            }
        }
        "emoji" => {
            let name = attr(node, "shortName").unwrap_or_default().trim_matches(':').to_owned();
            let text = attr(node, "text").filter(|text| !text.starts_with(':')).map(str::to_owned);
            Inline::Emoji { name, text }
        }
        "date" => match node.pointer("/attrs/timestamp").and_then(day) {
            Some(day) => Inline::Date(day),
            None => Inline::text(attr(node, "timestamp").unwrap_or_default()),
        },
        "status" => {
            let colour = match attr(node, "color") {
                Some("purple") => Tint::Purple,
                Some("blue") => Tint::Blue,
                Some("red") => Tint::Red,
                Some("yellow") => Tint::Yellow,
                Some("green") => Tint::Green,
                _ => Tint::Neutral,
            };
            Inline::Status { text: attr(node, "text").unwrap_or_default().to_owned(), colour }
        }
        "inlineCard" => return card(node, line),
        "inlineExtension" => return extension(node, line),
        "mediaInline" => Inline::Media(media(node)),
        _ => return push_lines(line, &words(node)),
    };
    push(line, inline);
}

/// ADF counts days in milliseconds, as a string; some writers use a number.
fn day(timestamp: &Value) -> Option<String> {
    let millis = timestamp.as_i64().or_else(|| timestamp.as_str()?.parse().ok())?;
    let day = Timestamp::from_millisecond(millis).ok()?.to_zoned(TimeZone::UTC).date();
    Some(day.to_string())
}

fn text(node: &Value, line: &mut Vec<Inline>) {
    let mut content = Vec::new();
    let text = node.get("text").and_then(Value::as_str).unwrap_or_default();
    let none = Vec::new();
    let marks = node.get("marks").and_then(Value::as_array).unwrap_or(&none);
    let find = |wanted: &str| marks.iter().find(|mark| name(mark) == wanted);
    match find("code") {
        Some(_) => content.push(Inline::code(text)),
        None => push_lines(&mut content, text),
    }
    // Always in the same order, so that neighbours with the same marks join.
    if let Some(mark) = find("subsup") {
        content = vec![match attr(mark, "type") {
            Some("sub") => Inline::Sub(content),
            _ => Inline::Sup(content),
        }];
    }
    for (mark, wrap) in [
        ("strike", Inline::Strike as fn(Vec<Inline>) -> Inline),
        ("underline", Inline::Underline),
        ("em", Inline::Emphasis),
        ("strong", Inline::Strong),
    ] {
        if find(mark).is_some() {
            content = vec![wrap(content)];
        }
    }
    if let Some(colour) = find("textColor").and_then(|mark| attr(mark, "color")) {
        content = vec![Inline::Colour { colour: colour.to_owned(), content }];
    }
    if let Some(url) = find("link").and_then(|mark| attr(mark, "href")) {
        content = vec![Inline::Link { url: url.to_owned(), content }];
    }
    content.into_iter().for_each(|inline| push(line, inline));
}

#[derive(Clone, Default)]
struct Marks {
    link: Option<String>,
    colour: Option<String>,
    strong: bool,
    em: bool,
    underline: bool,
    strike: bool,
    subsup: Option<&'static str>,
}

/// Writes a line as ADF nodes.
pub(super) fn write(content: &[Inline]) -> Vec<Value> {
    let mut out = Vec::new();
    walk(content, &Marks::default(), &mut out);
    out
}

fn walk(content: &[Inline], marks: &Marks, out: &mut Vec<Value>) {
    for inline in content {
        match inline {
            Inline::Text(text) => write_text(text, marks, false, out),
            Inline::Code(text) => write_text(text, marks, true, out),
            Inline::Strong(content) => walk(content, &Marks { strong: true, ..marks.clone() }, out),
            Inline::Emphasis(content) => walk(content, &Marks { em: true, ..marks.clone() }, out),
            Inline::Underline(content) => walk(content, &Marks { underline: true, ..marks.clone() }, out),
            Inline::Strike(content) => walk(content, &Marks { strike: true, ..marks.clone() }, out),
            Inline::Sub(content) => walk(content, &Marks { subsup: Some("sub"), ..marks.clone() }, out),
            Inline::Sup(content) => walk(content, &Marks { subsup: Some("sup"), ..marks.clone() }, out),
            Inline::Colour { colour, content } => {
                let colour = hex(colour).or_else(|| marks.colour.clone());
                walk(content, &Marks { colour, ..marks.clone() }, out);
            }
            Inline::Link { url, content } => link(url, content, marks, out),
            Inline::Mention { who: Mentioned::Account(id), name } if !id.is_empty() => {
                let mut attrs = Map::from_iter([("id".to_owned(), json!(id))]);
                if !name.is_empty() {
                    attrs.insert("text".to_owned(), json!(format!("@{}", clean(name))));
                }
                out.push(json!({"type": "mention", "attrs": attrs}));
            }
            Inline::Mention { name, .. } => write_text(&format!("@{name}"), marks, false, out),
            Inline::Emoji { name, text } => {
                let mut attrs = Map::from_iter([("shortName".to_owned(), json!(format!(":{}:", clean(name))))]);
                if let Some(text) = text {
                    attrs.insert("text".to_owned(), json!(clean(text)));
                }
                out.push(json!({"type": "emoji", "attrs": attrs}));
            }
            Inline::Status { text, .. } if clean(text).trim().is_empty() => {}
            Inline::Status { text, colour } => {
                let attrs = json!({"text": clean(text).replace('\n', " "), "color": colour});
                out.push(json!({"type": "status", "attrs": attrs}));
            }
            Inline::Date(day) => match timestamp(day) {
                Some(millis) => out.push(json!({"type": "date", "attrs": {"timestamp": millis.to_string()}})),
                None => write_text(day, marks, false, out),
            },
            Inline::Media(media) => match (jira_id(media), media.url.as_deref()) {
                (Some(id), _) => {
                    let attrs = json!({"type": "file", "id": id, "collection": "", "alt": clean(media_name(media))});
                    out.push(json!({"type": "mediaInline", "attrs": attrs}));
                }
                (None, Some(url)) => link(url, &[Inline::text(media_name(media))], marks, out),
                (None, None) => write_text(media_name(media), marks, false, out),
            },
            Inline::Break => out.push(json!({"type": "hardBreak"})),
        }
    }
}

fn link(url: &str, content: &[Inline], marks: &Marks, out: &mut Vec<Value>) {
    let words = usher_chat::tree::plain_inline(content);
    if !linkable(url) {
        walk(content, marks, out);
        if words != url {
            write_text(&format!(" ({url})"), marks, false, out);
        }
        return;
    }
    let marks = Marks { link: Some(url.to_owned()), ..marks.clone() };
    match words.trim().is_empty() {
        true => write_text(url, &marks, false, out),
        false => walk(content, &marks, out),
    }
}

fn write_text(text: &str, marks: &Marks, code: bool, out: &mut Vec<Value>) {
    let text = clean(text);
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            out.push(json!({"type": "hardBreak"}));
        }
        if line.is_empty() {
            continue;
        }
        let marks = marks.nodes(code);
        match marks.is_empty() {
            true => out.push(json!({"type": "text", "text": line})),
            false => out.push(json!({"type": "text", "text": line, "marks": marks})),
        }
    }
}

impl Marks {
    /// Code goes together with a link only, and a link has its own colour.
    fn nodes(&self, code: bool) -> Vec<Value> {
        let mut nodes = Vec::new();
        if let Some(url) = &self.link {
            nodes.push(json!({"type": "link", "attrs": {"href": url}}));
        }
        if code {
            nodes.push(json!({"type": "code"}));
            return nodes;
        }
        for (set, name) in
            [(self.strong, "strong"), (self.em, "em"), (self.underline, "underline"), (self.strike, "strike")]
        {
            if set {
                nodes.push(json!({"type": name}));
            }
        }
        if let Some(kind) = self.subsup {
            nodes.push(json!({"type": "subsup", "attrs": {"type": kind}}));
        }
        if let (Some(colour), None) = (&self.colour, &self.link) {
            nodes.push(json!({"type": "textColor", "attrs": {"color": colour}}));
        }
        nodes
    }
}

fn timestamp(day: &str) -> Option<i64> {
    let day: Date = day.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// The id of a file in Jira's media store. Attachment ids (numbers) are something else and cannot be shown in ADF.
fn jira_id(media: &Media) -> Option<&str> {
    media.id.as_deref().filter(|id| uuid::Uuid::try_parse(id).is_ok())
}

/// A file or picture as the content of a `mediaSingle`; `None` where ADF can only name it.
pub(super) fn write_media(media: &Media) -> Option<Value> {
    let alt = clean(media_name(media));
    if let Some(id) = jira_id(media) {
        let attrs = json!({"type": "file", "id": id, "collection": "", "alt": alt});
        return Some(json!({"type": "media", "attrs": attrs}));
    }
    let url = media.url.as_deref().filter(|url| linkable(url) && url.starts_with("http"))?;
    if !is_picture(url) && !is_picture(&media.name) {
        return None;
    }
    Some(json!({"type": "media", "attrs": {"type": "external", "url": url, "alt": alt}}))
}
