//! Atlassian Document Format: the check that Jira Cloud makes, and the words of a document.
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

const SCHEMA: &str = include_str!("../data/adf-schema-full.json");

static VALIDATOR: LazyLock<Validator> = LazyLock::new(|| {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the ADF schema is JSON");
    jsonschema::draft4::options().build(&schema).expect("the ADF schema compiles")
});

/// Whether this is a document that Jira Cloud takes. The schema is Atlassian's own, compiled once.
pub(crate) fn is_valid(doc: &Value) -> bool {
    VALIDATOR.is_valid(doc)
}

/// The words of a document, one line a block.
pub(crate) fn plain(node: &Value) -> String {
    let mut out = String::new();
    collect(node, &mut out, 0);
    out.truncate(out.trim_end().len());
    out
}

fn collect(node: &Value, out: &mut String, depth: usize) {
    // The schema lets documents nest, and JSON itself stops at 128 levels; stop well before the stack does.
    if depth > 200 {
        return;
    }
    let attr = |name: &str| node.pointer(&format!("/attrs/{name}")).and_then(Value::as_str);
    match node.get("type").and_then(Value::as_str) {
        Some("text") => out.push_str(node.get("text").and_then(Value::as_str).unwrap_or_default()),
        Some("hardBreak") => out.push('\n'),
        Some("mention" | "emoji" | "status") => out.push_str(attr("text").unwrap_or_default()),
        Some("inlineCard") => out.push_str(attr("url").unwrap_or_default()),
        _ => {}
    }
    for child in node.get("content").and_then(Value::as_array).into_iter().flatten() {
        collect(child, out, depth + 1);
    }
    if matches!(node.get("type").and_then(Value::as_str), Some("paragraph" | "heading" | "codeBlock")) {
        out.push('\n');
    }
}

/// A document from simple text: blank lines part paragraphs, `- ` makes list items, three backticks fence code.
pub(crate) fn from_text(words: &str) -> Value {
    let mut blocks = Vec::new();
    for block in words.split("\n\n").map(|block| block.trim_matches('\n')).filter(|block| !block.trim().is_empty()) {
        if let Some(code) = block.strip_prefix("```").and_then(|rest| rest.strip_suffix("```")) {
            blocks.push(json!({"type": "codeBlock", "attrs": {}, "content": [text(code.trim_matches('\n'))]}));
        } else if block.lines().all(|line| line.starts_with("- ")) {
            let items: Vec<Value> =
                block.lines().map(|line| json!({"type": "listItem", "content": [paragraph(&line[2..])]})).collect();
            blocks.push(json!({"type": "bulletList", "content": items}));
        } else {
            blocks.push(paragraph(block));
        }
    }
    json!({"type": "doc", "version": 1, "content": blocks})
}

fn paragraph(block: &str) -> Value {
    let mut content = Vec::new();
    for (n, line) in block.lines().enumerate() {
        if n > 0 {
            content.push(json!({"type": "hardBreak"}));
        }
        if !line.is_empty() {
            content.push(text(line));
        }
    }
    json!({"type": "paragraph", "content": content})
}

fn text(words: &str) -> Value {
    json!({"type": "text", "text": words})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn simple_text_becomes_a_valid_document_and_back() {
        let doc = from_text("Hello there\nsecond line\n\n- one\n- two\n\n```\nlet x = 1;\n```");
        assert!(is_valid(&doc), "{doc}");
        assert_eq!(plain(&doc), "Hello there\nsecond line\none\ntwo\nlet x = 1;");
    }

    #[test]
    fn what_is_no_document_is_refused() {
        for wrong in [
            json!("plain text"),
            json!({"type": "doc", "content": []}),
            json!({"type": "doc", "version": 1, "content": [text("text right below doc")]}),
            json!({"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": [text("")]}]}),
            json!({"type": "doc", "version": 1, "content": [{"type": "heading", "attrs": {"level": 9}, "content": []}]}),
            json!({"type": "doc", "version": 1, "content": [{"type": "blink"}]}),
        ] {
            assert!(!is_valid(&wrong), "{wrong}");
        }
    }
}
