//! Shortening a text to what fits on a card.

use usher_chat::tree::{Block, Cell, Inline, Row, Task, Text};

/// The beginning of a text: at most about `limit` characters of its words, cut at the end of a word and marked with
/// `…`. A text that fits comes back as it is. Code and tables are cut like everything else.
pub fn shorten(text: &Text, limit: usize) -> Text {
    let mut budget = Budget { left: limit, cut: false };
    Text(budget.blocks(&text.0))
}

/// A longer word, in bytes, is cut in the middle.
const LONGEST_WORD: usize = 40;

struct Budget {
    left: usize,
    cut: bool,
}

impl Budget {
    fn blocks(&mut self, blocks: &[Block]) -> Vec<Block> {
        let mut out = Vec::new();
        for block in blocks {
            if self.cut {
                break;
            }
            if self.left == 0 {
                self.cut = true;
                end_with_dots(&mut out);
                break;
            }
            out.push(self.block(block));
        }
        out
    }

    fn block(&mut self, block: &Block) -> Block {
        match block {
            Block::Paragraph(content) => Block::Paragraph(self.inlines(content)),
            Block::Heading { level, content } => Block::Heading { level: *level, content: self.inlines(content) },
            Block::List { start, items } => {
                let items = self.each(items, |budget, item| budget.blocks(item));
                Block::List { start: *start, items }
            }
            Block::Tasks(tasks) => Block::Tasks(
                self.each(tasks, |budget, task| Task { done: task.done, content: budget.inlines(&task.content) }),
            ),
            Block::Quote(content) => Block::Quote(self.blocks(content)),
            Block::Code { language, text } => Block::Code { language: language.clone(), text: self.text(text) },
            Block::Table { rows } => Block::Table {
                rows: self.each(rows, |budget, row| Row {
                    cells: budget.each(&row.cells, |budget, cell| Cell {
                        header: cell.header,
                        content: budget.blocks(&cell.content),
                    }),
                }),
            },
            Block::Rule => Block::Rule,
            Block::Panel { kind, title, content } => Block::Panel {
                kind: kind.clone(),
                title: title.as_ref().map(|title| self.text(title)),
                content: self.blocks(content),
            },
            Block::Expand { title, content } => {
                Block::Expand { title: self.text(title), content: self.blocks(content) }
            }
            Block::Media(media) => {
                self.left = self.left.saturating_sub(media.name.chars().count());
                Block::Media(media.clone())
            }
        }
    }

    fn each<T, U>(&mut self, all: &[T], mut one: impl FnMut(&mut Self, &T) -> U) -> Vec<U> {
        let mut out = Vec::new();
        for item in all {
            if self.cut {
                break;
            }
            out.push(one(self, item));
        }
        out
    }

    fn inlines(&mut self, content: &[Inline]) -> Vec<Inline> {
        let mut out = Vec::new();
        for inline in content {
            if self.cut {
                break;
            }
            if self.left == 0 {
                self.cut = true;
                out.push(Inline::text("…"));
                break;
            }
            let inline = match inline {
                Inline::Text(text) => Inline::Text(self.text(text)),
                Inline::Code(text) => Inline::Code(self.text(text)),
                Inline::Strong(content) => Inline::Strong(self.inlines(content)),
                Inline::Emphasis(content) => Inline::Emphasis(self.inlines(content)),
                Inline::Underline(content) => Inline::Underline(self.inlines(content)),
                Inline::Strike(content) => Inline::Strike(self.inlines(content)),
                Inline::Sub(content) => Inline::Sub(self.inlines(content)),
                Inline::Sup(content) => Inline::Sup(self.inlines(content)),
                Inline::Colour { colour, content } => {
                    Inline::Colour { colour: colour.clone(), content: self.inlines(content) }
                }
                Inline::Link { url, content } => Inline::Link { url: url.clone(), content: self.inlines(content) },
                whole => {
                    let length = usher_chat::tree::plain_inline(std::slice::from_ref(whole)).chars().count();
                    self.left = self.left.saturating_sub(length);
                    whole.clone()
                }
            };
            out.push(inline);
        }
        out
    }

    fn text(&mut self, text: &str) -> String {
        if self.cut {
            return String::new();
        }
        let Some((end, _)) = text.char_indices().nth(self.left) else {
            self.left -= text.chars().count().min(self.left);
            return text.to_owned();
        };
        let kept = &text[..end];
        let in_word = !text[end..].starts_with(char::is_whitespace);
        let word = match kept.rfind(char::is_whitespace) {
            Some(at) if in_word && end - at <= LONGEST_WORD => &kept[..at],
            _ => kept,
        };
        self.cut = true;
        self.left = 0;
        format!("{}…", word.trim_end())
    }
}

fn end_with_dots(blocks: &mut Vec<Block>) {
    match blocks.last_mut() {
        Some(Block::Paragraph(content) | Block::Heading { content, .. }) => content.push(Inline::text(" …")),
        _ => blocks.push(Block::Paragraph(vec![Inline::text("…")])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_cuts_at_a_word_and_marks_the_cut() {
        let text = Text::plain("The upload fails").paragraph([Inline::strong("for large"), " files".into()]);
        for (limit, shown) in [
            (1000, "The upload fails\nfor large files"),
            (13, "The upload…"),
            (16, "The upload fails …"),
            (25, "The upload fails\nfor large…"),
            (27, "The upload fails\nfor large…"),
            (0, "…"),
        ] {
            assert_eq!(shorten(&text, limit).to_plain(), shown, "limit {limit}");
        }
        assert_eq!(shorten(&text, 31), text);
        assert_eq!(shorten(&Text::new(), 0), Text::new());
    }

    #[test]
    fn nothing_follows_the_cut() {
        let item = |words: &str| Text::plain(words).0;
        let text = Text::new()
            .block(Block::List { start: None, items: vec![item("one two three"), item("four")] })
            .block(Block::Rule);
        assert_eq!(shorten(&text, 8).to_plain(), "- one two…");
    }
}
