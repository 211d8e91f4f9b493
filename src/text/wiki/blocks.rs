//! From wiki markup to the text tree: what stands on lines of its own.

use std::ops::Range;

use usher_chat::tree::{Block, Cell, Inline, Row, Text};

use super::{
    super::{
        DEPTH,
        inline::{hex, paragraph, push_lines},
    },
    line,
    links::picture,
    macros::{Kind, Macro, Macros},
};

/// Reads a whole text.
pub(super) fn read(source: &str) -> Text {
    let reader = Reader { source, macros: Macros::find(source) };
    Text(reader.blocks(0..source.len(), DEPTH, false))
}

/// The colours in which Jira Cloud exports its panels, and what they mean.
pub(super) const PANELS: [(&str, &str); 5] =
    [("info", "#deebff"), ("note", "#eae6ff"), ("success", "#e3fcef"), ("warning", "#fffae6"), ("error", "#ffebe6")];

struct Reader<'a> {
    source: &'a str,
    macros: Macros<'a>,
}

struct Item<'a> {
    markers: &'a str,
    content: Range<usize>,
}

/// What a line begins with; numbers are lengths in bytes.
enum Start {
    Blank,
    Rule,
    Heading(u8, usize),
    Quote(usize),
    Item,
    Row,
    Text,
}

impl<'a> Reader<'a> {
    /// Reads a range. With `inside`, it begins in the middle of a line.
    fn blocks(&self, range: Range<usize>, depth: usize, inside: bool) -> Vec<Block> {
        let mut out = Vec::new();
        let mut text: Option<Range<usize>> = None;
        let mut inside = inside || depth == 0;
        let mut at = range.start;
        while at < range.end {
            let end = self.newline(at, range.end);
            let line = &self.source[at..end];
            let first = end - line.trim_start().len();
            let found = self.macros.first_in(at..range.end).filter(|found| found.start < end);
            let cut = found.map_or(end, |found| found.start);
            let start = match start(line.trim_start()) {
                Start::Blank => Start::Blank,
                _ if inside => Start::Text,
                start => start,
            };
            inside = depth == 0;
            if !matches!(start, Start::Text) {
                self.flush(&mut text, &mut out);
            }
            match start {
                Start::Blank => at = end + 1,
                Start::Rule => {
                    out.push(Block::Rule);
                    at = end + 1;
                }
                Start::Heading(level, length) => {
                    let content = self.line(first + length..cut);
                    if !content.is_empty() {
                        out.push(Block::Heading { level, content });
                    }
                    at = if cut < end { cut } else { end + 1 };
                }
                Start::Quote(length) => {
                    let content = self.line(first + length..cut);
                    out.push(Block::Quote(paragraph(content).into_iter().collect()));
                    at = if cut < end { cut } else { end + 1 };
                }
                Start::Item => at = self.list(at, range.end, depth - 1, &mut out),
                Start::Row => at = self.table(at, range.end, depth - 1, &mut out),
                Start::Text => {
                    let from = text.as_ref().map_or(at, |text| text.start);
                    let Some(found) = found else {
                        text = Some(from..end);
                        at = end + 1;
                        continue;
                    };
                    text = Some(from..found.start);
                    self.flush(&mut text, &mut out);
                    self.body(found, depth, &mut out);
                    let rest = &self.source[found.end..self.newline(found.end, range.end)];
                    inside = !rest.trim().is_empty();
                    at = if inside { found.end } else { found.end + rest.len() + 1 };
                }
            }
        }
        self.flush(&mut text, &mut out);
        out
    }

    fn newline(&self, from: usize, end: usize) -> usize {
        self.source[from..end].find('\n').map_or(end, |length| from + length)
    }

    /// The end of a line that goes on to the end of the macros that begin in it.
    fn long_line(&self, mut from: usize, end: usize) -> usize {
        loop {
            let newline = self.newline(from, end);
            match self.macros.first_in(from..end) {
                Some(found) if found.start < newline => from = found.end,
                _ => return newline,
            }
        }
    }

    fn flush(&self, text: &mut Option<Range<usize>>, out: &mut Vec<Block>) {
        if let Some(range) = text.take()
            && !self.source[range.clone()].trim().is_empty()
        {
            out.extend(paragraph(line::read(self.source[range].trim_end())));
        }
    }

    fn trim(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.source[range.clone()];
        let start = range.end - text.trim_start().len();
        start..(range.start + text.trim_end().len()).max(start)
    }

    fn line(&self, range: Range<usize>) -> Vec<Inline> {
        line::read(&self.source[self.trim(range)])
    }

    fn inner(&self, range: Range<usize>, depth: usize, inside: bool) -> Vec<Block> {
        self.blocks(self.trim(range), depth, inside)
    }

    fn body(&self, found: &Macro<'a>, depth: usize, out: &mut Vec<Block>) {
        let raw = &self.source[found.body.clone()];
        let Some(depth) = depth.checked_sub(1) else {
            let mut words = Vec::new();
            push_lines(&mut words, raw.trim());
            out.extend(paragraph(words));
            return;
        };
        let kind = match found.kind {
            Kind::Code | Kind::Noformat => {
                if let Some(title) = found.param("title") {
                    out.push(Block::Paragraph(vec![Inline::strong(title)]));
                }
                let language = found.param("language").or(found.unnamed().filter(|_| found.kind == Kind::Code));
                let language = language.filter(|language| *language != "none").map(str::to_owned);
                let text = raw.strip_prefix('\n').unwrap_or(raw);
                let text = text.strip_suffix('\n').unwrap_or(text).to_owned();
                out.push(Block::Code { language, text });
                return;
            }
            Kind::Quote => {
                out.push(Block::Quote(self.blocks(found.body.clone(), depth, false)));
                return;
            }
            Kind::Panel => {
                let colour = found.param("bgColor").and_then(hex);
                let known = PANELS.iter().find(|(_, known)| colour.as_deref() == Some(known));
                known.map_or("panel", |(kind, _)| kind)
            }
            Kind::Info => "info",
            Kind::Note => "note",
            Kind::Tip => "tip",
            Kind::Warning => "warning",
        };
        let title = found.param("title").map(str::to_owned);
        let content = self.blocks(found.body.clone(), depth, false);
        out.push(Block::Panel { kind: kind.to_owned(), title, content });
    }

    /// A list goes on to the next blank line: what does not begin an item belongs to the one before it.
    fn list(&self, mut at: usize, end: usize, depth: usize, out: &mut Vec<Block>) -> usize {
        let mut items: Vec<Item<'a>> = Vec::new();
        while at < end {
            let line_end = self.long_line(at, end);
            let line = &self.source[at..line_end];
            match (markers(line), items.last_mut()) {
                (Some((markers, length)), _) => items.push(Item { markers, content: at + length..line_end }),
                (None, Some(_)) if line.trim().is_empty() => break,
                (None, Some(last)) => last.content.end = line_end,
                (None, None) => break,
            }
            at = line_end + 1;
        }
        self.items(&items, 0, depth, out);
        at
    }

    fn items(&self, items: &[Item<'a>], level: usize, depth: usize, out: &mut Vec<Block>) {
        let mut at = 0;
        let before = out.len();
        while at < items.len() {
            let item = &items[at];
            let numbered = item.markers.as_bytes().get(level) == Some(&b'#');
            let mut content = Vec::new();
            if item.markers.len() == level + 1 {
                content = self.inner(item.content.clone(), depth, true);
                at += 1;
            }
            let deeper = items[at..].iter().take_while(|item| item.markers.len() > level + 1).count();
            let below = &items[at..at + deeper];
            at += deeper;
            match depth.checked_sub(1) {
                Some(depth) => self.items(below, level + 1, depth, &mut content),
                None => content.extend(below.iter().flat_map(|item| self.inner(item.content.clone(), 0, true))),
            }
            match out[before..].last_mut() {
                Some(Block::List { start, items }) if start.is_some() == numbered => items.push(content),
                _ => out.push(Block::List { start: numbered.then_some(1), items: vec![content] }),
            }
        }
    }

    /// A row goes on to a line that ends with a bar, or to the next row or blank line.
    fn table(&self, mut at: usize, end: usize, depth: usize, out: &mut Vec<Block>) -> usize {
        let mut rows = Vec::new();
        while at < end {
            let mut row_end = self.long_line(at, end);
            let mut line = &self.source[at..row_end];
            if !line.trim_start().starts_with('|') {
                break;
            }
            while !closed(line) && row_end + 1 < end {
                let next = self.long_line(row_end + 1, end);
                line = &self.source[row_end + 1..next];
                if line.trim().is_empty() || line.trim_start().starts_with('|') {
                    break;
                }
                row_end = next;
            }
            rows.push(self.row(at..row_end, depth));
            at = row_end + 1;
        }
        out.push(Block::Table { rows });
        at
    }

    fn row(&self, range: Range<usize>, depth: usize) -> Row {
        let mut cells = Vec::new();
        let range = self.trim(range);
        let mut at = range.start;
        while at < range.end {
            let header = self.source[at..range.end].starts_with("||");
            let start = at + if header { 2 } else { 1 };
            at = self.bar(start.min(range.end)..range.end);
            if at < range.end || !self.source[start.min(at)..at].trim().is_empty() {
                cells.push(Cell { header, content: self.inner(start..at, depth, false) });
            }
        }
        Row { cells }
    }

    /// Where a cell ends: at the next bar that is not escaped and not part of a link, a picture or a macro.
    fn bar(&self, range: Range<usize>) -> usize {
        let mut at = range.start;
        while let Some(length) = self.source[at..range.end].find(['|', '\\', '{', '[', '!']) {
            let before = self.source[range.start..at + length].chars().next_back().unwrap_or(' ');
            at += length;
            let rest = &self.source[at..range.end];
            at += match rest.as_bytes().first() {
                Some(b'|') => return at,
                Some(b'\\') => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
                Some(b'{') => match self.macros.first_in(at..range.end) {
                    Some(found) if found.start == at => found.end - at,
                    _ => 1,
                },
                Some(b'[') => match rest[1..].find(['[', ']', '\n']) {
                    Some(length) if rest[1 + length..].starts_with(']') => length + 2,
                    _ => 1,
                },
                _ => picture(rest, before).map_or(1, |(length, _)| length),
            };
        }
        range.end
    }
}

fn start(line: &str) -> Start {
    let trimmed = line.trim_end();
    let bytes = line.as_bytes();
    if trimmed.is_empty() {
        return Start::Blank;
    }
    match bytes {
        [b'h', level @ b'1'..=b'6', b'.', ..] => Start::Heading(level - b'0', 3),
        [b'b', b'q', b'.', ..] => Start::Quote(3),
        [b'|', ..] => Start::Row,
        [b'-', b'-', ..] if trimmed.len() >= 4 && trimmed.bytes().all(|b| b == b'-') => Start::Rule,
        [b'-', b'-', ..] => Start::Text,
        _ if markers(line).is_some() => Start::Item,
        _ => Start::Text,
    }
}

/// The signs that begin a list item, and where its content begins. Deeper levels than can be kept count as the last.
fn markers(line: &str) -> Option<(&str, usize)> {
    let trimmed = line.trim_start();
    let length = trimmed.find(|c| !"*#-".contains(c))?;
    if length == 0 || !trimmed[length..].starts_with(char::is_whitespace) {
        return None;
    }
    Some((&trimmed[..length.min(DEPTH)], line.len() - trimmed.len() + length))
}

fn closed(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with('|') && !line.ends_with("\\|")
}
