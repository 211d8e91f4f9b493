//! What a person types in chat: Markdown (CommonMark with tables, task lists and `~~strikethrough~~`).
//!
//! Plain text stays plain: a line break is a line break, HTML is literal, and nothing typed disappears.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, OffsetIter, Options, Parser, Tag};
use usher_chat::tree::{Block, Cell, Inline, Media, Row, Task, Text};

use super::{
    DEPTH,
    inline::{autolink, linkable, paragraph, push, push_lines},
};

/// Reads what a person typed. Links lead only to `http`, `https` and `mailto`; others stay as typed.
pub fn from_markdown(source: &str) -> Text {
    let source = keep_definitions(source);
    let events = Parser::new_ext(&source, options()).into_offset_iter();
    let mut reader = Reader { source: &source, events, depth: 0, markers: Vec::new() };
    let mut blocks = Vec::new();
    // An end without its start cannot come, but a second round costs nothing and loses nothing.
    while let Some(more) = reader.blocks() {
        blocks.extend(more);
    }
    Text(blocks)
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// Markdown swallows lines such as `[note]: later`, which define a link target. Nobody means that in chat, so the
/// bracket is escaped wherever the parser would take it for a definition.
fn keep_definitions(source: &str) -> String {
    let mut source = source.replace("\r\n", "\n");
    for _ in 0..4 {
        let parser = Parser::new_ext(&source, options());
        let mut starts: Vec<usize> = parser.reference_definitions().iter().map(|(_, def)| def.span.start).collect();
        if starts.is_empty() {
            return source;
        }
        starts.sort_unstable();
        source = escape_at(&source, &starts);
    }
    // Many definitions of one name: the parser tells of one at a time, so all the others are escaped unseen.
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in source.split_inclusive('\n') {
        let start = line.len() - line.trim_start_matches(|c: char| c.is_whitespace() || "->*+".contains(c)).len();
        if line[start..].starts_with('[') && line.contains("]:") {
            starts.push(offset + start);
        }
        offset += line.len();
    }
    escape_at(&source, &starts)
}

fn escape_at(source: &str, starts: &[usize]) -> String {
    let mut out = String::with_capacity(source.len() + starts.len());
    let mut done = 0;
    for &start in starts {
        let start = start + source[start..].find('[').unwrap_or(0);
        out.push_str(&source[done..start]);
        out.push('\\');
        done = start;
    }
    out.push_str(&source[done..]);
    out
}

struct Reader<'a> {
    source: &'a str,
    events: OffsetIter<'a>,
    depth: usize,
    /// For each list item that is being read: whether it began with a tick box, and its state.
    markers: Vec<Option<bool>>,
}

impl<'a> Reader<'a> {
    /// The next event. What lies too deep loses its shape here, so that nothing below has to count.
    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        loop {
            let (event, range) = self.events.next()?;
            match event {
                Event::Start(_) => {
                    self.depth += 1;
                    if self.depth > DEPTH {
                        continue;
                    }
                }
                Event::End(_) => {
                    self.depth -= 1;
                    if self.depth >= DEPTH {
                        continue;
                    }
                }
                _ => {}
            }
            return Some((event, range));
        }
    }

    /// Blocks until the end of what they stand in; `None` when the source is used up.
    fn blocks(&mut self) -> Option<Vec<Block>> {
        let mut blocks = Vec::new();
        let mut line = Vec::new();
        let mut any = false;
        while let Some((event, range)) = self.next() {
            any = true;
            match event {
                Event::End(_) => break,
                Event::Rule => self.add(&mut blocks, &mut line, Block::Rule),
                Event::Start(Tag::Paragraph) => {
                    let content = self.inlines();
                    flush(&mut blocks, &mut line);
                    blocks.extend(paragraph(content));
                }
                Event::Start(Tag::Heading { level, .. }) => {
                    let content = self.inlines();
                    if !content.is_empty() {
                        self.add(&mut blocks, &mut line, Block::Heading { level: level as u8, content });
                    }
                }
                Event::Start(Tag::BlockQuote(_)) => {
                    let content = self.blocks().unwrap_or_default();
                    self.add(&mut blocks, &mut line, Block::Quote(content));
                }
                Event::Start(Tag::CodeBlock(kind)) => {
                    let block = self.code(&kind);
                    self.add(&mut blocks, &mut line, block);
                }
                Event::Start(Tag::HtmlBlock) => {
                    let mut text = String::new();
                    while let Some((Event::Html(more) | Event::Text(more), _)) = self.next() {
                        text.push_str(&more);
                    }
                    flush(&mut blocks, &mut line);
                    push_lines(&mut line, text.trim_end());
                    flush(&mut blocks, &mut line);
                }
                Event::Start(Tag::List(start)) => {
                    flush(&mut blocks, &mut line);
                    self.list(start, &mut blocks);
                }
                Event::Start(Tag::Table(_)) => {
                    let block = self.table();
                    self.add(&mut blocks, &mut line, block);
                }
                event => self.inline(event, range, &mut line),
            }
        }
        flush(&mut blocks, &mut line);
        any.then_some(blocks)
    }

    fn add(&self, blocks: &mut Vec<Block>, line: &mut Vec<Inline>, block: Block) {
        flush(blocks, line);
        blocks.push(block);
    }

    fn code(&mut self, kind: &CodeBlockKind<'_>) -> Block {
        let language = match kind {
            CodeBlockKind::Fenced(info) => info.split([' ', ',', '{']).next().filter(|word| !word.is_empty()),
            CodeBlockKind::Indented => None,
        };
        let language = language.map(str::to_owned);
        let mut text = String::new();
        while let Some((Event::Text(more), _)) = self.next() {
            text.push_str(&more);
        }
        if text.ends_with('\n') {
            text.pop();
        }
        Block::Code { language, text }
    }

    /// A list: of tasks where every item has a tick box. What else stands in a task follows the tasks.
    fn list(&mut self, start: Option<u64>, blocks: &mut Vec<Block>) {
        let mut items: Vec<(Option<bool>, Vec<Block>)> = Vec::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::Start(Tag::Item) => {
                    self.markers.push(None);
                    let content = self.blocks().unwrap_or_default();
                    items.push((self.markers.pop().flatten(), content));
                }
                _ => break,
            }
        }
        if items.is_empty() || !items.iter().all(|(marker, _)| marker.is_some()) {
            let items = items.into_iter().map(|(marker, content)| with_box(marker, content)).collect();
            blocks.push(Block::List { start, items });
            return;
        }
        let mut tasks = Vec::new();
        for (marker, content) in items {
            let mut content = content.into_iter().peekable();
            let words = match content.next_if(|block| matches!(block, Block::Paragraph(_))) {
                Some(Block::Paragraph(words)) => words,
                _ => Vec::new(),
            };
            tasks.push(Task { done: marker.unwrap_or_default(), content: words });
            if content.peek().is_some() {
                blocks.push(Block::Tasks(std::mem::take(&mut tasks)));
                blocks.extend(content);
            }
        }
        if !tasks.is_empty() {
            blocks.push(Block::Tasks(tasks));
        }
    }

    fn table(&mut self) -> Block {
        let mut rows = Vec::new();
        while let Some((event, row)) = self.next() {
            let header = match event {
                Event::Start(Tag::TableHead) => true,
                Event::Start(Tag::TableRow) => false,
                _ => break,
            };
            let mut cells = Vec::new();
            let mut end = row.end;
            while let Some((Event::Start(_), cell)) = self.next() {
                let content = paragraph(self.inlines()).into_iter().collect();
                cells.push(Cell { header, content });
                end = cell.end;
            }
            // The parser leaves out cells for which the first row has no column.
            let rest = self.source[end.min(row.end)..row.end].trim_matches(|c: char| c == '|' || c.is_whitespace());
            if !rest.is_empty() {
                cells.push(Cell { header, content: vec![Block::Paragraph(vec![Inline::text(rest)])] });
            }
            rows.push(Row { cells });
        }
        Block::Table { rows }
    }

    /// Pieces of a line until the end of what they stand in.
    fn inlines(&mut self) -> Vec<Inline> {
        autolink(self.raw_inlines())
    }

    fn raw_inlines(&mut self) -> Vec<Inline> {
        let mut line = Vec::new();
        while let Some((event, range)) = self.next() {
            match event {
                Event::End(_) => break,
                event => self.inline(event, range, &mut line),
            }
        }
        line
    }

    fn inline(&mut self, event: Event<'a>, range: Range<usize>, line: &mut Vec<Inline>) {
        let inline = match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => return push_lines(line, &text),
            Event::Code(code) => Inline::Code(code.into_string()),
            Event::SoftBreak | Event::HardBreak => Inline::Break,
            Event::TaskListMarker(done) => {
                if let Some(marker) = self.markers.last_mut() {
                    *marker = Some(done);
                }
                return;
            }
            Event::Start(Tag::Emphasis) => Inline::Emphasis(self.inlines()),
            Event::Start(Tag::Strong) => Inline::Strong(self.inlines()),
            Event::Start(Tag::Strikethrough) => {
                let content = self.inlines();
                if !self.source[range].starts_with("~~") {
                    // A single tilde means "about", or a home directory.
                    push(line, Inline::text("~"));
                    content.into_iter().for_each(|inline| push(line, inline));
                    return push(line, Inline::text("~"));
                }
                Inline::Strike(content)
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let content = self.raw_inlines();
                match linkable(&dest_url) {
                    true => Inline::Link { url: dest_url.into_string(), content },
                    false if dest_url.contains('@') && self.source[range.clone()].starts_with('<') => {
                        Inline::Link { url: format!("mailto:{dest_url}"), content }
                    }
                    false => return push_lines(line, &self.source[range]),
                }
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                let content = self.raw_inlines();
                match linkable(&dest_url) {
                    true => {
                        let name = usher_chat::tree::plain_inline(&content);
                        let name = if name.is_empty() { dest_url.to_string() } else { name };
                        Inline::Media(Media { name, url: Some(dest_url.into_string()), id: None })
                    }
                    false => return push_lines(line, &self.source[range]),
                }
            }
            Event::Start(_) => {
                self.inlines().into_iter().for_each(|inline| push(line, inline));
                return;
            }
            Event::Rule => return push(line, Inline::text("---")),
            Event::FootnoteReference(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                return push(line, Inline::text(text.into_string()));
            }
            Event::End(_) => return,
        };
        push(line, inline);
    }
}

fn flush(blocks: &mut Vec<Block>, line: &mut Vec<Inline>) {
    blocks.extend(paragraph(autolink(std::mem::take(line))));
}

/// Gives an item its tick box back as text, for lists in which only some items have one.
fn with_box(marker: Option<bool>, mut content: Vec<Block>) -> Vec<Block> {
    let Some(done) = marker else { return content };
    let sign = Inline::text(if done { "[x] " } else { "[ ] " });
    match content.first_mut() {
        Some(Block::Paragraph(words)) => {
            let rest = std::mem::replace(words, vec![sign]);
            rest.into_iter().for_each(|inline| push(words, inline));
        }
        _ => content.insert(0, Block::Paragraph(vec![sign])),
    }
    content
}
