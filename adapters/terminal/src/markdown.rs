//! Turns a reply into Markdown. Every leaf is plain text and stays so: no title, name or comment can become markup,
//! link elsewhere or mention anybody. A line break is a line break, as chat platforms read it.

use url::Url;
use usher_chat::{
    Card, Choices, Reply, Text,
    tree::{Block, Inline, Media, Mentioned, Row},
};

use crate::{
    clean::{clean, clean_line},
    escape::{Origin, Run, Setting},
};

/// The words, cards and menu of a reply.
pub fn reply(reply: &Reply) -> String {
    let mut parts = Vec::new();
    if !reply.text.is_empty() {
        parts.push(text(&reply.text));
    }
    let cards: Vec<String> = reply.cards.iter().map(card).collect();
    if !cards.is_empty() {
        let apart = reply.cards.iter().any(|card| !card.body.is_empty());
        parts.push(cards.join(if apart { "\n\n" } else { "\n" }));
    }
    parts.extend(reply.choices.as_ref().map(choices));
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// A text.
pub fn text(text: &Text) -> String {
    blocks(&text.0)
}

/// The address that a link may have: `http`, `https` or `mailto`, written so that it can stand in any markup.
pub(crate) fn address(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"))?;
    let mut out = String::new();
    for char in url.as_str().chars() {
        match char {
            '(' | ')' | '<' | '>' | '|' | '\\' | '`' | '"' | '\'' | '{' | '}' | '^' => {
                out.push_str(&format!("%{:02X}", char as u32));
            }
            _ if char.is_ascii_graphic() => out.push(char),
            _ => {}
        }
    }
    Some(out)
}

fn card(card: &Card) -> String {
    let mut run = Run::default();
    if !card.key.is_empty() {
        wrap("**", leaf(&card.key), &mut run);
        run.push(" ", Origin::Markup);
    }
    run.append(leaf(&card.title));
    for fact in card.facts.iter().filter(|fact| !fact.value.is_empty()) {
        run.push(" · ", Origin::Markup);
        run.append(leaf(&fact.value));
    }
    let line = run.escaped(Setting::Flow);
    match text(&card.body) {
        body if body.is_empty() => line,
        body => format!("{line}\n\n{body}"),
    }
}

fn choices(choices: &Choices) -> String {
    let mut lines = vec![leaf(&choices.label).escaped(Setting::Flow)];
    for choice in &choices.entries {
        if let Some(note) = &choice.note {
            let mut run = leaf(&choice.label);
            run.push(" · ", Origin::Markup);
            run.append(leaf(note));
            lines.push(format!("- {}", run.escaped(Setting::Flow)));
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn leaf(text: &str) -> Run {
    let mut run = Run::default();
    run.push(&clean_line(text), Origin::Leaf);
    run
}

fn blocks(blocks: &[Block]) -> String {
    let parts: Vec<String> = blocks.iter().map(block).filter(|part| !part.is_empty()).collect();
    parts.join("\n\n")
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(content) => inlines(content, Setting::Flow),
        Block::Heading { level, content } => match inlines(content, Setting::Heading) {
            words if words.is_empty() => words,
            words => format!("{} {words}", "#".repeat(usize::from((*level).clamp(1, 6)))),
        },
        Block::List { start, items } => {
            let items = items.iter().enumerate().map(|(index, content)| {
                let bullet = match start {
                    Some(start) => format!("{}. ", start.saturating_add(index as u64).min(999_999_999)),
                    None => "- ".to_owned(),
                };
                item(&bullet, &tight(content))
            });
            items.collect::<Vec<_>>().join("\n")
        }
        Block::Tasks(tasks) => {
            let tasks = tasks
                .iter()
                .map(|task| item(if task.done { "- [x] " } else { "- [ ] " }, &inlines(&task.content, Setting::Flow)));
            tasks.collect::<Vec<_>>().join("\n")
        }
        Block::Quote(content) => quote(&blocks(content)),
        Block::Panel { title, content, .. } => match title {
            Some(title) => quote(&titled(title, content)),
            None => quote(&blocks(content)),
        },
        Block::Expand { title, content } => titled(title, content),
        Block::Code { language, text } => code(language.as_deref(), text),
        Block::Table { rows } => table(rows),
        Block::Rule => "---".to_owned(),
        Block::Media(media) => {
            let mut run = Run::default();
            push_media(media, Origin::Leaf, &mut run);
            run.escaped(Setting::Flow)
        }
    }
}

/// The blocks of a list's item: a list right below a line needs no gap.
fn tight(content: &[Block]) -> String {
    let mut out = String::new();
    for part in content {
        let words = block(part);
        if words.is_empty() {
            continue;
        }
        if !out.is_empty() {
            out.push_str(if matches!(part, Block::List { .. } | Block::Tasks(_)) { "\n" } else { "\n\n" });
        }
        out.push_str(&words);
    }
    out
}

fn item(bullet: &str, content: &str) -> String {
    let indent = " ".repeat(if bullet.starts_with("- ") { 2 } else { bullet.len() });
    let mut out = String::from(bullet);
    for (number, line) in content.lines().enumerate() {
        if number > 0 {
            out.push('\n');
            if !line.is_empty() {
                out.push_str(&indent);
            }
        }
        out.push_str(line);
    }
    out.truncate(out.trim_end().len());
    out
}

fn quote(content: &str) -> String {
    let lines = content.lines().map(|line| if line.is_empty() { ">".to_owned() } else { format!("> {line}") });
    lines.collect::<Vec<_>>().join("\n")
}

fn titled(title: &str, content: &[Block]) -> String {
    let mut run = Run::default();
    wrap("**", leaf(title), &mut run);
    let parts = [run.escaped(Setting::Flow), blocks(content)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn code(language: Option<&str>, text: &str) -> String {
    let text = clean(text);
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    let language: String = language
        .unwrap_or_default()
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '#' | '-' | '.'))
        .collect();
    format!("{fence}{language}\n{}\n{fence}", text.trim_end_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    if width == 0 {
        return String::new();
    }
    let line = |row: &Row| {
        let cells = row.cells.iter().map(|cell| cell_words(&cell.content));
        let cells: Vec<String> = cells.chain(std::iter::repeat(String::new())).take(width).collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines = Vec::new();
    let headed = rows.first().is_some_and(|row| row.cells.iter().any(|cell| cell.header));
    if !headed {
        lines.push(format!("|{}", "   |".repeat(width)));
    }
    lines.extend(rows.iter().map(line));
    lines.insert(1, format!("|{}", " --- |".repeat(width)));
    lines.join("\n")
}

fn cell_words(content: &[Block]) -> String {
    let mut parts = Vec::new();
    for block in content {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => parts.push(inlines(content, Setting::Cell)),
            other => parts.push(leaf(&Text(vec![other.clone()]).to_plain()).escaped(Setting::Cell)),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn inlines(content: &[Inline], setting: Setting) -> String {
    let mut run = Run::default();
    push_inlines(content, setting, Origin::Leaf, &mut run);
    let out = run.escaped(setting);
    out.trim_end().to_owned()
}

fn push_inlines(content: &[Inline], setting: Setting, origin: Origin, run: &mut Run) {
    for inline in content {
        match inline {
            Inline::Text(text) => run.push(&clean(text), origin),
            Inline::Strong(content) => wrap("**", inner(content, setting, origin), run),
            Inline::Emphasis(content) => wrap("*", inner(content, setting, origin), run),
            Inline::Strike(content) => wrap("~~", inner(content, setting, origin), run),
            Inline::Underline(content)
            | Inline::Sub(content)
            | Inline::Sup(content)
            | Inline::Colour { content, .. } => push_inlines(content, setting, origin, run),
            Inline::Code(text) => push_code(text, setting, run),
            Inline::Link { url, content } => push_link(url, content, setting, origin, run),
            Inline::Mention { who: Mentioned::Person(_), name } => {
                // A person of this very chat: the sign is the renderer's own.
                run.push("@", Origin::Markup);
                run.push(&clean_line(name), origin);
            }
            Inline::Mention { who: Mentioned::Channel(_), name } => run.push(&format!("#{}", clean_line(name)), origin),
            Inline::Mention { who: Mentioned::Account(_) | Mentioned::Role(_), name } => {
                run.push(&format!("@{}", clean_line(name)), origin);
            }
            Inline::Emoji { text: Some(text), .. } => run.push(&clean_line(text), origin),
            Inline::Emoji { name, text: None } => run.push(&format!(":{}:", clean_line(name)), origin),
            Inline::Status { text, .. } | Inline::Date(text) => run.push(&clean_line(text), origin),
            Inline::Media(media) => push_media(media, origin, run),
            Inline::Break => run.push("\n", Origin::Markup),
        }
    }
}

fn inner(content: &[Inline], setting: Setting, origin: Origin) -> Run {
    let mut run = Run::default();
    push_inlines(content, setting, origin, &mut run);
    run
}

/// Adds `content` between two marks. Marks around nothing, or around a space, would show as themselves.
fn wrap(mark: &str, content: Run, run: &mut Run) {
    let (before, words, after) = content.split_ends();
    run.append(before);
    if !words.is_empty() {
        run.push(mark, Origin::Markup);
        run.append(words);
        run.push(mark, Origin::Markup);
    }
    run.append(after);
}

fn push_code(text: &str, setting: Setting, run: &mut Run) {
    let mut text = clean_line(text);
    if text.trim().is_empty() {
        return run.push(&text, Origin::Leaf);
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    if setting == Setting::Cell {
        text = text.replace('|', "\\|");
    }
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    run.push(&format!("{fence}{pad}{text}{pad}{fence}"), Origin::Markup);
}

fn push_link(url: &str, content: &[Inline], setting: Setting, origin: Origin, run: &mut Run) {
    let address = if origin == Origin::LinkLeaf { None } else { address(url) };
    let Some(address) = address else { return push_inlines(content, setting, origin, run) };
    let words = usher_chat::tree::plain_inline(content);
    if words.trim().is_empty() || words.trim() == url {
        return run.push(&format!("<{address}>"), Origin::Markup);
    }
    let (before, words, after) = inner(content, setting, Origin::LinkLeaf).split_ends();
    run.append(before);
    run.push("[", Origin::Markup);
    run.append(words);
    run.push(&format!("]({address})"), Origin::Markup);
    run.append(after);
}

fn push_media(media: &Media, origin: Origin, run: &mut Run) {
    let name = Inline::text(if media.name.trim().is_empty() { "attachment" } else { media.name.as_str() });
    match &media.url {
        Some(url) => push_link(url, &[name], Setting::Flow, origin, run),
        None => push_inlines(&[name], Setting::Flow, origin, run),
    }
}

#[cfg(test)]
mod tests;
