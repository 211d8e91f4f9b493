//! Arbitrary texts, and what every language must do with them.

use std::mem;

use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use usher_chat::tree::{Block, Cell, Inline, Media, Mentioned, Row, Task, Text, Tint};

use crate::text::{from_adf, from_markdown, from_wiki, inline::push, to_adf, to_wiki};

/// Fails with the first thing that the schema refuses.
pub(super) fn assert_fits(document: &Value) {
    use std::sync::OnceLock;
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/sandbox/data/adf-schema-full.json");
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    });
    if let Err(error) = schema.validate(document) {
        panic!("{error} at {}\n{document:#}", error.instance_path);
    }
}

/// The words of a text, without regard to spaces and signs.
pub(super) fn words(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn media() -> impl Strategy<Value = Media> {
    let url = prop_oneof![Just(None), Just(Some("https://example.org/a.png".to_owned())), any::<Option<String>>()];
    let id =
        prop_oneof![Just(None), Just(Some("7c4f9a5e-8f0d-4c6b-9f2e-3d1a5b7c9e00".to_owned())), any::<Option<String>>()];
    (any::<String>(), url, id).prop_map(|(name, url, id)| Media { name, url, id })
}

fn tint() -> impl Strategy<Value = Tint> {
    prop_oneof![Just(Tint::Neutral), Just(Tint::Purple), Just(Tint::Blue), Just(Tint::Green)]
}

/// `told` leaves out files and people, who may be shown by an id or address instead of a name.
fn inline(told: bool) -> impl Strategy<Value = Inline> {
    let names = u32::from(!told);
    let leaf = prop_oneof![
        4 => any::<String>().prop_map(Inline::Text),
        2 => "[ -~]{0,20}".prop_map(Inline::Text),
        1 => any::<String>().prop_map(Inline::Code),
        names => (any::<String>(), any::<String>())
            .prop_map(|(id, name)| Inline::Mention { who: Mentioned::Account(id), name }),
        1 => (any::<String>(), any::<Option<String>>()).prop_map(|(name, text)| Inline::Emoji { name, text }),
        1 => (any::<String>(), tint()).prop_map(|(text, colour)| Inline::Status { text, colour }),
        1 => prop_oneof![Just("2026-12-01".to_owned()), any::<String>()].prop_map(Inline::Date),
        names => media().prop_map(Inline::Media),
        2 => Just(Inline::Break),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let content = prop::collection::vec(inner, 0..4);
        let colour = prop_oneof![Just("#ff0000".to_owned()), Just("red".to_owned()), any::<String>()];
        let url = prop_oneof![Just("https://example.org/?a=[b]|{c}".to_owned()), any::<String>()];
        prop_oneof![
            content.clone().prop_map(Inline::Strong),
            content.clone().prop_map(Inline::Emphasis),
            content.clone().prop_map(Inline::Underline),
            content.clone().prop_map(Inline::Strike),
            content.clone().prop_map(Inline::Sub),
            content.clone().prop_map(Inline::Sup),
            (colour, content.clone()).prop_map(|(colour, content)| Inline::Colour { colour, content }),
            (url, content).prop_map(|(url, content)| Inline::Link { url, content }),
        ]
    })
}

fn line(told: bool) -> impl Strategy<Value = Vec<Inline>> {
    prop::collection::vec(inline(told), 0..4)
}

fn block(told: bool) -> impl Strategy<Value = Block> {
    let task = (any::<bool>(), line(told)).prop_map(|(done, content)| Task { done, content });
    let leaf = prop_oneof![
        4 => line(told).prop_map(Block::Paragraph),
        1 => (any::<u8>(), line(told)).prop_map(|(level, content)| Block::Heading { level, content }),
        1 => prop::collection::vec(task, 0..3).prop_map(Block::Tasks),
        1 => (any::<Option<String>>(), any::<String>()).prop_map(|(language, text)| Block::Code { language, text }),
        1 => Just(Block::Rule),
        u32::from(!told) => media().prop_map(Block::Media),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let blocks = prop::collection::vec(inner, 0..3);
        let cell = (any::<bool>(), blocks.clone()).prop_map(|(header, content)| Cell { header, content });
        let row = prop::collection::vec(cell, 0..3).prop_map(|cells| Row { cells });
        prop_oneof![
            (any::<Option<u64>>(), prop::collection::vec(blocks.clone(), 0..3))
                .prop_map(|(start, items)| Block::List { start, items }),
            blocks.clone().prop_map(Block::Quote),
            prop::collection::vec(row, 0..3).prop_map(|rows| Block::Table { rows }),
            (any::<String>(), any::<Option<String>>(), blocks.clone())
                .prop_map(|(kind, title, content)| Block::Panel { kind, title, content }),
            (any::<String>(), blocks).prop_map(|(title, content)| Block::Expand { title, content }),
        ]
    })
}

/// Any text at all.
pub(super) fn text(told: bool) -> impl Strategy<Value = Text> {
    prop::collection::vec(block(told), 0..4).prop_map(Text)
}

/// Any JSON, most of it made of the words that ADF uses.
fn json() -> impl Strategy<Value = Value> {
    let string = prop_oneof![
        3 => prop::sample::select(vec![
            "doc", "paragraph", "text", "heading", "bulletList", "listItem", "taskList", "taskItem", "codeBlock",
            "blockquote", "panel", "table", "tableRow", "tableCell", "expand", "mediaSingle", "media", "caption",
            "inlineCard", "blockCard", "mention", "emoji", "date", "status", "hardBreak", "extension", "strong", "code",
            "link", "subsup", "textColor", "layoutSection", "placeholder", "unheardOf",
        ]).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        string.clone().prop_map(Value::from),
    ];
    let key = prop_oneof![
        6 => prop::sample::select(vec!["type", "content", "attrs", "text", "marks", "level", "order", "timestamp", "id"])
            .prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    leaf.prop_recursive(6, 48, 5, move |inner| {
        let node = (string.clone(), prop::collection::vec(inner.clone(), 0..4), any::<Option<String>>(), inner.clone());
        prop_oneof![
            2 => prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            2 => prop::collection::vec((key.clone(), inner), 0..5).prop_map(|all| Value::Object(Map::from_iter(all))),
            4 => node.prop_map(|(name, content, text, attrs)| {
                json!({"type": name, "content": content, "text": text, "attrs": attrs})
            }),
        ]
    })
}

proptest! {
    #[test]
    fn adf_always_fits_the_schema(text in text(false)) {
        assert_fits(&to_adf(&text));
    }

    #[test]
    fn any_json_is_read(value in json()) {
        let text = from_adf(&value);
        assert_fits(&to_adf(&text));
    }

    #[test]
    fn markdown_keeps_its_words_through_adf(source in "([a-z0-9]{1,6}|[ \n*_~`#>|\\[\\]()!<-]{1,3}){0,30}") {
        let text = from_markdown(&source);
        let back = from_adf(&to_adf(&text));
        prop_assert_eq!(words(&back.to_plain()), words(&text.to_plain()));
    }

    #[test]
    fn typed_words_do_not_disappear(source in "([a-z]{1,6}|[ \n*_~`|>:\\[\\]-]{1,3}){0,30}") {
        // The first word after ``` names the language of a code block.
        prop_assume!(!source.contains("```") && !source.contains("~~~"));
        prop_assert_eq!(words(&from_markdown(&source).to_plain()), words(&source));
    }

    #[test]
    fn any_typed_text_is_read(source in any::<String>()) {
        assert_fits(&to_adf(&from_markdown(&source)));
    }

    #[test]
    fn plain_text_survives_wiki_markup(source in prop_oneof!["\\PC{0,40}", "([a-z0-9]{1,3}|[ -~\n\\\\]{1,3}){0,30}"]) {
        let text = Text::plain(&source);
        let wiki = to_wiki(&text);
        prop_assert_eq!(from_wiki(&wiki).to_plain(), text.to_plain(), "{}", wiki);
    }

    #[test]
    fn any_text_keeps_its_words_in_wiki_markup(text in text(true)) {
        let wiki = to_wiki(&text);
        // A link that may not be one adds its address, so other letters may come between.
        let mut back = from_wiki(&wiki).to_plain();
        back.retain(char::is_alphabetic);
        let mut back = back.chars();
        for letter in text.to_plain().chars().filter(|c| c.is_alphabetic()) {
            prop_assert!(back.any(|c| c == letter), "{:?} is missing in\n{}", letter, wiki);
        }
    }

    #[test]
    fn marks_survive_both_languages(line in marked_line()) {
        let text = Text::from(line);
        let wiki = to_wiki(&text);
        prop_assert_eq!(from_wiki(&wiki), text.clone(), "{}", wiki);
        prop_assert_eq!(from_adf(&to_adf(&text)), text);
    }

    #[test]
    fn any_wiki_markup_is_read(
        source in prop_oneof![
            any::<String>(),
            "([a-z]{1,3}|[ \n|*_\\[\\]{}~^!?+#\\\\&;:()-]{1,3}|\\{(code|quote|panel|noformat|color:red|color)\\}|h1\\.|https://){0,40}",
        ],
    ) {
        assert_fits(&to_adf(&from_wiki(&source)));
    }
}

/// Words, each with one mark or none, with or without signs and spaces between.
fn marked_line() -> impl Strategy<Value = Vec<Inline>> {
    let wraps: Vec<fn(Vec<Inline>) -> Inline> =
        vec![Inline::Strong, Inline::Emphasis, Inline::Underline, Inline::Strike, Inline::Sub, Inline::Sup];
    let marked =
        ("[a-z(*_.!-]{0,3}[a-z]", prop::sample::select(wraps)).prop_map(|(word, wrap)| wrap(vec![word.into()]));
    let piece = prop_oneof![
        2 => marked,
        1 => "[a-z]{1,4}".prop_map(Inline::Code),
        1 => "[a-z]{1,4}".prop_map(|word| Inline::link(word, "https://example.org")),
        2 => "[ a-z*_(){}\\[\\]|!?^~+-]{1,4}".prop_map(Inline::Text),
        1 => Just(Inline::Break),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| {
        let mut line = vec![Inline::text("a")];
        for piece in pieces {
            // A space takes no mark of its own, so the same mark on both sides of it is one mark.
            if let ([.., before, Inline::Text(space)], piece) = (line.as_slice(), &piece)
                && space.trim().is_empty()
                && mem::discriminant(before) == mem::discriminant(piece)
            {
                push(&mut line, Inline::text("and"));
            }
            push(&mut line, piece);
        }
        push(&mut line, Inline::text("z"));
        line
    })
}
