use usher_chat::{
    Choice, Fact, Person, Platform,
    tree::{Cell, Task},
};

use super::*;

fn plain(words: &str) -> String {
    text(&Text::plain(words))
}

#[test]
fn ordinary_words_stay_as_they_are() {
    for words in [
        "Search box loses focus",
        "DEMO-1",
        "snake_case in some_long_name",
        "2 > 1, a < b, <3 and x <= y",
        "R&D costs 5 % more (really), says bob@example.org",
        "[UI] Fix the menu",
        "1.5 hours - or so; C# and #eng, 100% sure",
        "a | b",
        "What? Yes! It's \"fine\".",
        "3 * 4 and ~ 5",
        "https://example.org/some_page?a=1&b=2",
        "C:\\temp and a \\ b",
    ] {
        assert_eq!(plain(words), words);
    }
}

#[test]
fn what_would_be_markup_is_escaped_where_it_stands() {
    for (words, markdown) in [
        ("*bold* and _thin_ and ~~gone~~", r"\*bold\* and \_thin\_ and \~\~gone\~\~"),
        ("`code`", r"\`code\`"),
        ("[click](https://evil.example)", r"[click\](https://evil.example)"),
        ("![image](https://evil.example/x.png)", r"\![image\](https://evil.example/x.png)"),
        ("[a]: https://evil.example", r"[a\]: https://evil.example"),
        ("[a][b] and [^1]", r"[a\][b] and \[^1]"),
        ("<https://evil.example> <@1> <!-- -->", "\\<https://evil.example> \\<@\u{200b}1> \\<!-- -->"),
        ("<script>alert(1)</script>", r"\<script>alert(1)\</script>"),
        ("||spoiler||", r"\|\|spoiler\|\|"),
        ("&lt; and &#60; but R&D;", r"\&lt; and \&#60; but R\&D;"),
        ("# heading", r"\# heading"),
        ("> quote", r"\> quote"),
        ("- list", r"\- list"),
        ("-# small", r"\-# small"),
        ("+ list", r"\+ list"),
        ("* list", r"\* list"),
        ("12. list", r"12\. list"),
        ("12) list", r"12\) list"),
        ("[ ] task", r"\[ ] task"),
        ("---", r"\---"),
        ("===", r"\==="),
        ("a\n---", "a\n\\---"),
        ("a | b\n--- | ---", "a | b\n\\--- | ---"),
        ("a\n|---|", "a\n\\|---|"),
        ("```\nnot code\n```", "\\`\\`\\`\nnot code\n\\`\\`\\`"),
        ("    not code", "not code"),
        (r"\*not escaped\*", r"\\\*not escaped\\\*"),
        ("ends with \\", r"ends with \\"),
        ("\u{1b}[31mred\u{1b}[0m \u{7}bell", "red bell"),
    ] {
        assert_eq!(plain(words), markdown, "{words}");
    }
}

#[test]
fn nobody_is_mentioned() {
    assert_eq!(
        plain("@everyone and (@here), not me@example.org"),
        "@\u{200b}everyone and (@\u{200b}here), not me@example.org"
    );
    let everyone = Inline::Mention { who: Mentioned::Account("5b10".into()), name: "everyone".into() };
    assert_eq!(text(&Text::new().paragraph([everyone])), "@\u{200b}everyone");
    let ada = Person::new(Platform::TERMINAL, "ada");
    let ada = Inline::Mention { who: Mentioned::Person(ada), name: "ada".into() };
    assert_eq!(text(&Text::new().paragraph([ada])), "@ada");
}

#[test]
fn links_go_where_they_say_and_cannot_be_closed_early() {
    let link = |words: &str, url: &str| text(&Text::new().paragraph([Inline::link(words, url)]));
    assert_eq!(link("Open", "https://jira.example/a_(b)"), "[Open](https://jira.example/a_%28b%29)");
    assert_eq!(
        link("x](https://evil.example) [y", "https://jira.example/"),
        r"[x\](https\://evil.example) \[y](https://jira.example/)"
    );
    assert_eq!(link("https://jira.example/", "https://jira.example/"), "<https://jira.example/>");
    assert_eq!(link("https://bank.example", "https://evil.example"), r"[https\://bank.example](https://evil.example/)");
    for bad in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "nonsense", "//evil.example"] {
        assert_eq!(link("Open", bad), "Open");
    }
    let nested =
        Inline::Link { url: "https://a.example".into(), content: vec![Inline::link("in", "https://b.example")] };
    assert_eq!(text(&Text::new().paragraph([nested])), "[in](https://a.example/)");
}

#[test]
fn neighbours_of_markup_are_judged_with_it() {
    let paragraph = |content: Vec<Inline>| text(&Text(vec![Block::Paragraph(content)]));
    assert_eq!(
        paragraph(vec!["Look!".into(), Inline::link("here", "https://a.example")]),
        r"Look\![here](https://a.example/)"
    );
    assert_eq!(
        paragraph(vec!["a [".into(), Inline::link("b", "https://a.example"), "](x)".into()]),
        r"a \[[b](https://a.example/)\](x)"
    );
    assert_eq!(paragraph(vec!["a\\".into(), Inline::strong("b")]), r"a\\**b**");
    assert_eq!(paragraph(vec![Inline::strong(" wide "), "x".into()]), "**wide** x");
    assert_eq!(paragraph(vec![Inline::strong(""), Inline::strong(" "), "x".into()]), "x");
    assert_eq!(
        paragraph(vec![Inline::Emphasis(vec!["slanted".into()]), " ".into(), Inline::Strike(vec!["gone".into()])]),
        "*slanted* ~~gone~~"
    );
    assert_eq!(paragraph(vec!["1".into(), ". no list".into()]), r"1\. no list");
}

#[test]
fn code_cannot_be_left() {
    assert_eq!(text(&Text::new().paragraph([Inline::code("a `tick` @everyone")])), "``a `tick` @everyone``");
    assert_eq!(text(&Text::new().paragraph([Inline::code("`")])), "`` ` ``");
    let block = |language: &str, code: &str| {
        text(&Text::new().block(Block::Code { language: Some(language.into()), text: code.into() }))
    };
    assert_eq!(block("rust", "fn a() {}\n"), "```rust\nfn a() {}\n```");
    assert_eq!(block("x\n`y", "```\nout"), "````xy\n```\nout\n````");
}

#[test]
fn blocks_keep_their_shape() {
    let list = Block::List {
        start: None,
        items: vec![
            vec![
                Block::Paragraph(vec!["one".into()]),
                Block::List { start: Some(3), items: vec![Text::plain("in\nside").0] },
            ],
            Text::plain("- two").0,
        ],
    };
    let text_tree = Text::plain("Intro")
        .block(Block::Heading { level: 2, content: vec!["In C #".into()] })
        .block(list)
        .block(Block::Tasks(vec![
            Task { done: true, content: vec!["ship".into()] },
            Task { done: false, content: vec!["rest".into()] },
        ]))
        .block(Block::Quote(Text::plain("said\nshe").0))
        .block(Block::Panel { kind: "warning".into(), title: Some("Mind".into()), content: Text::plain("the gap").0 })
        .block(Block::Rule);
    insta::assert_snapshot!(text(&text_tree), @r"
    Intro

    ## In C \#

    - one
      3. in
         side
    - \- two

    - [x] ship
    - [ ] rest

    > said
    > she

    > **Mind**
    > the gap

    ---
    ");
}

#[test]
fn a_table_keeps_its_cells() {
    let cell = |words: &str, header| Cell { header, content: Text::plain(words).0 };
    let rows = vec![
        Row { cells: vec![cell("Name", true), cell("a | b", true)] },
        Row {
            cells: vec![
                cell("- x\nsecond", false),
                Cell { header: false, content: Text::new().paragraph([Inline::code("c|d")]).0 },
            ],
        },
        Row { cells: vec![cell("short", false)] },
    ];
    insta::assert_snapshot!(text(&Text::new().block(Block::Table { rows })), @r"
    | Name | a \| b |
    | --- | --- |
    | - x second | `c\|d` |
    | short |  |
    ");
    let rows = vec![Row { cells: vec![cell("only", false)] }];
    assert_eq!(text(&Text::new().block(Block::Table { rows })), "|   |\n| --- |\n| only |");
    assert_eq!(text(&Text::new().block(Block::Table { rows: Vec::new() })), "");
}

#[test]
fn cards_stand_in_one_line_below_the_words() {
    let fact = |value: &str| Fact { name: "Fact".into(), value: value.into() };
    let card = |key: &str, title: &str| Card {
        key: key.into(),
        title: title.into(),
        url: Some("https://acme.example/browse/WEB-12".into()),
        facts: vec![fact("Bug"), fact("In Progress"), fact(""), fact("Grace")],
        ..Card::default()
    };
    let mut answer = Reply::private("2 of 2 in WEB");
    answer.cards = vec![card("WEB-12", "Login fails on Safari"), card("WEB-13", "*Star* @here")];
    answer.choices = Some(Choices {
        label: "Which one?".into(),
        entries: vec![
            Choice { action: "1".into(), label: "Ready".into(), note: None },
            Choice { action: "2".into(), label: "Released".into(), note: Some("Done".into()) },
        ],
    });
    insta::assert_snapshot!(reply(&answer).replace('\u{200b}', "|"), @r"
    2 of 2 in WEB

    **WEB-12** Login fails on Safari · Bug · In Progress · Grace
    **WEB-13** \*Star\* @|here · Bug · In Progress · Grace

    Which one?
    - Released · Done
    ");
    answer.cards.truncate(1);
    answer.choices = None;
    answer.cards[0].body = Text::plain("It says\n# nothing");
    insta::assert_snapshot!(reply(&answer), @r"
    2 of 2 in WEB

    **WEB-12** Login fails on Safari · Bug · In Progress · Grace

    It says
    \# nothing
    ");
}
