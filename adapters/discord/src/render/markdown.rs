//! Turns the text tree into Discord's Markdown. Every leaf is plain text and stays so.

use url::Url;
use usher_chat::{
    Platform, Text,
    tree::{Block, Inline, Media, Mentioned, Row, plain_inline},
};

use super::{
    escape::{Origin, Run, UNSEEN, clean, clean_line},
    length,
};

/// A table wider than this is shown row by row.
const WIDEST_TABLE: usize = 60;

/// A text.
pub(crate) fn text(text: &Text) -> String {
    blocks(&text.0)
}

/// One line of plain text.
pub(crate) fn line(text: &str) -> String {
    inlines(&[Inline::text(clean_line(text))])
}

/// The address that a link may have: `http`, `https` or `mailto`, written so that it cannot end the link early. One
/// that names a user before its host is none: it looks like another one.
pub(crate) fn address(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https" | "mailto"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let mut out = String::new();
    for char in url.as_str().chars() {
        match char {
            '(' | ')' | '<' | '>' | '|' | '\\' | '`' | '*' | '"' | '[' | ']' | '{' | '}' | '^' => {
                out.push_str(&format!("%{:02X}", char as u32));
            }
            '@' if url.scheme() != "mailto" => out.push_str("%40"),
            _ if char.is_ascii_graphic() => out.push(char),
            _ => {}
        }
    }
    Some(out)
}

/// A link with plain words.
pub(crate) fn link(words: &str, url: &str) -> String {
    inlines(&[Inline::link(words, url)])
}

fn blocks(blocks: &[Block]) -> String {
    let mut out = String::new();
    for (at, part) in blocks.iter().enumerate() {
        let words = block(part);
        if words.is_empty() {
            continue;
        }
        if !out.is_empty() {
            // Discord leaves room around headings and code itself, and an empty line is a whole line.
            let close = matches!(part, Block::Code { .. }) || matches!(blocks[at - 1], Block::Heading { .. });
            out.push_str(if close { "\n" } else { "\n\n" });
        }
        out.push_str(&words);
    }
    out
}

fn block(block: &Block) -> String {
    match block {
        Block::Paragraph(content) => inlines(content),
        Block::Heading { level, content } => match inlines(content).replace('\n', " ") {
            words if words.is_empty() => words,
            words if *level <= 3 => format!("{} {words}", "#".repeat(usize::from((*level).max(1)))),
            _ => inlines(&[Inline::Strong(content.clone())]).replace('\n', " "),
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
            let tasks = tasks.iter().map(|task| {
                let mark = if task.done { "☑ " } else { "☐ " };
                item("- ", &format!("{mark}{}", inlines(&task.content)))
            });
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
        Block::Rule => "⎯⎯⎯⎯⎯⎯".to_owned(),
        Block::Media(media) => {
            let mut run = Run::default();
            push_media(media, Origin::Leaf, &mut run);
            run.escaped()
        }
    }
}

/// The blocks of a list's item, without empty lines between.
fn tight(content: &[Block]) -> String {
    let parts: Vec<String> = content.iter().map(block).filter(|part| !part.is_empty()).collect();
    parts.join("\n")
}

fn item(bullet: &str, content: &str) -> String {
    let indent = " ".repeat(bullet.len());
    let lines = content.lines().enumerate().map(|(number, line)| match number {
        0 => format!("{bullet}{line}"),
        _ if line.is_empty() => String::new(),
        _ => format!("{indent}{line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn quote(content: &str) -> String {
    content.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
}

fn titled(title: &str, content: &[Block]) -> String {
    let parts = [inlines(&[Inline::strong(clean_line(title))]), blocks(content)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
}

fn code(language: Option<&str>, text: &str) -> String {
    let language: String = language
        .unwrap_or_default()
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '#' | '-' | '.'))
        .take(20)
        .collect();
    format!("```{language}\n{}\n```", fenced(clean(text).trim_end_matches('\n')))
}

/// A text that cannot end the code block around it.
fn fenced(text: &str) -> String {
    text.replace("``", &format!("`{UNSEEN}`")).replace("``", &format!("`{UNSEEN}`"))
}

/// Discord has no tables: a narrow one is aligned in a code block, a wide one is told row by row.
fn table(rows: &[Row]) -> String {
    // Discord writes no names within code.
    if rows.iter().flat_map(|row| &row.cells).any(|cell| cell.content.iter().any(names_somebody)) {
        return row_by_row(rows);
    }
    let words: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| clean_line(&Text(cell.content.clone()).to_plain())).collect())
        .collect();
    let columns = words.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| words.iter().filter_map(|row| row.get(column)).map(|cell| length(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    if widths.iter().sum::<usize>() + 3 * columns > WIDEST_TABLE {
        return row_by_row(rows);
    }
    let lines = words.iter().map(|row| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width.saturating_sub(length(cell)))));
        cells.collect::<Vec<_>>().join(" | ").trim_end().to_owned()
    });
    code(None, &lines.collect::<Vec<_>>().join("\n"))
}

fn names_somebody(block: &Block) -> bool {
    let named =
        |inline: &Inline| matches!(inline, Inline::Mention { who, .. } if !matches!(who, Mentioned::Account(_)));
    matches!(block, Block::Paragraph(content) if content.iter().any(named))
}

fn row_by_row(rows: &[Row]) -> String {
    let (heads, rows) = match rows.split_first() {
        Some((first, rest)) if !rest.is_empty() && first.cells.iter().all(|cell| cell.header) => (Some(first), rest),
        _ => (None, rows),
    };
    let told = rows.iter().map(|row| {
        let cells = row.cells.iter().enumerate().map(|(column, cell)| {
            let head = heads.and_then(|row| row.cells.get(column)).map(|head| tight(&head.content));
            match head.filter(|head| !head.is_empty()) {
                Some(head) => format!("{head}: {}", tight(&cell.content)),
                None => tight(&cell.content),
            }
        });
        item("- ", &cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("\n"))
    });
    told.collect::<Vec<_>>().join("\n")
}

fn inlines(content: &[Inline]) -> String {
    inner(content, Origin::Leaf).escaped().trim_end().to_owned()
}

fn push_inlines(content: &[Inline], origin: Origin, run: &mut Run) {
    for inline in content {
        match inline {
            Inline::Text(text) => push_text(&clean(text), origin, run),
            Inline::Strong(content) => wrap("**", inner(content, origin), run),
            Inline::Emphasis(content) => wrap("*", inner(content, origin), run),
            Inline::Underline(content) => wrap("__", inner(content, origin), run),
            Inline::Strike(content) => wrap("~~", inner(content, origin), run),
            Inline::Sub(content) | Inline::Sup(content) | Inline::Colour { content, .. } => {
                push_inlines(content, origin, run);
            }
            Inline::Code(text) => push_code(text, run),
            Inline::Link { url, content } => push_link(url, content, origin, run),
            Inline::Mention { who, name } => push_mention(who, name, origin, run),
            Inline::Emoji { text: Some(text), .. } => run.push(&clean_line(text), origin),
            Inline::Emoji { name, text: None } => run.push(&format!(":{}:", clean_line(name)), origin),
            Inline::Status { text, .. } | Inline::Date(text) => run.push(&clean_line(text), origin),
            Inline::Media(media) => push_media(media, origin, run),
            Inline::Break => run.push("\n", Origin::Markup),
        }
    }
}

/// Adds a name, which Discord itself writes where it knows the id. It calls nobody: no message may.
fn push_mention(who: &Mentioned, name: &str, origin: Origin, run: &mut Run) {
    let (sign, before, id) = match who {
        Mentioned::Person(person) if person.platform == Platform::DISCORD => ('@', "@", person.user.as_str()),
        Mentioned::Role(role) => ('@', "@&", role.as_str()),
        Mentioned::Channel(channel) => ('#', "#", channel.as_str()),
        Mentioned::Person(_) | Mentioned::Account(_) => ('@', "", ""),
    };
    let known = crate::ids::snowflake::<std::num::NonZeroU64>(id).is_some();
    match known && origin == Origin::Leaf {
        true => run.push(&format!("<{before}{id}>"), Origin::Markup),
        false => run.push(&format!("{sign}{}", clean_line(name)), origin),
    }
}

/// Adds plain text, in which an address becomes a link to itself: Discord would make one anyway, with the escapes in it.
fn push_text(text: &str, origin: Origin, run: &mut Run) {
    let mut rest = text;
    while let (Some(start), Origin::Leaf) = (next_address(rest), origin) {
        let (before, found) = rest.split_at(start);
        let end =
            found.find(|char: char| char.is_whitespace() || matches!(char, '<' | '>' | '"')).unwrap_or(found.len());
        let shown = found[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'', '*', '_', '~', '|']);
        run.push(before, origin);
        match address(shown) {
            Some(address) => run.push(&format!("<{address}>"), Origin::Markup),
            None => run.push(shown, origin),
        }
        rest = &found[shown.len()..];
    }
    run.push(rest, origin);
}

fn next_address(text: &str) -> Option<usize> {
    let begins = |at: usize| text[at..].starts_with("https://") || text[at..].starts_with("http://");
    text.match_indices("http").map(|(at, _)| at).find(|at| begins(*at))
}

fn inner(content: &[Inline], origin: Origin) -> Run {
    let mut run = Run::default();
    push_inlines(content, origin, &mut run);
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

fn push_code(text: &str, run: &mut Run) {
    let text = fenced(&clean_line(text));
    if text.trim().is_empty() {
        return run.push(&text, Origin::Leaf);
    }
    // Three backticks would begin a code block, so runs are broken up and two are always enough.
    let fence = if text.contains('`') { "``" } else { "`" };
    let pad = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    run.push(&format!("{fence}{pad}{text}{pad}{fence}"), Origin::Markup);
}

fn push_link(url: &str, content: &[Inline], origin: Origin, run: &mut Run) {
    let address = if origin == Origin::LinkLeaf { None } else { address(url) };
    let Some(address) = address else { return push_inlines(content, origin, run) };
    let words = plain_inline(content);
    if words.trim().is_empty() || words.trim() == url {
        return run.push(&format!("<{address}>"), Origin::Markup);
    }
    if let Some(mail) = address.strip_prefix("mailto:") {
        // Discord links no mail.
        push_inlines(content, origin, run);
        if !words.contains(mail) {
            run.push(&format!(" ({mail})"), origin);
        }
        return;
    }
    if next_address(&words).is_some() {
        // Words that look like an address must not stand for another one.
        push_inlines(content, origin, run);
        return run.push(&format!(" (<{address}>)"), Origin::Markup);
    }
    let (before, words, after) = inner(content, Origin::LinkLeaf).split_ends();
    run.append(before);
    run.push("[", Origin::Markup);
    run.append(words);
    run.push(&format!("](<{address}>)"), Origin::Markup);
    run.append(after);
}

fn push_media(media: &Media, origin: Origin, run: &mut Run) {
    let name = Inline::text(if media.name.trim().is_empty() { "attachment" } else { media.name.as_str() });
    match &media.url {
        Some(url) => push_link(url, &[name], origin, run),
        None => push_inlines(&[name], origin, run),
    }
}
