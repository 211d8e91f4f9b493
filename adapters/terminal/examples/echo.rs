//! A toy bot in the terminal, to look at how things are shown: `cargo run -p usher-terminal --example echo`.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use usher_chat::{
    Button, ButtonStyle, Card, ChatAdapter, ChatHandler, Choice, Choices, Completing, Completion, Event, Fact, Field,
    FieldKind, File, Form, Host, Input, Link, PassingMemory, Reply, Responder, Text,
    tree::{Block, Cell, Inline, Row, Tint},
};
use usher_terminal::{Mode, Terminal, TerminalOptions};

const WORDS: [&str; 6] = ["card", "list", "text", "form", "slow", "link"];

struct Echo;

#[async_trait]
impl ChatHandler for Echo {
    async fn handle(&self, event: Event, back: Arc<dyn Responder>) {
        let answer = match &event.input {
            Input::Complete(Completing::Line(line)) => {
                let word = line.rsplit(' ').next().unwrap_or_default();
                let ways = WORDS.iter().filter(|way| way.starts_with(word));
                let ways = ways.map(|way| Completion { value: (*way).into(), label: format!("{way} (an example)") });
                // Whoever asked may have typed on.
                let _ = back.complete(ways.collect()).await;
                return;
            }
            Input::Text(text) => match text.as_str() {
                "card" => card(),
                "list" => list(),
                "text" => Reply::public(text_tree()),
                "form" => form(),
                "slow" => {
                    let _ = back.progress("looking around").await;
                    tokio::time::sleep(Duration::from_secs(3)).await;
                    Reply::public("That took three seconds.")
                }
                "link" => Reply {
                    links: vec![Link { label: "Open the page".into(), url: "http://127.0.0.1:9/connect/x".into() }],
                    ..Reply::private("Open this page and approve.")
                },
                text => Reply::private(Text::plain(text)),
            },
            other => Reply::private(Text::plain(format!("{} did {other:?}", event.names.person))),
        };
        // A closed terminal needs no answer.
        let _ = back.reply(answer).await;
    }
}

fn issue(key: &str, title: &str, status: &str, tint: Tint) -> Card {
    let facts = [("Type", "Bug"), ("Status", status), ("Priority", "High"), ("Assignee", "Grace")];
    Card {
        key: key.into(),
        title: title.into(),
        url: Some(format!("https://acme.example/browse/{key}")),
        facts: facts.map(|(name, value)| Fact { name: name.into(), value: value.into() }).into(),
        tint,
        ..Card::default()
    }
}

fn button(label: &str, style: ButtonStyle) -> Button {
    Button { action: label.into(), label: label.into(), style }
}

fn card() -> Reply {
    let mut card = issue("WEB-12", "Login fails on Safari", "In Progress", Tint::Blue);
    card.body = text_tree();
    Reply {
        cards: vec![card],
        buttons: vec![
            button("Status", ButtonStyle::Primary),
            button("Assign to me", ButtonStyle::Plain),
            button("Delete", ButtonStyle::Danger),
        ],
        files: vec![File {
            name: "shot.png".into(),
            media_type: "image/png".into(),
            alt: Some("the login page".into()),
            content: vec![0; 12_345].into(),
        }],
        ..Reply::public(Text::new())
    }
}

fn list() -> Reply {
    let choice =
        |label: &str, note: &str| Choice { action: label.into(), label: label.into(), note: Some(note.into()) };
    Reply {
        cards: vec![
            issue("WEB-12", "Login fails on Safari", "In Progress", Tint::Blue),
            issue("WEB-31", "Safari 17: cookie dropped", "To Do", Tint::Neutral),
            issue(
                "WEB-44",
                "Login page jumps when the keyboard of a small phone opens and closes",
                "Done",
                Tint::Green,
            ),
        ],
        choices: Some(Choices {
            label: "Which one?".into(),
            entries: vec![choice("WEB-12", "Grace"), choice("WEB-31", "nobody"), choice("WEB-44", "Ada B.")],
        }),
        ..Reply::private("3 of 3 in WEB")
    }
}

fn text_tree() -> Text {
    let cell = |words: &str, header| Cell { header, content: Text::plain(words).0 };
    Text::new()
        .block(Block::Heading { level: 2, content: vec!["What happens".into()] })
        .paragraph([
            "Press ".into(),
            Inline::strong("Log in"),
            " with ".into(),
            Inline::code("SameSite=Lax"),
            " and see the ".into(),
            Inline::link("standard", "https://datatracker.ietf.org/doc/html/rfc6265"),
            ". The page loads, then it loads again, and in the end it says that the session is over.".into(),
        ])
        .block(Block::List { start: Some(1), items: vec![Text::plain("Open the page").0, Text::plain("Log in").0] })
        .block(Block::Panel {
            kind: "warning".into(),
            title: Some("Mind".into()),
            content: Text::plain("Only on 17.").0,
        })
        .block(Block::Code { language: Some("sh".into()), text: "curl -v https://acme.example/login\n# 302".into() })
        .block(Block::Table {
            rows: vec![
                Row { cells: vec![cell("Browser", true), cell("Works", true)] },
                Row { cells: vec![cell("Safari 17", false), cell("no", false)] },
                Row { cells: vec![cell("Firefox", false), cell("yes", false)] },
            ],
        })
}

fn form() -> Reply {
    let field = |name: &str, kind, required, options: &[&str]| Field {
        name: name.to_lowercase(),
        label: name.into(),
        kind,
        required,
        options: options.iter().map(|option| (*option).to_owned()).collect(),
        value: None,
        hint: None,
    };
    let fields = vec![
        field("Browser", FieldKind::Choice, true, &["Chrome", "Firefox", "Safari"]),
        field("Points", FieldKind::Number, false, &[]),
        field("Why", FieldKind::Paragraph, false, &[]),
    ];
    Reply {
        form: Some(Form { id: "form".into(), title: "A bug in WEB".into(), fields }),
        ..Reply::private("WEB asks for one more thing on a Bug.")
    }
}

#[tokio::main]
async fn main() {
    let terminal = Terminal::new(TerminalOptions {
        mode: if std::env::args().any(|word| word == "--jsonl") { Mode::JsonLines } else { Mode::Interactive },
        demo: true,
        people: vec!["ada".into(), "grace".into()],
        channels: vec!["eng".into(), "general".into()],
        sandbox_people: vec!["ada".into(), "grace".into()],
        greeting: vec![format!("Say one of these: {}. Anything else comes back.", WORDS.join(", "))],
        ..TerminalOptions::default()
    });
    let host = Host::new(Arc::new(Echo), Arc::<PassingMemory>::default(), || {
        Box::pin(async {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    });
    if let Err(error) = terminal.run(host).await {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
