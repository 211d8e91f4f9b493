//! What is read, and what is refused in which words.

use serde_json::{Value, json};

use super::{Entity, parse};

#[test]
fn tags_become_entities_in_utf_16_units() {
    let parsed =
        parse("a 🦀 <b>bold <i>both</i></b> &lt;x&gt; <a href=\"https://example.org/?a=1&amp;b\">here</a>").unwrap();
    assert_eq!(parsed.text, "a 🦀 bold both <x> here");
    let shown: Vec<(&str, usize, usize)> =
        parsed.entities.iter().map(|entity| (entity.kind, entity.offset, entity.length)).collect();
    assert_eq!(shown, [("bold", 5, 9), ("italic", 10, 4), ("text_link", 19, 4)]);
    assert_eq!(parsed.entities[2].argument, "https://example.org/?a=1&b");
}

#[test]
fn code_has_a_language_and_holds_nothing() {
    let parsed = parse("<pre><code class=\"language-rust\">let x;</code></pre><b>a<code>b</code>c</b>").unwrap();
    let shown: Vec<Value> = parsed.entities.iter().map(Entity::json).collect();
    assert_eq!(shown[0], json!({ "type": "pre", "offset": 0, "length": 6, "language": "rust" }));
    let kinds: Vec<&str> = parsed.entities.iter().map(|entity| entity.kind).collect();
    assert_eq!(kinds, ["pre", "bold", "code", "bold"]);
}

#[test]
fn links_that_go_nowhere_leave_their_words() {
    for url in ["javascript:alert(1)", "http://localhost/x", "ftp://example.org"] {
        assert_eq!(parse(&format!("<a href=\"{url}\">x</a>")).unwrap().entities, []);
    }
}

#[test]
fn what_telegram_does_not_read_is_refused_in_its_words() {
    for (html, why) in [
        ("<p>x</p>", "Unsupported start tag \"p\" at byte offset 0"),
        ("é<br>", "Unsupported start tag \"br\" at byte offset 2"),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ("a < b", "Unsupported start tag \"\" at byte offset 2"),
        ("<b>x", "Can't find end tag corresponding to start tag \"b\""),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b><i>x</b></i>", "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\""),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<a href>x</a>", "Expected equal sign in declaration of an attribute of the tag \"a\" at byte offset 0"),
        ("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0"),
    ] {
        assert_eq!(parse(html).unwrap_err(), why, "{html}");
    }
}

#[test]
fn only_some_references_are_read() {
    assert_eq!(parse("&amp;&nbsp;&#65;&#x42;&lt").unwrap().text, "&&nbsp;AB<");
}

#[test]
fn white_space_at_the_ends_and_the_hundred_and_first_entity_are_lost() {
    let parsed = parse(&format!("\n <b> x</b>{} ", "<i>y</i> ".repeat(120))).unwrap();
    assert!(parsed.text.starts_with("xy "), "{}", parsed.text);
    assert_eq!((parsed.entities[0].offset, parsed.entities[0].length), (0, 1));
    assert_eq!(parsed.entities.len(), 100);
}
