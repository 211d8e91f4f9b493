//! Markdown as people type it.

use usher_chat::tree::{Block, Inline, Text};

use crate::text::from_markdown;

#[test]
fn plain_text_stays_plain() {
    for text in [
        "one\ntwo",
        "snake_case_name and 2 * 3 * 4",
        "about ~5 or ~10 minutes, see ~/notes~",
        "#123 is broken",
        "<b>not bold</b> and a < b",
        "it's -7d --verbose",
        "[note]: later",
        "[a]: x\n\n[a]: y\n\n[a]: z",
        "[x](javascript:alert)",
        "<div>\n<p>hi</p>\n</div>",
    ] {
        assert_eq!(from_markdown(text).to_plain().replace("\n\n", "\n"), text.replace("\n\n", "\n"));
    }
    assert_eq!(from_markdown("one\ntwo"), Text::plain("one\ntwo"));
    assert_eq!(from_markdown(" \n"), Text::new());
}

#[test]
fn marks_links_and_addresses() {
    let text = from_markdown("**bold** *it* ~~gone~~ `x*y` [docs](https://example.org/a) https://example.org/b_c.");
    let expected = vec![
        Inline::strong("bold"),
        " ".into(),
        Inline::Emphasis(vec!["it".into()]),
        " ".into(),
        Inline::Strike(vec!["gone".into()]),
        " ".into(),
        Inline::code("x*y"),
        " ".into(),
        Inline::link("docs", "https://example.org/a"),
        " ".into(),
        Inline::link("https://example.org/b_c", "https://example.org/b_c"),
        ".".into(),
    ];
    assert_eq!(text, Text::from(expected));
}

#[test]
fn blocks_of_all_kinds() {
    let text = from_markdown(
        "# Title\n\n> quoted\n> more\n\n3. three\n4. four\n   - inner\n\n- [x] done\n- [ ] open\n\n\
         ```rust ignore\nfn main() {}\n```\n\n---\n\n| a | b |\n|---|---|\n| 1 | **2** |\n",
    );
    insta::assert_snapshot!(text.to_plain(), @r"
    Title
    quoted
    more
    3. three
    4. four
      - inner
    [x] done
    [ ] open
    fn main() {}
    ---
    a | b
    1 | 2
    ");
    assert!(matches!(&text.0[0], Block::Heading { level: 1, .. }));
    assert!(matches!(&text.0[2], Block::List { start: Some(3), items } if items[1].len() == 2));
    assert!(matches!(&text.0[4], Block::Code { language: Some(name), .. } if name == "rust"));
    assert!(matches!(&text.0[6], Block::Table { rows } if rows[0].cells[0].header && !rows[1].cells[0].header));
}

#[test]
fn a_list_with_some_boxes_keeps_them_as_text() {
    assert_eq!(from_markdown("- [x] a\n- b").to_plain(), "- [x] a\n- b");
    assert_eq!(from_markdown("- [ ] a\n  - b\n- [x] c").to_plain(), "[ ] a\n- b\n[x] c");
}

#[test]
fn pictures_and_mail() {
    let text = from_markdown("![shot](https://example.org/a.png)");
    assert!(matches!(&text.0[0], Block::Media(media) if media.name == "shot" && media.id.is_none()));
    let text = from_markdown("<me@example.org>");
    assert_eq!(text, Text::from(vec![Inline::link("me@example.org", "mailto:me@example.org")]));
}

#[test]
fn deep_nesting_keeps_the_words() {
    let text = from_markdown(&format!("{}deep", "> ".repeat(5_000)));
    assert_eq!(text.to_plain(), "deep");
    let text = from_markdown(&format!("{}deep", "- ".repeat(500)));
    assert!(text.to_plain().ends_with("deep"));
}
