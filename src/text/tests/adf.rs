//! ADF as Jira Cloud sends it.

use serde_json::{Value, json};
use usher_chat::tree::{Block, Inline, Mentioned, Text, Tint};

use super::any::assert_fits;
use crate::text::{from_adf, from_markdown, to_adf};

fn doc(content: Value) -> Value {
    json!({"type": "doc", "version": 1, "content": content})
}

fn marked(text: &str, marks: Value) -> Value {
    json!({"type": "text", "text": text, "marks": marks})
}

#[test]
fn the_schema_is_strict() {
    for wrong in [
        doc(json!([{"type": "text", "text": "loose"}])),
        doc(json!([{"type": "paragraph", "content": [{"type": "text", "text": ""}]}])),
        doc(json!([{"type": "bulletList", "content": []}])),
    ] {
        assert!(std::panic::catch_unwind(|| assert_fits(&wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn an_issue_description() {
    let description = doc(json!([
        {"type": "heading", "attrs": {"level": 2}, "content": [{"type": "text", "text": "Steps"}]},
        {"type": "orderedList", "attrs": {"order": 3}, "content": [
            {"type": "listItem", "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "Upload "},
                    marked("a file", json!([{"type": "strong"}])),
                    marked(" of 2 GB", json!([{"type": "strong"}, {"type": "em"}]))]},
                {"type": "bulletList", "content": [{"type": "listItem", "content": [
                    {"type": "paragraph", "content": [{"type": "text", "text": "any kind"}]}]}]}]}]},
        {"type": "paragraph", "content": []},
        {"type": "taskList", "attrs": {"localId": "a"}, "content": [
            {"type": "taskItem", "attrs": {"localId": "b", "state": "DONE"},
                "content": [{"type": "text", "text": "look at logs"}]},
            {"type": "taskList", "attrs": {"localId": "c"}, "content": [
                {"type": "taskItem", "attrs": {"localId": "d", "state": "TODO"},
                    "content": [{"type": "text", "text": "ask Ada"}]}]}]},
        {"type": "decisionList", "attrs": {"localId": "e"}, "content": [
            {"type": "decisionItem", "attrs": {"localId": "f", "state": "DECIDED"},
                "content": [{"type": "text", "text": "raise the limit"}]}]},
        {"type": "codeBlock", "attrs": {"language": "rust"}, "content": [{"type": "text", "text": "a\n  b"}]},
        {"type": "panel", "attrs": {"panelType": "warning"}, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "careful"}]}]},
        {"type": "expand", "attrs": {"title": "Log"}, "content": [
            {"type": "blockquote", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "413"}]}]}]},
        {"type": "rule"},
        {"type": "table", "content": [
            {"type": "tableRow", "content": [
                {"type": "tableHeader", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "H"}]}]},
                {"type": "tableCell", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "c"}]}]}]}]},
        {"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [
            {"type": "media", "attrs": {"type": "file", "id": "7c4f9a5e-8f0d-4c6b-9f2e-3d1a5b7c9e00", "collection": "",
                "alt": "shot.png"}},
            {"type": "caption", "content": [{"type": "text", "text": "the error"}]}]},
        {"type": "layoutSection", "content": [
            {"type": "layoutColumn", "attrs": {"width": 50}, "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "left"}]}]},
            {"type": "layoutColumn", "attrs": {"width": 50}, "content": [
                {"type": "paragraph", "content": [{"type": "text", "text": "right"}]}]}]},
        {"type": "blockCard", "attrs": {"url": "https://example.org/card"}},
        {"type": "bodiedExtension", "attrs": {"extensionType": "x", "extensionKey": "y"}, "content": [
            {"type": "paragraph", "content": [{"type": "text", "text": "body"}]}]},
        {"type": "extension", "attrs": {"extensionType": "x", "extensionKey": "toc"}},
        {"type": "unheardOf", "content": [{"type": "alsoUnheardOf", "text": "still here"}]}
    ]));
    assert_fits(&{
        let mut known = description.clone();
        known["content"].as_array_mut().unwrap().pop();
        known
    });
    let text = from_adf(&description);
    insta::assert_snapshot!(text.to_plain(), @r"
    Steps
    3. Upload a file of 2 GB
      - any kind
    [x] look at logs
    [ ] ask Ada
    [x] raise the limit
    a
      b
    careful
    Log
    413
    ---
    H | c
    shot.png
    the error
    left
    right
    https://example.org/card
    body
    [toc]
    still here
    ");
    let Block::List { items, .. } = &text.0[1] else { panic!("{text:?}") };
    let bold = Inline::Strong(vec!["a file".into(), Inline::Emphasis(vec![" of 2 GB".into()])]);
    assert_eq!(items[0][0], Block::Paragraph(vec!["Upload ".into(), bold]));
    let again = to_adf(&text);
    assert_fits(&again);
    assert_eq!(from_adf(&again).to_plain(), text.to_plain());
}

#[test]
fn what_stands_in_a_line() {
    let paragraph = doc(json!([{"type": "paragraph", "content": [
        {"type": "mention", "attrs": {"id": "5b10ac8d82e05b22cc7d4ef5", "text": "@Ada Lovelace"}},
        {"type": "mention", "attrs": {"id": "5b10a2844c20165700ede21g"}},
        {"type": "emoji", "attrs": {"shortName": ":smile:", "text": "😄"}},
        {"type": "emoji", "attrs": {"shortName": ":acme:", "text": ":acme:"}},
        {"type": "date", "attrs": {"timestamp": "1796083200000"}},
        {"type": "status", "attrs": {"text": "DONE", "color": "green"}},
        {"type": "hardBreak"},
        {"type": "inlineCard", "attrs": {"url": "https://example.org/DEMO-1"}},
        {"type": "placeholder", "attrs": {"text": "type here"}},
        {"type": "inlineExtension", "attrs": {"extensionType": "x", "extensionKey": "y", "text": "macro"}},
        {"type": "mediaInline", "attrs": {"id": "m", "collection": "", "alt": "a.txt"}},
        marked("x", json!([{"type": "code"}, {"type": "link", "attrs": {"href": "https://example.org"}}])),
        marked("2", json!([{"type": "subsup", "attrs": {"type": "sup"}}])),
        marked("r", json!([{"type": "textColor", "attrs": {"color": "#ff0000"}}])),
        marked("b", json!([{"type": "backgroundColor", "attrs": {"color": "#ff0000"}}, {"type": "underline"}])),
        marked("s", json!([{"type": "strike"}])),
    ]}]));
    assert_fits(&paragraph);
    let account = |id: &str, name: &str| Inline::Mention { who: Mentioned::Account(id.into()), name: name.into() };
    let expected = vec![
        account("5b10ac8d82e05b22cc7d4ef5", "Ada Lovelace"),
        account("5b10a2844c20165700ede21g", ""),
        Inline::Emoji { name: "smile".into(), text: Some("😄".into()) },
        Inline::Emoji { name: "acme".into(), text: None },
        Inline::Date("2026-12-01".into()),
        Inline::Status { text: "DONE".into(), colour: Tint::Green },
        Inline::Break,
        Inline::link("https://example.org/DEMO-1", "https://example.org/DEMO-1"),
        Inline::text("type heremacro"),
        Inline::Media(usher_chat::tree::Media { name: "a.txt".into(), url: None, id: Some("m".into()) }),
        Inline::Link { url: "https://example.org".into(), content: vec![Inline::code("x")] },
        Inline::Sup(vec!["2".into()]),
        Inline::Colour { colour: "#ff0000".into(), content: vec!["r".into()] },
        Inline::Underline(vec!["b".into()]),
        Inline::Strike(vec!["s".into()]),
    ];
    let text = from_adf(&paragraph);
    assert_eq!(text, Text::from(expected));
    assert_fits(&to_adf(&text));
}

#[test]
fn a_status_keeps_its_colour() {
    for (colour, tint) in [
        ("neutral", Tint::Neutral),
        ("purple", Tint::Purple),
        ("blue", Tint::Blue),
        ("red", Tint::Red),
        ("yellow", Tint::Yellow),
        ("green", Tint::Green),
    ] {
        let status = json!([{"type": "status", "attrs": {"text": "DONE", "color": colour}}]);
        let text = from_adf(&doc(json!([{"type": "paragraph", "content": status}])));
        assert_eq!(text, Text::from(vec![Inline::Status { text: "DONE".into(), colour: tint }]), "{colour}");
        assert_eq!(to_adf(&text).pointer("/content/0/content/0/attrs/color"), Some(&json!(colour)));
    }
}

#[test]
fn a_day_is_written_as_its_first_millisecond() {
    let day = to_adf(&Text::from(vec![Inline::Date("2026-12-01".into())]));
    assert_eq!(day.pointer("/content/0/content/0/attrs/timestamp"), Some(&json!("1796083200000")));
    assert_eq!(from_adf(&day), Text::from(vec![Inline::Date("2026-12-01".into())]));
}

#[test]
fn what_is_not_allowed_becomes_simpler() {
    let text = from_markdown("- > quoted\n- # big\n-\n\n> # head\n> ***\n> - [x] done\n");
    let adf = to_adf(&text);
    assert_fits(&adf);
    insta::assert_snapshot!(adf["content"][0]["content"], @r#"[{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"quoted"}]}]},{"type":"listItem","content":[{"type":"paragraph","content":[{"type":"text","text":"big","marks":[{"type":"strong"}]}]}]},{"type":"listItem","content":[{"type":"paragraph","content":[]}]}]"#);
    insta::assert_snapshot!(from_adf(&adf).to_plain(), @r"
    - quoted
    - big
    head
    - [x] done
    ");
    let panel = |title: &str| Block::Panel {
        kind: "info".into(),
        title: Some(title.into()),
        content: Text::plain("careful").0,
    };
    let adf = to_adf(&Text(vec![Block::List { start: None, items: vec![vec![panel("Note")], vec![panel("")]] }]));
    assert_fits(&adf);
    insta::assert_snapshot!(from_adf(&adf).to_plain(), @r"
    - Note
      careful
    - careful
    ");
}

#[test]
fn odd_documents() {
    for (document, plain) in [
        (Value::Null, ""),
        (json!(7), ""),
        (json!("plain\ntext"), "plain\ntext"),
        (json!({}), ""),
        (doc(json!([{"type": "text", "text": "loose"}, {"type": "rule"}])), "loose\n---"),
        (json!([{"type": "text", "text": "a"}]), "a"),
        (json!({"type": "paragraph", "content": [{"type": "text", "text": "part"}]}), "part"),
        (doc(json!([{"type": "heading", "attrs": {"level": 99}, "content": [{"type": "text", "text": "h"}]}])), "h"),
    ] {
        assert_eq!(from_adf(&document).to_plain(), plain, "{document}");
    }
}

#[test]
fn deep_documents_keep_their_words() {
    let mut node = json!({"type": "paragraph", "content": [{"type": "text", "text": "bottom"}]});
    for _ in 0..500 {
        node = json!({"type": "blockquote", "content": [node]});
    }
    let text = from_adf(&doc(json!([node])));
    assert_eq!(text.to_plain(), "bottom");
    let written = to_adf(&from_markdown(&format!("{}bottom", "- ".repeat(60))));
    assert_fits(&written);
    assert!(serde_json::from_str::<Value>(&written.to_string()).is_ok(), "other readers stop at 128 levels");
}

/// The names of the schema's nodes, and whether each has content.
fn nodes() -> std::collections::BTreeMap<String, bool> {
    let schema: Value = serde_json::from_str(include_str!("../../../sandbox/data/adf-schema-full.json")).unwrap();
    let mut found = std::collections::BTreeMap::new();
    for (name, definition) in schema["definitions"].as_object().unwrap() {
        let name_of =
            |value: &Value| value.pointer("/properties/type/enum/0").and_then(Value::as_str).map(str::to_owned);
        let node = name.ends_with("_node").then(|| name_of(definition)).flatten();
        if let Some(node) = node {
            // The frame of a picture gets its content in definitions of their own.
            let content = definition.pointer("/properties/content").is_some() || node == "mediaSingle";
            *found.entry(node).or_default() |= content;
        }
    }
    found
}

#[test]
fn every_node_of_the_schema_keeps_its_words() {
    let nodes = nodes();
    assert!(nodes.len() > 35, "{}", nodes.len());
    // What has no content says something all the same, or has nothing to say.
    let leaf = |name: &str| -> Option<(Value, &str)> {
        Some(match name {
            "text" => (json!({"text": "words"}), "words"),
            "mention" => (json!({"attrs": {"id": "5b10", "text": "@Ada"}}), "@Ada"),
            "emoji" => (json!({"attrs": {"shortName": ":tada:"}}), ":tada:"),
            "date" => (json!({"attrs": {"timestamp": "1764547200000"}}), "2025-12-01"),
            "status" => (json!({"attrs": {"text": "Ready", "color": "green"}}), "Ready"),
            "placeholder" => (json!({"attrs": {"text": "Type here"}}), "Type here"),
            "inlineCard" | "blockCard" | "embedCard" => {
                (json!({"attrs": {"url": "https://example.org/card", "layout": "wide"}}), "https://example.org/card")
            }
            "media" | "mediaInline" => {
                (json!({"attrs": {"type": "file", "id": "7c4f", "collection": "", "alt": "shot.png"}}), "shot.png")
            }
            "inlineExtension" | "extension" => (json!({"attrs": {"extensionType": "x", "extensionKey": "toc"}}), "toc"),
            "hardBreak" | "rule" | "syncBlock" => return None,
            other => panic!("`{other}` has no content, and nothing is known of it"),
        })
    };
    for (name, content) in nodes {
        let (mut node, expected) = match content {
            true => (json!({"content": [{"type": "text", "text": "words"}]}), "words"),
            false => match leaf(&name) {
                Some(known) => known,
                None => continue,
            },
        };
        node["type"] = name.as_str().into();
        let block = content || matches!(name.as_str(), "blockCard" | "embedCard" | "media" | "extension");
        let node = if block { node } else { json!({"type": "paragraph", "content": [node]}) };
        let said = from_adf(&doc(json!([node]))).to_plain();
        assert!(said.contains(expected), "{name}: {said:?}");
    }
}
