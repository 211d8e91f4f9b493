//! The text tree as chunks. Telegram knows no headings, lists or tables: they become lines that read the same.

use std::sync::Arc;

use url::Url;
use usher_chat::{
    Text,
    tree::{Block, Inline, Media, Mentioned, Row, Task, plain_inline},
};

use super::html::{Chunk, Span, Style, Wrap};

/// So deep may things stand in each other; below that only the words are shown.
const DEEPEST: usize = 12;
/// The widest table that is shown in columns, in characters. A telephone shows about as many.
const WIDEST: usize = 48;

/// The blocks of a text, from top to bottom.
pub(crate) fn chunks(text: &Text) -> Vec<Chunk> {
    within(&text.0, 0)
}

/// The runs of some inline content.
pub(crate) fn spans(content: &[Inline]) -> Vec<Span> {
    let mut out = Vec::new();
    run(content, &Style::default(), 0, &mut out);
    out
}

/// An address that Telegram links to. It knows no hosts without a dot, such as `localhost`.
pub(crate) fn web_address(url: &str) -> Option<Url> {
    let url = Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let known = match url.host()? {
        url::Host::Domain(domain) => domain.trim_end_matches('.').contains('.'),
        url::Host::Ipv4(_) => true,
        url::Host::Ipv6(_) => false,
    };
    known.then_some(url)
}

/// A run of plain words.
pub(crate) fn words(text: &str) -> Span {
    Span::new(text, Style::default())
}

/// A chunk of its own.
pub(crate) fn plain(spans: Vec<Span>) -> Chunk {
    Chunk { wrap: Wrap::Plain, spans, close: false }
}

fn within(blocks: &[Block], depth: usize) -> Vec<Chunk> {
    if depth >= DEEPEST {
        return vec![plain(vec![words(&Text(blocks.to_vec()).to_plain())])];
    }
    let mut out = Vec::new();
    for block in blocks {
        add(block, depth, &mut out);
    }
    out
}

fn add(block: &Block, depth: usize, out: &mut Vec<Chunk>) {
    match block {
        Block::Paragraph(content) => out.push(plain(spans(content))),
        Block::Heading { content, .. } => {
            let mut heading = Vec::new();
            run(content, &bold(), 0, &mut heading);
            out.push(plain(heading));
        }
        Block::List { start, items } => {
            for (index, item) in items.iter().enumerate() {
                let bullet = match start {
                    Some(start) => format!("{}. ", start.saturating_add(index as u64)),
                    None => "• ".to_owned(),
                };
                out.extend(indented(&bullet, within(item, depth + 1), index > 0));
            }
        }
        Block::Tasks(tasks) => {
            for (index, Task { done, content }) in tasks.iter().enumerate() {
                let mut line = vec![words(if *done { "☑ " } else { "☐ " })];
                line.extend(spans(content));
                out.push(Chunk { close: index > 0, ..plain(line) });
            }
        }
        Block::Quote(content) => out.extend(wrapped(&Wrap::Quote, within(content, depth + 1))),
        Block::Panel { title, content, .. } => {
            out.extend(wrapped(&Wrap::Quote, titled(title.as_deref(), within(content, depth + 1))));
        }
        Block::Expand { title, content } => {
            out.extend(wrapped(&Wrap::Folded, titled(Some(title), within(content, depth + 1))));
        }
        Block::Code { language, text } => out.push(fixed(language.as_deref(), text.trim_end())),
        Block::Table { rows } => out.extend(table(rows)),
        Block::Rule => out.push(plain(vec![words("———")])),
        Block::Media(media) => out.push(plain(vec![picture(media, &Style::default())])),
    }
}

/// A list's item: its bullet before the first line, its other lines moved in.
fn indented(bullet: &str, mut item: Vec<Chunk>, close: bool) -> Vec<Chunk> {
    if item.first().is_none_or(|first| first.wrap != Wrap::Plain) {
        item.insert(0, plain(Vec::new()));
    }
    for (number, chunk) in item.iter_mut().enumerate() {
        chunk.close = number > 0 || close;
        if chunk.wrap == Wrap::Plain {
            for span in &mut chunk.spans {
                span.text = span.text.replace('\n', "\n   ");
            }
            chunk.spans.insert(0, words(if number == 0 { bullet } else { "   " }));
        }
    }
    item
}

/// A box's title above what is in it.
fn titled(title: Option<&str>, content: Vec<Chunk>) -> Vec<Chunk> {
    let title = title.filter(|title| !title.is_empty()).map(|title| plain(vec![Span::new(title, bold())]));
    title.into_iter().chain(content).collect()
}

/// Puts chunks into one quotation. Telegram knows none within another, and none around preformatted text.
fn wrapped(wrap: &Wrap, content: Vec<Chunk>) -> Vec<Chunk> {
    let mut out: Vec<Chunk> = Vec::new();
    for chunk in content {
        if matches!(chunk.wrap, Wrap::Pre(_)) {
            out.push(chunk);
            continue;
        }
        match out.last_mut() {
            Some(last) if last.wrap == *wrap => {
                last.spans.push(words("\n"));
                last.spans.extend(chunk.spans);
            }
            _ => out.push(Chunk { wrap: wrap.clone(), ..chunk }),
        }
    }
    out
}

fn fixed(language: Option<&str>, text: &str) -> Chunk {
    let known =
        |name: &&str| name.len() <= 32 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-#._".contains(&b));
    let language = language.filter(|name| !name.is_empty()).filter(known).map(str::to_owned);
    let style = Style { code: true, ..Style::default() };
    Chunk { wrap: Wrap::Pre(language), spans: vec![Span::new(text, style)], close: false }
}

/// A table in columns where it is narrow, else a line for each row.
fn table(rows: &[Row]) -> Vec<Chunk> {
    let cell = |cell: &usher_chat::tree::Cell| Text(cell.content.clone()).to_plain().replace('\n', " ");
    let grid: Vec<Vec<String>> = rows.iter().map(|row| row.cells.iter().map(cell).collect()).collect();
    let columns = grid.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| grid.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    if widths.iter().sum::<usize>() + 2 * columns <= WIDEST {
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        return vec![fixed(None, &grid.iter().map(line).collect::<Vec<_>>().join("\n"))];
    }
    let rows = grid.iter().zip(rows).enumerate().map(|(number, (line, row))| {
        let header = row.cells.iter().all(|cell| cell.header);
        let style = if header { bold() } else { Style::default() };
        Chunk { close: number > 0, ..plain(vec![Span::new(&line.join(" · "), style)]) }
    });
    rows.collect()
}

fn bold() -> Style {
    Style { bold: true, ..Style::default() }
}

fn run(content: &[Inline], style: &Style, depth: usize, out: &mut Vec<Span>) {
    if depth >= DEEPEST {
        out.push(Span::new(&plain_inline(content), style.clone()));
        return;
    }
    for inline in content {
        let (content, style) = match inline {
            Inline::Strong(content) => (content, Style { bold: true, ..style.clone() }),
            Inline::Emphasis(content) => (content, Style { italic: true, ..style.clone() }),
            Inline::Underline(content) => (content, Style { underline: true, ..style.clone() }),
            Inline::Strike(content) => (content, Style { strike: true, ..style.clone() }),
            Inline::Sub(content) | Inline::Sup(content) | Inline::Colour { content, .. } => (content, style.clone()),
            Inline::Link { url, content } => {
                let link = web_address(url).map(|url| Arc::from(url.as_str())).or_else(|| style.link.clone());
                (content, Style { link, ..style.clone() })
            }
            leaf => {
                out.push(word(leaf, style));
                continue;
            }
        };
        run(content, &style, depth + 1, out);
    }
}

/// A leaf of inline content.
fn word(leaf: &Inline, style: &Style) -> Span {
    match leaf {
        Inline::Code(text) => Span::new(text, Style { code: true, ..Style::default() }),
        Inline::Status { text, .. } => Span::new(text, Style { bold: true, ..style.clone() }),
        Inline::Mention { who: Mentioned::Role(_), name } => Span::new(&format!("@{name}"), style.clone()),
        Inline::Mention { who: Mentioned::Channel(_), name } => Span::new(&format!("#{name}"), style.clone()),
        // The name alone: a link to the person, or `@`, would notify them.
        Inline::Mention { name, .. } => Span::new(name, style.clone()),
        Inline::Media(media) => picture(media, style),
        other => Span::new(&plain_inline(std::slice::from_ref(other)), style.clone()),
    }
}

fn picture(media: &Media, style: &Style) -> Span {
    let link = media.url.as_deref().and_then(web_address).map(|url| Arc::from(url.as_str()));
    Span::new(&media.name, Style { link: link.or_else(|| style.link.clone()), ..style.clone() })
}
