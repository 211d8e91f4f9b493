use bytes::Bytes;
use insta::assert_snapshot;
use usher_chat::{
    Button, ButtonStyle, Card, Choice, Choices, Fact, File, Link, Person, Place, Platform, Reply, Text, Workspace,
    tree::{Block, Cell, Inline, Media, Mentioned, Row, Task, Tint},
};

use super::{Message, length, markdown::text, messages};

fn shown(blocks: Vec<Block>) -> String {
    text(&Text(blocks))
}

fn plain(words: &str) -> String {
    text(&Text::plain(words))
}

fn sent(reply: &Reply) -> Vec<Message> {
    messages(reply, None, Vec::new()).unwrap()
}

#[test]
fn every_kind_of_block_has_its_markdown() {
    let row = |header, cells: &[&str]| Row {
        cells: cells.iter().map(|cell| Cell { header, content: Text::plain(cell).0 }).collect(),
    };
    let blocks = vec![
        Block::Heading { level: 2, content: vec!["Steps".into()] },
        Block::List {
            start: Some(9),
            items: vec![
                Text::plain("first").block(Block::List { start: None, items: vec![Text::plain("inner").0] }).0,
                Text::plain("second\nline").0,
            ],
        },
        Block::Tasks(vec![
            Task { done: true, content: vec!["done".into()] },
            Task { done: false, content: vec!["open".into()] },
        ]),
        Block::Panel { kind: "note".into(), title: Some("Mind".into()), content: Text::plain("the gap").0 },
        Block::Code { language: Some("rust`".into()), text: "let a = \"```\";\n".into() },
        Block::Table { rows: vec![row(true, &["Key", "Who"]), row(false, &["WEB-1", "Grace"])] },
        Block::Table { rows: vec![row(true, &["Key", "Why"]), row(false, &["WEB-1", &"long ".repeat(20)])] },
        Block::Heading { level: 5, content: vec!["Small".into()] },
        Block::Paragraph(vec![
            Inline::strong("bold"),
            " ".into(),
            Inline::Underline(vec!["under".into()]),
            " ".into(),
            Inline::Strike(vec!["gone".into()]),
            " ".into(),
            Inline::code("a`b"),
            " ".into(),
            Inline::link("words", "https://example.org/a_(b)"),
            " ".into(),
            Inline::Mention { who: Mentioned::Person(Person::new(Platform::DISCORD, "42")), name: "ada".into() },
            " ".into(),
            Inline::Mention { who: Mentioned::Account("5f".into()), name: "everyone".into() },
        ]),
        Block::Rule,
        Block::Media(Media { name: "plan.png".into(), url: None, id: None }),
    ];
    assert_snapshot!(shown(blocks).replace(super::UNSEEN, "¦"), @r#"
    ## Steps
    9. first
       - inner
    10. second
        line

    - ☑ done
    - ☐ open

    > **Mind**
    > the gap
    ```rust
    let a = "`¦`¦`";
    ```

    ```
    Key   | Who
    WEB-1 | Grace
    ```

    - Key: WEB-1
      Why: long long long long long long long long long long long long long long long long long long long long

    **Small**
    **bold** __under__ ~~gone~~ ``a`b`` [words](<https://example.org/a_%28b%29>) <@42> @¦everyone

    ⎯⎯⎯⎯⎯⎯

    plan.png
    "#);
}

#[test]
fn plain_text_stays_plain() {
    for (raw, markdown) in [
        ("snake_case and 2 * 3 < 4, a_b", "snake_case and 2 * 3 < 4, a_b"),
        (
            "**not bold** _nor this_ ~~or this~~ ||hidden||",
            r"\*\*not bold\*\* \_nor this\_ \~\~or this\~\~ \|\|hidden\|\|",
        ),
        ("a__b__c", r"a\_\_b\_\_c"),
        ("`code`", r"\`code\`"),
        (
            "# title\n-# small\n> quote\n- item\n+ item\n1. one\n#tag",
            "\\# title\n\\-# small\n\\> quote\n\\- item\n\\+ item\n1\\. one\n#tag",
        ),
        ("[words](https://evil.example)", r"\[words](<https://evil.example/>)"),
        (
            "<@42> <@&7> <#9> <:smile:1> </jira view:1> <t:1>",
            "\\<@\u{200b}42> \\<@\u{200b}&7> \\<#9> \\<:smile:1> \\</jira view:1> \\<t:1>",
        ),
        (
            "@everyone @here @Everyone ada@here.org",
            "@\u{200b}everyone @\u{200b}here @\u{200b}Everyone ada@\u{200b}here.org",
        ),
        (
            "see https://example.org/a_b_c. And <http://x.org>",
            "see <https://example.org/a_b_c>. And \\<<http://x.org/>>",
        ),
        ("back\\slash \\* end\\", "back\\slash \\\\\\* end\\\\"),
        ("bidi \u{202e}gpj.exe\u{7}", "bidi gpj.exe"),
    ] {
        assert_eq!(plain(raw), markdown, "{raw}");
    }
}

#[test]
fn a_link_never_goes_elsewhere_than_it_says() {
    let link = |words: &str, url: &str| shown(vec![Block::Paragraph(vec![Inline::link(words, url)])]);
    assert_eq!(
        link("https://bank.example", "https://evil.example/"),
        "<https://bank.example/> (<https://evil.example/>)"
    );
    assert_eq!(
        link("x](https://evil.example) [", "https://good.example/"),
        "<https://evil.example/>) \\[ (<https://good.example/>)".replacen('<', "x](<", 1)
    );
    assert_eq!(link("[UI] Fix", "https://good.example/"), "[［UI］ Fix](<https://good.example/>)");
    assert_eq!(link("run", "javascript:alert(1)"), "run");
    assert_eq!(link("ada", "mailto:ada@example.org"), "ada (ada@example.org)");
    assert_eq!(link("", "https://good.example/"), "<https://good.example/>");
}

#[test]
fn a_card_is_an_embed() {
    let card = Card {
        key: "WEB-12".into(),
        title: "Login fails on *Safari*".into(),
        url: Some("https://acme.atlassian.net/browse/WEB-12".into()),
        facts: vec![
            Fact { name: "Status".into(), value: "In Progress".into() },
            Fact { name: "Assignee".into(), value: String::new() },
        ],
        tint: Tint::Blue,
        body: Text::plain("It hangs."),
        picture: Some("http://plain.example/a.png".into()),
    };
    let reply = Reply {
        cards: vec![card],
        buttons: vec![Button { action: "0a".into(), label: "Status".into(), style: ButtonStyle::Primary }],
        links: vec![Link { label: "Open in Jira".into(), url: "https://acme.atlassian.net/browse/WEB-12".into() }],
        ..Reply::default()
    };
    assert_snapshot!(serde_json::to_string_pretty(&sent(&reply)[0].body(super::EPHEMERAL)).unwrap(), @r#"
    {
      "content": "",
      "embeds": [
        {
          "color": 3447003,
          "title": "WEB-12 Login fails on \\*Safari\\*",
          "url": "https://acme.atlassian.net/browse/WEB-12",
          "fields": [
            {
              "name": "Status",
              "value": "In Progress",
              "inline": true
            }
          ],
          "description": "It hangs."
        }
      ],
      "components": [
        {
          "type": 1,
          "components": [
            {
              "type": 2,
              "style": 1,
              "label": "Status",
              "custom_id": "a:0a"
            },
            {
              "type": 2,
              "style": 5,
              "label": "Open in Jira",
              "url": "https://acme.atlassian.net/browse/WEB-12"
            }
          ]
        }
      ],
      "attachments": [],
      "allowed_mentions": {
        "parse": []
      },
      "flags": 64
    }
    "#);
}

#[test]
fn several_cards_are_a_list() {
    let card = |key: &str| Card {
        key: key.into(),
        title: "A [title](https://evil.example)".into(),
        url: Some(format!("https://acme.atlassian.net/browse/{key}")),
        facts: vec![Fact { name: "Status".into(), value: "To Do".into() }],
        ..Card::default()
    };
    let reply = Reply { text: "2 of 2".into(), cards: vec![card("WEB-1"), card("WEB-2")], ..Reply::default() };
    let message = &sent(&reply)[0];
    assert_eq!(message.content, "2 of 2");
    assert_snapshot!(message.embeds[0]["description"].as_str().unwrap(), @r"
    **[WEB-1](<https://acme.atlassian.net/browse/WEB-1>)** A \[title](<https://evil.example/>) · To Do
    **[WEB-2](<https://acme.atlassian.net/browse/WEB-2>)** A \[title](<https://evil.example/>) · To Do
    ");
}

#[test]
fn what_is_over_a_limit_is_split_or_attached() {
    let long = (0..120).map(|number| format!("line {number} of the log\n")).collect::<String>();
    let reply =
        Reply { text: Text(vec![Block::Code { language: Some("log".into()), text: long }]), ..Reply::default() };
    let parts = sent(&reply);
    assert_eq!(parts.len(), 2);
    for part in &parts {
        assert!(part.content.starts_with("```log\n") && part.content.ends_with("\n```"), "{}", part.content);
    }
    let huge = Reply { text: Text::plain("word ".repeat(4_000)), ..Reply::default() };
    let parts = sent(&huge);
    assert_eq!((parts.len(), parts[1].files[0].name.as_str()), (2, "answer.txt"));
    assert_eq!(parts[1].files[0].content.len(), "word ".repeat(4_000).trim_end().len());
    let title = "t".repeat(300);
    let card =
        Card { key: "A-1".into(), title: title.clone(), body: Text::plain("b ".repeat(20_000)), ..Card::default() };
    let parts = sent(&Reply { cards: vec![card], ..Reply::default() });
    let embed = &parts[0].embeds[0];
    assert!(embed["title"].as_str().unwrap().ends_with('…'));
    assert!(embed["description"].as_str().unwrap().starts_with(&format!("A-1 {title}")));
    assert_eq!(parts[0].files[0].name, "A-1.txt");
}

#[test]
fn many_buttons_entries_and_files_go_on_in_further_messages() {
    let buttons = (0..28).map(|n| Button {
        action: format!("{n}").as_str().into(),
        label: format!("B{n}"),
        style: ButtonStyle::Plain,
    });
    let entries =
        (0..30).map(|n| Choice { action: format!("c{n}").as_str().into(), label: "x".repeat(120), note: None });
    let file = File {
        name: "a.bin".into(),
        media_type: "application/octet-stream".into(),
        alt: None,
        content: Bytes::from(vec![0; 4 * 1024 * 1024]),
    };
    let big = File { name: "big.bin".into(), content: Bytes::from(vec![0; 11 * 1024 * 1024]), ..file.clone() };
    let reply = Reply {
        text: "Choose".into(),
        buttons: buttons.collect(),
        choices: Some(Choices { label: "Which".into(), entries: entries.collect() }),
        files: vec![file.clone(), file.clone(), file, big],
        ..Reply::default()
    };
    let parts = sent(&reply);
    let rows: Vec<usize> = parts.iter().map(|part| part.rows.len()).collect();
    let files: Vec<usize> = parts.iter().map(|part| part.files.len()).collect();
    assert_eq!((rows, files), (vec![0, 0, 5, 3], vec![2, 1, 0, 0]));
    assert_eq!(parts[2].content, "Too large for Discord, which takes 10 MiB: big.bin.");
    let entry = &parts[2].rows[0]["components"][0]["options"][0];
    assert_eq!(entry["label"].as_str().map(length), Some(100));
    assert_eq!(entry["description"].as_str().map(length), Some(22));
}

#[test]
fn buttons_that_stand_elsewhere_name_their_place() {
    let home = Place::channel(Workspace::new(Platform::DISCORD, "255"), "16");
    let button = Button { action: "0a".into(), label: "Go".into(), style: ButtonStyle::Plain };
    let reply = Reply { buttons: vec![button], ..Reply::default() };
    let parts = messages(&reply, Some(&home), Vec::new()).unwrap();
    assert_eq!(parts[0].rows[0]["components"][0]["custom_id"], "a:0a@ff.10");
}

#[test]
fn discord_itself_writes_the_names_of_roles_and_channels() {
    let role = |id: &str| Inline::Mention { who: Mentioned::Role(id.into()), name: id.into() };
    let channel = Inline::Mention { who: Mentioned::Channel("77".into()), name: "77".into() };
    let words = vec![role("42"), " may read in ".into(), channel, " and ".into(), role("no id`"), ".".into()];
    assert_eq!(shown(vec![Block::Paragraph(words)]), r"<@&42> may read in <#77> and @no id\`.");
    // No names are written within code, so this table is none.
    let cell = |content: Inline| Cell { header: true, content: vec![Block::Paragraph(vec![content])] };
    let plain = |text: &str| Cell { header: false, content: vec![Block::Paragraph(vec![text.into()])] };
    let head = Row { cells: vec![cell("Tool".into()), cell(role("42"))] };
    let rows = vec![head, Row { cells: vec![plain("view"), plain("yes")] }];
    let table = shown(vec![Block::Table { rows }]);
    assert!(table.contains("<@&42>: yes") && !table.contains("```"), "{table}");
}
