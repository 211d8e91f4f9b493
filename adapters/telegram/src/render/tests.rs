use bytes::Bytes;
use proptest::prelude::*;
use usher_chat::{
    ActionId, Button, ButtonStyle, Card, Fact, Field, FieldKind, Form, Link, Platform, Workspace,
    tree::{Block, Cell, Mentioned, Row, Task, Tint},
};

use super::*;

fn shown(text: Text) -> String {
    only_words(text).messages.join("\n=====\n")
}

fn group() -> Place {
    Place::channel(Workspace::new(Platform::TELEGRAM, "-100"), "-100")
}

#[test]
fn every_block_has_lines_of_its_own() {
    let cell = |text: &str| Cell { header: false, content: Text::plain(text).0 };
    let text = Text::new()
        .block(Block::Heading { level: 2, content: vec!["Steps".into()] })
        .paragraph([
            Inline::strong("bold"),
            " and ".into(),
            Inline::code("x < y"),
            " and ".into(),
            Inline::link("a link", "https://example.org/?a=1&b=\""),
        ])
        .block(Block::List { start: None, items: vec![Text::plain("one").0, Text::plain("two\nmore").0] })
        .block(Block::List {
            start: Some(3),
            items: vec![vec![
                Block::Paragraph(vec!["outer".into()]),
                Block::List { start: None, items: vec![Text::plain("inner").0] },
            ]],
        })
        .block(Block::Tasks(vec![Task { done: true, content: vec!["ship".into()] }]))
        .block(Block::Quote(vec![Block::Paragraph(vec!["said".into()]), Block::Quote(Text::plain("within").0)]))
        .block(Block::Panel { kind: "note".into(), title: Some("Note".into()), content: Text::plain("mind").0 })
        .block(Block::Expand { title: "More".into(), content: Text::plain("hidden").0 })
        .block(Block::Code { language: Some("rust".into()), text: "let a = b && c;\n".into() })
        .block(Block::Table {
            rows: vec![Row { cells: vec![cell("a"), cell("bbb")] }, Row { cells: vec![cell("cc"), cell("d")] }],
        })
        .block(Block::Rule);
    insta::assert_snapshot!(shown(text), @r#"
    <b>Steps</b>

    <b>bold</b> and <code>x &lt; y</code> and <a href="https://example.org/?a=1&amp;b=%22">a link</a>

    • one
    • two
       more

    3. outer
       • inner

    ☑ ship

    <blockquote>said
    within</blockquote>

    <blockquote><b>Note</b>
    mind</blockquote>

    <blockquote expandable><b>More</b>
    hidden</blockquote>

    <pre><code class="language-rust">let a = b &amp;&amp; c;</code></pre>

    <pre>a   bbb
    cc  d</pre>

    ———
    "#);
}

#[test]
fn words_call_nobody_and_keep_their_direction() {
    let person = Mentioned::Person(usher_chat::Person::new(Platform::TELEGRAM, "7"));
    let text = Text::new().paragraph([
        Inline::text("@grace \u{202e}desrever\u{2069} a@b"),
        Inline::Mention { who: person, name: "Ada".into() },
        Inline::Status { text: "Done".into(), colour: Tint::Green },
    ]);
    assert_eq!(shown(text), "@\u{200b}grace desrever a@\u{200b}bAda<b>Done</b>");
}

#[test]
fn only_the_web_is_linked() {
    for url in ["javascript:alert(1)", "tg://user?id=7", "http://localhost:1/", "https://jira/browse/A-1", "x"] {
        assert_eq!(shown(Text::from(vec![Inline::link("words", url)])), "words", "{url}");
    }
    assert!(shown(Text::from(vec![Inline::link("words", "http://127.0.0.1:80/x")])).contains("href"));
}

fn card(key: &str, title: &str) -> Card {
    let fact = |name: &str, value: &str| Fact { name: name.into(), value: value.into() };
    Card {
        key: key.into(),
        title: title.into(),
        url: Some(format!("https://acme.example/browse/{key}")),
        facts: vec![fact("Status", "In Progress"), fact("Assignee", "Grace")],
        ..Card::default()
    }
}

#[test]
fn cards_are_a_line_each_with_their_text_below() {
    let mut first = card("WEB-1", "Login <fails>");
    first.body = Text::plain("It fails.");
    let reply = Reply { text: "2 of 2".into(), cards: vec![first, card("WEB-2", "Cookie")], ..Reply::default() };
    insta::assert_snapshot!(outgoing(&reply, &group(), true).messages.join("\n=====\n"), @r#"
    2 of 2

    <a href="https://acme.example/browse/WEB-1"><b>WEB-1</b></a>  Login &lt;fails&gt; · In Progress · Grace

    It fails.

    <a href="https://acme.example/browse/WEB-2"><b>WEB-2</b></a>  Cookie · In Progress · Grace
    "#);
}

#[test]
fn a_link_that_no_button_takes_stands_in_the_words() {
    let link = |url: &str| Link { label: "Open the page".into(), url: url.into() };
    let reply = Reply {
        links: vec![link("http://localhost:8080/connect/x"), link("https://a.example/")],
        ..Reply::private("Approve.")
    };
    let out = outgoing(&reply, &group(), true);
    assert_eq!(out.messages, ["Approve.\n\nOpen the page: <code>http://localhost:8080/connect/x</code>"]);
    assert_eq!(out.keyboard.len(), 1);
}

#[test]
fn only_plain_private_words_become_an_alert() {
    assert_eq!(alert(&Reply::private("Not allowed here.")).as_deref(), Some("Not allowed here."));
    let button = Button { action: ActionId::new("a"), label: "Yes".into(), style: ButtonStyle::Plain };
    for reply in [
        Reply::public("for all"),
        Reply::private("x".repeat(201)),
        Reply { buttons: vec![button], ..Reply::private("Sure?") },
        Reply { cards: vec![card("WEB-1", "x")], ..Reply::private("One") },
        Reply::private(vec![Inline::link("here", "https://a.example")]),
        Reply::default(),
    ] {
        assert_eq!(alert(&reply), None, "{reply:?}");
    }
}

#[test]
fn a_form_is_asked_apart_but_a_code_is_just_awaited() {
    let field = |name: &str| Field {
        name: name.into(),
        label: name.into(),
        kind: FieldKind::Line,
        required: true,
        options: Vec::new(),
        value: None,
        hint: None,
    };
    let form = |names: &[&str]| {
        let fields = names.iter().map(|name| field(name)).collect();
        let form = Form { id: ActionId::new("f"), title: "Form".into(), fields };
        outgoing(&Reply { form: Some(form), ..Reply::private("Go on") }, &group(), true)
    };
    assert!(form(&["summary"]).form.is_some() && !form(&["summary"]).awaits_code);
    assert!(form(&["code"]).form.is_none() && form(&["code"]).awaits_code);
}

#[test]
fn what_waits_for_somebody_comes_back_as_it_was() {
    let file = File {
        name: "a.png".into(),
        media_type: "image/png".into(),
        alt: None,
        content: Bytes::from_static(b"\x89PNG"),
    };
    let button = Button { action: ActionId::new("a"), label: "Yes".into(), style: ButtonStyle::Plain };
    let reply = Reply { buttons: vec![button], files: vec![file], ..Reply::private("for you") };
    let out = outgoing(&reply, &group(), true);
    let kept = serde_json::to_vec(&out).unwrap();
    assert_eq!(serde_json::from_slice::<Outgoing>(&kept).unwrap(), out);
}

/// The tags of some HTML, if it is well formed as Telegram wants it.
fn tags(html: &str) -> Option<Vec<String>> {
    let (mut open, mut seen, mut rest) = (Vec::new(), Vec::new(), html);
    while let Some(at) = rest.find(['<', '&', '>']) {
        rest = &rest[at..];
        let end = match rest.as_bytes()[0] {
            b'<' => rest.find('>')?,
            b'&' => rest.find(';').filter(|end| ["&lt", "&gt", "&amp", "&quot"].contains(&&rest[..*end]))?,
            _ => return None,
        };
        let tag = &rest[1..end];
        if let Some(name) = tag.strip_prefix('/').filter(|_| rest.starts_with('<')) {
            if open.pop()? != name {
                return None;
            }
        } else if rest.starts_with('<') {
            let name = tag.split(' ').next()?.to_owned();
            open.push(name.clone());
            seen.push(name);
        }
        rest = &rest[end + 1..];
    }
    open.is_empty().then_some(seen)
}

fn inline() -> impl Strategy<Value = Inline> {
    let leaf = prop_oneof![
        "[<>&\"'@a-z/ \\n\u{202e}😀]{0,12}".prop_map(Inline::Text),
        "[<>&\"'@a-z/]{0,8}".prop_map(Inline::Code),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let content = prop::collection::vec(inner, 0..4);
        prop_oneof![
            content.clone().prop_map(Inline::Strong),
            content.clone().prop_map(Inline::Emphasis),
            ("[a-z:/.\"<>]{0,16}", content)
                .prop_map(|(url, content)| Inline::Link { url: format!("https://a.b/{url}"), content }),
        ]
    })
}

fn block() -> impl Strategy<Value = Block> {
    let content = prop::collection::vec(inline(), 0..4);
    let leaf = prop_oneof![
        content.prop_map(Block::Paragraph),
        ("[a-z<\"]{0,5}", "[<>&a-z\\n]{0,20}")
            .prop_map(|(language, text)| Block::Code { language: Some(language), text }),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        let blocks = prop::collection::vec(inner, 0..4);
        prop_oneof![
            blocks.clone().prop_map(Block::Quote),
            blocks.clone().prop_map(|content| Block::Expand { title: "<b>".into(), content }),
            prop::collection::vec(blocks, 0..3).prop_map(|items| Block::List { start: None, items }),
        ]
    })
}

proptest! {
    #[test]
    fn html_is_well_formed_and_holds_no_tag_of_its_words(blocks in prop::collection::vec(block(), 0..5)) {
        for message in only_words(Text(blocks)).messages {
            let tags = tags(&message);
            prop_assert!(tags.is_some(), "{}", message);
            let known = ["b", "i", "u", "s", "a", "code", "pre", "blockquote"];
            prop_assert!(tags.unwrap().iter().all(|tag| known.contains(&tag.as_str())), "{}", message);
        }
    }

    #[test]
    fn words_alone_have_no_tags(words in "\\PC{0,60}") {
        for message in only_words(words.as_str()).messages {
            prop_assert_eq!(tags(&message), Some(Vec::new()), "{}", message);
        }
    }
}
