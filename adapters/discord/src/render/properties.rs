//! Whatever text comes, nothing breaks out of it and no limit is passed.

use proptest::prelude::*;
use serde_json::Value;
use usher_chat::{
    Button, ButtonStyle, Card, Fact, Link, Reply, Text,
    tree::{Block, Inline, Tint},
};

use super::{length, markdown::text, messages, split::split};

fn shown(blocks: Vec<Block>) -> String {
    text(&Text(blocks))
}

fn plain(words: &str) -> String {
    text(&Text::plain(words))
}

/// Text made of what markup is made of.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("@everyone"),
        Just("@here"),
        Just("<@"),
        Just("<@&"),
        Just("<#"),
        Just("42"),
        Just(">"),
        Just("["),
        Just("]("),
        Just("https://evil.example"),
        Just(")"),
        Just("`"),
        Just("``"),
        Just("```"),
        Just("\n"),
        Just("\\"),
        Just("*"),
        Just("_"),
        Just("||"),
        Just("~~"),
        Just("# "),
        Just("> "),
        Just("- "),
        Just("-# "),
        Just(" "),
        Just("word"),
        Just("<"),
        Just("<:a:"),
        Just("\u{202e}"),
        Just("1. "),
        Just("😀"),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Whether Discord reads nothing of its own in what follows a `<`.
fn is_harmless(rest: &str) -> bool {
    rest.chars().next().is_none_or(|char| char.is_whitespace() || char.is_ascii_digit() || "=-".contains(char))
}

/// Whether Discord would see a mention, a link with other words or a code block of the text's own making.
fn breaks_out(markdown: &str) -> Option<String> {
    let mut escaped = false;
    let chars: Vec<char> = markdown.chars().collect();
    for (at, char) in chars.iter().enumerate() {
        if escaped {
            escaped = false;
            continue;
        }
        let rest: String = chars[at..].iter().take(12).collect();
        let bad = match char {
            '\\' => {
                escaped = true;
                false
            }
            '[' | '`' => true,
            '<' => !rest.starts_with("<http") && !is_harmless(&rest[1..]),
            _ => false,
        };
        if bad {
            return Some(rest);
        }
    }
    ["@everyone", "@here", "<@4", "<@&"].iter().find(|name| markdown.contains(**name)).map(|name| (*name).to_owned())
}

proptest! {
    #[test]
    fn no_leaf_breaks_out(words in hostile()) {
        let markdown = plain(&words);
        prop_assert_eq!(breaks_out(&markdown), None, "{:?}", markdown);
        for line in markdown.lines() {
            let opens = ["# ", "## ", "### ", "> ", "- ", "* ", "+ ", "-# ", "1. "].iter().any(|mark| line.starts_with(mark));
            prop_assert!(!opens, "{:?}", line);
        }
    }

    #[test]
    fn no_code_ends_its_block(words in hostile()) {
        let markdown = shown(vec![Block::Code { language: Some(words.clone()), text: words.clone() }]);
        prop_assert_eq!(markdown.matches("```").count(), 2, "{:?}", markdown);
        let inline = shown(vec![Block::Paragraph(vec!["a".into(), Inline::code(&words), "b".into()])]);
        prop_assert!(!inline.contains("```"), "{:?}", inline);
    }

    #[test]
    fn no_reply_is_over_a_limit(words in hostile(), times in 1_usize..60, cards in 0_usize..3) {
        let short = words.repeat(times % 10);
        let words = words.repeat(times);
        let card = Card {
            key: words.clone(), title: words.clone(), url: Some(words.clone()), picture: Some(words.clone()),
            facts: vec![Fact { name: short.clone(), value: short }; 30], body: Text::plain(&words), tint: Tint::Red,
        };
        let button = Button { action: "0a".into(), label: words.clone(), style: ButtonStyle::Plain };
        let reply = Reply {
            text: Text::plain(&words).block(Block::Code { language: None, text: words.clone() }),
            cards: vec![card; cards], buttons: vec![button],
            links: vec![Link { label: words.clone(), url: words.clone() }], ..Reply::default()
        };
        for message in messages(&reply, None, Vec::new()).unwrap() {
            let text = |value: &Value| value.as_str().map_or(0, length);
            prop_assert!(length(&message.content) <= 2_000);
            prop_assert!(!message.content.is_empty() || !message.embeds.is_empty() || !message.files.is_empty());
            prop_assert!(message.embeds.len() <= 10 && message.rows.len() <= 5 && message.files.len() <= 10);
            let mut total = 0;
            for embed in &message.embeds {
                prop_assert!(text(&embed["title"]) <= 256 && text(&embed["description"]) <= 4_096);
                total += text(&embed["title"]) + text(&embed["description"]);
                let fields = embed["fields"].as_array().map_or(&[][..], Vec::as_slice);
                prop_assert!(fields.len() <= 25);
                for field in fields {
                    prop_assert!((1..=256).contains(&text(&field["name"])) && (1..=1_024).contains(&text(&field["value"])));
                    total += text(&field["name"]) + text(&field["value"]);
                }
            }
            prop_assert!(total <= 6_000, "{total}");
            for component in message.rows.iter().flat_map(|row| row["components"].as_array().unwrap()) {
                prop_assert!((1..=80).contains(&text(&component["label"])));
            }
        }
    }

    #[test]
    fn nothing_is_lost_in_splitting(words in hostile(), times in 1_usize..60) {
        let whole = plain(&words.repeat(times));
        let parts = split(&whole, 100);
        let bare = |text: &str| text.chars().filter(|char| !char.is_whitespace() && *char != '\u{200b}').collect::<String>();
        prop_assert_eq!(bare(&parts.concat()), bare(&whole));
        for part in &parts {
            prop_assert!(length(part) <= 100);
            prop_assert_eq!(breaks_out(part), None, "{:?}", part);
        }
    }
}
