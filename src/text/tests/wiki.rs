//! Wiki markup as people and Jira write it.

use std::time::{Duration, Instant};

use usher_chat::tree::{Block, Cell, Inline, Media, Mentioned, Row, Text};

use crate::text::{from_markdown, from_wiki, to_wiki};

fn line(source: &str) -> Vec<Inline> {
    match from_wiki(source).0.as_slice() {
        [Block::Paragraph(content)] => content.clone(),
        other => panic!("{source}: {other:?}"),
    }
}

#[test]
fn marks() {
    let words = |text: &str| vec![Inline::text(text)];
    for (source, inline) in [
        ("*bold*", Inline::strong("bold")),
        ("_it_", Inline::Emphasis(words("it"))),
        ("??cite??", Inline::Emphasis(words("cite"))),
        ("-gone-", Inline::Strike(words("gone"))),
        ("+under+", Inline::Underline(words("under"))),
        ("^up^", Inline::Sup(words("up"))),
        ("~down~", Inline::Sub(words("down"))),
        ("{{mono * x}}", Inline::code("mono * x")),
        ("{color:red}hot{color}", Inline::Colour { colour: "red".into(), content: words("hot") }),
        ("*_both_*", Inline::Strong(vec![Inline::Emphasis(words("both"))])),
        ("[~fred]", Inline::Mention { who: Mentioned::Account("fred".into()), name: "fred".into() }),
        ("[~accountid:5b10]", Inline::Mention { who: Mentioned::Account("5b10".into()), name: String::new() }),
        ("[https://example.org/a_b]", Inline::link("https://example.org/a_b", "https://example.org/a_b")),
        ("[docs|https://example.org|smart-link]", Inline::link("docs", "https://example.org")),
        ("[mailto:a@example.org]", Inline::link("a@example.org", "mailto:a@example.org")),
        ("https://example.org/x", Inline::link("https://example.org/x", "https://example.org/x")),
        ("(/)", Inline::Emoji { name: "check_mark".into(), text: Some("✅".into()) }),
    ] {
        assert_eq!(line(source), [inline], "{source}");
    }
    assert_eq!(line("a{*}b{*}c"), ["a".into(), Inline::strong("b"), "c".into()]);
    assert_eq!(line("one\\\\two"), ["one".into(), Inline::Break, "two".into()]);
    assert_eq!(line("one\ntwo"), ["one".into(), Inline::Break, "two".into()]);
    let hot = |text| Inline::Colour { colour: "red".into(), content: vec![Inline::text(text)] };
    assert_eq!(line("{color:red}so{color}{color:red} hot{color}"), [hot("so hot")]);
    let two = vec!["so".into(), Inline::Break, "hot".into()];
    assert_eq!(line("{color:red}so\nhot{color}"), [Inline::Colour { colour: "red".into(), content: two }]);
    assert_eq!(line("{{no end\n{{code}}"), ["{{no end".into(), Inline::Break, Inline::code("code")]);
    assert_eq!(
        line("https://example.org is down"),
        [Inline::link("https://example.org", "https://example.org"), " is down".into()]
    );
    assert_eq!(
        line("https://example.org/a_(b)"),
        [Inline::link("https://example.org/a_(b)", "https://example.org/a_(b)")]
    );
    let file = Media { name: "log file.txt".into(), ..Media::default() };
    assert_eq!(line("see [^log file.txt]"), ["see ".into(), Inline::Media(file)]);
    let shot = Media { name: "shot.png".into(), ..Media::default() };
    assert_eq!(from_wiki("!shot.png|thumbnail!").0, [Block::Media(shot)]);
}

#[test]
fn what_is_not_markup_is_text() {
    for text in [
        "snake_case and 2 * 3 * 4",
        "well-known, up-to-date",
        "*open",
        "[WIP] fix [#12]",
        "{unknown} and {code} without end",
        "!important! Wow!",
        "a ^ b",
        "a * b* c",
        "--flag is no line",
        "*one\ntwo*",
        "C:\\temp\\new \\\\server\\share",
        "{{open",
        "AT&T &unknown;",
        "what?? really??",
    ] {
        assert_eq!(from_wiki(text).to_plain(), text, "{text}");
    }
    assert_eq!(from_wiki("\\*a\\* \\[b] \\{c} &amp; &#92; &apos; a -- b").to_plain(), "*a* [b] {c} & \\ ' a – b");
    assert_eq!(from_wiki("{color:red}a *b{color} c").to_plain(), "a *b c");
}

#[test]
fn blocks() {
    let source = "h2. Steps\r\n# one\r\n#* inner\r\nmore\r\n# two {code:java}\r\nx\r\n{code}\r\n\r\nbq. said\r\n\
        ----\r\n||Head||Other||\r\n|a \\| b|[x|https://example.org]|\r\n|two\r\nlines| |\r\n\r\n\
        {panel:title=Note|bgColor=#fffae6}\r\ncareful\r\n{panel}\r\n{noformat}\r\n*raw*\r\n{noformat}\r\n\
        {quote}\r\nh3. quoted\r\n* item\r\n{quote}\r\ntail";
    let text = from_wiki(source);
    insta::assert_snapshot!(text.to_plain(), @r"
    Steps
    1. one
      - inner
        more
    2. two
      x
    said
    ---
    Head | Other
    a | b | x
    two lines | 
    Note
    careful
    *raw*
    quoted
    - item
    tail
    ");
    assert!(matches!(&text.0[0], Block::Heading { level: 2, .. }));
    assert!(matches!(&text.0[1], Block::List { start: Some(1), items }
        if matches!(&items[1][1], Block::Code { language: Some(name), text } if name == "java" && text == "x")));
    assert!(
        matches!(&text.0[5], Block::Panel { kind, title: Some(title), .. } if kind == "warning" && title == "Note")
    );
    assert!(matches!(&text.0[6], Block::Code { language: None, .. }));
    let again = from_wiki(&to_wiki(&text));
    assert_eq!(again.to_plain(), text.to_plain());
}

#[test]
fn writing() {
    let text = from_markdown(
        "# Title\n\n**bold** and ~~gone~~, `x_y`, a**b**c [docs](https://example.org/?a=1|2)\n\n1. one\n   - two\n\n\
         > quoted\n\n```rust\nfn x() {}\n```\n\n```java\nint x;\n```\n\n- [x] done\n\n| a | b |\n|---|---|\n| *1* | 2\\|3 |\n\n---\n",
    );
    insta::assert_snapshot!(to_wiki(&text), @r"
    h1. Title

    *bold* and -gone-, {{x_y}}, a{*}b{*}c [docs|https://example.org/?a=1%7C2]

    # one
    #* two

    {quote}
    quoted
    {quote}

    {noformat}
    fn x() {}
    {noformat}

    {code:java}
    int x;
    {code}

    * \[x] done

    ||a||b||
    |_1_|2\|3|

    ----
    ");
}

#[test]
fn escapes_are_sparing() {
    for (plain, wiki) in [
        ("Fix the up-to-date check, it's 100% done!", "Fix the up-to-date check, it's 100% done!"),
        ("a * b - c", "a * b - c"),
        ("* not a list", "\\* not a list"),
        ("- not a list", "\\- not a list"),
        ("# 1", "\\# 1"),
        ("h1. no heading", "h1&#46; no heading"),
        ("bq. no quote", "bq&#46; no quote"),
        ("[x] {code} |", "\\[x] \\{code} \\|"),
        ("C:\\temp\\*.txt", "C:\\temp&#92;\\*.txt"),
        ("-7d --x", "\\-7d \\-\\-x"),
        ("see https://example.org/_a_?b=-c.", "see https://example.org/_a_?b=-c."),
        (":) (/) :D", ":\\) \\(/) :&#68;"),
        ("&amp;", "&amp;amp;"),
        ("AT&T, R&D or &;", "AT&T, R&D or &;"),
        ("one\n\ntwo", "one\n\\\\\ntwo"),
    ] {
        let text = Text::plain(plain);
        assert_eq!(to_wiki(&text), wiki, "{plain}");
        assert_eq!(from_wiki(wiki).to_plain(), text.to_plain(), "{plain}");
    }
}

#[test]
fn colours_and_people_are_written_only_as_jira_reads_them() {
    let written = |inline: Inline| to_wiki(&Text::from(vec![inline]));
    let coloured = |colour: &str| written(Inline::Colour { colour: colour.into(), content: vec!["x".into()] });
    for (colour, wiki) in [
        ("#F0a", "{color:#ff00aa}x{color}"),
        ("#00FF7f", "{color:#00ff7f}x{color}"),
        ("Red", "{color:#ff0000}x{color}"),
        ("#ff", "x"),
        ("#ggg", "x"),
        ("red}", "x"),
    ] {
        assert_eq!(coloured(colour), wiki, "{colour}");
    }
    let refused = |content: &str| written(Inline::link(content, "javascript:alert"));
    assert_eq!(refused("x"), "x (javascript:alert)");
    assert_eq!(refused("javascript:alert"), "javascript:alert");
    let mention = |id: &str| written(Inline::Mention { who: Mentioned::Account(id.into()), name: "Ada".into() });
    assert_eq!((mention("fred").as_str(), mention("a]b").as_str()), ("[~fred]", "@Ada"));
}

#[test]
fn code_cannot_end_its_own_block() {
    let written = |language: Option<&str>, text: &str| {
        to_wiki(&Text(vec![Block::Code { language: language.map(str::to_owned), text: text.to_owned() }]))
    };
    assert_eq!(written(Some("Java"), "int x;"), "{code:java}\nint x;\n{code}");
    assert_eq!(written(Some("java"), "{code} x"), "{noformat}\n{code} x\n{noformat}");
    assert_eq!(written(Some("klingon"), "x"), "{noformat}\nx\n{noformat}");
    assert_eq!(written(None, "{noformat} x"), "{code:none}\n{noformat} x\n{code}");
}

#[test]
fn a_heading_is_one_line() {
    let bold = Inline::Strong(vec!["over".into(), Inline::Break, "two".into()]);
    let heading = Block::Heading { level: 1, content: vec!["one".into(), Inline::Break, bold] };
    assert_eq!(to_wiki(&Text(vec![heading])), "h1. one over two");
}

#[test]
fn a_mark_goes_over_spaces_within_and_not_around() {
    for (typed, wiki) in [
        ("**two words** and", "*two words* and"),
        ("**one *two three* four** five", "*one _two three_ four* five"),
        ("*one* **two**", "_one_ *two*"),
    ] {
        assert_eq!(to_wiki(&from_markdown(typed)), wiki, "{typed}");
    }
}

#[test]
fn what_cannot_nest_becomes_simpler() {
    let cell = |content| Cell { header: false, content };
    let table = |content| Block::Table { rows: vec![Row { cells: vec![cell(content)] }] };
    let text = Text::new()
        .block(table(vec![table(Text::plain("deep").0), Block::Heading { level: 1, content: vec!["big".into()] }]))
        .block(Block::Quote(vec![Block::Quote(Text::plain("twice").0)]))
        .block(Block::Code { language: None, text: "{noformat} {code}".into() })
        .paragraph([Inline::link("bad", "javascript:alert(1)"), Inline::Break, Inline::strong(" spaced ")]);
    insta::assert_snapshot!(to_wiki(&text), @r"
    |deep
    *big*|

    {quote}
    twice
    {quote}

    \{noformat} \{code}

    bad (javascript:alert(1))
     *spaced* 
    ");
}

#[test]
fn hostile_text_is_read_in_time() {
    for piece in [
        "*",
        "_a ",
        "*a ",
        "{*}",
        "[",
        "[a|",
        "![",
        "!a",
        "{{",
        "{{a",
        "{code}",
        "{code:a}",
        "{quote}",
        "{panel:x}",
        "{color:red}",
        "\\",
        "\\\\a",
        "|",
        "||",
        "|a\n",
        "* ",
        "* a\n",
        "*",
        "#*",
        "- ",
        "{",
        "&",
        "&#",
        "(",
        "https://",
        "h1.",
        "bq. ",
        "\n",
        " ",
        "~",
        "[~",
        "??",
        "--",
        "{quote}{panel}",
        "* {quote}\n",
        "{noformat}",
        "))",
        "http://a)",
    ] {
        let begin = Instant::now();
        let source = piece.repeat(100_000 / piece.len());
        let text = from_wiki(&source);
        let _ = from_wiki(&to_wiki(&text));
        let _ = to_wiki(&Text::plain(&source));
        let _ = from_markdown(&source);
        assert!(begin.elapsed() < Duration::from_secs(20), "{piece:?}: {:?}", begin.elapsed());
    }
}
