//! People named within words: how a mention travels inside a text, and how the mentions of a tree are told anew.

use crate::{
    ids::Person,
    tree::{Block, Cell, Inline, Mentioned, Row, Task, Text},
};

/// Begins and ends a mention within words. The characters stand for annotations between lines, which nobody types; what
/// is between them is hexadecimal, so that no markup can be read out of a name.
const OPEN: char = '\u{fff9}';
const CLOSE: char = '\u{fffb}';

/// A mention as it travels inside words, until the words become a tree.
pub fn written(person: &Person, name: &str) -> String {
    let hex: String = format!("{person}\n{name}").bytes().map(|byte| format!("{byte:02x}")).collect();
    format!("{OPEN}{hex}{CLOSE}")
}

impl Text {
    /// Puts what `who` says in place of each mention that was [`written`] into the words. Within code only the name stays.
    pub fn with_mentions(self, who: &mut dyn FnMut(Person, String) -> Inline) -> Self {
        let mut text = |words: String| {
            if !words.contains(OPEN) {
                return vec![Inline::Text(words)];
            }
            let part = |part| match part {
                Part::Words(words) => Inline::text(words),
                Part::Mention(person, name) => who(person, name),
            };
            parts(&words).into_iter().map(part).collect()
        };
        Self(blocks(self.0, &mut |inline| match inline {
            Inline::Text(words) => text(words),
            Inline::Code(words) => vec![Inline::Code(bare(&words))],
            Inline::Link { url, content } => vec![Inline::Link { url: bare(&url), content }],
            other => vec![other],
        }))
    }

    /// Tells anew who is named, wherever somebody is.
    pub fn named_anew(self, who: &mut dyn FnMut(Mentioned, String) -> Inline) -> Self {
        Self(blocks(self.0, &mut |inline| match inline {
            Inline::Mention { who: whom, name } => vec![who(whom, name)],
            other => vec![other],
        }))
    }
}

enum Part<'w> {
    Words(&'w str),
    Mention(Person, String),
}

/// Takes words apart. What looks like a mention and is none loses its marks.
fn parts(words: &str) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    let mut rest = words;
    while let Some((before, after)) = rest.split_once(OPEN) {
        if !before.is_empty() {
            found.push(Part::Words(before));
        }
        rest = after;
        if let Some((inside, behind)) = after.split_once(CLOSE)
            && let Some((person, name)) = read(inside)
        {
            found.push(Part::Mention(person, name));
            rest = behind;
        }
    }
    if !rest.is_empty() {
        found.push(Part::Words(rest));
    }
    found
}

fn read(hex: &str) -> Option<(Person, String)> {
    let pairs = hex.as_bytes().chunks(2);
    let bytes: Option<Vec<u8>> =
        pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let (person, name) = text.split_once('\n')?;
    Some((person.parse().ok()?, name.to_owned()))
}

/// The words with names in place of mentions.
fn bare(words: &str) -> String {
    let part = |part: Part<'_>| match part {
        Part::Words(words) => words.to_owned(),
        Part::Mention(_, name) => format!("@{name}"),
    };
    parts(words).into_iter().map(part).collect()
}

type Each<'f> = &'f mut dyn FnMut(Inline) -> Vec<Inline>;

fn blocks(all: Vec<Block>, each: Each<'_>) -> Vec<Block> {
    all.into_iter().map(|block| self::block(block, each)).collect()
}

fn block(block: Block, each: Each<'_>) -> Block {
    match block {
        Block::Paragraph(content) => Block::Paragraph(inlines(content, each)),
        Block::Heading { level, content } => Block::Heading { level, content: inlines(content, each) },
        Block::List { start, items } => {
            Block::List { start, items: items.into_iter().map(|item| blocks(item, each)).collect() }
        }
        Block::Tasks(tasks) => {
            let task = |task: Task| Task { content: inlines(task.content, each), ..task };
            Block::Tasks(tasks.into_iter().map(task).collect())
        }
        Block::Quote(content) => Block::Quote(blocks(content, each)),
        Block::Panel { kind, title, content } => Block::Panel { kind, title, content: blocks(content, each) },
        Block::Expand { title, content } => Block::Expand { title, content: blocks(content, each) },
        Block::Code { language, text } => Block::Code { language, text: bare(&text) },
        Block::Table { rows } => {
            let mut cell = |cell: Cell| Cell { content: blocks(cell.content, each), ..cell };
            let row = |row: Row| Row { cells: row.cells.into_iter().map(&mut cell).collect() };
            Block::Table { rows: rows.into_iter().map(row).collect() }
        }
        Block::Rule | Block::Media(_) => block,
    }
}

fn inlines(all: Vec<Inline>, each: Each<'_>) -> Vec<Inline> {
    let mut out: Vec<Inline> = Vec::with_capacity(all.len());
    for inline in all {
        let inline = match inline {
            Inline::Strong(content) => Inline::Strong(inlines(content, each)),
            Inline::Emphasis(content) => Inline::Emphasis(inlines(content, each)),
            Inline::Underline(content) => Inline::Underline(inlines(content, each)),
            Inline::Strike(content) => Inline::Strike(inlines(content, each)),
            Inline::Sub(content) => Inline::Sub(inlines(content, each)),
            Inline::Sup(content) => Inline::Sup(inlines(content, each)),
            Inline::Colour { colour, content } => Inline::Colour { colour, content: inlines(content, each) },
            Inline::Link { url, content } => Inline::Link { url, content: inlines(content, each) },
            other => other,
        };
        for inline in each(inline) {
            // What stood side by side stays one text.
            match (out.last_mut(), inline) {
                (Some(Inline::Text(before)), Inline::Text(words)) => before.push_str(&words),
                (_, inline) => out.push(inline),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Platform;

    fn ada() -> Person {
        Person::new(Platform::DISCORD, "42")
    }

    fn told(text: Text) -> Text {
        text.with_mentions(&mut |person, name| Inline::Mention { who: Mentioned::Person(person), name })
    }

    #[test]
    fn a_mention_within_words_becomes_one() {
        let mention = written(&ada(), "*Ada* [x]\n");
        let text = told(Text::plain(format!("ask {mention}, {mention}")));
        let named = Inline::Mention { who: Mentioned::Person(ada()), name: "*Ada* [x]\n".into() };
        let expected = vec!["ask ".into(), named.clone(), ", ".into(), named];
        assert_eq!(text.0, [Block::Paragraph(expected)]);
    }

    #[test]
    fn within_code_and_addresses_only_the_name_stays() {
        let mention = written(&ada(), "Ada");
        let code = Block::Code { language: None, text: format!("ping {mention}") };
        let link = Inline::link("x", format!("https://example.org/{mention}"));
        let text = told(Text::new().block(code).paragraph([Inline::Code(mention.clone()), link]));
        let plain = vec![Inline::Code("@Ada".into()), Inline::link("x", "https://example.org/@Ada")];
        let code = Block::Code { language: None, text: "ping @Ada".into() };
        assert_eq!(text.0, [code, Block::Paragraph(plain)]);
    }

    #[test]
    fn what_is_no_mention_loses_its_marks() {
        for odd in ["\u{fff9}zz\u{fffb}", "\u{fff9}", "\u{fff9}4\u{fffb}", "\u{fff9}é\u{fffb}"] {
            let plain = told(Text::plain(format!("a {odd} b"))).to_plain();
            assert!(plain.starts_with("a ") && !plain.contains(OPEN), "{plain:?}");
        }
    }

    #[test]
    fn every_mention_of_a_tree_is_told_anew() {
        let account = |id: &str| Inline::Mention { who: Mentioned::Account(id.into()), name: String::new() };
        let cell = Cell { header: false, content: vec![Block::Paragraph(vec![account("1")])] };
        let text = Text::new()
            .block(Block::Table { rows: vec![Row { cells: vec![cell] }] })
            .block(Block::List {
                start: None,
                items: vec![vec![Block::Paragraph(vec![Inline::Strong(vec![account("2")])])]],
            })
            .block(Block::Tasks(vec![Task { done: false, content: vec![account("3")] }]));
        let mut seen = Vec::new();
        let named = text.named_anew(&mut |who, _| {
            seen.push(who);
            "somebody".into()
        });
        assert_eq!(seen, ["1", "2", "3"].map(|id| Mentioned::Account(id.into())));
        assert_eq!(named.to_plain(), "somebody\n- somebody\n[ ] somebody");
    }
}
