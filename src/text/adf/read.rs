//! From ADF to the text tree. Any JSON is accepted.

use serde_json::Value;
use usher_chat::tree::{Block, Cell, Inline, Media, Row, Task, Text};

use super::{
    super::{
        DEPTH,
        inline::{push, push_lines},
    },
    inline::{inline, inlines, is_inline},
};

/// Reads an ADF document, or a part of one. A string is taken as plain text; what is unknown keeps its words.
pub fn from_adf(document: &Value) -> Text {
    let mut blocks = Vec::new();
    match document {
        Value::String(text) => return Text::plain(text),
        Value::Array(nodes) => read_blocks(nodes, DEPTH, &mut blocks),
        Value::Object(_) if name(document) == "doc" => read_blocks(children(document), DEPTH, &mut blocks),
        Value::Object(_) => read_blocks(std::slice::from_ref(document), DEPTH, &mut blocks),
        _ => {}
    }
    Text(blocks)
}

/// A node's type.
pub(super) fn name(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

/// A node's children.
pub(super) fn children(node: &Value) -> &[Value] {
    node.get("content").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A node's attribute, if it is a string with something in it.
pub(super) fn attr<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    node.get("attrs")?.get(key)?.as_str().filter(|text| !text.is_empty())
}

/// All text below a node, without shape, for what is too deep or unknown.
pub(super) fn words(node: &Value) -> String {
    let mut out = String::new();
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        match node.get("text").and_then(Value::as_str) {
            Some(text) => out.push_str(text),
            None if name(node) == "hardBreak" => out.push('\n'),
            None => out.push_str(attr(node, "text").unwrap_or_default()),
        }
        stack.extend(children(node).iter().rev());
    }
    out
}

/// A file or picture node (`media`, `mediaInline`).
pub(super) fn media(node: &Value) -> Media {
    let url = attr(node, "url").map(str::to_owned);
    let name = attr(node, "alt").or_else(|| attr(node, "__fileName"));
    let name = name.map(str::to_owned).or_else(|| url.clone()).unwrap_or_else(|| "file".to_owned());
    Media { name, url, id: attr(node, "id").map(str::to_owned) }
}

fn read_blocks(nodes: &[Value], depth: usize, out: &mut Vec<Block>) {
    let mut line = Vec::new();
    for node in nodes {
        if is_inline(node) {
            inline(node, &mut line);
            continue;
        }
        flush(&mut line, out);
        match depth.checked_sub(1) {
            Some(depth) => block(node, depth, out),
            None => {
                push_lines(&mut line, &words(node));
                flush(&mut line, out);
            }
        }
    }
    flush(&mut line, out);
}

fn flush(line: &mut Vec<Inline>, out: &mut Vec<Block>) {
    if !line.is_empty() {
        out.push(Block::Paragraph(std::mem::take(line)));
    }
}

fn block(node: &Value, depth: usize, out: &mut Vec<Block>) {
    let inner = |nodes: &[Value]| {
        let mut blocks = Vec::new();
        read_blocks(nodes, depth, &mut blocks);
        blocks
    };
    match name(node) {
        "paragraph" | "caption" => flush(&mut inlines(children(node), depth), out),
        "heading" => {
            let content = inlines(children(node), depth);
            if !content.is_empty() {
                let level = node.pointer("/attrs/level").and_then(Value::as_u64).unwrap_or(1).clamp(1, 6);
                out.push(Block::Heading { level: u8::try_from(level).unwrap_or(6), content });
            }
        }
        "bulletList" => out.push(Block::List { start: None, items: items(node, depth) }),
        "orderedList" => {
            let start = node.pointer("/attrs/order").and_then(Value::as_f64).unwrap_or(1.0).clamp(0.0, 1e9);
            out.push(Block::List { start: Some(start as u64), items: items(node, depth) });
        }
        "taskList" | "decisionList" | "taskItem" | "decisionItem" | "blockTaskItem" => {
            let mut tasks = Vec::new();
            read_tasks(node, depth, &mut tasks);
            out.push(Block::Tasks(tasks));
        }
        "codeBlock" => {
            let text = children(node).iter().map(words).collect();
            out.push(Block::Code { language: attr(node, "language").map(str::to_owned), text });
        }
        "blockquote" => out.push(Block::Quote(inner(children(node)))),
        "panel" => {
            let kind = attr(node, "panelType").unwrap_or("info").to_owned();
            out.push(Block::Panel { kind, title: None, content: inner(children(node)) });
        }
        "expand" | "nestedExpand" => {
            let title = attr(node, "title").unwrap_or_default().to_owned();
            out.push(Block::Expand { title, content: inner(children(node)) });
        }
        "rule" => out.push(Block::Rule),
        "table" => {
            let row = |row: &Value| match name(row) {
                "tableRow" => Row { cells: children(row).iter().map(|node| cell(node, depth)).collect() },
                _ => Row { cells: vec![cell(row, depth)] },
            };
            out.push(Block::Table { rows: children(node).iter().map(row).collect() });
        }
        "media" => out.push(Block::Media(media(node))),
        "blockCard" | "embedCard" => {
            let mut line = Vec::new();
            card(node, &mut line);
            flush(&mut line, out);
        }
        // Sections, columns, extensions with a body, media with their frame: what is inside counts. So it does for
        // what this version does not know.
        _ if !children(node).is_empty() => read_blocks(children(node), depth, out),
        "extension" | "bodiedExtension" | "multiBodiedExtension" => {
            let mut line = Vec::new();
            extension(node, &mut line);
            flush(&mut line, out);
        }
        _ => {
            let mut line = Vec::new();
            push_lines(&mut line, &words(node));
            flush(&mut line, out);
        }
    }
}

fn items(list: &Value, depth: usize) -> Vec<Vec<Block>> {
    let item = |node: &Value| {
        let mut blocks = Vec::new();
        match name(node) {
            "listItem" => read_blocks(children(node), depth, &mut blocks),
            _ => read_blocks(std::slice::from_ref(node), depth, &mut blocks),
        }
        blocks
    };
    children(list).iter().map(item).collect()
}

fn cell(node: &Value, depth: usize) -> Cell {
    let mut content = Vec::new();
    match name(node) {
        "tableCell" | "tableHeader" => read_blocks(children(node), depth, &mut content),
        _ => read_blocks(std::slice::from_ref(node), depth, &mut content),
    }
    Cell { header: name(node) == "tableHeader", content }
}

/// Lists of tasks may hold lists of tasks: all come in one list, from top to bottom.
fn read_tasks(node: &Value, depth: usize, out: &mut Vec<Task>) {
    if matches!(name(node), "taskList" | "decisionList") {
        for child in children(node) {
            match depth.checked_sub(1) {
                Some(depth) => read_tasks(child, depth, out),
                None => out.push(Task { done: false, content: vec![Inline::text(words(child))] }),
            }
        }
        return;
    }
    let mut content = Vec::new();
    let parts = if children(node).is_empty() { std::slice::from_ref(node) } else { children(node) };
    for child in parts {
        if is_inline(child) {
            inline(child, &mut content);
            continue;
        }
        if !content.is_empty() {
            content.push(Inline::Break);
        }
        match children(child) {
            [] => push_lines(&mut content, &words(child)),
            nodes => inlines(nodes, depth).into_iter().for_each(|inline| push(&mut content, inline)),
        }
    }
    let done = matches!(attr(node, "state"), Some("DONE" | "DECIDED"));
    out.push(Task { done, content });
}

/// A card: a link that Jira would draw as a box.
pub(super) fn card(node: &Value, line: &mut Vec<Inline>) {
    let data = node.pointer("/attrs/data");
    let in_data = |key| data.and_then(|data| data.get(key)).and_then(Value::as_str);
    let url = attr(node, "url").or_else(|| in_data("url")).or_else(|| in_data("@id"));
    let words = in_data("name").or(url);
    match (url, words) {
        (Some(url), Some(words)) => push(line, Inline::link(words, url)),
        (None, Some(words)) => push(line, Inline::text(words)),
        (_, None) => {}
    }
}

/// A macro of an app: its text, or its name in brackets.
pub(super) fn extension(node: &Value, line: &mut Vec<Inline>) {
    match (attr(node, "text"), attr(node, "extensionKey")) {
        (Some(text), _) => push_lines(line, text),
        (None, Some(key)) => push(line, Inline::text(format!("[{key}]"))),
        (None, None) => {}
    }
}
