//! From the text tree to ADF that fits Jira's schema.
//!
//! ADF allows each block only in some places. What is not allowed where it stands is written in a simpler shape:
//! a heading in a list item as a bold line, a table in a table as lines, and so on.

use serde_json::{Value, json};
use usher_chat::tree::{Block, Inline, Row, Task, Text};

use super::{
    super::inline::{clean, push},
    inline::{write as inlines, write_media},
};

/// How deep blocks may be nested. Each level costs four levels of JSON, and many JSON readers stop at 128.
const NESTING: usize = 20;

/// Writes a text as an ADF document.
pub fn to_adf(text: &Text) -> Value {
    let mut writer = Writer { last_id: 0 };
    let mut content = Vec::new();
    writer.blocks(&text.0, Place::Document, NESTING, &mut content);
    json!({"type": "doc", "version": 1, "content": content})
}

/// Where blocks stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Document,
    Item,
    Quote,
    Panel,
    Cell,
    Expand,
    NestedExpand,
}

impl Place {
    fn heading(self) -> bool {
        !matches!(self, Self::Item | Self::Quote)
    }

    fn tasks(self) -> bool {
        self != Self::Quote
    }

    fn rule(self) -> bool {
        !matches!(self, Self::Item | Self::Quote)
    }

    fn quote_and_panel(self) -> bool {
        matches!(self, Self::Document | Self::Cell | Self::Expand | Self::NestedExpand)
    }

    fn table(self) -> bool {
        matches!(self, Self::Document | Self::Expand)
    }

    fn expand(self) -> Option<(&'static str, Place)> {
        match self {
            Self::Document => Some(("expand", Self::Expand)),
            Self::Cell | Self::Expand => Some(("nestedExpand", Self::NestedExpand)),
            _ => None,
        }
    }
}

struct Writer {
    last_id: u32,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block], place: Place, depth: usize, out: &mut Vec<Value>) {
        for block in blocks {
            match depth.checked_sub(1) {
                Some(depth) => self.block(block, place, depth, out),
                None => {
                    let words = Text(vec![block.clone()]).to_plain();
                    out.push(paragraph(&usher_chat::tree::lines(&words)));
                }
            }
        }
    }

    fn inner(&mut self, blocks: &[Block], place: Place, depth: usize) -> Vec<Value> {
        let mut content = Vec::new();
        self.blocks(blocks, place, depth, &mut content);
        if content.is_empty() {
            content.push(paragraph(&[]));
        }
        content
    }

    fn block(&mut self, block: &Block, place: Place, depth: usize, out: &mut Vec<Value>) {
        match block {
            Block::Paragraph(content) => out.push(paragraph(content)),
            Block::Heading { level, content } if place.heading() => {
                let attrs = json!({"level": (*level).clamp(1, 6)});
                out.push(json!({"type": "heading", "attrs": attrs, "content": inlines(content)}));
            }
            Block::Heading { content, .. } => out.push(paragraph(&[Inline::Strong(content.clone())])),
            Block::List { items, .. } if items.is_empty() => {}
            Block::List { start, items } => {
                let content: Vec<Value> = items.iter().map(|item| self.item(item, depth)).collect();
                out.push(match start {
                    Some(1) => json!({"type": "orderedList", "content": content}),
                    Some(start) => json!({"type": "orderedList", "attrs": {"order": start}, "content": content}),
                    None => json!({"type": "bulletList", "content": content}),
                });
            }
            Block::Tasks(tasks) if tasks.is_empty() => {}
            Block::Tasks(tasks) if place.tasks() => out.push(self.tasks(tasks)),
            Block::Tasks(tasks) => {
                let items = tasks.iter().map(|task| vec![Block::Paragraph(with_box(task))]).collect();
                self.block(&Block::List { start: None, items }, place, depth, out);
            }
            Block::Quote(content) if place.quote_and_panel() => {
                out.push(json!({"type": "blockquote", "content": self.inner(content, Place::Quote, depth)}));
            }
            Block::Quote(content) => self.blocks(content, place, depth, out),
            Block::Code { language, text } => out.push(code(language.as_deref(), text)),
            Block::Table { rows } => self.table(rows, place, depth, out),
            Block::Rule if place.rule() => out.push(json!({"type": "rule"})),
            Block::Rule => {}
            Block::Panel { kind, title, content } if place.quote_and_panel() => {
                let mut inner = Vec::new();
                inner.extend(title.as_deref().filter(|title| !title.is_empty()).map(bold_line));
                self.blocks(content, Place::Panel, depth, &mut inner);
                if inner.is_empty() {
                    inner.push(paragraph(&[]));
                }
                out.push(json!({"type": "panel", "attrs": {"panelType": panel_type(kind)}, "content": inner}));
            }
            Block::Panel { title, content, .. } => {
                out.extend(title.as_deref().filter(|title| !title.is_empty()).map(bold_line));
                self.blocks(content, place, depth, out);
            }
            Block::Expand { title, content } => match place.expand() {
                Some((name, place)) => {
                    let content = self.inner(content, place, depth);
                    out.push(json!({"type": name, "attrs": {"title": clean(title)}, "content": content}));
                }
                None => {
                    out.extend((!title.is_empty()).then(|| bold_line(title)));
                    self.blocks(content, place, depth, out);
                }
            },
            Block::Media(media) => match write_media(media) {
                Some(node) => {
                    out.push(json!({"type": "mediaSingle", "attrs": {"layout": "center"}, "content": [node]}));
                }
                None => out.push(paragraph(&[Inline::Media(media.clone())])),
            },
        }
    }

    /// A list item begins with a paragraph, an empty one if need be.
    fn item(&mut self, item: &[Block], depth: usize) -> Value {
        let mut content = Vec::new();
        self.blocks(item, Place::Item, depth, &mut content);
        if content.first().and_then(|node| node.get("type")).and_then(Value::as_str) != Some("paragraph") {
            content.insert(0, paragraph(&[]));
        }
        json!({"type": "listItem", "content": content})
    }

    fn tasks(&mut self, tasks: &[Task]) -> Value {
        let list = self.id();
        let mut content = Vec::new();
        for task in tasks {
            let attrs = json!({"localId": self.id(), "state": if task.done { "DONE" } else { "TODO" }});
            content.push(json!({"type": "taskItem", "attrs": attrs, "content": inlines(&task.content)}));
        }
        json!({"type": "taskList", "attrs": {"localId": list}, "content": content})
    }

    /// An id that is unique within this document, which is all that the schema asks.
    fn id(&mut self) -> String {
        self.last_id += 1;
        self.last_id.to_string()
    }

    fn table(&mut self, rows: &[Row], place: Place, depth: usize, out: &mut Vec<Value>) {
        let rows = rows.iter().filter(|row| !row.cells.is_empty());
        if !place.table() {
            out.extend(rows.map(|row| paragraph(&row_line(row))));
            return;
        }
        let mut content = Vec::new();
        for row in rows {
            let mut cells = Vec::new();
            for cell in &row.cells {
                let name = if cell.header { "tableHeader" } else { "tableCell" };
                cells.push(json!({"type": name, "content": self.inner(&cell.content, Place::Cell, depth)}));
            }
            content.push(json!({"type": "tableRow", "content": cells}));
        }
        if !content.is_empty() {
            out.push(json!({"type": "table", "content": content}));
        }
    }
}

fn paragraph(content: &[Inline]) -> Value {
    json!({"type": "paragraph", "content": inlines(content)})
}

fn bold_line(words: &str) -> Value {
    paragraph(&[Inline::strong(words)])
}

fn code(language: Option<&str>, text: &str) -> Value {
    let text = clean(text);
    let content = if text.is_empty() { json!([]) } else { json!([{"type": "text", "text": text}]) };
    match language {
        Some(language) => json!({"type": "codeBlock", "attrs": {"language": clean(language)}, "content": content}),
        None => json!({"type": "codeBlock", "content": content}),
    }
}

fn with_box(task: &Task) -> Vec<Inline> {
    let mut words = vec![Inline::text(if task.done { "[x] " } else { "[ ] " })];
    task.content.iter().cloned().for_each(|inline| push(&mut words, inline));
    words
}

fn panel_type(kind: &str) -> &str {
    match kind {
        "note" | "tip" | "success" | "warning" | "error" => kind,
        _ => "info",
    }
}

/// A table row as one line, its cells with bars between them.
fn row_line(row: &Row) -> Vec<Inline> {
    let mut line = Vec::new();
    for (index, cell) in row.cells.iter().enumerate() {
        if index > 0 {
            push(&mut line, Inline::text(" | "));
        }
        match cell.content.as_slice() {
            [Block::Paragraph(content)] => content.iter().cloned().for_each(|inline| push(&mut line, inline)),
            blocks => push(&mut line, Inline::text(Text(blocks.to_vec()).to_plain().replace('\n', " "))),
        }
    }
    line
}
