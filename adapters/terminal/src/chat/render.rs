//! Turns the text tree into lines on a terminal.

use anstyle::{Effects, Style};
use usher_chat::tree::{Block, Inline, Media, Tint};

use super::{
    look::{self, BOLD, BUTTON, DIM, Look},
    table,
};
use crate::{
    clean::{clean, clean_line},
    markdown::address,
};

/// The blocks, from top to bottom, in lines at most `width` columns wide.
pub(super) fn blocks(look: &Look, blocks: &[Block], width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for one in blocks {
        let more = block(look, one, width);
        if !lines.is_empty() && !more.is_empty() {
            lines.push(String::new());
        }
        lines.extend(more);
    }
    lines
}

fn block(look: &Look, block: &Block, width: usize) -> Vec<String> {
    match block {
        Block::Paragraph(content) => paragraph(look, content, Style::new(), width),
        Block::Heading { content, .. } => paragraph(look, content, BOLD, width),
        Block::List { start, items } => {
            let mut lines = Vec::new();
            let digits = start.map(|start| start.saturating_add(items.len() as u64).to_string().len());
            for (index, item) in items.iter().enumerate() {
                let bullet = match (start, digits) {
                    (Some(start), Some(digits)) => format!("{:>digits$}. ", start.saturating_add(index as u64)),
                    _ => "• ".to_owned(),
                };
                let columns = bullet.chars().count();
                lines.extend(hang(&bullet, columns, tight(look, item, width.saturating_sub(columns))));
            }
            lines
        }
        Block::Tasks(tasks) => {
            let tasks = tasks.iter().flat_map(|task| {
                let content = paragraph(look, &task.content, Style::new(), width.saturating_sub(4));
                hang(if task.done { "[x] " } else { "[ ] " }, 4, content)
            });
            tasks.collect()
        }
        Block::Quote(content) => barred(look, Style::new(), blocks(look, content, width.saturating_sub(2))),
        Block::Panel { kind, title, content } => {
            let mut lines = heading(look, title.as_deref().unwrap_or_default(), width.saturating_sub(2));
            lines.extend(blocks(look, content, width.saturating_sub(2)));
            barred(look, look::tint(panel(kind)), lines)
        }
        Block::Expand { title, content } => {
            let mut lines = heading(look, title, width);
            lines.extend(blocks(look, content, width.saturating_sub(2)).into_iter().map(|line| format!("  {line}")));
            lines
        }
        Block::Code { text, .. } => {
            let text = clean(text).replace('\t', "    ");
            barred(look, DIM, text.trim_end_matches('\n').split('\n').map(str::to_owned).collect())
        }
        Block::Table { rows } => table::lines(look, rows, width),
        Block::Rule => vec![look.paint(DIM, &"─".repeat(width.min(40)))],
        Block::Media(one) => look.wrap(&media(look, one), width),
    }
}

/// The blocks of a list's item, without gaps.
fn tight(look: &Look, content: &[Block], width: usize) -> Vec<String> {
    content.iter().flat_map(|one| block(look, one, width)).collect()
}

fn paragraph(look: &Look, content: &[Inline], style: Style, width: usize) -> Vec<String> {
    let words = inline(look, content, style);
    if words.trim().is_empty() { Vec::new() } else { look.wrap(&words, width) }
}

fn heading(look: &Look, title: &str, width: usize) -> Vec<String> {
    let title = clean_line(title);
    if title.trim().is_empty() { Vec::new() } else { look.wrap(&look.paint(BOLD, &title), width) }
}

/// Puts `bullet` before the first line and as much room, in columns, before the others.
pub(super) fn hang(bullet: &str, columns: usize, lines: Vec<String>) -> Vec<String> {
    let indent = " ".repeat(columns);
    let lines = if lines.is_empty() { vec![String::new()] } else { lines };
    let hang = |(index, line)| format!("{}{line}", if index == 0 { bullet } else { indent.as_str() });
    lines.into_iter().enumerate().map(hang).collect()
}

fn barred(look: &Look, style: Style, lines: Vec<String>) -> Vec<String> {
    let bar = look.paint(style, "│");
    lines.into_iter().map(|line| format!("{bar} {line}").trim_end().to_owned()).collect()
}

fn panel(kind: &str) -> Tint {
    match kind {
        "info" => Tint::Blue,
        "note" => Tint::Purple,
        "tip" | "success" => Tint::Green,
        "warning" => Tint::Yellow,
        "error" => Tint::Red,
        _ => Tint::Neutral,
    }
}

/// Inline content as one text with line breaks in it.
pub(super) fn inline(look: &Look, content: &[Inline], style: Style) -> String {
    let mut painter = Painter { look, out: String::new(), styles: Vec::new() };
    painter.within(style, |painter| painter.all(content));
    painter.out
}

fn media(look: &Look, media: &Media) -> String {
    let name = clean_line(&media.name);
    let name = if name.trim().is_empty() { "attachment".to_owned() } else { name };
    match media.url.as_deref().and_then(address) {
        Some(url) => format!("[{name}] {}", look.link(&url)),
        None => format!("[{name}]"),
    }
}

/// Writes styles within styles: when an inner one ends, the outer one is taken up again.
struct Painter<'a> {
    look: &'a Look,
    out: String,
    styles: Vec<Style>,
}

impl Painter<'_> {
    fn within(&mut self, style: Style, write: impl FnOnce(&mut Self)) {
        if !self.look.colour || style == Style::new() {
            return write(self);
        }
        self.out.push_str(&style.render().to_string());
        self.styles.push(style);
        write(self);
        self.styles.pop();
        self.out.push_str(&style.render_reset().to_string());
        for style in &self.styles {
            self.out.push_str(&style.render().to_string());
        }
    }

    fn all(&mut self, content: &[Inline]) {
        for inline in content {
            self.one(inline);
        }
    }

    fn words(&mut self, style: Style, text: &str) {
        self.within(style, |painter| painter.out.push_str(text));
    }

    fn one(&mut self, inline: &Inline) {
        match inline {
            Inline::Text(text) => self.out.push_str(&clean(text)),
            Inline::Strong(content) => self.within(BOLD, |painter| painter.all(content)),
            Inline::Emphasis(content) => {
                self.within(Style::new().effects(Effects::ITALIC), |painter| painter.all(content));
            }
            Inline::Underline(content) => {
                self.within(Style::new().effects(Effects::UNDERLINE), |painter| painter.all(content));
            }
            Inline::Strike(content) => {
                self.within(Style::new().effects(Effects::STRIKETHROUGH), |painter| painter.all(content));
            }
            Inline::Sub(content) | Inline::Sup(content) | Inline::Colour { content, .. } => self.all(content),
            Inline::Code(text) if self.look.colour => self.words(BUTTON, &clean_line(text)),
            Inline::Code(text) => self.out.push_str(&format!("`{}`", clean_line(text))),
            Inline::Link { url, content } => match address(url) {
                None => self.all(content),
                Some(address) if usher_chat::tree::plain_inline(content).trim() == url.trim() => {
                    self.out.push_str(&self.look.link(&address));
                }
                Some(address) => {
                    self.all(content);
                    self.out.push_str(&format!(" ({})", self.look.link(&address)));
                }
            },
            Inline::Mention { name, .. } => self.words(BOLD, &format!("@{}", clean_line(name))),
            Inline::Emoji { text: Some(text), .. } => self.out.push_str(&clean_line(text)),
            Inline::Emoji { name, text: None } => self.out.push_str(&format!(":{}:", clean_line(name))),
            Inline::Status { text, colour } => self.words(look::tint(*colour), &clean_line(text)),
            Inline::Date(day) => self.out.push_str(&clean_line(day)),
            Inline::Media(one) => self.out.push_str(&media(self.look, one)),
            Inline::Break => self.out.push('\n'),
        }
    }
}
