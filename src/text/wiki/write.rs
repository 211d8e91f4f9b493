//! From the text tree to wiki markup: what stands on lines of its own.

use usher_chat::tree::{Block, Inline, Row, Task, Text, plain_inline};

use super::{
    super::inline::{clean, push},
    blocks::PANELS,
    write_line,
};

/// Writes a whole text.
pub(super) fn write(text: &Text) -> String {
    Place::default().blocks(&text.0)
}

/// The names by which Jira's `{code}` macro knows languages. For another it shows an error.
const LANGUAGES: [&str; 32] = [
    "actionscript",
    "ada",
    "applescript",
    "bash",
    "c",
    "c#",
    "c++",
    "cpp",
    "css",
    "erlang",
    "go",
    "groovy",
    "haskell",
    "html",
    "java",
    "javascript",
    "js",
    "json",
    "lua",
    "objc",
    "perl",
    "php",
    "python",
    "r",
    "ruby",
    "scala",
    "sh",
    "sql",
    "swift",
    "visualbasic",
    "xml",
    "yaml",
];

/// What blocks stand in. A macro cannot hold itself, and lines of a list or cell allow less than a page.
#[derive(Debug, Clone, Default)]
struct Place {
    quote: bool,
    panel: bool,
    tight: bool,
    markers: String,
}

impl Place {
    fn blocks(&self, blocks: &[Block]) -> String {
        let parts: Vec<String> = blocks.iter().filter_map(|block| self.block(block)).collect();
        parts.join(if self.tight { "\n" } else { "\n\n" })
    }

    fn block(&self, block: &Block) -> Option<String> {
        let text = match block {
            Block::Paragraph(content) => paragraph(content),
            Block::Heading { content, .. } if self.tight => paragraph(&[Inline::Strong(content.clone())]),
            Block::Heading { level, content } => {
                let line = write_line::write(&one_line(content));
                if line.trim().is_empty() { line } else { format!("h{}. {}", (*level).clamp(1, 6), line.trim()) }
            }
            Block::List { start, items } => self.list(start.is_some(), items),
            Block::Tasks(tasks) => {
                let items: Vec<_> = tasks.iter().map(|task| vec![Block::Paragraph(with_box(task))]).collect();
                self.list(false, &items)
            }
            Block::Quote(content) if self.quote => self.blocks(content),
            Block::Quote(content) => {
                let place = Place { quote: true, tight: false, markers: String::new(), ..self.clone() };
                within("{quote}", &place.blocks(content), "{quote}")
            }
            Block::Code { language, text } => code(language.as_deref(), text),
            Block::Table { rows } => self.table(rows),
            Block::Rule if self.tight => String::new(),
            Block::Rule => "----".to_owned(),
            Block::Panel { kind, title, content } => self.panel(kind, title.as_deref().unwrap_or_default(), content),
            Block::Expand { title, content } => self.panel("", title, content),
            Block::Media(media) => paragraph(&[Inline::Media(media.clone())]),
        };
        Some(text).filter(|text| !text.trim().is_empty())
    }

    fn panel(&self, kind: &str, title: &str, content: &[Block]) -> String {
        if self.panel {
            let title = Some(title).filter(|title| !title.trim().is_empty());
            let title = title.map(|title| Block::Paragraph(vec![Inline::strong(title)]));
            let content: Vec<Block> = title.into_iter().chain(content.iter().cloned()).collect();
            return self.blocks(&content);
        }
        let title = clean(title).replace(['\n', '{', '}', '|', '\\'], " ");
        let colour = PANELS.iter().find(|(known, _)| *known == kind || (*known == "success" && kind == "tip"));
        let mut params = Vec::new();
        if !title.trim().is_empty() {
            params.push(format!("title={}", title.trim()));
        }
        params.extend(colour.map(|(_, colour)| format!("bgColor={colour}")));
        let tag = if params.is_empty() { "{panel}".to_owned() } else { format!("{{panel:{}}}", params.join("|")) };
        let place = Place { panel: true, tight: false, markers: String::new(), ..self.clone() };
        let body = place.blocks(content);
        if title.trim().is_empty() { within(&tag, &body, "{panel}") } else { format!("{tag}\n{body}\n{{panel}}") }
    }

    fn list(&self, numbered: bool, items: &[Vec<Block>]) -> String {
        let mut markers = self.markers.clone();
        markers.push(if numbered { '#' } else { '*' });
        let place = Place { tight: true, markers, ..self.clone() };
        let lines: Vec<String> = items.iter().map(|item| place.item(item)).collect();
        lines.join("\n")
    }

    fn item(&self, item: &[Block]) -> String {
        let starts_with_list = matches!(item.first(), Some(Block::List { .. } | Block::Tasks(_) | Block::Table { .. }));
        let body = self.blocks(item);
        let body = body.trim_end();
        match starts_with_list {
            true => format!("{} \n{body}", self.markers),
            false => format!("{} {}", self.markers, body.trim_start()),
        }
    }

    fn table(&self, rows: &[Row]) -> String {
        let rows = rows.iter().filter(|row| !row.cells.is_empty());
        if self.tight {
            let lines: Vec<String> = rows.map(|row| paragraph(&row_line(row))).collect();
            return lines.join("\n");
        }
        let place = Place { tight: true, markers: String::new(), ..self.clone() };
        let mut out = Vec::new();
        for row in rows {
            let mut line = String::new();
            let mut bar = "|";
            for cell in &row.cells {
                bar = if cell.header { "||" } else { "|" };
                let body = place.blocks(&cell.content);
                let body = body.trim();
                line.push_str(bar);
                line.push_str(if body.is_empty() { " " } else { body });
                if body.ends_with('\\') {
                    line.push(' ');
                }
            }
            line.push_str(bar);
            out.push(line);
        }
        out.join("\n")
    }
}

fn paragraph(content: &[Inline]) -> String {
    let line = write_line::write(content);
    line.trim_end_matches('\n').to_owned()
}

fn one_line(content: &[Inline]) -> Vec<Inline> {
    let space = |inline: &Inline| match inline {
        Inline::Break => Inline::text(" "),
        Inline::Text(text) => Inline::Text(text.replace('\n', " ")),
        inline if plain_inline(std::slice::from_ref(inline)).contains('\n') => {
            Inline::Text(plain_inline(std::slice::from_ref(inline)).replace('\n', " "))
        }
        inline => inline.clone(),
    };
    content.iter().map(space).collect()
}

fn within(start: &str, body: &str, end: &str) -> String {
    if body.trim().is_empty() { String::new() } else { format!("{start}\n{body}\n{end}") }
}

fn code(language: Option<&str>, text: &str) -> String {
    let text = clean(text);
    let language = language.map(str::to_ascii_lowercase).filter(|language| LANGUAGES.contains(&language.as_str()));
    match language {
        Some(language) if !text.contains("{code") => format!("{{code:{language}}}\n{text}\n{{code}}"),
        _ if !text.contains("{noformat") => format!("{{noformat}}\n{text}\n{{noformat}}"),
        _ if !text.contains("{code") => format!("{{code:none}}\n{text}\n{{code}}"),
        // Text that ends both macros cannot stand in either.
        _ => paragraph(&usher_chat::tree::lines(&text)),
    }
}

fn with_box(task: &Task) -> Vec<Inline> {
    let mut words = vec![Inline::text(if task.done { "[x] " } else { "[ ] " })];
    task.content.iter().cloned().for_each(|inline| push(&mut words, inline));
    words
}

/// A table row as one line, its cells with bars between them.
fn row_line(row: &Row) -> Vec<Inline> {
    let mut line = Vec::new();
    for (index, cell) in row.cells.iter().enumerate() {
        if index > 0 {
            push(&mut line, Inline::text(" | "));
        }
        match cell.content.as_slice() {
            [Block::Paragraph(content)] => one_line(content).into_iter().for_each(|inline| push(&mut line, inline)),
            blocks => push(&mut line, Inline::text(Text(blocks.to_vec()).to_plain().replace('\n', " "))),
        }
    }
    line
}
